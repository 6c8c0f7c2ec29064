"""The delete call of a model, whose answer is a success even when nothing was deleted."""

from __future__ import annotations

from typing import cast

import pytest

from pulumi_inference.core.errors import ApiError, BadRequestError, CancelledError, PermissionDeniedError, ServerError
from pulumi_inference.modelarts.api.client import ModelArtsClient
from pulumi_inference.modelarts.models.deletion import delete_model
from tests.support.world import Values, World


class Keeper:
    """A client whose deletes fail with these codes, one after the other; no service uses any model."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    def delete_model(self, thing: str) -> Values:
        failures = [{"model_id": thing, "error_code": self.codes.pop(0), "error_msg": "no"}] if self.codes else []
        return {"delete_success_list": [], "delete_failed_list": failures}

    def list_services(self, **_filters: str) -> list[Values]:
        return []


def keeper(*codes: str) -> ModelArtsClient:
    return cast(ModelArtsClient, Keeper(*codes))


def test_a_model_whose_services_have_just_gone_is_tried_again(world: World) -> None:
    delete_model(world.context(), keeper("ModelArts.3009", "ModelArts.3009"), "m-1")
    assert world.clock.monotonic() >= 6


def test_a_model_that_nobody_is_known_to_use_is_not_tried_for_ever(world: World) -> None:
    with pytest.raises(ApiError, match=r"ModelArts\.3009"):
        delete_model(world.context(), keeper(*["ModelArts.3009"] * 9), "m-1")


def test_a_model_that_is_gone_is_deleted(world: World) -> None:
    delete_model(world.context(), keeper("ModelArts.3001"), "m-1")


def test_trying_again_is_ended_by_an_interrupt(world: World) -> None:
    world.cancelled.set()
    with pytest.raises(CancelledError):
        delete_model(world.context(), keeper("ModelArts.3009"), "m-1")


@pytest.mark.parametrize(
    ("code", "error", "next_step"),
    [
        ("ModelArts.0112", PermissionDeniedError, "Ask the workspace's owner"),
        ("ModelArts.3953", BadRequestError, "Remove that reference first."),
        ("ModelArts.9999", ServerError, ""),
    ],
)
def test_another_failure_of_a_delete_is_the_error_of_its_code(
    world: World, code: str, error: type[ApiError], next_step: str
) -> None:
    with pytest.raises(error) as caught:
        delete_model(world.context(), keeper(code), "m-1")
    assert code in str(caught.value)
    assert next_step in str(caught.value)
