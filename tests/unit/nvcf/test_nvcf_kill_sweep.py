"""A process that is killed at any of its requests: no second function, no orphan, and the next run ends as it would."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.kills import LATER, Killed, Scene
from tests.support.nvcf import Nvcf, function, llm, llm_model, specification
from tests.support.nvcf_stack import Program, Stack
from tests.support.world import Values

pytestmark = pytest.mark.sweep

S = specification
H100 = S(gpu="H100", instance_type="NCP.GPU.H100_1x")
SCALING = {
    "scale_up_details": {"factor": 2, "threshold": 80},
    "scale_down_details": {"factor": 0.5, "threshold": 20},
}
OF_NOW = ("id", "versionId", "createdAt", "lastUpdatedAt", "deploymentId", "functionId", "functionVersionId")


def program(*specifications: Values, values: Values | None = None, **deployment: Any) -> Program:
    return Program(function() if values is None else values, list(specifications) or [S()], deployment)


@dataclass(frozen=True)
class Operation:
    """What is there, and what the program says then; None is nothing.

    `orphaned`: what is there was made by a run whose state was lost. `drains`: its last request takes its time.
    """

    before: Program | None
    after: Program | None
    orphaned: bool = False
    drains: bool = False

    def prepare(self, scene: Scene[Stack]) -> None:
        """Makes what is there."""
        with scene.process() as world:
            nvcf, stack = Nvcf(world), Stack()
            if self.before:
                stack.up(nvcf, self.before)
            if self.drains:
                nvcf.set(drain_seconds=5)
            world.clock.advance(LATER)
            scene.state = Stack() if self.orphaned else stack

    def run(self, nvcf: Nvcf, stack: Stack) -> None:
        """What the engine does with that state and the program."""
        if self.after is None:
            stack.destroy(nvcf)
        else:
            stack.up(nvcf, self.after)


SECRETS = {"secrets": {"A": "s3cret", "B": {"k": "s3cret"}}}
IMAGE = {"container_image": "nvcr.io/acme/echo:2"}
RATE = {"rate_limit": {"rate_limit": "5-S"}}
LLM = llm(llm_model(token_rate_limit="1-S"))

OPERATIONS = {
    "create": Operation(None, program()),
    "create with everything": Operation(
        None, program(S(autoscaling_configuration=SCALING), H100, values=function(**SECRETS, **RATE, tags=["a"]))
    ),
    "create without waiting": Operation(None, program(wait=False)),
    "create an LLM": Operation(None, program(values=LLM)),
    "in place": Operation(
        program(values=function(**RATE, secrets={"A": "x"})),
        program(values=function(**SECRETS, tags=["b"])),
    ),
    "scale": Operation(program(), program(S(min_instances=2, max_instances=4))),
    "scale and concurrency": Operation(
        program(S(), H100),
        program(
            S(max_request_concurrency=3, max_instances=4, autoscaling_configuration=SCALING),
            {**H100, "autoscaling_configuration": SCALING, "min_instances": 2},
        ),
    ),
    "deploy anew": Operation(program(), program(H100, on_redeploy="redeploy")),
    "deploy anew with a last request": Operation(program(), program(H100, on_redeploy="redeploy"), drains=True),
    "new version": Operation(program(), program(values=function(**IMAGE))),
    "new version with a last request": Operation(program(), program(values=function(**IMAGE)), drains=True),
    "new version and other instances": Operation(program(), program(H100, values=function(**IMAGE, tags=["x"]))),
    "new version of an LLM": Operation(program(values=LLM), program(values={**LLM, **IMAGE})),
    "another function": Operation(program(), program(values=LLM)),
    "first secret": Operation(program(), program(values=function(**SECRETS))),
    "take over": Operation(program(), program(), orphaned=True),
    "take over and change": Operation(
        program(), program(S(max_instances=5), values=function(tags=["t"])), orphaned=True
    ),
    "delete": Operation(program(), None),
    "delete with a last request": Operation(program(), None, drains=True),
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
        try:
            scene.state.refresh(Nvcf(world))
        except UnhealthyError as error:
            raise AssertionError("nothing fails here") from error


MEANWHILE = (at_once, later, refreshed)


def live(nvcf: Nvcf) -> list[Values]:
    """All versions and their deployments, without what is another one each time."""
    found = []
    for version in nvcf.versions():
        state = nvcf.version_state(version)
        whole = nvcf.version(state)
        instances = whole.pop("activeInstances", [])
        deployed = None if version["status"] == "INACTIVE" else nvcf.live(state)
        specifications = sorted((deployed or {}).get("deploymentSpecifications", []), key=lambda one: str(one["gpu"]))
        for one in specifications:
            one.pop("gpuSpecificationId")
        plain = {name: one for name, one in whole.items() if name not in OF_NOW}
        found.append({**plain, "instances": len(instances), "specifications": specifications})
    return found


def result_of(operation: Operation, scene: Scene[Stack]) -> Values:
    """What the operation leads to: in the cloud, in the state, and in a preview that compares both."""
    assert scene.state is not None
    with scene.process() as world:
        nvcf, stack = Nvcf(world), scene.state
        operation.run(nvcf, stack)
        world.clock.advance(LATER)
        result: Values = {"live": live(nvcf), "olds": (stack.old_functions, stack.old_deployments)}
        if stack.function and stack.deployment and operation.after:
            [version] = nvcf.versions()
            result["ids are live"] = nvcf.version_state(version).id == stack.function.id == stack.deployment.id
            result["deployment is live"] = nvcf.live(stack.function)["deploymentId"]
            result["deployment is live"] = result["deployment is live"] == stack.deployment.facts["deployment_id"]
            # A run that was killed while instances came up leaves nothing to wait for: it is deployed.
            assert stack.deployment.facts["status"] in ("ACTIVE", "DEGRADING") or operation.after.deployment
            result["next"] = stack.changes(nvcf, operation.after)
        return result


def killed_by(operation: Operation, scene: Scene[Stack], fatal: int, moment: str) -> str:
    """The request at which the operation was killed; "" when it came to its end."""
    assert scene.state is not None
    with scene.process(fatal, moment) as world:
        try:
            operation.run(Nvcf(world), scene.state)
        except Killed as killed:
            return str(killed)
    return ""


def function_of(scene: Scene[Stack]) -> str | None:
    """The id of the function that the state has."""
    made = scene.state.function if scene.state else None
    return made.id.split(",")[0] if made else None


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_kill_at_any_request_changes_nothing_in_the_end(tmp_path: Path, operation: Operation, moment: str) -> None:
    start: Scene[Stack] = Scene(tmp_path / "start")
    start.folder.mkdir()
    operation.prepare(start)
    undisturbed = start.copy(tmp_path / "undisturbed")
    expected = result_of(operation, undisturbed)
    assert expected.get("next", []) in ([], [(False, []), (False, [])])
    stays = function_of(start) is not None and function_of(start) == function_of(undisturbed)

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
            assert not stays or function_of(scene) == function_of(start), story
    assert fatal > 1
