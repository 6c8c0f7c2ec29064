"""What all resources of ModelArts have in common: where they are made, and who may ask."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.errors import AuthenticationError, ConfigurationError, InferenceError, PermissionDeniedError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Inputs, Lifecycle
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.places import client_of, connection_of

REFUSALS = (AuthenticationError, PermissionDeniedError)


def access_error(context: Context, client: ModelArtsClient, inputs: Inputs) -> InferenceError | None:
    """Why the cloud cannot be asked, found out once per process; a warning when it is not about who asks."""

    def ask() -> InferenceError | None:
        try:
            client.check_access()
        except REFUSALS as error:
            return error
        except InferenceError as error:
            # Here and not for each resource: one warning, however many there are.
            context.warn(f"ModelArts could not be asked, so the preview cannot tell what it would refuse: {error}")
            return error
        return None

    key = ("modelarts.access", client.project_id, inputs.get("endpoint"))
    error: InferenceError | None = context.environment.cache.get(key, ask)
    return error


class ModelArtsLifecycle(Lifecycle):
    """Base of the lifecycles in this room."""

    def locate(self, context: Context, inputs: Inputs) -> dict[str, Any]:
        """Endpoint, region and project of today's settings."""
        if inputs.get("connection") is UNKNOWN:
            raise ConfigurationError("connection: must be known in the preview, because it says where to ask")
        connection = connection_of(context, inputs.get("connection"))
        where = {"endpoint": connection.endpoint, "region": connection.region, "project_id": connection.project_id}
        return {name: value for name, value in where.items() if value}

    def check_access(self, context: Context, inputs: Inputs) -> list[Problem]:
        """Tells refused credentials in the preview already; a cloud that does not answer is a warning."""
        error = access_error(context, client_of(context, inputs), inputs)
        return [Problem("", str(error))] if isinstance(error, REFUSALS) else []

    def has_adopted(self, context: Context, thing: str, name: str, unique: str) -> bool:
        """Whether a thing that is to be deleted is the very one that a create of this process has taken over; said so.

        `pulumi up --replace` tells neither check nor create that there is an older thing: create then takes it over,
        and what comes to delete as the older one is what the state goes on with.
        """
        if not context.environment.cache.peek(_adopted(thing)):
            return False
        context.warn(
            f"{name} was not replaced but kept, because its {unique} is taken by itself; "
            "set delete_before_replace=True in the resource's options to replace it"
        )
        return True

    def note_adopted(self, context: Context, thing: str) -> None:
        """Remembers that a create of this process has taken a thing over."""
        context.environment.cache.put(_adopted(thing), True)


def _adopted(thing: str) -> tuple[str, str]:
    return ("modelarts.adopted", thing)
