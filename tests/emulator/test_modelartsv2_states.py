"""The states of ModelArts v2: what goes wrong, and how long it takes (section 7)."""

from typing import Any

import pytest

from .modelartsv2cloud import ADVANCED, STOP_SECONDS, ModelArtsV2, group, image, runtime, unit

DAY = 86_400.0


def upgrade(v2: ModelArtsV2, sid: str, did: str, tag: str = "2") -> dict[str, Any]:
    return v2.change(sid, did, unit_configs=[unit(image=image(tag))])


def statuses(v2: ModelArtsV2, sid: str, did: str) -> dict[str, str]:
    found = v2.ok("GET", f"/services/{sid}/deployments/{did}/versions")["data"]
    return {version["version"]: version["version_status"] for version in found}


def test_a_deployment_fails(v2: ModelArtsV2) -> None:
    v2.fail("fail", name="^blue$", service="^demo$", phase="create", after_seconds=10, reason="image not found")
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time(10)
    assert (v2.status(sid, did), v2.status(sid)) == ("FAILED", "FAILED")
    assert v2.service(sid)["failure_reason"] == "Deployment blue: image not found"
    assert v2.abnormal(sid) == ["Deployment of blue failed: image not found."]
    assert v2.ask(sid).status_code == 503
    v2.ok("POST", f"/services/{sid}/deployments/{did}/start")
    assert v2.service(sid)["failure_reason"] == ""
    v2.pass_time()
    assert v2.status(sid) == "RUNNING"


@pytest.mark.parametrize(
    ("options", "hit"),
    [({"name": "green"}, False), ({"service": "x"}, False), ({"phase": "update"}, False), ({}, True)],
)
def test_a_fault_waits_for_what_fits(v2: ModelArtsV2, options: dict[str, Any], hit: bool) -> None:
    v2.fail("fail", **options)
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time()
    assert v2.status(sid, did) == ("FAILED" if hit else "RUNNING")


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "explode"},
        {"outcome": "fail", "phase": "later"},
        {"outcome": "concerning", "phase": "stop"},
        {"outcome": "error", "phase": "service"},
        {"outcome": "fail", "name": "("},
        {"outcome": "fail", "service": "("},
        {"outcome": "fail", "after_seconds": -1},
    ],
)
def test_faults_that_make_no_sense(v2: ModelArtsV2, wrong: dict[str, Any]) -> None:
    assert v2.http.post("/_emulator/faults", json={"modelartsv2.deploy": wrong}).status_code == 400


def test_an_upgrade_is_rolled_back(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.fail("rollback", phase="update", reason="no GPU")
    assert upgrade(v2, sid, did)["status"] == "UPGRADING"
    assert v2.ask(sid).json()["version"] == "1.0.0"
    v2.pass_time()
    found = v2.deployment(sid, did)
    assert (found["status"], found["version"], found["version_count"]) == ("RUNNING", "1.0.0", 2)
    assert found["unit_configs"][0]["image"]["swr_path"].endswith(":1")
    assert statuses(v2, sid, did) == {"1.0.1": "FAILED", "1.0.0": "ACTIVE"}
    assert v2.abnormal(sid) == ["Upgrade of deployment blue failed and was rolled back: no GPU."]
    assert v2.ask(sid).json()["version"] == "1.0.0"
    upgrade(v2, sid, did)
    v2.pass_time()
    assert v2.deployment(sid, did)["version"] == "1.0.2"


def test_a_roll_back_takes_weight_and_count_back_too(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.fail("rollback")
    v2.change(sid, did, weight=1, count=9)
    v2.pass_time()
    found = v2.groups(sid)[0]
    assert (found["weight"], found["count"], found["running_count"]) == (100, 2, 2)


def test_a_roll_back_may_fail(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.fail("fail", reason="no GPU")
    upgrade(v2, sid, did)
    v2.pass_time()
    assert (v2.status(sid, did), v2.deployment(sid, did)["version"]) == ("FAILED", "1.0.0")
    assert v2.abnormal(sid) == ["Upgrade roll-back of blue failed: no GPU."]
    assert v2.service(sid)["failure_reason"] == "Deployment blue: no GPU"
    assert v2.ask(sid).status_code == 503


def test_a_switch_may_fail(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    upgrade(v2, sid, did)
    v2.pass_time()
    v2.fail("rollback", phase="switch")
    v2.ok("POST", f"/services/{sid}/deployments/{did}/versions/1.0.0/switch", {"infer_name": did})
    v2.pass_time()
    assert (v2.status(sid, did), v2.deployment(sid, did)["version"]) == ("RUNNING", "1.0.1")
    assert statuses(v2, sid, did) == {"1.0.1": "ACTIVE", "1.0.0": "INACTIVE"}


def test_a_first_deployment_has_nothing_to_roll_back_to(v2: ModelArtsV2) -> None:
    v2.fail("rollback")
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time()
    assert v2.status(sid, did) == "FAILED"


def test_an_alarm_that_heals(v2: ModelArtsV2) -> None:
    v2.fail("concerning", instances=1, heal_seconds=60)
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time()
    assert (v2.status(sid, did), v2.status(sid)) == ("CONCERNING", "CONCERNING")
    assert (v2.groups(sid)[0]["running_count"], v2.ask(sid).status_code) == (1, 200)
    assert len(v2.abnormal(sid)) == 1
    v2.pass_time(59)
    assert v2.status(sid, did) == "CONCERNING"
    v2.pass_time(1)
    assert (v2.status(sid, did), v2.groups(sid)[0]["running_count"]) == ("RUNNING", 2)


def test_an_alarm_that_does_not_heal(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.fail("concerning", instances=1, phase="update")
    upgrade(v2, sid, did)
    v2.wait(DAY)
    assert (v2.status(sid, did), v2.deployment(sid, did)["version"]) == ("CONCERNING", "1.0.1")


def test_an_error(v2: ModelArtsV2) -> None:
    v2.fail("error", heal_seconds=5)
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time()
    assert (v2.status(sid, did), v2.status(sid), v2.ask(sid).status_code) == ("ERROR", "CONCERNING", 503)
    v2.pass_time(5)
    assert v2.status(sid, did) == "RUNNING"


def test_a_crash_comes_after_it_has_run(v2: ModelArtsV2) -> None:
    v2.fail("crash", after_seconds=7)
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time()
    assert v2.status(sid, did) == "RUNNING"
    v2.pass_time(7)
    assert v2.status(sid, did) == "ERROR"


def test_what_is_slow(v2: ModelArtsV2) -> None:
    v2.fail("slow", after_seconds=100)
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time(99)
    assert v2.status(sid, did) == "DEPLOYING"
    v2.pass_time(1)
    assert v2.status(sid, did) == "RUNNING"


@pytest.mark.parametrize(("outcome", "after"), [("hang", None), ("slow", 100_000)])
def test_the_time_of_a_deployment_is_up(v2: ModelArtsV2, outcome: str, after: float | None) -> None:
    v2.fail(outcome, after_seconds=after)
    sid = v2.make()
    did = v2.add(sid, advanced_config={**ADVANCED, "deploy_timeout_minutes": 7})
    v2.pass_time(7 * 60 - 1)
    assert v2.status(sid, did) == "DEPLOYING"
    v2.pass_time(1)
    assert v2.status(sid, did) == "FAILED"
    assert "exceeded 7 minutes and was set to failed" in v2.service(sid)["failure_reason"]
    assert "exceeded 7 minutes" in v2.abnormal(sid)[0]


@pytest.mark.parametrize(("sent", "minutes"), [(None, 20), (0, 20), (3, 3)])
def test_the_time_that_the_service_says(v2: ModelArtsV2, sent: int | None, minutes: int) -> None:
    v2.fail("hang")
    sid = v2.make(deploy_timeout_minutes=sent)
    did = v2.add(sid, advanced_config={**ADVANCED, "deploy_timeout_minutes": 0})
    v2.pass_time(minutes * 60 - 1)
    assert v2.status(sid, did) == "DEPLOYING"
    v2.pass_time(1)
    assert v2.status(sid, did) == "FAILED"


def test_an_upgrade_whose_time_is_up_is_rolled_back(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.fail("hang")
    upgrade(v2, sid, did)
    v2.pass_time(20 * 60)
    assert (v2.status(sid, did), v2.deployment(sid, did)["version"]) == ("RUNNING", "1.0.0")
    assert "rolled back: the deployment exceeded 20 minutes" in v2.abnormal(sid)[0]


def test_scaling_may_fail_and_be_slow(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/blue/scale"
    v2.fail("fail", phase="scale", reason="no node")
    v2.ok("PUT", path, {"count": 4})
    v2.pass_time()
    found = v2.groups(sid)[0]
    assert (found["status"], found["count"], found["running_count"]) == ("CONCERNING", 4, 2)
    assert v2.abnormal(sid) == ["Deployment blue could not be scaled: no node."]
    assert v2.ask(sid).status_code == 200
    v2.admin("PATCH", f"/modelartsv2/services/{sid}/deployments/{did}", {"status": "RUNNING"})
    v2.settings(scale_seconds=100)
    v2.ok("PUT", path, {"count": 5})
    v2.pass_time(99)
    assert v2.groups(sid)[0]["running_count"] == 4
    v2.pass_time(1)
    assert v2.groups(sid)[0]["running_count"] == 5


def test_interrupt_of_a_deployment(v2: ModelArtsV2) -> None:
    sid = v2.make()
    did = v2.add(sid)
    path = f"/services/{sid}/deployments/{did}/interrupt"
    assert v2.ok("POST", path)["status"] == "INTERRUPTING"
    assert v2.refused("POST", path)
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid, did), v2.groups(sid)[0]["running_count"]) == ("STOPPED", 0)
    v2.pass_time()
    assert v2.status(sid, did) == "STOPPED"


def test_interrupt_of_an_upgrade(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    upgrade(v2, sid, did)
    assert v2.ok("POST", f"/services/{sid}/deployments/{did}/interrupt")["status"] == "INTERRUPTING"
    assert v2.status(sid) == "UPGRADING"
    assert v2.ask(sid).json()["version"] == "1.0.0"
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid, did), v2.deployment(sid, did)["version"]) == ("RUNNING", "1.0.0")
    assert statuses(v2, sid, did) == {"1.0.1": "FAILED", "1.0.0": "ACTIVE"}
    v2.pass_time()
    assert v2.deployment(sid, did)["version"] == "1.0.0"
    assert "RUNNING" in v2.refused("POST", f"/services/{sid}/deployments/{did}/interrupt")


@pytest.mark.parametrize("status", ["DEPLOYING", "RUNNING", "CONCERNING", "FAILED"])
def test_states_that_can_be_stopped(v2: ModelArtsV2, status: str) -> None:
    sid, did = v2.running()
    v2.admin("PATCH", f"/modelartsv2/services/{sid}/deployments/{did}", {"status": status})
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    v2.pass_time(STOP_SECONDS)
    assert v2.status(sid, did) == "STOPPED"


@pytest.mark.parametrize("status", ["UPGRADING", "STOPPED", "STOPPING", "ERROR", "INTERRUPTING"])
def test_states_that_cannot_be_stopped(v2: ModelArtsV2, status: str) -> None:
    sid, did = v2.running()
    v2.admin("PATCH", f"/modelartsv2/services/{sid}/deployments/{did}", {"status": status})
    assert status in v2.refused("POST", f"/services/{sid}/deployments/{did}/stop")


def test_a_stop_may_fail_and_take_long(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.fail("fail", phase="stop", reason="stuck")
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid, did), v2.abnormal(sid)) == ("FAILED", ["Stop of deployment blue failed: stuck."])
    v2.settings(stop_seconds=50)
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    v2.pass_time(49)
    assert v2.status(sid, did) == "STOPPING"
    v2.pass_time(1)
    assert v2.status(sid, did) == "STOPPED"


def test_durations_of_upgrades_and_deletions(v2: ModelArtsV2) -> None:
    v2.settings(upgrade_seconds=5, delete_seconds=9)
    sid, did = v2.running()
    upgrade(v2, sid, did)
    v2.pass_time(5)
    assert v2.deployment(sid, did)["version"] == "1.0.1"
    v2.ok("POST", "/services/delete", {"service_ids": [sid]})
    v2.pass_time(8)
    assert v2.status(sid) == "DELETING"
    v2.pass_time(1)
    assert v2.refused("GET", f"/services/{sid}", status=404)


def test_events_are_counted(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    for tag in ("2", "3"):
        v2.fail("rollback", reason="no GPU")
        upgrade(v2, sid, did, tag)
        v2.pass_time()
    (event,) = v2.ok("GET", f"/services/{sid}/events?event_type=ABNORMAL")["data"]
    assert (event["event_count"], event["service_id"]) == (2, sid)
    assert event["service_version_id"] == v2.service(sid)["version"]["id"]
    assert event["update_at"] - event["create_at"] == 30_000
    assert set(event) == {
        *("id", "service_id", "service_version_id", "event_count", "event_type", "event_info", "event_info_cn"),
        *("create_at", "update_at"),
    }


def test_a_long_time_passes_at_once(v2: ModelArtsV2) -> None:
    hour = [{"type": "STOP", "time_unit": "HOURS", "duration": 1}]
    sid = v2.make(schedule=hour, group_configs=[group()], runtime_config=runtime())
    v2.wait(DAY)
    assert v2.status(sid) == "STOPPED"
    stopped = v2.groups(sid)[0]["update_at"]
    assert stopped == int(v2.service(sid)["create_at"]) + (30 + 3600 + 1) * 1000


def test_interrupt_of_a_change_of_the_scale(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.ok("PUT", f"/services/{sid}/deployments/blue/scale", {"count": 5})
    v2.ok("POST", f"/services/{sid}/deployments/{did}/interrupt")
    v2.pass_time(STOP_SECONDS)
    found = v2.groups(sid)[0]
    assert (found["status"], found["count"], found["running_count"]) == ("RUNNING", 2, 2)
