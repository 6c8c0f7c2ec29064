"""Edge nodes, batch runs and what only some services may have (modelarts.md sections 5, 6.3 and 8)."""

from typing import Any

import pytest

from .cloud import DEPLOY_SECONDS, SETTLE_SECONDS, Cloud, batch_body, batch_item, config_item, edge_body, error


def edge_item(*nodes: str) -> dict[str, Any]:
    return dict(edge_body(nodes=list(nodes))["config"][0])


def instances(cloud: Cloud, service_id: str) -> dict[str, str]:
    return {node["id"]: node["instance_status"] for node in cloud.detail(service_id)["config"][0]["nodes"]}


def records(cloud: Cloud, service_id: str) -> list[dict[str, Any]]:
    return list(cloud.call("GET", f"/services/{service_id}/logs").json()["logs"])


def results(record: dict[str, Any]) -> list[tuple[str, str, bool]]:
    return [(item["node_id"], item["operation"], item["result"]) for item in record["result_detail"]]


def set_node(cloud: Cloud, service_id: str, node: str, status: str) -> Any:
    return cloud.call("PUT", f"/services/{service_id}/nodes/{node}/status", json={"status": status})


def test_update_record_tells_of_each_node(cloud: Cloud) -> None:
    service_id = cloud.running(edge_body(nodes=["n-1", "n-2"]))
    cloud.put(service_id, config=[edge_item("n-2", "n-3")])
    record = records(cloud, service_id)[0]
    assert (record["result"], record["success_num"], record["failed_num"]) == ("RUNNING", 0, 0)
    cloud.clock.advance(DEPLOY_SECONDS)
    record = records(cloud, service_id)[0]
    assert (record["result"], record["success_num"], record["failed_num"]) == ("SUCCESS", 3, 0)
    assert results(record) == [("n-2", "deploy", True), ("n-3", "deploy", True), ("n-1", "delete", True)]
    assert {item["node_name"] for item in record["result_detail"]} == {"node-n-1", "node-n-2", "node-n-3"}
    assert instances(cloud, service_id) == {"n-2": "running", "n-3": "running"}


def test_some_nodes_fail(cloud: Cloud) -> None:
    cloud.fail_deployment("partial", instances=1, heal_seconds=60)
    service_id = cloud.create(edge_body(nodes=["n-1", "n-2"]))
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.status(service_id) == "concerning"
    assert instances(cloud, service_id) == {"n-1": "running", "n-2": "failed"}
    assert cloud.detail(service_id)["config"][0]["nodes"][1]["message"]
    record = records(cloud, service_id)[0]
    assert (record["success_num"], record["failed_num"]) == (1, 1)
    assert results(record) == [("n-1", "deploy", True), ("n-2", "deploy", False)]
    cloud.clock.advance(60)
    assert instances(cloud, service_id) == {"n-1": "running", "n-2": "running"}


def test_all_nodes_fail(cloud: Cloud) -> None:
    cloud.fail_deployment()
    service_id = cloud.create(edge_body(nodes=["n-1", "n-2"]))
    cloud.clock.advance(DEPLOY_SECONDS)
    record = records(cloud, service_id)[0]
    assert (record["result"], record["success_num"], record["failed_num"]) == ("FAIL", 0, 2)


def test_stopped_node_uses_nothing(cloud: Cloud) -> None:
    service_id = cloud.running(edge_body(nodes=["n-1", "n-2"]))
    set_node(cloud, service_id, "n-1", "stopped")
    monitors = cloud.call("GET", f"/services/{service_id}/monitor").json()["monitors"]
    assert [(item["node_id"], item["cpu_core_usage"] > 0) for item in monitors] == [("n-1", False), ("n-2", True)]


def test_nodes_of_a_service_that_does_not_run(cloud: Cloud) -> None:
    service_id = cloud.running(edge_body())
    cloud.put(service_id, status="stopped")
    cloud.clock.advance(SETTLE_SECONDS)
    assert instances(cloud, service_id) == {"n-1": "stopped"}
    for status in ("running", "stopped"):
        assert error(set_node(cloud, service_id, "n-1", status)) == (400, "ModelArts.3519")
    cloud.put(service_id, status="running")
    cloud.clock.advance(DEPLOY_SECONDS)
    assert instances(cloud, service_id) == {"n-1": "running"}


def test_edge_item_has_no_new_pool(cloud: Cloud) -> None:
    body = {**edge_body(pool_name="p"), "cluster_id": "c"}
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.0104")


def test_batch_runs_to_its_end_and_again(cloud: Cloud) -> None:
    service_id = cloud.create(batch_body())
    start = cloud.clock.now()

    def times() -> tuple[str, Any, Any]:
        detail = cloud.detail(service_id)
        item = detail["config"][0]
        listed = cloud.call("GET", "/services").json()["services"][0]
        assert [listed.get(name) for name in ("start_time", "finished_time")] == [
            item.get(name) for name in ("start_time", "finished_time")
        ]
        return detail["status"], item.get("start_time"), item.get("finished_time")

    assert times() == ("deploying", None, None)
    cloud.clock.advance(DEPLOY_SECONDS)
    started = round((start + DEPLOY_SECONDS) * 1000)
    assert times() == ("running", started, None)
    cloud.clock.advance(DEPLOY_SECONDS)
    finished = started + round(DEPLOY_SECONDS * 1000)
    assert times() == ("finished", started, finished)
    assert error(cloud.put(service_id, status="stopped")) == (400, "ModelArts.3519")
    assert cloud.put(service_id, status="running").status_code == 200
    assert times() == ("deploying", None, None)
    cloud.clock.advance(2 * DEPLOY_SECONDS)
    status, again, _ = times()
    assert (status, again > finished) == ("finished", True)


def test_batch_mapping_is_kept(cloud: Cloud) -> None:
    rule = {
        "type": "object",
        "properties": {
            "rows": {
                "type": "array",
                "items": [{"type": "object", "properties": {"x": {"type": "number", "index": 0}}}],
            },
            "skip": {"type": "string", "index": -1},
        },
    }
    service_id = cloud.create(batch_body(mapping_type="csv", mapping_rule=rule, src_type="ManifestFile"))
    item = cloud.detail(service_id)["config"][0]
    assert (item["mapping_type"], item["mapping_rule"], item["src_type"]) == ("csv", rule, "ManifestFile")
    assert cloud.detail(service_id)["config"][0].keys().isdisjoint({"weight", "nodes"})


@pytest.mark.parametrize(
    "rule",
    [
        None,
        {"type": "object"},
        {"type": "object", "properties": {"x": {"type": "number"}}},
        {"type": "object", "properties": {"x": {"type": "number", "index": -2}}},
        {"type": "array"},
        {"type": "tuple", "index": 0},
        [],
    ],
)
def test_wrong_mapping_rule(cloud: Cloud, rule: Any) -> None:
    body = batch_body(mapping_type="csv", mapping_rule=rule)
    assert cloud.call("POST", "/services", json=body).status_code == 400


def test_load_balancing_is_for_synchronous_models(cloud: Cloud) -> None:
    models = [
        {"model_id": "m-1"},
        {"model_id": "m-2", "model_type": "TensorFlow", "runtime": "tf1.13-python3.7-gpu-async"},
    ]
    cloud.admin("POST", "/seed", {"models": models})
    service_id = cloud.running(load_balancer_policy="ROUND_ROBIN")
    answer = cloud.put(service_id, config=[config_item(model_id="m-2")], load_balancer_policy="SOURCE_IP")
    assert error(answer) == (400, "ModelArts.0104")
    assert cloud.put(service_id, load_balancer_policy="SOURCE_IP").status_code == 200
    assert cloud.detail(service_id)["load_balancer_policy"] == "SOURCE_IP"


def test_shared_service_cannot_be_changed_by_any_call(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.admin("PATCH", f"/services/{service_id}", {"is_shared": True})
    assert cloud.detail(service_id)["config"][0].keys() == {"model_id", "model_name", "model_version"}
    configs = [{"model_id": "m-1", "changed_value": "3"}]
    scale = {"changed_property": "instance_count", "configs": configs}
    patch = [{"op": "replace", "path": "/config/0/instance_count", "value": "3"}]
    for answer in (
        cloud.put(service_id, description="x"),
        cloud.put(service_id, status="stopped"),
        cloud.call("PUT", f"/services/{service_id}/property", json=scale),
        cloud.call("PATCH", f"/services/{service_id}", json=patch),
    ):
        assert error(answer) == (400, "ModelArts.3525")


def test_shared_service_is_deleted_by_its_owner_only(cloud: Cloud) -> None:
    mine, shared = cloud.create(service_name="mine"), cloud.running()
    cloud.admin("PATCH", f"/services/{shared}", {"is_shared": True})
    assert error(cloud.call("DELETE", f"/services/{shared}")) == (400, "ModelArts.3540")
    assert error(cloud.call("DELETE", f"/services/{mine},{shared}")) == (400, "ModelArts.3540")
    assert (cloud.status(mine), cloud.status(shared)) == ("running", "running")


@pytest.mark.parametrize("wanted", [{}, {"websocket_upgrade": None}, {"log_report_channels": None}])
def test_switches_stay_on_when_they_are_left_out(cloud: Cloud, wanted: dict[str, Any]) -> None:
    switches = {"websocket_upgrade": True, "log_report_channels": [{"type": "LTS"}]}
    service_id = cloud.running(additional_properties=switches)
    assert cloud.put(service_id, additional_properties=wanted).status_code == 200
    assert cloud.detail(service_id)["additional_properties"] == switches


def test_due_time_counts_from_the_latest_start(cloud: Cloud) -> None:
    service_id = cloud.running(schedule=[{"type": "stop", "time_unit": "MINUTES", "duration": 2}])
    assert cloud.detail(service_id)["due_time"] == round(cloud.clock.now() * 1000) + 120_000
    cloud.clock.advance(120 + SETTLE_SECONDS)
    detail = cloud.detail(service_id)
    assert (detail["status"], "due_time" in detail, detail["schedule"][0]["duration"]) == ("stopped", False, 2)
    assert "auto stop time is due" in cloud.events(service_id)[-2]
    cloud.put(service_id, status="running")
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.detail(service_id)["due_time"] == round(cloud.clock.now() * 1000) + 120_000


def test_calls_per_minute(cloud: Cloud) -> None:
    service_id = cloud.running()
    address = cloud.detail(service_id)["access_address"]

    def per_minute() -> int:
        return int(cloud.call("GET", f"/services/{service_id}/monitor").json()["req_count_per_min"])

    cloud.http.post(address, json={})
    cloud.clock.advance(40)
    cloud.http.post(address, json={})
    assert per_minute() == 2
    cloud.clock.advance(20)
    assert per_minute() == 1
    assert cloud.detail(service_id)["invocation_times"] == 2


def test_update_given_up_while_waiting_leaves_no_open_record(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.fail_deployment("waiting", after_seconds=600)
    cloud.put(service_id, config=[config_item(instance_count=2)])
    assert cloud.status(service_id) == "waiting"
    cloud.put(service_id, config=[config_item(instance_count=3)])
    cloud.clock.advance(DEPLOY_SECONDS)
    assert [record["result"] for record in records(cloud, service_id)] == ["SUCCESS", "FAIL", "SUCCESS"]


def test_several_batch_items(cloud: Cloud) -> None:
    body = {**batch_body(), "config": [batch_item(), batch_item(model_id="m-2")]}
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.0104")
