"""The life of a ModelArts inference service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.invocation.smoke_gate import SmokeGate
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.services import rules
from pulumi_inference.modelarts.services.one_way import one_way
from pulumi_inference.modelarts.services.operation import ServiceOperation
from pulumi_inference.modelarts.services.values import SERVING, live_of, stopped_by_schedule
from pulumi_inference.modelarts.specs.detail import ServiceOutputs
from pulumi_inference.modelarts.specs.service import ServiceSpec

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class ServiceLifecycle(SmokeGate[ModelArtsClient]):
    """`modelarts.Service` (reference/modelarts.md, sections 5 to 9)."""

    kind = "modelarts.Service"
    spec = ServiceSpec
    outputs = ServiceOutputs
    rules = rules.SERVICE_RULES
    identity = ("service_id",)
    connections = CONNECTIONS
    operation = ServiceOperation
    about = ("config", "secret_envs")

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
        """As for every service; besides, a schedule is given in one place only, and may have stopped it."""
        if program.get("schedule") is not None:
            self._refuse_second_schedule(context, thing, recorded)
        result = super().diff(context, thing, recorded, program)
        if program.get("restart_after_schedule"):
            detail = self.peeked(context, thing, recorded.inputs)
            if detail and stopped_by_schedule(detail):
                context.note("was stopped by its schedule; `pulumi up` starts it again")
        return result

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
