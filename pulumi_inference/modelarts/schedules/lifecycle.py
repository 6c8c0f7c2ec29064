"""The life of a service's schedule: one field of the service, managed on its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.schedules.operation import ScheduleOperation
from pulumi_inference.modelarts.schedules.refusals import rival, taken, unfit
from pulumi_inference.modelarts.schedules.values import items_of, live_of, there
from pulumi_inference.modelarts.specs.schedule import ScheduleOutputs, ScheduleSpec

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class ScheduleLifecycle(Managed[ModelArtsClient]):
    """`modelarts.Schedule` (reference/modelarts.md, sections 5.5, 6.1, 8.1 and 14)."""

    kind = "modelarts.Schedule"
    answered_as = "modelarts.Service"
    spec = ScheduleSpec
    outputs = ScheduleOutputs
    identity = ("service_id",)
    unique_by = ("service_id",)
    connections = CONNECTIONS

    def ask(self, client: ModelArtsClient, thing: str, patience: float) -> Answer:
        """The detail of the service."""
        return client.get_service(thing, retry_seconds=patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - a service answers all of it
        """The schedule in the spec's names."""
        return live_of(answer)

    def is_going(self, answer: Answer) -> bool:
        """Whether the service has no schedule, or is being deleted."""
        return there(answer) is None or not items_of(answer)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the service can have this schedule; nobody asks about one whose id is not known yet."""
        thing = values["service_id"]
        if thing is UNKNOWN:
            return []
        connection = self.connect(context, values)
        other = rival(context, self.answered(connection, thing))
        if other:
            return [Problem("service_id", other)]
        is_new = old is None or self._place_of(old) != self._place_of(values)
        try:
            detail = there(self.kept(context, connection, thing, ADVICE_PATIENCE))
        except InferenceError as error:
            if is_new:
                context.warn(f"the service {thing} could not be looked at: {error}")
            return []
        reason = unfit(connection.client(), thing, detail)
        if detail and not reason and is_new:
            reason = taken(detail, values)
        return [Problem("service_id", reason)] if reason else []

    def create(self, context: Context, inputs: Inputs) -> State:
        """Sets the schedule of a service."""
        run = ScheduleOperation(self, context, State(str(inputs["service_id"]), dict(inputs), {}), "create")
        return run.keeping(run.first)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Sets the schedule anew."""
        state = State(thing, dict(inputs), recorded.facts)
        run = ScheduleOperation(self, context, state, "update", recorded=recorded.inputs)
        return run.keeping(run.converge)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Clears the schedule.

        A replacement on the same service has the same id, and comes first: there is nothing left to clear then.
        """
        run = ScheduleOperation(self, context, recorded, "delete")
        if context.environment.memory.has_taken(self.thing(run.connection, thing)):
            return
        try:
            run.remove()
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not removed") from None

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:  # noqa: ARG002 - as in the base
        """The state of its service, and when that stops."""
        from pulumi_inference.modelarts.observation import observe_schedule  # loaded when somebody looks

        return observe_schedule(self, context, thing, values)

    def _place_of(self, inputs: Inputs) -> tuple[Any, ...]:
        return inputs.get("service_id"), self.connections.where(inputs)
