"""Deployments of ModelArts v2 and their versions (modelarts-v2.md sections 3.2, 3.3 and 6)."""

from typing import Any

import pytest

from .modelartsv2cloud import (
    ADVANCED,
    POOL,
    STOP_SECONDS,
    UNKNOWN,
    ModelArtsV2,
    change,
    group,
    image,
    service,
    unit,
)

DAY = 86_400.0


def next_image(v2: ModelArtsV2, sid: str, did: str, tag: str = "2", **changes: Any) -> dict[str, Any]:
    return v2.change(sid, did, unit_configs=[unit(image=image(tag))], **changes)


def test_a_deployment_is_added(v2: ModelArtsV2) -> None:
    sid = v2.make()
    made = v2.ok("POST", f"/services/{sid}/deployments", group())
    assert made == v2.deployment(sid, made["id"])
    assert (made["status"], made["name"], made["deployment_name"], made["infer_name"]) == (
        "DEPLOYING",
        "blue",
        "blue",
        made["id"],
    )
    assert {"running_count", "traffic_ratio", "failure_reason"} & set(made) == set()
    assert v2.status(sid) == "DEPLOYING"
    v2.pass_time()
    assert (v2.status(sid), v2.status(sid, made["id"])) == ("RUNNING", "RUNNING")


def test_names_are_unique_in_a_service(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    assert "blue already exists" in v2.refused("POST", f"/services/{sid}/deployments", group(), status=409)
    v2.add(sid, name="green")
    v2.add(v2.make(name="other"))


def test_what_is_not_there(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    for method, tail in (
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("POST", "/start"),
        ("POST", "/interrupt"),
        ("GET", "/versions"),
        ("GET", "/hpa"),
    ):
        assert "d-none" in v2.refused(method, f"/services/{sid}/deployments/d-none{tail}", {}, status=404)
        assert v2.refused(method, f"/services/{UNKNOWN}/deployments/{did}{tail}", {}, status=404)


def test_ids_where_there_are_ids_and_names_where_there_are_names(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    base = f"/services/{sid}/deployments"
    assert v2.refused("GET", f"{base}/blue", status=404)
    assert v2.refused("PUT", f"{base}/{did}/scale", {"count": 1}, status=404)
    assert v2.refused("GET", f"{base}/{did}/instances", status=404)
    v2.settings(strict_names=False)
    assert v2.ok("GET", f"{base}/blue")["id"] == did
    v2.ok("PUT", f"{base}/{did}/scale", {"count": 1})
    assert v2.ok("GET", f"{base}/{did}/instances")["total"] == 1


def test_what_is_omitted_stays_and_units_are_replaced(v2: ModelArtsV2) -> None:
    sid, did = v2.running(description="kept", unit_configs=[unit(envs={"A": "1"}, cmd="run")])
    (old,) = v2.deployment(sid, did)["unit_configs"]
    v2.change(sid, did, unit_configs=[unit(id=old["id"], cmd="run again")])
    v2.pass_time()
    found = v2.deployment(sid, did)
    (new,) = found["unit_configs"]
    assert (found["description"], new["id"], new["cmd"], "envs" in new) == ("kept", old["id"], "run again", False)
    v2.change(sid, did, description="new", high_avail_switch=False)
    v2.pass_time()
    found = v2.deployment(sid, did)
    assert (found["description"], found["high_avail_switch"]) == ("new", False)
    assert found["unit_configs"] == [new]


def test_the_role_of_a_unit_stays(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    (old,) = v2.deployment(sid, did)["unit_configs"]
    wrong = change(unit_configs=[unit(id=old["id"], role="PREFILL")])
    assert "role" in v2.refused("PUT", f"/services/{sid}/deployments/{did}", wrong)


def test_a_change_of_what_has_stopped(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    v2.pass_time(STOP_SECONDS)
    answer = next_image(v2, sid, did, count=4, weight=10)
    assert (answer["status"], answer["version"], answer["count"], answer["weight"]) == ("STOPPED", "1.0.1", 4, 10)
    v2.pass_time()
    assert v2.status(sid, did) == "STOPPED"
    v2.settings(put_starts=True)
    assert next_image(v2, sid, did, "3")["status"] == "DEPLOYING"
    v2.pass_time()
    assert v2.ask(sid).json()["image"].endswith(":3")


def test_a_change_of_what_has_failed(v2: ModelArtsV2) -> None:
    v2.fail("fail")
    sid = v2.make()
    did = v2.add(sid)
    v2.pass_time()
    body = change(unit_configs=[unit(image=image("2"))])
    assert "FAILED" in v2.refused("PUT", f"/services/{sid}/deployments/{did}", body)
    v2.settings(put_from_failed=True)
    assert v2.ok("PUT", f"/services/{sid}/deployments/{did}", body)["status"] == "DEPLOYING"
    v2.pass_time()
    assert (v2.status(sid, did), v2.ask(sid).json()["version"]) == ("RUNNING", "1.0.1")


@pytest.mark.parametrize("status", ["DEPLOYING", "UPGRADING", "STOPPING", "INTERRUPTING", "RESTARTING", "DELETING"])
def test_states_that_allow_no_change(v2: ModelArtsV2, status: str) -> None:
    sid, did = v2.running()
    v2.admin("PATCH", f"/modelartsv2/services/{sid}/deployments/{did}", {"status": status})
    assert status in v2.refused("PUT", f"/services/{sid}/deployments/{did}", change(weight=1))


@pytest.mark.parametrize("status", ["RUNNING", "CONCERNING", "ERROR"])
def test_states_that_allow_a_change(v2: ModelArtsV2, status: str) -> None:
    sid, did = v2.running()
    v2.admin("PATCH", f"/modelartsv2/services/{sid}/deployments/{did}", {"status": status})
    assert next_image(v2, sid, did)["status"] == "UPGRADING"
    v2.pass_time()
    assert (v2.status(sid, did), v2.groups(sid)[0]["running_count"]) == ("RUNNING", 2)


def test_the_priority_changes_while_it_has_stopped_only(v2: ModelArtsV2) -> None:
    sid, did = v2.running(priority=2)
    path = f"/services/{sid}/deployments/{did}"
    for body in (change(weight=1), change(weight=1, priority=3)):
        assert "priority" in v2.refused("PUT", path, body)
    v2.change(sid, did, weight=1, priority=2)
    v2.pass_time()
    v2.ok("POST", f"{path}/stop")
    v2.pass_time(STOP_SECONDS)
    assert v2.change(sid, did, weight=1, priority=3)["priority"] == 3


def test_scaling_makes_no_version(v2: ModelArtsV2) -> None:
    sid, _ = v2.running()
    path = f"/services/{sid}/deployments/blue/scale"
    answer = v2.ok("PUT", path, {"count": 5})
    assert (answer["status"], answer["count"], answer["version"]) == ("UPGRADING", 5, "1.0.0")
    assert v2.groups(sid)[0]["running_count"] == 2
    assert v2.ask(sid).status_code == 200
    assert "UPGRADING" in v2.refused("PUT", path, {"count": 6})
    v2.pass_time()
    found = v2.groups(sid)[0]
    assert (found["count"], found["running_count"], found["version_count"]) == (5, 5, 1)
    v2.ok("PUT", path, {"count": 1})
    v2.pass_time()
    assert v2.groups(sid)[0]["running_count"] == 1
    assert v2.ok("PUT", path, {"count": 1})["status"] == "RUNNING"
    for wrong in (0, 129, "2", True, None):
        assert v2.refused("PUT", path, {"count": wrong})
    v2.settings(scale_shows_upgrading=False)
    assert v2.ok("PUT", path, {"count": 2})["status"] == "RUNNING"
    assert v2.groups(sid)[0]["running_count"] == 1
    v2.pass_time()
    assert v2.groups(sid)[0]["running_count"] == 2


def test_start_stop_and_delete(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    path = f"/services/{sid}/deployments/{did}"
    assert v2.ok("POST", f"{path}/stop")["status"] == "STOPPING"
    assert v2.refused("POST", f"{path}/start")
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid, did), v2.status(sid), v2.groups(sid)[0]["running_count"]) == ("STOPPED", "STOPPED", 0)
    assert v2.refused("POST", f"{path}/stop")
    answer = v2.ok("POST", f"{path}/start")
    assert (answer["status"], answer["running_count"], answer["traffic_ratio"]) == ("DEPLOYING", 0, "0.00%")
    v2.pass_time()
    assert v2.ok("DELETE", path)["status"] == "DELETING"
    assert v2.ok("DELETE", path)["status"] == "DELETING"
    assert v2.status(sid) == "INIT"
    v2.pass_time(STOP_SECONDS)
    assert v2.refused("GET", path, status=404)
    assert v2.status(sid) == "INIT"


def test_a_delete_may_be_refused_and_fail(v2: ModelArtsV2) -> None:
    sid = v2.make()
    did = v2.add(sid)
    v2.settings(busy_delete=False)
    assert "DEPLOYING" in v2.refused("DELETE", f"/services/{sid}/deployments/{did}")
    v2.pass_time()
    v2.fail("fail", phase="delete", reason="stuck")
    v2.ok("DELETE", f"/services/{sid}/deployments/{did}")
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid, did), v2.abnormal(sid)) == ("FAILED", ["Delete of deployment blue failed: stuck."])
    assert v2.service(sid)["failure_reason"] == "Deployment blue: stuck"


def test_the_list_has_those_that_are_gone_if_asked(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.pass_time(1)
    v2.add(sid, name="green", weight=0)
    v2.ok("DELETE", f"/services/{sid}/deployments/{did}")
    v2.pass_time()
    rows = v2.ok("GET", f"/services/{sid}/deployments")["data"]
    assert [row["name"] for row in rows] == ["green"]
    rows = v2.ok("GET", f"/services/{sid}/deployments?status=all&sort_dir=ASC&sort_key=create_at")["data"]
    assert [(row["name"], row["status"]) for row in rows] == [("blue", "DELETED"), ("green", "RUNNING")]
    assert (rows[0]["id"], rows[0]["infer_name"], rows[0]["pool_id"]) == (did, did, POOL)
    assert (rows[1]["weight"], rows[1]["traffic_ratio"], rows[1]["mirror_traffic_weight"]) == (0, "0.00%", "50")
    v2.wait(3 * DAY)
    for days, total in ((2, 1), (4, 2)):
        query = f"?status=all&delete_after={days}"
        assert v2.ok("GET", f"/services/{sid}/deployments{query}")["total"] == total
    assert v2.refused("GET", f"/services/{sid}/deployments?status=RUNNING")


def test_a_deployment_in_the_public_pool_has_no_life_of_its_own(v2: ModelArtsV2) -> None:
    sid, did = v2.public()
    path = f"/services/{sid}/deployments"
    writes: list[tuple[str, str, Any]] = [
        ("POST", path, group(name="green")),
        ("PUT", f"{path}/{did}", change(weight=1)),
        ("PUT", f"{path}/blue/scale", {"count": 3}),
        ("POST", f"{path}/{did}/stop", None),
        ("POST", f"{path}/{did}/start", None),
        ("POST", f"{path}/{did}/interrupt", None),
        ("POST", f"{path}/{did}/versions/1.0.0/switch", {"infer_name": did}),
        ("DELETE", f"{path}/{did}/versions/1.0.0", None),
        ("DELETE", f"{path}/{did}", None),
        ("DELETE", f"{path}/blue/instances/all", None),
    ]
    for method, where, body in writes:
        assert "public pool" in v2.refused(method, where, body), where
    assert v2.ok("GET", f"{path}/{did}")["pool_id"] == ""
    sid = v2.make(name="other")
    assert "public pool" in v2.refused("POST", f"/services/{sid}/deployments", group(pool_id=None))


def test_a_region_without_public_pool(v2: ModelArtsV2) -> None:
    v2.settings(public_pool=False)
    body = service(group_configs=[group(pool_id=None)])
    assert "public pool" in v2.refused("POST", "/services", body)


def test_pools_have_to_be_there_and_active(v2: ModelArtsV2) -> None:
    sid = v2.make()
    path = f"/services/{sid}/deployments"
    assert "p-none does not exist" in v2.refused("POST", path, group(pool_id="p-none"))
    v2.settings(check_pools=False)
    v2.add(sid, pool_id="p-none")
    v2.admin("POST", "/seed", {"pools": [{"pool_name": "young", "phase": "Creating"}]})
    assert "INITIALIZING" in v2.refused("POST", path, group(name="b", pool_id="young"))


def test_flavours_have_to_be_there_and_to_be_had(v2: ModelArtsV2) -> None:
    sid = v2.make()
    path = f"/services/{sid}/deployments"
    sold_out = unit(flavor="modelarts.vm.gpu.a100u24", custom_spec=None)
    assert "a100u24" in v2.refused("POST", path, group(unit_configs=[sold_out]))
    did = v2.add(sid, unit_configs=[unit(flavor="modelarts.vm.cpu.2u", custom_spec=None)])
    v2.pass_time()
    v2.settings(sold_out=["modelarts.vm.cpu.2u"])
    other = unit(flavor="modelarts.vm.cpu.2u", custom_spec=None, image=image("2"))
    v2.change(sid, did, unit_configs=[other])
    assert "cpu.2u" in v2.refused("POST", path, group(name="green", unit_configs=[other]))


def test_a_deployment_with_another_port(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.change(sid, did, advanced_config={**ADVANCED, "port": 9000})
    v2.pass_time()
    assert v2.deployment(sid, did)["advanced_config"]["port"] == 9000
