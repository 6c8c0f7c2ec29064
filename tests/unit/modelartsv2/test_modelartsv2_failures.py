"""What becomes of what fails, hangs, is stopped, vanishes or is in a state that nobody knows; and of a cancel."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from tests.support.modelartsv2 import ModelArtsV2
from tests.support.modelartsv2_blue import (
    ALARMS,
    KEPT,
    NO_GPU,
    SCALE,
    START,
    STOP,
    UPDATE,
    Blue,
    attempt,
)
from tests.support.world import Values


@pytest.fixture
def blue(cloud: ModelArtsV2) -> Blue:
    return Blue(cloud)


def test_one_that_fails_is_kept_and_started_by_the_next_run(blue: Blue) -> None:
    blue.cloud.deploy_fault("fail", reason=NO_GPU)
    state, text = blue.failed(blue.make)
    assert text.startswith(f"blue did not deploy: Deployment blue: {NO_GPU} (after ")
    assert f"  last event: Deployment of blue failed: {NO_GPU}.\n" in text
    assert text.endswith(KEPT)
    assert state.facts["status"] == "FAILED"
    assert blue.world.diff(state, blue.program()).changes is True
    assert blue.world.told == [f"blue is FAILED: Deployment blue: {NO_GPU}"]
    done = blue.is_mended(state, blue.program(), [START])
    assert (done.id, done.facts["status"]) == (state.id, "RUNNING")


@pytest.mark.parametrize("takes", [False, True], ids=["documented", "takes updates"])
def test_one_that_failed_takes_the_corrected_program(blue: Blue, takes: bool) -> None:
    """No update is taken from FAILED, so that it is stopped before."""
    blue.cloud.set(put_from_failed=takes)
    blue.cloud.deploy_fault("fail")
    state, _ = blue.failed(blue.make)
    blue.is_mended(state, blue.program(2, count=2, weight=7), [STOP, UPDATE, START])
    assert [(one["count"], one["weight"], one["status"]) for one in blue.deployments()] == [(2, 7, "RUNNING")]


def test_one_that_failed_and_is_to_be_stopped(blue: Blue) -> None:
    blue.cloud.deploy_fault("fail")
    state, _ = blue.failed(blue.make)
    blue.is_mended(state, blue.program(desired_status="stopped"), [STOP])


def test_a_roll_out_that_is_taken_back_is_an_error_and_the_former_version_serves(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("rollback", phase="update", reason=NO_GPU)
    kept, text = blue.failed(lambda: blue.world.update(state, blue.program(2)))
    assert text.startswith("blue did not update: ModelArts went back to version 1.0.0 (after ")
    assert f"  last event: Upgrade of deployment blue failed and was rolled back: {NO_GPU}.\n" in text
    assert text.endswith(KEPT)
    assert (kept.facts["status"], kept.facts["version"], kept.facts["running_count"]) == ("RUNNING", "1.0.0", 1)
    assert kept.inputs["unit_configs"][0]["image"]["swr_path"] == "swr.example.test/i:1"
    done = blue.is_mended(kept, blue.program(2), [UPDATE])
    assert done.facts["version"] == "1.0.2"


def test_a_roll_out_that_fails_with_its_roll_back_is_mended(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("fail", phase="update", reason=NO_GPU)
    kept, text = blue.failed(lambda: blue.world.update(state, blue.program(2)))
    assert text.startswith(f"blue did not update: Deployment blue: {NO_GPU} (after ")
    assert f"Upgrade roll-back of blue failed: {NO_GPU}." in text
    assert kept.facts["status"] == "FAILED"
    blue.is_mended(kept, blue.program(2), [STOP, UPDATE, START])


def test_only_events_of_now_are_quoted(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("rollback", phase="update", reason="an old reason")
    kept, _ = blue.failed(lambda: blue.world.update(state, blue.program(2)))
    blue.world.clock.advance(60)
    blue.cloud.deploy_fault("rollback", phase="update", reason="a new reason")
    _, text = blue.failed(lambda: blue.world.update(kept, blue.program(2)))
    assert "a new reason" in text
    assert blue.world.update(kept, blue.program(2)).facts["version"] == "1.0.3"


@pytest.mark.parametrize(("before", "after", "phase"), ALARMS.values(), ids=ALARMS)
def test_an_alarm_that_stays_is_a_warning_in_the_end(blue: Blue, before: Values, after: Values, phase: str) -> None:
    act = attempt(blue, before, after, phase, "concerning", instances=1)
    begun = blue.world.clock.monotonic()
    done = act()
    assert done.facts["status"] == "CONCERNING"
    assert 120 <= blue.world.clock.monotonic() - begun < 135
    assert blue.world.warned == ["blue is CONCERNING: some of its replicas are not healthy"]
    assert blue.world.diff(done, blue.program(**after)).changes is False
    assert "blue is CONCERNING: some of its replicas are not healthy" in blue.world.told


@pytest.mark.parametrize(("before", "after", "phase"), ALARMS.values(), ids=ALARMS)
def test_an_alarm_that_heals_is_waited_for(blue: Blue, before: Values, after: Values, phase: str) -> None:
    done = attempt(blue, before, after, phase, "concerning", heal_seconds=30, instances=1)()
    assert done.facts["status"] == "RUNNING"
    assert blue.world.warned == []


@pytest.mark.parametrize(("before", "after", "phase"), ALARMS.values(), ids=ALARMS)
def test_one_that_breaks_is_an_error_with_the_event(blue: Blue, before: Values, after: Values, phase: str) -> None:
    act = attempt(blue, before, after, phase, "error", reason=NO_GPU)
    kept, text = blue.failed(act)
    verb = "deploy" if phase == "create" else "update"
    assert text.startswith(f"blue did not {verb}: ModelArts gives no reason (after ")
    assert f"  last event: Deployment blue is abnormal: {NO_GPU}." in text
    assert kept.facts["status"] == "ERROR"
    program = blue.program(**after)
    assert blue.world.diff(kept, program).changes is not False
    assert "blue is ERROR: ModelArts gives no reason" in blue.world.told
    begun = blue.world.clock.monotonic()
    with pytest.raises(InferenceError, match="waiting for blue to be well again ended with ERROR"):
        blue.world.update(kept, program)
    assert 120 <= blue.world.clock.monotonic() - begun < 135
    assert blue.cloud.writes() == []
    blue.change(status="RUNNING")
    blue.is_mended(kept, program, [])


def test_one_that_is_broken_gets_well_while_it_is_waited_for(blue: Blue) -> None:
    state = blue.make()
    blue.crash(heal_seconds=40)
    assert blue.world.diff(state, blue.program()).changes is True
    blue.is_mended(state, blue.program(), [])


def test_one_that_is_broken_takes_a_change(blue: Blue) -> None:
    state = blue.make()
    blue.crash()
    blue.is_mended(state, blue.program(2), [UPDATE])


def test_the_scale_call_that_an_alarm_forbids_is_an_update(blue: Blue) -> None:
    state = blue.make(count=2)
    blue.crash(instances=1)
    done = blue.world.update(state, blue.program(count=3))
    assert blue.cloud.writes() == [SCALE, UPDATE]
    assert (blue.deployments()[0]["count"], done.facts["version"]) == (3, "1.0.0")


def test_too_few_replicas_come_up(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("fail", phase="scale", reason=NO_GPU)
    done = blue.world.update(state, blue.program(count=3))
    assert done.facts["running_count"] == 1
    assert blue.world.warned == ["blue is CONCERNING: some of its replicas are not healthy"]
