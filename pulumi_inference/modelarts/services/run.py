"""One create, update or delete of one service: its calls, its waits, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import (
    BadRequestError,
    CancelledError,
    FailedStateError,
    InferenceError,
    WaitTimeoutError,
)
from pulumi_inference.core.lifecycle import Inputs, State, UnhealthyError
from pulumi_inference.core.shape import observe
from pulumi_inference.core.waiting import Verdict, format_duration, parse_duration, wait_for
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.api.errors import STATE_FORBIDS_UPDATE
from pulumi_inference.modelarts.places import cache_key, detail_of
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.values import Detail, live_of, secret_values
from pulumi_inference.modelarts.services.waits import Judge
from pulumi_inference.modelarts.specs import ServiceSpec

DEFAULT_TIMEOUTS = {"create": "30m", "update": "30m", "delete": "20m"}
EVENTS_QUOTED = 3
REFUSED_PAUSE = 2.0
PROBE_RETRY_SECONDS = 5.0
"""Seconds that one look may be tried again: the wait itself outlives errors, tells them, and keeps the deadline."""


def timeout_of(context: Context, inputs: Inputs, verb: str) -> float:
    """Seconds that a verb may take: Pulumi's `custom_timeouts`, else the resource's `timeouts`, else ours."""
    given = (inputs.get("timeouts") or {}).get(verb)
    return context.timeout or parse_duration(given or DEFAULT_TIMEOUTS[verb])


class SmokeTestFailedError(InferenceError):
    """The service runs, and does not answer as it has to."""


class Run:
    """One create, update or delete on one service: calls, waits, and what is said when they fail."""

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
        """`started` is the moment (`clock.monotonic()`) from which the deadline counts: now, when left out.

        `request_id` is that of the write that has been made already. `pending` names the fields that the cloud does
        not answer and that have not been brought about yet: the state has the recorded values of those.
        """
        self.context, self.client, self.verb, self.recorded = context, client, verb, recorded or {}
        self.thing, self.inputs, self.facts = state.id, state.inputs, state.facts
        self.name = str(self.inputs.get("name", self.thing))
        self.clock = context.environment.clock
        self.since: int | None = None
        self.started = self.clock.monotonic() if started is None else started
        self.deadline = self.started + timeout_of(context, self.inputs, verb)
        self.wrote = verb == "create"
        self.request_id = request_id
        self.pending: set[str] = set()
        self.smoke_test_error: str | None = None
        context.environment.redactor.add(*secret_values(self.inputs))

    @property
    def waits(self) -> bool:
        """Whether the program wants us to wait."""
        return bool(self.inputs.get("wait", True))

    def keeping(self, action: Callable[[], State]) -> State:
        """Runs the action; when it fails after something was written, the state keeps what is there.

        Raises:
            UnhealthyError: the service exists but is not what was asked for.
        """
        try:
            return action()
        except InferenceError as error:
            if not self.wrote:
                raise error.add_context(f"{self.name} was not changed") from None
            raise self._unhealthy(error) from error
        except Exception as error:  # an answer that nobody foresaw must not lose the id of what was made
            if not self.wrote:
                raise
            text = f"an unexpected error, please report it: {type(error).__name__}: {error}"
            raise self._unhealthy(InferenceError(text)) from error

    def send(self, call: Callable[[], str | None]) -> None:
        """Makes a write; one that the present state forbids is made again when the state has settled."""
        self.context.environment.cache.drop(cache_key(self.client, self.thing))
        while True:
            try:
                self.request_id = call()
            except BadRequestError as error:
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
        detail: Detail = wait_for(
            self.probe,
            judge=judge,
            clock=self.clock,
            cancelled=self.context.environment.cancelled,
            deadline=self.deadline,
            goal=f"{self.name} to {goal}",
            describe=lambda one: str(one.get("status")),
            progress=self._progress,
            on_trouble=self._trouble,
        )
        if detail.get("status") == "concerning":
            self.context.warn(f"{self.name} is concerning: some of its instances are not healthy")
        return detail

    def wait_until_gone(self) -> None:
        """Polls until the service answers 404."""

        def judge(detail: Detail | None) -> Verdict:
            return Verdict.done() if detail is None else Verdict.pending()

        wait_for(
            lambda: detail_of(self.client, self.thing, retry_seconds=PROBE_RETRY_SECONDS),
            judge=judge,
            clock=self.clock,
            cancelled=self.context.environment.cancelled,
            deadline=self.deadline,
            goal=f"{self.name} to be gone",
            describe=lambda one: str(one.get("status")) if one else "gone",
            progress=lambda one, elapsed: self._progress(one, elapsed) if one else None,
            on_trouble=self._trouble,
        )

    def state(self) -> State:
        """The state as the cloud answers it now."""
        cache = self.context.environment.cache
        detail = cache.get(cache_key(self.client, self.thing), lambda: detail_of(self.client, self.thing))
        if detail is None:
            raise self._gone()
        live = live_of(detail, self.inputs, self.recorded)
        hidden = {name: value for name, value in self.inputs.items() if name.startswith("__")}
        shown = observe(ServiceSpec, live.values, self.inputs)
        for name in self.pending:
            shown.pop(name, None)
            shown.update({name: self.recorded[name]} if name in self.recorded else {})
        error = {"smoke_test_error": self.smoke_test_error} if self.smoke_test_error else {}
        return State(self.thing, {**hidden, **shown}, {**live.facts, **error})

    def probe(self) -> Detail:
        """The newest answer about the service, also for whoever reads it next."""
        detail = detail_of(self.client, self.thing, retry_seconds=PROBE_RETRY_SECONDS)
        if detail is None:
            raise self._gone()
        self.context.environment.cache.put(cache_key(self.client, self.thing), detail)
        return detail

    def _progress(self, detail: Detail, _elapsed: float) -> None:
        status = str(detail.get("status"))
        if status != "deploying":
            self.context.progress(status)
            return
        percent = f" {detail['progress']} %" if "progress" in detail else ""
        try:
            monitor = self.client.get_monitor(self.thing)
            running, wanted = monitor["service_running_instance_count"], monitor["service_instance_count"]
        except (InferenceError, KeyError):
            self.context.progress(f"deploying{percent}")
        else:
            self.context.progress(f"deploying{percent}, {running} of {wanted} instances")

    def _gone(self) -> InferenceError:
        return InferenceError(f"{self.name} ({self.thing}) is gone from the cloud")

    def _trouble(self, error: InferenceError, _elapsed: float) -> None:
        self.context.progress(f"still waiting, though the last look failed: {error.headline()}")

    def _unhealthy(self, error: InferenceError) -> UnhealthyError:
        try:
            state = self.state()
        except Exception:  # what was understood before is kept
            state = State(self.thing, self.inputs, {**self.facts, "service_id": self.thing, "status": "unknown"})
        lines = [self._headline(error, str(state.facts.get("status")))]
        if not isinstance(error, CancelledError | SmokeTestFailedError):
            lines += [f"  last event: {text}" for text in self._events()]
            lines += [f"  request id {self.request_id}"] if self.request_id else []
        lines.append(f"  the service is kept in the state; {self._next_step(error)}")
        return UnhealthyError("\n".join(lines), state)

    def _headline(self, error: InferenceError, status: str) -> str:
        elapsed = format_duration(self.clock.monotonic() - self.started)
        failed = f"{self.name} did not {'deploy' if self.verb == 'create' else 'update'}"
        if isinstance(error, CancelledError):
            return f"{self.name}: no longer waited for, as asked; it is {status}"
        if isinstance(error, WaitTimeoutError):
            return f"{failed} within {elapsed}; it is {status}"
        if isinstance(error, SmokeTestFailedError):
            reason, *answer = str(error).split("\n")
            return "\n".join([f"{self.name} was deployed, but {reason} (after {elapsed})", *answer])
        if isinstance(error, FailedStateError) and error.reason:
            return f"{failed}: {error.reason} (after {elapsed})"
        return f"{failed}: {error}"

    def _next_step(self, error: InferenceError) -> str:
        if isinstance(error, CancelledError):
            return "run `pulumi up` again to wait for it"
        if isinstance(error, WaitTimeoutError):
            return f'run `pulumi up` again to go on waiting, with more time by timeouts={{"{self.verb}": "1h"}}'
        return "correct the program or run `pulumi up` again"

    def _events(self) -> list[str]:
        """The cloud's own last words since we began, the bad ones before the others."""
        try:
            events = self.client.list_events(self.thing, since=self.since)
        except InferenceError:
            return []
        bad = [one for one in events if one.get("event_type") == "abnormal"]
        return [str(one.get("event_info")) for one in (bad or events)[-EVENTS_QUOTED:]]
