"""What happens to one model after a call: waits, the state that is kept, and what is said when it fails."""

from __future__ import annotations

from collections.abc import Callable

from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import (
    CancelledError,
    FailedStateError,
    InferenceError,
    NotFoundError,
    WaitTimeoutError,
)
from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.core.shape import observe
from pulumi_inference.core.waiting import Verdict, format_duration, wait_for
from pulumi_inference.modelarts.api.client import RETRY_SECONDS, ModelArtsClient
from pulumi_inference.modelarts.models.values import ON_THE_WAY, PUBLISHED, Detail, live_of, reason_of
from pulumi_inference.modelarts.services.run import PROBE_RETRY_SECONDS, timeout_of
from pulumi_inference.modelarts.specs.model import ModelSpec


def model_detail_of(client: ModelArtsClient, thing: str, *, retry_seconds: float = RETRY_SECONDS) -> Detail | None:
    """The detail answer; None when the model is gone."""
    try:
        return client.get_model(thing, retry_seconds=retry_seconds)
    except NotFoundError as error:
        if error.is_gone:
            return None
        raise


def model_key(client: ModelArtsClient, thing: str) -> tuple[str, str, str]:
    """Where the newest detail answer of a model is kept."""
    return ("modelarts.model", client.project_id, thing)


def published(detail: Detail | None) -> Verdict:
    """After create: published."""
    if detail is None:
        return Verdict.failed("it is gone from the cloud")
    status = detail.get("model_status")
    if status in ON_THE_WAY:
        return Verdict.pending()
    return Verdict.done() if status == PUBLISHED else Verdict.failed(reason_of(detail))


def gone(detail: Detail | None) -> Verdict:
    """After delete: not there any more."""
    return Verdict.done() if detail is None else Verdict.pending()


class ModelRun:
    """One create or delete of one model that the cloud has accepted."""

    def __init__(
        self,
        context: Context,
        client: ModelArtsClient,
        state: State,
        verb: str,
        *,
        started: float | None = None,
        request_id: str | None = None,
    ) -> None:
        """`started` is the moment (`clock.monotonic()`) from which the deadline counts: now, when left out."""
        self.context, self.client, self.thing, self.inputs = context, client, state.id, state.inputs
        self.name = f"{self.inputs.get('name', self.thing)} {self.inputs.get('version', '')}".rstrip()
        self.clock = context.environment.clock
        self.started = self.clock.monotonic() if started is None else started
        self.deadline = self.started + timeout_of(context, self.inputs, verb)
        self.request_id = request_id

    def until_published(self) -> State:
        """Waits for a new model if the program wants that, and answers its state.

        Raises:
            UnhealthyError: it exists but is not published.
        """
        try:
            if self.inputs.get("wait", True):
                self._wait(published, "be published")
            return self.state()
        except InferenceError as error:
            raise self._unhealthy(error) from error
        except Exception as error:  # an answer that nobody foresaw must not lose the id of what was made
            text = f"an unexpected error, please report it: {type(error).__name__}: {error}"
            raise self._unhealthy(InferenceError(text)) from error

    def until_gone(self) -> None:
        """Polls until the model answers 404."""
        self._wait(gone, "be gone")

    def state(self) -> State:
        """The state as the cloud answers it now."""
        cache, key = self.context.environment.cache, model_key(self.client, self.thing)
        detail = cache.get(key, lambda: model_detail_of(self.client, self.thing))
        if detail is None:
            raise InferenceError(f"{self.name} ({self.thing}) is gone from the cloud")
        live = live_of(detail)
        hidden = {name: value for name, value in self.inputs.items() if name.startswith("__")}
        return State(self.thing, {**hidden, **observe(ModelSpec, live.values, self.inputs)}, live.facts)

    def _wait(self, judge: Callable[[Detail | None], Verdict], goal: str) -> None:
        wait_for(
            self._probe,
            judge=judge,
            clock=self.clock,
            cancelled=self.context.environment.cancelled,
            deadline=self.deadline,
            goal=f"{self.name} to {goal}",
            describe=_status_of,
            progress=lambda detail, _elapsed: self.context.progress(_status_of(detail)),
            on_trouble=lambda error, _elapsed: self.context.progress(
                f"still waiting, though the last look failed: {error.headline()}"
            ),
        )

    def _probe(self) -> Detail | None:
        detail = model_detail_of(self.client, self.thing, retry_seconds=PROBE_RETRY_SECONDS)
        self.context.environment.cache.put(model_key(self.client, self.thing), detail)
        return detail

    def _unhealthy(self, error: InferenceError) -> UnhealthyError:
        try:
            state = self.state()
        except Exception:  # what was understood before is kept
            state = State(self.thing, dict(self.inputs), {"model_id": self.thing, "model_status": "unknown"})
        lines = [self._headline(error, str(state.facts.get("model_status")))]
        lines += [f"  request id {self.request_id}"] if self.request_id else []
        lines.append(f"  the model is kept in the state; {_next_step(error)}")
        return UnhealthyError("\n".join(lines), state)

    def _headline(self, error: InferenceError, status: str) -> str:
        elapsed = format_duration(self.clock.monotonic() - self.started)
        if isinstance(error, CancelledError):
            return f"{self.name}: no longer waited for, as asked; it is {status}"
        if isinstance(error, WaitTimeoutError):
            return f"{self.name} was not published within {elapsed}; it is {status}"
        if isinstance(error, FailedStateError):
            reason = error.reason or f"it is {status}, the cloud gives no reason; the console has the model's events"
            return f"{self.name} was not published: {reason} (after {elapsed})"
        return f"{self.name} was not published: {error}"


def _status_of(detail: Detail | None) -> str:
    return str(detail.get("model_status")) if detail else "gone"


def _next_step(error: InferenceError) -> str:
    if isinstance(error, CancelledError):
        return "run `pulumi up` again to wait for it"
    if isinstance(error, WaitTimeoutError):
        return 'run `pulumi up` again to go on waiting, with more time by timeouts={"create": "1h"}'
    return "correct the program and run `pulumi up` again: it is then made anew"
