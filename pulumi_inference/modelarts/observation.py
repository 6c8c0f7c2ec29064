"""What ModelArts says of services, models and schedules at this moment. Loaded when somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.connections import LOOK_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.status import CREATING, GONE, UNKNOWN, Event, Moment, Observation, Wanted
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.models.values import reason_of
from pulumi_inference.modelarts.specs.detail import ServiceDetail
from pulumi_inference.modelarts.specs.lookups import (
    GetServiceEvents,
    GetServiceMonitor,
    GetServices,
    GetServiceUpdateRecords,
)
from pulumi_inference.modelarts.specs.monitor import (
    Load,
    NodeResult,
    ServiceEvent,
    UpdateRecord,
    UpdateRecordConfig,
)
from pulumi_inference.modelarts.specs.parts import workspace_of

T = TypeVar("T")

_SERVING = ("running", "concerning", "deploying")
_LOADS = {
    "cpu": ("cpu_core_usage", "cpu_core_total"),
    "memory": ("cpu_memory_usage", "cpu_memory_total"),
    "gpu": ("gpu_usage", "gpu_total"),
    "npu": ("npu_usage", "npu_total"),
}
_NOTHING: Mapping[str, Any] = {
    "progress": None,
    "due_time": None,
    "invocation_times": None,
    "failed_times": None,
    "monitor": None,
    "events": (),
    "update_records": (),
}
"""The fields of every kind in `--json`, as they are when nothing is known."""
# Environment variables may be secrets, and nobody here knows which.
_ENVS: Any = {"config": {"__all__": {"envs"}}}


def observe_service(
    life: Managed[ModelArtsClient], context: Context, thing: str | None, values: Inputs, wanted: Wanted
) -> Observation:
    """A service: instances, calls, load, events and roll-outs."""
    return _observed(thing, lambda: _service(life, context, thing, values, wanted))


def observe_model(life: Managed[ModelArtsClient], context: Context, thing: str | None, values: Inputs) -> Observation:
    """A model: its state, and why it could not be published."""
    return _observed(thing, lambda: _model(life, context, thing, values))


def observe_schedule(
    life: Managed[ModelArtsClient], context: Context, thing: str | None, values: Inputs
) -> Observation:
    """A schedule is a field of its service; its state is that of the service."""
    return _observed(thing, lambda: _schedule(life, context, thing, values))


def _observed(thing: str | None, look: Callable[[], Observation]) -> Observation:
    """What a look brings, with all fields that `--json` has, also when the cloud could not be asked."""
    try:
        seen = look()
    except InferenceError as error:
        seen = Observation(UNKNOWN, thing, problems=[str(error)])
    return replace(seen, raw={**_NOTHING, **seen.raw})


def _service(
    life: Managed[ModelArtsClient], context: Context, thing: str | None, values: Inputs, wanted: Wanted
) -> Observation:
    connection = life.connections.of(context, values)
    client: ModelArtsClient = connection.client()
    thing = thing or _made_so_far(client, values)
    if thing is None:
        return Observation(CREATING, None)
    answer = life.look(context, connection, thing, LOOK_PATIENCE)
    if answer is None:
        return Observation(GONE, thing)
    detail = _detail(answer)
    state, progress, due = detail["status"], detail.get("progress"), detail.get("due_time")
    calls = {name: detail.get(name) for name in ("invocation_times", "failed_times")}
    problems: list[str] = []
    # Of a service without instances the cloud need not know a load.
    ignored: list[str] = []
    monitor = _tried(
        lambda: GetServiceMonitor(service_id=thing).ask(client), problems if state in _SERVING else ignored
    )
    events = _tried(lambda: GetServiceEvents(service_id=thing).ask(client), problems) if wanted.events else None
    events = (events or [])[-wanted.events :]
    records = (
        _tried(lambda: GetServiceUpdateRecords(service_id=thing).ask(client), problems) if wanted.records else None
    )
    counts = [one["instance_count"] for one in detail["config"] if "instance_count" in one]
    known = sum(counts) if counts else None
    return Observation(
        state,
        thing,
        progress=progress if state == "deploying" else None,
        running=monitor.service_running_instance_count if monitor else None,
        wanted=monitor.service_instance_count or known if monitor else known,
        columns={
            "due": _due(due),
            "calls": calls["invocation_times"],
            "failed": calls["failed_times"],
            "per min": monitor.req_count_per_min if monitor else None,
            "load": _load([*monitor.models, *monitor.nodes]) if monitor else None,
        },
        error=detail.get("error_msg") or values.get("smoke_test_error"),
        events=[_event(one) for one in events],
        records=[_roll_out(one) for one in records or ()],
        raw={
            **calls,
            "progress": progress,
            "due_time": due,
            "monitor": monitor.model_dump() if monitor else None,
            "events": [one.model_dump() for one in events],
            "update_records": [one.model_dump(exclude=_ENVS) for one in records or ()],
        },
        problems=problems,
    )


def _model(life: Managed[ModelArtsClient], context: Context, thing: str | None, values: Inputs) -> Observation:
    if thing is None:
        return Observation(CREATING, None)
    detail = life.look(context, life.connections.of(context, values), thing, LOOK_PATIENCE)
    if detail is None:
        return Observation(GONE, thing)
    return Observation(str(detail.get("model_status")), thing, error=reason_of(detail))


def _schedule(life: Managed[ModelArtsClient], context: Context, thing: str | None, values: Inputs) -> Observation:
    service_id = thing or values.get("service_id")
    if not isinstance(service_id, str):
        return Observation(CREATING, None)
    answer = life.look(context, life.connections.of(context, values), service_id, LOOK_PATIENCE)
    if answer is None:
        return Observation(GONE, thing)
    detail = _detail(answer)
    state = detail["status"] if detail.get("schedule") else GONE if thing else CREATING
    due = detail.get("due_time")
    return Observation(state, thing, columns={"due": _due(due)}, raw={"due_time": due})


def _made_so_far(client: ModelArtsClient, values: Inputs) -> str | None:
    """The id of a service that is being created: the state does not have it before the service is ready."""
    name = values.get("name")
    if not isinstance(name, str):
        return None
    found = GetServices(name=name, workspace_id=workspace_of(values)).ask(client)
    return found[0].service_id if found else None


def _detail(answer: Answer) -> dict[str, Any]:
    """The detail of a service under our names. A subscribed service answers less than a whole record."""
    return {"status": UNKNOWN, "config": [], **from_wire(ServiceDetail, answer)}


def _tried(ask: Callable[[], T], problems: list[str]) -> T | None:
    """The answer, or None and one more problem."""
    try:
        return ask()
    except InferenceError as error:
        problems.append(str(error))
        return None


def _due(due_time: int | None) -> Moment | None:
    return None if due_time is None else Moment(due_time)


def _load(loads: Sequence[Load]) -> str | None:
    """What is in use of what there is, over all models or nodes: `cpu 5 %, memory 3 %`."""
    parts = []
    for name, (usage, total) in _LOADS.items():
        used = sum(getattr(one, usage) or 0 for one in loads)
        there = sum(getattr(one, total) or 0 for one in loads)
        if there:
            parts.append(f"{name} {used / there:.0%}".replace("%", " %"))
    return ", ".join(parts) or None


def _event(event: ServiceEvent) -> Event:
    mark = "" if event.event_type == "normal" else f"{event.event_type}: "
    return Event(event.occur_time, f"{mark}{event.event_info}")


def _roll_out(record: UpdateRecord) -> Event:
    models = " + ".join(map(_rolled_out, record.config or ()))
    head = f"roll-out {record.result}: {models}{_counts(record)}"
    return Event(record.update_time, "\n".join([head, *_nodes(record.result_detail or ())]))


def _rolled_out(one: UpdateRecordConfig) -> str:
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
