"""One create, update or delete of one service: its calls, its waits, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import Inputs, State, observed_state
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.waiting import format_duration
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.services.smoke_record import SmokeRecord
from pulumi_inference.modelarts.services.values import live_of, secret_values
from pulumi_inference.modelarts.services.writer import ServiceWriter
from pulumi_inference.modelarts.specs.service import ServiceSpec

UNANSWERED = ("tags", "rerun_triggers")
"""Fields that say what to do and that the cloud never answers."""

EVENTS_QUOTED = 3


class SmokeTestFailedError(InferenceError):
    """The service runs, and does not answer as it has to."""


class ServiceOperation(ServiceWriter):
    """One create, update or delete of one service."""

    noun = "service"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}
    identity = "service_id"

    def __init__(
        self,
        context: Context,
        client: ModelArtsClient,
        state: State,
        verb: str,
        *,
        recorded: Inputs | None = None,
        started: float | None = None,
        request_id: str | None = None,
    ) -> None:
        """`recorded` are the inputs before an update; `started` and `request_id` are as for every operation.

        `wanted` are the inputs with the live values of what the engine ignores. `pending` names the fields that the
        cloud does not answer and that have not been brought about yet: the state has the recorded values of those.
        """
        super().__init__(context, client, state, verb, started=started, request_id=request_id)
        self.recorded = recorded or {}
        self.since: int | None = None
        self.wanted: Inputs = self.inputs
        self.pending = {name for name in UNANSWERED if self.inputs.get(name) != self.recorded.get(name)}
        self.smoke = SmokeRecord.of(self.inputs, self.facts)
        context.environment.redactor.add(*secret_values(self.inputs))

    def state(self) -> State:
        """The state as the cloud answers it now."""
        live = live_of(self.kept(), self.inputs, self.recorded)
        seen = observed_state(ServiceSpec, self.thing, self.known(), live)
        return replace(seen, facts={**seen.facts, **self.smoke.facts})

    def known(self) -> dict[str, Any]:
        """The inputs that are in force as far as anybody knows."""
        done = {name: value for name, value in self.inputs.items() if name not in self.pending}
        return {**done, **{name: self.recorded[name] for name in self.pending if name in self.recorded}}

    def headline(self, error: InferenceError, status: str) -> str:
        """What went wrong; the model's answer to a smoke test follows it."""
        if not isinstance(error, SmokeTestFailedError):
            return super().headline(error, status)
        reason, *answer = str(error).split("\n")
        elapsed = format_duration(self.clock.monotonic() - self.started)
        return "\n".join([f"{self.name} was deployed, but {reason} (after {elapsed})", *answer])

    def is_of_the_cloud(self, error: InferenceError) -> bool:
        """The answer to a smoke test is the model's."""
        return super().is_of_the_cloud(error) and not isinstance(error, SmokeTestFailedError)

    def last_words(self) -> list[str]:
        """The cloud's own last words since we began, the bad ones before the others."""
        try:
            events = self.client.list_events(self.thing, since=self.since)
        except InferenceError:
            return []
        bad = [one for one in events if one.get("event_type") == "abnormal"]
        return [str(one.get("event_info")) for one in (bad or events)[-EVENTS_QUOTED:]]
