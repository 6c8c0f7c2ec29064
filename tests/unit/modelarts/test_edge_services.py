"""Edge services: their nodes, and which of them run."""

from __future__ import annotations

import pytest

from tests.support.kinds import edge
from tests.support.world import World


def statuses(world: World) -> dict[str, str]:
    return {node["id"]: node["instance_status"] for node in world.cloud.only_service()["config"][0]["nodes"]}


def test_the_nodes_of_an_edge_service_are_ids(world: World) -> None:
    state = world.create(edge("n1", "n2"))
    assert state.inputs["config"][0]["nodes"] == ["n1", "n2"]
    assert [node["id"] for node in state.facts["deployed"][0]["nodes"]] == ["n1", "n2"]
    assert world.diff(state, edge("n2", "n1")).changes is False
    state = world.update(state, edge("n2", "n3"))
    assert world.wrote()[0]["config"][0]["nodes"] == ["n2", "n3"]
    assert world.diff(state, edge("n2", "n3")).changes is False


def test_edge_nodes_are_stopped_and_started(world: World) -> None:
    state = world.create(edge("n1", "n2", desired_node_status={"n2": "stopped"}))
    assert statuses(world) == {"n1": "running", "n2": "stopped"}
    assert world.diff(state, edge("n1", "n2", desired_node_status={"n2": "stopped"})).changes is False
    state = world.update(state, edge("n1", "n2", desired_node_status={"n2": "running", "n1": "stopped"}))
    assert statuses(world) == {"n1": "stopped", "n2": "running"}
    assert state.inputs["desired_node_status"] == {"n1": "stopped", "n2": "running"}


def test_a_node_that_the_program_no_longer_names_is_left_as_it_is(world: World) -> None:
    state = world.create(edge("n1", "n2", desired_node_status={"n1": "stopped", "n2": "stopped"}))
    less = edge("n1", "n2", desired_node_status={"n1": "stopped"})
    assert world.diff(state, less).changes is None
    state = world.update(state, less)
    assert statuses(world) == {"n1": "stopped", "n2": "stopped"}
    assert world.diff(state, less).changes is False


def test_the_nodes_of_a_stopped_service_contradict_nothing(world: World) -> None:
    values = edge("n1", desired_status="stopped", desired_node_status={"n1": "running"})
    state = world.create(values)
    assert world.diff(state, values).changes is False
    world.update(state, {**values, "desired_status": "running"})
    assert statuses(world) == {"n1": "running"}


@pytest.mark.parametrize("wait", [True, False])
def test_nodes_that_are_to_be_stopped_are_so_when_their_service_starts(world: World, wait: bool) -> None:
    wanted = {"n1": "running", "n2": "stopped"}
    values = edge("n1", "n2", desired_status="stopped", desired_node_status=wanted, wait=wait)
    state = world.create(values)
    assert statuses(world) == {"n1": "stopped", "n2": "stopped"}
    started = {**values, "desired_status": "running"}
    state = world.update(state, started)
    assert statuses(world) == wanted
    assert world.diff(state, started).changes is False


def test_a_node_that_somebody_stopped_is_started_again(world: World) -> None:
    wanted = {"n1": "running"}
    state = world.create(edge("n1", "n2", desired_node_status=wanted))
    for node in ("n1", "n2"):
        world.cloud.api("PUT", f"/services/{state.id}/nodes/{node}/status", {"status": "stopped"})
    assert world.diff(state, edge("n1", "n2", desired_node_status=wanted)).changes is True
    assert world.told[0].startswith("desired_node_status.n1: changed outside of the program: program 'running'")
    world.update(state, edge("n1", "n2", desired_node_status=wanted))
    assert statuses(world) == {"n1": "running", "n2": "stopped"}


def test_the_wanted_status_of_nodes_can_be_ignored(world: World) -> None:
    wanted = {"n1": "running"}
    state = world.create(edge("n1", "n2", desired_node_status=wanted))
    world.cloud.api("PUT", f"/services/{state.id}/nodes/n1/status", {"status": "stopped"})
    changed = edge("n1", "n2", desired_node_status=wanted, description="new")
    world.update(state, changed, ignore=("desired_node_status",))
    assert world.wrote() == [{"description": "new"}]
    assert statuses(world)["n1"] == "stopped"


def test_a_node_whose_answer_got_lost_is_not_refused(world: World) -> None:
    state = world.create(edge("n1", "n2"))
    world.cloud.fault(method="PUT", path="/nodes/", reset=True, commit=True)
    values = edge("n1", "n2", desired_node_status={"n1": "stopped"})
    state = world.update(state, values)
    assert statuses(world) == {"n1": "stopped", "n2": "running"}
    assert world.diff(state, values).changes is False
