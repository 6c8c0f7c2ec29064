"""The delete call of a model, whose answer is a success even when nothing was deleted (reference 12.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.context import Context
from pulumi_inference.core.errors import ApiError, CancelledError, InferenceError, NotFoundError, api_error_class
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.api.error_codes import BY_CODE
from pulumi_inference.modelarts.api.errors import MODEL_NOT_FOUND

MODEL_IN_USE = "ModelArts.3009"

TRIES = 4
"""How often a model is tried that is said to be in use and that no service uses: one may just have been deleted."""


def delete_model(context: Context, client: ModelArtsClient, thing: str) -> None:
    """Deletes a model; one that is gone already is a success.

    Raises:
        InferenceError: services use it; they are named.
        ApiError: the cloud refuses for another reason.
    """
    environment = context.environment
    tries = 0
    while (failure := _failure(client, thing)) is not None:
        tries += 1
        if failure.code != MODEL_IN_USE:
            raise failure
        users = _users(client, thing)
        if users:
            raise InferenceError(
                f"the model is used by {', '.join(users)}",
                details=[failure.headline()],
                next_step="Delete these services, or let them use another model, and run the command again; stopping "
                "them is not enough. To replace a model that is in use, raise its version: the new one is made first.",
            )
        if tries == TRIES:
            raise failure
        if environment.clock.wait(float(2**tries), environment.cancelled):
            raise CancelledError


def _failure(client: ModelArtsClient, thing: str) -> ApiError | None:
    """Makes the call; answers why the model is still there."""
    try:
        answer = client.delete_model(thing)
    except NotFoundError as error:
        if error.is_gone:
            return None
        raise
    failed = [one for one in answer.get("delete_failed_list") or () if one.get("model_id") == thing]
    if not failed or failed[0].get("error_code") == MODEL_NOT_FOUND:
        return None
    return _error_of(failed[0], f"/models/{thing}")


def _error_of(item: Mapping[str, Any], path: str) -> ApiError:
    """The error of an entry of the list of failures, as if it had been the answer's own."""
    code = str(item.get("error_code", ""))
    number = code.partition(".")[2]
    status = next((status for status, known in BY_CODE if known == number), 500)
    explanation = BY_CODE.get((status, number))
    return api_error_class(status)(
        status=status,
        code=code,
        message=str(item.get("error_msg") or (explanation.meaning if explanation else "no reason given")),
        request_id=None,
        method="DELETE",
        path=path,
        next_step=explanation.next_step if explanation else None,
    )


def _users(client: ModelArtsClient, thing: str) -> list[str]:
    """The services that use a model; none when they cannot be listed."""
    try:
        services = client.list_services(model_id=thing)
    except InferenceError:
        return []
    return [f"{one.get('service_name')} ({one.get('service_id')})" for one in services]
