"""Three tables for the service: what a life sends, what a comparison answers, and what happens when it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State
from tests.support.world import Values, World, item, program

POOL = {"pool_name": "pool-a"}
SCHEDULE = [{"type": "stop", "time_unit": "HOURS", "duration": 5}]
SMN = {"topic_urn": "urn:smn:topic", "events": [1, 3]}
CUSTOM: Values = {"specification": "custom", "custom_spec": {"cpu": 1.5, "memory": 2048}}


def custom(**spec: Any) -> Values:
    return item(specification="custom", custom_spec={"cpu": 1.5, "memory": 2048, **spec})


def sent_item(model_id: str = "model-a", **changes: Any) -> Values:
    """A model as a call that replaces the whole array carries it: live values of what nobody manages included."""
    return item(model_id, **{"weight": 100, "envs": {}, "additional_properties": {}, **changes})


def put(**body: Any) -> tuple[str, str, Any]:
    return ("PUT", "", body)


def scale(**counts: int) -> tuple[str, str, Any]:
    configs = [{"model_id": f"model-{name}", "changed_value": str(count)} for name, count in counts.items()]
    return ("PUT", "/property", {"changed_property": "instance_count", "configs": configs})


TWO = (item("model-a", weight=60), item("model-b", weight=40))

LIFECYCLE: dict[str, tuple[Values, Values, list[tuple[str, str, Any]]]] = {
    "nothing changes": (program(), program(), []),
    "description": (program(description="one"), program(description="two"), [put(description="two")]),
    "description removed": (program(description="one"), program(), [put(description="")]),
    "one more instance": (program(), program(item(instance_count=3)), [scale(a=3)]),
    "back to the default count": (program(), program(item(instance_count=1)), [scale(a=1)]),
    "two models scaled": (
        program(*TWO),
        program(item("model-a", weight=60, instance_count=3), item("model-b", weight=40, instance_count=1)),
        [scale(a=3, b=1)],
    ),
    "one of two models scaled": (
        program(*TWO),
        program(TWO[0], item("model-b", weight=40, instance_count=1)),
        [scale(b=1)],
    ),
    "models in another order": (program(*TWO), program(*reversed(TWO)), []),
    "scaled and another variable": (
        program(),
        program(item(instance_count=3, envs={"A": "1"})),
        [put(config=[sent_item(instance_count=3, envs={"A": "1"})])],
    ),
    "variable changed": (
        program(item(envs={"A": "1", "B": "2"})),
        program(item(envs={"A": "1", "B": "3"})),
        [put(config=[sent_item(envs={"A": "1", "B": "3"})])],
    ),
    "variable with two underscores": (
        program(item(envs={"__A": "1"})),
        program(item(envs={"__A": "2"})),
        [put(config=[sent_item(envs={"__A": "2"})])],
    ),
    "one variable removed": (
        program(item(envs={"A": "1", "B": "2"})),
        program(item(envs={"A": "1"})),
        [put(config=[sent_item(envs={"A": "1"})])],
    ),
    "all variables removed": (
        program(item(envs={"A": "1"})),
        program(item()),
        [put(config=[item(weight=100, additional_properties={})])],
    ),
    "accelerator removed": (
        program(custom(gpu_p4=1), **POOL),
        program(custom(), **POOL),
        [put(config=[sent_item(**CUSTOM)])],
    ),
    "model replaced": (program(), program(item("model-b")), [put(config=[item("model-b", weight=100)])]),
    "traffic moved": (
        program(*TWO),
        program(item("model-a", weight=50), item("model-b", weight=50)),
        [put(config=[sent_item("model-a", weight=50), sent_item("model-b", weight=50)])],
    ),
    "model removed": (program(*TWO), program(item()), [put(config=[sent_item()])]),
    "description with another configuration": (
        program(description="one"),
        program(item(envs={"A": "1"}), description="two"),
        [put(description="two", config=[sent_item(envs={"A": "1"})])],
    ),
    "description with another count": (
        program(description="one"),
        program(item(instance_count=3), description="two"),
        [put(description="two"), scale(a=3)],
    ),
    "schedule": (program(), program(schedule=SCHEDULE), [put(schedule=SCHEDULE)]),
    "schedule removed": (program(schedule=SCHEDULE), program(), [put(schedule=[])]),
    "notification": (
        program(),
        program(additional_properties={"smn_notification": SMN}),
        [put(additional_properties={"smn_notification": SMN})],
    ),
    "notified events in another order": (
        program(additional_properties={"smn_notification": SMN}),
        program(additional_properties={"smn_notification": {**SMN, "events": [3, 1]}}),
        [],
    ),
    "notification removed beside another property": (
        program(additional_properties={"smn_notification": SMN, "websocket_upgrade": True}),
        program(additional_properties={"websocket_upgrade": True}),
        [put(additional_properties={"websocket_upgrade": True})],
    ),
    "priority": (program(priority=3), program(priority=2), [put(priority=2)]),
    "default of the cloud no longer named": (program(priority=3), program(), []),
    "mounted secret added": (
        program(),
        program(service_secrets=[{"secret_id": "s-1", "mount_path": "/s"}]),
        [put(service_secrets=[{"secretId": "s-1", "mouthPath": "/s"}])],
    ),
    "mounted secret changed": (
        program(service_secrets=[{"secret_id": "s-1", "mount_path": "/s"}]),
        program(service_secrets=[{"secret_id": "s-1", "mount_path": "/t"}]),
        [put(service_secrets=[{"secretId": "s-1", "mouthPath": "/t"}])],
    ),
    "mounted secret removed": (
        program(service_secrets=[{"secret_id": "s-1", "mount_path": "/s"}]),
        program(),
        [put(service_secrets=[])],
    ),
    "never answered timeout changed": (
        program(item(deploy_timeout_in_seconds=600)),
        program(item(deploy_timeout_in_seconds=900)),
        [put(config=[sent_item(deploy_timeout_in_seconds=900)])],
    ),
    "never answered timeout carried along": (
        program(item(deploy_timeout_in_seconds=600)),
        program(item(deploy_timeout_in_seconds=600, envs={"A": "1"})),
        [put(config=[sent_item(deploy_timeout_in_seconds=600, envs={"A": "1"})])],
    ),
    "secret variable added": (
        program(item(envs={"A": "1"})),
        program(item(envs={"A": "1"}), secret_envs={"model-a": {"PASS": "x"}}),
        [put(config=[sent_item(envs={"A": "1", "PASS": "x"})])],
    ),
    "secret variable removed": (
        program(secret_envs={"model-a": {"PASS": "x"}}),
        program(),
        [put(config=[item(weight=100, additional_properties={})])],
    ),
    "variable becomes a secret": (
        program(item(envs={"PASS": "x"})),
        program(secret_envs={"model-a": {"PASS": "x"}}),
        [],
    ),
    "stopped": (program(), program(desired_status="stopped"), [put(status="stopped")]),
    "started": (
        program(desired_status="stopped"),
        program(desired_status="running"),
        [put(status="running")],
    ),
    "another configuration and stopped": (
        program(),
        program(item(envs={"A": "1"}), desired_status="stopped"),
        [put(config=[sent_item(envs={"A": "1"})]), put(status="stopped")],
    ),
    "no longer said whether it runs": (program(desired_status="stopped"), program(), []),
    "only our own ways": (program(), program(timeouts={"create": "1h"}, wait=False), []),
}


@pytest.mark.parametrize(("before", "after", "calls"), LIFECYCLE.values(), ids=LIFECYCLE)
def test_a_life(world: World, before: Values, after: Values, calls: list[tuple[str, str, Any]]) -> None:
    state = world.create(before)
    stored = world.update(state, after)
    made = [(one.method, one.path.removeprefix(f"/services/{state.id}"), one.body) for one in world.writes()]
    assert made == calls
    assert stored.id == state.id
    assert world.diff(stored, after).changes is False
    assert world.writes() == []
    world.delete(stored)
    assert world.cloud.services() == []


Behind = Callable[[World], None]


def console(**changes: Any) -> Behind:
    return lambda world: world.cloud.change(**changes)


def untouched(_world: World) -> None:
    """Nobody has been in the console."""


DIFF: dict[str, tuple[Values, Behind, Values, bool | None, list[str]]] = {
    "nothing": (program(), untouched, program(), False, []),
    "program moved": (program(), untouched, program(description="new"), None, []),
    "console moved": (program(), console(config={"model-a": {"instance_count": 5}}), program(), True, []),
    "both moved to the same": (
        program(),
        console(config={"model-a": {"instance_count": 5}}),
        program(item(instance_count=5)),
        None,
        [],
    ),
    "console moved what nobody manages": (program(), console(priority=3, description="x"), program(), False, []),
    "console added a variable to those of the program": (
        program(item(envs={"A": "1"})),
        console(config={"model-a": {"envs": {"A": "1", "B": "2"}}}),
        program(item(envs={"A": "1"})),
        True,
        [],
    ),
    "console added variables where the program has none": (
        program(),
        console(config={"model-a": {"envs": {"B": "2"}}}),
        program(),
        False,
        [],
    ),
    "failed": (program(), console(status="failed", error_msg="broken"), program(), True, []),
    "alarm": (program(), console(status="concerning"), program(), False, []),
    "still deploying": (program(), console(status="deploying"), program(), True, []),
    "still deploying, and nobody waits": (
        program(wait=False),
        console(status="deploying"),
        program(wait=False),
        False,
        [],
    ),
    "stopped in the console, unmanaged": (program(), console(status="stopped"), program(), False, []),
    "stopped in the console, wanted running": (
        program(desired_status="running"),
        console(status="stopped"),
        program(desired_status="running"),
        True,
        [],
    ),
    "pool, which is part of an automatic name": (
        program(),
        untouched,
        program(pool_name="pool-b"),
        None,
        ["name", "pool_name"],
    ),
    "automatic name becomes the program's": (program(), untouched, program(name="demo"), None, ["name"]),
    "workspace named although it is the default": (program(), untouched, program(workspace_id="0"), False, []),
    "another workspace": (
        program(name="demo"),
        untouched,
        program(name="demo", workspace_id="w-1"),
        None,
        ["workspace_id"],
    ),
    "workspace no longer named": (program(workspace_id="0"), untouched, program(), False, []),
    "timeouts and wait": (program(), untouched, program(wait=False, timeouts={"update": "5m"}), False, []),
    "nearly everything added": (
        program(),
        untouched,
        program(
            item(envs={"A": "1"}),
            description="d",
            schedule=SCHEDULE,
            priority=2,
            load_balancer_policy="ROUND_ROBIN",
            service_secrets=[{"secret_id": "s", "mount_path": "/s"}],
            desired_status="running",
            secret_envs={"model-a": {"P": "x"}},
            additional_properties={"smn_notification": SMN},
        ),
        None,
        [],
    ),
}


@pytest.mark.parametrize(("before", "behind", "after", "changes", "replaces"), DIFF.values(), ids=DIFF)
def test_a_comparison(
    world: World, before: Values, behind: Behind, after: Values, changes: bool | None, replaces: list[str]
) -> None:
    state = world.create(before)
    behind(world)
    found = world.diff(state, after)
    assert (found.changes, found.replaces) == (changes, replaces)
    assert world.writes() == []
    assert world.details_read(state) == 1


def _read(world: World, state: State) -> Any:
    return world.read(state)


def _diff(world: World, state: State) -> Any:
    found = world.diff(state, program())
    return found.changes, found.replaces, found.delete_before_replace


def _update(world: World, state: State) -> Any:
    with pytest.raises(InferenceError) as caught:
        world.update(state, program(description="new"))
    return str(caught.value).splitlines()[0]


def _delete(world: World, state: State) -> Any:
    world.delete(state)
    return [str(one).replace(state.id, "ID") for one in world.cloud.sent()]


GONE: dict[str, tuple[Callable[[World, State], Any], Any]] = {
    "read": (_read, None),
    "diff": (_diff, (True, ["service_id"], False)),
    "update": (_update, "NAME was not changed: NAME is gone from the cloud"),
    "delete": (_delete, ["DELETE /services/ID", "GET /services/ID", "GET /services/ID", "GET /services"]),
}


@pytest.mark.parametrize(("act", "expected"), GONE.values(), ids=GONE)
def test_already_gone(world: World, act: Callable[[World, State], Any], expected: Any) -> None:
    state = world.create(program())
    world.cloud.vanish()
    if isinstance(expected, str):
        expected = expected.replace("NAME", state.inputs["name"])
    assert act(world, state) == expected
    assert world.cloud.services() == []
