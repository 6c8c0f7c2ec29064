"""The section on capacity and cost: what the stack takes and costs in a month, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pulumi_inference.review.blocks import Block, Code, Heading, Line, Paragraph, Table
from pulumi_inference.review.capacity import Amount, Range, totals
from pulumi_inference.review.capacity import Line as Capacity
from pulumi_inference.review.report import MOST_NAMED, Report
from pulumi_inference.review.settings import Prices

_NUMBER = "{:,.0f}"


def capacity_section(report: Report) -> Iterator[Block]:
    """A row for each accelerator and flavour, of many only those that move, and the totals."""
    if not report.lines:
        return
    sides = ", now and once what has drifted is put back" if report.is_drift_only and report.drift else ""
    yield Heading([f"Capacity and cost{sides}"], level=2)
    rows: list[list[Line]] = [
        [[Code(one.what)], *([cell] for cell in _cells(one))]
        for one in report.lines
        if one.moves or len(report.lines) < MOST_NAMED
    ]
    yield Table(("what", "instances", "accelerators", "hours a month", "cost a month"), rows[:MOST_NAMED])
    if len(rows) > MOST_NAMED:
        yield Paragraph([f"and {len(rows) - MOST_NAMED} more"])
    yield from sums(report)
    if not report.has_prices:
        yield Paragraph(["No prices: none are configured (review.yaml, prices)."])
    for what, name in report.misspelt_prices:
        yield Paragraph(["No price of ", Code(what), ": the table of prices spells it ", Code(name), "."])


def sums(report: Report) -> Iterator[Block]:
    """Totals, which are always said."""
    if not report.lines:
        return
    if total := _totals(report.lines):
        yield Paragraph([total])
    without = sum(one.cost is None and one.after.hours is not None for one in report.lines)
    but = f", without {without} of no price" if without else ""
    for prices, before, after in totals(report.lines):
        yield Paragraph([f"In all, a month: {_money(before, after, prices)}{but}"])


def _cells(one: Capacity) -> list[str]:
    hours = ["not known" if each.hours is None else _range(each.hours, _NUMBER) for each in (one.before, one.after)]
    instances = [_range(amount.instances, "{}") for amount in (one.before, one.after)]
    return [_moved(instances), _moved([_accelerators(one.before), _accelerators(one.after)]), _moved(hours), _cost(one)]


def _accelerators(amount: Amount) -> str:
    return "as the flavour says" if amount.accelerators is None else _range(amount.accelerators, "{}")


def _cost(one: Capacity) -> str:
    if one.cost is None or one.prices is None:
        is_timed = one.before.hours is not None and one.after.hours is not None
        return "no price" if is_timed else "not known"
    return _money(*one.cost, one.prices)


def _money(before: Range, after: Range, prices: Prices) -> str:
    """What it costs in the unit of the prices, and in money where that is another one."""
    text = _priced(before, after, prices.unit or prices.currency)
    price = prices.unit_price
    if not prices.unit or price is None:
        return text
    now, then = ((low * price, high * price) for low, high in (before, after))
    return f"{text} ({_priced(now, then, prices.currency)})"


def _priced(before: Range, after: Range, unit: str) -> str:
    return _moved([f"{_range(side, _NUMBER)} {unit}".strip() for side in (before, after)])


def _totals(lines: Sequence[Capacity]) -> str:
    """Accelerators and hours of everything, before and after."""
    sides = []
    for name in ("before", "after"):
        amounts = [getattr(one, name) for one in lines]
        accelerators = [sum((one.accelerators or (0, 0))[index] for one in amounts) for index in (0, 1)]
        hours = [sum((one.hours or (0, 0))[index] for one in amounts) for index in (0, 1)]
        sides.append((_range((accelerators[0], accelerators[1]), "{}"), _range((hours[0], hours[1]), _NUMBER)))
    accelerators_moved, hours_moved = (_moved([side[index] for side in sides]) for index in (0, 1))
    is_all = all(one.before.accelerators is not None and one.after.accelerators is not None for one in lines)
    but = "" if is_all else " besides those of flavours"
    word = "accelerator" if accelerators_moved == "1" else "accelerators"
    told = [f"{accelerators_moved} {word}{but}"] if accelerators_moved != "0" else []
    told += [f"{hours_moved} hours a month"] if hours_moved != "0" else []
    return f"In all: {', '.join(told)}" if told else ""


def _range(found: tuple[float, float], form: str) -> str:
    low, high = (form.format(one) for one in found)
    return low if low == high else f"{low} to {high}"


def _moved(sides: Sequence[str]) -> str:
    before, after = sides
    return before if before == after else f"{before} → {after}"
