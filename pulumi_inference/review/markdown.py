"""A report as Markdown for GitHub and GitLab: escaped, balanced, and never longer than a comment may be."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from pulumi_inference.review.blocks import (
    Block,
    Code,
    Diff,
    Document,
    Entry,
    Heading,
    Inline,
    Items,
    Line,
    Paragraph,
    Table,
    one_line,
)

BUDGET = 60_000
"""Characters of a comment: GitHub takes 65,536."""

_SPECIAL = re.compile(r"[\\`*\[\]|~$<>&]|(?<![^\W_])_|_(?![^\W_])")
_BEGINS = re.compile(r" ?(?:[#+=-]|\d+(?=[.)]))")
"""What makes a heading or a list of the line that it begins."""
_ACTS = re.compile(
    r"((?:[@#!$%~^&]|(?<![^\W_])GH-)(?=\w)|(?<![^\W_])www(?=\.\w)|:(?=[\w+-]+:)"
    r"|(?:https?|ftp|mailto|xmpp):(?=\S)|\{(?=[+-])|\[(?=\w+:)|\*(?=iteration:))",
    re.IGNORECASE,
)
"""Names, numbers of issues and the like, emoji, addresses and GitLab's insertions, which are looked for in what is
shown."""
LONGEST = 1_000
"""Characters of a text of somebody else's: what is longer would leave no room for what stands beside it."""
_BREAK = "\u200b"
LEAST_SHARE = 1_000
"""Characters under which a report of one stack among several is left to the full report."""


def markdown(documents: Sequence[Document], budget: int = BUDGET) -> str:
    """The documents one after the other, within so many characters: each has its share of what is left.

    The table on top of several has what it needs, up to half of the room: it says each verdict.
    """
    found: list[str] = []
    for index, one in enumerate(documents):
        left, number = budget - sum(len(each) + 1 for each in found), len(documents) - index
        missing = f"{number} more stacks are in the full report.\n"
        room = left - len(missing) - 1 if number > 1 else left
        if index and room < LEAST_SHARE:
            return "\n".join([*found, missing] if len(missing) <= left else found)
        share = room // 2 if number > 1 and not one.marker else max(left // number, LEAST_SHARE)
        found.append(fitted(one, min(share, room)))
    return "\n".join(found)


def fitted(document: Document, budget: int) -> str:
    """One document within so many characters: sections get shorter first, then entries, then the head.

    Title, dangers and totals are always said; of dangers for which there is no room, how many there are.
    """
    marker = f"{document.marker}\n" if document.marker else ""
    tail = [(_blocks(full), _blocks(short)) for full, short in document.tail]
    room = budget - len(marker) - sum(len(short) for _, short in tail) - 1
    head = _blocks(document.head)
    if len(head) > room - len(_left_out(len(document.entries))):
        head = _cut(document.short_head, room - len(_left_out(len(document.entries))))
    room -= len(head)
    entries = _long_enough(document.entries, room)
    # What stands at the end has what the entries do not need, and half of the room at least.
    spare = room - min(sum(len(full) for full, _ in entries), room // 2)
    ends = []
    for full, short in tail:
        more = len(full) - len(short)
        ends.append(full if more <= spare else short)
        spare, room = (spare - more, room - more) if more <= spare else (spare, room)
    return f"{marker}{head}{_fitting(entries, len(document.entries), room)}{''.join(ends)}".rstrip() + "\n"


def _long_enough(entries: Sequence[Entry], room: int) -> list[tuple[str, str]]:
    """Entries long and short, as many as may be told.

    Once the long ones are more than there is room for, the rest is short only; once the short ones are, none is made.
    """
    found: list[tuple[str, str]] = []
    left = spare = room
    for one in entries:
        if left < 0:
            break
        short = _blocks(one.short())
        left -= len(short) if len(short) <= room else 0
        full = _blocks(one.full()) if spare >= 0 else short
        spare -= len(full) if len(full) <= room else len(short)  # one that never fits leaves its room to the others
        found.append((full, short))
    return found


def _fitting(entries: Sequence[tuple[str, str]], number: int, room: int) -> str:
    """Every entry short, as many of the number of them as there is room for, and then the first ones long."""
    if sum(len(short) for _, short in entries) > room:
        room -= len(_left_out(number))
    kept: list[tuple[str, str]] = []
    for full, short in entries:
        if len(short) <= room:
            kept.append((full, short))
            room -= len(short)
    told: list[str] = []
    for full, short in kept:
        more = len(full) - len(short)
        told.append(full if more <= room else short)
        room -= more if more <= room else 0
    left = number - len(told)
    return "".join(told) + (_left_out(left) if left and room >= 0 else "")


def escaped(text: str) -> str:
    """A text of somebody else's in which nothing acts: no markup, no mention, no reference, no address."""
    if text.isascii() and text.isalnum():
        return text
    plain = _ACTS.sub(rf"\1{_BREAK}", one_line(text))
    begins, at = "", len(plain) - len(plain.lstrip(" "))
    if _BEGINS.match(plain):
        begins, plain = f"{plain[:at]}&#{ord(plain[at])};", plain[at + 1 :]
    return begins + _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", plain)


def _left_out(number: int) -> str:
    return f"\n…and {number} more, which the full report has.\n\n"


def _cut(blocks: Sequence[Block], room: int) -> str:
    """As many blocks and items as fit, and how many do not; the first block is clipped rather than left out."""
    text = ""
    for one in blocks:
        whole = _blocks([one])
        if len(text) + len(whole) <= room:
            text += whole
        elif isinstance(one, Items):
            text += _cut_items(one, room - len(text))
        elif isinstance(one, Table):
            text += _cut_table(one, room - len(text))
        elif not text and isinstance(one, Heading):
            text = _clipped(one, room)
    return text


def _clipped(heading: Heading, room: int) -> str:
    words = "".join(one.text if isinstance(one, Code) else one for one in heading.line)
    while words and len(_blocks([Heading([f"{words}…"], heading.level)])) > room:
        words = words[: len(words) * 3 // 4]
    return _blocks([Heading([f"{words}…"], heading.level)])


def _cut_items(items: Items, room: int) -> str:
    told: list[Line] = []
    size = len(_left_out(len(items.lines))) + 2
    for line in items.lines:
        length = len(_line(line)) + 3
        if size + length <= room:
            told.append(line)
            size += length
    left = _left_out(len(items.lines) - len(told)) if len(told) < len(items.lines) else ""
    text = (_blocks([Items(told)]) if told else "") + left
    return text if len(text) <= room else ""


def _cut_table(table: Table, room: int) -> str:
    rows = list(table.rows)
    while rows:
        rows = rows[: len(rows) * 9 // 10]
        text = _blocks([Table(table.head, rows)]) + _left_out(len(table.rows) - len(rows))
        if len(text) <= room:
            return text
    return ""


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
        return f"<code>{escaped(_short(one.text.strip())) or ' '}</code>"
    return escaped(_short(one))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _diff(one: Diff) -> str:
    lines = [f"{sign} {one_line(_short(text))}" for sign, text in one.lines]
    longest = max((len(match) for line in lines for match in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}diff", *lines, fence])


def _table(one: Table) -> str:
    rows = [f"| {' | '.join(_line(cell) or ' ' for cell in row)} |" for row in one.rows]
    return "\n".join([f"| {' | '.join(map(html.escape, one.head))} |", f"|{'---|' * len(one.head)}", *rows])
