"""What lookups answer in a program: records that Pulumi takes wherever it takes a value, their secrets kept.

A record is one of Pulumi's input types, since only those survive all that a program does with values: as an output or
an input it is an object, and inside of `Output.all` it stays a record.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

import pulumi

from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.messages import unknown_property
from pulumi_inference.core.redact import MASK

if TYPE_CHECKING:
    from pulumi_inference.core.fields.facts import Shape, SpecClass

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
A = TypeVar("A", bound="Answer")

_faces: dict[SpecClass, type[Answer]] = {}
"""The record of each spec."""


@dataclass(frozen=True)
class _Secret:
    """A secret value in a record. What Pulumi does with it waits for it, and then has it as a secret output."""

    value: Any = field(repr=False)

    def __await__(self) -> Generator[Any, Any, pulumi.Output[Any]]:
        yield from ()
        return pulumi.Output.secret(self.value)


class Answer:
    """Base of the records: what a spec declares, as attributes; what is not answered is the default or None."""

    _spec: ClassVar[SpecClass]

    def __init__(self, **values: Any) -> None:
        """Sets the fields, nested ones as records.

        Raises:
            TypeError: there is no such field.
        """
        facts = facts_of(self._spec)
        for name in values.keys() - facts.keys():
            raise TypeError(f"{type(self).__name__}: {unknown_property(name, facts)}")
        for name, one in facts.items():
            value = _record(one.shape, values.get(name, one.default))
            vars(self)[name] = _Secret(value) if one.secret and value else value

    if not TYPE_CHECKING:  # to whom any name would be right then
        # Pulumi takes a secret from where it is kept; a program has the value itself.
        def __getattribute__(self, name: str) -> Any:
            value = super().__getattribute__(name)
            return value.value if isinstance(value, _Secret) else value

    def __repr__(self) -> str:
        shown = ((name, MASK if isinstance(one, _Secret) else repr(one)) for name, one in vars(self).items())
        return f"{type(self).__name__}({', '.join(f'{name}={one}' for name, one in shown)})"


def answer(spec: SpecClass) -> Callable[[type[A]], type[A]]:
    """Makes a class with annotations the record of a spec."""

    def declare(record: type[A]) -> type[A]:
        record._spec = spec
        record.__init__ = Answer.__init__  # type: ignore[method-assign]
        _faces[spec] = record
        return pulumi.input_type(record)

    return declare


# Pulumi awaits whatever can be awaited, and goes on with what it gets: that must be the same answer, but plain.


class Awaitable(Generic[T_co]):
    """A record that is there already, for programs that await every lookup."""

    def __await__(self) -> Generator[Any, Any, T_co]:
        yield from ()
        plain: Any = object.__new__(_faces[cast("Answer", self)._spec])
        vars(plain).update(vars(self))
        return cast("T_co", plain)


class Records(list[T]):
    """A list of records, which may be awaited too."""

    def __await__(self) -> Generator[Any, Any, list[T]]:
        yield from ()
        return list(self)


def holds_secrets(value: Any) -> bool:
    """Whether there is a secret in a record, or in a list or a map of them."""
    if isinstance(value, Answer):
        return any(isinstance(one, _Secret) or holds_secrets(one) for one in vars(value).values())
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(map(holds_secrets, inside))


def _record(shape: Shape, value: Any) -> Any:
    if shape.model is not None and isinstance(value, Mapping):
        return _faces[shape.model](**value)
    if shape.element is not None and isinstance(value, list):
        return [_record(shape.element, one) for one in value]
    if shape.element is not None and isinstance(value, Mapping):
        return {key: _record(shape.element, one) for key, one in value.items()}
    return value
