"""Rules that several resources have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def in_order(values: dict[str, Any], name: str, order: Sequence[str]) -> dict[str, Any]:
    """The values with a list that has no order in the one of the reference, unless something in it is wrong."""
    items = values.get(name)
    if not isinstance(items, list) or not all(isinstance(one, str) and one in order for one in items):
        return values
    return {**values, name: sorted(items, key=order.index)}
