"""A smoke test in the life of a service: when it runs, what its failure leaves behind, and when it is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.failures import cut_off, failed
from tests.support.world import Values, World, item, program

PASSES = {"body": {"x": 1}, "expect_json": {"method": "POST"}, "attempts": 1}
FAILS = {**PASSES, "headers": {"X-Emulator-Status": "500"}}


def smoked(test: Values | None, *config: Values, **changes: Any) -> Values:
    return program(*config, **({"smoke_test": test} if test else {}), **changes)


def asked(world: World) -> int:
    """How often this operation has called the model."""
    return sum(one.path.startswith("/v1/infers/") for one in world.cloud.sent())


def test_it_runs_after_a_create(world: World) -> None:
    state = world.create(smoked(PASSES))
    assert asked(world) == 1
    assert "smoke_test_error" not in state.facts
    assert world.diff(state, smoked(PASSES)).changes is False
    assert asked(world) == 0


def test_a_failure_keeps_the_service_and_shows_the_answer(world: World) -> None:
    state, text = failed(world, smoked(FAILS))
    assert "was deployed, but the smoke test (POST /) failed after 1 attempt" in text
    assert "500" in text
    assert "the service is kept in the state" in text
    assert state.facts["smoke_test_error"].startswith("the smoke test (POST /) failed")
    assert state.facts["status"] == "running"
    assert state.id == world.cloud.only_service()["service_id"]


def test_a_failure_is_told_until_the_test_has_passed(world: World) -> None:
    state, _ = failed(world, smoked(FAILS))
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
    state, _ = failed(world, smoked(FAILS))
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


@pytest.mark.parametrize("is_refreshed", [False, True])
def test_it_runs_after_a_roll_out_of_a_killed_run(world: World, is_refreshed: bool) -> None:
    state = world.create(smoked(PASSES, item(envs={"A": "1"})))
    world.cloud.change(config=[{**item(envs={"A": "2"}), "weight": 100}])
    state = (world.read(state) if is_refreshed else None) or state
    world.update(state, smoked(PASSES, item(envs={"A": "2"})))
    assert world.writes() == [] or all("/infers/" in one.path for one in world.writes())
    assert asked(world) == 1


def test_a_roll_out_that_fails_its_test_is_kept(world: World) -> None:
    state = world.create(smoked(PASSES))
    changed = smoked(FAILS, item(envs={"A": "1"}))
    state, text = failed(world, changed, state)
    assert "was deployed, but the smoke test" in text
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
    assert "smoke_tested" not in state.facts
    assert world.update(state, smoked(PASSES)).facts.get("smoke_test_error") is None
    assert asked(world) == 1


def test_ctrl_c_before_the_test_of_a_create_leaves_it_due(world: World) -> None:
    state, _ = cut_off(world, smoked(FAILS))
    assert "smoke_tested" not in state.facts
    assert world.diff(state, smoked(FAILS)).changes is True
    assert world.told == [
        f"{state.inputs['name']} has not passed its smoke test: it has not run since the last deployment"
    ]
    failed(world, smoked(FAILS), state)
    assert asked(world) == 1


def test_ctrl_c_before_the_test_of_a_roll_out_leaves_it_due(world: World) -> None:
    changed = smoked(PASSES, item(envs={"A": "1"}))
    state, _ = cut_off(world, changed, world.create(smoked(PASSES)))
    assert state.inputs["config"][0]["envs"] == {"A": "1"}
    assert "smoke_tested" not in state.facts
    state = world.update(state, changed)
    assert asked(world) == 1
    assert "smoke_test_error" not in state.facts


def test_an_error_before_the_test_leaves_it_due(world: World) -> None:
    world.cloud.fault(method="POST", path="/tags/create", status=403, error_code="ModelArts.0000")
    values = smoked(FAILS, tags={"team": "a"})
    state, text = failed(world, values)
    assert "ModelArts.0000" in text
    failed(world, values, state)
    assert asked(world) == 1


@pytest.mark.parametrize("change", [{"status": "stopped"}, {"config": [item(envs={"A": "1"}, weight=100)]}])
def test_a_failure_outlives_a_refresh_while_nothing_serves(world: World, change: Values) -> None:
    state, _ = failed(world, smoked(FAILS))
    world.cloud.api("PUT", f"/services/{state.id}", change)
    try:
        refreshed = world.read(state)
    except UnhealthyError as busy:
        refreshed = world.recorded(busy.state)
    assert refreshed is not None
    assert refreshed.facts["smoke_test_error"] == state.facts["smoke_test_error"]
    world.cloud.change(status="running")
    assert world.diff(refreshed, smoked(FAILS)).changes is True


def test_a_deployment_that_fails_beside_an_open_test_shows_the_clouds_words(world: World) -> None:
    state, text = failed(world, smoked(FAILS))
    assert "last event" not in text
    world.cloud.deploy_fault("fail")
    _, text = failed(world, smoked(FAILS, item(envs={"A": "1"})), state)
    assert "did not update" in text
    assert "  last event: " in text


def test_it_ends_with_the_time_of_the_operation(world: World) -> None:
    began = world.clock.monotonic()
    _, text = failed(world, smoked({**FAILS, "attempts": 100}, timeouts={"create": "1m"}))
    assert "the smoke test (POST /) ran out of time after 12 of 100 attempts (see timeouts): expected was HTTP" in text
    assert world.clock.monotonic() - began <= 60


def test_attempts_are_told(world: World) -> None:
    world.create(smoked(PASSES))
    assert "smoke test: attempt 1 of 1" in world.progress


def test_an_ignored_change_outside_does_not_ask_for_it(world: World) -> None:
    """With a refresh the engine hands over the live value of an ignored path as the program's."""
    state = world.create(smoked(PASSES))
    world.cloud.change(config={"model-a": {"instance_count": 5}})
    read = world.read(state)
    assert read is not None
    scaled = smoked(PASSES, item(instance_count=5))
    assert world.diff(read, scaled, ignore=("config[0].instance_count",)).changes is False
    assert world.diff(read, scaled).changes is True


def test_a_changed_secret_asks_for_it(world: World) -> None:
    """So it is after a kill in the roll-out of a secret variable, when a refresh has taken the new one over."""
    before, after = (smoked(PASSES, secret_envs={"model-a": {"KEY": key}}) for key in ("one", "two"))
    state = world.create(before)
    world.cloud.change(config={"model-a": {"envs": {"KEY": "two"}}})
    read = world.read(state)
    assert read is not None
    assert world.diff(read, after).changes is True
    assert "has not passed its smoke test" in world.told[0]
