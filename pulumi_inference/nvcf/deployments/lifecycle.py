"""The life of a deployment of NVCF."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError, InferenceError, unless_gone
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.invocation.smoke_gate import SmokeGate, SmokeTesting
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State, ownership
from pulumi_inference.core.lifecycle.connections import PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.submission import submit
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.nvcf.client import NvcfClient, ids_of
from pulumi_inference.nvcf.connection import CONNECTIONS
from pulumi_inference.nvcf.deployments import values, waits
from pulumi_inference.nvcf.deployments.rules import RULES
from pulumi_inference.nvcf.managed import NvcfLifecycle, refuse_to_strand
from pulumi_inference.nvcf.specs.deployment import DeploymentDetail, DeploymentOutputs, DeploymentSpec
from pulumi_inference.nvcf.specs.states import CALLABLE, ERROR, INACTIVE

if TYPE_CHECKING:
    from pulumi_inference.core.invocation.endpoint import Endpoint
    from pulumi_inference.core.lifecycle.status import Observation, Wanted

LOOK_PATIENCE = 5.0
"""Seconds that the number of instances is asked for: it is told by the way."""

_WAY_OUT = (
    'Set on_redeploy="redeploy" to undeploy the version and deploy it anew, which takes it offline in between; or make '
    "another version (a change of the function), which is deployed before this one goes."
)


class DeploymentOperation(SmokeTesting[NvcfClient], Creating[NvcfClient]):
    """One create, update or delete of one deployment."""

    noun = "deployment"
    unique = "version"
    unmade = "was not deployed"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}
    default_timeouts: ClassVar[Mapping[str, str]] = {"create": "1h", "update": "1h", "delete": "30m"}
    lists_details = True

    @property
    def version(self) -> str:
        """Function and version that are deployed."""
        return f"{self.inputs['function_id']},{self.inputs['version_id']}"

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - a version has one deployment
        """Deploys the version."""
        answer, request_id = self.client.create_deployment(self.version, values.bodies(self.inputs))
        made = self.life.understood(answer, self.version)
        return Created(self.id_of(made), request_id)

    def find(self) -> Sequence[Answer]:
        """The deployment that the version has."""
        found = unless_gone(self.client.get_deployment, self.version)
        return [] if found is None else [found]

    def id_of(self, answer: Answer) -> str:
        """Function and version."""
        return f"{answer['functionId']},{answer['functionVersionId']}"

    def mark_of(self, answer: Answer) -> str:
        """Ours, for what is as the program says or of a version that a Pulumi program has made; else none."""
        is_ours = self.has_all_asked(answer) or ownership.of_list(self._version().get("tags") or [])
        return ownership.mark(self.context.urn) if is_ours else ""

    def settled(self, answer: Answer) -> Verdict:
        """Any state but DEPLOYING lasts."""
        return waits.settled(answer)

    def status_of(self, answer: Answer) -> str:
        """The state of the version."""
        return str(answer.get("functionStatus"))

    def first(self) -> State:
        """Waits until it is active, and tests it."""
        if self.waits:
            self.test(self._come_to(waits.deployed, "be active"))
        return self.state()

    def converge(self) -> State:
        """Makes the live deployment what the program says, by the smallest calls, and waits."""
        detail = self.kept()
        if self.life.is_going(detail):
            next_step = "run `pulumi up --refresh` to make it anew"
            raise InferenceError(f"{self.name} is being undeployed", next_step=next_step)
        live = self.life.live_of(detail, self.inputs, self.recorded)
        wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)
        plan = values.make_plan(wanted, self.recorded, detail, live.values)
        if live.facts["status"] == ERROR:
            return self._deploy_anew()
        if plan.redeploys:
            refuse_redeploy(self.inputs, plan.redeploys)
            return self._deploy_anew()
        self._send(plan, str(detail["deploymentId"]))
        if self.waits:
            judge = waits.scaled(self._running) if plan.grows else waits.deployed
            self.test(self._come_to(judge, "have its instances" if plan.grows else "be active"))
        return self.state()

    def remove(self) -> None:
        """Undeploys the version."""
        graceful = bool(self.inputs.get("graceful", True))
        self.send(lambda: self.client.delete_deployment(self.thing, graceful=graceful), is_waited_for=True)

    def tell(self, answer: Answer) -> None:
        """Says the state, and of how many instances some run."""
        status = self.status_of(answer).lower()
        running = self._running() if status in ("deploying", "degrading", "degraded") else None
        count = "" if running is None else f", {running} of {waits.least(answer)} instances"
        self.context.progress(f"{status}{count}")

    def last_words(self) -> list[str]:
        """The instances that have failed."""
        told = [one for one in self._version().get("activeInstances") or [] if one.get("instanceStatus") == "ERRORED"]
        return [
            f"instance {one.get('instanceId')} ({one.get('instanceType')}, {one.get('gpu')}): {one['instanceStatus']}"
            for one in told[:3]
        ]

    def _send(self, plan: values.Plan, deployment_id: str) -> None:
        if plan.put or plan.patches:
            self.smoke.expect()
        if plan.put:
            self.send(lambda: self.client.update_deployment(self.thing, plan.put))
        for specification_id, change in plan.patches.items():
            self._patch(deployment_id, specification_id, change)

    def _patch(self, deployment_id: str, specification_id: str, change: Mapping[str, Any]) -> None:
        self.send(lambda: self.client.update_specification(deployment_id, specification_id, change))

    def _deploy_anew(self) -> State:
        """Undeploys and deploys the same version."""
        memory = self.context.environment.memory
        self.smoke.expect()
        self.context.progress("undeploying, to deploy it anew")
        self.remove()
        if not self.is_gone_within(waits.UNMOVED_GRACE):
            raise InferenceError("it was undeployed, and is still there")
        self.life.drop(self.context, self.connection, self.thing)
        memory.deleted(self.life.kind, self.thing)
        self.request_id = submit(self).request_id
        self.life.drop(self.context, self.connection, self.thing)
        return self.first()

    def _come_to(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer:
        answer = self.wait(judge, goal)
        short = values.shortage(self.name, answer)
        if short:
            self.context.warn(short)
        return answer

    def _running(self) -> int | None:
        return waits.count_running(self._version())

    def _version(self) -> Answer:
        """The version that is deployed, with its instances; nothing where it cannot be had."""
        try:
            return self.client.get_version(self.version, LOOK_PATIENCE)
        except InferenceError:
            return {}


class DeploymentLifecycle(NvcfLifecycle, SmokeGate[NvcfClient]):
    """`nvcf.Deployment` (reference/nvcf.md, sections 6 and 7)."""

    kind = "nvcf.Deployment"
    spec = DeploymentSpec
    outputs = DeploymentOutputs
    detail = DeploymentDetail
    rules = RULES
    identity = ("function_id", "version_id")
    unique_by = ("function_id", "version_id")
    generation = "deployment_id"
    renewed = "deployment id"
    operation = DeploymentOperation
    about = ("version_id", "specifications")

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Durations in the one form that NVCF answers."""
        return values.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether NVCF has the GPUs, and the function takes what is said, for what is new or has changed."""
        if old == values:
            return []
        from pulumi_inference.nvcf.deployments.checks import check_deployment  # not loaded when nothing has changed

        return check_deployment(context, old, values)

    def name_of(self, inputs: Inputs, thing: str) -> str:
        """The version: a deployment has no name."""
        return f"version {inputs.get('version_id') or ids_of(thing)[1]}"

    def ask(self, client: NvcfClient, thing: str, patience: float) -> Answer:
        """The deployment."""
        return client.get_deployment(thing, patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The deployment in our names."""
        return values.live_of(answer, *known)

    def is_going(self, answer: Answer) -> bool:
        """Whether it waits for its last requests."""
        return answer.get("functionStatus") == INACTIVE

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """With its instances, and the requests that wait."""
        from pulumi_inference.nvcf.observation import with_instances  # loaded when somebody looks

        seen = super().observe(context, thing, values, wanted)
        return with_instances(seen, context, thing, values, self.peeked(context, thing, values))

    def lists(self, context: Context, connection: Connection[NvcfClient], thing: str, recorded: Inputs) -> bool:  # noqa: ARG002 - as in the base
        """Whether the version is deployed as the function's list has it: deployments have no list on direct paths."""
        version = unless_gone(connection.client(PATIENCE).get_version, thing)
        return version is not None and version.get("status") != INACTIVE

    def serves(self, live: Live) -> bool:
        """Whether it can be called."""
        return live.facts.get("status") in CALLABLE

    def endpoint_of(self, context: Context, inputs: Inputs, live: Live) -> Endpoint:
        """The version, called as the account."""
        from pulumi_inference.nvcf.ways import endpoint_of  # not loaded for deployments without a test

        path = (inputs.get("smoke_test") or {}).get("path") or ""
        connection = CONNECTIONS.of(context, inputs)
        return endpoint_of(context, connection, live.facts["function_id"], live.facts["version_id"], path=path)

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:
        """Says when a change takes the version offline, or refuses it where the program has not allowed that."""
        if found.replaces:
            return
        refuse_to_strand(context, recorded.id, is_replaced=False)
        if found.changes is False:
            return
        now = values.live_of(live.raw, program).values
        wanted = keep_ignored(self.spec, program, now, context.ignore_changes)
        redeploys = values.find_redeploys(wanted, recorded.inputs, now)
        if live.facts["status"] == ERROR:
            context.note("has failed; `pulumi up` undeploys it and deploys it anew")
        elif redeploys:
            refuse_redeploy(program, redeploys)
            context.note(
                f"undeploys the version and deploys it anew, so it is offline in between: {', '.join(redeploys)}"
            )


def refuse_redeploy(program: Inputs, redeploys: Sequence[str]) -> None:
    """Raises ConfigurationError for a change that takes the version offline, unless the program allows that."""
    if program.get("on_redeploy") != "redeploy":
        raise ConfigurationError(
            f"{', '.join(redeploys)}: cannot change while the version is deployed", next_step=_WAY_OUT
        )
