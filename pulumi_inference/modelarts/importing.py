"""What `pulumi-inference import` has to know of services and models."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from pulumi_inference.core.lifecycle.importing import Importing, IsSecret, Secrets
from pulumi_inference.modelarts.services.values import VARIABLES

if TYPE_CHECKING:
    from pulumi_inference.core.lifecycle import Inputs, Live
    from pulumi_inference.modelarts.client import ModelArtsClient

_CONFIGURED = frozenset({"apis", "dependencies", "input_params", "model_algorithm", "output_params"})
"""What a model answers besides its configuration, which says it too."""


class ServiceImporting(Importing["ModelArtsClient"]):
    """Services; their environment variables may be secrets."""

    filters = ("service_name", "model_id", "status", "cluster_id", "workspace_id", "tags")
    holder, place = "project", "region"
    secrets = "secret_envs"

    def listed(self, client: ModelArtsClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The services of the project."""
        return [(one["service_id"], str(one.get("service_name"))) for one in client.list_services(**filters)]

    def refusal(self, live: Live) -> str | None:
        """A subscribed service belongs to somebody else."""
        name = f"{live.raw.get('service_name')} ({live.raw.get('service_id')})"
        return f"{name} is a subscribed service; only its owner can manage it" if live.raw.get("is_shared") else None

    def implied(self, values: Inputs) -> Collection[str]:  # noqa: ARG002 - as in the base
        """Whether it is started is no wish of anybody."""
        return {"desired_status"}

    def hidden(self, values: Inputs, is_secret: IsSecret) -> Secrets:
        """The secret variables of each model."""
        return VARIABLES.found(values, is_secret)


class ModelImporting(Importing["ModelArtsClient"]):
    """Model versions."""

    filters = ("model_name", "model_version", "model_status", "model_type", "workspace_id")
    holder, place = "project", "region"

    def listed(self, client: ModelArtsClient, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """The model versions of the project."""
        return [(one["model_id"], str(one.get("model_name"))) for one in client.list_models(**filters)]

    def refusal(self, live: Live) -> str | None:
        """Nothing of a model can be changed, so a broken one stays broken."""
        return f"{live.problem}; it could only be made anew" if live.problem else None

    def implied(self, values: Inputs) -> Collection[str]:
        """What its configuration says already."""
        found = _CONFIGURED & (values.get("initial_config") or {}).keys()
        return found | {"input_params", "output_params"} if "apis" in found else found


SERVICE = ServiceImporting()
MODEL = ModelImporting()
