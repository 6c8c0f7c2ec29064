"""The ownership mark: what a cloud keeps of which resource made a thing whose name is no proof of it.

It stands where a cloud has room for it (a text, a list of tags, a map), and is hidden from what the program says there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pulumi_inference.core.lifecycle import naming

MARK_KEY = "pulumi-inference"
"""The key of the mark in a map."""

_MARK = re.compile(r"pulumi:[0-9a-f]{7}")
_IN_TEXT = re.compile(r" ?\[(pulumi:[0-9a-f]{7})\]$")


def mark(urn: str) -> str:
    """The mark of a resource, of characters that texts, tags and values of maps all take: `pulumi:3f9c2a1`."""
    return f"pulumi:{naming.digest(urn, {})}"


def in_text(text: str, own: str, limit: int) -> str:
    """The text with the mark `own` behind it; without, when it would have more than `limit` characters."""
    marked = f"{text} [{own}]".strip()
    return marked if own and len(marked) <= limit else text


def out_of_text(text: str) -> str:
    """The text as its author wrote it."""
    return _IN_TEXT.sub("", text)


def of_text(text: str) -> str:
    """The mark behind a text; "" for none."""
    found = _IN_TEXT.search(text)
    return found[1] if found else ""


def in_list(items: Sequence[str], own: str) -> list[str]:
    """The items with the mark `own` behind them."""
    return [*items, own] if own else list(items)


def out_of_list(items: Sequence[str]) -> list[str]:
    """The items of the program."""
    return [one for one in items if not _MARK.fullmatch(one)]


def of_list(items: Sequence[str]) -> str:
    """The mark among the items; "" for none."""
    return next((one for one in items if _MARK.fullmatch(one)), "")


def in_map(values: Mapping[str, str], own: str) -> dict[str, str]:
    """The map with the mark `own` in it."""
    return {**values, MARK_KEY: own} if own else dict(values)


def out_of_map(values: Mapping[str, str]) -> dict[str, str]:
    """The map of the program; what a cloud answers under the key of the mark may be anything."""
    return {name: one for name, one in values.items() if not (name == MARK_KEY and _MARK.fullmatch(str(one)))}


def of_map(values: Mapping[str, str]) -> str:
    """The mark in a map; "" for none."""
    own = str(values.get(MARK_KEY, ""))
    return own if _MARK.fullmatch(own) else ""
