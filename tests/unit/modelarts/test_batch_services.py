"""Batch services: they finish, and run again when the program says so."""

from __future__ import annotations

import pytest

from tests.support.failures import cut_off, failed
from tests.support.kinds import batch
from tests.support.world import World


def finish(world: World) -> None:
    """Lets a batch service work off its input."""
    world.clock.advance(600)
    assert world.cloud.only_service()["status"] == "finished"


def test_a_batch_service_is_made_and_finishes_without_a_change(world: World) -> None:
    state = world.create(batch())
    finish(world)
    read = world.read(state)
    assert read is not None
    assert read.facts["status"] == "finished"
    assert read.facts["deployed"][0]["finished_time"] > read.facts["deployed"][0]["start_time"]
    assert world.diff(read, batch(desired_status="running")).changes is None  # the wanted status is new in the program
    assert world.diff(state, batch()).changes is False


@pytest.mark.parametrize("wanted", ["running", "stopped"])
def test_a_finished_batch_service_is_as_it_was_wanted(world: World, wanted: str) -> None:
    state = world.create(batch(desired_status=wanted))
    if wanted == "running":
        finish(world)
    assert world.diff(state, batch(desired_status=wanted)).changes is False
    state = world.update(state, batch(desired_status=wanted, description="new"))
    assert [one.body for one in world.writes()] == [{"description": "new"}]


def test_a_batch_service_runs_again_when_a_trigger_changes(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    finish(world)
    first = world.cloud.only_service()["config"][0]["start_time"]
    assert world.diff(state, batch(rerun_triggers={"day": "2"})).changes is None
    state = world.update(state, batch(rerun_triggers={"day": "2"}))
    assert world.wrote() == [{"status": "running"}]
    assert world.cloud.only_service()["config"][0]["start_time"] > first
    assert world.diff(state, batch(rerun_triggers={"day": "2"})).changes is False


def test_a_run_under_way_is_given_up_for_another(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    assert world.cloud.only_service()["status"] == "running"
    world.update(state, batch(rerun_triggers={"day": "2"}))
    assert world.wrote() == [{"status": "stopped"}, {"status": "running"}]


def test_a_trigger_that_failed_is_pulled_again(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    finish(world)
    world.cloud.deploy_fault("fail")
    state, _ = failed(world, batch(rerun_triggers={"day": "2"}), state)
    assert state.inputs["rerun_triggers"] == {"day": "1"}


def test_ctrl_c_between_stop_and_start_leaves_the_trigger_to_be_pulled(world: World) -> None:
    again = batch(rerun_triggers={"day": "2"})
    state, _ = cut_off(world, again, world.create(batch(rerun_triggers={"day": "1"})))
    assert world.cloud.only_service()["status"] == "stopped"
    assert state.inputs["rerun_triggers"] == {"day": "1"}
    assert world.diff(state, again).changes is None
    state = world.update(state, again)
    assert world.wrote() == [{"status": "running"}]
    assert world.diff(state, again).changes is False


def test_a_trigger_starts_a_batch_service_that_is_stopped(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}))
    world.cloud.change(status="stopped")
    world.update(state, batch(rerun_triggers={"day": "2"}))
    assert world.wrote() == [{"status": "running"}]


def test_a_trigger_does_not_start_what_is_to_be_stopped_and_says_so(world: World) -> None:
    state = world.create(batch(rerun_triggers={"day": "1"}, desired_status="stopped"))
    world.update(state, batch(rerun_triggers={"day": "2"}, desired_status="stopped"))
    assert world.writes() == []
    assert world.warned == ['is not run again as rerun_triggers ask for, because desired_status is "stopped"']
