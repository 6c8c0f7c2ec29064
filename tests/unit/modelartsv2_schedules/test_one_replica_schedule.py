"""What a program's ReplicaSchedule finds out about the deployment that its ids come from, against Pulumi's mocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelartsv2
from pulumi_inference.engine.provider import PROBLEMS_KEY
from tests.support.modelartsv2 import group

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
RULES = [modelartsv2.ReplicaRuleArgs(name="morning", schedule="0 8 * * *", target_replicas=4)]


class Registered(Mocks):
    """Keeps what is registered; ids are not known yet in a preview."""

    def __init__(self, preview: bool) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self._preview = preview

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.inputs[args.name] = dict(args.inputs)
        return None if self._preview else f"s-1,d-{args.name}", dict(args.inputs)

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return {}

    def problems(self, name: str) -> Any:
        """What the resource tells its provider to be wrong."""
        return self.inputs[name].get(PROBLEMS_KEY)


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def registered(request: pytest.FixtureRequest, event_loop: None) -> Registered:
    mocks = Registered(request.param)
    set_mocks(mocks, preview=request.param)
    return mocks


def deployed(name: str) -> modelartsv2.Deployment:
    return modelartsv2.Deployment(name, service_id="s-1", pool_id="pool", **group())


def schedule(name: str, deployment_id: pulumi.Input[str]) -> modelartsv2.ReplicaSchedule:
    return modelartsv2.ReplicaSchedule(name, service_id="s-1", deployment_id=deployment_id, rules=RULES)


def test_two_for_one_deployment_are_a_problem_of_the_second(registered: Registered) -> None:
    def program() -> None:
        blue, green = deployed("blue"), deployed("green")
        schedule("hours", blue.deployment_id)
        schedule("weekend", blue.deployment_id)
        schedule("greens", green.deployment_id)

    run_program(program)()
    assert PROBLEMS_KEY not in registered.inputs["hours"]
    assert PROBLEMS_KEY not in registered.inputs["greens"]
    assert registered.problems("weekend") == [
        'deployment_id: the ReplicaSchedule "hours" is for the Deployment "blue" too; remove one of the two'
    ]


def test_a_plain_id_is_left_to_the_provider(registered: Registered) -> None:
    def program() -> None:
        schedule("hours", "d-1")
        schedule("weekend", "d-1")

    run_program(program)()
    assert PROBLEMS_KEY not in registered.inputs["weekend"]
