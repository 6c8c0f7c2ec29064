"""Monitor, tags, edge nodes, old pools, flavours and inference (modelarts.md sections 6 and 8.7 to 8.12)."""

from typing import Any

import httpx
import pytest

from .cloud import Cloud, batch_body, config_item, create_body, edge_body, error, token_body


def test_monitor(cloud: Cloud) -> None:
    body = create_body(config=[config_item(weight=30, instance_count=2), config_item(model_id="m-2", weight=70)])
    service_id = cloud.running(body)
    answer = cloud.call("GET", f"/services/{service_id}/monitor").json()
    assert (answer["service_running_instance_count"], answer["service_instance_count"]) == (3, 3)
    assert answer["req_count_per_min"] == 0
    first = answer["monitors"][0]
    assert (first["model_id"], first["model_running_instance_count"], first["cpu_core_total"]) == ("m-1", 2, 4.0)
    assert (type(first["cpu_memory_total"]), type(first["cpu_core_usage"])) == (int, float)
    cloud.put(service_id, status="stopped")
    answer = cloud.call("GET", f"/services/{service_id}/monitor").json()
    assert (answer["service_running_instance_count"], answer["service_instance_count"]) == (0, 3)


def test_monitor_of_one_edge_node(cloud: Cloud) -> None:
    service_id = cloud.running(edge_body(nodes=["n-1", "n-2"]))
    monitors = cloud.call("GET", f"/services/{service_id}/monitor", params={"node_id": "n-2"}).json()["monitors"]
    assert [(item["node_id"], item["cpu_core_total"]) for item in monitors] == [("n-2", 1.5)]


def tag(cloud: Cloud, service_id: str, *pairs: tuple[str, str], delete: bool = False) -> httpx.Response:
    body = {"tags": [{"key": key, "value": value} for key, value in pairs]}
    if delete:
        return cloud.call("DELETE", f"/services/{service_id}/tags/delete", json=body)
    return cloud.call("POST", f"/services/{service_id}/tags/create", json=body)


def all_tags(cloud: Cloud) -> dict[str, list[str]]:
    tags = cloud.call("GET", "/services/tms/tags").json()["tags"]
    return {item["key"]: item["values"] for item in tags}


def test_tags(cloud: Cloud) -> None:
    first, second = cloud.create(service_name="a"), cloud.create(service_name="b")
    answer = tag(cloud, first, ("team", "red"), ("env", ""))
    assert (answer.status_code, answer.content) == (204, b"")
    tag(cloud, second, ("team", "blue"))
    assert all_tags(cloud) == {"team": ["red", "blue"], "env": [""]}
    tag(cloud, first, ("team", "blue/1"))
    assert all_tags(cloud)["team"] == ["blue/1", "blue"]
    found = cloud.call("GET", "/services", params={"tags": "team=blue"}).json()["services"]
    assert [item["service_name"] for item in found] == ["b"]
    assert tag(cloud, first, ("team", "other"), ("env", ""), delete=True).status_code == 204
    assert all_tags(cloud) == {"team": ["blue/1", "blue"]}
    assert not {"tags"} & set(cloud.detail(first))


@pytest.mark.parametrize(
    ("key", "value"), [("_sys_a", "x"), (" a", "x"), ("a", "x" * 256), ("k" * 129, "x"), ("a/b", "x"), ("a", "x*")]
)
def test_wrong_tag(cloud: Cloud, key: str, value: str) -> None:
    assert error(tag(cloud, cloud.create(), (key, value))) == (400, "ModelArts.0104")
    assert all_tags(cloud) == {}


def test_tags_are_for_real_time_services(cloud: Cloud) -> None:
    assert error(tag(cloud, cloud.create(edge_body()), ("a", "b"))) == (400, "ModelArts.0104")


def set_node(cloud: Cloud, service_id: str, node: str, status: str) -> httpx.Response:
    return cloud.call("PUT", f"/services/{service_id}/nodes/{node}/status", json={"status": status})


def test_edge_node(cloud: Cloud) -> None:
    service_id = cloud.running(edge_body())
    assert error(set_node(cloud, service_id, "n-1", "running")) == (400, "ModelArts.3519")
    assert set_node(cloud, service_id, "n-1", "stopped").json() == {}
    assert cloud.detail(service_id)["config"][0]["nodes"][0]["instance_status"] == "stopped"
    assert set_node(cloud, service_id, "n-1", "running").status_code == 200
    assert error(set_node(cloud, service_id, "n-9", "stopped")) == (400, "ModelArts.0104")
    assert error(set_node(cloud, service_id, "n-1", "paused")) == (400, "ModelArts.0104")


def test_edge_pool_has_no_single_nodes(cloud: Cloud) -> None:
    service_id = cloud.running({**edge_body(), "cluster_id": "c"})
    assert error(set_node(cloud, service_id, "n-1", "stopped")) == (400, "ModelArts.0104")


def test_clusters(cloud: Cloud) -> None:
    assert cloud.call("GET", "/clusters").json() == {"total_count": 0, "count": 0, "clusters": []}
    cloud.admin("POST", "/seed", {"clusters": [{"cluster_id": "c-1", "cluster_name": "old"}]})
    cluster = cloud.call("GET", "/clusters").json()["clusters"][0]
    assert (cluster["cluster_id"], cluster["cluster_name"], cluster["status"]) == ("c-1", "old", "running")


def test_clusters_count_their_services(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"clusters": [{"cluster_id": "c-1"}, {"cluster_id": "c-2"}]})
    for name in "ab":
        cloud.create(service_name=name, cluster_id="c-1")
    cloud.create({**batch_body(), "cluster_id": "c-1"})
    counts = [cluster["services_count"] for cluster in cloud.call("GET", "/clusters").json()["clusters"]]
    assert counts == [{"realtime_count": 2, "batch_count": 1}, {"realtime_count": 0, "batch_count": 0}]


def test_flavours(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"sold_out": ["modelarts.vm.gpu.pnt004"]})
    answer = cloud.call("GET", "/services/specifications").json()
    assert answer["total_count"] == answer["count"] == 6
    rows = [
        (item["specification"], item["category"], item["cpu_info"]["cpu"], item["memory_info"]["memory"],
         item["gpu_info"]["gpu"], item["npu_info"]["npu"], item["is_open"], item["spec_status"])
        for item in answer["specifications"]
    ]  # fmt: skip
    assert rows == [
        ("modelarts.vm.cpu.2u", "CPU", 2.0, 8, 0.0, 0, True, "normal"),
        ("modelarts.vm.gpu.pnt004", "GPU", 8.0, 32, 1.0, 0, True, "sellout"),
        ("modelarts.vm.ai1.snt3", "NPU", 2.0, 8, 0.0, 1, False, "normal"),
        ("modelarts.vm.cpu.free", "CPU", 1.0, 4, 0.0, 0, True, "normal"),
        ("modelarts.vm.gpu.p4u8.container", "GPU", 8.0, 32, 1.0, 0, True, "normal"),
        ("modelarts.vm.gpu.t4u8.container", "GPU", 8.0, 32, 1.0, 0, True, "normal"),
    ]
    page = cloud.call("GET", "/services/specifications", params={"limit": "1", "offset": "1"}).json()
    assert [item["specification"] for item in answer["specifications"] if item["is_free"]] == ["modelarts.vm.cpu.free"]
    assert (page["total_count"], page["count"]) == (6, 1)
    wrong = cloud.call("GET", "/services/specifications", params={"infer_type": "other"})
    assert error(wrong) == (400, "ModelArts.0104")


def test_inference(cloud: Cloud) -> None:
    service_id = cloud.running()
    address = cloud.detail(service_id)["access_address"]
    answer = cloud.http.post(f"{address}/v1/predict", json={"x": 1})
    assert answer.status_code == 200
    assert answer.json() == {
        "model": "model-m-1",
        "model_version": "0.0.1",
        "instance": 1,
        "path": "/v1/predict",
        "method": "POST",
        "echo": {"x": 1},
    }
    assert cloud.http.get(address).json()["path"] == "/"
    assert cloud.http.put(address, content=b"plain").json()["echo"] == "plain"
    assert cloud.detail(service_id)["invocation_times"] == 3


def test_inference_behind_an_old_pool(cloud: Cloud) -> None:
    service_id = cloud.running(cluster_id="c-1")
    address = cloud.detail(service_id)["access_address"]
    assert cloud.http.post(f"{address}/a/b", json={}).json()["path"] == "/a/b"
    assert cloud.http.post(f"/v1/infers/{service_id}", json={}).status_code == 404


def test_weights_share_out_the_calls(cloud: Cloud) -> None:
    body = create_body(config=[config_item(weight=30), config_item(model_id="m-2", weight=70, instance_count=2)])
    service_id = cloud.running(body)
    address = cloud.detail(service_id)["access_address"]
    models = [cloud.http.post(address, json={}).json()["model"] for _ in range(100)]
    assert (models.count("model-m-1"), models.count("model-m-2")) == (30, 70)
    assert "model-m-1" in models[:5]
    counts = [
        item["invocation_times"] for item in cloud.call("GET", f"/services/{service_id}/monitor").json()["monitors"]
    ]
    assert counts == [30, 70]


def test_model_that_fails(cloud: Cloud) -> None:
    service_id = cloud.running()
    address = cloud.detail(service_id)["access_address"]
    assert cloud.http.post(address, json={}, headers={"X-Emulator-Status": "500"}).status_code == 500
    assert cloud.http.post(address, json={}, headers={"X-Emulator-Status": "9"}).status_code == 400
    detail = cloud.detail(service_id)
    assert (detail["invocation_times"], detail["failed_times"]) == (1, 1)


def test_streamed_answer(cloud: Cloud) -> None:
    address = cloud.detail(cloud.running())["access_address"]
    answer = cloud.http.post(address, json={"stream": True})
    assert answer.headers["Content-Type"] == "text/event-stream"
    events = answer.text.split("\n\n")
    assert all(event.startswith("data: ") for event in events[:-1])
    assert events[-2] == "data: [DONE]"


@pytest.mark.parametrize("status", ["stopped", "failed", "deploying", "deleting"])
def test_service_that_does_not_run(cloud: Cloud, status: str) -> None:
    service_id = cloud.running()
    address = cloud.detail(service_id)["access_address"]
    cloud.admin("PATCH", f"/services/{service_id}", {"status": status})
    assert error(cloud.http.post(address, json={})) == (503, "ModelArts.4503")


def test_old_configuration_serves_during_a_roll_out(cloud: Cloud) -> None:
    service_id = cloud.running()
    address = cloud.detail(service_id)["access_address"]
    cloud.put(service_id, config=[config_item(model_id="m-2")])
    assert cloud.http.post(address, json={}).json()["model"] == "model-m-1"
    cloud.clock.advance(30)
    assert cloud.http.post(address, json={}).json()["model"] == "model-m-2"


@pytest.mark.parametrize("path", ["/v1/infers", "/v1/infers/none", "/v1/infers/none/none/x"])
def test_nothing_there(cloud: Cloud, path: str) -> None:
    assert error(cloud.http.post(path, json={})) == (404, "APIG.0101")


def test_inference_needs_authentication(cloud: Cloud) -> None:
    address = cloud.detail(cloud.running())["access_address"]
    answer = httpx.Client(transport=cloud.http._transport).post(address, json={})
    assert error(answer) == (401, "APIG.0301")
    headers: dict[str, Any] = cloud.http.post("/v3/auth/tokens", json=token_body({"project": {"name": "x"}})).headers
    other = {"X-Auth-Token": headers["X-Subject-Token"]}
    assert error(cloud.http.post(address, json={}, headers=other)) == (403, "ModelArts.0210")


def test_a_mistake_of_the_emulator_is_an_internal_error(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_call: object) -> None:
        raise LookupError("a mistake")

    monkeypatch.setattr("pulumi_inference.emulator.clouds.advance", fail)
    answer = cloud.call("GET", "/services")
    assert (answer.status_code, answer.json()["error_code"]) == (500, "ModelArts.0010")
    assert answer.headers["X-Request-Id"]
    monkeypatch.undo()
    assert cloud.call("GET", "/services").status_code == 200
