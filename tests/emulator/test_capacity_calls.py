"""Pools, flavours and quotas (modelarts.md sections 5.9, 8.11 and 8.12)."""

from typing import Any

import pytest

from .cloud import Cloud, batch_body, config_item, create_body, error, error_text


def pools(cloud: Cloud, **query: str) -> list[dict[str, Any]]:
    answer = cloud.http.get(f"/v2/{cloud.project}/pools", params=query)
    assert answer.status_code == 200, answer.text
    assert {key: value for key, value in answer.json().items() if key != "items"} == {
        "kind": "PoolList",
        "apiVersion": "v2",
    }
    return list(answer.json()["items"])


def test_new_pools(cloud: Cloud) -> None:
    (first,) = pools(cloud)
    assert (first["metadata"]["name"], first["status"]["phase"]) == ("pool-demo-01", "Running")
    seed = {
        "pool_name": "pool-a",
        "display_name": "training",
        "scope": ["Infer"],
        "resources": [{"flavor": "modelarts.vm.gpu.pnt004", "count": 3}],
    }
    cloud.admin("POST", "/seed", {"pools": [seed]})
    (pool,) = pools(cloud)
    assert (pool["kind"], pool["apiVersion"], pool["metadata"]["name"]) == ("Pool", "v2", "pool-a")
    assert pool["metadata"]["labels"]["os.modelarts/name"] == "training"
    assert (pool["spec"]["type"], pool["spec"]["scope"]) == ("Dedicate", ["Infer"])
    assert pool["spec"]["resources"] == pool["status"]["resources"]["available"] == seed["resources"]
    assert (pool["status"]["phase"], pool["status"]["scope"]) == (
        "Running",
        [{"scopeType": "Infer", "state": "Enabled"}],
    )


def test_filters_of_new_pools(cloud: Cloud) -> None:
    seeds = [
        {"pool_name": "a"},
        {"pool_name": "b", "phase": "Creating", "display_name": "blue"},
        {"pool_name": "c", "phase": "CreationFailed"},
        {"pool_name": "d", "workspace_id": "w", "phase": "Abnormal"},
    ]
    cloud.admin("POST", "/seed", {"pools": seeds})

    def found(**query: str) -> list[str]:
        return [pool["metadata"]["name"] for pool in pools(cloud, **query)]

    assert found() == ["a", "b", "c"]
    assert (found(status="created"), found(status="creating"), found(status="failed")) == (["a"], ["b"], ["c"])
    assert found(workspaceId="w", status="created") == ["d"]
    assert found(labelSelector="os.modelarts/name=blue") == ["b"]
    assert error(cloud.http.get(f"/v2/{cloud.project}/pools", params={"status": "x"})) == (400, "ModelArts.0104")


def test_pools_need_authentication(cloud: Cloud) -> None:
    answer = cloud.http.get(f"/v2/{cloud.project}/pools", headers={"X-Auth-Token": ""})
    assert error(answer) == (401, "APIG.0301")
    assert error(cloud.http.get("/v2/another/pools")) == (403, "ModelArts.0210")


def flavour(cloud: Cloud, name: str, **query: str) -> dict[str, Any] | None:
    items = cloud.call("GET", "/services/specifications", params=query).json()["specifications"]
    return next((item for item in items if item["specification"] == name), None)


@pytest.mark.parametrize(
    ("setting", "field", "value", "code"),
    [
        ("sold_out", "spec_status", "sellout", "3976"),
        ("over_quota", "over_quota", True, "0118"),
        ("not_open", "is_open", False, "0104"),
    ],
)
def test_flags_of_flavours(cloud: Cloud, setting: str, field: str, value: Any, code: str) -> None:
    name = "modelarts.vm.cpu.2u"
    before = flavour(cloud, name)
    assert before is not None
    assert before[field] != value
    cloud.admin("PATCH", "/settings", {setting: [name]})
    assert flavour(cloud, name) == {**before, field: value}
    assert error(cloud.call("POST", "/services", json=create_body())) == (400, f"ModelArts.{code}")


def test_seeded_flavours(cloud: Cloud) -> None:
    seeds = [
        {"specification": "modelarts.vm.cpu.2u", "over_quota": True},
        {"specification": "batch.only", "category": "GPU", "infer_types": ["batch"], "dedicated": False},
    ]
    cloud.admin("POST", "/seed", {"flavours": seeds})
    changed = flavour(cloud, "modelarts.vm.cpu.2u")
    assert changed is not None
    assert (changed["over_quota"], changed["category"]) == (True, "CPU")
    assert flavour(cloud, "batch.only") is None
    new = flavour(cloud, "batch.only", infer_type="batch")
    assert new is not None
    assert (new["category"], new["is_open"], "infer_types" in new, "dedicated" in new) == ("GPU", True, False, False)
    assert flavour(cloud, "batch.only", infer_type="batch", is_personal_cluster="true") is None
    body = create_body(config=[config_item(specification="batch.only")])
    assert error(cloud.call("POST", "/services", json=body)) == (400, "ModelArts.0104")
    cloud.create(batch_body(specification="batch.only"))


def test_free_flavour_has_limits(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"max_free_services": 2, "max_free_instances": 3})

    def create(name: str, count: int) -> Any:
        item = config_item(specification="modelarts.vm.cpu.free", instance_count=count)
        return cloud.call("POST", "/services", json=create_body(service_name=name, config=[item]))

    assert error(create("a", 4)) == (400, "ModelArts.3857")
    assert create("a", 1).status_code == create("b", 2).status_code == 200
    full = create("c", 1)
    assert error(full) == (400, "ModelArts.3856")
    assert error_text(full) == "A maximum of 2 free services are allowed."
    cloud.create(service_name="paid")


def test_quota_of_batch_services(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"max_batch_services": 1, "max_services": 1})
    cloud.create(batch_body())
    second = cloud.call("POST", "/services", json={**batch_body(), "service_name": "b"})
    assert error(second) == (400, "ModelArts.3520")
    assert "1 batch services" in error_text(second)
    cloud.create(service_name="real-time")


def test_quota_when_a_service_is_started(cloud: Cloud) -> None:
    first = cloud.running(service_name="a")
    cloud.put(first, status="stopped")
    cloud.clock.advance(1)
    second = cloud.running(service_name="b")
    cloud.admin("PATCH", "/settings", {"max_running_services": 1})
    assert error(cloud.put(first, status="running")) == (400, "ModelArts.3521")
    assert cloud.status(first) == "stopped"
    cloud.put(second, status="stopped")
    cloud.clock.advance(1)
    assert cloud.put(first, status="running").status_code == 200


def test_service_that_waits_to_be_started_does_not_stand_in_its_own_way(cloud: Cloud) -> None:
    service_id = cloud.running()
    cloud.admin("PATCH", "/settings", {"max_running_services": 1})
    cloud.admin("PATCH", f"/services/{service_id}", {"status": "pending"})
    assert cloud.put(service_id, status="running").status_code == 200
