"""The life of a ModelArts inference service."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pulumi_inference.core.errors import ConfigurationError, InferenceError, NotFoundError
from pulumi_inference.core.fields.compare import keep_ignored
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.waiting import Kind
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.base import ModelArtsLifecycle
from pulumi_inference.modelarts.operation import timeout_of
from pulumi_inference.modelarts.places import (
    client_of,
    detail_key,
    inline_schedule_key,
    kept_detail,
    schedule_key,
    schedule_owner_key,
    seen_key,
)
from pulumi_inference.modelarts.services import rules, waits
from pulumi_inference.modelarts.services.creation import ServiceCreation
from pulumi_inference.modelarts.services.one_way import one_way
from pulumi_inference.modelarts.services.operation import ServiceOperation
from pulumi_inference.modelarts.services.plan import make_plan
from pulumi_inference.modelarts.services.smoke_record import SmokeRecord
from pulumi_inference.modelarts.services.steps import carry_out, first_deploy
from pulumi_inference.modelarts.services.values import SERVING, live_of, stopped_by_schedule
from pulumi_inference.modelarts.specs.detail import ServiceOutputs
from pulumi_inference.modelarts.specs.service import ServiceSpec


class ServiceLifecycle(ModelArtsLifecycle):
    """`modelarts.Service` (reference/modelarts.md, sections 5 to 9)."""

    spec = ServiceSpec
    outputs = ServiceOutputs
    rules = rules.SERVICE_RULES
    identity_output = "service_id"

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """A single model carries all traffic; zero accelerators are none."""
        return rules.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the cloud has the flavours and the models, for what is new or has changed."""
        if old == values:
            return []
        from pulumi_inference.modelarts.checks.entry import check_service  # not loaded when nothing has changed

        return check_service(context, client_of(context, values), old, values)

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live service; None when it is gone or about to be."""
        client = client_of(context, recorded)
        context.environment.cache.put(seen_key(thing), True)
        detail = kept_detail(context, "service", client, thing)
        return None if detail is None or detail.get("status") == "deleting" else live_of(detail, recorded)

    def with_history(self, live: Live, recorded: State) -> Live:
        """A service whose smoke test has never passed is broken as long as it serves."""
        smoke = SmokeRecord.of(recorded.inputs, recorded.facts)
        problem = live.problem
        if smoke.wanted and not smoke.passed and not problem and live.facts.get("status") in SERVING:
            problem = smoke.problem(str(live.raw.get("service_name", recorded.id)))
        return replace(live, facts={**live.facts, **smoke.facts}, problem=problem)

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """As for every resource; besides, a schedule is given in one place only, and a smoke test may be due."""
        if program.get("schedule") is not None:
            self._refuse_second_schedule(context, thing, recorded)
        result = super().diff(context, thing, recorded, program)
        smoke = SmokeRecord.of(program, recorded.facts)
        if not smoke.wanted and not program.get("restart_after_schedule"):
            return result
        detail = context.environment.cache.peek(detail_key("service", client_of(context, recorded.inputs), thing)) or {}
        if program.get("restart_after_schedule") and stopped_by_schedule(detail):
            context.note("was stopped by its schedule; `pulumi up` starts it again")
        if result.changes is not False or not smoke.is_due(context.ignore_changes):
            return result
        if detail.get("status") not in SERVING:
            return result
        context.note(smoke.problem(str(detail.get("service_name", thing))))
        return replace(result, changes=True)

    def _refuse_second_schedule(self, context: Context, thing: str, recorded: State) -> None:
        client = client_of(context, recorded.inputs)
        context.environment.cache.put(inline_schedule_key(client, thing), context.label)
        urn = context.environment.cache.peek(schedule_owner_key(client, thing))
        if urn is not None:
            other = urn.rpartition("::")[2]
            raise ConfigurationError(f'schedule: the Schedule "{other}" is for this service too; remove one of the two')

    def find_irreversible(self, recorded: Inputs, live: Inputs, program: Inputs) -> list[Problem]:
        """The switches that can be turned on and never off again."""
        return one_way(recorded, live, program)

    def create(self, context: Context, inputs: Inputs) -> State:
        """Deploys the service; one that a crashed run of ours left behind is taken over."""
        client = client_of(context, inputs)
        started = context.environment.clock.monotonic()
        creation = ServiceCreation(context, client, inputs, started + timeout_of(context, inputs, "create"))
        thing, adopted = creation.submit()
        if adopted:
            self.note_adopted(context, thing)
        state = State(thing, dict(inputs), {})
        _own_schedule(context, client, thing, inputs)
        run = ServiceOperation(context, client, state, "create", started=started, request_id=creation.request_id)
        return run.keeping(lambda: self._converge(run, {}) if adopted else first_deploy(run))

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Sends what differs from the live service, by the smallest calls, and waits."""
        client = client_of(context, recorded.inputs)
        _own_schedule(context, client, thing, inputs)
        state = State(thing, dict(inputs), recorded.facts)
        run = ServiceOperation(context, client, state, "update", recorded=recorded.inputs)
        return run.keeping(lambda: self._converge(run, recorded.inputs))

    def _converge(self, run: ServiceOperation, recorded: Inputs) -> State:
        live = self.fetch(run.context, run.thing, run.inputs)
        if live is None:
            raise InferenceError(
                f"{run.name} is gone from the cloud", next_step="run `pulumi up --refresh` to make it anew"
            )
        detail = live.raw
        if waits.settled(detail).kind is not Kind.DONE:
            detail = run.wait(waits.settled, "come to rest")
        seen = live_of(detail, run.inputs, recorded).values
        run.wanted = keep_ignored(self.spec, run.inputs, seen, run.context.ignore_changes)
        return carry_out(run, make_plan(run.wanted, recorded, detail, run.context.urn), detail)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Deletes the service and waits for its 404; a service that is gone already is a success."""
        if self.has_adopted(context, thing, str(recorded.inputs.get("name", thing)), "name"):
            return
        client = client_of(context, recorded.inputs)
        run = ServiceOperation(context, client, recorded, "delete")
        try:
            run.send(lambda: client.delete_service(thing))
        except NotFoundError as error:
            if not error.is_gone:
                raise error.add_context(f"{run.name} was not deleted") from None
            return
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not deleted") from None
        run.wait_until_gone()


def _own_schedule(context: Context, client: ModelArtsClient, thing: str, inputs: Inputs) -> None:
    """A Schedule resource that the program has just dropped in favour of an inline schedule must not clear that."""
    if inputs.get("schedule"):
        context.environment.cache.put(schedule_key(client, thing), True)
