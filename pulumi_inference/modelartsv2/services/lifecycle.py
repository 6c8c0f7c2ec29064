"""The life of a service of ModelArts v2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.invocation.smoke_gate import SmokeGate
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelartsv2 import ports
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.groups import mounted_texts, refuse_priority
from pulumi_inference.modelartsv2.services import values
from pulumi_inference.modelartsv2.services.operation import ServiceOperation
from pulumi_inference.modelartsv2.services.rules import SERVICE_RULES
from pulumi_inference.modelartsv2.services.values import INLINE
from pulumi_inference.modelartsv2.specs.records import ServiceDetail
from pulumi_inference.modelartsv2.specs.service import ServiceOutputs, ServiceSpec
from pulumi_inference.modelartsv2.specs.states import GOING, SERVING

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


_RESTARTS = "was stopped by its schedule; `pulumi up` starts it again"


class ServiceLifecycle(SmokeGate[ModelArtsV2Client]):
    """`modelartsv2.Service` (reference/modelarts-v2.md, sections 4, 5 and 7)."""

    kind = "modelartsv2.Service"
    spec = ServiceSpec
    outputs = ServiceOutputs
    detail = ServiceDetail
    rules = SERVICE_RULES
    identity = ("service_id",)
    connections = CONNECTIONS
    operation = ServiceOperation
    about = ("runtime_config", INLINE, "secret_envs", "service_secret")
    renewed = "id and address"

    def learn_secrets(self, context: Context, inputs: Inputs) -> None:
        """What is mounted as a file is as secret as it is encoded."""
        super().learn_secrets(context, inputs)
        context.environment.redactor.add(*mounted_texts(inputs))

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The deployment that stands in it, as ModelArts means it."""
        return values.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether flavours are there, for what is new or has changed."""
        ports.plan(context, values)
        if old == values:
            return []
        from pulumi_inference.modelartsv2.checks import check_service  # not loaded when nothing changes

        return check_service(context, old, values)

    def ask(self, client: ModelArtsV2Client, thing: str, patience: float) -> Answer:
        """The detail of the service."""
        return client.get_service(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The service in the spec's names; `known` say which variables are secret."""
        return values.live_of(answer, *known)

    def is_going(self, answer: Answer) -> bool:
        """Whether it is being deleted."""
        return answer.get("status") in GOING

    def serves(self, live: Live) -> bool:
        """Whether it runs, be it with some of its replicas only."""
        return live.facts.get("status") in SERVING

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """Its address."""
        from pulumi_inference.modelartsv2.endpoint import endpoint_of  # not loaded for services without a test

        return endpoint_of(context, CONNECTIONS.of(context, inputs), live.raw)

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:
        """A deployment on the public pool comes and goes with its service only (modelarts-v2.md, section 1.3)."""
        was_there, is_there = bool(recorded.get(INLINE)), bool(live.values.get(INLINE))
        comes = isinstance(program.get(INLINE), Mapping) and not was_there and not is_there
        goes = INLINE not in program and was_there and is_there
        return [INLINE] if comes or goes else []

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """As for every resource; besides, one that its schedule has stopped may be to start again."""
        result = super().diff(context, thing, recorded, program)
        answer = self.peeked(context, thing, recorded.inputs)
        if result.changes is not False or answer is None or not values.restarts(program, answer):
            return result
        context.note(_RESTARTS)
        return replace(result, changes=True)

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:  # noqa: ARG002 - as in the base
        """Says that a service which its schedule has stopped is started again, and refuses what cannot be done now."""
        if found.replaces or found.changes is False:
            return
        kept = keep_ignored(self.spec, program, live.values, context.ignore_changes)
        if values.moves_priority(kept, live):
            refuse_priority(f"{INLINE}.priority", live.raw.get("status"), kept.get("desired_status"))
        for text in ports.left_behind(kept, live.raw):
            context.note(text)
        if values.restarts(program, live.raw):
            context.note(_RESTARTS)

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With its deployments and events."""
        from pulumi_inference.modelartsv2.observation import observe_service  # loaded when somebody looks

        seen = super().observe(context, thing, values, wanted)
        return observe_service(seen, self, context, thing=thing, values=values, wanted=wanted)
