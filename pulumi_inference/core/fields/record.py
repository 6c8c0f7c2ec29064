"""What a cloud answers, as a record of declared fields, and whether an answer is one at all."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, Self

import pydantic

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec
from pulumi_inference.core.fields.paths import Path, render
from pulumi_inference.core.fields.wire import from_wire, wired

_TYPES = {"string": "a text", "integer": "a number", "number": "a number", "boolean": "true or false"}
_building = threading.Lock()


class Record(Spec):
    """Base of what a cloud answers: fields that nobody knows yet are ignored."""

    model_config = pydantic.ConfigDict(extra="ignore", strict=False)

    answered_by: ClassVar[str] = "the cloud"
    """What messages call the cloud."""

    @classmethod
    def read(cls, answer: Any, what: str, **identity: str) -> Self:
        """An answer of the cloud as a record; `what` says in messages what it describes.

        `identity` are the fields by which it was asked for, with their values.

        Raises:
            ResponseError: it is about another thing, or a field is missing or of another type.
        """
        _build(cls)
        try:
            return cls.model_validate(from_wire(cls, cls.recognise(answer, what, **identity)))
        except pydantic.ValidationError as error:
            problems = [f"{render(one['loc'])}: {one['msg']}" for one in error.errors()]
            raise cls._not_understood(what, problems) from None

    @classmethod
    def recognise(cls, answer: Any, what: str, **identity: str) -> Mapping[str, Any]:
        """The answer as it came, which tells of such a thing, and of the one with this `identity`.

        It has what is `always_answered`, and objects, lists and plain values stand where they are declared; what else
        may be loose about it is for `read` to refuse.

        Raises:
            ResponseError: it does not.
        """
        problems = list(_misfits(cls, answer, identity, ()))
        if problems:
            raise cls._not_understood(what, problems)
        found: Mapping[str, Any] = answer
        return found

    @classmethod
    def recognise_list(cls, answers: Iterable[Any], what: str) -> list[Mapping[str, Any]]:
        """The items of the cloud's list as they came; `what` is one of them in messages, with its article.

        Raises:
            ResponseError: one of them does not tell of such a thing.
        """
        return [cls.recognise(one, f"{what} of the list") for one in answers]

    @classmethod
    def _not_understood(cls, what: str, problems: list[str]) -> ResponseError:
        text = f"what {cls.answered_by} answered about {what} cannot be understood"
        return ResponseError(text, details=problems)


def _build(model: type[Spec]) -> None:
    """Makes what pydantic validates by, which a `Spec` leaves until it is needed; older versions of it have no lock."""
    if not model.__pydantic_complete__:
        with _building:
            model.model_rebuild()


def is_name(value: Any) -> bool:
    """Whether a value can be the id or the name of something: a text that can be written and is not blank."""
    return isinstance(value, str) and bool(value.strip()) and _can_be_written(value)


def _misfits(model: type[Spec], answer: Any, identity: Mapping[str, str], at: Path) -> Iterator[str]:
    """What is wrong with an answer. Quotes no value: it may be a secret, and of any length."""
    if not isinstance(answer, Mapping):
        yield f"{render(at) or 'the answer'}: must be an object"
        return
    for facts in wired(model):
        name = facts.name
        value, path = answer.get(facts.wire), (*at, name)
        if value is None:
            if facts.always_answered or name in identity:
                yield f"{render(path)}: is missing"
        elif name in identity:
            if value != identity[name]:
                yield f"{render(path)}: is not the one that was asked for, {identity[name]}"
        else:
            yield from _lacking(facts, value, path)
            yield from _misplaced(facts.shape, value, path)


def _lacking(facts: FieldFacts, value: Any, path: Path) -> Iterator[str]:
    """Where something has to stand, a text is no number, and nothing is empty."""
    if not facts.always_answered:
        return
    if facts.type == "string" and not is_name(value):
        yield f"{render(path)}: must be a text that is not blank"
    elif facts.min_length and isinstance(value, list) and len(value) < facts.min_length:
        yield f"{render(path)}: must not be empty"


def _misplaced(shape: Shape, value: Any, path: Path) -> Iterator[str]:
    """What is no object, no list or no plain value although it has to be."""
    if shape.model is not None:
        yield from _misfits(shape.model, value, {}, path)
    elif shape.element is not None:
        yield from _misplaced_in(shape.element, value, path, is_list=shape.type == "array")
    elif shape.type and not _is_plain(value):
        yield f"{render(path)}: must be {_TYPES[shape.type]}"


def _misplaced_in(element: Shape, value: Any, path: Path, *, is_list: bool) -> Iterator[str]:
    if is_list and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _misplaced(element, one, (*path, index))
    elif not is_list and isinstance(value, Mapping):
        for key, one in value.items():
            if one is not None:
                yield from _misplaced(element, one, (*path, key))
    else:
        yield f"{render(path)}: must be {'a list' if is_list else 'an object'}"


def _is_plain(value: Any) -> bool:
    """Whether a value is a text that can be written, a finite number, or true or false."""
    if isinstance(value, str):
        return _can_be_written(value)
    if isinstance(value, float):
        return math.isfinite(value)
    return value is not None and not isinstance(value, Mapping | list)


def _can_be_written(text: str) -> bool:
    """Whether a text has no half of a pair of surrogates, which no encoding takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
