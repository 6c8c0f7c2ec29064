"""A report for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from pulumi_inference.review.blocks import (
    Block,
    Code,
    Diff,
    Document,
    Fold,
    Heading,
    Items,
    Line,
    Paragraph,
    Table,
    one_line,
)

WIDTH = 100


def plain_text(documents: Sequence[Document], width: int = WIDTH) -> str:
    """The documents one after the other, with everything in them."""
    return "\n\n".join(_document(one, width) for one in documents) + "\n"


def _document(one: Document, width: int) -> str:
    return "\n".join(_lines(one.whole, width)).rstrip()


def _lines(blocks: Iterable[Block], width: int) -> Iterator[str]:
    for one in blocks:
        yield from _block(one, width)
        if not isinstance(one, Fold):
            yield ""


def _block(one: Block, width: int) -> Iterator[str]:
    if isinstance(one, Heading):
        text = _line(one.line)
        yield text
        yield ("=" if one.level == 1 else "-") * min(width, len(text))
    elif isinstance(one, Paragraph):
        yield from textwrap.wrap(("! " if one.is_alarm else "") + _line(one.line), width)
    elif isinstance(one, Items):
        for line in one.lines:
            yield from textwrap.wrap(_line(line), width, initial_indent="  * ", subsequent_indent="    ")
    elif isinstance(one, Diff):
        yield from (f"    {sign} {one_line(text)}" for sign, text in one.lines)
    elif isinstance(one, Table):
        yield from _table(one)
    else:
        yield from textwrap.wrap(_line(one.summary), width, initial_indent="> ", subsequent_indent="  ")
        for line in _lines(one.blocks, width - 2):
            yield f"  {line}".rstrip()


def _table(one: Table) -> Iterator[str]:
    rows = [list(one.head), *([_line(cell) for cell in row] for row in one.rows)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(one.head))]
    for row in rows:
        yield "    " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _line(line: Line) -> str:
    return "".join(one_line(one.text if isinstance(one, Code) else one) for one in line)
