"""The engine built from Go modules: the CLI, the Python language host, and two helper files of the SDK.

CLI and language host are two modules because their dependencies do not agree. Each is built with `go install tool`.
"""

import hashlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.engine.folders import cache_root, cli_version, complete, making, parse_version
from tools.engine.reporting import UnavailableError, say

BUILT_CLI = "v3.259.0"
MINIMUM_GO = (1, 26, 8)
BUILD_FLAGS = (
    "-trimpath",
    "-tags",
    "grpcnotrace,osusergo",
    "-ldflags",
    f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={BUILT_CLI}",
)
HERE = Path(__file__).resolve().parent
MODULES = (HERE / "cli", HERE / "language-host")
HELPERS_MODULE = "github.com/pulumi/pulumi/sdk/v3@v3.272.0"
HELPERS_SUM = "h1:MoJElH3Y/VwV1tfTVNCh2BJuc3HxB7OPmvvYzaDe89c="
HELPERS = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")

HEARTBEAT_SECONDS = 30.0


def find() -> Path | None:
    """The engine that was built earlier from the same inputs, if there is one."""
    target = _target()
    return target if complete(target) else None


def make() -> Path:
    """Build the engine into the cache. Raises `UnavailableError` with the reason when that cannot be done."""
    target = _target()
    with making(target) as partial:
        if partial is not None:
            _build(partial)
    return target


def _target() -> Path:
    return cache_root() / f"build-{build_key(_go_facts())}"


def build_key(facts: Mapping[str, str]) -> str:
    """Name a build by everything that goes into it: module files, flags, versions, and what `go` says of itself."""
    digest = hashlib.sha256(json.dumps([BUILD_FLAGS, HELPERS_MODULE, HELPERS_SUM, sorted(facts.items())]).encode())
    for module in MODULES:
        for name in ("go.mod", "go.sum"):
            digest.update((module / name).read_bytes())
    return digest.hexdigest()[:20]


def _go_facts() -> dict[str, str]:
    """What decides about the outcome of a build: system, processor and version of the Go that will be used."""
    if shutil.which("go") is None:
        raise UnavailableError("there is no `go` on PATH")
    names = ["GOOS", "GOARCH", "GOVERSION"]
    result = _go(["env", "-json", *names], MODULES[0])
    try:
        facts: dict[str, str] = json.loads(result.stdout)
        version = parse_version(facts["GOVERSION"])
    except (json.JSONDecodeError, KeyError):
        version = None
    if result.returncode != 0 or version is None or version < MINIMUM_GO:
        # Asked outside the module, where an old `go` still answers and no newer toolchain is chosen.
        told = _go(["version"], Path("/")).stdout.strip() or "no version"
        needed = ".".join(map(str, MINIMUM_GO))
        raise UnavailableError(
            f"Go {needed} or newer is needed, but {shutil.which('go')} says {told!r} and did not switch to a newer one"
        )
    return facts


def _go(arguments: list[str], directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["go", *arguments], cwd=directory, env=_go_environment(**variables), capture_output=True, text=True, check=False
    )


def _go_environment(**variables: str) -> dict[str, str]:
    # A user's GOFLAGS or go.work is meant for other code and would change or break this build.
    return {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off", **variables}


def _build(partial: Path) -> None:
    say("building the engine from Go modules: about 5 to 10 minutes on two cores, once per machine")
    for module in MODULES:
        _follow(f"{module.name}: fetching modules", ["list", "-deps", "tool"], module)
        _follow(f"{module.name}: compiling", ["install", "-v", *BUILD_FLAGS, "tool"], module, GOBIN=str(partial))
    # `sdk` is in neither module's go.sum at this version, so its checksum is pinned here.
    result = _go(["mod", "download", "-json", HELPERS_MODULE], Path("/"), GOSUMDB="off")
    if result.returncode != 0:
        raise UnavailableError(f"fetching {HELPERS_MODULE} failed:\n{result.stdout}{result.stderr}")
    answer = json.loads(result.stdout)
    if answer["Sum"] != HELPERS_SUM:
        raise UnavailableError(f"{HELPERS_MODULE} has the checksum {answer['Sum']}, expected is {HELPERS_SUM}")
    for name in HELPERS:
        copy = Path(shutil.copyfile(Path(answer["Dir"], name), partial / Path(name).name))
        copy.chmod(0o755)
    if cli_version(partial / "pulumi") != parse_version(BUILT_CLI):
        raise UnavailableError("the engine was built but does not run")


def _follow(step: str, arguments: list[str], directory: Path, **variables: str) -> None:
    """Run `go`, telling every half a minute how far it is."""
    say(step)
    begin = time.monotonic()
    process = subprocess.Popen(
        ["go", *arguments],
        cwd=directory,
        env=_go_environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    progress = _Progress()
    reader = threading.Thread(target=progress.read, args=(process.stderr,), daemon=True)
    reader.start()
    while (code := _wait(process, HEARTBEAT_SECONDS)) is None:
        say(f"{step}: {time.monotonic() - begin:.0f} s{progress}")
    reader.join()
    if code != 0:
        raise UnavailableError("\n    ".join([f"{step} failed (go ended with {code}):", *progress.messages]))
    say(f"{step}: done in {time.monotonic() - begin:.0f} s{progress}")


def _wait(process: subprocess.Popen[str], seconds: float) -> int | None:
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


class _Progress:
    """Counts what `go` reports on stderr and keeps the last messages for an error."""

    def __init__(self) -> None:
        self.downloads = 0
        self.packages = 0
        self.messages: deque[str] = deque(maxlen=12)

    def read(self, lines: Iterator[str]) -> None:
        for line in map(str.strip, lines):
            if line.startswith("go: downloading "):
                self.downloads += 1
            elif " " in line:
                self.messages.append(line)
            else:
                self.packages += 1

    def __str__(self) -> str:
        counts = {"modules fetched": self.downloads, "packages compiled": self.packages}
        return "".join(f", {count} {what}" for what, count in counts.items() if count)
