"""The life of a service's schedule: one field of the service, managed on its own."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.compare import keep_ignored
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.api.client import ACCESS_SECONDS
from pulumi_inference.modelarts.base import ModelArtsLifecycle
from pulumi_inference.modelarts.places import answer_of, client_of, schedule_key, seen_schedule_key, where_of
from pulumi_inference.modelarts.schedules.operation import ScheduleOperation, service_of
from pulumi_inference.modelarts.schedules.refusals import rival, taken, unfit
from pulumi_inference.modelarts.schedules.values import item_of, items_of, live_of, name_of, words_of
from pulumi_inference.modelarts.specs.schedule import ScheduleOutputs, ScheduleSpec


class ScheduleLifecycle(ModelArtsLifecycle):
    """`modelarts.Schedule` (reference/modelarts.md, sections 5.5, 6.1, 8.1 and 14)."""

    spec = ScheduleSpec
    outputs = ScheduleOutputs
    identity_output = "service_id"
    unique_by = ("service_id",)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the service can have this schedule; nobody asks about one whose id is not known yet."""
        thing = values["service_id"]
        if thing is UNKNOWN:
            return []
        client = client_of(context, values)
        other = rival(context, client, thing)
        if other:
            return [Problem("service_id", other)]
        is_new = old is None or _place_of(old) != _place_of(values)
        try:
            detail = service_of(context, client, thing, retry_seconds=ACCESS_SECONDS)
        except InferenceError as error:
            if is_new:
                context.warn(f"the service {thing} could not be looked at: {error}")
            return []
        reason = unfit(client, thing, detail)
        if detail and not reason and is_new:
            reason = taken(detail, values)
        return [Problem("service_id", reason)] if reason else []

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live schedule; None when there is none, or no service any more."""
        client = client_of(context, recorded)
        context.environment.cache.put(seen_schedule_key(client, thing), True)
        detail = service_of(context, client, thing)
        return None if detail is None or not items_of(detail) else live_of(detail)

    def create(self, context: Context, inputs: Inputs) -> State:
        """Sets the schedule; an equal one is taken over, because a run that crashed may have set it."""
        state = State(str(inputs["service_id"]), dict(inputs), {})
        run = ScheduleOperation(context, client_of(context, inputs), state, "create")
        return run.keeping(lambda: self._create(run))

    def _create(self, run: ScheduleOperation) -> State:
        detail = run.service()
        reason = taken(detail, run.inputs)
        if reason:
            raise InferenceError(reason)
        found = items_of(detail)
        cache = run.context.environment.cache
        if not found:
            detail = run.set([item_of(run.inputs)])
        elif not cache.peek(seen_schedule_key(run.client, run.thing)):
            run.context.note(
                f"keeps the schedule that {name_of(detail)} ({run.thing}) has already, {words_of(found)}; "
                "if it was set elsewhere, it must not be managed there too"
            )
        cache.put(schedule_key(run.client, run.thing), True)
        return self.state_of(run.context, run.thing, run.inputs, live_of(detail))

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Sets the schedule unless the live one is as wanted already."""
        state = State(thing, dict(inputs), recorded.facts)
        run = ScheduleOperation(context, client_of(context, recorded.inputs), state, "update")
        return run.keeping(lambda: self._update(run))

    def _update(self, run: ScheduleOperation) -> State:
        detail = run.service()
        found = items_of(detail)
        seen = live_of(detail).values if found else run.inputs
        wanted = [item_of(keep_ignored(self.spec, run.inputs, seen, run.context.ignore_changes))]
        if found != wanted:
            detail = run.set(wanted)
        return self.state_of(run.context, run.thing, run.inputs, live_of(detail))

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Clears the schedule; one that is gone already, with or without its service, is a success.

        A replacement on the same service has the same id, and comes first: there is nothing left to clear then.
        """
        client = client_of(context, recorded.inputs)
        if context.environment.cache.peek(schedule_key(client, thing)):
            return
        run = ScheduleOperation(context, client, recorded, "delete")
        try:
            self._clear(run)
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not removed") from None

    def _clear(self, run: ScheduleOperation) -> None:
        detail = service_of(run.context, run.client, run.thing)
        if detail is None or not items_of(detail):
            return
        try:
            run.set([])
        except InferenceError:
            if answer_of(run.client.get_service, run.thing) is not None:
                raise


def _place_of(inputs: Inputs) -> tuple[Any, ...]:
    return inputs.get("service_id"), where_of(inputs)
