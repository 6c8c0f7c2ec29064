"""What every call of a lifecycle gets: how to talk to the cloud, and to the person who waits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pulumi_inference.core.clock import Clock, SystemClock
from pulumi_inference.core.errors import CancelledError, ResponseError
from pulumi_inference.core.lifecycle import naming
from pulumi_inference.core.lifecycle.memory import Course, Memory
from pulumi_inference.core.redact import Redactor
from pulumi_inference.core.settings import Configuration, TransportFactory
from pulumi_inference.core.texts import Environ

T = TypeVar("T")

INSIST_PAUSES = (0.5, 1.0, 2.0)
"""Seconds before a question is asked again whose answer was not understood."""

INSIST_SECONDS = 10.0
"""After so many seconds it is not asked again: the request itself may have been repeated already."""


@dataclass
class Environment:
    """What all calls of one process share: where settings come from, and what was already asked of the cloud."""

    configuration: Configuration
    transports: TransportFactory
    environ: Mapping[str, str] = field(default_factory=Environ, repr=False)
    clock: Clock = field(default_factory=SystemClock)
    cancelled: threading.Event = field(default_factory=threading.Event)
    memory: Memory = field(default_factory=Memory)
    redactor: Redactor = field(default_factory=Redactor)


@dataclass
class Context:
    """One call of one verb: on which resource, and how to talk to the person who waits."""

    environment: Environment
    urn: str = ""
    timeout: float | None = None
    ignored_by_engine: Sequence[str] = ()
    autoname: naming.Policy = field(default_factory=naming.Policy)
    progress: Callable[[str], None] = lambda _text: None
    tell: Callable[[str], None] = lambda _text: None
    warn: Callable[[str], None] = lambda _text: None

    @property
    def label(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1] if self.urn else ""

    def pause(self, seconds: float) -> None:
        """Waits so long.

        Raises:
            CancelledError: the user stopped it.
        """
        if self.environment.clock.wait(seconds, self.environment.cancelled):
            raise CancelledError

    def insist(self, ask: Callable[[], T]) -> T:
        """What `ask` answers; an answer that cannot be understood may be better the next time.

        Raises:
            ResponseError: it was not understood at the last try either. Other errors are those of `ask`.
        """
        clock = self.environment.clock
        last = clock.monotonic() + INSIST_SECONDS
        for seconds in INSIST_PAUSES:
            try:
                return ask()
            except ResponseError:
                if clock.monotonic() >= last:
                    raise
                self.pause(seconds)
        return ask()

    def note(self, text: str) -> None:
        """Says something on the resource's row, once per process."""
        if self.environment.memory.first_time(self.urn, text):
            self.tell(text)

    @property
    def ignore_changes(self) -> tuple[str, ...]:
        """The paths that the program wants to be left as they are."""
        return (*self.ignored_by_engine, *self.course.ignored)

    @property
    def course(self) -> Course:
        """What the resource has gone through in this process."""
        return self.environment.memory.course(self.urn)

    def note_old_one(self, *, seen: bool) -> None:
        """Remembers that the state holds an older thing of this resource, and whether its id was seen."""
        course = self.course
        course.has_older, course.knows_older = True, course.knows_older or seen

    def may_hide_an_old_one(self) -> bool:
        """Whether there is an older thing of this resource whose id nobody has seen: then nothing may be adopted."""
        return self.course.has_older and not self.course.knows_older
