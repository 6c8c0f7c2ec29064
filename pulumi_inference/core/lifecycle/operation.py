"""One create, update or delete of one thing: its deadline, its writes and waits, and what is said when they fail."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pulumi_inference.core.errors import (
    ApiError,
    BadRequestError,
    CancelledError,
    FailedStateError,
    InferenceError,
    ResponseError,
    WaitTimeoutError,
)
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.lifecycle.connections import PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.state import Inputs, State, UnhealthyError, facts_beside, observed_state
from pulumi_inference.core.lifecycle.waiting import (
    Kind,
    PollSchedule,
    Verdict,
    format_duration,
    parse_duration,
    wait_for,
)

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.managed import Managed

C = TypeVar("C")

PROBE_PATIENCE = 5.0
"""Seconds that one look may be tried again: the wait itself outlives errors, tells them, and keeps the deadline."""

REFUSED_PAUSE = 2.0

MISSING_GRACE = 30.0
"""Seconds after a write of ours in which a cloud may still say that it does not have the thing."""

UNCERTAIN_PAUSES = (1.0, 2.0)
"""Seconds before a write is made again whose answer was not understood."""

_NOT_DONE = {"create": "was not created", "update": "was not changed", "delete": "was not deleted"}


class Operation(ABC, Generic[C]):
    """Base of what happens to one thing: it keeps the deadline, and what exists when something fails."""

    noun: ClassVar[str]
    """What the thing is called in messages."""
    failures: ClassVar[Mapping[str, str]]
    """What is said of the thing when a verb did not come to its end."""
    status: ClassVar[str] = "status"
    """The output that holds the thing's state; the cloud's answers call it so too."""
    schedule: ClassVar[PollSchedule] = PollSchedule()
    """How often the thing is looked at while it is waited for."""
    default_timeouts: ClassVar[Mapping[str, str]] = {"create": "30m", "update": "30m", "delete": "20m"}

    def __init__(
        self, life: Managed[C], context: Context, state: State, verb: str, *, recorded: Inputs | None = None
    ) -> None:
        """`state` has the inputs that are to be in force, `recorded` those of before; the deadline counts from now."""
        self.life, self.context, self.verb = life, context, verb
        self.thing, self.inputs, self.facts = state.id, state.inputs, state.facts
        self.recorded: Inputs = recorded or {}
        self.connection = life.connect(context, recorded or state.inputs)
        life.learn_secrets(context, state.inputs)
        self.clock = context.environment.clock
        self.started = self.clock.monotonic()
        self.deadline = self.started + self._timeout()
        self.wrote = False
        self.patience = PATIENCE
        self.request_id: str | None = None

    @property
    def client(self) -> C:
        """The client for where the thing is."""
        return self.connection.client(self.patience)

    @property
    def name(self) -> str:
        """What the thing is called in the cloud."""
        return self.life.name_of(self.inputs, self.thing)

    @property
    def waits(self) -> bool:
        """Whether the program wants us to wait."""
        return bool(self.inputs.get("wait", True))

    @abstractmethod
    def first(self) -> State:
        """What follows a create call: the wait, and whatever the call could not say."""

    @abstractmethod
    def converge(self) -> State:
        """Makes the live thing what the inputs say, by the smallest calls, and waits."""

    @abstractmethod
    def remove(self) -> None:
        """All calls of a delete but the last wait."""

    @abstractmethod
    def settled(self, answer: Answer) -> Verdict:
        """Done in any state that lasts, good or bad."""

    def is_too_early(self, error: ApiError) -> bool:  # noqa: ARG002 - for clouds that say so
        """Whether a write was refused only because of the present state: it is made again when that has settled."""
        return False

    def is_refused(self, error: ApiError) -> bool:
        """Whether the cloud has understood a write and says no: it may have been done already."""
        return isinstance(error, BadRequestError)

    def state(self) -> State:
        """The state as the cloud answers it now."""
        live = self.life.live_of(self.kept(), self.inputs, self.recorded)
        return observed_state(self.life.spec, self.life.outputs, self.thing, self.known(), live)

    def look(self) -> Answer | None:
        """The newest answer, kept for whoever reads next; None when the thing is gone."""
        return self.life.look(self.context, self.connection, self.thing, PROBE_PATIENCE)

    def kept(self) -> Answer:
        """The answer that was kept last, about a thing that has to be there."""
        answer = self.life.kept(self.context, self.connection, self.thing, self.recorded or self.inputs)
        return self.there() if answer is None else answer

    def send(
        self,
        call: Callable[[], str | None],
        is_done: Callable[[Answer], bool] | None = None,
        *,
        is_waited_for: bool = False,
    ) -> None:
        """Makes a write; one that the present state forbids is made again when the state has settled.

        A cloud may refuse to do what is done already, as after an answer that was lost: `is_done` recognises that.
        One whose answer cannot be understood is made again, unless it `is_waited_for`: then the wait says whether it
        was carried out.
        """
        self.life.drop(self.context, self.connection, self.thing)
        pauses = iter(UNCERTAIN_PAUSES)
        while True:
            try:
                self.request_id = call()
            except ResponseError as error:
                self.wrote = True
                self.context.progress(f"the answer to a write cannot be understood: {error.headline()}")
                pause = next(pauses, None)
                if is_waited_for:
                    break
                if pause is None:
                    raise
                self.context.pause(pause)
            except ApiError as error:
                if is_done is not None and self.is_refused(error) and is_done(self.there()):
                    break
                if not self.is_too_early(error) or self.clock.monotonic() >= self.deadline:
                    raise
                self.context.pause(REFUSED_PAUSE)
                self.wait(self.settled, "come to rest")
            else:
                break
        self.wrote = True

    def status_of(self, answer: Answer) -> str:
        """The state that an answer tells."""
        return str(answer.get(self.status))

    def tell(self, answer: Answer) -> None:
        """Says on the resource's row how far it is."""
        self.context.progress(self.status_of(answer))

    def is_of_the_cloud(self, error: InferenceError) -> bool:
        """Whether the cloud itself may have something to say about an error."""
        return not isinstance(error, CancelledError)

    def last_words(self) -> list[str]:
        """The cloud's own last words about the thing."""
        return []

    def undone(self, error: InferenceError) -> str:  # noqa: ARG002 - for things that become what they are by themselves
        """What is said of the thing when a verb has failed before anything was written."""
        return _NOT_DONE[self.verb]

    def next_step(self) -> str:
        """What to do when it has failed."""
        return "correct the program or run `pulumi up` again"

    def keeping(self, action: Callable[[], State]) -> State:
        """Runs the action; when it fails after something was written, the state keeps what is there.

        Raises:
            UnhealthyError: the thing exists but is not what was asked for.
        """
        try:
            return action()
        except InferenceError as error:
            if not self.wrote:
                if isinstance(error, WaitTimeoutError) and error.next_step is None:
                    step = self.what_next(error)
                    error.next_step = f"{step[:1].upper()}{step[1:]}"
                raise error.add_context(f"{self.name} {self.undone(error)}") from None
            raise self._unhealthy(error) from error
        except Exception as error:  # an answer that nobody foresaw must not lose the id of what was made
            if not self.wrote:
                raise
            text = f"an unexpected error, please report it: {type(error).__name__}: {error}"
            raise self._unhealthy(InferenceError(text)) from error

    def wait(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer:
        """Polls the thing until the judge is content. After a write of ours it may be missing for a while."""
        answer = self._poll_while_missing(judge, goal)
        if answer is None:
            raise self.gone()
        return answer

    def seen(self) -> Answer | None:
        """The newest answer; None when the thing is missing, after a write of ours for longer than is usual."""
        return self._poll_while_missing(lambda _answer: Verdict.done(), "be seen")

    def there(self) -> Answer:
        """The newest answer about a thing that has to be there."""
        return self.wait(lambda _answer: Verdict.done(), "be seen")

    def is_gone_within(self, grace: float) -> bool:
        """Polls until the thing is gone; false when so many seconds later it is as if nobody had deleted it."""

        def judge(answer: Answer | None) -> Verdict:
            if answer is None:
                return Verdict.done()
            is_at_rest = not self.life.is_going(answer) and self.settled(answer).kind is Kind.DONE
            return Verdict.settling(grace, "it was not deleted") if is_at_rest else Verdict.pending()

        try:
            self._poll(judge, "be gone")
        except FailedStateError:
            return False
        return True

    def gone(self) -> InferenceError:
        """The error for a thing that should be there."""
        return InferenceError(f"{self.name} ({self.thing}) is gone from the cloud")

    def _timeout(self) -> float:
        """Seconds that the verb may take: Pulumi's `custom_timeouts`, else the resource's `timeouts`, else ours."""
        given = (self.inputs.get("timeouts") or {}).get(self.verb)
        return self.context.timeout or parse_duration(given or self.default_timeouts[self.verb])

    def _poll_while_missing(self, judge: Callable[[Answer], Verdict], goal: str) -> Answer | None:
        missing = Verdict.settling(MISSING_GRACE) if self.wrote else Verdict.done()
        return self._poll(lambda answer: missing if answer is None else judge(answer), goal)

    def _poll(self, judge: Callable[[Answer | None], Verdict], goal: str) -> Answer | None:
        return wait_for(
            self.look,
            judge=judge,
            clock=self.clock,
            cancelled=self.context.environment.cancelled,
            deadline=self.deadline,
            schedule=self.schedule,
            goal=f"{self.name} to {goal}",
            describe=lambda answer: self.status_of(answer) if answer else "gone",
            progress=lambda answer, _elapsed: self.tell(answer) if answer else None,
            on_trouble=lambda error, _elapsed: self.context.progress(
                f"still waiting, though the last look failed: {error.headline()}"
            ),
        )

    def _unhealthy(self, error: InferenceError) -> UnhealthyError:
        try:
            state = self.state()
        except Exception:  # what was understood before is kept
            facts = {**self.facts, **self.life.identify(self.thing), self.status: "unknown"}
            state = State(self.thing, self.known(), facts_beside(self.life.spec, self.life.outputs, self.inputs, facts))
        lines = [self.headline(error, str(state.facts.get(self.status)))]
        if isinstance(error, WaitTimeoutError):
            lines += [f"  {line}" for detail in error.details for line in detail.splitlines()]
        if self.is_of_the_cloud(error):
            lines += [f"  last event: {text}" for text in self.last_words()]
            lines += [f"  request id {self.request_id}"] if self.request_id else []
        lines.append(f"  the {self.noun} is kept in the state; {self.what_next(error)}")
        return UnhealthyError("\n".join(lines), state)

    def known(self) -> dict[str, Any]:
        """The inputs that are in force as far as anybody knows."""
        return dict(self.inputs)

    def headline(self, error: InferenceError, status: str) -> str:
        """What went wrong, in the first line."""
        elapsed = format_duration(self.clock.monotonic() - self.started)
        failed = f"{self.name} {self.failures[self.verb]}"
        if isinstance(error, CancelledError):
            return f"{self.name}: no longer waited for, as asked; it is {status}"
        if isinstance(error, WaitTimeoutError):
            return f"{failed} within {elapsed}; it is {status}"
        if isinstance(error, FailedStateError) and error.reason:
            return f"{failed}: {error.reason} (after {elapsed})"
        return f"{failed}: {error}"

    def what_next(self, error: InferenceError) -> str:
        """What to do about an error, behind what has become of the thing."""
        if isinstance(error, CancelledError):
            return "run `pulumi up` again to wait for it"
        if isinstance(error, WaitTimeoutError):
            has_own = "timeouts" in facts_of(self.life.spec)
            hours = max(1, math.ceil(2 * self._timeout() / 3600))
            more = f'timeouts={{"{self.verb}": "{hours}h"}}' if has_own else "custom_timeouts in the resource's options"
            return f"run `pulumi up` again to go on waiting, with more time by {more}"
        return self.next_step()
