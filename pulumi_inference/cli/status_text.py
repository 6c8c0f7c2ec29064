"""The state of a stack as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo

from pulumi_inference.cli.observation import Report, Seen
from pulumi_inference.cli.tables import table
from pulumi_inference.core.lifecycle.status import CREATING, Event, Moment, Observation
from pulumi_inference.core.lifecycle.waiting import format_duration

_ALWAYS = ("resource", "kind", "state")


def render(report: Report, zone: tzinfo | None = None) -> str:
    """The table of all resources, then what else there is to say of each; `zone` is the local one by default."""
    stack = report.stack
    names = "/".join(name for name in (stack.project, stack.name) if name)
    title = f"{names or 'stack'}, {_moment(report.time * 1000, zone)} {_local(report.time, zone):%Z}"
    if report.problem:
        title += f"\nthe stack could not be read again, so these are its former resources: {report.problem}"
    if not report.seen:
        return f"{title}\n\nThe stack has no resources of pulumi-inference."
    parts = [title, _table(report, zone), *(_more(one, zone) for one in report.seen)]
    return "\n\n".join(part for part in parts if part)


def _table(report: Report, zone: tzinfo | None) -> str:
    rows = [_row(one, report.time, zone) for one in report.seen]
    heads = dict.fromkeys(head for row in rows for head in row)
    shown = [head for head in heads if head in _ALWAYS or any(row.get(head) is not None for row in rows)]
    return table(shown, [[row.get(head) for head in shown] for row in rows])


def _row(one: Seen, now: float, zone: tzinfo | None) -> dict[str, object]:
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


def _more(one: Seen, zone: tzinfo | None) -> str:
    """What does not fit into a row: reasons, events, roll-outs. Nothing when there is none of them."""
    now = one.now
    lines = [f"error: {now.error}"] if now.error else []
    lines += [f"not known: {problem}" for problem in now.problems]
    lines += _happened([*now.events, *now.records], zone)
    named = f"{one.resource.name} ({now.id})" if now.id else one.resource.name
    return "\n".join([named, *("  " + line.replace("\n", "\n  ") for line in lines)]) if lines else ""


def _happened(events: Sequence[Event], zone: tzinfo | None) -> list[str]:
    return [f"{_moment(one.time, zone)}  {one.text}".replace("\n", "\n  ") for one in events]
