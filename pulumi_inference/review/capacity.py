"""Accelerators, instances and hours before and after, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.footprint import Footprint
from pulumi_inference.core.redact import MASK
from pulumi_inference.review.changes import DESTRUCTIVE_OPS, Resource
from pulumi_inference.review.reading import State, with_unknowns
from pulumi_inference.review.settings import Prices, Settings

CountsOf = Callable[[str], Callable[[Mapping[str, Any]], Sequence[Footprint]] | None]
"""What counts the instances of a kind; None where nothing does."""


Range: TypeAlias = tuple[float, float]
"""Least and most."""


@dataclass(frozen=True)
class Amount:
    """Instances, accelerators and hours of a month, least and most. Accelerators are None of flavours, hours of what
    nobody knows how long it runs; where that is so of a part, the others' are counted.
    """

    instances: tuple[int, int] = (0, 0)
    accelerators: tuple[int, int] | None = (0, 0)
    hours: tuple[float, float] | None = (0.0, 0.0)


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


@dataclass(frozen=True)
class Taken:
    """What a resource takes now, and what it will take.

    `is_guessed`: only the `up` will know, so that it is counted as it is now, or not at all. `is_kept`: what goes from
    the stack stays in the cloud, and is counted there afterwards, too.
    """

    before: Sequence[Footprint] = ()
    after: Sequence[Footprint] = ()
    is_guessed: bool = False
    is_kept: bool = False


def taken(one: Resource, counts_of: CountsOf) -> Taken:
    """What is counted of a resource."""
    count = counts_of(one.kind)
    if count is None:
        return Taken()
    before = None if one.is_gone or one.op in ("create", "import") else (one.live or one.recorded)
    after = None if one.op == "delete" else one.program
    is_hidden = _is_hidden(one, before, after)
    if is_hidden:
        before, after = (side and with_unknowns(side, {MASK}) for side in (before, after))
    now, then = (count(side) if side else () for side in (before, after))
    is_guessed = False
    if is_hidden or (after and contains_unknown(after)):
        said = [*now, *then]
        if after and before:
            now, then = count(_filled(before, after)), count(_filled(after, before))
        is_guessed = said != [*now, *then] or (is_hidden and not said)
    kept = now if one.is_retained and one.op in DESTRUCTIVE_OPS else ()
    return Taken(now, [*then, *kept], is_guessed=is_guessed, is_kept=bool(kept))


def _is_hidden(one: Resource, *sides: State | None) -> bool:
    """Whether something is hidden that is no secret by itself: a program may make one of any property."""
    if one.life is None or not any(sides):
        return False
    fields = facts_of(one.life.spec)
    return any(each.is_secret and not (each.facts and each.facts.secret) for each in one.changes) or any(
        value == MASK and name in fields and not fields[name].secret
        for side in sides
        for name, value in (side or {}).items()
    )


def _filled(value: Any, other: Any) -> Any:
    """The value, with the other one's wherever it is not known yet."""
    if value is UNKNOWN:
        return UNKNOWN if other is None else other
    if isinstance(value, Mapping):
        there = other if isinstance(other, Mapping) else {}
        return {name: _filled(one, there.get(name)) for name, one in value.items()}
    if isinstance(value, list) and isinstance(other, list) and len(value) == len(other):
        return [_filled(one, before) for one, before in zip(value, other, strict=True)]
    return value


def totals(lines: Sequence[Line]) -> list[tuple[Prices, Range, Range]]:
    """What everything with a price costs before and after, by the unit of the price."""
    found: dict[tuple[str, str, float], tuple[Prices, Range, Range]] = {}
    for one in lines:
        if one.cost is not None and one.prices is not None:
            unit = (one.prices.unit or one.prices.currency, *_worth(one.prices))
            _, before, after = found.get(unit, (one.prices, (0.0, 0.0), (0.0, 0.0)))
            found[unit] = (one.prices, _sum(before, one.cost[0]), _sum(after, one.cost[1]))
    return [found[unit] for unit in sorted(found)]


def _worth(prices: Prices) -> tuple[str, float]:
    """What a unit costs: tables may have units of the same name that are not worth the same."""
    return (prices.currency, prices.unit_price or 0.0) if prices.unit else ("", 0.0)


def _sum(one: Range, other: Range) -> Range:
    return one[0] + other[0], one[1] + other[1]


def capacity(counted: Iterable[Taken], settings: Settings) -> list[Line]:
    """All that the stack takes, by accelerator or flavour."""
    sides: tuple[dict[str, list[Footprint]], dict[str, list[Footprint]]] = ({}, {})
    for one in counted:
        for side, found in zip(sides, (one.before, one.after), strict=True):
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
    if now.hours is None or then.hours is None:
        return Line(what, now, then)
    low, high = ((price * one[0], price * one[1]) for one in (now.hours, then.hours))
    return Line(what, now, then, (low, high), prices)


def _amount(found: Sequence[Footprint]) -> Amount:
    counted = [one.each for one in found if one.each is not None]
    return Amount(
        (sum(one.least for one in found), sum(one.most for one in found)),
        (sum(one.least * (one.each or 0) for one in found), sum(one.most * (one.each or 0) for one in found))
        if len(counted) == len(found)
        else None,
        _hours(found),
    )


def _hours(found: Sequence[Footprint]) -> Range | None:
    known = [(one, one.hours) for one in found if one.hours is not None]
    if found and not known:
        return None
    return (
        sum(one.least * (one.each or 1) * hours for one, hours in known),
        sum(one.most * (one.each or 1) * hours for one, hours in known),
    )
