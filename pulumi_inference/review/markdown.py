"""A report as Markdown for GitHub and GitLab: escaped, balanced, and never longer than a comment may be."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from pulumi_inference.core.texts import neutral
from pulumi_inference.review.blocks import (
    Block,
    Code,
    Diff,
    Document,
    Heading,
    Inline,
    Items,
    Line,
    Paragraph,
    Table,
)

BUDGET = 60_000
"""Characters of a comment: GitHub takes 65,536."""

_SPECIAL = re.compile(r"[\\`*\[\]|~$<>&]|(?<!\w)_|_(?!\w)|:(?=[\w+-]+:)")
_MENTION = re.compile(r"((?:@|#|\bGH-|\bwww\.)(?=\w)|\b(?:https?|ftp|mailto):(?=\S))", re.IGNORECASE)
_BREAK = "\u200b"
"""Keeps what follows from being taken for a name, a number of an issue or an address."""


def markdown(documents: Sequence[Document], budget: int = BUDGET) -> str:
    """The documents one after the other, within so many characters: each has its share of what is left."""
    found: list[str] = []
    for index, one in enumerate(documents):
        left = budget - sum(len(each) + 1 for each in found)
        share = left // (len(documents) - index)
        found.append(fitted(one, share))
    return "\n".join(found)


def fitted(document: Document, budget: int) -> str:
    """One document within so many characters. What is always said stays; entries get shorter, then only counted."""
    marker = f"{document.marker}\n" if document.marker else ""
    tail = _blocks(document.tail)
    room = budget - len(marker) - len(tail) - len(_left_out(len(document.entries))) - 2
    head = _blocks(document.head)
    if len(head) > room:
        head = _blocks(document.short_head)
    if len(head) > room:
        head = _cut(document.short_head, room)
    room -= len(head)
    told: list[str] = []
    for full, short in document.entries:
        text = next((text for text in (_blocks(full), _blocks(short)) if len(text) <= room), None)
        if text is None:
            break
        told.append(text)
        room -= len(text)
    left = len(document.entries) - len(told)
    return f"{marker}{head}{''.join(told)}{_left_out(left) if left else ''}{tail}".rstrip() + "\n"


def escaped(text: str) -> str:
    """A text of somebody else's in which nothing acts: no markup, no mention, no reference, no address."""
    plain = " ".join(neutral(text).split())
    return _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", _MENTION.sub(rf"\1{_BREAK}", plain))


def _left_out(number: int) -> str:
    return f"\n…and {number} more, which the full report has.\n\n"


def _cut(blocks: Sequence[Block], room: int) -> str:
    """As many blocks and items as fit, and how many do not."""
    text = ""
    for one in blocks:
        whole = _blocks([one])
        if len(text) + len(whole) <= room:
            text += whole
        elif isinstance(one, Items):
            text += _cut_items(one, room - len(text))
    return text


def _cut_items(items: Items, room: int) -> str:
    told: list[Line] = []
    size = len(_left_out(len(items.lines))) + 2
    for line in items.lines:
        size += len(_line(line)) + 3
        if size > room:
            break
        told.append(line)
    if not told:
        return ""
    return _blocks([Items(told)]) + _left_out(len(items.lines) - len(told))


def _blocks(blocks: Iterable[Block]) -> str:
    return "".join(f"{_block(one)}\n\n" for one in blocks)


def _block(one: Block) -> str:
    if isinstance(one, Heading):
        return f"{'#' * (one.level + 1)} {_line(one.line)}"
    if isinstance(one, Paragraph):
        return f"{'⚠️ ' if one.is_alarm else ''}{_line(one.line)}"
    if isinstance(one, Items):
        return "\n".join(f"- {_line(line)}" for line in one.lines)
    if isinstance(one, Diff):
        return _diff(one)
    if isinstance(one, Table):
        return _table(one)
    opened = " open" if one.is_open else ""
    return f"<details{opened}><summary>{_line(one.summary)}</summary>\n\n{_blocks(one.blocks)}</details>"


def _line(line: Line) -> str:
    return "".join(_inline(one) for one in line)


def _inline(one: Inline) -> str:
    if isinstance(one, Code):
        return f"<code>{escaped(one.text) or ' '}</code>"
    return escaped_words(one)


def escaped_words(text: str) -> str:
    """Our own words, in which values of others may stand: spaces at both ends are kept."""
    if not text.strip():
        return " " if text else ""
    start, end = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{' ' if start else ''}{escaped(text)}{' ' if end else ''}"


def _diff(one: Diff) -> str:
    lines = [f"{sign} {_one_line(text)}" for sign, text in one.lines]
    longest = max((len(match) for line in lines for match in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *lines, fence])


def _table(one: Table) -> str:
    rows = [f"| {' | '.join(_line(cell) or ' ' for cell in row)} |" for row in one.rows]
    return "\n".join([f"| {' | '.join(map(html.escape, one.head))} |", f"|{'---|' * len(one.head)}", *rows])


def _one_line(text: str) -> str:
    return " ".join(neutral(text).split())
