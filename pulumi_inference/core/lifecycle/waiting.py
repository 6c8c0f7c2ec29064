"""Wait until something reaches a state: adaptive polling, a deadline, progress, cancel."""

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import (
    PASSING_ERRORS,
    CancelledError,
    ConfigurationError,
    FailedStateError,
    InferenceError,
    WaitTimeoutError,
)

T = TypeVar("T")

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")


class Kind(Enum):
    """What a judge can say about a value."""

    DONE = "done"
    PENDING = "pending"
    FAILED = "failed"
    SETTLING = "settling"


@dataclass(frozen=True)
class Verdict:
    """A judge's opinion of one polled value; made by the four class methods."""

    kind: Kind
    reason: str | None = None
    grace: float = 0.0

    @classmethod
    def done(cls) -> "Verdict":
        """The wanted state is reached."""
        return cls(Kind.DONE)

    @classmethod
    def pending(cls) -> "Verdict":
        """Keep waiting."""
        return cls(Kind.PENDING)

    @classmethod
    def failed(cls, reason: str | None = None) -> "Verdict":
        """The wanted state will not be reached; ``reason`` is the cloud's own."""
        return cls(Kind.FAILED, reason)

    @classmethod
    def settling(cls, grace_seconds: float, failure: str | None = None) -> "Verdict":
        """Keep waiting, but not longer than this while the verdict stays the very same.

        After the grace period the wait ends well with the value as it is, or fails when ``failure`` gives a reason
        (for a state that may only be the one from before the call).
        """
        return cls(Kind.SETTLING, failure, grace_seconds)


@dataclass(frozen=True)
class PollSchedule:
    """Seconds between polls by seconds waited: quick at first, at most 5 s for ten minutes, then gentle.

    One second at a minute, so that a deploy of a minute is seen at most about a second late.
    ``least`` is for clouds that want to be asked less often than that. ``jitter`` is the share by which an interval may
    be shorter, so that many waits do not march in step.
    """

    least: float = 0.0
    first: float = 0.25
    slowest: float = 5.0
    patient_after: float = 600.0
    patient: float = 15.0
    jitter: float = 0.1

    def interval(self, elapsed: float, uniform: Callable[[float, float], float] = random.uniform) -> float:
        """Seconds until the next poll."""
        early = max(self.first, elapsed / 10)
        late = max(1.0, elapsed / 60)
        ceiling = self.patient if elapsed >= self.patient_after else self.slowest
        return max(self.least, min(early, late, ceiling)) * (1 - uniform(0.0, self.jitter))


def wait_for(
    probe: Callable[[], T],
    *,
    judge: Callable[[T], Verdict],
    clock: Clock,
    cancelled: threading.Event,
    deadline: float,
    goal: str,
    describe: Callable[[T], str] = str,
    progress: Callable[[T, float], None] | None = None,
    on_trouble: Callable[[InferenceError, float], None] | None = None,
    schedule: PollSchedule | None = None,
    uniform: Callable[[float, float], float] = random.uniform,
) -> T:
    """Poll until the judge is content, and answer the last value.

    ``deadline`` is a moment of ``clock.monotonic()``; there is one last poll at the deadline. ``goal`` completes
    "waiting for …" (``classifier-4f2a9c1 to run``), ``describe`` names a value's state in errors, ``progress`` is
    told every value and the seconds waited so far. Network errors, 429 and 5xx of the probe are outlived until the
    deadline and told to ``on_trouble``; its other errors are raised.

    Raises WaitTimeoutError, FailedStateError, CancelledError.
    """
    schedule = schedule or PollSchedule()
    wait = _Wait(goal, clock, judge, describe)
    while not cancelled.is_set():
        try:
            value = probe()
        except PASSING_ERRORS as error:
            wait.trouble = error
            if on_trouble:
                on_trouble(error, wait.elapsed())
        else:
            if progress:
                progress(value, wait.elapsed())
            if wait.is_over(value):
                return value
        left = deadline - clock.monotonic()
        if left <= 0:
            raise wait.timed_out()
        pause = schedule.interval(wait.elapsed(), uniform)
        clock.wait(min(pause, left, wait.grace_left()), cancelled)
    raise wait.cancelled()


class _Wait(Generic[T]):
    """What one wait has seen so far."""

    def __init__(self, goal: str, clock: Clock, judge: Callable[[T], Verdict], describe: Callable[[T], str]) -> None:
        self._goal = goal
        self._clock = clock
        self._judge = judge
        self._describe = describe
        self._started = clock.monotonic()
        self._state: str | None = None
        self._verdict: Verdict | None = None
        self._grace_end: float | None = None
        self.trouble: InferenceError | None = None

    def elapsed(self) -> float:
        return self._clock.monotonic() - self._started

    def grace_left(self) -> float:
        return float("inf") if self._grace_end is None else max(0.0, self._grace_end - self._clock.monotonic())

    def is_over(self, value: T) -> bool:
        """Whether this value ends the wait well; raises when it ends it badly."""
        self.trouble = None
        self._state = self._describe(value)
        verdict = self._judge(value)
        is_settling = verdict.kind is Kind.SETTLING
        if verdict != self._verdict:
            self._grace_end = self._clock.monotonic() + verdict.grace if is_settling else None
        self._verdict = verdict
        settled = is_settling and self.grace_left() == 0
        if verdict.kind is Kind.FAILED or (settled and verdict.reason is not None):
            raise self._failed(verdict.reason)
        return settled or verdict.kind is Kind.DONE

    def _failed(self, reason: str | None) -> FailedStateError:
        after = format_duration(self.elapsed())
        message = f"waiting for {self._goal} ended with {self._state} after {after}"
        return FailedStateError(message, state=self._state or "", reason=reason)

    def timed_out(self) -> WaitTimeoutError:
        seen = f"last state: {self._state}" if self._state else "its state was never seen"
        details = [f"the last look failed: {self.trouble}"] if self.trouble else []
        message = f"gave up waiting for {self._goal} after {format_duration(self.elapsed())}; {seen}"
        return WaitTimeoutError(message, state=self._state, details=details)

    def cancelled(self) -> CancelledError:
        seen = f"; last state: {self._state}" if self._state else ""
        return CancelledError(f"stopped waiting for {self._goal}, as asked{seen}")


LONGEST_DURATION = 64
"""Characters of a duration; what looks for its parts takes the square of their number."""


def parse_duration(text: str) -> float:
    """Seconds of a duration as Pulumi and Go write it: ``30s``, ``20m``, ``1h30m``, ``1.5h``, ``500ms``.

    Raises ConfigurationError for anything else, a number without a unit and nothing at all included.
    """
    compact = text.strip()
    if len(compact) > LONGEST_DURATION:
        raise ConfigurationError(f"a text of {len(text)} characters is not a duration: write it like 30s, 20m or 1h30m")
    parts = _DURATION.findall(compact)
    seconds = seconds_of(compact)
    if "".join(number + unit for number, unit in parts) != compact or seconds <= 0:
        hint = f"; did you mean {compact}m?" if compact.isdecimal() and int(compact) else ""
        raise ConfigurationError(f"{text!r} is not a duration: write it like 30s, 20m or 1h30m{hint}")
    return seconds


def seconds_of(text: str) -> float:
    """The seconds of all parts of a text that look like a duration."""
    return sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))


def format_duration(seconds: float) -> str:
    """A duration for people: ``0.4 s``, ``41 s``, ``2 min 10 s``, ``1 h 5 min``."""
    if 0 < seconds < 1:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"
