"""PUT, property, PATCH and DELETE (modelarts.md sections 8.1 to 8.4)."""

from typing import Any

import pytest

from .cloud import (
    DEPLOY_SECONDS,
    SETTLE_SECONDS,
    Cloud,
    batch_body,
    batch_item,
    config_item,
    create_body,
    edge_body,
    error,
)

LTS = {"type": "LTS", "configuration": {"log_group_id": "g", "log_stream_id": "s"}}
STATES = (
    "running", "concerning", "failed", "stopped", "finished", "deploying", "waiting", "pending", "stopping", "deleting",
)  # fmt: skip
ALLOWED = {
    "running": {"failed", "stopped", "finished", "pending"},
    "stopped": {"running", "concerning", "failed", "deploying", "waiting", "pending"},
    "config": {"running", "concerning", "failed", "stopped", "finished", "waiting", "pending"},
}


def in_state(cloud: Cloud, status: str) -> str:
    if status == "finished":
        service_id = cloud.create(batch_body())
        cloud.clock.advance(2 * DEPLOY_SECONDS)
    else:
        service_id = cloud.create()
        cloud.admin("PATCH", f"/services/{service_id}", {"status": status})
    assert cloud.status(service_id) == status
    return service_id


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("change", ALLOWED)
def test_which_state_allows_what(cloud: Cloud, status: str, change: str) -> None:
    service_id = in_state(cloud, status)
    item = batch_item(instance_count=3) if status == "finished" else config_item(instance_count=3)
    answer = cloud.put(service_id, **({"config": [item]} if change == "config" else {"status": change}))
    if status in ALLOWED[change]:
        assert (answer.status_code, answer.json()) == (200, {})
        assert cloud.status(service_id) == ("stopping" if change == "stopped" else "deploying")
    else:
        assert error(answer) == (400, "ModelArts.3519")
        assert cloud.status(service_id) == status


def test_config_is_replaced_as_a_whole(cloud: Cloud) -> None:
    service_id = cloud.running(create_body(config=[config_item(envs={"A": "1"}, instance_count=2)]))
    before = cloud.detail(service_id)
    cloud.clock.advance(10)
    assert cloud.put(service_id, config=[config_item(model_id="m-2")]).json() == {}
    rolling = cloud.detail(service_id)
    assert (rolling["status"], rolling["access_address"]) == ("deploying", before["access_address"])
    assert rolling["update_time"] == before["update_time"]
    cloud.clock.advance(DEPLOY_SECONDS)
    after = cloud.detail(service_id)
    assert after["status"] == "running"
    assert after["update_time"] == before["operation_time"] + 10_000
    item = after["config"][0]
    assert (item["model_id"], item["envs"], item["instance_count"]) == ("m-2", {}, 1)


def test_status_and_config_together_drop_the_config(cloud: Cloud) -> None:
    service_id = cloud.running()
    answer = cloud.put(service_id, status="stopped", config=[{"nonsense": 1}], description="kept")
    assert (answer.status_code, answer.json()) == (200, {})
    cloud.clock.advance(SETTLE_SECONDS)
    detail = cloud.detail(service_id)
    assert (detail["status"], detail["description"]) == ("stopped", "kept")
    assert detail["config"][0]["model_id"] == "m-1"


def test_description_restarts_nothing(cloud: Cloud) -> None:
    service_id = cloud.running()
    before = cloud.detail(service_id)
    assert cloud.put(service_id, description="new").json() == {}
    after = cloud.detail(service_id)
    assert after == {**before, "description": "new"}
    cloud.put(service_id, description="")
    assert cloud.detail(service_id)["description"] == ""


def test_what_cannot_be_changed_is_ignored(cloud: Cloud) -> None:
    service_id = cloud.running()
    before = cloud.detail(service_id)
    assert cloud.put(service_id, service_name="x", infer_type="edge", pool_name="p", vpc_id="v").status_code == 200
    assert cloud.detail(service_id) == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"status": "paused"}, "0104"),
        ({"config": []}, "3610"),
        ({"config": [{"model_id": "m"}]}, "3610"),
        ({"config": [config_item(weight=90)]}, "0104"),
        ({"description": "<"}, "0104"),
        ({"priority": 0}, "0104"),
        ({"schedule": [{"type": "stop", "time_unit": "DAYS", "duration": 0}]}, "3562"),
    ],
)
def test_wrong_update_changes_nothing(cloud: Cloud, body: dict[str, Any], code: str) -> None:
    service_id = cloud.running()
    before = cloud.detail(service_id)
    assert error(cloud.put(service_id, **body)) == (400, f"ModelArts.{code}")
    assert cloud.detail(service_id) == before


def test_foreign_service(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.admin("PATCH", f"/services/{service_id}", {"owner": "somebody"})
    assert error(cloud.put(service_id, description="x")) == (400, "ModelArts.3540")
    assert error(cloud.call("DELETE", f"/services/{service_id}")) == (400, "ModelArts.3540")


def test_switches_that_only_turn_on(cloud: Cloud) -> None:
    service_id = cloud.running(additional_properties={"websocket_upgrade": True, "log_report_channels": [LTS]})
    off = cloud.put(service_id, additional_properties={"log_report_channels": []})
    assert error(off) == (400, "ModelArts.0104")
    assert error(cloud.put(service_id, additional_properties={"websocket_upgrade": False})) == (400, "ModelArts.0104")
    smn = {"smn_notification": {"topic_urn": "u", "events": [3]}}
    assert cloud.put(service_id, additional_properties=smn).status_code == 200
    kept = {"websocket_upgrade": True, "log_report_channels": [LTS]}
    assert cloud.detail(service_id)["additional_properties"] == {**kept, **smn}
    cloud.put(service_id, additional_properties={})
    assert cloud.detail(service_id)["additional_properties"] == kept


def test_scale(cloud: Cloud) -> None:
    service_id = cloud.running()
    body = {"changed_property": "instance_count", "configs": [{"model_id": "m-1", "changed_value": "3"}]}
    answer = cloud.call("PUT", f"/services/{service_id}/property", json=body)
    now = int(cloud.clock.now() * 1000)
    assert answer.json() == {"update_time": now, "resource_ids": [f"INF-{service_id}@{now}"]}
    assert cloud.status(service_id) == "deploying"
    cloud.clock.advance(DEPLOY_SECONDS)
    detail = cloud.detail(service_id)
    assert (detail["status"], detail["config"][0]["instance_count"], detail["update_time"]) == ("running", 3, now)


@pytest.mark.parametrize(
    ("changed", "configs", "code"),
    [
        ("weight", [{"model_id": "m-1", "changed_value": "3"}], "0104"),
        ("instance_count", [], "3610"),
        ("instance_count", [{"model_id": "m-1", "changed_value": 3}], "0104"),
        ("instance_count", [{"model_id": "m-1", "changed_value": "1"}], "0104"),
        ("instance_count", [{"model_id": "m-1", "changed_value": "0"}], "0104"),
        ("instance_count", [{"model_id": "m-1", "changed_value": "129"}], "3522"),
        ("instance_count", [{"model_id": "m-9", "changed_value": "3"}], "3529"),
    ],
)
def test_wrong_scale(cloud: Cloud, changed: str, configs: list[Any], code: str) -> None:
    service_id = cloud.running()
    body = {"changed_property": changed, "configs": configs}
    answer = cloud.call("PUT", f"/services/{service_id}/property", json=body)
    assert error(answer) == (400, f"ModelArts.{code}")
    assert cloud.status(service_id) == "running"


@pytest.mark.parametrize("status", sorted(set(STATES) - {"running", "concerning", "failed", "finished"}))
def test_scale_in_the_wrong_state(cloud: Cloud, status: str) -> None:
    service_id = in_state(cloud, status)
    body = {"changed_property": "instance_count", "configs": [{"model_id": "m-1", "changed_value": "3"}]}
    assert error(cloud.call("PUT", f"/services/{service_id}/property", json=body)) == (400, "ModelArts.3519")


def test_only_real_time_services_scale(cloud: Cloud) -> None:
    service_id = cloud.running(edge_body())
    body = {"changed_property": "instance_count", "configs": [{"model_id": "m-1", "changed_value": "3"}]}
    assert error(cloud.call("PUT", f"/services/{service_id}/property", json=body)) == (400, "ModelArts.0104")


def patch(cloud: Cloud, service_id: str, path: str, value: Any, op: str = "replace") -> Any:
    body = [{"op": op, "path": path, "value": value}]
    return cloud.call("PATCH", f"/services/{service_id}", json=body)


@pytest.mark.parametrize(
    ("path", "value", "wanted"),
    [
        ("instance_count", "4", 4),
        ("instance_count", 4, 4),
        ("specification", "modelarts.vm.gpu.p4", "modelarts.vm.gpu.p4"),
        ("envs", '{"B": "2"}', {"B": "2"}),
        ("envs/A", "2", {"A": "2"}),
    ],
)
def test_patch_takes_the_type_of_its_target(cloud: Cloud, path: str, value: Any, wanted: Any) -> None:
    service_id = cloud.running(create_body(config=[config_item(envs={"A": "1"})]))
    answer = patch(cloud, service_id, f"/config/0/{path}", value)
    assert set(answer.json()) == {"update_time", "resource_ids"}
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.detail(service_id)["config"][0][path.partition("/")[0]] == wanted


@pytest.mark.parametrize(
    ("path", "value", "op"),
    [
        ("/config/0/instance_count", "4", "add"),
        ("/config/0/instance_count", "many", "replace"),
        ("/config/0/instance_count", "1.5", "replace"),
        ("/config/0/weight", "50", "replace"),
        ("/config/1/instance_count", "4", "replace"),
        ("/config/x/instance_count", "4", "replace"),
        ("/config/0/nonsense", "4", "replace"),
        ("/config/0/envs/NONE", "4", "replace"),
        ("/config/0/model_name", "x", "replace"),
        ("/config/0", "{}", "replace"),
        ("/description", "x", "replace"),
    ],
)
def test_wrong_patch(cloud: Cloud, path: str, value: Any, op: str) -> None:
    service_id = cloud.running()
    assert error(patch(cloud, service_id, path, value, op)) == (400, "ModelArts.0104")
    assert cloud.status(service_id) == "running"


@pytest.mark.parametrize("body", [{}, [], ["x"]])
def test_patch_is_an_array_of_operations(cloud: Cloud, body: Any) -> None:
    service_id = cloud.running()
    assert error(cloud.call("PATCH", f"/services/{service_id}", json=body)) == (400, "ModelArts.0104")


def test_delete(cloud: Cloud) -> None:
    service_id = cloud.running()
    answer = cloud.call("DELETE", f"/services/{service_id}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert cloud.status(service_id) == "deleting"
    assert cloud.call("DELETE", f"/services/{service_id}").status_code == 200
    cloud.clock.advance(SETTLE_SECONDS)
    assert error(cloud.call("GET", f"/services/{service_id}")) == (404, "ModelArts.3502")
    assert error(cloud.call("DELETE", f"/services/{service_id}")) == (404, "ModelArts.3502")
    assert cloud.call("GET", "/services").json()["total_count"] == 0
    cloud.create()


def test_name_is_free_once_the_service_is_gone(cloud: Cloud) -> None:
    cloud.call("DELETE", f"/services/{cloud.create()}")
    assert error(cloud.call("POST", "/services", json=create_body())) == (409, "ModelArts.3503")
    cloud.clock.advance(SETTLE_SECONDS)
    cloud.create()


@pytest.mark.parametrize("separator", [",", "%2C"])
def test_delete_many(cloud: Cloud, separator: str) -> None:
    first, second, third = (cloud.create(service_name=name) for name in "abc")
    assert cloud.call("DELETE", f"/services/{first}{separator}{second}").status_code == 200
    assert [cloud.status(item) for item in (first, second, third)] == ["deleting", "deleting", "deploying"]


def test_delete_many_is_all_or_nothing(cloud: Cloud) -> None:
    service_id = cloud.create()
    assert error(cloud.call("DELETE", f"/services/{service_id},none")) == (404, "ModelArts.3502")
    assert cloud.status(service_id) == "deploying"


@pytest.mark.parametrize("ids", [",", "{},", ",{}"])
def test_delete_of_an_empty_id(cloud: Cloud, ids: str) -> None:
    service_id = cloud.create()
    assert error(cloud.call("DELETE", f"/services/{ids.format(service_id)}")) == (404, "ModelArts.3502")
    assert cloud.status(service_id) == "deploying"


def test_service_that_something_else_needs(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.admin("PATCH", f"/services/{service_id}", {"bound_to_ai_service": True})
    assert error(cloud.call("DELETE", f"/services/{service_id}")) == (400, "ModelArts.3953")
