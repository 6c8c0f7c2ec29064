"""One create, update or delete of a service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar

from pulumi_inference.core.errors import ApiError, BadRequestError, ConflictError, InferenceError, NotFoundError
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.invocation.smoke_gate import SmokeGate, SmokeTesting
from pulumi_inference.core.lifecycle import Inputs, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import of_text
from pulumi_inference.core.lifecycle.waiting import Kind, Verdict
from pulumi_inference.modelartsv2 import waits
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.events import last_words
from pulumi_inference.modelartsv2.moments import moment_of
from pulumi_inference.modelartsv2.services import steps, values
from pulumi_inference.modelartsv2.services.values import INLINE
from pulumi_inference.modelartsv2.specs.parts import workspace_of
from pulumi_inference.modelartsv2.specs.records import ServiceSummary
from pulumi_inference.modelartsv2.specs.states import AT_REST, CONCERNING, DEPLOYING, UPGRADING
from pulumi_inference.modelartsv2.timeouts import DEFAULTS, minutes_of, timeout_of


class ServiceOperation(SmokeTesting[ModelArtsV2Client], Creating[ModelArtsV2Client]):
    """One create, update or delete of one service."""

    noun = "service"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}
    default_timeouts = DEFAULTS
    schedule = waits.SCHEDULE

    def __init__(
        self,
        life: SmokeGate[ModelArtsV2Client],
        context: Context,
        state: State,
        verb: str,
        *,
        recorded: Inputs | None = None,
    ) -> None:
        """As every operation; `wanted` are the inputs with the live values of what the engine ignores."""
        super().__init__(life, context, state, verb, recorded=recorded)
        self.since: int | None = None
        self.wanted: Inputs = self.inputs

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

    def settled(self, answer: Answer) -> Verdict:
        """Any state that lasts, good or bad."""
        return waits.settled(answer)

    def is_too_early(self, error: ApiError) -> bool:
        """Whether a call may have been refused because of what the service is just doing."""
        return isinstance(error, BadRequestError | ConflictError) and self.there().get("status") not in AT_REST

    def wait(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer:
        """Polls the service until the judge is content; a warning tells of replicas that stay unhealthy."""
        answer = super().wait(judge, goal)
        if self.has_inline and answer.get("status") == CONCERNING:
            self.context.warn(f"{self.name} is CONCERNING: some of its replicas are not healthy")
        return answer

    def first(self) -> State:
        """Brings a new service to where the program wants it."""
        return steps.first_deploy(self)

    def converge(self) -> State:
        """Sends what differs from the live service, by the smallest calls, and waits."""
        detail = self.kept()
        if self.life.is_going(detail):
            raise InferenceError(f"{self.name} is being deleted", next_step="run `pulumi up --refresh` to make it anew")
        if self.settled(detail).kind is not Kind.DONE:
            detail = self.wait(self.settled, "come to rest")
        self.since = moment_of(detail)
        live = self.life.live_of(detail, self.inputs, self.recorded)
        self.wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)
        return steps.carry_out(self, values.make_plan(self.wanted, self.recorded, detail, live), detail)

    def remove(self) -> None:
        """Deletes it with all that belongs to it; one that is just being deployed may have to be stopped before."""
        try:
            self._delete()
        except BadRequestError as error:
            answer = self.look()
            if answer is None:
                raise NotFoundError.of(error) from None  # that is told with 400
            if answer.get("status") in AT_REST:
                raise
            if answer.get("status") in (DEPLOYING, UPGRADING):
                self.context.progress("is stopped, to be deleted")
                self.send(lambda: self.client.stop_service(self.thing))
            self.wait(self.settled, "stop")
            self._delete()

    def last_words(self) -> list[str]:
        """The abnormal events since we began."""
        return last_words(self.client, self.thing, self.since)

    def _delete(self) -> None:
        self.life.drop(self.context, self.connection, self.thing)
        self.request_id = self.client.delete_service(self.thing)
        self.wrote = True

    def _timeout(self) -> float:
        minutes = minutes_of(self.inputs.get(INLINE)) or self.inputs.get("deploy_timeout_minutes")
        return timeout_of(super()._timeout(), self.context, self.inputs, self.verb, minutes)
