"""What every call of a lifecycle gets: how to talk to the cloud, and to the person who waits."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.clock import Clock, SystemClock
from pulumi_inference.core.lifecycle import naming
from pulumi_inference.core.redact import Redactor
from pulumi_inference.core.settings import Configuration, TransportFactory


class Cache:
    """Answers of the cloud, each asked for once, however many threads want it."""

    def __init__(self) -> None:
        self._values: dict[Hashable, Any] = {}
        self._locks: dict[Hashable, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: Hashable, ask: Callable[[], Any]) -> Any:
        """The value under `key`, asked for when it is not there; an error is not kept."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._values:
                self._values[key] = ask()
            return self._values[key]

    def put(self, key: Hashable, value: Any) -> None:
        """Keeps `value` as the newest answer."""
        self._values[key] = value

    def peek(self, key: Hashable) -> Any:
        """The value under `key` if it is there, else None; asks nobody."""
        return self._values.get(key)

    def drop(self, key: Hashable) -> None:
        """Forgets an answer that a write has made old."""
        self._values.pop(key, None)


@dataclass
class Environment:
    """What all calls of one process share: where settings come from, and what was already asked of the cloud."""

    configuration: Configuration
    transports: TransportFactory
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = field(default_factory=SystemClock)
    cancelled: threading.Event = field(default_factory=threading.Event)
    cache: Cache = field(default_factory=Cache)
    redactor: Redactor = field(default_factory=Redactor)


@dataclass
class Context:
    """One call of one verb: on which resource, and how to talk to the person who waits."""

    environment: Environment
    urn: str = ""
    timeout: float | None = None
    ignore_changes: Sequence[str] = ()
    autoname: naming.Policy = field(default_factory=naming.Policy)
    progress: Callable[[str], None] = lambda _text: None
    tell: Callable[[str], None] = lambda _text: None
    warn: Callable[[str], None] = lambda _text: None

    @property
    def label(self) -> str:
        """The resource's name in the program."""
        return self.urn.rsplit("::", 1)[-1] if self.urn else ""

    def note(self, text: str) -> None:
        """Says something on the resource's row, once per process."""
        key = ("told", self.urn, text)
        if not self.environment.cache.peek(key):
            self.environment.cache.put(key, True)
            self.tell(text)

    def note_old_one(self, *, seen: bool) -> None:
        """Remembers that the state holds an older thing of this resource, and whether its id was seen."""
        key = ("old", self.urn)
        self.environment.cache.put(key, seen or bool(self.environment.cache.peek(key)))

    def may_hide_an_old_one(self) -> bool:
        """Whether there is an older thing of this resource whose id nobody has seen: then nothing may be adopted."""
        return self.environment.cache.peek(("old", self.urn)) is False
