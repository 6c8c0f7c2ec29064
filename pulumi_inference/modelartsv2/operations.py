"""What creates, updates and deletes of services and of deployments have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from pulumi_inference.core.errors import ApiError, BadRequestError, ConflictError, InferenceError, NotFoundError
from pulumi_inference.core.invocation.smoke_gate import SmokeGate, SmokeTesting
from pulumi_inference.core.lifecycle import Inputs, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.creation import Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Kind, Verdict
from pulumi_inference.modelartsv2 import waits
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.moments import moment_of
from pulumi_inference.modelartsv2.specs.states import AT_REST, DEPLOYING, UPGRADING
from pulumi_inference.modelartsv2.timeouts import DEFAULTS


class RunningOperation(SmokeTesting[ModelArtsV2Client], Creating[ModelArtsV2Client]):
    """One create, update or delete of what runs, whose changes are rolled out.

    `wanted` are the inputs with the live values of what the engine ignores, `since` when the cloud last changed
    something before us (ms).
    """

    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}
    default_timeouts = DEFAULTS
    schedule = waits.SCHEDULE
    halted: ClassVar[str]
    """What is waited for after `halt`."""

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
        self.since: int | None = None
        self.wanted: Inputs = self.inputs

    @abstractmethod
    def halt(self) -> None:
        """Ends a roll-out that forbids a delete."""

    @abstractmethod
    def delete(self) -> str | None:
        """Makes the delete call."""

    def settled(self, answer: Answer) -> Verdict:
        """Any state that lasts, good or bad."""
        return waits.settled(answer)

    def is_too_early(self, error: ApiError) -> bool:
        """Whether a call may have been refused because of what is just being done."""
        return isinstance(error, BadRequestError | ConflictError) and self.there().get("status") not in AT_REST

    def at_rest(self) -> Answer:
        """How it is before a change, as soon as nothing is under way.

        Raises:
            InferenceError: it is being deleted.
        """
        detail = self.kept()
        if self.life.is_going(detail):
            raise InferenceError(f"{self.name} is being deleted", next_step="run `pulumi up --refresh` to make it anew")
        if self.settled(detail).kind is not Kind.DONE:
            detail = self.wait(self.settled, "come to rest")
        self.since = moment_of(detail, "update_at")
        return detail

    def remove(self) -> None:
        """Deletes it with all that belongs to it; a roll-out that is under way may have to be ended before."""
        try:
            self._delete()
        except BadRequestError as error:
            answer = self.look()
            if answer is None:
                raise NotFoundError.of(error) from None  # that may be told with 400
            if answer.get("status") in AT_REST:
                raise
            if answer.get("status") in (DEPLOYING, UPGRADING):
                self.halt()
            self.wait(self.settled, self.halted)
            self._delete()

    def _delete(self) -> None:
        self.life.drop(self.context, self.connection, self.thing)
        self.request_id = self.delete()
        self.wrote = True
