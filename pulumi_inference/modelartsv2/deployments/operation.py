"""One create, update or delete of a deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_inference.core.errors import (
    CancelledError,
    ConfigurationError,
    InferenceError,
    unless_gone,
)
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.invocation.smoke_gate import SmokeGate
from pulumi_inference.core.lifecycle import Inputs, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import of_text
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelartsv2 import groups
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.conditions import alarm
from pulumi_inference.modelartsv2.deployments import steps, values
from pulumi_inference.modelartsv2.events import last_words
from pulumi_inference.modelartsv2.groups import SERVICE_SECRET, VARIABLES
from pulumi_inference.modelartsv2.operations import RunningOperation
from pulumi_inference.modelartsv2.specs.deployment import DeploymentSpec
from pulumi_inference.modelartsv2.specs.records import DeploymentRecord
from pulumi_inference.modelartsv2.specs.states import CONCERNING
from pulumi_inference.modelartsv2.timeouts import minutes_of, timeout_of


class DeploymentOperation(RunningOperation):
    """One create, update or delete of one deployment."""

    noun = "deployment"
    halted = "be interrupted"
    lists_marks = False

    def __init__(
        self,
        life: SmokeGate[ModelArtsV2Client],
        context: Context,
        state: State,
        verb: str,
        *,
        recorded: Inputs | None = None,
    ) -> None:
        """As every operation."""
        super().__init__(life, context, state, verb, recorded=recorded)
        self.is_rolling = False
        self.was_interrupted = False

    @property
    def service_id(self) -> str:
        """The service that it belongs to."""
        return str(self.inputs.get("service_id") or self.thing.partition(",")[0])  # an import has no inputs

    @property
    def deployment_id(self) -> str:
        """Its id in that service."""
        return self.thing.partition(",")[2]

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - names are unique, so there is none
        """Adds the deployment, which starts at once."""
        wrong = values.pin_problem(self.inputs)
        if wrong:
            raise ConfigurationError(f"{values.PIN}: {wrong}")
        mark = self.life.mark(self.context, self.inputs)
        secret = self.inputs.get(SERVICE_SECRET)
        body = groups.create_body(DeploymentSpec, VARIABLES.merge(self.inputs), mark, secret)
        made = self.client.create_deployment(self.service_id, body)
        return Created(f"{self.service_id},{made.id}", made.request_id)

    def find(self) -> Sequence[Answer]:
        """The deployments of the service that have the name."""
        found = unless_gone(self.client.list_deployments, self.service_id) or []
        listed = DeploymentRecord.recognise_list(found, "a deployment")
        name = self.inputs.get("name")
        return [{**one, "service_id": self.service_id} for one in listed if name in (None, one["name"])]

    def id_of(self, answer: Answer) -> str:
        """The service's id and its own."""
        return f"{answer['service_id']},{answer['id']}"

    def mark_of(self, answer: Answer) -> str:
        """The mark in the description."""
        return of_text(str(answer.get("description") or ""))

    def has_all_asked(self, answer: Answer) -> bool:
        """Whether it has all that the create call carries, secret variables too."""
        return values.is_as_asked(answer, self.inputs)

    def wait(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer:
        """Polls the deployment until the judge is content; a warning tells of replicas that stay unhealthy."""
        try:
            answer = super().wait(judge, goal)
        except CancelledError:
            self._interrupt()
            raise
        if answer.get("status") == CONCERNING:
            self.context.warn(alarm(self.name))
        return answer

    def first(self) -> State:
        """Brings a new deployment to where the program wants it."""
        return steps.first_deploy(self)

    def converge(self) -> State:
        """Sends what differs from the live deployment, by the smallest calls, and waits."""
        detail = self.at_rest()
        live = self.life.live_of(detail, self.inputs, self.recorded)
        live = values.as_scheduled(live, self.inputs, self.recorded, self.rules)
        self.wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)
        return steps.carry_out(self, values.make_plan(self.wanted, self.recorded, detail, live), detail)

    def state(self) -> State:
        """As for every operation; replicas that a schedule has set are those of the program."""
        seen = super().state()
        wanted, count = self.inputs.get("count"), seen.inputs.get("count")
        if wanted is None or count in (None, wanted) or not self.rules():
            return seen
        return replace(seen, inputs={**seen.inputs, "count": wanted})

    def known(self) -> dict[str, Any]:
        """After a change that was interrupted, the inputs of before are in force."""
        return dict(self.recorded if self.was_interrupted and self.recorded else self.inputs)

    def headline(self, error: InferenceError, status: str) -> str:
        """As for every operation; an interrupted roll-out is said as what it is."""
        if not (self.was_interrupted and isinstance(error, CancelledError)):
            return super().headline(error, status)
        after = "the former version goes on" if self.recorded else "the deployment is stopped"
        return f"{self.name}: the roll-out was interrupted, as on_cancel says; {after}"

    def what_next(self, error: InferenceError) -> str:
        """As for every operation; what was interrupted is not waited for."""
        if not (self.was_interrupted and isinstance(error, CancelledError)):
            return super().what_next(error)
        if self.recorded:
            return "run `pulumi up` again to roll it out"
        return 'give it desired_status="running" and run `pulumi up` to start it'

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """The rules that set the number of replicas by the clock."""
        return values.rules_of(self.client, self.thing)

    def halt(self) -> None:
        """Interrupts its roll-out."""
        self.context.progress("is interrupted, to be deleted")
        self.send(lambda: self.client.interrupt_deployment(self.service_id, self.deployment_id))

    def delete(self) -> str | None:
        """Deletes it."""
        return self.client.delete_deployment(self.service_id, self.deployment_id)

    def tell(self, answer: Answer) -> None:
        """Says the state, and how many replicas run."""
        running = values.group_of(answer).get("running_count")
        count = "" if running is None else f", {running} of {answer.get('count')} replicas"
        self.context.progress(f"{self.status_of(answer)}{count}")

    def last_words(self) -> list[str]:
        """The abnormal events of the service since we began."""
        return last_words(self.client, self.service_id, self.since)

    def _interrupt(self) -> None:
        """Interrupts the roll-out that was cancelled, where the program says so."""
        if not self.is_rolling or self.inputs.get("on_cancel") != "interrupt":
            return
        try:
            self.client.regardless().interrupt_deployment(self.service_id, self.deployment_id)
        except InferenceError as error:
            self.context.warn(f"the roll-out could not be interrupted, and goes on: {error.headline()}")
        else:
            self.was_interrupted = True
        self.life.drop(self.context, self.connection, self.thing)

    def _timeout(self) -> float:
        minutes = minutes_of(self.inputs)
        return timeout_of(super()._timeout(), self.context, self.inputs, self.verb, minutes)
