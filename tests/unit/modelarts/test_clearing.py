"""What leaves the program leaves the cloud: shown by the preview, gone afterwards by the cloud's own answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import pytest

from tests.support.world import Values, World, item, program

Look = Callable[[World], Any]


@dataclass(frozen=True)
class Clearing:
    """One value that goes.

    Args:
        before: the program that has it.
        after: the program that has it no longer.
        shown: the one field that a preview shows, by its path.
        look: how the cloud is asked for it.
        there: what the cloud answers before.
        gone: what the cloud answers afterwards.
    """

    before: Values
    after: Values
    shown: tuple[str | int, ...]
    look: Look
    there: Any
    gone: Any = field(default=None)


def of_service(name: str) -> Look:
    """Asks the detail for a field; what is empty counts as not there."""
    return lambda world: world.cloud.only_service().get(name) or None


def of_model(name: str) -> Look:
    """Asks the detail for a field of the first model."""
    return lambda world: world.cloud.only_service()["config"][0].get(name) or None


def tags(world: World) -> Values | None:
    """Asks the cloud for the tags of all services."""
    return {tag["key"]: tag["values"] for tag in world.cloud.api("GET", "/services/tms/tags")["tags"]} or None


def calls(world: World) -> int:
    """Asks the cloud how often the service was called since, which a roll-out with a smoke test does."""
    return int(world.cloud.only_service()["invocation_times"])


def edge(**changes: Any) -> Values:
    """A service on two edge nodes."""
    return program(item(nodes=["n1", "n2"]), infer_type="edge", **changes)


def nodes(world: World) -> Values:
    """Asks the cloud which nodes run the service."""
    return {node["id"]: node["instance_status"] for node in world.cloud.only_service()["config"][0]["nodes"]}


AFFINITY = {"node_affinity": {"mode": "required", "pool_infos": [{"pool_name": "p"}]}}
SCHEDULE = [{"type": "stop", "time_unit": "HOURS", "duration": 2}]
SMN = {"topic_urn": "urn", "events": [1, 3]}
VOLUMES = [{"name": "data", "mount_path": "/data", "storage_type": "sfs_turbo", "source_address": "id"}]
ENVS = ("config", 0, "envs")
SECRET = {"model-a": {"TOKEN": "t"}}

CLEARINGS = {
    "all envs, by an empty map": Clearing(
        program(item(envs={"A": "1", "B": "2"})),
        program(item(envs={})),
        ENVS,
        of_model("envs"),
        {"A": "1", "B": "2"},
    ),
    "all envs, by leaving them out": Clearing(
        program(item(envs={"A": "1"})), program(item()), ENVS, of_model("envs"), {"A": "1"}
    ),
    "one of the envs": Clearing(
        program(item(envs={"A": "1", "B": "2"})),
        program(item(envs={"B": "2"})),
        (*ENVS, "A"),
        of_model("envs"),
        {"A": "1", "B": "2"},
        {"B": "2"},
    ),
    "the value of one of the envs": Clearing(
        program(item(envs={"A": "1"})),
        program(item(envs={"A": ""})),
        (*ENVS, "A"),
        of_model("envs"),
        {"A": "1"},
        {"A": ""},
    ),
    "the description, by an empty text": Clearing(
        program(description="d"), program(description=""), ("description",), of_service("description"), "d"
    ),
    "the description, by leaving it out": Clearing(
        program(description="d"), program(), ("description",), of_service("description"), "d"
    ),
    "the schedule, by an empty list": Clearing(
        program(schedule=SCHEDULE), program(schedule=[]), ("schedule",), of_service("schedule"), SCHEDULE
    ),
    "the schedule, by leaving it out": Clearing(
        program(schedule=SCHEDULE), program(), ("schedule",), of_service("schedule"), SCHEDULE
    ),
    "the count, back to 1": Clearing(
        program(item(instance_count=3)),
        program(item(instance_count=1)),
        ("config", 0, "instance_count"),
        of_model("instance_count"),
        3,
        1,
    ),
    "the count, by leaving it out": Clearing(
        program(item(instance_count=3)),
        program(item(instance_count=None)),
        ("config", 0, "instance_count"),
        of_model("instance_count"),
        3,
        1,
    ),
    "the count of a service on edge nodes": Clearing(
        program(item(nodes=["n1"], instance_count=2), infer_type="edge"),
        program(item(nodes=["n1"], instance_count=None), infer_type="edge"),
        ("config", 0, "instance_count"),
        of_model("instance_count"),
        2,
        1,
    ),
    "the notifications": Clearing(
        program(additional_properties={"smn_notification": SMN}),
        program(),
        ("additional_properties",),
        of_service("additional_properties"),
        {"smn_notification": SMN},
    ),
    "the volumes": Clearing(
        program(item(additional_properties={"persistent_volumes": VOLUMES})),
        program(item()),
        ("config", 0, "additional_properties"),
        of_model("additional_properties"),
        {"persistent_volumes": VOLUMES},
    ),
    "the affinity": Clearing(
        program(item(affinity=AFFINITY)), program(item()), ("config", 0, "affinity"), of_model("affinity"), AFFINITY
    ),
    "a GPU": Clearing(
        program(item(specification="custom", custom_spec={"cpu": 2, "memory": 1, "gpu_p4": 1}), pool_name="p"),
        program(item(specification="custom", custom_spec={"cpu": 2, "memory": 1, "gpu_p4": 0}), pool_name="p"),
        ("config", 0, "custom_spec", "gpu_p4"),
        of_model("custom_spec"),
        {"cpu": 2, "memory": 1, "gpu_p4": 1},
        {"cpu": 2, "memory": 1},
    ),
    "the secret variables, all of them": Clearing(
        program(secret_envs=SECRET), program(), ("secret_envs",), of_model("envs"), {"TOKEN": "t"}
    ),
    "a secret variable": Clearing(
        program(item(envs={"A": "1"}), secret_envs=SECRET),
        program(item(envs={"A": "1"}), secret_envs={"model-a": {}}),
        ("secret_envs",),
        of_model("envs"),
        {"A": "1", "TOKEN": "t"},
        {"A": "1"},
    ),
    "one of the tags": Clearing(
        program(tags={"a": "1", "b": "2"}),
        program(tags={"b": "2"}),
        ("tags", "a"),
        tags,
        {"a": ["1"], "b": ["2"]},
        {"b": ["2"]},
    ),
    "all tags": Clearing(program(tags={"a": "1"}), program(), ("tags",), tags, {"a": ["1"]}),
    "the smoke test": Clearing(program(smoke_test={"attempts": 1}), program(), ("smoke_test",), calls, 1, 1),
    # What is no longer managed stays as it is.
    "the wanted states of nodes": Clearing(
        edge(desired_node_status={"n1": "stopped"}),
        edge(),
        ("desired_node_status",),
        nodes,
        {"n1": "stopped", "n2": "running"},
        {"n1": "stopped", "n2": "running"},
    ),
    "the wanted state": Clearing(
        program(desired_status="stopped"), program(), ("desired_status",), of_service("status"), "stopped", "stopped"
    ),
}


@pytest.mark.parametrize("case", CLEARINGS.values(), ids=CLEARINGS)
@pytest.mark.parametrize("refreshed", [False, True], ids=["", "refreshed"])
def test_what_goes_from_the_program_is_shown_and_goes_from_the_cloud(
    world: World, case: Clearing, refreshed: bool
) -> None:
    state = world.create(case.before)
    assert case.look(world) == case.there
    if refreshed:
        found = world.read(state)
        assert found is not None
        state = found
    assert shows(world.known(world.valid(case.before, state)), world.known(world.valid(case.after, state)), case.shown)
    assert world.diff(state, case.after).changes is None
    world.clock.wait(1, Event())
    updated = world.update(state, case.after)
    assert case.look(world) == case.gone
    assert world.diff(updated, case.after).changes is False
    read = world.read(updated)
    assert read is not None
    assert world.diff(read, case.after).changes is False


def shows(before: Values, after: Values, path: tuple[str | int, ...]) -> bool:
    """Whether the values at the path differ; further up, only what holds it does."""
    old: Any = before
    new: Any = after
    for token in path[:-1]:
        old, new = old[token], new[token]
    last: Any = path[-1]
    return bool(old.get(last) != new.get(last))


def test_a_service_without_its_smoke_test_is_rolled_out_without_a_call(world: World) -> None:
    state = world.create(program(smoke_test={"attempts": 1}))
    state = world.update(state, program())
    world.update(state, program(item(envs={"A": "1"})))
    assert calls(world) == 1


DEFAULTS: dict[str, tuple[Values, Values, str, Look, Any]] = {
    "priority": (program(priority=3), program(), "priority", of_service("priority"), 3),
    "load balancing": (
        program(load_balancer_policy="SOURCE_IP"),
        program(),
        "load_balancer_policy",
        of_service("load_balancer_policy"),
        "SOURCE_IP",
    ),
    "roll-out": (
        program(item(additional_properties={"max_surge": 2.0, "persistent_volumes": VOLUMES})),
        program(item(additional_properties={"persistent_volumes": VOLUMES})),
        "config[0].additional_properties.max_surge",
        lambda world: world.cloud.only_service()["config"][0]["additional_properties"].get("max_surge"),
        2.0,
    ),
    "WebSocket": (
        program(additional_properties={"websocket_upgrade": True, "smn_notification": SMN}),
        program(additional_properties={"smn_notification": SMN}),
        "additional_properties.websocket_upgrade",
        lambda world: world.cloud.only_service()["additional_properties"].get("websocket_upgrade"),
        True,
    ),
}
"""What the cloud has a default of its own for: before, after, path, look, and the value that stays."""


@pytest.mark.parametrize("case", DEFAULTS.values(), ids=DEFAULTS)
def test_a_default_of_the_cloud_stays_as_it_is_with_a_note(world: World, case: Any) -> None:
    before, after, path, look, value = case
    state = world.create(before)
    assert world.diff(state, after).changes is None
    assert world.told == [f"{path}: no longer in the program; left as it is in the cloud ({value!r})"]
    updated = world.update(state, after)
    assert look(world) == value
    assert world.diff(updated, after).changes is False
