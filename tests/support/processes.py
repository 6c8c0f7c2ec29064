"""The processes below one that a test has started."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Iterable
from pathlib import Path

from tests.support.patience import PATIENCE


def command_line(pid: int) -> str:
    """The command with its arguments; empty when the process has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def descendants(pid: int) -> list[int]:
    """The ids of all processes below `pid`, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            children.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def providers(pid: int) -> list[int]:
    """The ids of the Python processes below `pid` that run the dynamic providers."""
    return [one for one in descendants(pid) if "-m pulumi.dynamic" in command_line(one)]


def wait_for_end(pids: Iterable[int]) -> None:
    """Waits until each of them has ended; one that does not is ended and fails the test."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError), os.fdopen(os.pidfd_open(pid)) as process:
            ended, _, _ = select.select([process], [], [], PATIENCE)
            if not ended:
                os.kill(pid, signal.SIGKILL)
            assert ended, f"it goes on without the engine: {command_line(pid)}"


def _parent(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])
