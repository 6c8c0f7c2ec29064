"""The state of a stack as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from pulumi_inference.cli.observation import Report, Seen
from pulumi_inference.cli.tables import table
from pulumi_inference.core.lifecycle.status import CREATING, Event, Moment, Observation
from pulumi_inference.core.lifecycle.waiting import format_duration

WIDEST = 100
"""Columns of text in which a table should fit."""

_ALWAYS = ("resource", "kind", "state")

Row = dict[str, object]


def render(report: Report, zone: tzinfo | None = None) -> str:
    """The table of all resources, then what else there is to say of each; `zone` is the local one by default."""
    stack = report.stack
    names = "/".join(name for name in (stack.project, stack.name) if name)
    title = f"{names or 'stack'}, {_moment(report.time * 1000, zone)} {_local(report.time, zone):%Z}"
    if report.problem:
        title += f"\nthe stack could not be read again, so these are its former resources: {report.problem}"
    if not report.seen:
        return f"{title}\n\nThe stack has no resources of pulumi-inference."
    rows = [_row(one, report.time, zone) for one in report.seen]
    tables = _layout(rows)
    beside = [_beside(row, tables) for row in rows]
    events = _each_once(report.seen)
    more = [_more(*of_one, zone) for of_one in zip(report.seen, beside, events, strict=True)]
    parts = [title, *(_table(*one) for one in tables), *more]
    return "\n\n".join(part for part in parts if part)


def _layout(rows: Sequence[Row]) -> list[tuple[Sequence[Row], Sequence[str]]]:
    """The rows and heads of one table; where that is too wide, of one for each kind."""
    heads = _heads(rows)
    if _width(_table(rows, heads)) <= WIDEST:
        return [(rows, heads)]
    kinds = dict.fromkeys(row["kind"] for row in rows)
    groups = [[row for row in rows if row["kind"] == kind] for kind in kinds]
    return [(group, _fitting(group)) for group in groups]


def _fitting(rows: Sequence[Row]) -> list[str]:
    """The heads without those that make a table too wide, the widest of them first."""
    heads = _heads(rows)
    further = [head for head in heads if head not in (*_ALWAYS, "instances")]
    further.sort(key=lambda head: max(len(str(row.get(head) or "")) for row in rows))
    while further and _width(_table(rows, heads)) > WIDEST:
        heads.remove(further.pop())
    return heads


def _beside(row: Row, tables: Sequence[tuple[Sequence[Row], Sequence[str]]]) -> Row:
    """The cells of a row for which its table has no room."""
    heads = next(heads for rows, heads in tables if any(one is row for one in rows))
    return {head: cell for head, cell in row.items() if head not in heads and cell is not None}


def _heads(rows: Sequence[Row]) -> list[str]:
    heads = dict.fromkeys(head for row in rows for head in row)
    return [head for head in heads if head in _ALWAYS or any(row.get(head) is not None for row in rows)]


def _table(rows: Sequence[Row], heads: Sequence[str]) -> str:
    return table(heads, [[row.get(head) for head in heads] for row in rows])


def _width(text: str) -> int:
    return max(map(len, text.splitlines()))


def _each_once(seen: Sequence[Seen]) -> list[list[Event]]:
    """The events of each resource; what several of them tell is told by the one to which the others belong."""
    told: set[tuple[str, int, str]] = set()
    found: dict[int, list[Event]] = {}
    for place in sorted(range(len(seen)), key=lambda place: (seen[place].now.id or "").count(",")):
        events = [one for one in seen[place].now.events if not one.source or _sign(one) not in told]
        told.update(map(_sign, events))
        found[place] = events
    return [found[place] for place in range(len(seen))]


def _sign(event: Event) -> tuple[str, int, str]:
    return event.source, event.time, event.text


def _row(one: Seen, now: float, zone: tzinfo | None) -> Row:
    return {
        "resource": one.resource.name,
        "kind": one.resource.kind.rpartition(".")[2],
        "state": _state(one),
        "instances": _instances(one.now),
        **{head: _cell(value, now, zone) for head, value in one.now.columns.items()},
    }


def _state(one: Seen) -> str:
    percent = "" if one.now.progress is None else f" {one.now.progress} %"
    creating = f" ({CREATING})" if one.resource.id is None and one.now.state != CREATING else ""
    return f"{one.now.state}{percent}{creating}{' (to be deleted)' if one.resource.is_replaced else ''}"


def _instances(now: Observation) -> str | None:
    if now.wanted is None:
        return None
    return f"{'?' if now.running is None else now.running} of {now.wanted}"


def _cell(value: object, now: float, zone: tzinfo | None) -> object:
    if not isinstance(value, Moment):
        return value
    left = value.time / 1000 - now
    remaining = f"in {format_duration(left)}" if left > 0 else "due"
    return f"{_moment(value.time, zone)} ({remaining})"


def _moment(milliseconds: float, zone: tzinfo | None) -> str:
    return f"{_local(milliseconds / 1000, zone):%Y-%m-%d %H:%M:%S}"


def _local(seconds: float, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def _more(one: Seen, beside: Row, events: Sequence[Event], zone: tzinfo | None) -> str:
    """What does not fit into a row: further cells, reasons, events, roll-outs. Nothing when there is none of them."""
    now = one.now
    lines = [f"{head}: {cell}" for head, cell in beside.items()]
    lines += [f"error: {now.error}"] if now.error else []
    lines += [f"not known: {problem}" for problem in now.problems]
    lines += _happened([*events, *now.records], zone)
    named = f"{one.resource.name} ({now.id})" if now.id else one.resource.name
    return "\n".join([named, *("  " + line.replace("\n", "\n  ") for line in lines)]) if lines else ""


def _happened(events: Sequence[Event], zone: tzinfo | None) -> list[str]:
    return [f"{_moment(one.time, zone)}  {one.text}".replace("\n", "\n  ") for one in events]
