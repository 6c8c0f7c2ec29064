"""Services whose changes are taken back, or whose deployment fails."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.modelartsv2 import ModelArtsV2, inline, limit, runtime
from tests.support.modelartsv2_blue import NO_GPU, image


def test_a_service_that_is_deployed_just_now_is_stopped_to_be_deleted(cloud: ModelArtsV2) -> None:
    cloud.set(busy_delete=False)
    cloud.deploy_fault("hang")
    state = cloud.service(inline(name="chat", wait=False))
    cloud.world.delete(state)
    assert cloud.writes() == ["POST delete", "POST ID/stop", "POST delete"]
    assert cloud.services() == []


SHORTER = runtime(service_limit=limit(request_timeout=60))


@pytest.mark.parametrize("outcome", ["rollback", "fail"])
def test_settings_that_are_taken_back_are_an_error_and_the_next_run_mends(cloud: ModelArtsV2, outcome: str) -> None:
    """The number of the version that could not be rolled out is taken."""
    state = cloud.service(inline(name="chat"))
    cloud.deploy_fault(outcome, phase="service", reason=NO_GPU)
    program = inline(name="chat", runtime_config=SHORTER)
    with pytest.raises(UnhealthyError) as caught:
        cloud.world.update(state, program)
    text = str(caught.value)
    assert text.startswith("chat did not update: ModelArts went back to version 1.0.0 (after ")
    assert f"last event: Upgrade of the service failed and was rolled back: {NO_GPU}." in text
    kept = cloud.world.recorded(caught.value.state)
    assert kept.inputs["runtime_config"]["service_limit"]["request_timeout"] == 90
    done = cloud.world.update(kept, program)
    assert [body["version"] for body in cloud.world.wrote()] == ["1.0.1", "1.0.2"]
    assert cloud.world.diff(done, program).changes is False


def test_a_number_that_stays_refused_is_told(cloud: ModelArtsV2) -> None:
    state = cloud.service(inline(name="chat"))
    code = '{"error_code": "ModelArts.0104", "error_msg": "the version is not good"}'
    cloud.world.cloud.fault(method="PUT", path="/services/", status=400, body=code, count=None)
    with pytest.raises(InferenceError, match="the version is not good"):
        cloud.world.update(state, inline(name="chat", runtime_config=SHORTER))
    assert cloud.writes() == ["PUT ID"] * 5


INLINE: dict[str, tuple[str, str, list[str]]] = {
    "create": ("create", "fail", ["POST ID/start"]),
    "change": ("update", "fail", ["PUT ID"]),
    "change taken back": ("update", "rollback", ["PUT ID"]),
}


@pytest.mark.parametrize(("phase", "outcome", "calls"), INLINE.values(), ids=INLINE)
def test_the_deployment_in_a_service_that_fails(cloud: ModelArtsV2, phase: str, outcome: str, calls: list[str]) -> None:
    before, after = inline(image(), name="chat"), inline(image(2), name="chat")
    state = None if phase == "create" else cloud.service(before)
    cloud.deploy_fault(outcome, phase=phase, reason=NO_GPU)
    program = before if state is None else after
    with pytest.raises(UnhealthyError) as caught:
        cloud.service(before) if state is None else cloud.world.update(state, after)
    text = str(caught.value)
    assert NO_GPU in text
    assert "the service is kept in the state" in text
    kept = cloud.world.recorded(caught.value.state)
    assert kept.facts["status"] == ("RUNNING" if outcome == "rollback" else "FAILED")
    done = cloud.world.update(kept, program)
    assert cloud.writes() == calls
    assert done.facts["status"] == "RUNNING"
    assert cloud.world.diff(done, program).changes is False


def test_a_service_that_its_schedule_stops_while_nobody_wants_it_to_run_again(cloud: ModelArtsV2) -> None:
    schedule = {"time_unit": "HOURS", "duration": 1}
    program = inline(name="chat", schedule=schedule, desired_status="running")
    state = cloud.service(program)
    assert state.facts["due_time"]
    cloud.world.cloud.admin("POST", f"/modelartsv2/services/{state.id}/auto-stop")
    cloud.world.clock.advance(5)
    assert cloud.world.diff(state, program).changes is False
    assert cloud.world.update(state, program).facts["status"] == "STOPPED"
    assert cloud.writes() == []
    again = {**program, "restart_after_schedule": True}
    assert cloud.world.diff(state, again).changes is True
    assert "was stopped by its schedule; `pulumi up` starts it again" in cloud.world.told
    done = cloud.world.update(state, again)
    assert cloud.writes() == ["POST ID/start"]
    assert cloud.world.diff(done, again).changes is False


@pytest.mark.parametrize("status", ["UPGRADING", "STOPPING"])
def test_a_service_in_a_passing_state_is_waited_for(cloud: ModelArtsV2, status: str) -> None:
    state = cloud.service(inline(name="chat", timeouts={"update": "3m"}))
    program = inline(name="chat", timeouts={"update": "3m"})
    path = f"/modelartsv2/services/{state.id}"
    cloud.world.cloud.admin("PATCH", path, {"status": status})
    assert cloud.world.diff(state, program).changes is True
    assert cloud.world.told == [f"chat is {status}; `pulumi up` waits for it"]
    with pytest.raises(InferenceError, match=f"gave up waiting for chat to come to rest after 3 min; .*{status}"):
        cloud.world.update(state, program)
    cloud.world.cloud.admin("PATCH", path, {"status": "RUNNING"})
    assert cloud.world.diff(state, program).changes is False


def test_a_service_that_is_broken_is_an_error_until_it_is_well(cloud: ModelArtsV2) -> None:
    state = cloud.service(inline(name="chat"))
    path = f"/modelartsv2/services/{state.id}"
    cloud.world.cloud.admin("PATCH", path, {"status": "ERROR"})
    assert cloud.world.diff(state, inline(name="chat")).changes is True
    with pytest.raises(InferenceError, match="waiting for chat to be well again ended with ERROR"):
        cloud.world.update(state, inline(name="chat"))
    cloud.world.clock.on_wait = lambda _seconds: cloud.world.cloud.admin("PATCH", path, {"status": "RUNNING"})
    assert cloud.world.update(state, inline(name="chat")).facts["status"] == "RUNNING"
