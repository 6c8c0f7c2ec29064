"""One create, update or delete of one service: its calls, its waits, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import BadRequestError, CancelledError, InferenceError
from pulumi_inference.core.lifecycle import Inputs, State
from pulumi_inference.core.shape import observe
from pulumi_inference.core.waiting import format_duration
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.api.errors import STATE_FORBIDS_UPDATE
from pulumi_inference.modelarts.operation import PROBE_RETRY_SECONDS, Answer, Operation
from pulumi_inference.modelarts.places import cache_key, detail_of
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.smoke_record import SmokeRecord
from pulumi_inference.modelarts.services.values import Detail, live_of, secret_values
from pulumi_inference.modelarts.services.waits import Judge
from pulumi_inference.modelarts.specs import ServiceSpec

UNANSWERED = ("tags", "rerun_triggers")
"""Fields that say what to do and that the cloud never answers."""

EVENTS_QUOTED = 3
REFUSED_PAUSE = 2.0


class SmokeTestFailedError(InferenceError):
    """The service runs, and does not answer as it has to."""


class Run(Operation):
    """One create, update or delete of one service."""

    noun = "service"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}
    identity = "service_id"
    status = "status"

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

    def send(self, call: Callable[[], str | None], is_done: Callable[[Detail], bool] = lambda _detail: False) -> None:
        """Makes a write; one that the present state forbids is made again when the state has settled.

        The cloud refuses to do what is done already, as after an answer that was lost: `is_done` recognises that.
        """
        self.context.environment.cache.drop(cache_key(self.client, self.thing))
        while True:
            try:
                self.request_id = call()
            except BadRequestError as error:
                if is_done(self.there()):
                    self.wrote = True
                    return
                if error.code != STATE_FORBIDS_UPDATE or self.clock.monotonic() >= self.deadline:
                    raise
                if self.clock.wait(REFUSED_PAUSE, self.context.environment.cancelled):
                    raise CancelledError from None
                self.wait(waits.settled, "come to rest")
            else:
                self.wrote = True
                return

    def wait(self, judge: Judge, goal: str) -> Detail:
        """Polls the service until the judge is content; a warning tells of instances that stay unhealthy."""
        detail = super().wait(judge, goal)
        if detail.get("status") == "concerning":
            self.context.warn(f"{self.name} is concerning: some of its instances are not healthy")
        return detail

    def look(self) -> Detail | None:
        """The newest detail, kept for whoever reads next; None when the service is gone."""
        detail = detail_of(self.client, self.thing, retry_seconds=PROBE_RETRY_SECONDS)
        self.context.environment.cache.put(cache_key(self.client, self.thing), detail)
        return detail

    def state(self) -> State:
        """The state as the cloud answers it now."""
        cache = self.context.environment.cache
        detail = cache.get(cache_key(self.client, self.thing), lambda: detail_of(self.client, self.thing))
        if detail is None:
            raise self.gone()
        live = live_of(detail, self.inputs, self.recorded)
        hidden = {name: value for name, value in self.inputs.items() if name.startswith("__")}
        shown = observe(ServiceSpec, live.values, self.known())
        return State(self.thing, {**hidden, **shown}, {**live.facts, **self.smoke.facts})

    def known(self) -> dict[str, Any]:
        """The inputs that are in force as far as anybody knows."""
        done = {name: value for name, value in self.inputs.items() if name not in self.pending}
        return {**done, **{name: self.recorded[name] for name in self.pending if name in self.recorded}}

    def status_of(self, answer: Answer) -> str:
        """The service's status."""
        return str(answer.get("status"))

    def tell(self, answer: Answer) -> None:
        """Says how far a deployment is, and how many instances run."""
        status = self.status_of(answer)
        if status != "deploying":
            self.context.progress(status)
            return
        percent = f" {answer['progress']} %" if "progress" in answer else ""
        try:
            monitor = self.client.get_monitor(self.thing)
            running, wanted = monitor["service_running_instance_count"], monitor["service_instance_count"]
        except (InferenceError, KeyError):
            self.context.progress(f"deploying{percent}")
        else:
            self.context.progress(f"deploying{percent}, {running} of {wanted} instances")

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
