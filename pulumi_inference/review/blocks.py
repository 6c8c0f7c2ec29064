"""What a report is made of, whatever it is written in: blocks of text in which nothing has a meaning of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pulumi_inference.core.texts import neutral


@dataclass(frozen=True)
class Code:
    """A text of somebody else's: a name, a path, a value."""

    text: str


Inline: TypeAlias = "str | Code"
Line: TypeAlias = Sequence[Inline]


@dataclass(frozen=True)
class Heading:
    """A heading; the first one is the title."""

    line: Line
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A line of text. `is_alarm`: something to look at first."""

    line: Line
    is_alarm: bool = False


@dataclass(frozen=True)
class Items:
    """A list."""

    lines: Sequence[Line]


@dataclass(frozen=True)
class Diff:
    """Lines that go (`-`), come (`+`), or are moved by somebody else (`!`)."""

    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table."""

    head: Sequence[str]
    rows: Sequence[Sequence[Line]]


@dataclass(frozen=True)
class Fold:
    """Blocks behind a line that opens them."""

    summary: Line
    blocks: Sequence[Block] = field(default_factory=tuple)
    is_open: bool = False


Section: TypeAlias = "tuple[Sequence[Block], Sequence[Block]]"
"""Blocks, long and short."""
Block: TypeAlias = "Heading | Paragraph | Items | Diff | Table | Fold"


@dataclass(frozen=True)
class Entry:
    """What makes the blocks of one resource, long and short: of a thousand, few are ever written."""

    full: Callable[[], Sequence[Block]]
    short: Callable[[], Sequence[Block]]


@dataclass(frozen=True)
class Document:
    """A report: what is always said, an entry for each resource, and sections at the end; all of them long and short.

    `short_head` begins with the title.
    """

    head: Sequence[Block]
    short_head: Sequence[Block]
    entries: Sequence[Entry]
    tail: Sequence[Section]
    marker: str = ""

    @property
    def whole(self) -> list[Block]:
        """All of it."""
        entries = (block for one in self.entries for block in one.full())
        return [*self.head, *entries, *(block for full, _ in self.tail for block in full)]


def one_line(text: str) -> str:
    """A text that acts nowhere, on one line; a space at its ends stays one."""
    plain = " ".join(neutral(text).split())
    if not plain:
        return " " if text else ""
    return f"{' ' if text[:1].isspace() else ''}{plain}{' ' if text[-1:].isspace() else ''}"
