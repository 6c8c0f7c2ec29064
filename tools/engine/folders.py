"""What a folder with an engine is, where such folders are kept, and how they come to be in one step."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.engine.reporting import UnavailableError, say

FILES = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


def cache_root() -> Path:
    """The folder that keeps installed and built engines, outside every checkout."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The XDG specification says that a relative path is to be ignored.
    root = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
    return root / "pulumi-inference" / "engine"


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Read the first `major.minor[.patch]` in `text`; None when there is none."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def cli_version(executable: str | Path) -> tuple[int, int, int] | None:
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = [str(executable), "version"]
        result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
        return parse_version(result.stdout)
    return None


@contextlib.contextmanager
def making(target: Path, below: str = "") -> Iterator[Path | None]:
    """Lend an empty folder that becomes `target` in one step; None when another run finished `target` meanwhile."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    with _locked(target.with_name(f"{target.name}.lock")):
        if complete(target / below):
            yield None
            return
        # The lock's owner is the only writer, so whatever lies here is left over from a run that was killed.
        for leftover in (partial, target):
            shutil.rmtree(leftover, ignore_errors=True)
        partial.mkdir()
        try:
            yield partial
            if not complete(partial / below):
                raise UnavailableError(f"it ended without an error, but not all of {', '.join(FILES)} are there")
            partial.rename(target)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    say(f"engine kept in {target}")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file lock, which the system releases even when this process is killed."""
    # Windows has none. An engine is looked for there and not made, so that the rest of the tools has to load.
    import fcntl

    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is making the engine, waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def complete(directory: Path) -> bool:
    return all(os.access(directory / name, os.X_OK) for name in FILES)
