"""The delete call of a model, whose answer is a success even when nothing was deleted."""

from __future__ import annotations

from typing import cast

import pytest

from pulumi_inference.core.errors import CancelledError, InferenceError, NotFoundError
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.models.lifecycle import delete_model
from tests.support.world import Values, World


class Keeper:
    """A client whose deletes fail with these codes, one after the other; no service uses any model."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)

    def delete_model(self, thing: str) -> tuple[Values, str | None]:
        failures = [{"model_id": thing, "error_code": self.codes.pop(0), "error_msg": "no"}] if self.codes else []
        return {"delete_success_list": [], "delete_failed_list": failures}, "request-1"

    def list_services(self, **_filters: str) -> list[Values]:
        return []


def keeper(*codes: str) -> ModelArtsClient:
    return cast(ModelArtsClient, Keeper(*codes))


def test_a_model_whose_services_have_just_gone_is_tried_again(world: World) -> None:
    delete_model(world.context(), keeper("ModelArts.3009", "ModelArts.3009"), "m-1", "0")
    assert world.clock.monotonic() >= 6


def test_a_model_that_nobody_is_known_to_use_is_not_tried_for_ever(world: World) -> None:
    with pytest.raises(InferenceError, match=r"^the cloud kept it: ModelArts\.3009: no\n  request id request-1\n"):
        delete_model(world.context(), keeper(*["ModelArts.3009"] * 9), "m-1", "0")


def test_a_model_that_is_gone_is_told_from_one_that_is_deleted(world: World) -> None:
    delete_model(world.context(), keeper(), "m-1", "0")
    with pytest.raises(NotFoundError) as caught:
        delete_model(world.context(), keeper("ModelArts.3001"), "m-1", "0")
    assert caught.value.is_gone


def test_trying_again_is_ended_by_an_interrupt(world: World) -> None:
    world.cancelled.set()
    with pytest.raises(CancelledError):
        delete_model(world.context(), keeper("ModelArts.3009"), "m-1", "0")


@pytest.mark.parametrize(
    ("code", "next_step"),
    [
        ("ModelArts.0112", ["Ask the workspace's owner, or use another workspace_id."]),
        ("ModelArts.3953", ["Remove that reference first."]),
        ("ModelArts.9999", []),
    ],
)
def test_another_failure_of_a_delete_says_what_the_cloud_said(world: World, code: str, next_step: list[str]) -> None:
    with pytest.raises(InferenceError) as caught:
        delete_model(world.context(), keeper(code), "m-1", "0")
    assert str(caught.value).split("\n  ") == [f"the cloud kept it: {code}: no", "request id request-1", *next_step]
