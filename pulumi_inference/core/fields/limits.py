"""What a value of a spec can be at all, whatever its field says: it has to fit into JSON, a state and a request.

Light and free of recursion beyond its own limit: it is the first to look at what somebody has written.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN

DEEPEST = 64
MOST_VALUES = 10_000
MOST_CHARACTERS = 4 * 1024 * 1024
LONGEST_NAME = 1000
LARGEST_EXACT = 2**53
"""Pulumi and most of JSON's readers keep numbers as floats, and up to here all integers are floats too."""


class _TooMuchError(Exception):
    """There is no use in looking further."""

    def __init__(self, path: paths.Path, message: str) -> None:
        super().__init__(message)
        self.problem = Problem(paths.render(path[:1]), message)


def fit(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """The values with everything that no spec can hold as unknown, and what that is.

    Of values that are too many nothing is left.
    """
    problems, is_complete = _look(values, ())
    if not is_complete:
        return {}, problems
    result: Any = dict(values)
    for problem in problems:
        result = masked(result, paths.parse(problem.path))
    return ({} if result is UNKNOWN else result), problems


def find_unfit(values: Mapping[str, Any], opaque: tuple[type, ...] = ()) -> list[Problem]:
    """What no spec can hold; values of the types `opaque` are left for later."""
    return _look(values, opaque)[0]


def masked(value: Any, path: paths.Path) -> Any:
    """A copy of `value` in which the value at `path`, when there is one, is unknown."""
    if not path:
        return UNKNOWN
    head, rest = path[0], path[1:]
    if isinstance(value, Mapping) and head in value:
        return {**value, head: masked(value[head], rest)}
    if isinstance(value, list | tuple) and isinstance(head, int):
        return [masked(item, rest) if index == head else item for index, item in enumerate(value)]
    return value


def _look(values: Any, opaque: tuple[type, ...]) -> tuple[list[Problem], bool]:
    """The problems, and whether all has been looked at."""
    found: list[Problem] = []
    try:
        found.extend(_Look(opaque).at(values, ()))
    except _TooMuchError as error:
        return [error.problem], False
    return found, True


class _Look:
    """One walk through a document, which counts what it has seen."""

    def __init__(self, opaque: tuple[type, ...]) -> None:
        self._opaque = opaque
        self._values = 0
        self._characters = 0

    def at(self, value: Any, path: paths.Path) -> Iterator[Problem]:
        """The problems of a value and of all that it holds."""
        self._count(path, 1, 0)
        if value is None or value is UNKNOWN or isinstance(value, (bool, *self._opaque)):
            return
        if isinstance(value, str):
            self._count(path, 0, len(value))
            wrong = _wrong_text(value)
        elif isinstance(value, int | float):
            wrong = _wrong_number(value)
        else:
            yield from self._inside(value, path)
            return
        if wrong:
            yield Problem(paths.render(path), wrong)

    def _inside(self, value: Any, path: paths.Path) -> Iterator[Problem]:
        if len(path) >= DEEPEST:
            yield Problem(paths.render(path), f"is nested too deeply; at most {DEEPEST} levels are allowed")
        elif isinstance(value, Mapping):
            wrong = next(filter(None, map(self._wrong_name, value)), None)
            if wrong:
                yield Problem(paths.render(path), wrong)
                return
            for name, one in value.items():
                self._count(path, 0, len(name))
                yield from self.at(one, (*path, name))
        elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
            for index, one in enumerate(value):
                yield from self.at(one, (*path, index))
        elif isinstance(value, Enum):
            yield from self.at(value.value, path)
        else:
            names = getattr(type(value), "__annotations__", {})  # of the typed arguments in `inputs.py`
            if not names:
                kind = type(value).__name__
                yield Problem(paths.render(path), f"must be text, a number, true, false, a list or a map, not {kind}")
            yield from self._inside({name: getattr(value, name, None) for name in names}, path)

    def _wrong_name(self, name: object) -> str | None:
        if not isinstance(name, str):
            return f"has the key {str(name)[:20]!r}, which is no text; put it in quotes"
        if len(name) > LONGEST_NAME:
            return f"has a key of {len(name)} characters; at most {LONGEST_NAME} are allowed"
        wrong = _wrong_text(name)
        return f"has a wrong key, which {wrong}" if wrong else None

    def _count(self, path: paths.Path, values: int, characters: int) -> None:
        self._values += values
        self._characters += characters
        if self._values > MOST_VALUES:
            raise _TooMuchError(path, f"is too much: a spec can hold at most {MOST_VALUES:,} values in all")
        if self._characters > MOST_CHARACTERS:
            raise _TooMuchError(path, f"is too long: a spec can hold at most {MOST_CHARACTERS:,} characters in all")


def _wrong_text(text: str) -> str | None:
    if "\0" in text:
        return f"must not hold the character NUL, which stands at position {text.index(chr(0)) + 1}"
    try:
        text.encode()
    except UnicodeEncodeError as error:
        code = f"U+{ord(text[error.start]):04X}"
        return f"must be Unicode text, without {code}, half of a character, at position {error.start + 1}"
    return None


def _wrong_number(number: float) -> str | None:
    if isinstance(number, int):
        try:
            is_exact = abs(number) <= LARGEST_EXACT or int(float(number)) == number
        except OverflowError:
            is_exact = False
        return None if is_exact else f"must be a number of at most {LARGEST_EXACT}: larger ones lose their last digits"
    return None if math.isfinite(number) else f"must be a number, not {number}"
