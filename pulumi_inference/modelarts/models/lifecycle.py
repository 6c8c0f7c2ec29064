"""The life of a ModelArts model: made, waited for, read and deleted; nothing of it can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.models import rules as model_rules
from pulumi_inference.modelarts.models.deletion import users_of
from pulumi_inference.modelarts.models.operation import ModelOperation
from pulumi_inference.modelarts.models.values import NAMED_BY, live_of
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec
from pulumi_inference.modelarts.specs.parts import workspace_of

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle.status import Observation, Wanted


class ModelLifecycle(Managed[ModelArtsClient]):
    """`modelarts.Model` (reference/modelarts.md, sections 12.1 to 12.3)."""

    kind = "modelarts.Model"
    spec = ModelSpec
    outputs = ModelOutputs
    rules = model_rules.MODEL_RULES
    identity = ("model_id",)
    unique_by = ("name", "version")
    named_by = NAMED_BY
    replaces_when_broken = True
    connections = CONNECTIONS
    operation = ModelOperation

    def complete(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """The install types have no order."""
        return model_rules.complete(inputs)

    def check_against_cloud(self, context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
        """Whether the cloud has the runtime."""
        if old == values:
            return []
        from pulumi_inference.modelarts.checks.entry import check_model  # not loaded when nothing has changed

        return check_model(context, old, values)

    def ask(self, client: ModelArtsClient, thing: str, patience: float) -> Answer:
        """The detail of the model."""
        return client.get_model(thing, retry_seconds=patience)

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The model in the spec's names."""
        return live_of(answer, known[0])

    def name_of(self, inputs: Inputs, thing: str) -> str:
        """Name and version."""
        return f"{super().name_of(inputs, thing)} {inputs.get('version', '')}".rstrip()

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:  # noqa: ARG002 - as in the base
        """Warns of a replacement that the cloud will not let happen."""
        if not (found.replaces and found.delete_before_replace):
            return
        client = self.connect(context, recorded.inputs).client(ADVICE_PATIENCE)
        users = users_of(client, recorded.id, workspace_of(recorded.inputs))
        if users:
            context.warn(
                f"{self.name_of(recorded.inputs, recorded.id)} has to be deleted before it can be made anew with the "
                f"same version, and the cloud keeps it as long as services use it: {', '.join(users)}; raise version"
            )

    def observe(self, context: Context, thing: str | None, values: Inputs, wanted: Wanted) -> Observation:  # noqa: ARG002 - as in the base
        """Its state, and why it could not be published."""
        from pulumi_inference.modelarts.observation import observe_model  # loaded when somebody looks

        return observe_model(self, context, thing, values)

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:  # noqa: ARG002 - as made
        """Goes on waiting for a model that was not published yet; what is sent replaces the model instead."""
        run = ModelOperation(self, context, State(thing, dict(inputs), {}), "create")
        run.wrote = True
        return run.keeping(run.converge)
