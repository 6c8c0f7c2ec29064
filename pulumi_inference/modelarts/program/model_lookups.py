"""Questions that a program asks ModelArts about models; see `lookups` for how they are asked."""

from __future__ import annotations

from typing import Literal

import pulumi

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.modelarts.api import catalogue
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.program.questions import Awaitable, Records, ask, given, later
from pulumi_inference.modelarts.specs.records import ModelDetail, ModelSummary

Order = Literal["asc", "desc"]
SortBy = Literal["create_at", "model_version", "model_size"]


class AwaitableModelDetail(Awaitable, ModelDetail):
    """The whole answer to a query of one model version."""


def get_models(
    *,
    name: str | None = None,
    name_contains: str | None = None,
    version: str | None = None,
    status: str | None = None,
    description: str | None = None,
    model_type: str | None = None,
    not_model_type: str | None = None,
    workspace_id: str | None = None,
    sort_by: SortBy | None = None,
    order: Order | None = None,
    connection: str | None = None,
) -> Records[ModelSummary]:
    """The model versions that match (reference 12.2; ListModels).

    Args:
        name: exact name.
        name_contains: a part of the name; not with `name`.
        version: version of the model, such as `0.0.1`.
        status: state of the model, such as `published`.
        description: a part of the description.
        model_type: only of this type, such as `Image`.
        not_model_type: of all types but this one; not with `model_type`.
        workspace_id: models of this workspace; left out, of the default one.
        sort_by: what they are sorted by; `create_at` when left out.
        order: `desc` when left out.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: arguments exclude each other, settings are missing, or ModelArts cannot be asked.
    """
    if name is not None and name_contains is not None:
        raise pulumi.RunError("modelarts.get_models: give name or name_contains, not both")
    if model_type is not None and not_model_type is not None:
        raise pulumi.RunError("modelarts.get_models: give model_type or not_model_type, not both")
    filters = {
        "model_name": name_contains,
        "model_version": version,
        "model_status": status,
        "description": description,
        "model_type": model_type,
        "not_model_type": not_model_type,
        "workspace_id": workspace_id,
        "sort_by": sort_by,
        "order": order,
    }

    def request(client: ModelArtsClient) -> list[ModelSummary]:
        return catalogue.models(client, name=name, **given(filters))

    return Records(ask("get_models", {"name": name, **filters}, connection, request))


def get_models_output(
    *,
    name: pulumi.Input[str | None] = None,
    name_contains: pulumi.Input[str | None] = None,
    version: pulumi.Input[str | None] = None,
    status: pulumi.Input[str | None] = None,
    description: pulumi.Input[str | None] = None,
    model_type: pulumi.Input[str | None] = None,
    not_model_type: pulumi.Input[str | None] = None,
    workspace_id: pulumi.Input[str | None] = None,
    sort_by: pulumi.Input[SortBy | None] = None,
    order: pulumi.Input[Order | None] = None,
    connection: pulumi.Input[str | None] = None,
) -> pulumi.Output[Records[ModelSummary]]:
    """Like `get_models`, for arguments that are known only later."""
    return later(
        get_models,
        name=name,
        name_contains=name_contains,
        version=version,
        status=status,
        description=description,
        model_type=model_type,
        not_model_type=not_model_type,
        workspace_id=workspace_id,
        sort_by=sort_by,
        order=order,
        connection=connection,
    )


def get_model(
    model_id: str | None = None,
    *,
    name: str | None = None,
    version: str | None = None,
    connection: str | None = None,
) -> AwaitableModelDetail:
    """The whole detail of one model version, by its id or by name and version (reference 12.2; ShowModel).

    Args:
        model_id: id of the model version, a UUID.
        name: exact name; with `version`, instead of the id.
        version: version of the model, such as `0.0.1`.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: there is no such model version, settings are missing, or ModelArts cannot be asked.
    """
    if (name is None) is not (version is None) or (model_id is None) is (name is None):
        raise pulumi.RunError("modelarts.get_model: give the model's id, or its name and version")

    def request(client: ModelArtsClient) -> AwaitableModelDetail:
        wanted = _find_model(client, name, version) if model_id is None else model_id
        return catalogue.record(AwaitableModelDetail, client.get_model(wanted), f"the model {wanted}")

    return ask("get_model", {"model_id": model_id, "name": name, "version": version}, connection, request)


def get_model_output(
    model_id: pulumi.Input[str | None] = None,
    *,
    name: pulumi.Input[str | None] = None,
    version: pulumi.Input[str | None] = None,
    connection: pulumi.Input[str | None] = None,
) -> pulumi.Output[AwaitableModelDetail]:
    """Like `get_model`, for arguments that are known only later."""
    return later(get_model, model_id=model_id, name=name, version=version, connection=connection)


def _find_model(client: ModelArtsClient, name: str | None, version: str | None) -> str:
    found = catalogue.models(client, name=name)
    for one in found:
        if one.version == version:
            return one.model_id
    there_are = ", ".join(sorted(one.version for one in found)) or "none"
    raise ConfigurationError(f"there is no version {version} of the model {name}; there are: {there_are}")
