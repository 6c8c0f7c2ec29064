"""Where the emulator gets its time from, and how far it has been moved: for every process, so the store knows."""

import time
from typing import Protocol

from .store import Transaction

_KIND, _KEY = "clock", "offset"

MANUAL_START = 1_710_979_200.0
"""2024-03-21T00:00:00Z: where a :class:`ManualClock` starts unless told otherwise."""


class Clock(Protocol):
    """Anything that tells the time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()


class ManualClock:
    """A clock that stands still until somebody advances it; for tests."""

    def __init__(self, start: float = MANUAL_START) -> None:
        self._now = start

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward.

        Raises:
            ValueError: for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError(f"a clock moves forward only, not by {seconds} s")
        self._now += seconds


def offset(tx: Transaction) -> float:
    """How many seconds the emulator's time is ahead of its clock."""
    document = tx.get(_KIND, _KEY)
    return float(document["seconds"]) if document else 0.0


def advance(tx: Transaction, seconds: float) -> None:
    """Move the emulator's time forward."""
    tx.put(_KIND, _KEY, {"seconds": offset(tx) + seconds})
