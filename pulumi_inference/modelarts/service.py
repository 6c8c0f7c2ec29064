"""The life of a ModelArts inference service."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.compare import keep_ignored
from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import AuthenticationError, InferenceError, NotFoundError, PermissionDeniedError
from pulumi_inference.core.lifecycle import Inputs, Lifecycle, Live, State
from pulumi_inference.core.validate import Problem
from pulumi_inference.core.waiting import Kind
from pulumi_inference.modelarts import rules, waits
from pulumi_inference.modelarts.creation import Creation
from pulumi_inference.modelarts.places import cache_key, client_of, connection_of, detail_of, seen_key
from pulumi_inference.modelarts.plan import make_plan
from pulumi_inference.modelarts.run import Run, timeout_of
from pulumi_inference.modelarts.specs import ServiceOutputs, ServiceSpec
from pulumi_inference.modelarts.values import live_of


class ServiceLifecycle(Lifecycle):
    """`modelarts.Service` (reference/modelarts.md, sections 5 to 9)."""

    spec = ServiceSpec
    outputs = ServiceOutputs
    rules = rules.SERVICE_RULES
    identity_output = "service_id"

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """A single model carries all traffic; zero accelerators are none."""
        return rules.complete(inputs)

    def locate(self, context: Context, inputs: Inputs) -> dict[str, Any]:
        """Endpoint, region and project of today's settings."""
        connection = connection_of(context, inputs.get("connection"))
        where = {"endpoint": connection.endpoint, "region": connection.region, "project_id": connection.project_id}
        return {name: value for name, value in where.items() if value}

    def greet(self, context: Context, inputs: Inputs) -> list[Problem]:
        """Tells refused credentials in the preview already; a cloud that does not answer is a warning."""
        client = client_of(context, inputs)

        def ask() -> InferenceError | None:
            try:
                client.check_access()
            except (AuthenticationError, PermissionDeniedError) as error:
                return error
            except InferenceError as error:
                # Here and not below: one warning, however many resources there are.
                context.warn(f"ModelArts could not be asked, so the preview cannot tell what it would refuse: {error}")
            return None

        error = context.environment.cache.get(("modelarts.access", client.project_id, inputs.get("endpoint")), ask)
        return [Problem("", str(error))] if error else []

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live service; None when it is gone or about to be."""
        client = client_of(context, recorded)
        context.environment.cache.put(seen_key(thing), True)
        detail = context.environment.cache.get(cache_key(client, thing), lambda: detail_of(client, thing))
        return None if detail is None or detail.get("status") == "deleting" else live_of(detail, recorded)

    def create(self, context: Context, inputs: Inputs) -> State:
        """Deploys the service; one that a crashed run of ours left behind is taken over."""
        client = client_of(context, inputs)
        started = context.environment.clock.monotonic()
        creation = Creation(context, client, inputs, started + timeout_of(context, inputs, "create"))
        thing, adopted = creation.submit()
        context.environment.cache.put(_adopted(thing), adopted)
        state = State(thing, dict(inputs), {})
        run = Run(context, client, state, "create", started=started, request_id=creation.request_id)
        return run.keeping(lambda: self._converge(run, {}) if adopted else run.first_deploy())

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Sends what differs from the live service, by the smallest calls, and waits."""
        client = client_of(context, recorded.inputs)
        run = Run(context, client, State(thing, dict(inputs), recorded.facts), "update", recorded=recorded.inputs)
        return run.keeping(lambda: self._converge(run, recorded.inputs))

    def _converge(self, run: Run, recorded: Inputs) -> State:
        live = self.fetch(run.context, run.thing, run.inputs)
        if live is None:
            raise InferenceError(
                f"{run.name} is gone from the cloud", next_step="run `pulumi up --refresh` to make it anew"
            )
        detail = live.raw
        if waits.settled(detail).kind is not Kind.DONE:
            detail = run.wait(waits.settled, "come to rest")
        seen = live_of(detail, run.inputs, recorded).values
        inputs = keep_ignored(self.spec, run.inputs, seen, run.context.ignore_changes)
        return run.apply(make_plan(inputs, recorded, detail, run.context.urn), detail)

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Deletes the service and waits for its 404; a service that is gone already is a success.

        `pulumi up --replace` tells neither check nor create that there is an older service: create then takes it
        over, and what comes here as the older one is the service that the state goes on with.
        """
        if context.environment.cache.peek(_adopted(thing)):
            context.warn(
                f"{recorded.inputs.get('name', thing)} was not replaced but kept, because its name is taken by itself; "
                "set delete_before_replace=True in the resource's options to replace it"
            )
            return
        client = client_of(context, recorded.inputs)
        run = Run(context, client, recorded, "delete")
        try:
            run.send(lambda: client.delete_service(thing))
        except NotFoundError as error:
            if not error.is_gone:
                raise error.add_context(f"{run.name} was not deleted") from None
            return
        except InferenceError as error:
            raise error.add_context(f"{run.name} was not deleted") from None
        run.wait_until_gone()


def _adopted(thing: str) -> tuple[str, str]:
    """Where it is kept that a create of this process has taken a service over."""
    return ("modelarts.adopted", thing)
