"""The life of a ModelArts model: made, waited for, read and deleted; nothing of it can be changed."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.base import ModelArtsLifecycle
from pulumi_inference.modelarts.models import rules as model_rules
from pulumi_inference.modelarts.models.creation import ModelCreation
from pulumi_inference.modelarts.models.deletion import delete_model, users_of
from pulumi_inference.modelarts.models.operation import ModelOperation
from pulumi_inference.modelarts.models.values import NAMED_BY, live_of
from pulumi_inference.modelarts.operation import timeout_of
from pulumi_inference.modelarts.places import client_of, detail_key, kept_detail, seen_key, workspace_of
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec


class ModelLifecycle(ModelArtsLifecycle):
    """`modelarts.Model` (reference/modelarts.md, sections 12.1 to 12.3)."""

    spec = ModelSpec
    outputs = ModelOutputs
    rules = model_rules.MODEL_RULES
    identity_output = "model_id"
    unique_by = ("name", "version")
    named_by = NAMED_BY
    replaces_when_broken = True

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The install types have no order."""
        return model_rules.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the cloud has the runtime."""
        if old == values:
            return []
        from pulumi_inference.modelarts.checks.entry import check_model  # not loaded when nothing has changed

        return check_model(context, client_of(context, values), old, values)

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The live model; None when it is gone."""
        client = client_of(context, recorded)
        context.environment.cache.put(seen_key(thing), True)
        detail = kept_detail(context, "model", client, thing)
        return None if detail is None else live_of(detail, recorded)

    def diff(self, context: Context, thing: str, recorded: State, program: Inputs) -> Difference:
        """As of every resource; warns of a replacement that the cloud will not let happen."""
        found = super().diff(context, thing, recorded, program)
        if found.replaces and found.delete_before_replace:
            client = client_of(context, recorded.inputs).for_advice()
            users = users_of(client, thing, workspace_of(recorded.inputs))
            if users:
                context.warn(
                    f"{_name(thing, recorded)} has to be deleted before it can be made anew with the same version, and "
                    f"the cloud keeps it as long as services use it: {', '.join(users)}; raise version"
                )
        return found

    def create(self, context: Context, inputs: Inputs) -> State:
        """Registers the model and waits until it is published; one that a crashed run left behind is taken over."""
        client = client_of(context, inputs)
        started = context.environment.clock.monotonic()
        creation = ModelCreation(context, client, inputs, started + timeout_of(context, inputs, "create"))
        thing, adopted = creation.submit()
        if adopted:
            self.note_adopted(context, thing)
        context.environment.cache.drop(detail_key("model", client, thing))
        state = State(thing, dict(inputs), {})
        run = ModelOperation(context, client, state, "create", started=started, request_id=creation.request_id)
        return run.until_published()

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Goes on waiting for a model that was not published yet; what is sent replaces the model instead."""
        run = ModelOperation(context, client_of(context, recorded.inputs), State(thing, dict(inputs), {}), "create")
        return run.until_published()

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Deletes the model; one that is gone already is a success.

        Raises:
            InferenceError: the cloud keeps it; when services use it, they are named.
        """
        name = _name(thing, recorded)
        if self.has_adopted(context, thing, name, "version"):
            return
        client = client_of(context, recorded.inputs)
        run = ModelOperation(context, client, recorded, "delete")
        context.environment.cache.drop(detail_key("model", client, thing))
        try:
            delete_model(context, client, thing, workspace_of(recorded.inputs))
            run.wait_until_gone()
        except InferenceError as error:
            raise error.add_context(f"{name} was not deleted") from None


def _name(thing: str, recorded: State) -> str:
    return f"{recorded.inputs.get('name', thing)} {recorded.inputs.get('version', '')}".rstrip()
