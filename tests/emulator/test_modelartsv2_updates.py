"""Updates of services of ModelArts v2, and their auto-stop (modelarts-v2.md sections 4.8 and 5.1)."""

from typing import Any

import pytest

from .modelartsv2cloud import (
    POOL,
    STOP_SECONDS,
    UPGRADE,
    ModelArtsV2,
    change,
    group,
    image,
    runtime,
    service,
    unit,
)

DAY = 86_400.0


def put(v2: ModelArtsV2, sid: str, **body: Any) -> dict[str, Any]:
    return dict(v2.ok("PUT", f"/services/{sid}", body))


def test_the_description_alone_makes_no_version(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    first = v2.service(sid)["version"]["id"]
    for body in ({"version": "1.0.0", "id": sid}, {}):
        found = put(v2, sid, description=f"new {len(body)}", **body)
        assert (found["status"], found["version"]["id"]) == ("RUNNING", first)
        assert found["version"]["description"] == f"new {len(body)}"
    assert put(v2, sid, description="")["version"]["description"] == ""


def test_other_changes_make_a_version(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    changed = runtime("API_KEY")
    found = put(v2, sid, version="1.0.7", runtime_config=changed, upgrade_config=UPGRADE)
    assert (found["status"], found["version"]["version"]) == ("UPGRADING", "1.0.0")
    assert v2.ask(sid).status_code == 200
    v2.pass_time()
    found = v2.service(sid)
    assert (found["status"], found["version"]["version"]) == ("RUNNING", "1.0.7")
    assert (found["version"]["runtime_config"], found["version"]["upgrade_config"]) == (changed, UPGRADE)
    assert v2.ask(sid).status_code == 401
    assert v2.refused("PUT", f"/services/{sid}", {"version": "1.0.0", "lts_strategy": "POOL"})
    assert v2.service(sid)["version"]["lts_strategy"] == "AUTO_CREATE"
    put(v2, sid, lts_strategy="POOL")
    v2.pass_time()
    assert v2.service(sid)["version"]["version"] == "1.0.8"
    (row,) = v2.ok("GET", "/services")["data"]
    assert (row["version"], row["version_count"]) == ("1.0.8", 3)


def test_a_description_with_a_new_number_makes_a_version(v2: ModelArtsV2) -> None:
    sid = v2.make()
    found = put(v2, sid, version="2.0.0", description="two")
    assert (found["version"]["version"], found["version"]["description"]) == ("2.0.0", "two")


def test_version_numbers_carry_over(v2: ModelArtsV2) -> None:
    sid = v2.make(version="1.0.99")
    assert put(v2, sid, lts_strategy="POOL")["version"]["version"] == "1.1.0"
    last = v2.make(name="last", version="99.99.99")
    assert "no version number left" in v2.refused("PUT", f"/services/{last}", {"lts_strategy": "POOL"})


def test_an_update_of_what_has_stopped_is_there_at_once(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    v2.ok("POST", f"/services/{sid}/stop")
    v2.pass_time(STOP_SECONDS)
    found = put(v2, sid, lts_strategy="POOL")
    assert (found["status"], found["version"]["lts_strategy"]) == ("STOPPED", "POOL")


def test_an_update_that_fails_leaves_the_old_settings(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    v2.fail("fail", phase="service", reason="no port")
    assert put(v2, sid, lts_strategy="POOL")["status"] == "UPGRADING"
    v2.pass_time()
    assert (v2.status(sid), v2.service(sid)["version"]["version"]) == ("RUNNING", "1.0.0")
    assert v2.abnormal(sid) == ["Upgrade of the service failed and was rolled back: no port."]


@pytest.mark.parametrize("status", ["DEPLOYING", "UPGRADING", "STOPPING", "CONCERNING", "ERROR", "DELETING"])
def test_states_that_allow_no_update(v2: ModelArtsV2, status: str) -> None:
    sid, _ = v2.running()
    v2.admin("PATCH", f"/modelartsv2/services/{sid}", {"status": status})
    assert status in v2.refused("PUT", f"/services/{sid}", {"description": "x"})


@pytest.mark.parametrize("status", ["STOPPED", "FAILED", "RUNNING", "INIT"])
def test_states_that_allow_an_update(v2: ModelArtsV2, status: str) -> None:
    sid = v2.make()
    v2.admin("PATCH", f"/modelartsv2/services/{sid}", {"status": status})
    assert put(v2, sid, description="x", name="renamed", task_type="RERANK")["name"] == "renamed"
    assert v2.service(sid)["task_type"] == "RERANK"


def test_what_an_update_does_not_change(v2: ModelArtsV2) -> None:
    sid = v2.make()
    found = put(v2, sid, type="ASYNC_REAL_TIME", deploy_type="MULTI", tags="a", unknown=1)
    assert (found["type"], found["deploy_type"], found["tags"]) == ("REAL_TIME", "SINGLE", [])
    assert found["version"]["version"] == "1.0.0"


HOUR = [{"type": "STOP", "time_unit": "HOURS", "duration": 1}]


def test_a_schedule_stops_the_service(v2: ModelArtsV2) -> None:
    sid = v2.make(schedule=HOUR)
    assert v2.service(sid)["schedule"] == [{**HOUR[0], "processed": False}]
    v2.add(sid)
    v2.pass_time()
    started = round(v2.clock.now() * 1000)
    assert v2.service(sid)["schedule"] == [{**HOUR[0], "processed": False, "due_time": started + 3_600_000}]
    v2.pass_time(3599)
    assert v2.status(sid) == "RUNNING"
    v2.pass_time(1)
    assert v2.status(sid) == "STOPPING"
    v2.pass_time(STOP_SECONDS)
    assert v2.status(sid) == "STOPPED"
    assert v2.service(sid)["schedule"] == [{**HOUR[0], "processed": True, "due_time": started + 3_600_000}]
    v2.ok("POST", f"/services/{sid}/start")
    v2.pass_time()
    (rule,) = v2.service(sid)["schedule"]
    assert (rule["processed"], rule["due_time"]) == (False, round(v2.clock.now() * 1000) + 3_600_000)


def test_a_schedule_is_changed_and_cleared_alone(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    put(v2, sid, schedule=HOUR)
    now = round(v2.clock.now() * 1000)
    assert v2.service(sid)["schedule"][0]["due_time"] == now + 3_600_000
    put(v2, sid, schedule=[], description="kept")
    assert v2.service(sid)["schedule"] != []
    put(v2, sid, schedule=[])
    assert (v2.service(sid)["schedule"], v2.service(sid)["version"]["version"]) == ([], "1.0.0")
    v2.wait(DAY)
    assert v2.status(sid) == "RUNNING"


def test_a_schedule_of_what_stops_by_hand_does_nothing(v2: ModelArtsV2) -> None:
    sid, _ = v2.running(service={"schedule": HOUR})
    v2.ok("POST", f"/services/{sid}/stop")
    v2.pass_time(STOP_SECONDS)
    assert "due_time" not in v2.service(sid)["schedule"][0]
    v2.ok("POST", f"/services/{sid}/start")
    v2.pass_time(3600)
    assert v2.status(sid) == "RUNNING"


def test_a_token_provider_has_to_be_named_again(v2: ModelArtsV2) -> None:
    header = {"X-Auth-Token-Provider": "third party"}
    sid = v2.ok("POST", "/services", service(), headers=header)["id"]
    assert v2.service(sid)["provider"]
    assert "X-Auth-Token-Provider" in v2.refused("PUT", f"/services/{sid}", {"description": "x"})
    other = {"X-Auth-Token-Provider": "another"}
    assert v2.refused("PUT", f"/services/{sid}", {"description": "x"}, headers=other)
    v2.ok("PUT", f"/services/{sid}", {"description": "x"}, headers=header)
    path = f"/services/{sid}/deployments/{v2.add(sid)}"
    v2.pass_time()
    assert "X-Auth-Token-Provider" in v2.refused("PUT", path, change(weight=1))
    v2.ok("PUT", path, change(weight=1), headers=header)


def test_a_token_of_the_account_itself_may_be_another_one_later(v2: ModelArtsV2) -> None:
    header = {"X-Auth-Token-Provider": v2.http.headers["X-Auth-Token"]}
    sid = v2.ok("POST", "/services", service(), headers=header)["id"]
    v2.sign_in()
    header = {"X-Auth-Token-Provider": v2.http.headers["X-Auth-Token"]}
    v2.ok("PUT", f"/services/{sid}", {"description": "x"}, headers=header)


def test_a_service_in_the_public_pool_is_changed_as_a_whole(v2: ModelArtsV2) -> None:
    sid, did = v2.public()
    sent = group(pool_id=None, weight=50, count=3, unit_configs=[unit(image=image("2"))])
    assert put(v2, sid, version="1.0.1", group_configs=[sent])["status"] == "UPGRADING"
    v2.pass_time()
    (one,) = v2.groups(sid)
    assert (one["id"], one["version"], one["weight"], one["count"], one["running_count"]) == (did, "1.0.1", 50, 3, 3)
    assert one["unit_configs"][0]["image"]["swr_path"].endswith(":2")
    assert (v2.status(sid), v2.service(sid)["version"]["version"]) == ("RUNNING", "1.0.1")
    for wrong in ([], [sent, sent], [{**sent, "name": "other"}], [{**sent, "pool_id": POOL}]):
        assert v2.refused("PUT", f"/services/{sid}", {"group_configs": wrong})
    put(v2, sid, group_configs=[{"name": "blue", "weight": 50, "id": did, "count": 1}])
    v2.pass_time()
    assert (v2.groups(sid)[0]["count"], v2.groups(sid)[0]["version"]) == (1, "1.0.1")


def test_a_service_that_has_failed_is_mended_by_its_update(v2: ModelArtsV2) -> None:
    v2.fail("fail")
    sid, _ = v2.public()
    assert v2.status(sid) == "FAILED"
    sent = group(pool_id=None, unit_configs=[unit(image=image("2"))])
    assert put(v2, sid, group_configs=[sent])["status"] == "DEPLOYING"
    v2.pass_time()
    assert (v2.status(sid), v2.ask(sid).json()["image"]) == ("RUNNING", "swr.example.com/demo/echo:2")
    assert v2.service(sid)["failure_reason"] == ""


def test_a_service_in_a_dedicated_pool_takes_a_deployment_in_its_update_too(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    put(v2, sid, group_configs=[group(count=1)])
    v2.pass_time()
    assert (v2.groups(sid)[0]["count"], v2.deployment(sid, did)["version"]) == (1, "1.0.0")
