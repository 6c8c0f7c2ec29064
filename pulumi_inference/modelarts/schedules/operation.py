"""One create, update or delete of the schedule of one service: its calls, its wait, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pulumi_inference.core.errors import InferenceError, unless_gone
from pulumi_inference.core.fields.compare import keep_ignored
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.connections import PATIENCE
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.schedules.refusals import taken, unfit
from pulumi_inference.modelarts.schedules.values import Items, item_of, items_of, live_of, name_of, there, words_of
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.operation import ServiceWatch


class ScheduleOperation(ServiceWatch):
    """One create, update or delete of the schedule of one service."""

    noun = "schedule"
    failures: ClassVar[Mapping[str, str]] = dict.fromkeys(("create", "update"), "was sent, but not seen")

    @property
    def name(self) -> str:
        """Whose schedule it is."""
        return f"the schedule of {self.facts.get('service_name', self.thing)}"

    def service(self) -> Answer:
        """The service.

        Raises:
            InferenceError: it is gone, or can have no schedule.
        """
        detail = self._service_or_none()
        reason = unfit(self.client, self.thing, detail)
        if detail is None or reason:
            raise InferenceError(reason or "")
        return detail

    def first(self) -> State:
        """Sets the schedule; an equal one is taken over, because a run that crashed may have set it."""
        detail = self.service()
        reason = taken(detail, self.inputs)
        if reason:
            raise InferenceError(reason)
        found, memory = items_of(detail), self.context.environment.memory
        own = self.life.thing(self.connection, self.thing)
        if not found:
            detail = self._set([item_of(self.inputs)])
        elif not memory.has_seen(own):
            self.context.note(
                f"keeps the schedule that {name_of(detail)} ({self.thing}) has already, {words_of(found)}; "
                "if it was set elsewhere, it must not be managed there too"
            )
        memory.took(own)
        return self._state(detail)

    def converge(self) -> State:
        """Sets the schedule unless the live one is as wanted already."""
        detail = self.service()
        found = items_of(detail)
        seen = live_of(detail).values if found else self.inputs
        wanted = [item_of(keep_ignored(self.life.spec, self.inputs, seen, self.context.ignore_changes))]
        if found != wanted:
            detail = self._set(wanted)
        return self._state(detail)

    def remove(self) -> None:
        """Clears the schedule; one that is gone already, with or without its service, is a success."""
        detail = self._service_or_none()
        if detail is None or not items_of(detail):
            return
        try:
            self._set([])
        except InferenceError:
            if unless_gone(self.life.ask, self.client, self.thing, PATIENCE) is not None:
                raise

    def state(self) -> State:
        """The schedule as it was sent, which the service shows sooner or later."""
        return State(self.thing, dict(self.inputs), dict(self.facts))

    def headline(self, error: InferenceError, status: str) -> str:  # noqa: ARG002 - the service's status is not ours
        """What went wrong, whatever ended the wait."""
        return f"{self.name} {self.failures[self.verb]}: {error}"

    def what_next(self, error: InferenceError) -> str:  # noqa: ARG002 - it is the same for all of them
        """The next run sets what is not there."""
        return "run `pulumi up` again"

    def _service_or_none(self) -> Answer | None:
        return there(self.life.kept(self.context, self.connection, self.thing))

    def _set(self, wanted: Items) -> Answer:
        """Sends the schedule and waits until the service shows it: that an empty one clears is not documented."""

        def judge(detail: Answer) -> Verdict:
            if items_of(detail) == wanted:
                return Verdict.done()
            return Verdict.settling(waits.UNMOVED_GRACE, f"the service still shows {words_of(items_of(detail))}")

        self.send(lambda: self.client.update_service(self.thing, {"schedule": wanted}))
        return self.wait(judge, f"show {words_of(wanted)}")

    def _state(self, detail: Answer) -> State:
        return self.life.state_of(self.context, self.thing, self.inputs, live_of(detail))
