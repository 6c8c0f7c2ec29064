"""What v1 answers is not trusted to have the shape that its pages give: what has another one counts as not answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]


def inside(values: Any, *path: str) -> Values:
    """The object at the end of this path; empty where there is none."""
    for name in path:
        values = values.get(name) if isinstance(values, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def items(values: Any, name: str) -> list[Values]:
    """The objects in the list of this name."""
    found = values.get(name) if isinstance(values, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def amount(value: Any) -> float | None:
    """A number above zero."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and value > 0 else None


def whole(value: Any) -> int | None:
    """A whole number above zero, which may have been answered as a text."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0 else None
