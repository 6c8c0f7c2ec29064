"""Get a Pulumi engine for Python programs, and print the directory to put on PATH.

Three ways, in this order:

1. path: the `pulumi` on PATH, when it is new enough and has its Python language host.
2. release: the official release, installed by the Pulumi SDK of the Python that runs this module.
3. build: compiled from Go modules (`tools/engine/cli` and `tools/engine/language-host`).

An engine that was installed or built once is kept in `$XDG_CACHE_HOME/pulumi-inference/engine` (or below `~/.cache`).
`PULUMI_INFERENCE_ENGINE` set to path, release or build allows that way only. Standard library only, Python >= 3.11:

    python3 -m tools.engine.bootstrap     # stdout is the directory, all else goes to stderr
"""

import importlib.metadata
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.engine import gobuild
from tools.engine.folders import FILES, cache_root, cli_version, complete, making
from tools.engine.reporting import EngineError, UnavailableError, exit_code, say

MODE_VARIABLE = "PULUMI_INFERENCE_ENGINE"
MINIMUM_CLI = (3, 259, 0)
PROBE_SECONDS = 15.0
INSTALL_SECONDS = 300.0

PROBE = "import urllib.request; urllib.request.urlopen('https://get.pulumi.com/install.sh', timeout=8).read()"
INSTALL = "import sys; from pulumi.automation import PulumiCommand; PulumiCommand.install(root=sys.argv[1])"


@dataclass(frozen=True)
class _Way:
    """One way of getting an engine: `find` looks on this machine, `make` fetches or builds."""

    find: Callable[[], Path | None]
    make: Callable[[], Path] | None = None


def ensure(mode: str | None = None) -> Path:
    """Return a directory with a working engine, making it first where needed.

    `mode` is auto, path, release or build; the default comes from `PULUMI_INFERENCE_ENGINE`, else auto.
    Progress goes to stderr. Raises `EngineError` when no way works.
    """
    names = allowed(mode)
    # All is looked for before anything is fetched: an offline machine must not wait for the network on each run.
    directory, reasons = look(names)
    if directory is not None:
        return directory
    has_go = "build" not in reasons
    for name in names:
        make = _WAYS[name].make
        if make is None or name in reasons:
            continue
        directory = _attempt(name, make, reasons)
        if directory is not None:
            return directory
        if name != names[-1]:
            say(reasons[name])
    lines = [f"  {name}: {reasons[name]}" for name in names if name in reasons]
    raise EngineError("\n".join(["no Pulumi engine could be had:", *lines, _what_to_do(has_go)]))


def allowed(mode: str | None = None) -> list[str]:
    """The ways that may be taken, in their order."""
    mode = mode or os.environ.get(MODE_VARIABLE) or "auto"
    if mode != "auto" and mode not in _WAYS:
        raise EngineError(f"{MODE_VARIABLE} is {mode!r}, must be one of: auto, {', '.join(_WAYS)}")
    return list(_WAYS) if mode == "auto" else [mode]


def look(names: Sequence[str]) -> tuple[Path | None, dict[str, str]]:
    """The engine that this machine has, or None; and why which ways cannot be taken."""
    reasons: dict[str, str] = {}
    for name in names:
        directory = _attempt(name, _WAYS[name].find, reasons)
        if directory is not None:
            return directory, reasons
    return None, reasons


def _attempt(name: str, step: Callable[[], Path | None], reasons: dict[str, str]) -> Path | None:
    try:
        return step()
    except UnavailableError as reason:
        reasons[name] = str(reason)
    except OSError as error:
        reasons[name] = f"{error}; XDG_CACHE_HOME can name another folder for the cache"
    return None


def _what_to_do(has_go: bool) -> str:
    go, cli = dotted(gobuild.MINIMUM_GO), dotted(MINIMUM_CLI)
    build = (
        "Mend what kept it from being built"
        if has_go
        else f"Install Go {go} or newer (https://go.dev/dl/), and the engine is built from source"
    )
    pulumi = f"or install Pulumi {cli} or newer (https://www.pulumi.com/docs/install/)"
    return f"{build}; {pulumi}. Then run the command again."


def dotted(version: tuple[int, int, int]) -> str:
    """A version as it is written."""
    return ".".join(map(str, version))


def _find_on_path() -> Path:
    found = shutil.which("pulumi")
    if found is None:
        raise UnavailableError("there is no `pulumi` on PATH")
    version = cli_version(found)
    if version is None or version < MINIMUM_CLI:
        told = f"says {dotted(version)}" if version else "does not tell its version"
        raise UnavailableError(f"{found} {told}, needed is {dotted(MINIMUM_CLI)} or newer")
    for directory in (Path(found).parent, Path(found).resolve().parent):
        search = os.pathsep.join([str(directory), os.environ.get("PATH", "")])
        missing = [name for name in FILES if shutil.which(name, path=search) is None]
        if not missing:
            return directory
    raise UnavailableError(f"{found} has no {' and no '.join(missing)} beside it or on PATH")


def _release() -> tuple[str, Path]:
    try:
        version = importlib.metadata.version("pulumi")
    except importlib.metadata.PackageNotFoundError:
        raise UnavailableError(f"{sys.executable} has no `pulumi` package, which brings the installer") from None
    return version, cache_root() / f"release-{version}-{platform.system()}-{platform.machine()}".lower()


def _find_release() -> Path | None:
    _, target = _release()
    return target / "bin" if complete(target / "bin") else None


def _make_release() -> Path:
    version, target = _release()
    with making(target, "bin") as partial:
        if partial is not None:
            _install_release(version, partial)
    return target / "bin"


def _install_release(version: str, partial: Path) -> None:
    say(f"looking for the official release {version}")
    if _run_limited([sys.executable, "-c", PROBE], PROBE_SECONDS) != 0:
        raise UnavailableError("the official release cannot be reached from this machine")
    say(f"installing the official release {version} (at most {INSTALL_SECONDS:.0f} s)")
    if _run_limited([sys.executable, "-c", INSTALL, str(partial)], INSTALL_SECONDS) != 0:
        raise UnavailableError(f"installing the official release {version} failed")


def _run_limited(command: list[str], seconds: float) -> int | None:
    """Run `command` in silence; None when it took longer than `seconds` and was ended with all of its children."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


_WAYS = {
    "path": _Way(_find_on_path),
    "release": _Way(_find_release, _make_release),
    "build": _Way(gobuild.find, gobuild.make),
}


def main() -> int:
    """Print the engine's directory; 1 and a clear message when there is none."""
    return exit_code(lambda: print(ensure()))


if __name__ == "__main__":
    # Ends as Ctrl-C does: with all that it has started.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
