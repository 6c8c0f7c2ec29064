"""Whether a service runs: what the program wants, what its schedule does, and what somebody else has done."""

from __future__ import annotations

import pytest

from tests.support.world import World, item, program

HOUR = [{"time_unit": "HOURS", "duration": 1}]


def due(world: World) -> None:
    """Lets the time come at which the service stops by itself."""
    world.clock.advance(2 * 3600)
    assert world.cloud.only_service()["status"] == "stopped"


@pytest.mark.parametrize("wanted", [None, "running"])
def test_what_its_schedule_has_stopped_stays_stopped(world: World, wanted: str | None) -> None:
    values = program(schedule=HOUR, **({"desired_status": wanted} if wanted else {}))
    state = world.create(values)
    due(world)
    assert world.diff(state, values).changes is False
    read = world.read(state)
    assert read is not None
    assert world.diff(read, values).changes is False
    world.update(read, {**values, "config": [item(envs={"A": "1"})]})
    assert world.cloud.only_service()["status"] == "stopped"


def test_what_its_schedule_has_stopped_is_started_when_the_program_says_so(world: World) -> None:
    values = program(schedule=HOUR, desired_status="running")
    state = world.create(values)
    due(world)
    wished = {**values, "restart_after_schedule": True}
    assert world.diff(state, wished).changes is None
    assert world.told == ["was stopped by its schedule; `pulumi up` starts it again"]
    state = world.update(state, wished)
    assert world.cloud.only_service()["status"] == "running"
    due(world)
    assert world.diff(state, wished).changes is True
    state = world.update(state, wished)
    assert world.cloud.only_service()["status"] == "running"
    assert world.diff(state, wished).changes is False


def test_a_service_that_somebody_stopped_before_it_was_due_is_started(world: World) -> None:
    values = program(schedule=HOUR, desired_status="running")
    state = world.create(values)
    world.cloud.api("PUT", f"/services/{state.id}", {"status": "stopped"})
    world.clock.advance(60)
    assert world.diff(state, values).changes is True
    world.update(state, values)
    assert world.cloud.only_service()["status"] == "running"


def test_without_its_schedule_a_stopped_service_is_started(world: World) -> None:
    state = world.create(program(schedule=HOUR, desired_status="running"))
    due(world)
    state = world.update(state, program(desired_status="running"))
    assert world.cloud.only_service()["status"] == "running"
    assert "schedule" not in world.cloud.only_service()


def test_the_wanted_status_can_be_ignored(world: World) -> None:
    state = world.create(program(desired_status="running"))
    world.cloud.change(status="stopped")
    changed = program(desired_status="running", description="new")
    world.update(state, changed, ignore=("desired_status",))
    assert world.wrote() == [{"description": "new"}]
    assert world.cloud.only_service()["status"] == "stopped"


@pytest.mark.parametrize(("before", "after"), [("running", "stopped"), ("stopped", "running")])
def test_a_status_whose_answer_got_lost_is_not_refused(world: World, before: str, after: str) -> None:
    state = world.create(program(desired_status=before))
    world.cloud.fault(method="PUT", path="/services/", reset=True, commit=True)
    state = world.update(state, program(desired_status=after))
    assert world.cloud.only_service()["status"] == after
    assert len(world.writes()) == 2, "the one whose answer got lost, and its repetition"
    assert world.diff(state, program(desired_status=after)).changes is False
