"""A process that is killed at any of its requests: no second deployment, and the next run ends as it would have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.alaya import SCALE, Alaya, changed, expert, head, lora, quick_start, worker
from tests.support.alaya_stack import Program, Stack
from tests.support.kills import LATER, Killed, Scene
from tests.support.world import Values, World

pytestmark = pytest.mark.sweep

OF_NOW = ("serviceId", "apikey", "instances_made", "made_at", "baseServiceId", "loraServices")
"""What is another one each time."""

POLICY = "on_offline_change"
"""How we work: what has been done and read already is recorded without it."""

PULLED = {
    "image_pull_secret": {"registry": "https://registry.example.com", "username": "puller"},
}
PASSWORDS = {"image_pull_passwords": {"head": "pass-word", "worker": "other-word"}}
SECRETS = {"secret_env": {"head": {"TOKEN": "s3cret-value"}}}
RESTART: Values = {"on_offline_change": "restart"}
REPLACE: Values = {"on_offline_change": "replace"}
WIDER = {**SCALE, "min": 2, "max": 5}

WHOLE = expert(head(env={"A": "1"}, **PULLED), worker(**PULLED), **PASSWORDS, **SECRETS, extensions={"team": "a"})
QUICK = quick_start(scale=SCALE)
ENGINE = {"backend_args": ["--y"]}


def chat(values: Values, **changes: Any) -> Program:
    """A program of one deployment."""
    return {"chat": changed(values, **changes)}


def both(base: Values, adapter: Values | None = None) -> Program:
    """A program of a base and an adapter on it."""
    return {"chat": base, "style": adapter or lora("chat")}


@dataclass(frozen=True)
class Operation:
    """What is there, and what the program says then; None is nothing.

    `orphaned`: what is there was made by a run whose state was lost. `runs`: after how many runs all is done; one that
    does not wait leaves the scaling of what it takes over to the next one.
    """

    before: Program | None
    after: Program | None
    orphaned: bool = False
    runs: int = 1

    def prepare(self, scene: Scene[Stack]) -> None:
        """Makes what is there."""
        with scene.process() as world:
            stack = Stack()
            if self.before:
                stack.up(cloud(world), self.before)
            world.clock.advance(LATER)
            scene.state = Stack() if self.orphaned else stack

    def run(self, alaya: Alaya, stack: Stack) -> None:
        """What the engine does with that state and the program."""
        if self.after is None:
            stack.destroy(alaya)
        else:
            stack.up(alaya, self.after)


OPERATIONS: Mapping[str, Operation] = {
    "create Expert": Operation(None, chat(expert())),
    "create Expert with everything": Operation(None, chat(WHOLE)),
    "create Expert by name": Operation(None, chat(WHOLE, name="chat")),
    "create Expert without waiting": Operation(None, chat(expert(), name="chat", wait=False), runs=2),
    "create Quick Start": Operation(None, chat(quick_start())),
    "create Quick Start by name": Operation(None, chat(quick_start(), name="chat")),
    "create Quick Start with a scale": Operation(None, chat(QUICK)),
    "create Quick Start with a scale by name": Operation(None, chat(QUICK, name="chat")),
    "create LoRA": Operation(chat(quick_start()), both(quick_start())),
    "create LoRA by name": Operation(chat(expert()), both(expert(), lora("chat", name="style"))),
    "scale Expert": Operation(chat(expert()), chat(expert(), scale=WIDER)),
    "scale Quick Start": Operation(chat(QUICK), chat(QUICK, scale=WIDER)),
    "first scale of Quick Start": Operation(chat(quick_start()), chat(QUICK)),
    "restart Expert": Operation(chat(WHOLE), chat(WHOLE, model_id="other", scale=WIDER, **RESTART)),
    "restart Expert with another password": Operation(
        chat(WHOLE), chat(WHOLE, image_pull_passwords={"head": "new-word", "worker": "other-word"}, **RESTART)
    ),
    "restart Expert without workers": Operation(chat(expert(head(), worker())), chat(expert(), **RESTART)),
    "restart Quick Start with a scale": Operation(chat(QUICK), chat(quick_start(ENGINE, scale=WIDER), **RESTART)),
    "restart LoRA": Operation(both(quick_start()), both(quick_start(), lora("chat", model_id="other", **RESTART))),
    "restart a base with LoRA": Operation(both(QUICK), both(quick_start(ENGINE, scale=SCALE, **RESTART))),
    "rename": Operation(chat(WHOLE, name="one"), chat(WHOLE, name="two", **RESTART)),
    "replace Expert": Operation(chat(expert()), chat(expert(model_id="other"), **REPLACE)),
    "replace Expert by name": Operation(
        chat(WHOLE, name="chat"), chat(WHOLE, name="chat", model_id="other", **REPLACE)
    ),
    "replace Quick Start by name": Operation(
        chat(QUICK, name="chat"), chat(quick_start(ENGINE, name="chat", scale=SCALE), **REPLACE)
    ),
    "another form": Operation(chat(expert(name="chat")), chat(QUICK, name="chat")),
    "replace a base with LoRA": Operation(both(quick_start()), both(quick_start(ENGINE, **REPLACE))),
    "take over Expert": Operation(chat(expert()), chat(expert()), orphaned=True),
    "take over Expert by name": Operation(chat(WHOLE, name="chat"), chat(WHOLE, name="chat"), orphaned=True),
    "take over Expert and restart": Operation(
        chat(expert(name="chat")), chat(expert(name="chat", model_id="other", **RESTART)), orphaned=True
    ),
    "take over Quick Start": Operation(chat(QUICK), chat(QUICK), orphaned=True),
    "take over Quick Start by name": Operation(chat(QUICK, name="chat"), chat(QUICK, name="chat"), orphaned=True),
    "take over both": Operation(both(quick_start()), both(quick_start()), orphaned=True),
    "delete Expert": Operation(chat(expert()), None),
    "delete both": Operation(both(quick_start()), None),
    "delete LoRA": Operation(both(quick_start()), chat(quick_start())),
}


def cloud(world: World) -> Alaya:
    """Alaya NeW in a process of its own."""
    return Alaya(world)


def at_once(scene: Scene[Stack]) -> None:
    """Nothing happens in between."""


def later(scene: Scene[Stack]) -> None:
    """The cloud ends what it was doing."""
    scene.now += LATER


def refreshed(scene: Scene[Stack]) -> None:
    """The state is refreshed at once; what has been stopped for an update is told by the way."""
    assert scene.state is not None
    with scene.process() as world:
        for _ in list(scene.state.states):
            try:
                scene.state.refresh(cloud(world))
            except UnhealthyError as error:
                assert "is stopped; `pulumi up` starts it" in str(error)
                name = next(name for name, one in scene.state.states.items() if one.id == error.state.id)
                scene.state.states[name] = world.recorded(error.state)


MEANWHILE = (at_once, later, refreshed)


def live(alaya: Alaya) -> list[Values]:
    """All deployments, without what is another one each time."""
    found = []
    for one in alaya.services():
        base = one["baseServiceId"] and alaya.service(one["baseServiceId"])["name"]
        ready = [each["ready"] for each in one["instances"]]
        plain = {name: value for name, value in one.items() if name not in OF_NOW}
        found.append({**plain, "instances": ready, "base": base, "name": without_digest(one["name"])})
    return sorted(found, key=lambda one: (one["mode"], one["name"], one["modelId"]))


def without_digest(name: str) -> str:
    """An automatic name without what follows from the id of a base."""
    return re.sub("-[0-9a-f]{7}$", "-digest", name)


def result_of(operation: Operation, scene: Scene[Stack]) -> Values:
    """What the operation leads to: in the cloud, in the state, and in a preview that compares both."""
    assert scene.state is not None
    with scene.process() as world:
        alaya, stack = cloud(world), scene.state
        for _ in range(operation.runs):
            world.next_operation()
            operation.run(alaya, stack)
            world.clock.advance(LATER)
        ids = {one["serviceId"] for one in alaya.services()}
        assert {one.id for one in stack.states.values()} == ids, "what is there is what the state has"
        seen = stack.preview(alaya, operation.after) if operation.after else {}
        shown = {name: (one.changes, one.replaces) for name, one in seen.items()}
        return {"live": live(alaya), "olds": stack.olds, "inputs": inputs_of(stack), "next": shown}


def inputs_of(stack: Stack) -> Values:
    """What the state has of each that does not follow from an id."""
    return {
        name: {**one.inputs, "lora": "lora" in one.inputs, "name": without_digest(one.inputs["name"]), POLICY: ""}
        for name, one in stack.states.items()
    }


def killed_by(operation: Operation, scene: Scene[Stack], fatal: int, moment: str) -> str:
    """The request at which the operation was killed; "" when it came to its end."""
    assert scene.state is not None
    with scene.process(fatal, moment) as world:
        try:
            operation.run(cloud(world), scene.state)
        except Killed as killed:
            return str(killed)
    return ""


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_kill_at_any_request_changes_nothing_in_the_end(tmp_path: Path, operation: Operation, moment: str) -> None:
    start: Scene[Stack] = Scene(tmp_path / "start")
    start.folder.mkdir()
    operation.prepare(start)
    undisturbed = start.copy(tmp_path / "undisturbed")
    expected = result_of(operation, undisturbed)
    assert all(one == (False, []) for one in expected["next"].values())

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
    assert fatal > 1 or (moment == "after" and operation.orphaned)
