"""The life of a ModelArts inference service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ApiError, BadRequestError, ConfigurationError, InferenceError
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.invocation.smoke_gate import SmokeGate, SmokeTesting
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.operation import Operation
from pulumi_inference.core.lifecycle.ownership import of_text
from pulumi_inference.core.lifecycle.waiting import Kind, Verdict
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.errors import STATE_FORBIDS_UPDATE
from pulumi_inference.modelarts.services import rules, steps, waits
from pulumi_inference.modelarts.services.values import (
    SERVING,
    VARIABLES,
    create_body,
    equals,
    live_of,
    make_plan,
    stopped_by_schedule,
)
from pulumi_inference.modelarts.specs.detail import ServiceDetail, ServiceOutputs
from pulumi_inference.modelarts.specs.parts import workspace_of
from pulumi_inference.modelarts.specs.service import ServiceSpec

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

UNANSWERED = ("tags", "rerun_triggers")
"""Fields that say what to do and that the cloud never answers."""

EVENTS_QUOTED = 3


class ServiceWatch(Operation[ModelArtsClient]):
    """Base of what happens to a service, or to a part of it that is a resource of its own: how it is waited for."""

    def is_too_early(self, error: ApiError) -> bool:
        """Whether the service's state forbids the write."""
        return isinstance(error, BadRequestError) and error.code == STATE_FORBIDS_UPDATE

    def settled(self, answer: Answer) -> Verdict:
        """Any state that lasts, good or bad."""
        return waits.settled(answer)

    def wait(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer:
        """Polls the service until the judge is content; a warning tells of instances that stay unhealthy."""
        detail = super().wait(judge, goal)
        if detail.get("status") == "concerning":
            name = detail.get("service_name", self.thing)
            self.context.warn(f"{name} is concerning: some of its instances are not healthy")
        return detail

    def tell(self, answer: Answer) -> None:
        """Says how far a deployment is, and how many instances run."""
        status = self.status_of(answer)
        if status != "deploying":
            self.context.progress(status)
            return
        percent = f" {answer['progress']} %" if "progress" in answer else ""
        try:
            monitor = self.client.get_monitor(self.thing)
            running, wanted = monitor["service_running_instance_count"], monitor["service_instance_count"]
        except (InferenceError, KeyError):
            self.context.progress(f"deploying{percent}")
        else:
            self.context.progress(f"deploying{percent}, {running} of {wanted} instances")


class ServiceOperation(ServiceWatch, SmokeTesting[ModelArtsClient], Creating[ModelArtsClient]):
    """One create, update or delete of one service."""

    noun = "service"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}

    def __init__(
        self,
        life: SmokeGate[ModelArtsClient],
        context: Context,
        state: State,
        verb: str,
        *,
        recorded: Inputs | None = None,
    ) -> None:
        """As every operation.

        `wanted` are the inputs with the live values of what the engine ignores. `pending` names the fields that the
        cloud does not answer and that have not been brought about yet: the state has the recorded values of those.
        """
        super().__init__(life, context, state, verb, recorded=recorded)
        self.since: int | None = None
        self.wanted: Inputs = self.inputs
        self.pending = {name for name in UNANSWERED if self.inputs.get(name) != self.recorded.get(name)}

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - names are unique, so there is none
        """Sends the create call."""
        return self.client.create_service(create_body(self.inputs, self.life.mark(self.context, self.inputs)))

    def find(self) -> Sequence[Answer]:
        """The service that has the name."""
        from pulumi_inference.modelarts.specs.records import ServiceSummary  # not loaded when nobody lists

        name, filters = self.inputs.get("name"), {"workspace_id": workspace_of(self.inputs)}
        found = self.client.list_services(**filters, **({"service_name": name} if name else {}))
        listed = ServiceSummary.recognise_list(found, "a service")
        return [one for one in listed if name in (None, one["service_name"])]

    def id_of(self, answer: Answer) -> str:
        """The service's id."""
        return str(answer["service_id"])

    def mark_of(self, answer: Answer) -> str:
        """The mark in the description."""
        return of_text(str(answer.get("description", "")))

    def has_all_asked(self, answer: Answer) -> bool:
        """What cannot be read from a service, such as the wanted status, does not count."""
        return equals(answer, VARIABLES.merge(self.inputs))

    def first(self) -> State:
        """Brings a new service to where the program wants it."""
        self._own_schedule()
        return steps.first_deploy(self)

    def converge(self) -> State:
        """Sends what differs from the live service, by the smallest calls, and waits."""
        self._own_schedule()
        detail = self.life.kept(self.context, self.connection, self.thing, self.recorded or self.inputs)
        if detail is None or self.life.is_going(detail):
            next_step = "run `pulumi up --refresh` to make it anew"
            raise InferenceError(f"{self.name} is gone from the cloud", next_step=next_step)
        if self.settled(detail).kind is not Kind.DONE:
            detail = self.wait(self.settled, "come to rest")
        seen = live_of(detail, self.inputs, self.recorded).values
        self.wanted = keep_ignored(self.life.spec, self.inputs, seen, self.context.ignore_changes)
        plan = make_plan(self.wanted, self.recorded, detail, self.life.mark(self.context, self.wanted))
        return steps.carry_out(self, plan, detail)

    def _own_schedule(self) -> None:
        """A Schedule that the program has just dropped in favour of an inline schedule must not clear that."""
        if self.inputs.get("schedule"):
            self.context.environment.memory.took("modelarts.Schedule", self.thing)

    def remove(self) -> None:
        """Begins to delete the service."""
        self.send(lambda: self.client.delete_service(self.thing), is_waited_for=True)

    def known(self) -> dict[str, Any]:
        """The inputs that are in force as far as anybody knows."""
        done = {name: value for name, value in self.inputs.items() if name not in self.pending}
        return {**done, **{name: self.recorded[name] for name in self.pending if name in self.recorded}}

    def last_words(self) -> list[str]:
        """The cloud's own last words since we began, the bad ones before the others."""
        try:
            events = self.client.list_events(self.thing, since=self.since)
        except InferenceError:
            return []
        bad = [one for one in events if one.get("event_type") == "abnormal"]
        return [str(one.get("event_info")) for one in (bad or events)[-EVENTS_QUOTED:]]


class ServiceLifecycle(SmokeGate[ModelArtsClient]):
    """`modelarts.Service` (reference/modelarts.md, sections 5 to 9)."""

    kind = "modelarts.Service"
    spec = ServiceSpec
    outputs = ServiceOutputs
    detail = ServiceDetail
    rules = rules.SERVICE_RULES
    identity = ("service_id",)
    connections = CONNECTIONS
    operation = ServiceOperation
    about = ("config", "secret_envs")
    managed_elsewhere = ("schedule",)
    renewed = "id and address"

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """A single model carries all traffic; zero accelerators are none."""
        return rules.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the cloud has the flavours and the models, for what is new or has changed."""
        if old == values:
            return []
        from pulumi_inference.modelarts.checks.entry import check_service  # not loaded when nothing has changed

        return check_service(context, old, values)

    def ask(self, client: ModelArtsClient, thing: str, patience: float) -> Answer:
        """The detail of the service."""
        return client.get_service(thing, retry_seconds=patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The service in the spec's names; `known` say which variables are secret."""
        return live_of(answer, *known)

    def is_going(self, answer: Answer) -> bool:
        """Whether the service is being deleted."""
        return answer.get("status") == "deleting"

    def serves(self, live: Live) -> bool:
        """Whether the service runs, be it with some of its instances only."""
        return live.facts.get("status") in SERVING

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """The service's access address, called as the account."""
        from pulumi_inference.modelarts.services.endpoint import endpoint_of  # not loaded for services without a test

        return endpoint_of(context, CONNECTIONS.of(context, inputs), live.raw)

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """As for every service; besides, a schedule is given in one place only."""
        if program.get("schedule") is not None:
            self._refuse_second_schedule(context, thing)
        return super().diff(context, thing, recorded, program)

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:  # noqa: ARG002 - as in the base
        """Says that a service which its schedule has stopped is started again."""
        if program.get("restart_after_schedule") and stopped_by_schedule(live.raw):
            context.note("was stopped by its schedule; `pulumi up` starts it again")

    def _refuse_second_schedule(self, context: Context, thing: str) -> None:
        urn = context.environment.memory.claim(self.kind, thing, "schedule", context.urn)
        if urn != context.urn:
            other = urn.rpartition("::")[2]
            raise ConfigurationError(f'schedule: the Schedule "{other}" is for this service too; remove one of the two')

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With calls, load, events and roll-outs."""
        from pulumi_inference.modelarts.observation import observe_service  # loaded when somebody looks

        return observe_service(self, context, thing, values, wanted)

    def find_irreversible(self, recorded: Inputs, live: Inputs, program: Inputs) -> list[Problem]:
        """The switches that can be turned on and never off again."""
        return rules.one_way(recorded, live, program)
