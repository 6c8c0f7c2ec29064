"""Waiting for a service: how it ends, what is said then, and that its id is never lost."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import UnhealthyError
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.services import waits
from tests.support.world import DEPLOY_SECONDS, Values, World, edited, item, program

SLOW = {"deploy_seconds": 10_000.0}
ANOTHER = program(item(envs={"A": "1"}))


def failing(world: World, action: Any) -> UnhealthyError:
    with pytest.raises(UnhealthyError) as caught:
        action()
    assert caught.value.state.id == world.cloud.only_service()["service_id"]
    return caught.value


def test_a_deploy_that_fails_keeps_the_id_and_says_why(world: World) -> None:
    world.cloud.deploy_fault("fail", after_seconds=130)
    error = failing(world, lambda: world.create(program(name="demo")))
    lines = str(error).splitlines()
    assert lines[0].startswith("demo did not deploy: ModelArts.3976: NO_CAPACITY: no resources")
    assert "(after 2 min 1" in lines[0]
    assert any("last event: " in line and "NO_CAPACITY" in line for line in lines)
    assert "kept in the state" in lines[-1]
    assert error.state.facts["status"] == "failed"
    assert error.state.inputs["config"][0]["instance_count"] == 2


def test_the_next_run_mends_a_failed_deploy_without_a_second_service(world: World) -> None:
    world.cloud.deploy_fault("fail")
    state = world.recorded(failing(world, lambda: world.create(program())).state)
    assert world.diff(state, program()).changes is True
    mended = world.update(state, program())
    assert (mended.id, mended.facts["status"]) == (state.id, "running")
    assert world.cloud.only_service()["service_id"] == state.id


def test_a_corrected_program_mends_a_failed_deploy(world: World) -> None:
    world.cloud.deploy_fault("fail")
    state = world.recorded(failing(world, lambda: world.create(program())).state)
    mended = world.update(state, ANOTHER)
    assert mended.facts["status"] == "running"
    assert [list(body) for body in world.wrote()] == [["config"]]


def test_counters_that_cannot_be_had_hold_nobody_up(world: World) -> None:
    world.cloud.fault(method="GET", path="/monitor$", status=500, error_code="ModelArts.3508", count=None)
    before = world.clock.monotonic()
    world.create(program())
    assert world.clock.monotonic() - before < DEPLOY_SECONDS + 2
    assert any(text.startswith("deploying") and "instances" not in text for text in world.progress)


def test_an_outage_while_we_wait_is_told_on_the_row(world: World) -> None:
    world.cloud.fault(method="GET", path="/services/[^/]+$", status=503, count=None)
    with pytest.raises(UnhealthyError, match="did not deploy within"):
        world.create(program(timeouts={"create": "90s"}))
    assert any("the last look failed: GET /v1/" in text for text in world.progress)


@pytest.mark.parametrize("odd", [{"config": "none"}, {"config": ["model-a"]}])
def test_an_answer_that_is_no_service_loses_no_id(world: World, monkeypatch: pytest.MonkeyPatch, odd: Values) -> None:
    real = ModelArtsClient.get_service
    monkeypatch.setattr(ModelArtsClient, "get_service", lambda client, thing, **_: {**real(client, thing), **odd})
    secret = {"secret_envs": {"model-a": {"PASS": "s3cret"}}}
    error = failing(world, lambda: world.create(program(**secret)))
    assert "the last look failed: what ModelArts answered about the service" in str(error)
    assert "config: must be a list" in str(error) or "config[0]: must be an object" in str(error)
    assert error.state.inputs["secret_envs"] == secret["secret_envs"]


def test_a_mistake_of_ours_loses_no_id(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "deployed", lambda detail: detail.nothing)
    secret = {"secret_envs": {"model-a": {"PASS": "s3cret"}}}
    error = failing(world, lambda: world.create(program(**secret)))
    assert "an unexpected error, please report it: AttributeError" in str(error)
    assert error.state.inputs["secret_envs"] == secret["secret_envs"]


@pytest.mark.parametrize(
    ("timeouts", "custom", "seconds"),
    [({"create": "90s"}, None, 90), ({"create": "90s"}, 200.0, 200), (None, 45.0, 45), (None, None, 1800)],
    ids=["timeouts", "custom_timeouts win", "custom_timeouts", "neither"],
)
def test_a_deploy_that_never_ends_meets_its_deadline(
    world: World, timeouts: Values | None, custom: float | None, seconds: float
) -> None:
    world.cloud.deploy_fault("hang")
    began = world.clock.monotonic()
    values = program(timeouts=timeouts) if timeouts else program()
    error = failing(world, lambda: world.create(values, timeout=custom))
    assert "; it is deploying" in str(error)
    assert seconds <= world.clock.monotonic() - began <= seconds + 1


@pytest.mark.parametrize("duration", ["0s", "0m0s"])
def test_a_duration_of_nothing_is_found_before_anything_is_made(world: World, duration: str) -> None:
    problems = world.check(program(timeouts={"create": duration})).problems
    assert [problem.path for problem in problems] == ["timeouts.create"]


def test_cancel_while_waiting_keeps_the_id_at_once(world: World) -> None:
    world.cloud.admin("PATCH", "/settings", SLOW)
    inputs = world.known(world.valid(program()))
    world.clock.on_wait = lambda _seconds: world.cancelled.set()
    error = failing(world, lambda: world.lifecycle.create(world.context(), inputs))
    assert "no longer waited for, as asked" in str(error)
    assert error.state.facts["status"] == "deploying"
    assert len(world.clock.waits) == 1


def test_the_service_vanishes_while_it_deploys(world: World) -> None:
    world.cloud.admin("PATCH", "/settings", SLOW)
    inputs = world.known(world.valid(program(name="demo")))
    world.clock.on_wait = lambda _seconds: world.cloud.vanish() if world.cloud.services() else None
    with pytest.raises(InferenceError, match=r"demo .*is gone from the cloud"):
        world.lifecycle.create(world.context(), inputs)


def test_trouble_with_the_looks_is_outlived(world: World) -> None:
    inputs = world.known(world.valid(program()))
    world.cloud.fault(method="GET", path="/services/[^/]+$", count=20, status=503)
    assert world.lifecycle.create(world.context(), inputs).facts["status"] == "running"


def test_progress_is_told_while_it_deploys(world: World) -> None:
    world.create(program())
    assert world.progress[0] == "deploying 0 %, 0 of 2 instances"
    assert world.progress[-1] == "running"


def test_some_unhealthy_instances_are_given_time(world: World) -> None:
    world.cloud.deploy_fault("concerning", heal_seconds=100)
    assert world.create(program()).facts["status"] == "running"
    assert world.warned == []


def test_instances_that_stay_unhealthy_are_a_warning(world: World) -> None:
    world.cloud.deploy_fault("concerning")
    state = world.create(program(name="demo"))
    assert state.facts["status"] == "concerning"
    assert world.warned == ["demo is concerning: some of its instances are not healthy"]


def test_a_silent_roll_back_is_found(world: World) -> None:
    state = world.create(program(name="demo"))
    world.cloud.deploy_fault("fail", phase="update")
    error = failing(world, lambda: world.update(state, {**ANOTHER, "name": "demo"}))
    assert str(error).startswith("demo did not update: the cloud went back to the former configuration")
    assert "NO_CAPACITY" in str(error)
    assert error.state.facts["status"] == "running"
    assert "envs" not in error.state.inputs["config"][0] or error.state.inputs["config"][0]["envs"] == {}


def test_a_silent_roll_back_of_a_scale_is_found(world: World) -> None:
    state = world.create(program())
    world.cloud.deploy_fault("fail", phase="update")
    error = failing(world, lambda: world.update(state, program(item(instance_count=5))))
    assert "went back" in str(error)
    assert error.state.inputs["config"][0]["instance_count"] == 2


def test_after_a_roll_back_the_next_run_tries_again(world: World) -> None:
    state = world.create(program())
    world.cloud.deploy_fault("fail", phase="update")
    kept = world.recorded(failing(world, lambda: world.update(state, ANOTHER)).state)
    assert world.diff(kept, ANOTHER).changes is None
    assert world.update(kept, ANOTHER).inputs["config"][0]["envs"] == {"A": "1"}


def test_an_update_that_was_refused_leaves_the_state_alone(world: World) -> None:
    state = world.create(program(name="demo"))
    world.cloud.admin("PATCH", "/settings", {"max_instance_count": 3})
    with pytest.raises(InferenceError, match="demo was not changed: PUT") as caught:
        world.update(state, {**program(item(instance_count=9)), "name": "demo"})
    assert not isinstance(caught.value, UnhealthyError)


@pytest.mark.parametrize("count", [1, 3])
def test_a_state_that_forbids_the_call_is_waited_for_with_pauses(world: World, count: int) -> None:
    state = world.create(program())
    world.cloud.fault(method="PUT", status=400, error_code="ModelArts.3519", count=count)
    began = world.clock.monotonic()
    assert world.update(state, program(item(instance_count=3))).inputs["config"][0]["instance_count"] == 3
    assert len(world.cloud.sent("PUT")) == count + 1
    assert world.clock.monotonic() - began >= DEPLOY_SECONDS + count


def test_a_state_that_forbids_the_call_for_ever_meets_the_deadline(world: World) -> None:
    state = world.create(program())
    world.cloud.fault(method="PUT", status=400, error_code="ModelArts.3519", count=200)
    with pytest.raises(InferenceError, match=r"ModelArts\.3519"):
        world.update(state, program(item(instance_count=3)), timeout=60.0)
    assert len(world.cloud.sent("PUT")) < 100


def test_a_roll_out_of_somebody_else_is_waited_for_first(world: World) -> None:
    state = world.create(program())
    world.cloud.api("PUT", f"/services/{state.id}", {"status": "stopped"})
    world.clock.advance(5)
    world.cloud.api("PUT", f"/services/{state.id}", {"status": "running"})
    updated = world.update(state, ANOTHER)
    assert updated.facts["status"] == "running"
    assert updated.inputs["config"][0]["envs"] == {"A": "1"}


def test_old_answers_after_a_call_are_not_taken_for_the_end(world: World) -> None:
    state = world.create(program())
    world.cloud.fault(method="GET", path=f"/services/{state.id}$", skip=1, count=3, stale="former")
    assert world.update(state, ANOTHER).inputs["config"][0]["envs"] == {"A": "1"}


def test_nobody_waits_without_wait(world: World) -> None:
    values = program(wait=False)
    state = world.create(values)
    assert (state.facts["status"], world.clock.waits) == ("deploying", [])
    world.clock.advance(10)
    assert world.update(state, {**ANOTHER, "wait": False}).facts["status"] == "deploying"
    assert world.clock.waits == []


def test_a_stopped_service_stays_stopped_when_that_is_not_managed(world: World) -> None:
    state = world.create(program())
    world.cloud.api("PUT", f"/services/{state.id}", {"status": "stopped"})
    world.clock.advance(5)
    updated = world.update(state, program(item(instance_count=3)))
    assert [list(body) for body in world.wrote()] == [["config"], ["status"]]
    assert (updated.facts["status"], updated.inputs["config"][0]["instance_count"]) == ("stopped", 3)


def test_a_service_that_is_to_be_stopped_is_made_and_stopped(world: World) -> None:
    state = world.create(program(desired_status="stopped"))
    assert state.facts["status"] == "stopped"
    assert world.diff(state, program(desired_status="stopped")).changes is False


def test_status_and_config_never_go_together(world: World) -> None:
    state = world.create(program(desired_status="stopped"))
    world.update(state, {**ANOTHER, "desired_status": "running"})
    assert all(not {"status", "config"} <= body.keys() for body in world.wrote())
    assert world.cloud.only_service()["status"] == "running"


def test_delete_waits_until_it_is_gone(world: World) -> None:
    state = world.create(program())
    world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 3.0})
    world.delete(state)
    assert world.clock.waits != []
    assert world.cloud.services() == []


def test_a_delete_whose_answer_was_lost_is_a_success(world: World) -> None:
    state = world.create(program())
    world.cloud.fault(method="DELETE", reset=True, commit=True)
    world.delete(state)
    assert world.cloud.services() == []


@pytest.mark.parametrize("code", ["APIG.0101", "ModelArts.0010"])
def test_the_404_of_a_gateway_does_not_mean_gone(world: World, code: str) -> None:
    state = world.create(program(name="demo"))
    world.next_operation()
    world.cloud.fault(method="DELETE", status=404, error_code=code, error_msg="no such API")
    with pytest.raises(InferenceError, match="demo was not deleted"):
        world.lifecycle.delete(world.context(), state.id, state)


@pytest.mark.parametrize("body", ["{}", "", "<p>Sign in", '{"error_code": "ModelArts.0010", "error_msg": "no"}'])
def test_a_roll_out_that_never_began_has_not_gone_back(world: World, body: str) -> None:
    state = world.create(program())
    world.cloud.fault(method="PUT", path=state.id, status=200, body=body, count=None)
    with pytest.raises(InferenceError) as caught:
        world.update(state, program(item(envs={"A": "1"})))
    assert "has not begun to roll the new configuration out" in str(caught.value)
    assert "went back" not in str(caught.value)


@pytest.mark.parametrize("body", ["{}", "", "<p>Sign in", '{"error_code": "ModelArts.0010", "error_msg": "no"}'])
def test_a_delete_that_only_seems_to_be_done_is_made_again(world: World, body: str) -> None:
    state = world.create(program())
    world.cloud.fault(method="DELETE", path=state.id, status=200, body=body)
    world.delete(state)
    assert world.cloud.services() == []
    told = ["is still there, as if nothing had been asked; the cloud is told again to delete it"]
    assert body != "{}" or world.told == told


def test_a_delete_meets_its_deadline(world: World) -> None:
    state = edited(world.create(program()), timeouts={"delete": "30s"})
    world.next_operation()
    world.cloud.fault(method="DELETE", status=200, count=None)
    began = world.clock.monotonic()
    with pytest.raises(InferenceError, match="gave up waiting"):
        world.lifecycle.delete(world.context(), state.id, state)
    assert world.clock.monotonic() - began <= 31
