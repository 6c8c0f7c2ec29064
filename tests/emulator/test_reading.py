"""Detail and list: which fields are there and when (modelarts.md sections 6 and 7)."""

from typing import Any

import pytest

from .cloud import DEPLOY_SECONDS, HOST, Cloud, batch_body, config_item, create_body, edge_body, error

NOW = 1_710_979_200_000
ALWAYS = {
    "service_id", "service_name", "tenant", "project", "owner", "publish_at", "infer_type", "workspace_id", "status",
    "config", "invocation_times", "failed_times", "is_shared", "shared_count", "update_time", "operation_time",
    "transition_at", "is_free", "additional_properties",
}  # fmt: skip
CONFIG_ALWAYS = {
    "model_id", "model_name", "model_version", "specification", "instance_count", "envs", "scaling", "support_debug",
    "status", "additional_properties",
}  # fmt: skip
LIST_ALWAYS = (ALWAYS - {"config", "update_time", "additional_properties"}) | {"is_opened_sample_collection"}


def test_deploying_service(cloud: Cloud) -> None:
    detail = cloud.detail(cloud.create())
    assert set(detail) == ALWAYS | {"progress"}
    assert set(detail["config"][0]) == CONFIG_ALWAYS | {"weight"}
    assert detail["config"][0]["status"] == "notReady"
    assert detail["progress"] == 0
    assert detail["project"] == cloud.project


def test_running_service(cloud: Cloud) -> None:
    service_id = cloud.running()
    detail = cloud.detail(service_id)
    assert set(detail) == ALWAYS | {"access_address"}
    assert detail["access_address"] == f"{HOST}/v1/infers/{service_id}"
    assert detail["config"][0]["status"] == "ready"
    assert (detail["publish_at"], detail["update_time"]) == (NOW, NOW)
    assert detail["transition_at"] == detail["operation_time"] == NOW + DEPLOY_SECONDS * 1000


def test_numbers_and_texts_have_the_documented_types(cloud: Cloud) -> None:
    detail = cloud.running()
    detail = cloud.detail(detail)
    item = detail["config"][0]
    assert detail["workspace_id"] == "0"
    for name in ("publish_at", "update_time", "operation_time", "transition_at", "invocation_times", "shared_count"):
        assert type(detail[name]) is int, name
    for name in ("is_free", "is_shared"):
        assert detail[name] is False
    assert (type(item["weight"]), type(item["instance_count"])) == (int, int)
    assert (item["scaling"], item["support_debug"], item["envs"], item["additional_properties"]) == (
        False, False, {}, {},
    )  # fmt: skip


def test_echo_of_what_was_sent(cloud: Cloud) -> None:
    properties = {"smn_notification": {"topic_urn": "u", "events": [1]}}
    item = config_item(
        weight="100",
        envs={"A": "1"},
        pool_name="pool-b",
        additional_properties={"max_surge": 0.5},
        affinity={"node_affinity": {"mode": "preferred", "pool_infos": [{"pool_name": "pool-b"}]}},
        deploy_timeout_in_seconds=600,
        specification="custom",
        custom_spec={"cpu": 1, "memory": 2048},
    )
    body = create_body(
        config=[item],
        pool_name="pool-a",
        cluster_id="ignored",
        description="",
        additional_properties=properties,
        schedule=[{"type": "stop", "time_unit": "DAYS", "duration": 2}],
        load_balancer_policy="SOURCE_IP",
        priority=2,
        service_secrets=[{"secretId": "s", "mouthPath": "/s"}],
    )
    detail = cloud.detail(cloud.running(body))
    assert set(detail) == ALWAYS | {
        "description", "pool_name", "schedule", "due_time", "load_balancer_policy", "priority", "access_address"
    }  # fmt: skip
    assert detail["description"] == ""
    assert detail["additional_properties"] == properties
    assert detail["due_time"] == NOW + DEPLOY_SECONDS * 1000 + 2 * 86_400_000
    answered = detail["config"][0]
    assert set(answered) == CONFIG_ALWAYS | {"weight", "pool_name", "affinity", "custom_spec"}
    assert answered["weight"] == 100
    for name in ("envs", "pool_name", "affinity", "additional_properties"):
        assert answered[name] == item[name]


def test_network_is_answered_without_a_pool_only(cloud: Cloud) -> None:
    network = {"vpc_id": "v", "subnet_network_id": "s", "security_group_id": "g"}
    assert network.items() <= cloud.detail(cloud.create(service_name="a", **network)).items()
    assert not network.keys() & cloud.detail(cloud.create(service_name="b", pool_name="p", **network)).keys()


def test_old_pool_is_part_of_the_address(cloud: Cloud) -> None:
    service_id = cloud.running(cluster_id="c-1")
    detail = cloud.detail(service_id)
    assert detail["cluster_id"] == "c-1"
    assert detail["access_address"] == f"{HOST}/v1/infers/c-1/{service_id}"


def test_batch_service(cloud: Cloud) -> None:
    service_id = cloud.create(batch_body(src_type="ManifestFile"))
    item = cloud.detail(service_id)["config"][0]
    assert set(item) == CONFIG_ALWAYS | {"src_path", "dest_path", "req_uri", "mapping_type", "src_type"}
    cloud.clock.advance(DEPLOY_SECONDS)
    running = cloud.detail(service_id)
    assert "access_address" not in running
    assert running["config"][0]["start_time"] == NOW + 30_000
    assert "finished_time" not in running["config"][0]
    cloud.clock.advance(DEPLOY_SECONDS)
    finished = cloud.detail(service_id)
    assert finished["status"] == "finished"
    assert finished["config"][0]["finished_time"] == NOW + 60_000
    listed = cloud.call("GET", "/services").json()["services"][0]
    assert (listed["start_time"], listed["finished_time"]) == (NOW + 30_000, NOW + 60_000)


def test_edge_nodes_are_read_as_objects(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"nodes": [{"id": "n-1", "name": "gate"}]})
    service_id = cloud.create(edge_body())
    node = cloud.detail(service_id)["config"][0]["nodes"][0]
    assert (node["id"], node["name"], node["instance_status"]) == ("n-1", "gate", "notReady")
    assert node["message"]
    cloud.clock.advance(DEPLOY_SECONDS)
    detail = cloud.detail(service_id)
    assert "access_address" not in detail
    assert "weight" not in detail["config"][0]
    node = detail["config"][0]["nodes"][0]
    assert node["instance_status"] == "running"
    assert set(node) == {
        "id", "name", "description", "node_label", "host_name", "host_ips", "state", "instance_status", "predict_url",
        "deployment_num", "cpu", "memory", "gpu_num", "enable_gpu", "arch", "os_name", "os_type", "os_version",
        "created_at", "updated_at",
    }  # fmt: skip


def test_debug_url_needs_a_model_that_has_it_and_one_instance(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"models": [{"model_id": "m-1", "support_debug": True}]})
    one = cloud.detail(cloud.running(service_name="one"))
    assert one["debug_url"].startswith(one["access_address"])
    assert one["config"][0]["support_debug"] is True
    two = cloud.running(create_body(service_name="two", config=[config_item(instance_count=2)]))
    assert "debug_url" not in cloud.detail(two)


def test_shared_service_shows_its_models_only(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.admin("PATCH", f"/services/{service_id}", {"is_shared": True})
    detail = cloud.detail(service_id)
    assert detail["is_shared"] is True
    assert set(detail["config"][0]) == {"model_id", "model_name", "model_version"}
    assert error(cloud.put(service_id, description="x")) == (400, "ModelArts.3525")


@pytest.mark.parametrize("path", ["", "/events", "/logs", "/monitor"])
def test_unknown_service(cloud: Cloud, path: str) -> None:
    assert error(cloud.call("GET", f"/services/none{path}")) == (404, "ModelArts.3502")


def test_services_of_another_project_are_not_there(cloud: Cloud) -> None:
    item = {"project_id": "other", **create_body()}
    other = cloud.admin("POST", "/seed", {"services": [item]})["services"][0]
    assert error(cloud.call("GET", f"/services/{other}")) == (404, "ModelArts.3502")
    assert cloud.call("GET", "/services").json()["total_count"] == 0
    cloud.create()


def names(cloud: Cloud, **query: Any) -> list[str]:
    answer = cloud.call("GET", "/services", params=query)
    assert answer.status_code == 200, answer.text
    return [service["service_name"] for service in answer.json()["services"]]


def fleet(cloud: Cloud) -> dict[str, str]:
    """Three services, made a second apart; the last is a batch service of model m-2."""
    made = {}
    for name, body in (("alpha", create_body(service_name="alpha")), ("beta", create_body(service_name="beta"))):
        made[name] = cloud.create(body)
        cloud.clock.advance(1)
    made["Gamma"] = cloud.create({**batch_body(model_id="m-2"), "service_name": "Gamma"})
    return made


def test_list_item(cloud: Cloud) -> None:
    cloud.running()
    item = cloud.call("GET", "/services").json()["services"][0]
    assert set(item) == LIST_ALWAYS
    cloud.create(service_name="b", description="d", schedule=[{"type": "stop", "time_unit": "DAYS", "duration": 1}])
    item = cloud.call("GET", "/services").json()["services"][0]
    assert set(item) == LIST_ALWAYS | {"description", "schedule", "progress"}


def test_filters(cloud: Cloud) -> None:
    made = fleet(cloud)
    assert names(cloud) == ["Gamma", "beta", "alpha"]
    assert names(cloud, service_name="et") == ["beta"]
    assert names(cloud, service_id=made["alpha"]) == ["alpha"]
    assert names(cloud, infer_type="batch") == ["Gamma"]
    assert names(cloud, model_id="m-2") == ["Gamma"]
    assert names(cloud, status="running") == []
    assert names(cloud, workspace_id="w") == []
    assert names(cloud, env="ignored", status="") == ["Gamma", "beta", "alpha"]
    cloud.clock.advance(DEPLOY_SECONDS - 2)
    assert names(cloud, status="running") == ["alpha"]


def test_order(cloud: Cloud) -> None:
    fleet(cloud)
    assert names(cloud, order="asc") == ["alpha", "beta", "Gamma"]
    assert names(cloud, sort_by="service_name") == ["beta", "alpha", "Gamma"]
    assert names(cloud, sort_by="transition_at", order="asc") == ["alpha", "beta", "Gamma"]


def test_pages_skip_items(cloud: Cloud) -> None:
    fleet(cloud)
    answer = cloud.call("GET", "/services", params={"offset": 1, "limit": 1}).json()
    assert (answer["total_count"], answer["count"]) == (3, 1)
    assert answer["services"][0]["service_name"] == "beta"
    assert names(cloud, offset=3) == []
    cloud.admin("PATCH", "/settings", {"max_page_size": 2})
    assert names(cloud, limit=1000) == ["Gamma", "beta"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "x"},
        {"limit": "0"},
        {"offset": "-1"},
        {"order": "up"},
        {"sort_by": "owner"},
        {"status": "RUNNING"},
        {"infer_type": "realtime"},
    ],
)
def test_wrong_query(cloud: Cloud, query: dict[str, str]) -> None:
    assert error(cloud.call("GET", "/services", params=query)) == (400, "ModelArts.0104")


def test_every_answer_has_a_request_id_of_its_own(cloud: Cloud) -> None:
    answers = [cloud.call("GET", path) for path in ("/services", "/services/none", "/nothing")]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 3
    assert all(len(value) == 32 for value in ids)
