"""Batch and edge services, tags, one-way switches, schedules that have stopped a service, subscribed services."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.world import Values, World, item, program

STREAM = {"log_group_id": "g", "log_stream_id": "s"}
HOUR = [{"time_unit": "HOURS", "duration": 1}]


def batch(**changes: Any) -> Values:
    model = item(
        src_path="https://b.obs.example.com/in/",
        dest_path="https://b.obs.example.com/out/",
        req_uri="/",
        mapping_type="csv",
        mapping_rule={"type": "object", "properties": {"x": {"type": "number", "index": 0}}},
    )
    return program(model, infer_type="batch", **changes)


def edge(*nodes: str, **changes: Any) -> Values:
    return program(item(nodes=list(nodes)), infer_type="edge", **changes)


def logs(stream: str = "s") -> Values:
    configuration = {"log_group_id": "g", "log_stream_id": stream}
    return {"log_report_channels": [{"type": "LTS", "configuration": configuration}]}


def finish(world: World) -> None:
    """Lets a batch service work off its input."""
    world.clock.advance(600)
    assert world.cloud.only_service()["status"] == "finished"


def test_a_batch_service_is_made_and_finishes_without_a_change(world: World) -> None:
    state = world.create(batch())
    finish(world)
    read = world.read(state)
    assert read is not None
    assert read.facts["status"] == "finished"
    assert read.facts["deployed"][0]["finished_time"] > read.facts["deployed"][0]["start_time"]
    assert world.diff(read, batch(desired_status="running")).changes is None  # the wanted status is new in the program
    assert world.diff(state, batch()).changes is False


@pytest.mark.parametrize("wanted", ["running", "stopped"])
def test_a_finished_batch_service_is_as_it_was_wanted(world: World, wanted: str) -> None:
    state = world.create(batch(desired_status=wanted))
    if wanted == "running":
        finish(world)
    assert world.diff(state, batch(desired_status=wanted)).changes is False
    state = world.update(state, batch(desired_status=wanted, description="new"))
    assert [one.body for one in world.writes()] == [{"description": "new"}]


def test_a_batch_service_runs_again_when_a_trigger_changes(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    finish(world)
    first = world.cloud.only_service()["config"][0]["start_time"]
    assert world.diff(state, batch(rerun_triggers={"day": "2"})).changes is None
    state = world.update(state, batch(rerun_triggers={"day": "2"}))
    assert world.wrote() == [{"status": "running"}]
    assert world.cloud.only_service()["config"][0]["start_time"] > first
    assert world.diff(state, batch(rerun_triggers={"day": "2"})).changes is False


def test_a_run_under_way_is_given_up_for_another(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    assert world.cloud.only_service()["status"] == "running"
    world.update(state, batch(rerun_triggers={"day": "2"}))
    assert world.wrote() == [{"status": "stopped"}, {"status": "running"}]


def test_a_trigger_that_failed_is_pulled_again(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    finish(world)
    world.next_operation()
    inputs = world.known(world.valid(batch(rerun_triggers={"day": "2"}), state))
    world.cloud.deploy_fault("fail")
    with pytest.raises(UnhealthyError) as caught:
        world.lifecycle.update(world.context(), state.id, state, inputs)
    assert caught.value.state.inputs["rerun_triggers"] == {"day": "1"}


def test_the_nodes_of_an_edge_service_are_ids(world: World) -> None:
    state = world.create(edge("n1", "n2"))
    assert state.inputs["config"][0]["nodes"] == ["n1", "n2"]
    assert [node["id"] for node in state.facts["deployed"][0]["nodes"]] == ["n1", "n2"]
    assert world.diff(state, edge("n2", "n1")).changes is False
    state = world.update(state, edge("n2", "n3"))
    assert world.wrote()[0]["config"][0]["nodes"] == ["n2", "n3"]
    assert world.diff(state, edge("n2", "n3")).changes is False


def statuses(world: World) -> dict[str, str]:
    return {node["id"]: node["instance_status"] for node in world.cloud.only_service()["config"][0]["nodes"]}


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


def test_a_node_that_somebody_stopped_is_started_again(world: World) -> None:
    wanted = {"n1": "running"}
    state = world.create(edge("n1", "n2", desired_node_status=wanted))
    for node in ("n1", "n2"):
        world.cloud.api("PUT", f"/services/{state.id}/nodes/{node}/status", {"status": "stopped"})
    assert world.diff(state, edge("n1", "n2", desired_node_status=wanted)).changes is True
    assert world.told[0].startswith("desired_node_status.n1: changed outside of the program: program 'running'")
    world.update(state, edge("n1", "n2", desired_node_status=wanted))
    assert statuses(world) == {"n1": "running", "n2": "stopped"}


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
    world.next_operation()
    inputs = world.known(world.valid(program(tags={"team": "a"})))
    world.cloud.fault(method="POST", path="/tags/create", count=None, status=500)
    with pytest.raises(UnhealthyError) as caught:
        world.lifecycle.create(world.context(), inputs)
    state = world.recorded(caught.value.state)
    assert "tags" not in state.inputs
    world.cloud.admin("DELETE", "/faults")
    assert world.diff(state, program(tags={"team": "a"})).changes is None
    world.update(state, program(tags={"team": "a"}))
    assert tags(world) == {"team": ["a"]}


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"websocket_upgrade": True}, {"websocket_upgrade": False}, "additional_properties.websocket_upgrade: is on"),
        (logs(), logs("other"), "additional_properties.log_report_channels: report to LTS stream s, and"),
        (logs(), {"log_report_channels": []}, "additional_properties.log_report_channels: report to"),
        (logs(), None, "additional_properties.log_report_channels: report to"),
    ],
)
def test_what_cannot_be_undone_is_refused_in_the_preview(world: World, before: Any, after: Any, path: str) -> None:
    state = world.create(program(additional_properties=before))
    with pytest.raises(ConfigurationError) as caught:
        world.diff(state, program(**({"additional_properties": after} if after else {})))
    assert str(caught.value).startswith(path)
    assert "replace the service" in str(caught.value)
    assert world.writes() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"websocket_upgrade": False}, {"websocket_upgrade": True}),
        (None, logs()),
        (logs(), {**logs(), "websocket_upgrade": True}),
        ({"websocket_upgrade": True}, None),
    ],
)
def test_one_way_switches_can_be_turned_on_and_left_alone(world: World, before: Any, after: Any) -> None:
    values = [program(**({"additional_properties": one} if one else {})) for one in (before, after)]
    state = world.update(world.create(values[0]), values[1])
    assert world.diff(state, values[1]).changes is False


def test_a_switch_that_somebody_turned_on_cannot_be_turned_off(world: World) -> None:
    state = world.create(program(additional_properties={"websocket_upgrade": False}))
    world.cloud.change(additional_properties={"websocket_upgrade": True})
    with pytest.raises(ConfigurationError, match="cannot turn it off"):
        world.diff(state, program(additional_properties={"websocket_upgrade": False}))


def test_a_replacement_turns_everything_off(world: World) -> None:
    state = world.create(program(additional_properties={"websocket_upgrade": True}))
    other = program(additional_properties={"websocket_upgrade": False}, pool_name="p")
    assert "pool_name" in world.diff(state, other).replaces


def due(world: World) -> None:
    """Lets the time come at which the service stops by itself."""
    world.clock.advance(2 * 3600)
    assert world.cloud.only_service()["status"] == "stopped"


@pytest.mark.parametrize("wanted", [None, "running"])
def test_what_its_schedule_has_stopped_stays_stopped(world: World, wanted: str | None) -> None:
    values = program(schedule=HOUR, **({"desired_status": wanted} if wanted else {}))
    state = world.create(values)
    due(world)
    assert world.diff(state, values).changes is False
    read = world.read(state)
    assert read is not None
    assert world.diff(read, values).changes is False
    world.update(read, {**values, "config": [item(envs={"A": "1"})]})
    assert world.cloud.only_service()["status"] == "stopped"


def test_what_its_schedule_has_stopped_is_started_when_the_program_says_so(world: World) -> None:
    values = program(schedule=HOUR, desired_status="running")
    state = world.create(values)
    due(world)
    wished = {**values, "restart_after_schedule": True}
    assert world.diff(state, wished).changes is None
    state = world.update(state, wished)
    assert world.cloud.only_service()["status"] == "running"
    due(world)
    assert world.diff(state, wished).changes is True
    state = world.update(state, wished)
    assert world.cloud.only_service()["status"] == "running"
    assert world.diff(state, wished).changes is False


def test_a_service_that_somebody_stopped_before_it_was_due_is_started(world: World) -> None:
    values = program(schedule=HOUR, desired_status="running")
    state = world.create(values)
    world.cloud.api("PUT", f"/services/{state.id}", {"status": "stopped"})
    world.clock.advance(60)
    assert world.diff(state, values).changes is True
    world.update(state, values)
    assert world.cloud.only_service()["status"] == "running"


def test_without_its_schedule_a_stopped_service_is_started(world: World) -> None:
    state = world.create(program(schedule=HOUR, desired_status="running"))
    due(world)
    state = world.update(state, program(desired_status="running"))
    assert world.cloud.only_service()["status"] == "running"
    assert "schedule" not in world.cloud.only_service()


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
