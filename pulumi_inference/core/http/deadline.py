"""When one try is over: at its deadline, or when the user has stopped it."""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import CancelledError

GRACE_SECONDS = 5.0
"""Seconds that a write may still be answered after the user has stopped it: the answer may be an id."""


class OverdueError(Exception):
    """The time of a try is over."""


class Deadline:
    """The moment at which one try is over, however often the other side says a little more.

    Whoever waits for the network asks ``left`` before each wait, and waits no longer than that.
    """

    def __init__(self, clock: Clock, cancelled: threading.Event, seconds: float, *, grace: float = 0.0) -> None:
        """``grace`` is how many seconds are left once ``cancelled`` is set."""
        self._clock, self._cancelled, self.seconds, self._grace = clock, cancelled, seconds, grace
        self._is_stopped = False
        self.begin()

    def begin(self) -> None:
        """Count from now."""
        self._end = self._clock.monotonic() + self.seconds

    def left(self) -> float:
        """The seconds that are left. Raises OverdueError or CancelledError when there are none."""
        now = self._clock.monotonic()
        if self._cancelled.is_set() and not self._is_stopped:
            self._is_stopped = True
            self._end = min(self._end, now + self._grace)
        if now < self._end:
            return self._end - now
        raise CancelledError if self._is_stopped else OverdueError

    def restart(self) -> None:
        """Count from now, unless it is over: what our side does, as sending a file, is nobody's delay."""
        self.left()
        if not self._is_stopped:
            self.begin()

    def lift(self) -> None:
        """From now on the try may take as long as it likes, until the user stops it."""
        self._end, self._grace = math.inf, 0.0

    @contextmanager
    def holds(self) -> Iterator[None]:
        """Make this the deadline of all that is read and written inside."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)


_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


def seconds_left() -> float:
    """What is left of the deadline that holds here. Raises what ``Deadline.left`` does."""
    deadline = _CURRENT.get()
    return math.inf if deadline is None else deadline.left()
