"""What a thing of one kind would be as resources of another cloud: the words in which a room says so.

A conversion is pure: what was read goes in, what a program would declare comes out, and nobody is asked.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pulumi_inference.core.errors import InferenceError


class NotConvertibleError(InferenceError):
    """The thing exists, but there is nothing that it could be converted to."""


@dataclass(frozen=True)
class Output:
    """Stands for an output of another resource of the program; `of` is that one's `label`."""

    of: str
    name: str


@dataclass(frozen=True)
class Setting:
    """Stands for a value that nobody could find out.

    The program requires it of the stack's configuration, so that a preview without it is refused. `example` shows what
    is wanted.
    """

    key: str
    example: str


@dataclass(frozen=True)
class Found:
    """A thing as it was read: its id, its values in the words of its resource, and what the cloud says besides."""

    id: str
    values: Mapping[str, Any] = field(repr=False)
    facts: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Made:
    """A resource of the program.

    Args:
        kind: its class, such as `Service`.
        label: its name in the program, which `Output` refers to; unique among all that are made.
        values: its arguments; an `Output` or a `Setting` may stand for any of them.
    """

    kind: str
    label: str
    values: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Converted:
    """The program, and what it does not do.

    Args:
        made: the resources; one comes after those that it refers to.
        exports: outputs of the stack.
        lost: what has no counterpart, a text each.
        by_hand: what is still to be looked at or done, a text each.
    """

    made: Sequence[Made]
    exports: Mapping[str, Output] = field(default_factory=dict)
    lost: Sequence[str] = ()
    by_hand: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something that only the user can say, an option of the command.

    Args:
        help: what it says.
        metavar: what the help calls the value.
        values: the only ones; () for any.
        default: the value when nothing is said.
    """

    help: str
    metavar: str | None = None
    values: tuple[str, ...] = ()
    default: str | None = None


class Conversion(ABC):
    """From a thing of another kind to the resources of a cloud."""

    name: ClassVar[str]
    """The command, behind the cloud's name."""
    summary: ClassVar[str]
    """What the command does, as its help says in the first line."""
    source: ClassVar[str]
    """The kind of the thing, as commands name it: cloud and class, with a dot between."""
    choices: ClassVar[Mapping[str, Choice]] = {}
    """The command's options, by name."""

    def related(self, source: Found) -> Iterable[tuple[str, str]]:  # noqa: ARG002 - for what stands alone
        """Kind and id of each thing that has to be read too; by default none."""
        return ()

    @abstractmethod
    def convert(self, source: Found, related: Mapping[str, Found], chosen: Mapping[str, str | None]) -> Converted:
        """The resources that do the same.

        Args:
            source: the thing.
            related: what `related` names, by id; what there is no more, or nobody may read, is missing.
            chosen: the options; None for what was not said and has no default.

        Raises:
            NotConvertibleError: there are none.
        """
