"""Services that somebody else has shared with the project: they show little, and cannot be changed."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from tests.support.world import World, item, program


def test_what_a_subscribed_service_does_not_answer_is_no_change(world: World) -> None:
    values = program(item(envs={"A": "1"}), pool_name="p")
    state = world.create(values)
    world.cloud.change(is_shared=True)
    assert set(world.cloud.only_service()["config"][0]) == {"model_id", "model_name", "model_version"}
    assert world.diff(state, values).changes is False
    read = world.read(state)
    assert read is not None
    assert read.inputs == state.inputs
    assert read.facts["is_shared"] is True


def test_a_subscribed_service_cannot_be_changed(world: World) -> None:
    state = world.create(program())
    world.cloud.change(is_shared=True)
    with pytest.raises(InferenceError, match=r"ModelArts\.3525"):
        world.update(state, program(description="new"))
