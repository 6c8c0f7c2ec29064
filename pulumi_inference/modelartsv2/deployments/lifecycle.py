"""The life of a deployment of ModelArts v2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ApiError, ConfigurationError, ResponseError, TransportError
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.invocation.smoke_gate import SmokeGate
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import Connection, place_of
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer, Thing
from pulumi_inference.modelartsv2 import ports
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.deployments import shares, values
from pulumi_inference.modelartsv2.deployments.operation import DeploymentOperation
from pulumi_inference.modelartsv2.deployments.rules import RULES
from pulumi_inference.modelartsv2.deployments.values import PIN, SERVICE, pin_problem
from pulumi_inference.modelartsv2.groups import mounted_texts, refuse_priority
from pulumi_inference.modelartsv2.specs.deployment import DeploymentOutputs, DeploymentSpec
from pulumi_inference.modelartsv2.specs.records import DeploymentDetail, ServiceDetail
from pulumi_inference.modelartsv2.specs.states import GOING, SERVING

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class DeploymentLifecycle(SmokeGate[ModelArtsV2Client]):
    """`modelartsv2.Deployment` (reference/modelarts-v2.md, sections 4.3 to 4.7, 6 and 7)."""

    kind = "modelartsv2.Deployment"
    spec = DeploymentSpec
    outputs = DeploymentOutputs
    detail = DeploymentDetail
    rules = RULES
    identity = ("service_id", "deployment_id")
    unique_by = ("service_id", "name")
    connections = CONNECTIONS
    operation = DeploymentOperation
    renames = True
    about = ("unit_configs", "advanced_config", "model", "secret_envs", "service_secret", PIN)

    def learn_secrets(self, context: Context, inputs: Inputs) -> None:
        """What is mounted as a file is as secret as it is encoded."""
        super().learn_secrets(context, inputs)
        context.environment.redactor.add(*mounted_texts(inputs))

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """No accelerators are as many as not set; custom_spec goes with the flavour custom."""
        return values.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether flavours and pool are there, for what is new or has changed."""
        shares.plan(context, values)
        if old == values:
            return []
        from pulumi_inference.modelartsv2.checks import check_deployment  # not loaded when nothing changes

        wrong = None if old else pin_problem(values)
        return [*([Problem(PIN, wrong)] if wrong else []), *check_deployment(context, old, values)]

    def ask(self, client: ModelArtsV2Client, thing: str, patience: float) -> Answer:
        """The detail of the deployment."""
        service_id, _, deployment_id = thing.partition(",")
        return {**client.get_deployment(service_id, deployment_id, patience), "service_id": service_id}

    def joined(
        self,
        context: Context,
        connection: Connection[ModelArtsV2Client],
        answer: Answer,
        patience: float,
        *,
        is_new: bool,
    ) -> Answer:
        """The detail with that of its service, which tells shares, replicas and reasons."""
        service_id, answers = str(answer["service_id"]), context.environment.memory.answers
        key = Thing(ports.KIND, place_of(connection), service_id)

        def ask() -> Answer:
            found = connection.client().get_service(service_id, patience)
            return ServiceDetail.recognise(found, f"the service {service_id}", service_id=service_id)

        if is_new:
            answers.drop(key)
        try:
            service = ask() if is_new else answers.get(key, ask)
        except (ApiError, TransportError, ResponseError):
            service = None
        if is_new and service is not None:
            answers.put(key, service)
        return {**answer, SERVICE: service or {}}

    def drop(self, context: Context, connection: Connection[ModelArtsV2Client], thing: str) -> None:
        """Forgets what a write has made old, of its service too."""
        super().drop(context, connection, thing)
        key = Thing(ports.KIND, place_of(connection), thing.partition(",")[0])
        context.environment.memory.answers.drop(key)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The deployment in the spec's names; `known` say which variables are secret."""
        return values.live_of(answer, *known)

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live deployment; replicas that a schedule has set are as recorded."""
        live = super().fetch(context, thing, recorded)
        if live is None:
            return None
        client = self.connect(context, recorded).client()
        return values.as_scheduled(live, recorded, recorded, lambda: values.rules_of(client, thing))

    def is_going(self, answer: Answer) -> bool:
        """Whether it is being deleted."""
        return answer.get("status") in GOING

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:
        """Says how the traffic moves, what waits behind a pinned version, and refuses what cannot be done now."""
        if found.replaces:
            return
        self._foresee_traffic(context, live, program, found)
        if found.changes is False:
            return
        kept = values.as_far_as_known(keep_ignored(self.spec, program, live.values, context.ignore_changes), live)
        seen = values.live_of(live.raw, kept, recorded.inputs)
        plan = values.make_plan(kept, recorded.inputs, live.raw, seen)
        if "priority" in plan.update:
            refuse_priority("priority", live.raw.get("status"), kept.get("desired_status"))
        if plan.switch:
            self._foresee_switch(context, recorded.id, live, str(kept[PIN]))
        elif recorded.inputs.get(PIN) and not kept.get(PIN):
            context.note(f"no longer pinned to version {recorded.inputs[PIN]}; becomes what the program says again")
        elif kept.get(PIN):
            context.note(f"stays pinned to version {kept[PIN]}: besides weight and count, changes wait until it is not")

    def serves(self, live: Live) -> bool:
        """Whether it runs, be it with some of its replicas only."""
        return live.facts.get("status") in SERVING

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """The address of its service."""
        from pulumi_inference.modelartsv2.endpoint import endpoint_of  # not loaded for deployments without a test

        return endpoint_of(context, CONNECTIONS.of(context, inputs), live.raw[SERVICE])

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With its instances, pods and events."""
        from pulumi_inference.modelartsv2.observation import observe_deployment  # loaded when somebody looks

        seen = super().observe(context, thing, values, wanted)
        return observe_deployment(seen, self, context, thing=thing, values=values, wanted=wanted)

    def _foresee_traffic(self, context: Context, live: Live, program: Inputs, found: Difference) -> None:
        seen = shares.shares_of(context, live.raw)
        name = str(live.raw["name"])
        is_known = program.get("weight") is not UNKNOWN
        is_moved = is_known and seen.before.get(name) != program.get("weight") and seen.moves(name)
        if found.changes is not False and is_moved:
            context.note(seen.told(name))
        if any(seen.after.values()) or not any(seen.before.values()):
            return
        if shares.unheard(context, live.raw):
            context.note("all weights of the service are 0 then, unless the program gives another deployment one")
        else:
            context.warn("all weights of the service will be 0: no deployment gets requests then")

    def _foresee_switch(self, context: Context, thing: str, live: Live, version: str) -> None:
        service_id, _, deployment_id = thing.partition(",")
        client = self.connect(context, live.values).client()
        known = [str(one["version"]) for one in client.list_versions(service_id, deployment_id)]
        if version not in known:
            raise ConfigurationError(f"{PIN}: there is no version {version}; the versions are {', '.join(known)}")
        context.note(f"switches from version {live.raw.get('version')} to {version}")
