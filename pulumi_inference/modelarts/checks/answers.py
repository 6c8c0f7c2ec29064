"""The cloud's lists as the checks of a preview see them: each asked for once per process."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from pulumi_inference.core.errors import InferenceError, NotFoundError
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.api import catalogue
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.base import REFUSALS, access_error
from pulumi_inference.modelarts.places import workspace_of
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, ModelSummary, Runtime


class UnavailableError(Exception):
    """A list cannot be had, and that was said: nothing can be judged by it."""


class PlanLookups:
    """What a project may use, for one place and one account.

    A list that cannot be had is soon given up: it is a warning, once per process, and an UnavailableError each time.
    """

    def __init__(self, context: Context, client: ModelArtsClient, inputs: Inputs) -> None:
        """`inputs` say where and with which connection."""
        self._context, self._client, self._inputs = context, client.for_advice(), inputs
        self._place = (inputs.get("connection"), inputs.get("endpoint"), client.project_id)

    def runtimes(self) -> list[Runtime]:
        """All runtimes of all engines, deleted ones too."""
        found: list[Runtime] = self._ask("runtimes", ("runtimes",), lambda: catalogue.runtimes(self._client))
        return found

    def flavours(self, infer_type: str, *, dedicated_pool: bool) -> list[Flavour]:
        """The flavours for services of a kind, in a dedicated pool or in the shared one."""
        found: list[Flavour] = self._ask(
            f"flavours of {infer_type} services",
            ("flavours", infer_type, dedicated_pool),
            lambda: catalogue.flavours(self._client, infer_type=infer_type, dedicated_pool=dedicated_pool),
        )
        return found

    def models(self) -> list[ModelSummary]:
        """All models of the workspace."""
        workspace = workspace_of(self._inputs)
        found: list[ModelSummary] = self._ask(
            "models", ("models", workspace), lambda: catalogue.models(self._client, workspace_id=workspace)
        )
        return found

    def model(self, model_id: str) -> ModelDetail | None:
        """One model; None when there is none with this id."""

        def ask() -> ModelDetail | None:
            try:
                return catalogue.model(self._client, model_id)
            except NotFoundError as error:
                if error.is_gone:
                    return None
                raise

        found: ModelDetail | None = self._ask(f"model {model_id}", ("model", model_id), ask)
        return found

    def warn(self, text: str) -> None:
        """Warns once per process, however many resources have the same reason."""

        def tell() -> bool:
            self._context.warn(text)
            return True

        self._context.environment.cache.get(("modelarts.warned", text), tell)

    def _ask(self, what: str, key: tuple[Hashable, ...], ask: Callable[[], Any]) -> Any:
        refused = access_error(self._context, self._client, self._inputs)
        if isinstance(refused, REFUSALS):
            self.warn(f"ModelArts does not let its lists be read, so the preview cannot check against them: {refused}")
        if refused:
            raise UnavailableError

        def answer() -> Any:
            try:
                return ask()
            except InferenceError as error:
                self.warn(f"the {what} could not be looked up, so the preview cannot check against them: {error}")
                return error

        found = self._context.environment.cache.get(("modelarts.lookup", *self._place, *key), answer)
        if isinstance(found, InferenceError):
            raise UnavailableError
        return found
