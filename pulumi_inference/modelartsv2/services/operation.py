"""One create, update or delete of a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.creation import Created
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import of_text
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelartsv2.conditions import alarm
from pulumi_inference.modelartsv2.events import last_words
from pulumi_inference.modelartsv2.operations import RunningOperation
from pulumi_inference.modelartsv2.services import steps, values
from pulumi_inference.modelartsv2.services.values import INLINE
from pulumi_inference.modelartsv2.specs.parts import workspace_of
from pulumi_inference.modelartsv2.specs.records import ServiceSummary
from pulumi_inference.modelartsv2.specs.states import CONCERNING
from pulumi_inference.modelartsv2.timeouts import minutes_of, timeout_of


class ServiceOperation(RunningOperation):
    """One create, update or delete of one service."""

    noun = "service"
    halted = "stop"

    @property
    def has_inline(self) -> bool:
        """Whether its deployment stands in it, so that its state is the deployment's."""
        return bool(self.inputs.get(INLINE))

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - names are unique, so there is none
        """Sends the create call."""
        return self.client.create_service(values.create_body(self.inputs, self.life.mark(self.context, self.inputs)))

    def find(self) -> Sequence[Answer]:
        """The services that have the name."""
        name, workspace = self.inputs.get("name"), workspace_of(self.inputs)
        found = self.client.list_services(name=name, workspace_id=workspace)
        listed = ServiceSummary.recognise_list(found, "a service")
        return [one for one in listed if name in (None, one["name"])]

    def id_of(self, answer: Answer) -> str:
        """The service's id."""
        return str(answer["id"])

    def mark_of(self, answer: Answer) -> str:
        """The mark in the description, which a list has at another place than a detail."""
        version = answer.get("version")
        told = version if isinstance(version, Mapping) else answer
        return of_text(str(told.get("description") or ""))

    def has_all_asked(self, answer: Answer) -> bool:
        """Whether it has all that the create call carries, secret variables too."""
        return values.is_as_asked(answer, self.inputs)

    def wait(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer:
        """Polls the service until the judge is content; a warning tells of replicas that stay unhealthy."""
        answer = super().wait(judge, goal)
        if self.has_inline and answer.get("status") == CONCERNING:
            self.context.warn(alarm(self.name))
        return answer

    def first(self) -> State:
        """Brings a new service to where the program wants it."""
        return steps.first_deploy(self)

    def converge(self) -> State:
        """Sends what differs from the live service, by the smallest calls, and waits."""
        detail = self.at_rest()
        live = self.life.live_of(detail, self.inputs, self.recorded)
        self.wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)
        return steps.carry_out(self, values.make_plan(self.wanted, self.recorded, detail, live), detail)

    def halt(self) -> None:
        """Stops it."""
        self.context.progress("is stopped, to be deleted")
        self.send(lambda: self.client.stop_service(self.thing))

    def delete(self) -> str | None:
        """Deletes it with all its deployments."""
        return self.client.delete_service(self.thing)

    def last_words(self) -> list[str]:
        """The abnormal events since we began."""
        return last_words(self.client, self.thing, self.since)

    def _timeout(self) -> float:
        minutes = minutes_of(self.inputs.get(INLINE)) or self.inputs.get("deploy_timeout_minutes")
        return timeout_of(super()._timeout(), self.context, self.inputs, self.verb, minutes)
