"""A process that is killed at any of its requests: the next run ends where an undisturbed one would have ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.cloud import Cloud
from tests.support.kills import LATER, Killed
from tests.support.kills import Scene as _Scene
from tests.support.kinds import batch, edge
from tests.support.world import Values, World, item, program

pytestmark = pytest.mark.sweep

COMPARED = ("service_name", "description", "status", "schedule", "config")
MOMENTS = ("start_time", "finished_time")
NAMED = {"name": "demo", "description": "mine"}
SECRET = {"secret_envs": {"model-a": {"PASSWORD": "s3cret"}}}
OTHER_ENVS = item(envs={"A": "1"})
SMOKE = {"smoke_test": {"body": {"x": 1}, "attempts": 1}}


Scene = _Scene[State]


@dataclass(frozen=True)
class Operation:
    """What is there, and what the program says then; None is nothing.

    `orphaned`: what is there was made by a run whose state was lost.
    """

    before: Values | None
    after: Values | None
    orphaned: bool = False

    def prepare(self, scene: Scene) -> None:
        """Makes what is there."""
        with scene.process() as world:
            made = self.before and world.create(self.before)
            scene.state = made if made and not self.orphaned else None
            world.clock.advance(LATER)

    def run(self, world: World, state: State | None) -> State | None:
        """What the engine does with that state and the program."""
        if self.after is None:
            if state:
                world.delete(state)
            return None
        if state is None:
            return world.create(self.after)
        difference = world.diff(state, self.after)
        assert difference.replaces == []
        if difference.changes is False:
            return state
        inputs = world.known(world.valid(self.after, state))
        return world.recorded(world.lifecycle.update(world.context(), state.id, state, inputs))


OPERATIONS = {
    "create": Operation(None, program()),
    "create with a given name": Operation(None, program(**NAMED)),
    "create stopped": Operation(None, program(desired_status="stopped")),
    "create stopped with a given name": Operation(None, program(desired_status="stopped", **NAMED)),
    "create without waiting": Operation(None, program(wait=False)),
    "create with secrets": Operation(None, program(**SECRET)),
    "scale": Operation(program(), program(item(instance_count=3))),
    "configuration": Operation(program(), program(OTHER_ENVS)),
    "variables removed": Operation(program(OTHER_ENVS), program()),
    "models": Operation(program(), program(item(weight=60), item("model-b", weight=40))),
    "secrets": Operation(program(), program(**SECRET)),
    "description": Operation(program(**NAMED), program(**{**NAMED, "description": "still mine"})),
    "description removed": Operation(program(**NAMED), program(name="demo")),
    "description and configuration": Operation(program(), program(OTHER_ENVS, description="new")),
    "description and scale": Operation(program(), program(item(instance_count=3), description="new")),
    "stop": Operation(program(), program(desired_status="stopped")),
    "configuration and stop": Operation(program(), program(OTHER_ENVS, desired_status="stopped")),
    "scale and stop": Operation(program(), program(item(instance_count=3), desired_status="stopped")),
    "start": Operation(program(desired_status="stopped"), program(desired_status="running")),
    "configuration and start": Operation(
        program(desired_status="stopped"), program(OTHER_ENVS, desired_status="running")
    ),
    "configuration of a stopped one": Operation(
        program(desired_status="stopped"), program(OTHER_ENVS, desired_status="stopped")
    ),
    "tags": Operation(program(tags={"a": "1", "b": "1"}), program(tags={"a": "2", "c": "3"})),
    "create with a smoke test": Operation(None, program(**SMOKE)),
    "scale with a smoke test": Operation(program(**SMOKE), program(item(instance_count=3), **SMOKE)),
    "run a batch service again": Operation(batch(rerun_triggers={"day": "1"}), batch(rerun_triggers={"day": "2"})),
    "nodes": Operation(
        edge("n1", "n2", desired_node_status={"n2": "stopped"}),
        edge("n1", "n2", desired_node_status={"n1": "stopped", "n2": "running"}),
    ),
    "configuration and nodes": Operation(
        edge("n1", "n2", desired_node_status={"n2": "stopped"}), edge("n1", "n3", desired_node_status={"n3": "stopped"})
    ),
    "schedule": Operation(program(), program(schedule=[{"type": "stop", "time_unit": "HOURS", "duration": 5}])),
    "take over": Operation(program(), program(OTHER_ENVS), orphaned=True),
    "take over with a given name": Operation(program(**NAMED), program(OTHER_ENVS, **NAMED), orphaned=True),
    "take over and stop": Operation(program(), program(desired_status="stopped"), orphaned=True),
    "delete": Operation(program(), None),
    "delete a stopped one": Operation(program(desired_status="stopped"), None),
}


def at_once(scene: Scene) -> None:
    """Nothing happens in between."""


def later(scene: Scene) -> None:
    """The cloud ends what it was doing."""
    scene.now += LATER


def refreshed(scene: Scene) -> None:
    """The state is refreshed at once."""
    if scene.state:
        with scene.process() as world:
            try:
                scene.state = world.read(scene.state)
            except UnhealthyError as error:
                scene.state = world.recorded(error.state)


MEANWHILE: tuple[Callable[[Scene], None], ...] = (at_once, later, refreshed)


def live(cloud: Cloud) -> list[Values]:
    """All services, as far as these programs speak of them."""
    services = cloud.services()
    for model in (one for service in services for one in service["config"]):
        for name in MOMENTS:
            model.pop(name, None)
    return [{name: one.get(name) for name in COMPARED} for one in services]


def result_of(operation: Operation, scene: Scene) -> dict[str, Any]:
    """What the operation leads to: in the cloud, in the state, and in a preview that compares both with the program."""
    with scene.process() as world:
        made = operation.run(world, scene.state)
        was_tested = any(one.path.startswith("/v1/infers/") for one in world.cloud.sent())
        world.clock.advance(LATER)
        tags = world.cloud.api("GET", "/services/tms/tags")["tags"]
        result: dict[str, Any] = {"live": live(world.cloud), "tags": tags, "was tested": was_tested}
        if made and operation.after is not None:
            result["recorded"] = [made.inputs.get(name) for name in ("tags", "rerun_triggers", "desired_node_status")]
            result["status"] = made.facts["status"] if made.inputs.get("wait", True) else None
            result["id is live"] = made.id == world.cloud.only_service()["service_id"]
            result["next diff"] = world.diff(made, operation.after).changes
        return result


def killed_by(operation: Operation, scene: Scene, fatal: int, moment: str) -> str:
    """The request at which the operation was killed; "" when it came to its end."""
    with scene.process(fatal, moment) as world:
        try:
            operation.run(world, scene.state)
        except Killed as killed:
            return str(killed)
    return ""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_kill_at_any_request_changes_nothing_in_the_end(tmp_path: Path, operation: Operation, moment: str) -> None:
    start = Scene(tmp_path / "start")
    start.folder.mkdir()
    operation.prepare(start)
    expected = result_of(operation, start.copy(tmp_path / "undisturbed"))
    assert expected.get("next diff", False) is False

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
    assert fatal > 1
