"""One create, update or delete of the schedule of one service: its calls, its wait, and what is said when they fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelarts.api.client import RETRY_SECONDS, ModelArtsClient
from pulumi_inference.modelarts.places import kept_detail
from pulumi_inference.modelarts.schedules.refusals import unfit
from pulumi_inference.modelarts.schedules.values import Detail, Items, items_of, words_of
from pulumi_inference.modelarts.services import waits
from pulumi_inference.modelarts.services.writer import ServiceWriter


def service_of(
    context: Context, client: ModelArtsClient, thing: str, *, retry_seconds: float = RETRY_SECONDS
) -> Detail | None:
    """The service's detail, through the cache that the service's own lifecycle uses; None when it is gone."""
    found = kept_detail(context, "service", client, thing, retry_seconds=retry_seconds)
    return None if found is None or found.get("status") == "deleting" else found


class ScheduleOperation(ServiceWriter):
    """One create, update or delete of the schedule of one service."""

    noun = "schedule"
    failures: ClassVar[Mapping[str, str]] = dict.fromkeys(("create", "update"), "was sent, but not seen")
    identity = "service_id"

    def __init__(self, context: Context, client: ModelArtsClient, state: State, verb: str) -> None:
        """As for every operation; a create begins before its call, since the service is there already."""
        super().__init__(context, client, state, verb)
        self.wrote = False

    @property
    def name(self) -> str:
        """Whose schedule it is."""
        return f"the schedule of {self.facts.get('service_name', self.thing)}"

    def service(self) -> Detail:
        """The service.

        Raises:
            InferenceError: it is gone, or can have no schedule.
        """
        detail = service_of(self.context, self.client, self.thing)
        reason = unfit(self.client, self.thing, detail)
        if detail is None or reason:
            raise InferenceError(reason or "")
        return detail

    def set(self, wanted: Items) -> Detail:
        """Sends the schedule and waits until the service shows it: that an empty one clears is not documented."""

        def judge(detail: Detail) -> Verdict:
            if items_of(detail) == wanted:
                return Verdict.done()
            return Verdict.settling(waits.UNMOVED_GRACE, f"the service still shows {words_of(items_of(detail))}")

        self.send(lambda: self.client.update_service(self.thing, {"schedule": wanted}))
        return self.wait(judge, f"show {words_of(wanted)}")

    def state(self) -> State:
        """The schedule as it was sent, which the service shows sooner or later."""
        return State(self.thing, dict(self.inputs), dict(self.facts))

    def headline(self, error: InferenceError, status: str) -> str:  # noqa: ARG002 - the service's status is not ours
        """What went wrong, whatever ended the wait."""
        return f"{self.name} {self.failures[self.verb]}: {error}"

    def what_next(self, error: InferenceError) -> str:  # noqa: ARG002 - it is the same for all of them
        """The next run sets what is not there."""
        return "run `pulumi up` again"
