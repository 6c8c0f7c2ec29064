"""ModelArts' lists as the checks of a preview see them."""

from __future__ import annotations

from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.plan_checks import Advice
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.specs.lookups import GetFlavours, GetModel, GetModels, GetRuntimes
from pulumi_inference.modelarts.specs.parts import workspace_of
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, ModelSummary, Runtime


class PlanLookups(Advice[ModelArtsClient]):
    """What a project may use."""

    def __init__(self, context: Context, inputs: Inputs) -> None:
        """`inputs` say where and with which connection."""
        super().__init__(CONNECTIONS, context, inputs)

    def runtimes(self) -> list[Runtime]:
        """All runtimes of all engines, deleted ones too."""
        return self.ask("runtimes", "runtimes", GetRuntimes().ask)

    def flavours(self, infer_type: str, *, dedicated_pool: bool) -> list[Flavour]:
        """The flavours for services of a kind, in a dedicated pool or in the shared one."""
        wanted = GetFlavours.model_construct(infer_type=infer_type, dedicated_pool=dedicated_pool)
        return self.ask(f"flavours of {infer_type} services", ("flavours", infer_type, dedicated_pool), wanted.ask)

    def models(self) -> list[ModelSummary]:
        """All models of the workspace."""
        workspace = workspace_of(self.inputs)
        return self.ask("models", ("models", workspace), GetModels(workspace_id=workspace).ask)

    def model(self, model_id: str) -> ModelDetail | None:
        """One model; None when there is none with this id."""
        wanted = GetModel(model_id=model_id)
        return self.ask(f"model {model_id}", ("model", model_id), lambda client: unless_gone(wanted.ask, client))
