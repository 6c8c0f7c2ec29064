"""Runs `go`: tells how far it is, and what to do when it fails."""

import os
import signal
import subprocess
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path

from tools.engine.reporting import Status, UnavailableError, say

REFRESH_SECONDS = 0.5
END_SECONDS = 30.0
QUOTED_LINES = 12

ADVICE = {
    ("no space left on device", "quota exceeded"): (
        "The disk is full. Go keeps about 4 GB for this in the folders that `go env GOMODCACHE GOCACHE` names, and "
        "works below XDG_CACHE_HOME; each of the three variables can name a folder on another disk."
    ),
    ("permission denied", "read-only file system", "create module cache", "initialize build cache"): (
        "Go writes to the folders that `go env GOMODCACHE GOCACHE` names; the two variables can name other folders."
    ),
    ("GOPROXY=off", "dial tcp", "proxyconnect", "timeout", "connection re", "x509", ": 403 ", ": 407 ", ": 50"): (
        "Go modules come over the network, from where `go env GOPROXY` says: set it to a module proxy that can be "
        "reached from here, or HTTPS_PROXY to the way out."
    ),
}


def run(arguments: Sequence[str], directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `go` to its end, in silence."""
    command = ["go", *arguments]
    environment = _environment(variables)
    return subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)


def _environment(variables: dict[str, str]) -> dict[str, str]:
    # A user's GOFLAGS or go.work is meant for other code and would change or break this build.
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off", **variables}


def failure(text: str, output: str) -> UnavailableError:
    """The error for a `go` that failed: the end of its output, and what to do about it."""
    advice = [advice for signs, advice in ADVICE.items() if any(sign in output for sign in signs)]
    return UnavailableError("\n    ".join([text, *output.splitlines()[-QUOTED_LINES:], *advice[:1]]))


class Task:
    """One `go` command in the folder of a module: what it has reported so far, and how much that can be at most."""

    def __init__(self, module: Path, arguments: Sequence[str], at_most: int, **variables: str) -> None:
        self.module = module
        self.at_most = at_most
        self.reported = {"modules": 0, "packages": 0}
        self._command = ["go", *arguments]
        self._environment = _environment(variables)
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            cwd=self.module,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )

    def finish(self, what: str) -> None:
        """Follow it to its end. Raises `UnavailableError` with what it said when it failed."""
        assert self._process is not None
        assert self._process.stdout is not None
        messages = []
        for line in map(str.strip, self._process.stdout):
            if line.startswith("go: downloading "):
                self.reported["modules"] += 1
            elif " " in line:
                messages.append(line)
            else:
                self.reported["packages"] += 1
        code = self._process.wait()
        if code != 0:
            raise failure(f"{self.module.name}: {what} failed (go ended with {code}):", "\n".join(messages))

    def progress(self, counted: str) -> str:
        """How many of how many; less than all can be all, because what is kept from before is not done again."""
        ended = self._process is not None and self._process.poll() is not None
        return "done" if ended else f"{self.reported[counted]}/{self.at_most}"

    def end(self) -> None:
        """Let it finish what it has begun, as after Ctrl-C; nothing when it has ended."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


def follow(what: str, counted: str, tasks: Sequence[Task]) -> None:
    """Run the tasks side by side, counting modules or packages. The first that fails ends the others."""
    most = ", ".join(f"{task.module.name} at most {task.at_most}" for task in tasks)
    say(f"{what}: {most} {counted}")
    status = Status()
    with ThreadPoolExecutor(len(tasks)) as pool:
        try:
            for task in tasks:
                task.start()
            runs = [pool.submit(task.finish, what) for task in tasks]
            while True:
                ended, running = wait(runs, REFRESH_SECONDS, FIRST_EXCEPTION)
                for one in ended:
                    one.result()
                if not running:
                    break
                progress = ", ".join(f"{task.module.name} {task.progress(counted)}" for task in tasks)
                status.show(f"{what} {counted}, {status}: {progress}")
        finally:
            for task in tasks:
                task.end()
    say(f"{what}: done in {status}")
