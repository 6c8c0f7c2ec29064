"""The life of a deployment of Alaya NeW."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_inference.alaya.answers import EXPERT
from pulumi_inference.alaya.client import AlayaClient
from pulumi_inference.alaya.connection import CONNECTIONS
from pulumi_inference.alaya.deployments import values
from pulumi_inference.alaya.deployments.operation import DeploymentOperation, refuse_stop
from pulumi_inference.alaya.deployments.rules import RULES
from pulumi_inference.alaya.specs.deployment import NAME_LENGTH, DeploymentOutputs, DeploymentSpec
from pulumi_inference.alaya.specs.records import DeploymentDetail
from pulumi_inference.alaya.specs.states import AT_REST, RUNNING
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.invocation.smoke_gate import SmokeGate
from pulumi_inference.core.lifecycle import Checked, Difference, Inputs, Live, State, naming
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class DeploymentLifecycle(SmokeGate[AlayaClient]):
    """`alaya.Deployment` (reference/alaya.md, sections 4 to 9 and 13)."""

    kind = "alaya.Deployment"
    spec = DeploymentSpec
    outputs = DeploymentOutputs
    detail = DeploymentDetail
    rules = RULES
    identity = ("service_id",)
    unique_by = ()
    name_length = NAME_LENGTH
    renewed = "id, address and key"
    connections = CONNECTIONS
    operation = DeploymentOperation
    about = ("model_id", "served_name", "expert", "quick_start", "lora", values.SECRETS)

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The form by the API's name, without workers of which there are none."""
        return values.complete(inputs)

    def check(self, context: Context, old: Inputs | None, new: Inputs) -> Checked:
        """As for every resource; workers of which there are none are told."""
        if values.has_no_workers(new):
            context.warn("expert.worker_config.workers: is 0, a single node; the rest of worker_config does not count")
        return super().check(context, old, new)

    def check_unique(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:  # noqa: ARG002 - as in the base
        """Names need not be unique; where there is no room for a mark, two with the same one could be mixed up."""
        name = values.get("name")
        if values.get("mode") == EXPERT or not isinstance(name, str) or naming.is_automatic(values):
            return []
        place = repr([values.get(one) for one in ("connection", "vks_id", "namespace")])
        first = context.environment.memory.claim(self.kind, f"{place} {name}", "name", context.urn)
        if first != context.urn:
            context.warn(
                f'name: "{name}" is the name of "{first.rpartition("::")[2]}" in this program too; after a run '
                "that was broken off the two may be taken for each other, so better give them different ones"
            )
        return []

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the cluster has such GPUs and the base runs, for what is new or has changed."""
        if old == values:
            return []
        from pulumi_inference.alaya.deployments.checks import check_deployment  # not loaded when nothing has changed

        return check_deployment(context, old, values)

    def ask(self, client: AlayaClient, thing: str, patience: float) -> Answer:
        """The detail of the deployment."""
        return client.get_deployment(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The deployment in our names; `known` say which variables are secret."""
        return values.live_of(answer, *known)

    def lists(self, context: Context, connection: Connection[AlayaClient], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the list has it, whatever it is called by now."""
        return any(one.get("serviceId") == thing for one in connection.client(PATIENCE).list_deployments())

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:
        """What a running deployment does not take, and one that does not run, where the program would replace it."""
        if program.get("on_offline_change") != "replace":
            return []
        if live.facts.get("status") in AT_REST:
            return [self.identity[-1]]
        if live.facts.get("status") != RUNNING:
            return []
        return list(dict.fromkeys(str(one.path[0]) for one in self._plan(recorded, live, program).offline))

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:
        """Says when a change takes the deployment offline, or refuses it where the program has not allowed that."""
        status = live.facts.get("status")
        if found.replaces:
            values.refuse_missing(program)
            why = f"it is {status}, and " if found.replaces == [self.identity[-1]] else ""
            goes = "before this one goes, so that both run for a while"
            order = "when this one is gone" if context.course.deletes_first else goes
            context.note(f"{why}another one is made, with another {self.renewed}, {order}")
        if found.replaces or found.changes is False:
            return
        if recorded.inputs.get("scale") is not None and program.get("scale") is None:
            context.note("scale: no longer in the program; stays as it is in the cloud")
        kept = keep_ignored(self.spec, program, live.values, context.ignore_changes)
        plan = self._plan(recorded.inputs, live, kept)
        if plan.offline or status in AT_REST:
            values.refuse_missing(plan.full)
        if status != RUNNING or not plan.is_certain:
            return
        refuse_stop(program, plan)
        context.note(
            f"stops, is updated and started again, offline in between: {plan.paths}{self._loras(context, recorded)}"
        )

    def serves(self, live: Live) -> bool:
        """Whether it runs."""
        return live.facts.get("status") == RUNNING

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """The deployment's own address, with its own key."""
        from pulumi_inference.alaya.endpoint import endpoint_of  # not loaded for deployments without a test

        return endpoint_of(context, CONNECTIONS.of(context, inputs), live.raw)

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With its instances and adapters."""
        from pulumi_inference.alaya.observation import with_instances  # loaded when somebody looks

        return with_instances(
            super().observe(context, thing, values, wanted), values, self.peeked(context, thing, values)
        )

    def _plan(self, recorded: Inputs, live: Live, program: Inputs) -> values.Plan:
        """What it takes; the live values are split into secret and other variables as the program has them."""
        return values.make_plan(program, recorded, values.live_of(live.raw, program, recorded))

    def _loras(self, context: Context, recorded: State) -> str:
        """The adapters that go with it, for a message."""
        from pulumi_inference.alaya.deployments.loras import loras_on, named

        if recorded.inputs.get("mode") == values.FORMS["lora"]:
            return ""
        try:
            found = loras_on(self.connect(context, recorded.inputs).client(ADVICE_PATIENCE), recorded.id)
        except InferenceError as error:
            return f"; which LoRA deployments stop with it is not known: {error.headline()}"
        if not found:
            return ""
        return (
            f"; the LoRA deployments on it stop with it: {named(found)}. Those of this program are started again by "
            "the same `pulumi up`"
        )
