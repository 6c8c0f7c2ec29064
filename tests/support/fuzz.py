"""What a cloud may answer and a program may say instead of what it should: made by chance, the same on each machine."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random
from types import CodeType
from typing import Any, TypeVar

import httpx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of

F = TypeVar("F", bound=Callable[..., Any])

DEEP = 3_000
"""How many objects stand inside one another in what is nested too deeply."""
DIGITS = 10**400
"""A number that is no float."""

SCALARS: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**63, DIGITS, 0.5, -2.25, 1e308, 5e-324),
    *(math.nan, math.inf, -math.inf, "", " ", "id", "x", "true", "3", "-1", "1e9", "9" * 400, "\ud800", "a\udfff"),
    *("\x00", "\n", "\x1b[31m", "ä中😀", "2024-03-21T00:00:00Z", "2024-13-45T99:99:99Z", "PT1H", "PT", "10-S", "8Gi"),
    *("* * * * *", "0 0 31 2 *", "<html>", "null", "[]", "{}", "running", "../..", "a,b", "12345678901234567890"),
)
"""Values that nobody should have to expect."""


def bounded(examples: int, *given_ones: st.SearchStrategy[Any]) -> Callable[[F], F]:
    """A property test with so many examples, the same ones each time."""

    def decorate(test: F) -> F:
        limited = settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        made: F = limited(given(*given_ones)(test))
        return made

    return decorate


SEEDS = st.integers(0, 2**32)
"""What chance begins with: what is made of one is the same each time."""


def junk(chance: Random, depth: int = 3) -> Any:
    """Any value of JSON, and what Python's parser takes for one."""
    if depth == 0 or chance.random() < 0.6:
        return chance.choice(SCALARS)
    if chance.random() < 0.5:
        return [junk(chance, depth - 1) for _ in range(chance.randrange(4))]
    return {str(chance.choice(SCALARS)): junk(chance, depth - 1) for _ in range(chance.randrange(4))}


def spoilt(chance: Random, value: Any, times: int = 2, odd: Callable[[Random], Any] = junk) -> Any:
    """A true value in which something is another thing, is missing, or is there besides."""
    found = _copy(value)
    for _ in range(chance.randint(1, times)):
        found = _spoilt_once(chance, found, odd)
    return found


def _spoilt_once(chance: Random, value: Any, odd: Callable[[Random], Any]) -> Any:
    places = list(_places(value)) if isinstance(value, dict | list) else []
    if not places:
        return odd(chance)
    holder, key = chance.choice(places)
    way = chance.randrange(5)
    if way == 0:
        del holder[key]
    elif way == 1 and isinstance(holder, dict):
        holder[str(chance.choice(SCALARS))] = odd(chance)
    elif way == 2:
        holder[key] = [holder[key]]
    else:
        holder[key] = odd(chance)
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a value, with what holds it."""
    todo = [value]
    while todo:
        holder = todo.pop()
        for key, inner in holder.items() if isinstance(holder, dict) else enumerate(holder):
            yield holder, key
            if isinstance(inner, dict | list):
                todo.append(inner)


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list | tuple) else value


def like(chance: Random, model: type[Spec], *, wrong: float = 0.125, ours: bool = False) -> dict[str, Any]:
    """What a cloud answers for a record, under its own names or `ours`; a share of the values is another thing."""
    return {
        facts.name if ours else facts.wire: junk(chance)
        if chance.random() < wrong
        else _valued(chance, facts, wrong, ours)
        for facts in facts_of(model).values()
        if facts.always_answered or facts.required or chance.random() < 0.6
    }


def _valued(chance: Random, facts: FieldFacts, wrong: float, ours: bool) -> Any:
    if facts.examples and chance.random() < 0.7:
        return chance.choice(facts.examples)
    return _shaped(chance, facts.shape, wrong, ours)


def _shaped(chance: Random, shape: Shape, wrong: float, ours: bool) -> Any:
    if shape.model is not None:
        return like(chance, shape.model, wrong=wrong, ours=ours)
    if shape.element is not None:
        inner = [_shaped(chance, shape.element, wrong, ours) for _ in range(chance.randrange(3))]
        return inner if shape.type == "array" else {f"k{number}": one for number, one in enumerate(inner)}
    if shape.choices:
        return chance.choice(shape.choices)
    texts = ("id", "name", "1", "1700000000000", "running")
    choices: dict[str, Sequence[Any]] = {"string": texts, "integer": (1, 2, "3"), "number": (0.5, 1), "": (1, "x")}
    return chance.choice(choices.get(shape.type, (True, False, "true")))


def keys_of(client: type, method: str) -> tuple[str, ...]:
    """What a method of a client, and what all of them share, looks for in an answer: the texts in their code."""
    shared = [one for name, one in inspect.getmembers(client, inspect.isfunction) if name.startswith("_")]
    texts = (text for one in (getattr(client, method), *shared) for text in _texts_in(one.__code__))
    return tuple(dict.fromkeys(one for one in texts if one.isidentifier() and len(one) < 40))


def _texts_in(code: CodeType) -> Iterator[str]:
    for one in code.co_consts:
        if isinstance(one, str):
            yield one
        elif isinstance(one, CodeType):
            yield from _texts_in(one)


def answer(chance: Random, keys: Sequence[str], models: Sequence[type[Spec]]) -> bytes:
    """The body of an answer: what may be one, with records under every name that is looked for; or anything."""
    kind = chance.randrange(14)
    if kind < len(_RAW):
        return _RAW[kind]
    if kind == len(_RAW):
        return chance.randbytes(chance.randrange(60))
    body = {key: _member(chance, models) for key in keys if chance.random() < 0.9}
    if models and chance.random() < 0.5:
        body = {**body, **like(chance, chance.choice(models))}
    if kind == 6:
        return json.dumps(body).encode()[: chance.randrange(200)]
    if kind == 7:
        return json.dumps(junk(chance)).encode()
    whole = [body] if kind == 8 else {"data": body, "code": chance.choice((0, 0, -1, "0"))} if kind == 9 else body
    return json.dumps(whole).encode()


_RAW = (
    b'[{"a": ' * DEEP + b"1" + b"}]" * DEEP,
    b'{"a": ' * 90 + b"1" + b"}" * 90,
    b'{"n": ' + b"9" * 5000 + b"}",
    b"",
)
"""Bodies that are nested too deeply, nearly so, numbers of very many digits, and nothing."""


def _member(chance: Random, models: Sequence[type[Spec]]) -> Any:
    if not models or chance.random() < 0.2:
        return junk(chance)
    model = chance.choice(models)
    return like(chance, model) if chance.random() < 0.4 else [like(chance, model) for _ in range(chance.randrange(3))]


class Answering(httpx.BaseTransport):
    """Answers by chance."""

    def __init__(self, chance: Random, body: Callable[[Random], bytes]) -> None:
        self.chance, self.body, self.left = chance, body, 200

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer; a success more often than not."""
        self.left -= 1
        assert self.left > 0, "it is asked for ever"
        status = self.chance.choice((*(200,) * 12, 202, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503))
        headers = {"content-type": "application/json"}
        for name in ("x-request-id", "retry-after", "x-subject-token", "nvcf-reqid", "location"):
            if self.chance.random() < 0.3:
                headers[name] = self.chance.choice(("1", "nan", "x" * 300, "-5", "http://[", "9" * 400))
        return httpx.Response(status, headers=headers, content=self.body(self.chance), request=request)


def misplaced(model: type[Spec], values: Any, at: str = "") -> Iterator[str]:
    """What is of another type than its field says, or can be written in no JSON."""
    if not isinstance(values, Mapping):
        yield f"{at}: {type(values).__name__}"
        return
    for name, facts in facts_of(model).items():
        if values.get(name) is not None:
            yield from _misplaced(facts.shape, values[name], f"{at}.{name}")


_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,)}


def _misplaced(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if shape.model is not None:
        yield from misplaced(shape.model, value, at)
    elif shape.element is not None:
        if not isinstance(value, list | tuple if shape.type == "array" else Mapping):
            yield f"{at}: {type(value).__name__}"
            return
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from () if one is None else _misplaced(shape.element, one, at)
    elif shape.type:
        is_boolean = isinstance(value, bool)
        if not isinstance(value, _TYPES[shape.type]) or is_boolean != (shape.type == "boolean"):
            yield f"{at}: {type(value).__name__}"
        elif isinstance(value, float) and not math.isfinite(value):
            yield f"{at}: {value}"


def can_be_written(value: Any) -> bool:
    """Whether a value goes into a state or a log: as JSON, in UTF-8."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False, default=vars).encode()
    except (TypeError, ValueError, RecursionError):  # an encoding error is a ValueError
        return False
    return True
