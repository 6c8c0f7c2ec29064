"""When a request is tried again, how long to wait before, and who may ask first. The sending is in ``client.py``."""

import random
import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from pulumi_inference.core.clock import Clock
from pulumi_inference.core.errors import ResponseError, TransportError
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.http.streaming import StreamedResponse

BASE_SECONDS = 0.5
CEILING_SECONDS = 8.0
QUOTA_BURST = 64
QUOTA_PER_SECOND = 10.0
FIRST_AT_ONCE = 2
FIRST_ANSWER_SECONDS = 2.0

Uniform = Callable[[float, float], float]
Failure: TypeAlias = TransportError | ResponseError
Outcome: TypeAlias = Response | StreamedResponse | Failure
Attempt: TypeAlias = Callable[[], tuple[Outcome, Mapping[str, str]]]
"""Sends a request once: the answer, or why there is none; and the headers that say who asked."""


def backoff(attempt: int, uniform: Uniform = random.uniform) -> float:
    """Seconds to wait after the given try (counted from 1): full jitter under an exponential ceiling."""
    return uniform(0.0, min(CEILING_SECONDS, BASE_SECONDS * 2.0 ** min(attempt, 16)))


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Seconds that a ``Retry-After`` header asks for (seconds or an HTTP date, RFC 9110 10.2.3); None if unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, moment.timestamp() - now)


class RetryQuota:
    """A token bucket that all threads talking to one host share, so that a storm is not answered by a storm.

    First tries are free. A retry takes one of ``burst`` tokens; they come back at ``per_second``. When none is
    left, a retry is not refused but told to wait for its turn.
    """

    def __init__(self, clock: Clock, burst: int = QUOTA_BURST, per_second: float = QUOTA_PER_SECOND) -> None:
        self._clock = clock
        self._burst = float(burst)
        self._per_second = per_second
        self._tokens = float(burst)
        self._updated = clock.monotonic()
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take a token; answers the seconds until it is there."""
        with self._lock:
            now = self._clock.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._updated) * self._per_second)
            self._updated = now
            self._tokens -= 1
            return max(0.0, -self._tokens / self._per_second)

    def give_back(self) -> None:
        """Return a token that was reserved and not used."""
        with self._lock:
            self._tokens = min(self._burst, self._tokens + 1)


class Tries:
    """The tries of one request: counts them and says when there is another, within ``seconds`` in all.

    ``notes`` says for the error message why there is none any more.
    """

    def __init__(self, clock: Clock, quota: RetryQuota, uniform: Uniform, seconds: float) -> None:
        self._clock = clock
        self._quota = quota
        self._uniform = uniform
        self._started = clock.monotonic()
        self._deadline = self._started + seconds
        self.count = 0
        self.notes: list[str] = []

    def pause(self, retry_after: str | None = None, *, limit: float | None = None) -> float | None:
        """Seconds until the next try, or None when the time does not suffice.

        ``retry_after`` is the header's value; ``limit`` makes the seconds in all fewer for this kind of failure.
        """
        deadline = self._deadline if limit is None else min(self._deadline, self._started + limit)
        left = max(0.0, deadline - self._clock.monotonic())
        asked = parse_retry_after(retry_after, self._clock.now()) or 0.0
        if asked > left:
            self.notes.append(f"the server asks to wait {asked:.0f} s, but only {left:.0f} s are left for retries")
        if asked > left or left == 0:
            self._give_up()
            return None
        turn = self._quota.reserve()
        if turn > left:
            self._quota.give_back()
            self.notes.append("too many requests to this host are being retried at the same time")
            self._give_up()
            return None
        jitter = self._uniform(0.0, 1.0) if asked else backoff(self.count, self._uniform)
        return min(max(asked, turn) + jitter, left)

    def _give_up(self) -> None:
        if self._deadline == self._started:
            return  # nobody wanted more than one try
        elapsed = self._clock.monotonic() - self._started
        self.notes.append(f"given up after {self.count} {'try' if self.count == 1 else 'tries'} in {elapsed:.0f} s")


class Admission:
    """Lets few requests through until one has ended otherwise than with a 401. Safe for threads.

    Servers lock an account after five refusals in a row, and a program asks from many threads at once: what was
    refused to the first is not asked again by the others. A slow first answer holds nobody up for long.
    """

    def __init__(self) -> None:
        self._first = threading.Semaphore(FIRST_AT_ONCE)
        self._opened = threading.Event()
        self._answered = threading.Event()
        self._refused: Response | None = None

    def admit(self, attempt: Attempt) -> tuple[Outcome, Mapping[str, str]]:
        """Makes the attempt in its turn; once another one has been refused, that refusal is the answer."""
        if self._opened.is_set():
            return attempt()
        if not self._first.acquire(blocking=False):
            self._answered.wait(FIRST_ANSWER_SECONDS)
            return (self._refused, {}) if self._refused is not None else attempt()
        try:
            return (self._refused, {}) if self._refused is not None else self._go_first(attempt)
        finally:
            self._first.release()

    def forget_refusal(self) -> None:
        """The credentials are new ones: they may be tried."""
        self._refused = None

    def _go_first(self, attempt: Attempt) -> tuple[Outcome, Mapping[str, str]]:
        outcome, added = attempt()
        if isinstance(outcome, Response) and outcome.status == 401:
            self._refused = outcome
        else:
            self._opened.set()
        self._answered.set()
        return outcome, added
