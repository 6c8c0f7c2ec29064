"""The life of a service's schedule: one field of the service, managed on its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pulumi_inference.core.compare import keep_ignored
from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import Inputs, Live, State, UnhealthyError
from pulumi_inference.core.unknown import UNKNOWN
from pulumi_inference.core.validate import Problem
from pulumi_inference.core.waiting import Verdict
from pulumi_inference.core.wire import from_wire, to_wire
from pulumi_inference.modelarts.api.client import ACCESS_SECONDS, RETRY_SECONDS, ModelArtsClient
from pulumi_inference.modelarts.base import ModelArtsLifecycle
from pulumi_inference.modelarts.places import (
    cache_key,
    client_of,
    detail_of,
    inline_schedule_key,
    schedule_key,
    schedule_owner_key,
    where_of,
)
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.run import Run
from pulumi_inference.modelarts.services.values import Detail
from pulumi_inference.modelarts.specs import ScheduleOutputs, ScheduleSpec, ServiceSchedule

Items = list[dict[str, Any]]
"""A service's `schedule` in wire names: one item, or none."""


class ScheduleLifecycle(ModelArtsLifecycle):
    """`modelarts.Schedule` (reference/modelarts.md, sections 5.5, 6.1, 8.1 and 14)."""

    spec = ScheduleSpec
    outputs = ScheduleOutputs
    identity_output = "service_id"
    unique_by = ("service_id",)

    def consult(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the service can have this schedule; nobody asks about one whose id is not known yet."""
        thing = values["service_id"]
        if thing is UNKNOWN:
            return []
        client = client_of(context, values)
        rival = _rival(context, client, thing)
        if rival:
            return [Problem("service_id", rival)]
        is_new = old is None or _place_of(old) != _place_of(values)
        try:
            detail = _detail(context, client, thing, retry_seconds=ACCESS_SECONDS)
        except InferenceError as error:
            if is_new:
                context.warn(f"the service {thing} could not be looked at: {error}")
            return []
        reason = _why_not(client, thing, detail)
        if detail and not reason and is_new:
            reason = _taken(detail, values)
        return [Problem("service_id", reason)] if reason else []

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live schedule; None when there is none, or no service any more."""
        detail = _detail(context, client_of(context, recorded), thing)
        return None if detail is None or not _items(detail) else _live(detail)

    def create(self, context: Context, inputs: Inputs) -> State:
        """Sets the schedule; an equal one is taken over, because a run that crashed may have set it."""
        thing = str(inputs["service_id"])
        run = Run(context, client_of(context, inputs), State(thing, dict(inputs), {}), "create")
        run.wrote = False
        with _said_of(run, "created"):
            return self._create(run)

    def _create(self, run: Run) -> State:
        detail = _existing(run)
        reason = _taken(detail, run.inputs)
        if reason:
            raise InferenceError(reason)
        if _items(detail):
            run.context.note(
                f"takes over the schedule that {_name(detail)} ({run.thing}) has already, {_words(_items(detail))}; "
                "if it was set elsewhere, it must not be managed there too"
            )
        else:
            detail = _set(run, [_item(run.inputs)])
        run.context.environment.cache.put(schedule_key(run.client, run.thing), True)
        return self.state_of(run.context, run.thing, run.inputs, _live(detail))

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Sets the schedule unless the live one is as wanted already."""
        client = client_of(context, recorded.inputs)
        run = Run(context, client, State(thing, dict(inputs), recorded.facts), "update")
        with _said_of(run, "changed"):
            detail = _existing(run)
            seen = _live(detail).values if _items(detail) else inputs
            wanted = [_item(keep_ignored(self.spec, inputs, seen, context.ignore_changes))]
            if _items(detail) != wanted:
                detail = _set(run, wanted)
            return self.state_of(context, thing, inputs, _live(detail))

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Clears the schedule; one that is gone already, with or without its service, is a success.

        A replacement on the same service has the same id, and comes first: there is nothing left to clear then.
        """
        client = client_of(context, recorded.inputs)
        if context.environment.cache.peek(schedule_key(client, thing)):
            return
        run = Run(context, client, recorded, "delete")
        with _said_of(run, "removed"):
            detail = _detail(context, client, thing)
            if detail is None or not _items(detail):
                return
            try:
                _set(run, [])
            except InferenceError:
                if detail_of(client, thing) is not None:
                    raise


@contextmanager
def _said_of(run: Run, done: str) -> Iterator[None]:
    """Says in errors what has become of which schedule, and keeps one that was sent in the state.

    Raises:
        UnhealthyError: it was sent, and nobody has seen it yet.
    """
    try:
        yield
    except InferenceError as error:
        name = run.facts.get("service_name", run.thing)
        if not run.wrote or run.verb == "delete":
            raise error.add_context(f"the schedule of {name} was not {done}") from None
        text = (
            f"the schedule of {name} was sent, but not seen: {error}\n  it is kept in the state; run `pulumi up` again"
        )
        raise UnhealthyError(text, State(run.thing, dict(run.inputs), dict(run.facts))) from error


def _set(run: Run, wanted: Items) -> Detail:
    """Sends the schedule and waits until the service shows it: that an empty one clears is not documented."""

    def judge(detail: Detail) -> Verdict:
        if _items(detail) == wanted:
            return Verdict.done()
        return Verdict.settling(waits.UNMOVED_GRACE, f"the service still shows {_words(_items(detail))}")

    run.send(lambda: run.client.update_service(run.thing, {"schedule": wanted}))
    return run.wait(judge, f"show {_words(wanted)}")


def _rival(context: Context, client: ModelArtsClient, thing: str) -> str | None:
    """What else in the program gives this service a schedule; Service.diff looks at it from the other side."""
    cache = context.environment.cache
    first: str = cache.get(schedule_owner_key(client, thing), lambda: context.urn)
    if first != context.urn:
        return f'the Schedule "{first.rpartition("::")[2]}" is for the same service; remove one of the two'
    service = cache.peek(inline_schedule_key(client, thing))
    if service is None:
        return None
    return f'the Service "{service}" has a schedule= of its own; remove that one, or this Schedule'


def _existing(run: Run) -> Detail:
    """The service.

    Raises:
        InferenceError: it is gone, or can have no schedule.
    """
    detail = _detail(run.context, run.client, run.thing)
    reason = _why_not(run.client, run.thing, detail)
    if detail is None or reason:
        raise InferenceError(reason or "")
    return detail


def _detail(
    context: Context, client: ModelArtsClient, thing: str, *, retry_seconds: float = RETRY_SECONDS
) -> Detail | None:
    """The service's detail, through the cache that the service's own lifecycle uses; None when it is gone."""
    cache = context.environment.cache
    found: Detail | None = cache.get(
        cache_key(client, thing), lambda: detail_of(client, thing, retry_seconds=retry_seconds)
    )
    return None if found is None or found.get("status") == "deleting" else found


def _why_not(client: ModelArtsClient, thing: str, detail: Detail | None) -> str | None:
    """Why this service cannot have a schedule, whatever it says."""
    if detail is None:
        return f"there is no service {thing} in project {client.project_id}; check the id, and connection and region"
    kind = detail.get("infer_type", "real-time")
    if kind != "real-time":
        return f"{_name(detail)} is a {kind} service; only real-time services can have a schedule"
    if detail.get("is_shared"):
        return f"{_name(detail)} is a subscribed service; only its owner can give it a schedule"
    return None


def _taken(detail: Detail, values: Inputs) -> str | None:
    """Why a service that has another schedule cannot be given this one."""
    found = _items(detail)
    if not found or any(value is UNKNOWN for value in values.values()) or found == [_item(values)]:
        return None
    return (
        f"{_name(detail)} has another schedule already, {_words(found)}; remove that one first, or begin with just its "
        "values: then `pulumi up` takes it over"
    )


def _live(detail: Detail) -> Live:
    values = from_wire(ScheduleSpec, {**_items(detail)[0], "service_id": detail["service_id"]})
    return Live(values, from_wire(ScheduleOutputs, detail), raw=detail)


def _items(detail: Detail) -> Items:
    return [to_wire(ServiceSchedule, from_wire(ServiceSchedule, one)) for one in detail.get("schedule") or ()]


def _item(values: Inputs) -> dict[str, Any]:
    return to_wire(ServiceSchedule, values)


def _words(items: Items) -> str:
    """The schedule for people: `stop after 10 HOURS`."""
    told = [f"{one.get('type')} after {one.get('duration')} {one.get('time_unit')}" for one in items]
    return ", ".join(told) or "no schedule"


def _name(detail: Detail) -> str:
    return str(detail.get("service_name", detail.get("service_id")))


def _place_of(inputs: Inputs) -> tuple[Any, ...]:
    return inputs.get("service_id"), where_of(inputs)
