"""The life of a replica schedule: the scaling policy of one deployment, of which a deployment has at most one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import (
    InferenceError,
    unless_gone,
)
from pulumi_inference.core.fields.problems import Problem
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown
from pulumi_inference.core.lifecycle import Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE, Connection
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.schedules import rules
from pulumi_inference.modelartsv2.schedules.values import (
    cron_rules,
    id_of,
    is_as,
    live_of,
    other_rules,
    parts_of,
    problem_of,
    spelled,
    wanted_rules,
    words_of,
)
from pulumi_inference.modelartsv2.specs.replicaschedule import (
    ReplicaScheduleDetail,
    ReplicaScheduleOutputs,
    ReplicaScheduleSpec,
)

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


from pulumi_inference.modelartsv2.schedules.operation import ReplicaScheduleOperation


class ReplicaScheduleLifecycle(Managed[ModelArtsV2Client]):
    """`modelartsv2.ReplicaSchedule` (reference/modelarts-v2.md, 3.4, 6.6 and 13)."""

    kind = "modelartsv2.ReplicaSchedule"
    spec = ReplicaScheduleSpec
    outputs = ReplicaScheduleOutputs
    detail = ReplicaScheduleDetail
    rules = rules.RULES
    identity = ("service_id", "deployment_id")
    unique_by = ("service_id", "deployment_id")
    renewed = ""
    connections = CONNECTIONS
    operation = ReplicaScheduleOperation

    @property
    def noun(self) -> str:
        """What people call one."""
        return "replica schedule"

    def name_of(self, inputs: Inputs, thing: str) -> str:
        """Whose schedule it is."""
        deployment = inputs.get("deployment_id") or parts_of(thing)[1]
        return f"the replica schedule of the deployment {deployment}"

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """One blank stands between the fields of a cron text."""
        return spelled(inputs)

    def ask(self, client: ModelArtsV2Client, thing: str, patience: float) -> Answer:
        """The scaling policy of the deployment."""
        service_id, deployment_id = parts_of(thing)
        return {**client.get_hpa(service_id, deployment_id, patience), "service_id": service_id}

    def lists(
        self,
        context: Context,  # noqa: ARG002 - as in the base
        connection: Connection[ModelArtsV2Client],  # noqa: ARG002
        thing: str,  # noqa: ARG002
        recorded: Inputs,  # noqa: ARG002
    ) -> bool:
        """Never: there is no list of policies."""
        return False

    def live_of(self, answer: Answer, *known: Inputs) -> Live:  # noqa: ARG002 - ModelArts answers all of it
        """The rules in the spec's names."""
        return live_of(answer)

    def is_going(self, answer: Answer) -> bool:
        """Whether the policy has no rule that runs by the clock: as good as none."""
        return not cron_rules(answer)

    def gone(self, thing: str) -> str:
        """What is said of a schedule that somebody has removed."""
        return f"{self.name_of({}, thing)} is gone from the cloud"

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the deployment can have this schedule; says when new and changed rules run."""
        for text in rules.runs_of(old, values, context.environment.clock.now()):
            context.note(text)
        for text in rules.collisions(values):
            context.warn(text)
        if UNKNOWN in (values["service_id"], values["deployment_id"]):
            return []
        thing = id_of(values)
        first = context.environment.memory.claim(self.kind, thing, "rules", context.urn)
        if first != context.urn:
            other = first.rpartition("::")[2]
            text = f'the ReplicaSchedule "{other}" is for the same deployment; put all rules into one of the two'
            return [Problem("deployment_id", text)]
        is_new = old is None or self._place_of(old) != self._place_of(values)
        try:
            return list(self._unfit(context, thing, values, is_new=is_new))
        except InferenceError as error:
            if is_new:
                context.warn(f"the deployment {values['deployment_id']} could not be looked at: {error}")
            return []

    def _unfit(self, context: Context, thing: str, values: Inputs, *, is_new: bool) -> list[Problem]:
        """Why the deployment cannot have this schedule."""
        connection = self.connect(context, values)
        if is_new:
            client, reason = connection.client(ADVICE_PATIENCE), None
            deployment = unless_gone(client.get_deployment, *parts_of(thing), ADVICE_PATIENCE)
            if deployment is None:
                reason = (
                    f"there is no deployment {values['deployment_id']} of the service {values['service_id']} in "
                    f"project {client.project_id}; check both ids, and connection and region"
                )
            elif not deployment.get("pool_id"):
                reason = "is in the public pool, where a deployment cannot be scaled by itself; use a dedicated pool"
            if reason:
                return [Problem("deployment_id", reason)]
        found = self.kept(context, connection, thing, values, ADVICE_PATIENCE)
        metrics = other_rules(found) if found else []
        if metrics:
            return [Problem("rules", rules.by_metric(metrics))]
        is_anothers = is_new and found and cron_rules(found) and not contains_unknown(values["rules"])
        if found and is_anothers and not is_as(found, wanted_rules(values)):
            if context.environment.memory.has_seen(self.kind, thing):
                return []
            return [Problem("deployment_id", rules.taken(words_of(cron_rules(found))))]
        return []

    def create(self, context: Context, inputs: Inputs) -> State:
        """Sets the rules of a deployment that has none."""
        context.environment.memory.took(self.kind, id_of(inputs))
        return super().create(context, inputs)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Removes the rules.

        A replacement for the same deployment has the same id, and comes first: there is nothing left to remove then.
        """
        if context.environment.memory.has_taken(self.kind, thing):
            return
        run = self.operation(self, context, recorded, "delete")
        try:
            run.remove()
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not removed") from None
        self.drop(context, run.connection, thing)
        context.environment.memory.deleted(self.kind, thing)

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:
        """Its state, its rules, and when the next of them runs."""
        from pulumi_inference.core.lifecycle.status import GONE, Moment  # loaded when somebody looks

        seen = super().observe(context, thing, values, wanted)
        answer = self.peeked(context, thing, values)
        if answer is None:
            return seen
        found = live_of(answer).values["rules"] if cron_rules(answer) else []
        if not found:
            return replace(seen, state=GONE)
        runs = self.upcoming({**values, "rules": found}, context.environment.clock.now())
        columns = {"rules": words_of(cron_rules(answer)), "next run": Moment(int(runs[0][0] * 1000)) if runs else None}
        return replace(seen, error=problem_of(answer), columns=columns)

    def upcoming(self, values: Inputs, now: float) -> list[tuple[float, str]]:
        """The next runs of its rules."""
        return rules.upcoming(values, now)

    def _place_of(self, inputs: Inputs) -> tuple[Any, ...]:
        return inputs.get("service_id"), inputs.get("deployment_id"), self.connections.where(inputs)
