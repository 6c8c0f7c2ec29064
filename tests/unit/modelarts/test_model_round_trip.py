"""Whatever a program says of a model comes back as it was said, and one change replaces the model by one field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from pulumi_inference.core.fields.facts import walk
from pulumi_inference.modelarts.models.values import values_of
from pulumi_inference.modelarts.specs.model import ModelSpec
from tests.support.changes import NOT_ALONE, Change, changeable, changes, shown
from tests.support.models import MODEL, models, new_model_world
from tests.support.services import WORKSPACES
from tests.support.specs import sample
from tests.support.world import Values, World

pytestmark = pytest.mark.sweep

EXAMPLES = 125
"""Models in which each field occurs: test_every_field_of_models.py looks at the same ones."""

# Without shrinking: each step of it is a whole life, and a failing case is short enough to be read.
LIVES = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
ONE_VALUE = {"installer"}
"""Fields with one value only, which is the default."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A cloud that publishes at once; all lives of a test go on in it, one after the other."""
    with new_model_world(tmp_path) as world:
        world.cloud.admin("PATCH", "/settings", {"publish_seconds": 0})
        world.cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": one} for one in WORKSPACES]})
        yield world


def begin(world: World) -> None:
    """Takes the model of the life before away."""
    for model in world.cloud.admin("GET", "")["models"]:
        world.cloud.admin("DELETE", f"/models/{model['model_id']}")


def test_what_was_created_is_read_back_without_a_change(world: World) -> None:
    for model in sample(models(), EXAMPLES):
        check_life(world, model)


def check_life(world: World, model: Values) -> None:
    """A life without a change."""
    begin(world)
    state = world.create(model)
    assert world.diff(state, model).changes is False
    assert not [one for one in world.told if "not managed" in one], "what the cloud fills in is nobody's addition"
    read = world.read(state)
    assert read is not None
    assert read.inputs == world.known(world.valid(model, read))
    assert world.diff(read, model).changes is False
    assert world.writes() == []


@LIVES
@given(data=st.data())
def test_one_change_is_shown_as_one_and_replaces_the_model(world: World, data: st.DataObject) -> None:
    before = data.draw(models())
    check_change(world, before, data.draw(changes(before, subject=MODEL)))


def test_each_field_that_can_change_alone_is_changed(world: World) -> None:
    left = {facts.name for _, facts in walk(ModelSpec) if not facts.resolved} - NOT_ALONE.keys() - ONE_VALUE
    for model in sample(models(), EXAMPLES):
        for name in sorted(left & changeable(model, MODEL)):
            with suppress(Unsatisfiable):
                check_change(world, model, sample(changes(model, name, MODEL), 1)[0])
                left.discard(name)
    assert left == set()


def check_change(world: World, before: Values, change: Change) -> None:
    """A life with one change; when the model was made anew, or a default of the cloud is named, nothing is left."""
    begin(world)
    state = world.create(before)
    old, new = (world.known(world.valid(one, state)) for one in (before, change.program))
    paths = shown(old, new)
    assert paths
    assert {path for path in paths if not change.explains(path)} == set()
    field, found = change.field, world.diff(state, change.program)
    assert world.writes() == []
    answered = values_of(world.cloud.api("GET", f"/models/{state.id}"))
    if field.local:
        assert found.changes is False
    elif field.name not in old and answered.get(field.name) == new[field.name]:
        assert (found.changes, found.replaces) == (None, [])
        assert world.diff(world.update(state, change.program), change.program).changes is False
    else:
        assert (found.changes, found.replaces) == (None, [field.name])
        world.delete(state)
        assert world.diff(world.create(change.program), change.program).changes is False
