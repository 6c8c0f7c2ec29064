"""A process that is killed at any of its requests: the next run ends where an undisturbed one would have ended."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State
from tests.support.kills import Killed, Scene
from tests.support.modelartsv2 import ModelArtsV2, deployment
from tests.support.modelartsv2_schedules import EVENING, MORNING, outside, scheduling
from tests.support.world import Values, World

pytestmark = pytest.mark.sweep

NIGHT = {"name": "night", "schedule": "0 23 * * *", "target_replicas": 2}
RULES, OTHERS = (MORNING, EVENING), (NIGHT, {**MORNING, "target_replicas": 9})


@dataclass(frozen=True)
class Operation:
    """The rules that are there, and those of the program then; none is no schedule.

    `was_there` says that there was one before: its policy is there, without rules. `policy_goes` lets an account remove
    it.
    """

    before: tuple[Values, ...]
    after: tuple[Values, ...]
    was_there: bool = False
    policy_goes: bool = False

    def prepare(self, scene: Scene[State]) -> None:
        """Makes what is there."""
        with scene.process() as world:
            room = ModelArtsV2(world)
            room.set(hpa_delete=self.policy_goes)
            room.deployment(deployment(room.service()))
            scheduling(world)
            if self.was_there:
                world.delete(world.create(program(world, RULES)))
            if self.before:
                scene.state = world.create(program(world, self.before))

    def run(self, world: World, state: State | None) -> State | None:
        """What the engine does with that state and the program."""
        scheduling(world)
        if not self.after:
            if state:
                world.delete(state)
            return None
        values = program(world, self.after)
        return world.update(state, values) if state else world.create(values)


def program(world: World, rules: tuple[Values, ...]) -> Values:
    """What the program says of the one deployment."""
    [service] = outside(world, "GET", "/services")["data"]
    [group] = outside(world, "GET", f"/services/{service['id']}/deployments")["data"]
    return {"service_id": service["id"], "deployment_id": group["infer_name"], "rules": list(rules)}


def rules_in(world: World) -> list[Any]:
    """The rules that are there."""
    values = program(world, ())
    path = f"/services/{values['service_id']}/deployments/{values['deployment_id']}/hpa"
    found = outside(world, "GET", path, may_fail=True) or {"hpa_rules": []}
    names = ("name", "schedule", "target_replicas", "disable")
    return sorted([one[name] for name in names] for one in found["hpa_rules"])


OPERATIONS = {
    "create": Operation((), RULES),
    "create once more": Operation((), RULES, was_there=True),
    "update": Operation(RULES, OTHERS),
    "delete": Operation(RULES, ()),
    "delete with its policy": Operation(RULES, (), policy_goes=True),
}


def result_of(operation: Operation, scene: Scene[State]) -> dict[str, Any]:
    """What the operation leads to: in the cloud, and in a preview that compares it with the program."""
    with scene.process() as world:
        made = operation.run(world, scene.state)
        result: dict[str, Any] = {"live": rules_in(world)}
        if made:
            result["next diff"] = world.diff(made, program(world, operation.after)).changes
            found = world.read(made)
            result["is seen"] = found is not None and found.inputs == made.inputs
        return result


def killed_by(operation: Operation, scene: Scene[State], fatal: int, moment: str) -> str:
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
    start = Scene[State](tmp_path / "start")
    start.folder.mkdir()
    operation.prepare(start)
    expected = result_of(operation, start.copy(tmp_path / "undisturbed"))
    assert expected.get("next diff", False) is False
    assert expected.get("is seen", True)
    assert len(expected["live"]) == len(operation.after)

    for fatal in count(1):
        scene = start.copy(tmp_path / f"killed {fatal}")
        request = killed_by(operation, scene, fatal, moment)
        if not request:
            break
        try:
            result = result_of(operation, scene)
        except Exception as error:
            error.add_note(f"killed {moment} request {fatal}, {request}")
            raise
        assert result == expected, f"killed {moment} request {fatal}, {request}"
    assert fatal > 1
