"""Accelerators, instances and hours before and after, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.footprint import Footprint
from pulumi_inference.review.changes import Resource
from pulumi_inference.review.settings import Prices, Settings

CountsOf = Callable[[str], Callable[[Mapping[str, Any]], Sequence[Footprint]] | None]
"""What counts the instances of a kind; None where nothing does."""


@dataclass(frozen=True)
class Amount:
    """Instances, accelerators and hours of a month, least and most. Accelerators are None of flavours."""

    instances: tuple[int, int] = (0, 0)
    accelerators: tuple[int, int] | None = (0, 0)
    hours: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Line:
    """One accelerator or flavour, before and after."""

    what: str
    before: Amount
    after: Amount
    cost: tuple[tuple[float, float], tuple[float, float]] | None = None
    prices: Prices | None = None

    @property
    def moves(self) -> bool:
        """Whether anything of it changes."""
        return self.before != self.after


def footprints(one: Resource, counts_of: CountsOf) -> tuple[Sequence[Footprint], Sequence[Footprint]]:
    """What a resource takes now, and what it will take."""
    count = counts_of(one.kind)
    if count is None:
        return (), ()
    before = None if one.is_gone else (one.live or one.recorded)
    after = None if one.op == "delete" else one.program
    return (count(before) if before else ()), (count(after) if after else ())


def capacity(resources: Iterable[Resource], counts_of: CountsOf, settings: Settings) -> list[Line]:
    """All that the stack takes, by accelerator or flavour."""
    sides: tuple[dict[str, list[Footprint]], dict[str, list[Footprint]]] = ({}, {})
    for one in resources:
        for side, found in zip(sides, footprints(one, counts_of), strict=True):
            for each in found:
                side.setdefault(each.what, []).append(each)
    names = sorted({*sides[0], *sides[1]})
    return [_line(name, sides[0].get(name, []), sides[1].get(name, []), settings) for name in names]


def accelerators(found: Sequence[Footprint]) -> int:
    """How many accelerators there may be at most; of flavours, their instances."""
    return sum(one.most * (one.each or 1) for one in found)


def _line(what: str, before: Sequence[Footprint], after: Sequence[Footprint], settings: Settings) -> Line:
    now, then = _amount(before), _amount(after)
    priced = settings.price_of(what)
    if priced is None:
        return Line(what, now, then)
    prices, price = priced
    low, high = ((price * one.hours[0], price * one.hours[1]) for one in (now, then))
    return Line(what, now, then, (low, high), prices)


def _amount(found: Sequence[Footprint]) -> Amount:
    counted = [one.each for one in found if one.each is not None]
    return Amount(
        (sum(one.least for one in found), sum(one.most for one in found)),
        (sum(one.least * (one.each or 0) for one in found), sum(one.most * (one.each or 0) for one in found))
        if len(counted) == len(found)
        else None,
        (
            sum(one.least * (one.each or 1) * one.hours for one in found),
            sum(one.most * (one.each or 1) * one.hours for one in found),
        ),
    )
