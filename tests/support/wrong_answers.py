"""What a cloud may answer in place of the truth, for every kind of resource, and a door that gives such answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.emulator.transport import EmulatorTransport
from tests.support.cloud import OUTSIDER

Json = dict[str, Any]

ALWAYS = 10**9
HTML = "<!doctype html><title>Sign in</title><p>Your network asks you to sign in."
OTHER_ID = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Names:
    """What a cloud calls the parts of a thing in its answers, and its envelopes.

    `content` is what makes up a thing, an object or a list of objects; `items` is the list in the answer of the list
    call, `data` what holds an answer ("" for nothing); `error` and `missing` are its answers for an error that it
    dresses as a success, and for a thing that it does not have.
    """

    id: str
    name: str
    status: str
    content: str
    items: str
    error: Json
    missing: tuple[int, Json]
    data: str = ""


@dataclass(frozen=True)
class Answer:
    """An answer as it goes out."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


Spoil = Callable[[bytes, Names], Answer]


def _instead(body: Any, *, status: int = 200, content_type: str = "application/json") -> Spoil:
    raw = body if isinstance(body, bytes) else body.encode() if content_type != "application/json" else None
    sent = raw if raw is not None else json.dumps(body).encode()
    return lambda _true, _names: Answer(sent, status, content_type)


def _things(value: Any, names: Names) -> Iterator[Json]:
    """All objects in an answer that have an id, however deep."""
    if isinstance(value, dict):
        if names.id in value:
            yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from _things(one, names)


def _each(change: Callable[[Json, Names], Any]) -> Spoil:
    def spoil(true: bytes, names: Names) -> Answer:
        answer = json.loads(true or b"{}")
        for thing in list(_things(answer, names)):
            change(thing, names)
        return Answer(json.dumps(answer).encode())

    return spoil


def _with(part: str, value: Any) -> Spoil:
    """One part of each thing is another one; ``...`` takes it away."""

    def change(thing: Json, names: Names) -> None:
        key = getattr(names, part)
        if value is ...:
            thing.pop(key, None)
        elif key in thing:
            thing[key] = value

    return _each(change)


def _holder(answer: Any, names: Names) -> Json:
    """What has the items of a list in it: an answer, or what it holds; nothing where it is none."""
    found = answer.get(names.data) if names.data and isinstance(answer, dict) else answer
    return found if isinstance(found, dict) else {}


def _list(change: Callable[[list[Json]], Any]) -> Spoil:
    def spoil(true: bytes, names: Names) -> Answer:
        answer = json.loads(true or b"{}")
        holder = _holder(answer, names)
        if isinstance(holder.get(names.items), list):
            holder[names.items] = change(holder[names.items])
        return Answer(json.dumps(answer).encode())

    return spoil


def _count(value: Any) -> Spoil:
    def spoil(true: bytes, names: Names) -> Answer:
        answer = json.loads(true or b"{}")
        holder = _holder(answer, names)
        if names.items in holder:
            holder |= {"total_count": value, "count": value}
        return Answer(json.dumps(answer).encode())

    return spoil


def _another_thing(thing: Json, names: Names) -> None:
    thing[names.id] = OTHER_ID
    if names.name in thing:
        thing[names.name] = "somebody-elses"


WHOLE: dict[str, Spoil] = {
    "an empty object": _instead({}),
    "null": _instead(None),
    "an empty list": _instead([]),
    "a text": _instead("ok"),
    "a number": _instead(7),
    "an error with status 200": lambda _true, names: Answer(json.dumps(names.error).encode()),
    "not there": lambda _true, names: Answer(json.dumps(names.missing[1]).encode(), names.missing[0]),
    "a page": _instead(HTML, content_type="text/html"),
    "a page that says JSON": _instead(HTML.encode()),
    "nothing": _instead(b""),
    "nothing with status 204": _instead(b"", status=204),
    "JSON that says text": lambda true, _names: Answer(true, content_type="text/plain"),
    "cut short": lambda true, _names: Answer(true[: len(true) // 2]),
    "nested deep": _instead(b"[" * 100_000 + b"]" * 100_000),
    "5,000 digits": _instead(b'{"n": ' + b"9" * 5000 + b"}"),
    "bad UTF-8": _instead(b'{"n": "\xff\xfe"}'),
}
"""Bodies that say nothing of anything."""

IDS: dict[str, Spoil] = {
    "id null": _with("id", None),
    "id missing": _with("id", ...),
    "id of another": _with("id", OTHER_ID),
    "id a number": _with("id", 7),
    "id NaN": _with("id", float("nan")),
    "id empty": _with("id", ""),
    "id of spaces": _with("id", "  "),
    "id half a character": _with("id", "\ud800"),
    "another thing": _each(_another_thing),
}
PARTS: dict[str, Spoil] = {
    "status missing": _with("status", ...),
    "status null": _with("status", None),
    "status a number": _with("status", 7),
    "status an object": _with("status", {}),
    "status unknown": _with("status", "purring"),
    "name missing": _with("name", ...),
    "name null": _with("name", None),
    "name half a character": _with("name", "demo\udfff"),
    "content null": _with("content", None),
    "content of nulls": _with("content", [None]),
    "content a text": _with("content", ""),
    "content missing": _with("content", ...),
}
LISTS: dict[str, Spoil] = {
    "list null": _list(lambda _items: None),
    "list of nulls": _list(lambda items: [None for _ in items]),
    "list with a null": _list(lambda items: [*items, None]),
    "list of texts": _list(lambda items: ["thing" for _ in items]),
    "list empty": _list(lambda _items: []),
    "count too large": _count(10**6),
    "count a text": _count("many"),
    "count negative": _count(-1),
}
"""Parts that are not what they have to be; an answer without such a part is the true one."""

WRONG: dict[str, dict[str, Spoil]] = {
    "detail": {**WHOLE, **IDS, **PARTS},
    "list": {**WHOLE, **IDS, **PARTS, **LISTS},
    "create": {**WHOLE, **IDS},
    "write": WHOLE,
}
"""What is wrong with the answer, by what was asked for."""

STUBBORN = (
    *("an empty object", "an error with status 200", "a page", "nothing", "cut short", "null"),
    *("id missing", "id of another", "status null", "name missing", "content of nulls"),
)
"""Those that are worth being told later or for ever: each stands for many."""


@dataclass
class Lie:
    """Which requests of the program get a wrong answer: after `skip` of them, `count`; the others the true one.

    With `is_done` a write is carried out all the same.
    """

    method: str
    path: str
    spoil: Spoil
    skip: int = 0
    count: int = 1
    is_done: bool = True

    def takes(self, request: httpx.Request) -> bool:
        """Whether this request gets one; counted."""
        if request.method != self.method or not re.search(self.path, request.url.path):
            return False
        self.skip -= 1
        if self.skip >= 0 or self.count <= 0:
            return False
        self.count -= 1
        return True


class LyingTransport(EmulatorTransport):
    """The emulator in this process, with `lies` to the program; the test itself is told the truth."""

    def __init__(self, database: Path, clock: ManualClock, names: Names, deploy_seconds: float) -> None:
        super().__init__(database, clock=clock, deploy_seconds=deploy_seconds)
        self.names, self.lies, self.told = names, list[Lie](), 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The truth or a lie."""
        is_for_us = request.url.path.startswith("/_emulator") or request.headers["user-agent"] == OUTSIDER
        lie = None if is_for_us else next((one for one in self.lies if one.takes(request)), None)
        if lie is None:
            return super().handle_request(request)
        self.told += 1
        true = b""
        if lie.is_done:
            response = super().handle_request(request)
            true = response.read()
            if not response.is_success:
                return response
        answer = lie.spoil(true, self.names)
        return httpx.Response(
            answer.status, headers={"content-type": answer.content_type}, content=answer.body, request=request
        )
