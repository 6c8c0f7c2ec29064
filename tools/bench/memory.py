"""The memory of the process in which the engine runs dynamic providers."""

import threading
from collections.abc import Iterator
from pathlib import Path

INTERVAL_SECONDS = 0.2


class PeakMemory:
    """Watches the provider process below another process until it is stopped; Linux only.

    The system keeps the peak itself, so that looking seldom is enough.
    """

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._stop = threading.Event()
        self._megabytes = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The peak of the resident memory in MB; 0 when no such process was seen."""
        self._stop.set()
        self._thread.join()
        return self._megabytes

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            # The engine starts more than one provider process; all but one have next to nothing to do.
            peaks = [_peak(process) for process in _providers_below(self._parent)]
            self._megabytes = max([*peaks, self._megabytes])


def _providers_below(parent: int) -> Iterator[int]:
    waiting = [parent]
    while waiting:
        process = waiting.pop()
        if "pulumi.dynamic" in _read(process, "cmdline").split("\0"):
            yield process
        else:
            waiting += _children(process)


def _children(process: int) -> list[int]:
    # The system lists them by the thread that started them, and the engine is a program with many threads.
    try:
        threads = list(Path(f"/proc/{process}/task").iterdir())
    except OSError:
        return []
    return [int(child) for thread in threads for child in _read(process, f"task/{thread.name}/children").split()]


def _peak(process: int) -> float:
    for line in _read(process, "status").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _read(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
