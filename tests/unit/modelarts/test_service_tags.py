"""The tags of a service, which its detail does not answer."""

from __future__ import annotations

from tests.support.failures import failed
from tests.support.world import World, program


def tags(world: World) -> dict[str, list[str]]:
    return {one["key"]: one["values"] for one in world.cloud.api("GET", "/services/tms/tags")["tags"]}


def test_tags_are_set_changed_and_removed(world: World) -> None:
    state = world.create(program(tags={"team": "a", "stage": "test"}))
    assert tags(world) == {"team": ["a"], "stage": ["test"]}
    assert world.diff(state, program(tags={"stage": "test", "team": "a"})).changes is False
    state = world.update(state, program(tags={"team": "b"}))
    assert [one.path.rsplit("/", 2)[-2:] for one in world.writes()] == [["tags", "delete"], ["tags", "create"]]
    assert tags(world) == {"team": ["b"]}
    state = world.update(state, program())
    assert tags(world) == {}
    assert world.diff(state, program()).changes is False


def test_tags_that_could_not_be_set_are_set_by_the_next_up(world: World) -> None:
    world.cloud.fault(method="POST", path="/tags/create", count=None, status=500)
    state, _ = failed(world, program(tags={"team": "a"}))
    assert "tags" not in state.inputs
    world.cloud.admin("DELETE", "/faults")
    assert world.diff(state, program(tags={"team": "a"})).changes is None
    world.update(state, program(tags={"team": "a"}))
    assert tags(world) == {"team": ["a"]}


def test_a_removal_whose_answer_got_lost_is_a_success(world: World) -> None:
    state = world.create(program(tags={"team": "a", "stage": "test"}))
    world.cloud.fault(method="DELETE", path="/tags/delete", reset=True, commit=True)
    world.update(state, program(tags={"stage": "test"}))
    assert tags(world) == {"stage": ["test"]}
