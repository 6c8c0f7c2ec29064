"""The life of a service's schedule: one field of the service, managed on its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.schedules.rules import rival, taken, unfit
from pulumi_inference.modelarts.schedules.values import Items, item_of, items_of, live_of, name_of, there, words_of
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.lifecycle import ServiceWatch
from pulumi_inference.modelarts.specs.detail import ServiceDetail
from pulumi_inference.modelarts.specs.schedule import ScheduleOutputs, ScheduleSpec

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class ScheduleOperation(ServiceWatch):
    """One create, update or delete of the schedule of one service."""

    noun = "schedule"
    failures: ClassVar[Mapping[str, str]] = dict.fromkeys(("create", "update"), "was sent, but not seen")

    @property
    def name(self) -> str:
        """Whose schedule it is."""
        return f"the schedule of {self.facts.get('service_name', self.thing)}"

    def service(self) -> Answer:
        """The service.

        Raises:
            InferenceError: it is gone, or can have no schedule.
        """
        detail = self._service_or_none()
        reason = unfit(self.client, self.thing, detail)
        if detail is None or reason:
            raise InferenceError(reason or "")
        return detail

    def first(self) -> State:
        """Sets the schedule; an equal one is taken over, because a run that crashed may have set it."""
        detail = self.service()
        reason = taken(detail, self.inputs)
        if reason:
            raise InferenceError(reason)
        found, memory = items_of(detail), self.context.environment.memory
        if not found:
            detail = self._set([item_of(self.inputs)])
        elif not memory.has_seen(self.life.kind, self.thing):
            self.context.note(
                f"keeps the schedule that {name_of(detail)} ({self.thing}) has already, {words_of(found)}; "
                "if it was set elsewhere, it must not be managed there too"
            )
        memory.took(self.life.kind, self.thing)
        return self._state(detail)

    def converge(self) -> State:
        """Sets the schedule unless the live one is as wanted already."""
        detail = self.service()
        found = items_of(detail)
        seen = live_of(detail).values if found else self.inputs
        wanted = [item_of(keep_ignored(self.life.spec, self.inputs, seen, self.context.ignore_changes))]
        if found != wanted:
            detail = self._set(wanted)
        return self._state(detail)

    def remove(self) -> None:
        """Clears the schedule; one that is gone already, with or without its service, is a success."""
        detail = self._service_or_none()
        if detail is None or not items_of(detail):
            self.context.warn(f"{self.name} was gone already; nothing was deleted")
            return
        try:
            self._set([])
        except InferenceError:
            if self.life.sure(self.context, self.connection, self.thing, self.inputs) is not None:
                raise

    def state(self) -> State:
        """The schedule as it was sent, which the service shows sooner or later."""
        return State(self.thing, dict(self.inputs), dict(self.facts))

    def headline(self, error: InferenceError, status: str) -> str:  # noqa: ARG002 - the service's status is not ours
        """What went wrong, whatever ended the wait."""
        return f"{self.name} {self.failures[self.verb]}: {error}"

    def what_next(self, error: InferenceError) -> str:  # noqa: ARG002 - it is the same for all of them
        """The next run sets what is not there."""
        return "run `pulumi up` again"

    def _service_or_none(self) -> Answer | None:
        return there(self.life.kept(self.context, self.connection, self.thing, self.inputs))

    def _set(self, wanted: Items) -> Answer:
        """Sends the schedule and waits until the service shows it: that an empty one clears is not documented."""

        def judge(detail: Answer) -> Verdict:
            if items_of(detail) == wanted:
                return Verdict.done()
            return Verdict.settling(waits.UNMOVED_GRACE, f"the service still shows {words_of(items_of(detail))}")

        self.send(lambda: self.client.update_service(self.thing, {"schedule": wanted}))
        return self.wait(judge, f"show {words_of(wanted)}")

    def _state(self, detail: Answer) -> State:
        return self.life.state_of(self.context, self.thing, self.inputs, live_of(detail))


class ScheduleLifecycle(Managed[ModelArtsClient]):
    """`modelarts.Schedule` (reference/modelarts.md, sections 5.5, 6.1, 8.1 and 14)."""

    kind = "modelarts.Schedule"
    answered_as = "modelarts.Service"
    spec = ScheduleSpec
    outputs = ScheduleOutputs
    detail = ServiceDetail
    identity = ("service_id",)
    unique_by = ("service_id",)
    renewed = ""
    connections = CONNECTIONS

    def ask(self, client: ModelArtsClient, thing: str, patience: float) -> Answer:
        """The detail of the service."""
        return client.get_service(thing, retry_seconds=patience)

    def lists(
        self,
        context: Context,  # noqa: ARG002 - as in the base
        connection: Connection[ModelArtsClient],
        thing: str,
        recorded: Inputs,  # noqa: ARG002 - as in the base
    ) -> bool:
        """Whether the list has the service."""
        return bool(connection.client().list_services(service_id=thing))

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
        other = rival(context, thing)
        if other:
            return [Problem("service_id", other)]
        is_new = old is None or self._place_of(old) != self._place_of(values)
        try:
            detail = there(self.kept(context, connection, thing, values, ADVICE_PATIENCE))
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
        if context.environment.memory.has_taken(self.kind, thing):
            return
        run = ScheduleOperation(self, context, recorded, "delete")
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
