"""Rules that several resources have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_inference.core.fields.problems import Problem, Rule, rule


def each_once(name: str) -> Rule:
    """A list in which nothing stands twice."""

    @rule(f"{name}[*]")
    def find(values: Mapping[str, Any]) -> Iterator[Problem]:
        items = values.get(name) or []
        for index, one in enumerate(items):
            if one in items[:index]:
                yield Problem(f"{name}[{index}]", f'"{one}" stands in {name}[{items.index(one)}] already')

    return find


def in_order(values: dict[str, Any], name: str, order: Sequence[str]) -> dict[str, Any]:
    """The values with a list that has no order in the one of the reference, unless something in it is wrong."""
    items = values.get(name)
    if not isinstance(items, list) or not all(isinstance(one, str) and one in order for one in items):
        return values
    return {**values, name: sorted(items, key=order.index)}
