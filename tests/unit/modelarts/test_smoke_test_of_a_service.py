"""A smoke test in the life of a service: when it runs, what its failure leaves behind, and when it is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.world import Values, World, item, program

PASSES = {"body": {"x": 1}, "expect_json": {"method": "POST"}, "attempts": 1}
FAILS = {**PASSES, "headers": {"X-Emulator-Status": "500"}}


def smoked(test: Values | None, *config: Values, **changes: Any) -> Values:
    return program(*config, **({"smoke_test": test} if test else {}), **changes)


def asked(world: World) -> int:
    """How often this operation has called the model."""
    return sum(one.path.startswith("/v1/infers/") for one in world.cloud.sent())


def made(world: World, test: Values) -> State:
    """The state of a service that did not pass its test."""
    world.next_operation()
    with pytest.raises(UnhealthyError) as caught:
        world.lifecycle.create(world.context(), world.known(world.valid(smoked(test))))
    return world.recorded(caught.value.state)


def test_it_runs_after_a_create(world: World) -> None:
    state = world.create(smoked(PASSES))
    assert asked(world) == 1
    assert "smoke_test_error" not in state.facts
    assert world.diff(state, smoked(PASSES)).changes is False
    assert asked(world) == 0


def test_a_failure_keeps_the_service_and_shows_the_answer(world: World) -> None:
    world.next_operation()
    with pytest.raises(UnhealthyError) as caught:
        world.lifecycle.create(world.context(), world.known(world.valid(smoked(FAILS))))
    text = str(caught.value)
    assert "was deployed, but the smoke test (POST /) failed after 1 attempt" in text
    assert "500" in text
    assert "the service is kept in the state" in text
    state = caught.value.state
    assert state.facts["smoke_test_error"].startswith("the smoke test (POST /) failed")
    assert state.facts["status"] == "running"
    assert state.id == world.cloud.only_service()["service_id"]


def test_a_failure_is_told_until_the_test_has_passed(world: World) -> None:
    state = made(world, FAILS)
    assert world.diff(state, smoked(FAILS)).changes is True
    assert "has not passed its smoke test" in world.told[0]
    with pytest.raises(UnhealthyError, match="has not passed its smoke test") as caught:
        world.read(state)
    state = world.recorded(caught.value.state)
    assert state.facts["smoke_test_error"]
    with pytest.raises(UnhealthyError, match="the smoke test"):
        world.update(state, smoked(FAILS))
    assert asked(world) == 1
    state = world.update(state, smoked(PASSES))
    assert "smoke_test_error" not in state.facts
    assert world.diff(state, smoked(PASSES)).changes is False


def test_without_a_test_nothing_is_held_against_the_service(world: World) -> None:
    state = made(world, FAILS)
    state = world.update(state, smoked(None))
    assert "smoke_test_error" not in state.facts
    assert world.diff(state, smoked(None)).changes is False


@pytest.mark.parametrize(
    ("changes", "times"),
    [
        ({"config": [item(envs={"A": "1"})]}, 1),
        ({"config": [item(instance_count=3)]}, 1),
        ({"smoke_test": {**PASSES, "body": {"x": 2}}}, 1),
        ({"description": "new"}, 0),
        ({"desired_status": "stopped"}, 0),
    ],
)
def test_it_runs_again_with_each_roll_out(world: World, changes: Values, times: int) -> None:
    state = world.create(smoked(PASSES))
    world.update(state, {**smoked(PASSES), **changes})
    assert asked(world) == times


def test_it_runs_when_a_service_is_started_again(world: World) -> None:
    state = world.create(smoked(PASSES, desired_status="stopped"))
    assert asked(world) == 0
    world.update(state, smoked(PASSES, desired_status="running"))
    assert asked(world) == 1


def test_it_runs_after_a_roll_out_that_was_cut_off_before_it(world: World) -> None:
    state = world.create(smoked(PASSES))
    body = {"config": [{**item(envs={"A": "1"}), "weight": 100}]}
    world.cloud.api("PUT", f"/services/{state.id}", body)
    world.clock.advance(60)
    world.update(state, smoked(PASSES, item(envs={"A": "1"})))
    assert world.writes() == [] or all("/infers/" in one.path for one in world.writes())
    assert asked(world) == 1


def test_a_roll_out_that_fails_its_test_is_kept(world: World) -> None:
    state = world.create(smoked(PASSES))
    changed = smoked(FAILS, item(envs={"A": "1"}))
    with pytest.raises(UnhealthyError, match="was deployed, but the smoke test") as caught:
        world.update(state, changed)
    state = world.recorded(caught.value.state)
    assert state.inputs["config"][0]["envs"] == {"A": "1"}
    assert world.diff(state, changed).changes is True


def test_ctrl_c_during_the_test_leaves_it_open(world: World) -> None:
    world.next_operation()
    inputs = world.known(world.valid(smoked({**FAILS, "attempts": 5})))
    context = world.context()
    context.progress = lambda text: world.cancelled.set() if "attempt 2" in text else None
    with pytest.raises(UnhealthyError, match="no longer waited for") as caught:
        world.lifecycle.create(context, inputs)
    state = world.recorded(caught.value.state)
    assert state.facts["smoke_test_error"] == "it was not finished"
    assert world.update(state, smoked(PASSES)).facts.get("smoke_test_error") is None
    assert asked(world) == 1


def test_attempts_are_told(world: World) -> None:
    world.create(smoked(PASSES))
    assert "smoke test: attempt 1 of 1" in world.progress
