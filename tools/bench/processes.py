"""What the processes of one run of the engine take of the machine."""

import os
import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

INTERVAL_SECONDS = 0.05
ENGINE, PROGRAM, PROVIDER, REST = "engine", "program", "provider", "rest"

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Processor seconds by process, and the peak memory of the provider's in MB; all 0 where that cannot be read.

    The rest are the language host and the commands by which it looks at the Python environment.
    """

    seconds: Mapping[str, float] = field(default_factory=dict)
    provider_megabytes: float = 0.0

    @property
    def total(self) -> float:
        """The processor seconds of all."""
        return sum(self.seconds.values())


class Watch:
    """Watches a process and all below it until it is stopped; Linux only.

    The system adds up what a process has taken, so that looking now and then is enough: what it takes after the last
    look is lost.
    """

    def __init__(self, parent: int) -> None:
        self._parent = parent
        self._stop = threading.Event()
        self._seconds: dict[int, float] = {}
        self._roles: dict[int, str] = {}
        self._megabytes = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> Usage:
        """Ends it; answers what was seen."""
        self._stop.set()
        self._thread.join()
        seconds: dict[str, float] = defaultdict(float)
        for process, taken in self._seconds.items():
            seconds[self._roles[process]] += taken
        return Usage(seconds, self._megabytes)

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL_SECONDS):
            for process in _below(self._parent):
                self._look_at(process)

    def _look_at(self, process: int) -> None:
        role = _role(_read(process, "cmdline").split("\0"))
        # A process that was just forked looks like its parent, and one that has ended has no command.
        if role != REST or process not in self._roles:
            self._roles[process] = role
        numbers = _read(process, "stat").rpartition(")")[2].split()
        if numbers:
            self._seconds[process] = (int(numbers[11]) + int(numbers[12])) / _TICKS
        else:
            self._seconds.setdefault(process, 0.0)
        if role == PROVIDER:
            self._megabytes = max(self._megabytes, _peak(process))


def _role(command: list[str]) -> str:
    name = Path(command[0]).name
    if name == "pulumi":
        return ENGINE
    if "pulumi.dynamic" in command:
        return PROVIDER
    return PROGRAM if any(one.endswith("pulumi-language-python-exec") for one in command) else REST


def _below(parent: int) -> Iterator[int]:
    waiting = [parent]
    while waiting:
        process = waiting.pop()
        yield process
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
