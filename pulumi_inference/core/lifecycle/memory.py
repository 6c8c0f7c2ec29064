"""What one process remembers while an engine operation lasts: answers, connections, and what it saw, made and said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from pulumi_inference.core.errors import InferenceError
    from pulumi_inference.core.lifecycle.connections import Connection, Connections

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Answer: TypeAlias = Mapping[str, Any]
"""The detail answer of a thing, in wire names."""

Place: TypeAlias = tuple[tuple[str, str], ...]
"""Where a thing is: the resolved fields (endpoint, region, project …) that have a value, by name."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing in a cloud; `kind` is cloud and class, with a dot between. Two kinds of things may have the same id."""

    kind: str
    place: Place
    id: str


@dataclass
class Course:
    """What one resource has gone through in this process, step by step.

    Args:
        has_older: whether the state holds an older thing of it.
        knows_older: whether the id of that was seen.
        refreshed: the recorded inputs that a refresh was given.
        found: the id under which that refresh has found it.
        is_gone: whether a refresh has found nothing.
        is_checked: whether the program's word has been heard.
        is_continued: whether that was with the older inputs beside it, as it is unless the engine was told to replace.
        ignored: what the program's `ignore_changes` say where it is not the engine that carries them out.
        retains: whether the program says `retain_on_delete`.
        deletes_first: whether the program says `delete_before_replace`.
        is_named_here: whether its name is one of ours, and could be another one.
        replaced: the id of what is replaced under another automatic name, though the program says the same.
        planned: as what thing the program's wish for it stands in `Memory.planned`.
    """

    has_older: bool = False
    knows_older: bool = False
    refreshed: Mapping[str, Any] = field(default_factory=dict)
    found: str = ""
    is_gone: bool = False
    is_checked: bool = False
    is_continued: bool = False
    ignored: tuple[str, ...] = ()
    retains: bool = False
    deletes_first: bool = False
    is_named_here: bool = False
    replaced: str = ""
    planned: Thing | None = None

    @property
    def is_forced(self) -> bool:
        """Whether a thing that is there is replaced only because the engine was told to."""
        return bool(self.found) and not self.is_gone and self.is_checked and not self.is_continued


class Once(Generic[K, V]):
    """Values, each asked for once, however many threads want it; an error is not kept. Safe for threads."""

    def __init__(self) -> None:
        self._values: dict[K, V] = {}
        self._locks: dict[K, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: K, ask: Callable[[], V]) -> V:
        """The value under `key`, asked for when it is not there."""
        with self._guard:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key not in self._values:
                self._values[key] = ask()
            return self._values[key]

    def put(self, key: K, value: V) -> None:
        """Keeps `value` as the newest answer."""
        self._values[key] = value

    def peek(self, key: K) -> V | None:
        """The value under `key` if it is there, else None; asks nobody."""
        return self._values.get(key)

    def drop(self, key: K) -> None:
        """Forgets an answer that a write has made old."""
        self._values.pop(key, None)


class Memory:
    """What the calls of one process share. Safe for threads.

    `answers` are the newest detail answers (None: gone); `connections` are by cloud, name and place (None: today's);
    `access` is why an account may not ask in a place, None when it may; `lookups` are by cloud, name of the connection
    and question; `planned` is what the program wants of things, as far as it was heard, for what depends on several.
    """

    def __init__(self) -> None:
        self.answers: Once[Thing, Answer | None] = Once()
        self.connections: Once[tuple[Connections[Any], str | None, Place | None], Connection[Any]] = Once()
        self.access: Once[tuple[Connections[Any], str | None, Place], InferenceError | None] = Once()
        self.lookups: Once[tuple[Connections[Any], str | None, Hashable], Any] = Once()
        self.planned: dict[Thing, Mapping[str, Any]] = {}
        self._seen: dict[tuple[str, str], set[str]] = {}
        self._taken: set[tuple[str, str]] = set()
        self._deleted: set[tuple[str, str]] = set()
        self._claims: dict[tuple[str, str, str], str] = {}
        self._said: set[tuple[str, str]] = set()
        self._courses: dict[str, Course] = {}
        self._turns: dict[tuple[str, str], threading.Lock] = {}
        self._guard = threading.Lock()

    # These go by kind and id, without the place: one place can be spelled in several ways, and a thing that is
    # wrongly taken for another is kept, while one that is not recognised would be deleted.

    def saw(self, kind: str, thing: str, urn: str) -> None:
        """Remembers that this process was asked about a thing: it may be the one that is being replaced."""
        with self._guard:
            self._seen.setdefault((kind, thing), set()).add(urn)

    def has_seen(self, kind: str, thing: str) -> bool:
        """Whether this process was asked about it."""
        return (kind, thing) in self._seen

    def seen_as(self, kind: str, thing: str, urn: str) -> str | None:
        """The urn under which this process was asked about it: this one, else any other."""
        urns = self._seen.get((kind, thing), set())
        return urn if urn in urns else min(urns, default=None)

    def seen_under(self, kind: str, urn: str) -> list[str]:
        """The things of a kind that this process was asked about under a urn: what the resource was until now."""
        with self._guard:
            return [thing for (one, thing), urns in self._seen.items() if one == kind and urn in urns]

    def took(self, kind: str, thing: str) -> None:
        """Remembers that a create of this process has taken the thing over."""
        self._taken.add((kind, thing))

    def has_taken(self, kind: str, thing: str) -> bool:
        """Whether a create of this process has it: then a delete of the same id is not meant for it."""
        return (kind, thing) in self._taken

    def deleted(self, kind: str, thing: str) -> None:
        """Remembers that this process has deleted a thing; lists may show it for a while."""
        self._seen.pop((kind, thing), None)
        self._taken.discard((kind, thing))
        self._deleted.add((kind, thing))
        for course in list(self._courses.values()):
            course.found = "" if course.found == thing else course.found

    def has_deleted(self, kind: str, thing: str) -> bool:
        """Whether this process has deleted it."""
        return (kind, thing) in self._deleted

    def claim(self, kind: str, thing: str, part: str, urn: str) -> str:
        """Who manages a part of a thing: the first urn that has claimed it."""
        with self._guard:
            return self._claims.setdefault((kind, thing, part), urn)

    def claimed(self, kind: str, thing: str, part: str) -> str | None:
        """Who has claimed a part of a thing; None when nobody has."""
        return self._claims.get((kind, thing, part))

    def turn(self, kind: str, name: str) -> threading.Lock:
        """What is held while a thing of this name is looked for and made: nobody takes over what is just being made."""
        with self._guard:
            return self._turns.setdefault((kind, name), threading.Lock())

    def first_time(self, who: str, text: str) -> bool:
        """Whether this has not been said before, by the same one."""
        with self._guard:
            is_new = (who, text) not in self._said
            self._said.add((who, text))
            return is_new

    def course(self, urn: str) -> Course:
        """What a resource has gone through so far; the engine takes its steps one after the other."""
        with self._guard:
            if urn not in self._courses:
                self._courses[urn] = Course()
            return self._courses[urn]
