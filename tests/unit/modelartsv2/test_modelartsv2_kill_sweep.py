"""A process that is killed at any of its requests: no second thing, nothing lost, and the next run ends as it would."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.kills import LATER, Killed, Scene
from tests.support.modelartsv2 import POOL, ModelArtsV2, changed, deployment, group, runtime, service, unit
from tests.support.modelartsv2 import limit as limited
from tests.support.modelartsv2_schedules import outside
from tests.support.modelartsv2_stack import Program, Stack
from tests.support.world import Values

pytestmark = pytest.mark.sweep

OF_NOW = re.compile(r"(.*_)?(id|ids|at|time)|events?|instances|instances_made|timeline|shares|credit|.*_infos|name")
"""What is another one each time; that of names that does not follow from an id is looked at apart."""

SECRETS = {"secret_envs": {"main": {"TOKEN": "s3cret-value"}}}
OTHER = unit(image={"swr_path": "swr.example.test/demo/echo:2"})
SERVICE = service()
INLINE = service(deployment=group(), **SECRETS)
BLUE = deployment("chat")
OTHER_POOL = "pool-demo-02"


def alone(values: Values = SERVICE, **changes: Any) -> Program:
    """A program of one service."""
    return {"chat": changed(values, **changes)}


def blue(values: Values = BLUE, **changes: Any) -> Program:
    """A program of a service and a deployment of it."""
    return {"chat": SERVICE, "blue": changed(values, **changes)}


def both(**changes: Any) -> Program:
    """A program of a service and two deployments of it."""
    return {**blue(), "green": changed(BLUE, **changes)}


@dataclass(frozen=True)
class Operation:
    """What is there, and what the program says then; None is nothing.

    `between` and `pinned` are what it says in runs before, in the same state. `orphaned`: what is there was made by a
    run whose state was lost. `runs`: after how many runs all is done; one that does not wait leaves something to the
    next one.
    """

    before: Program | None
    after: Program | None
    between: Program | None = None
    pinned: Program | None = None
    orphaned: bool = False
    runs: int = 1

    def prepare(self, scene: Scene[Stack]) -> None:
        """Makes what is there."""
        with scene.process() as world:
            world.cloud.admin("POST", "/seed", {"pools": [{"pool_name": one} for one in (POOL, OTHER_POOL)]})
        stack = Stack()
        for program in (self.before, self.between, self.pinned):
            with scene.process() as world:
                if program:
                    stack.up(ModelArtsV2(world), program)
                world.clock.advance(LATER)
        scene.state = Stack() if self.orphaned else stack

    def run(self, cloud: ModelArtsV2, stack: Stack) -> None:
        """What the engine does with that state and the program."""
        if self.after is None:
            stack.destroy(cloud)
        else:
            stack.up(cloud, self.after)


CHANGED_LIMIT = runtime(service_limit=limited(request_timeout=60))
DAY = {"schedule": {"time_unit": "HOURS", "duration": 2}}
ROLLED = changed(BLUE, unit_configs=[OTHER])

OPERATIONS: Mapping[str, Operation] = {
    "create a service": Operation(None, alone()),
    "create a service by name": Operation(None, alone(name="chat", description="d", tags={"a": "b"}, **DAY)),
    "create a service without waiting": Operation(None, alone(wait=False), runs=2),
    "create a service with a deployment inside": Operation(None, alone(INLINE)),
    "create a service with a deployment inside by name": Operation(None, alone(INLINE, name="chat")),
    "create a service that is stopped": Operation(None, alone(INLINE, desired_status="stopped")),
    "describe": Operation(alone(), alone(description="other")),
    "settings": Operation(alone(), alone(runtime_config=CHANGED_LIMIT)),
    "settings, schedule and tags": Operation(
        alone(tags={"a": "b", "c": "d"}),
        alone(runtime_config=CHANGED_LIMIT, description="other", tags={"a": "x", "e": "f"}, **DAY),
    ),
    "rename a service": Operation(alone(name="one"), alone(name="two")),
    "rename a service with a deployment inside": Operation(alone(INLINE, name="one"), alone(INLINE, name="two")),
    "change a deployment inside": Operation(alone(INLINE), alone(INLINE, deployment=group(OTHER))),
    "stop a service": Operation(alone(INLINE), alone(INLINE, desired_status="stopped")),
    "start a service": Operation(
        alone(INLINE, desired_status="stopped"), alone(INLINE, desired_status="running", deployment=group(OTHER))
    ),
    "create both": Operation(None, blue(**SECRETS)),
    "create a deployment": Operation(alone(), blue(description="d", priority=2, **SECRETS)),
    "create a deployment by name": Operation(alone(), blue(name="blue")),
    "create a deployment without waiting": Operation(alone(), blue(wait=False), runs=2),
    "create a deployment with a limit of tasks": Operation(
        {"chat": service(type="ASYNC_REAL_TIME")},
        {
            "chat": service(type="ASYNC_REAL_TIME"),
            "blue": {**BLUE, "deployment_task_limit": {"max_concurrent_task": 5}},
        },
    ),
    "create a deployment that is stopped": Operation(alone(), blue(desired_status="stopped")),
    "scale": Operation(blue(), blue(count=3)),
    "roll out": Operation(blue(), blue(ROLLED)),
    "roll out and scale": Operation(blue(**SECRETS), blue(ROLLED, count=3, **SECRETS)),
    "weight": Operation(blue(), blue(weight=50)),
    "shift weights": Operation(both(weight=0), {**blue(weight=0), "green": changed(BLUE, weight=100)}),
    "roll out with a weight": Operation(blue(), blue(ROLLED, weight=50)),
    "pin": Operation(blue(), blue(ROLLED, pinned_version="1.0.0"), between=blue(ROLLED)),
    "unpin": Operation(blue(), blue(ROLLED), between=blue(ROLLED), pinned=blue(ROLLED, pinned_version="1.0.0")),
    "unpin to something new": Operation(
        blue(),
        blue(unit_configs=[unit(envs={"A": "1"})]),
        between=blue(ROLLED),
        pinned=blue(ROLLED, pinned_version="1.0.0"),
    ),
    "stop": Operation(blue(), blue(desired_status="stopped")),
    "start": Operation(blue(desired_status="stopped"), blue(desired_status="running")),
    "start with another image": Operation(blue(desired_status="stopped"), blue(ROLLED, desired_status="running")),
    "stop for a priority": Operation(blue(priority=1), blue(priority=2, desired_status="stopped")),
    "replace": Operation(blue(), blue(pool_id=OTHER_POOL)),
    "replace by name": Operation(blue(name="blue"), blue(name="blue", pool_id=OTHER_POOL)),
    "rename a deployment": Operation(blue(name="one"), blue(name="two")),
    "delete all": Operation(both(), None),
    "delete a service with a deployment inside": Operation(alone(INLINE), None),
    "delete a deployment": Operation(both(), blue()),
    "take over a service": Operation(alone(), alone(), orphaned=True),
    "take over a service by name": Operation(alone(INLINE, name="chat"), alone(INLINE, name="chat"), orphaned=True),
    "take over both": Operation(blue(**SECRETS), blue(**SECRETS), orphaned=True),
    "take over both by name and change": Operation(
        {"chat": service(name="chat"), "blue": {**BLUE, "name": "blue"}},
        {"chat": service(name="chat", description="d"), "blue": {**ROLLED, "name": "blue", "count": 2}},
        orphaned=True,
    ),
}


def at_once(scene: Scene[Stack]) -> None:
    """Nothing happens in between."""


def later(scene: Scene[Stack]) -> None:
    """The cloud ends what it was doing."""
    scene.now += LATER


def refreshed(scene: Scene[Stack]) -> None:
    """The state is refreshed at once."""
    assert scene.state is not None
    with scene.process() as world:
        for name in list(scene.state.states):
            try:
                scene.state.refresh(ModelArtsV2(world), name)
            except UnhealthyError as error:
                raise AssertionError("nothing fails here") from error


MEANWHILE = (at_once, later, refreshed)


def plain(value: Any) -> Any:
    """Without what is another one each time."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if not OF_NOW.fullmatch(name)}
    return [plain(one) for one in value] if isinstance(value, list) else value


def live(cloud: ModelArtsV2) -> list[Values]:
    """All services and deployments, without what is another one each time."""
    found = []
    for one in cloud.services():
        groups = [{"called": without_digest(each["name"]), **plain(each)} for each in one["deployments"]]
        groups.sort(key=lambda each: str(each["called"]))
        found.append({"called": without_digest(one["name"]), **plain(one), "deployments": groups})
    return sorted(found, key=lambda one: str(one["called"]))


def without_digest(name: str) -> str:
    """An automatic name without what follows from the id of a service."""
    return re.sub("-[0-9a-f]{7}$", "-digest", name)


def ids_in(cloud: ModelArtsV2) -> list[str]:
    """The ids of all that is there and has a life of its own, as a state has them."""
    found = []
    for one in cloud.services():
        found.append(one["id"])
        found += [f"{one['id']},{each['id']}" for each in one["deployments"] if each["pool_id"]]
    return sorted(found)


def inputs_of(stack: Stack) -> Values:
    """What the state has of each that does not follow from an id."""
    return {name: plain({**one.inputs, "called": without_digest(one.inputs["name"])}) for name, one in states(stack)}


def states(stack: Stack) -> list[tuple[str, State]]:
    """The states by their names."""
    return sorted(stack.states.items())


def result_of(operation: Operation, scene: Scene[Stack]) -> Values:
    """What the operation leads to: in the cloud, in the state, and in a preview that compares both."""
    assert scene.state is not None
    with scene.process() as world:
        cloud, stack = ModelArtsV2(world), scene.state
        for _ in range(operation.runs):
            world.next_operation()
            operation.run(cloud, stack)
            world.clock.advance(LATER)
            outside(world, "GET", "/services")  # what is over by now is carried out with a request
        assert sorted(one.id for _, one in states(stack)) == ids_in(cloud), "what is there is what the state has"
        seen = stack.preview(cloud, operation.after) if operation.after else {}
        shown = {name: (one.changes, one.replaces) for name, one in seen.items()}
        return {"live": live(cloud), "olds": stack.olds, "inputs": inputs_of(stack), "next": shown}


def killed_by(operation: Operation, scene: Scene[Stack], fatal: int, moment: str) -> str:
    """The request at which the operation was killed; "" when it came to its end."""
    assert scene.state is not None
    with scene.process(fatal, moment) as world:
        try:
            operation.run(ModelArtsV2(world), scene.state)
        except Killed as killed:
            return str(killed)
    return ""


def kept(scene: Scene[Stack]) -> dict[str, str]:
    """The ids in the state."""
    assert scene.state is not None
    return {name: one.id for name, one in states(scene.state)}


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_kill_at_any_request_changes_nothing_in_the_end(tmp_path: Path, operation: Operation, moment: str) -> None:
    start: Scene[Stack] = Scene(tmp_path / "start")
    start.folder.mkdir()
    operation.prepare(start)
    undisturbed = start.copy(tmp_path / "undisturbed")
    expected = result_of(operation, undisturbed)
    assert all(one == (False, []) for one in expected["next"].values())
    stays = {name: one for name, one in kept(start).items() if kept(undisturbed).get(name) == one}

    for fatal in count(1):
        killed = start.copy(tmp_path / f"killed {fatal}")
        request = killed_by(operation, killed, fatal, moment)
        if not request:
            break
        for meanwhile in MEANWHILE:
            scene = killed.copy(tmp_path / f"killed {fatal} {meanwhile.__name__}")
            story = f"killed {moment} request {fatal}, {request}; {meanwhile.__name__}"
            try:
                meanwhile(scene)
                result = result_of(operation, scene)
            except Exception as error:
                error.add_note(story)
                raise
            assert result == expected, story
            assert stays.items() <= kept(scene).items(), story
    assert fatal > 1 or (moment == "after" and operation.orphaned)
