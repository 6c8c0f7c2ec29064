"""The state of a stack as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from pulumi_inference.cli.observation import CREATING, Observation, Report
from pulumi_inference.cli.tables import table
from pulumi_inference.core.lifecycle.waiting import format_duration
from pulumi_inference.modelarts.specs.monitor import Load, NodeResult, UpdateRecord, UpdateRecordConfig

_ALWAYS = ("resource", "kind", "state")
_LOADS = {
    "cpu": ("cpu_core_usage", "cpu_core_total"),
    "memory": ("cpu_memory_usage", "cpu_memory_total"),
    "gpu": ("gpu_usage", "gpu_total"),
    "npu": ("npu_usage", "npu_total"),
}


def render(report: Report, zone: tzinfo | None = None) -> str:
    """The table of all resources, then what else there is to say of each; `zone` is the local one by default."""
    stack = report.stack
    names = "/".join(name for name in (stack.project, stack.name) if name)
    title = f"{names or 'stack'}, {_moment(report.time * 1000, zone)} {_local(report.time, zone):%Z}"
    if report.problem:
        title += f"\nthe stack could not be read again, so these are its former resources: {report.problem}"
    if not report.observations:
        return f"{title}\n\nThe stack has no resources of pulumi-inference."
    parts = [title, _table(report, zone), *(_more(one, zone) for one in report.observations)]
    return "\n\n".join(part for part in parts if part)


def _table(report: Report, zone: tzinfo | None) -> str:
    rows = [_row(one, report.time, zone) for one in report.observations]
    shown = [name for name in rows[0] if name in _ALWAYS or any(row[name] is not None for row in rows)]
    return table(shown, [[row[name] for name in shown] for row in rows])


def _row(one: Observation, now: float, zone: tzinfo | None) -> dict[str, object]:
    return {
        "resource": one.resource.name,
        "kind": one.resource.kind.rpartition(".")[2],
        "state": _state(one),
        "instances": _instances(one),
        "due": None if one.due_time is None else _due(one.due_time, now, zone),
        "calls": one.invocation_times,
        "failed": one.failed_times,
        "per min": one.monitor.req_count_per_min if one.monitor else None,
        "load": _load([*one.monitor.models, *one.monitor.nodes]) if one.monitor else None,
    }


def _state(one: Observation) -> str:
    percent = f" {one.progress} %" if one.state == "deploying" and one.progress is not None else ""
    creating = f" ({CREATING})" if one.resource.id is None and one.state != CREATING else ""
    return f"{one.state}{percent}{creating}{' (to be deleted)' if one.resource.is_replaced else ''}"


def _instances(one: Observation) -> str | None:
    if one.wanted is None:
        return None
    return f"{'?' if one.running is None else one.running} of {one.wanted}"


def _load(loads: Sequence[Load]) -> str | None:
    """What is in use of what there is, over all models or nodes: `cpu 5 %, memory 3 %`."""
    parts = []
    for name, (usage, total) in _LOADS.items():
        used = sum(getattr(one, usage) or 0 for one in loads)
        there = sum(getattr(one, total) or 0 for one in loads)
        if there:
            parts.append(f"{name} {used / there:.0%}".replace("%", " %"))
    return ", ".join(parts) or None


def _due(due_time: int, now: float, zone: tzinfo | None) -> str:
    left = due_time / 1000 - now
    remaining = f"in {format_duration(left)}" if left > 0 else "due"
    return f"{_moment(due_time, zone)} ({remaining})"


def _moment(milliseconds: float, zone: tzinfo | None) -> str:
    return f"{_local(milliseconds / 1000, zone):%Y-%m-%d %H:%M:%S}"


def _local(seconds: float, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def _more(one: Observation, zone: tzinfo | None) -> str:
    """What does not fit into a row: reasons, events, roll-outs. Nothing when there is none of them."""
    lines = [f"  error: {one.error_msg}"] if one.error_msg else []
    lines += ["  not known: " + problem.replace("\n", "\n  ") for problem in one.problems]
    for event in one.events:
        mark = "" if event.event_type == "normal" else f"{event.event_type}: "
        lines.append(f"  {_moment(event.occur_time, zone)}  {mark}{event.event_info}")
    for record in one.update_records:
        lines += [f"  {line}" for line in _record(record, zone)]
    return "\n".join([f"{one.resource.name} ({one.id})" if one.id else one.resource.name, *lines]) if lines else ""


def _record(record: UpdateRecord, zone: tzinfo | None) -> Iterator[str]:
    models = " + ".join(map(_model, record.config or ()))
    yield f"{_moment(record.update_time, zone)}  roll-out {record.result}: {models}{_counts(record)}"
    yield from (f"  {line}" for line in _nodes(record.result_detail or ()))


def _model(one: UpdateRecordConfig) -> str:
    name = " ".join(part for part in (one.model_name or one.model_id, one.model_version) if part)
    weight = "" if one.weight is None else f", weight {one.weight}"
    return f"{name} ({one.instance_count} x {one.specification}{weight})"


def _counts(record: UpdateRecord) -> str:
    if record.success_num is None and record.failed_num is None:
        return ""
    return f"; nodes: {record.success_num or 0} done, {record.failed_num or 0} failed"


def _nodes(results: Iterable[NodeResult]) -> Iterator[str]:
    for one in results:
        yield f"{one.node_name or one.node_id}: {one.operation} {'done' if one.result else 'failed'}"
