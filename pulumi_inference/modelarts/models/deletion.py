"""The delete call of a model, whose answer is a success even when nothing was deleted (reference 12.3)."""

from __future__ import annotations

from pulumi_inference.core.errors import CancelledError, InferenceError, NotFoundError
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.error_codes import BY_CODE
from pulumi_inference.modelarts.errors import MODEL_NOT_FOUND

MODEL_IN_USE = "ModelArts.3009"

TRIES = 4
"""How often a model is tried that is said to be in use and that no service uses: one may just have been deleted."""


class ModelKeptError(InferenceError):
    """The call was answered, and the model is still there; `code` is the cloud's reason."""

    def __init__(self, code: str, reason: str | None, request_id: str | None) -> None:
        number = code.partition(".")[2]
        known = next((known for (_, other), known in BY_CODE.items() if other == number), None)
        reason = reason or (known.meaning if known else "no reason given")
        super().__init__(
            f"the cloud kept it: {code}: {reason}",
            details=[f"request id {request_id}"] if request_id else [],
            next_step=known.next_step if known else None,
        )
        self.code = code


def delete_model(context: Context, client: ModelArtsClient, thing: str, workspace_id: str) -> None:
    """Deletes a model of a workspace; one that is gone already is a success.

    Raises:
        InferenceError: services of its workspace use it; they are named.
        ModelKeptError: the cloud keeps it for another reason.
    """
    environment = context.environment
    tries = 0
    while (failure := _failure(client, thing)) is not None:
        tries += 1
        if failure.code != MODEL_IN_USE:
            raise failure
        users = users_of(client, thing, workspace_id)
        if users:
            raise InferenceError(
                f"the model is used by {', '.join(users)}",
                details=[failure.headline(), *failure.details],
                next_step="Delete these services, or let them use another model, and run the command again; stopping "
                "them is not enough. To replace a model that is in use, raise its version: the new one is made first.",
            )
        if tries == TRIES:
            raise failure
        if environment.clock.wait(float(2**tries), environment.cancelled):
            raise CancelledError


def users_of(client: ModelArtsClient, thing: str, workspace_id: str) -> list[str]:
    """The services of a workspace that use a model, by name and id; none when they cannot be listed."""
    try:
        services = client.list_services(model_id=thing, workspace_id=workspace_id)
    except InferenceError:
        return []
    return [f"{one.get('service_name')} ({one.get('service_id')})" for one in services]


def _failure(client: ModelArtsClient, thing: str) -> ModelKeptError | None:
    """Makes the call; answers why the model is still there."""
    try:
        answer, request_id = client.delete_model(thing)
    except NotFoundError as error:
        if error.is_gone:
            return None
        raise
    failed = [one for one in answer.get("delete_failed_list") or () if one.get("model_id") == thing]
    code = str(failed[0].get("error_code", "")) if failed else MODEL_NOT_FOUND
    return None if code == MODEL_NOT_FOUND else ModelKeptError(code, failed[0].get("error_msg"), request_id)
