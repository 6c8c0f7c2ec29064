"""Who may ask first: few requests go out until a server has accepted the credentials."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeAlias

from pulumi_inference.core.errors import TransportError
from pulumi_inference.core.exchange import Response
from pulumi_inference.core.streaming import StreamedResponse

FIRST_AT_ONCE = 2
FIRST_ANSWER_SECONDS = 2.0

Outcome: TypeAlias = Response | StreamedResponse | TransportError
Attempt: TypeAlias = Callable[[], tuple[Outcome, Mapping[str, str]]]
"""Sends a request once: the answer, or why there is none; and the headers that say who asked."""


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
