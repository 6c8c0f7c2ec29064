"""One create, update or delete of a replica schedule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from pulumi_inference.core.errors import (
    ApiError,
    BadRequestError,
    FailedStateError,
    InferenceError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.operation import MISSING_GRACE
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.schedules import rules
from pulumi_inference.modelartsv2.schedules.values import (
    CRON,
    DELETED,
    cron_rules,
    failed_rules,
    id_of,
    is_as,
    live_of,
    orders,
    other_rules,
    parts_of,
    problem_of,
    rules_of,
    wanted_rules,
    words_of,
)

if TYPE_CHECKING:
    pass

ROUNDS = 3
"""How often a change is sent at most whose answer was lost, or that ModelArts accepts and does not show."""

UNMOVED_GRACE = 10.0
"""Seconds in which the rules from before a change are nothing unusual."""

NO_DELETE = (403, 404, 405)
"""What the call that removes a policy without rules may answer: it is not open to everybody."""

EVENTS_QUOTED = 3


class ReplicaScheduleOperation(Creating[ModelArtsV2Client]):
    """One create, update or delete of the replica schedule of one deployment."""

    noun = "replica schedule"
    unique = "deployment"
    unmade = "was not set"
    lists_details = True
    failures: ClassVar[Mapping[str, str]] = dict.fromkeys(("create", "update"), "was not set as asked")

    def make(self, older: Answer | None) -> Created:  # noqa: ARG002 - a deployment has one
        """Makes the policy, or gives one without rules its rules; one that is just as wanted is taken over."""
        thing = id_of(self.inputs)
        found, wanted = self._policy(thing), wanted_rules(self.inputs)
        refuse_metrics(found)
        if found is None or found["status"] == DELETED:
            body = {
                "type": CRON,
                "target_resource_id": self.inputs["deployment_id"],
                "target_resource_type": "GROUP",
                "hpa_rules": wanted,
            }
            service_id, deployment_id = parts_of(thing)
            made = self.client.create_hpa(service_id, deployment_id, body)
            return Created(thing, made.request_id)
        if rules_of(found):
            self._take(thing, found)
        return Created(thing, None)  # what is missing is sent next

    def find(self) -> Sequence[Answer]:
        """The policy of the deployment, if it has rules."""
        found = self._policy(id_of(self.inputs))
        return [found] if found is not None and rules_of(found) else []

    def id_of(self, answer: Answer) -> str:
        """The ids of service and deployment."""
        return f"{answer['service_id']},{answer['target_resource_id']}"

    def mark_of(self, answer: Answer) -> str:  # noqa: ARG002 - a policy has room for none
        """None."""
        return ""

    def first(self) -> State:
        """Waits until the rules are there, and sends those that are missing."""
        return self._state(wanted_rules(self.inputs))

    def converge(self) -> State:
        """Adds, changes and removes the rules that differ, in one call, and waits."""
        detail = self.kept()
        refuse_metrics(detail)
        wanted = keep_ignored(self.life.spec, self.inputs, live_of(detail).values, self.context.ignore_changes)
        return self._state(wanted_rules(wanted), again=failed_rules(detail))

    def remove(self) -> None:
        """Removes all rules, and then the policy if the account may; one that is gone already is a success."""
        detail = self.life.sure(self.context, self.connection, self.thing, self.inputs)
        if detail is None or not cron_rules(detail):
            self.context.warn(f"{self.name} was gone already; nothing was deleted")
            return
        try:
            detail = self._bring_about([])
            if detail is not None and not other_rules(detail):
                self._delete_policy()
        except InferenceError:
            if self.life.sure(self.context, self.connection, self.thing, self.inputs) is not None:
                raise

    def settled(self, answer: Answer) -> Verdict:  # noqa: ARG002 - rules are there or not
        """Always."""
        return Verdict.done()

    def what_next(self, error: InferenceError) -> str:  # noqa: ARG002 - it is the same for all of them
        """The next run sends what is missing."""
        return "run `pulumi up` again"

    def last_words(self) -> list[str]:
        """What ModelArts says of runs that have failed."""
        try:
            events = self.client.list_hpa_events(*parts_of(self.thing))
        except InferenceError:
            return []
        failed = [one for one in events if one.get("status") == "FAILED" and one.get("message")]
        return [f"{one.get('record_time')} {one['message']}" for one in failed[:EVENTS_QUOTED]]

    def _policy(self, thing: str) -> Answer | None:
        return self.context.insist(lambda: self.life.look(self.context, self.connection, thing, self.patience))

    def _take(self, thing: str, found: Answer) -> None:
        """Takes over what the deployment has already, if it is just what is wanted, or this resource's own."""
        memory, words = self.context.environment.memory, words_of(cron_rules(found))
        is_own = memory.has_seen(self.life.kind, thing)
        if not is_own and not is_as(found, wanted_rules(self.inputs)):
            raise InferenceError(rules.taken(words))
        if not is_own:
            self.context.note(
                f"keeps the replica schedule that the deployment {parts_of(thing)[1]} has already, {words}; if it was "
                "set elsewhere, it must not be managed there too"
            )

    def _bring_about(self, wanted: Sequence[Json], again: Collection[str] = ()) -> Answer | None:
        """Sends what differs until ModelArts shows just these rules; None when the policy is gone, and shall have none.

        A change is never repeated blindly: a rule that was added twice would be there twice.
        """
        for left in reversed(range(ROUNDS)):
            detail = self.kept() if wanted else self._policy(self.thing)
            changes = list(orders(detail, wanted, again)) if detail is not None else []
            try:
                if detail is not None and changes:
                    self._send(str(detail["id"]), changes)
                return self._poll(lambda answer: _judge(answer, wanted), f"show {words_of(wanted)}")
            except (TransportError, ServerError, FailedStateError) as error:
                is_unsent = isinstance(error, TransportError) and not error.sent
                if not left or is_unsent or self.clock.monotonic() >= self.deadline:
                    raise
                self.wrote = True
                self.context.progress(f"the rules are sent again, because: {error.headline()}")
                self.life.drop(self.context, self.connection, self.thing)
        raise AssertionError  # the last round answers or raises

    def _send(self, policy: str, changes: list[Json]) -> None:
        """Sends changes of rules; by which id the policy is meant is documented in two ways."""
        service_id, deployment_id = parts_of(self.thing)

        def call() -> str | None:
            try:
                return self.client.update_hpa(service_id, deployment_id, {"id": policy, "hpa_rules": changes})
            except BadRequestError as refusal:
                try:
                    return self.client.update_hpa(
                        service_id, deployment_id, {"id": deployment_id, "hpa_rules": changes}
                    )
                except BadRequestError:
                    raise refusal from None

        self.send(call, is_waited_for=True)

    def _delete_policy(self) -> None:
        """Removes the policy, which has no rules any more."""
        try:
            self.send(lambda: self.client.delete_hpa(*parts_of(self.thing)), is_waited_for=True)
        except ApiError as error:
            if error.status not in NO_DELETE:
                raise

    def _state(self, wanted: Sequence[Json], again: Collection[str] = ()) -> State:
        """The state when the rules are as wanted."""
        detail = self._bring_about(wanted, again)
        if detail is None:
            raise self.gone()
        return self.life.state_of(self.context, self.thing, self.inputs, live_of(detail))


def refuse_metrics(found: Answer | None) -> None:
    """Leaves a policy alone that goes by a metric.

    Raises:
        InferenceError: it does.
    """
    names = other_rules(found) if found is not None else []
    if names:
        raise InferenceError(rules.by_metric(names))


def _judge(answer: Answer | None, wanted: Sequence[Json]) -> Verdict:
    """Whether the rules are there as wanted, and taken up."""
    if answer is None:
        return Verdict.settling(MISSING_GRACE) if wanted else Verdict.done()
    if not is_as(answer, wanted):
        return Verdict.settling(UNMOVED_GRACE, f"ModelArts still shows {words_of(cron_rules(answer))}")
    problem = problem_of(answer)
    if problem:
        return Verdict.settling(UNMOVED_GRACE, problem)
    is_creating = any(one.get("status") == "CREATING" for one in cron_rules(answer))
    return Verdict.pending() if is_creating else Verdict.done()
