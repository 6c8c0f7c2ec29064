"""The life of a ModelArts inference service."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.services import rules
from pulumi_inference.modelarts.services.one_way import one_way
from pulumi_inference.modelarts.services.operation import ServiceOperation
from pulumi_inference.modelarts.services.smoke_record import SmokeRecord
from pulumi_inference.modelarts.services.values import SERVING, live_of, stopped_by_schedule
from pulumi_inference.modelarts.specs.detail import ServiceOutputs
from pulumi_inference.modelarts.specs.service import ServiceSpec

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class ServiceLifecycle(Managed[ModelArtsClient]):
    """`modelarts.Service` (reference/modelarts.md, sections 5 to 9)."""

    kind = "modelarts.Service"
    spec = ServiceSpec
    outputs = ServiceOutputs
    rules = rules.SERVICE_RULES
    identity = ("service_id",)
    connections = CONNECTIONS
    operation = ServiceOperation

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

    def with_history(self, live: Live, recorded: State) -> Live:
        """A service whose smoke test has never passed is broken as long as it serves."""
        smoke = SmokeRecord.of(recorded.inputs, recorded.facts)
        problem = live.problem
        if smoke.wanted and not smoke.passed and not problem and live.facts.get("status") in SERVING:
            problem = smoke.problem(str(live.raw.get("service_name", recorded.id)))
        return replace(live, facts={**live.facts, **smoke.facts}, problem=problem)

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """As for every resource; besides, a schedule is given in one place only, and a smoke test may be due."""
        if program.get("schedule") is not None:
            self._refuse_second_schedule(context, thing, recorded)
        result = super().diff(context, thing, recorded, program)
        smoke = SmokeRecord.of(program, recorded.facts)
        if not smoke.wanted and not program.get("restart_after_schedule"):
            return result
        detail = self._peeked(context, thing, recorded)
        if program.get("restart_after_schedule") and stopped_by_schedule(detail):
            context.note("was stopped by its schedule; `pulumi up` starts it again")
        if result.changes is not False or not smoke.is_due(context.ignore_changes):
            return result
        if detail.get("status") not in SERVING:
            return result
        context.note(smoke.problem(str(detail.get("service_name", thing))))
        return replace(result, changes=True)

    def _peeked(self, context: Context, thing: str, recorded: State) -> Answer:
        """The detail that this process has read already; an empty one when it has none."""
        key = self.thing(self.connect(context, recorded.inputs), thing)
        return context.environment.memory.answers.peek(key) or {}

    def _refuse_second_schedule(self, context: Context, thing: str, recorded: State) -> None:
        own = self.thing(self.connect(context, recorded.inputs), thing)
        urn = context.environment.memory.claim(own, "schedule", context.urn)
        if urn != context.urn:
            other = urn.rpartition("::")[2]
            raise ConfigurationError(f'schedule: the Schedule "{other}" is for this service too; remove one of the two')

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With calls, load, events and roll-outs."""
        from pulumi_inference.modelarts.observation import observe_service  # loaded when somebody looks

        return observe_service(self, context, thing, values, wanted)

    def find_irreversible(self, recorded: Inputs, live: Inputs, program: Inputs) -> list[Problem]:
        """The switches that can be turned on and never off again."""
        return one_way(recorded, live, program)
