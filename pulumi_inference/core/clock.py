"""Time as a dependency: nothing else in the package reads a clock or sleeps."""

import calendar
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


def iso_time(moment: object, unit: str = "s") -> str | None:
    """A point in time, counted in "s" or "ms" since the epoch, as ISO 8601 in UTC: `2026-11-22T08:06:34Z`.

    None for one that no calendar has: clouds answer 0 or worse where there is none, and Pulumi's mocks what they like.
    """
    if not moment or not isinstance(moment, int | float):
        return None
    try:
        return f"{datetime.fromtimestamp(moment / {'s': 1, 'ms': 1000}[unit], UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (ValueError, OverflowError, OSError):
        return None


def spoken_time(at: datetime) -> str:
    """A point in time as people write it: `Monday, 30 November 2026, 08:00`."""
    # Not by strftime, whose names follow the locale.
    day = f"{calendar.day_name[at.weekday()]}, {at.day} {calendar.month_name[at.month]} {at.year}"
    return f"{day}, {at.hour:02}:{at.minute:02}"


class Clock(Protocol):
    """What the package needs to know of time."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""
        ...

    def wait(self, seconds: float, cancelled: threading.Event) -> bool:
        """Wait that long, or until ``cancelled`` is set; answers whether it is set."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never goes back."""
        return time.monotonic()

    def wait(self, seconds: float, cancelled: threading.Event) -> bool:
        """Wait that long, or until ``cancelled`` is set; answers whether it is set."""
        return cancelled.wait(max(0.0, seconds))


class ManualClock:
    """A clock for tests: waiting takes no time and moves the clock.

    ``on_wait`` is called with the seconds after every wait, so that a test can change the world meanwhile.
    ``waits`` holds every wait in order.
    """

    def __init__(self, now: float = 1_700_000_000.0, on_wait: Callable[[float], None] | None = None) -> None:
        self.waits: list[float] = []
        self.on_wait = on_wait
        self._now = now
        self._elapsed = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Seconds since the epoch, UTC."""
        return self._now + self._elapsed

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        return self._elapsed

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        with self._lock:
            self._elapsed += seconds

    def wait(self, seconds: float, cancelled: threading.Event) -> bool:
        """Move the clock by that much, unless ``cancelled`` is set; answers whether it is set afterwards."""
        if cancelled.is_set():
            return True
        with self._lock:
            self.waits.append(seconds)
            self._elapsed += max(0.0, seconds)
        if self.on_wait:
            self.on_wait(seconds)
        return cancelled.is_set()
