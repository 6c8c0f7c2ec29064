"""One create, update or delete of a deployment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from pulumi_inference.alaya.answers import EXPERT, LORA, QUICK_START
from pulumi_inference.alaya.client import AlayaClient, Mode
from pulumi_inference.alaya.deployments import values, waits
from pulumi_inference.alaya.deployments.loras import loras_on, named
from pulumi_inference.alaya.specs.records import DeploymentSummary
from pulumi_inference.alaya.specs.states import AT_REST, RUNNING, STARTING, STOPPING
from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    InferenceError,
    NotFoundError,
    ServerError,
    unless_gone,
)
from pulumi_inference.core.fields.ignoring import keep_ignored
from pulumi_inference.core.fields.shape import observe
from pulumi_inference.core.invocation.smoke_gate import SmokeTesting
from pulumi_inference.core.lifecycle import Inputs, Live, State, ownership
from pulumi_inference.core.lifecycle.creation import Created, Creating
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import PollSchedule, Verdict

T = TypeVar("T")

NOBODY = "pulumi:nobody0"
"""A mark that nothing bears: a list that has something for it does not filter by marks."""

BASE_PAUSE = 5.0
"""Seconds between two tries to load an adapter on a base that is starting."""


class DeploymentOperation(SmokeTesting[AlayaClient], Creating[AlayaClient]):
    """One create, update or delete of one deployment.

    `marked` are the ids that bear this resource's mark, as the list says: details do not answer it.
    """

    noun = "deployment"
    failures: ClassVar[Mapping[str, str]] = {"create": "did not deploy", "update": "did not update"}
    default_timeouts: ClassVar[Mapping[str, str]] = {"create": "1h", "update": "1h", "delete": "20m"}
    refuses_twins = False
    # How often may be asked is not documented; this is gentle.
    schedule = PollSchedule(least=5.0, patient=30.0)
    marked: frozenset[str] = frozenset()
    unsent = False
    """Whether the scaling of a Quick Start deployment has not been sent yet: no other call takes it."""

    is_asked = False
    """Whether this run has sent the create call, which takes the scaling of an Expert deployment along."""

    @property
    def mode(self) -> Mode:
        """The form."""
        return cast("Mode", self.inputs["mode"])

    @property
    def asked(self) -> Inputs:
        """All but the scaling of a Quick Start deployment, which a call of its own sets."""
        return {name: one for name, one in self.inputs.items() if not (name == "scale" and self.mode == QUICK_START)}

    def make(self, older: Answer | None) -> Created | None:  # noqa: ARG002 - it stays beside
        """Sends the create call."""
        values.refuse_missing(self.inputs)
        body = values.create_body(self.inputs, self.life.mark(self.context, self.inputs))
        self.is_asked = True
        made, request_id = self._on_base(lambda: self.client.create_deployment(self.mode, body))
        if made is None:
            return None
        self.context.environment.memory.claim(self.life.kind, made, "values", self.context.urn)
        return Created(made, request_id)

    def find(self) -> Sequence[Answer]:
        """What the list has by this name, in this cluster and namespace, and what bears the mark."""
        filters = {"vksId": self.inputs.get("vks_id"), "namespace": self.inputs.get("namespace")}
        place = {name: str(one) for name, one in filters.items() if one}
        name = self.inputs.get("name")
        rows = self._listed({**place, **({"name": name} if name else {})})
        fitting = [one for one in rows if name in (None, one["name"]) and _is_there(one, place)]
        own = self.life.mark(self.context, self.inputs) if self.inputs.get("mode") == EXPERT else ""
        if fitting and own:
            self.marked = self._marked(place, own)
        return fitting

    def id_of(self, answer: Answer) -> str:
        """Its id."""
        return str(answer["serviceId"])

    def mark_of(self, answer: Answer) -> str:
        """Ours where the list says so; where a form has no room for a mark, for what is as the program says.

        What another resource of this program has made or found so is that one's.
        """
        thing, own = self.id_of(answer), ownership.mark(self.context.urn)
        memory, kind = self.context.environment.memory, self.life.kind
        if thing in self.marked:
            return own
        owner = memory.claimed(kind, thing, "values")
        if owner not in (None, self.context.urn):
            return ownership.mark(str(owner))
        if self.mode == EXPERT or not (self.is_alike(answer) and self.has_all_asked(answer)):
            return ""
        return ownership.mark(memory.claim(kind, thing, "values", self.context.urn))

    def is_alike(self, answer: Answer) -> bool:
        """Whether it has the form, too."""
        return answer.get("mode") in (None, self.mode) and super().is_alike(answer)

    def settled(self, answer: Answer) -> Verdict:
        """Any state that is known to last."""
        return waits.settled(answer)

    def is_refused(self, error: ApiError) -> bool:
        """Whether it is a no in Alaya NeW's own words: which HTTP status goes with one is not documented."""
        return error.code is not None and not isinstance(error, AuthenticationError | NotFoundError | ServerError)

    def is_too_early(self, error: ApiError) -> bool:
        """Whether a call may have been refused because the deployment is on its way."""
        return self.is_refused(error) and self.there().get("status") in (STARTING, STOPPING)

    def tell(self, answer: Answer) -> None:
        """Says the state, how many instances are ready, and what they have loaded."""
        self.context.progress(waits.progress(answer))

    def first(self) -> State:
        """Waits until it runs, scales what could not be made so, and tests it."""
        scale = self.inputs.get("scale") if self.mode == QUICK_START else None
        self.unsent = scale is not None
        if self.waits:
            answer = self.wait(waits.deployed, "run")
            self.test(self._scale() if scale else answer)
        elif scale:
            self._scale_later()
        return self.state()

    def converge(self) -> State:
        """Makes the live deployment what the program says, by the smallest calls, and waits."""
        detail = self.kept()
        if detail.get("status") == STOPPING:
            detail = self.wait(waits.stopped, "stop")
        live = self.life.live_of(detail, self.inputs, self.recorded)
        wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)
        plan = values.make_plan(wanted, self._recorded(live), live)
        if plan.offline or detail.get("status") in AT_REST:
            self._update_offline(detail, plan, wanted)
        elif plan.scale:
            self.unsent = True
            if self.waits or detail.get("status") == RUNNING:
                self.test(self._scale())
            else:
                self._scale_later()
        elif self.waits:
            self.test(self.wait(waits.deployed, "run"))
        return self.state()

    def remove(self) -> None:
        """Stops it, and deletes it."""
        answer = self.look()
        if answer is not None and answer.get("status") not in AT_REST:
            loras = self._loras() if answer.get("mode") != LORA else []
            if loras:
                raise InferenceError(
                    f"LoRA deployments are on it, which would stop with it: {named(loras)}",
                    next_step="Delete them first, and run the command again.",
                )
            self._stop(answer)
        self.send(lambda: self.client.delete_deployment(self.thing), is_waited_for=True)

    def known(self) -> dict[str, Any]:
        """The inputs that are in force: a scaling that has not been sent is not."""
        if not self.unsent:
            return dict(self.inputs)
        before = {"scale": self.recorded["scale"]} if "scale" in self.recorded else {}
        return {**{name: one for name, one in self.inputs.items() if name != "scale"}, **before}

    def _update_offline(self, detail: Answer, plan: values.Plan, wanted: Inputs) -> None:
        values.refuse_missing(plan.full)
        if detail.get("status") == RUNNING:
            refuse_stop(self.inputs, plan)
        before = str(detail.get("status"))
        self.smoke.expect()
        if before not in AT_REST:
            self.context.progress("stopping, to update it")
            before = str(self._stop(detail).get("status"))
        body = values.update_body(plan.full)
        self.send(
            lambda: self._on_base(lambda: self.client.update_deployment(self.mode, self.thing, body)),
            lambda answer: answer.get("status") not in (STOPPING, *AT_REST),
        )
        if self.mode == QUICK_START:
            # No page says whether an update that has no room for the scaling leaves it as it is.
            self.unsent = wanted.get("scale") is not None
            self.recorded = {name: one for name, one in self.recorded.items() if name != "scale"}
        if not self.waits:
            if self.unsent:
                self._scale_later()
            return
        answer = self.wait(waits.started(before), "run again")
        self._refuse_other(answer)
        self.test(self._scale() if self.unsent else answer)

    def _on_base(self, call: Callable[[], T]) -> T:
        """Makes a call; one about an adapter that is refused while its base starts is made again until that runs."""
        while True:
            try:
                return call()
            except ApiError as error:
                is_over = self.clock.monotonic() >= self.deadline
                if is_over or not self.is_refused(error) or not self._base_starts():
                    raise
            self.context.progress("waits for its base, which is starting")
            self.context.pause(BASE_PAUSE)

    def _base_starts(self) -> bool:
        base = (self.inputs.get("lora") or {}).get("base_service_id")
        found = unless_gone(self.client.get_deployment, base) if base else None
        return found is not None and found.get("status") == STARTING

    def _refuse_other(self, answer: Answer) -> None:
        """Raises for what runs and is not what was sent."""
        live = self.life.live_of(answer, self.inputs, self.recorded)
        wanted = keep_ignored(self.life.spec, self.inputs, live.values, self.context.ignore_changes)
        left = values.make_plan(wanted, self.inputs, live)
        if left.offline:
            raise InferenceError(f"it runs, and is not as it was updated: {left.paths}")

    def _scale(self) -> Answer:
        """Sets the scaling, and waits for its least instances."""
        scale = self.inputs["scale"]
        self.send(lambda: self.client.scale(self.thing, values.scale_body(scale)))
        self.unsent = False
        if not self.waits:
            return self.there()
        answer = self.wait(waits.scaled(scale["min"]), "have its instances")
        ready, count = values.count_ready(answer)
        if count and ready < scale["min"]:
            self.context.warn(f"{self.name} runs with {ready} instances, and should have at least {scale['min']}")
        return answer

    def _scale_later(self) -> None:
        self.context.note("its scale is set by the next `pulumi up`, when it runs: wait=False does not wait for that")

    def _stop(self, answer: Answer) -> Answer:
        """Stops it, with the adapters that are loaded on it; what is known of those is old then."""
        if answer.get("mode") != LORA:
            for one in self._loras():
                self.life.drop(self.context, self.connection, str(one["serviceId"]))
        if answer.get("status") != STOPPING:
            self.send(lambda: self.client.cancel_deployment(self.thing), waits.is_stopping)
        return self.wait(waits.stopped, "stop")

    def _loras(self) -> list[Answer]:
        try:
            return loras_on(self.client, self.thing)
        except InferenceError:  # they are told by the way
            return []

    def _recorded(self, live: Live) -> Inputs:
        """The record; of what a crashed run has made, what is not answered is taken for the program's.

        But for the scaling, unless this run has sent it.
        """
        if self.recorded:
            return self.recorded
        known = observe(self.life.spec, live.values, self.inputs)
        is_sent = self.is_asked and self.mode == EXPERT
        return {name: one for name, one in known.items() if name != "scale" or name in live.values or is_sent}

    def _listed(self, filters: Mapping[str, str]) -> list[Answer]:
        return list(DeploymentSummary.recognise_list(self.client.list_deployments(filters), "a deployment"))

    def _marked(self, place: Mapping[str, str], own: str) -> frozenset[str]:
        """The ids of what bears the mark; none where the list does not filter by it."""
        key = f"extensions.{ownership.MARK_KEY}"
        found = self._listed({**place, key: own})
        if not found or self._listed({**place, key: NOBODY}):
            return frozenset()
        return frozenset(self.id_of(one) for one in found)


def refuse_stop(program: Inputs, plan: values.Plan) -> None:
    """Raises ConfigurationError for a change that a running deployment does not take, unless it may be stopped."""
    policy = program.get("on_offline_change")
    if policy == "restart":
        return
    if policy == "replace":
        raise ConfigurationError(
            f"{plan.paths}: needs another deployment in its place", next_step="Run `pulumi up` again: it makes one."
        )
    why = "was changed outside of the program, and " if plan.is_drift else ""
    otherwise = " To leave it as somebody has made it, name it in ignore_changes." if plan.is_drift else ""
    raise ConfigurationError(
        f"{plan.paths}: {why}cannot change while the deployment runs",
        next_step='Set on_offline_change="restart" to stop, update and start it, which takes it offline with all that '
        'is loaded on it; or "replace" to make another one beside it, with another address, before this one goes.'
        f"{otherwise}",
    )


def _is_there(row: Answer, place: Mapping[str, str]) -> bool:
    """Whether an item of the list is in this cluster and namespace, as far as it says."""
    return all(row.get(name) in (None, "", one) for name, one in place.items())
