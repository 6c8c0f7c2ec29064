"""Whose a model is: found again after a crash by its name or its mark, and never taken from somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State
from tests.support.models import live_models, model, new_model_world
from tests.support.world import URN, Values, World, without_plan_checks

CREATES = "/models$"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud and the lifecycle of a model, both on one manual clock."""
    with new_model_world(tmp_path) as world:
        yield world


def only(world: World) -> Values:
    (found,) = live_models(world)
    return found


LOST = [{"reset": True}, {"status": 502}]


@pytest.mark.parametrize("fault", LOST, ids=["reset", "bad gateway"])
@pytest.mark.parametrize(
    "values",
    [model(), model(name="digits_1"), model(name="digits", description="x" * 95)],
    ids=["automatic name", "own name", "no room for a mark"],
)
def test_a_create_whose_answer_is_lost_makes_one_model(world: World, fault: Values, values: Values) -> None:
    world.cloud.fault(method="POST", path=CREATES, commit=True, **fault)
    state = world.create(values)
    assert only(world)["model_id"] == state.id
    assert state.facts["model_status"] == "published"


OWN_NAME = model(name="digits", description="Sorts.")
LONG = model(name="digits", description="x" * 84)


@pytest.mark.parametrize(
    "values",
    [model(), model(name="digits"), OWN_NAME],
    ids=["automatic name", "own name", "own name and description"],
)
def test_a_crashed_create_is_taken_over(world: World, values: Values) -> None:
    state = world.create(values)
    again = world.create(values)
    assert (again.id, again.inputs) == (state.id, state.inputs)
    assert "made by an earlier run of this program whose state lost it" in world.told[0]
    assert world.diff(again, values).changes is False


@pytest.mark.parametrize(
    ("description", "left"),
    [(None, "[pulumi:"), ("Sorts.", "Sorts. [pulumi:"), ("x" * 83, f"{'x' * 83} [pulumi:")],
    ids=["none", "some", "the longest with room"],
)
def test_the_mark_stands_in_the_cloud_and_nowhere_else(world: World, description: str | None, left: str) -> None:
    values = model(name="digits", description=description)
    state = world.create(values)
    assert only(world)["description"].startswith(left)
    read = world.read(state)
    assert read is not None
    for told in (state, read):
        assert told.inputs.get("description") == description
        assert "[pulumi:" not in str((told.inputs, told.facts))
    assert world.diff(read, values).changes is False


def test_an_imported_model_comes_without_the_mark(world: World) -> None:
    read = world.read(State(world.create(OWN_NAME).id, {}, {}))
    assert read is not None
    assert read.inputs["description"] == "Sorts."


def test_another_description_of_a_marked_model_replaces_it(world: World) -> None:
    state = world.create(OWN_NAME)
    assert world.diff(state, {**OWN_NAME, "description": "Counts."}).replaces == ["description"]
    assert world.diff(state, model(name="digits")).replaces == ["description"]


def test_an_automatic_name_needs_no_mark(world: World) -> None:
    world.create(model(description="Sorts."))
    assert only(world)["description"] == "Sorts."


def test_without_room_for_a_mark_a_given_name_is_no_proof(world: World) -> None:
    world.create(LONG)
    assert only(world)["description"] == LONG["description"]
    without_plan_checks(world)
    with pytest.raises(InferenceError, match="which this resource has not made"):
        world.create(LONG)


def test_a_model_with_another_content_is_not_taken_over(world: World) -> None:
    state = world.create(model())
    with pytest.raises(InferenceError, match="the version is taken by the model") as caught:
        world.create(model(description="another"))
    assert f"pulumi-inference import modelarts model {state.id} --name classifier" in str(caught.value)
    assert "Choose another version" in str(caught.value)


def test_a_model_of_somebody_else_is_not_taken_over(world: World) -> None:
    world.create(model(name="digits"))
    without_plan_checks(world)
    with pytest.raises(InferenceError, match="which another Pulumi resource has made"):
        world.create(model(name="digits"), urn=f"{URN}-2")


def test_the_older_one_of_a_replacement_is_not_taken_over(world: World) -> None:
    state = world.create(model())
    world.diff(state, model())
    inputs = world.known(world.valid(model(), state))
    with pytest.raises(InferenceError, match=r"its older model .* still has the version"):
        world.lifecycle.create(world.context(), inputs)


def test_a_replacement_that_took_itself_over_deletes_nothing(world: World) -> None:
    state = world.create(model())
    world.next_operation()
    inputs = world.known(world.valid(model()))
    assert world.lifecycle.create(world.context(), inputs).id == state.id
    world.lifecycle.delete(world.context(), state.id, state)
    assert only(world)["model_id"] == state.id
    assert "was not replaced but kept, because its version is taken by itself" in world.warned[0]
