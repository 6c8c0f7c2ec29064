"""Tags, flavours, clusters and the first release of the API (modelarts-v2.md sections 3.5, 3.7, 9.1 and 10)."""

from typing import Any

import pytest

from .modelartsv2cloud import POOL, STOP_SECONDS, UNKNOWN, ModelArtsV2, image, runtime, service, unit

TAGGED = "/modelarts-service-v2"
RESOURCES = f"{TAGGED}/resource-instances"


def tag(v2: ModelArtsV2, sid: str, **tags: str) -> None:
    body = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
    answer = v2.call("POST", f"{TAGGED}/{sid}/tags/create", body)
    assert (answer.status_code, answer.content) == (204, b"")


def untag(v2: ModelArtsV2, sid: str, *tags: dict[str, str]) -> int:
    return v2.call("DELETE", f"{TAGGED}/{sid}/tags/delete", {"tags": list(tags)}).status_code


def test_tags_of_a_service(v2: ModelArtsV2) -> None:
    sid = v2.make(tags=[{"key": "team", "value": "ml"}])
    tag(v2, sid, team="ai", stage="dev", empty="")
    wanted = [{"key": "team", "value": "ai"}, {"key": "stage", "value": "dev"}, {"key": "empty", "value": ""}]
    assert v2.ok("GET", f"{TAGGED}/{sid}/tags") == {"tags": wanted}
    assert v2.service(sid)["tags"] == wanted
    assert v2.service(sid)["version"]["version"] == "1.0.0"
    assert untag(v2, sid, {"key": "team"}, {"key": "stage", "value": "prod"}, {"key": "none"}) == 204
    assert [one["key"] for one in v2.service(sid)["tags"]] == ["stage", "empty"]
    assert untag(v2, sid, {"key": "stage", "value": "dev"}) == 204
    assert [one["key"] for one in v2.ok("GET", f"{TAGGED}/{sid}/tags?workspace_id=0")["tags"]] == ["empty"]


def test_tags_that_are_refused(v2: ModelArtsV2) -> None:
    sid = v2.make(tags=[{"key": f"k{number}", "value": ""} for number in range(20)])
    path = f"{TAGGED}/{sid}/tags/create"
    assert "20 tags" in v2.refused("POST", path, {"tags": [{"key": "k20", "value": ""}]})
    tag(v2, sid, k1="new")
    for wrong in ([], [{}], [{"key": "_sys_a"}], [{"key": "a", "value": "<"}], [{"key": "a", "value": "x" * 256}]):
        assert v2.refused("POST", path, {"tags": wrong})
    assert v2.refused("DELETE", f"{TAGGED}/{sid}/tags/delete", {})
    for method, tail in (("GET", ""), ("POST", "/create"), ("DELETE", "/delete")):
        body = {"tags": [{"key": "a", "value": "b"}]}
        assert v2.refused(method, f"{TAGGED}/{UNKNOWN}/tags{tail}", body, status=404)


def test_tags_of_the_project(v2: ModelArtsV2) -> None:
    tag(v2, v2.make(name="a"), team="ml", stage="dev")
    tag(v2, v2.make(name="b"), team="ai")
    assert v2.ok("GET", f"{TAGGED}/tags") == {
        "tags": [{"key": "team", "values": ["ml", "ai"]}, {"key": "stage", "values": ["dev"]}]
    }


def test_services_are_found_and_counted_by_tag(v2: ModelArtsV2) -> None:
    first = v2.make(name="chat-a", tags=[{"key": "team", "value": "ml"}, {"key": "stage", "value": "dev"}])
    v2.make(name="chat-b", tags=[{"key": "team", "value": "ai"}])
    v2.make(name="ranker")

    def names(body: dict[str, Any], query: str = "") -> list[str]:
        found = v2.ok("POST", f"{RESOURCES}/filter{query}", body)
        if not query:
            assert v2.ok("POST", f"{RESOURCES}/count", body) == {"total_count": found["total_count"]}
        return [one["resource_name"] for one in found["resources"]]

    assert names({}) == ["chat-a", "chat-b", "ranker"]
    assert names({"tags": [{"key": "team", "values": ["ml", "ai"]}]}) == ["chat-a", "chat-b"]
    assert names({"tags": [{"key": "team", "values": ["ml", "ai"]}, {"key": "stage"}]}) == ["chat-a"]
    assert names({"matches": [{"key": "resource_name", "value": "chat"}]}) == ["chat-a", "chat-b"]
    assert names({"without_any_tag": True}) == ["ranker"]
    assert names({"limit": 1, "offset": 1}, "?limit=2") == ["chat-b"]
    assert names({}, "?limit=1&offset=2") == ["ranker"]
    found = v2.ok("POST", f"{RESOURCES}/filter", {"matches": [{"key": "resource_name", "value": "chat-a"}]})
    (one,) = found["resources"]
    assert (one["resource_id"], one["resource_detail"]["name"], one["tags"][0]) == (
        first,
        "chat-a",
        {"key": "team", "value": "ml"},
    )
    for wrong in ({"matches": [{"key": "id", "value": "x"}]}, {"tags": [{}]}, {"without_any_tag": "x"}):
        assert v2.refused("POST", f"{RESOURCES}/filter", wrong)


def test_flavours(v2: ModelArtsV2) -> None:
    found = v2.ok("GET", "/services/flavors?limit=500")["data"]
    assert {one["category"] for one in found} == {"CPU", "GPU", "ASCEND"}
    assert [one["id"] for one in found if one["sold_out"]] == ["modelarts.vm.gpu.a100u24"]
    (gpu,) = (one for one in found if one["id"] == "modelarts.vm.gpu.t4u8")
    assert (gpu["gpu"], gpu["ascend"]) == ({"gpu": 1, "gpu_memory": "16", "type": "T4"}, None)
    assert {"arch", "vcpus", "memory", "feature", "free", "storages", "evs_max_size", "billing"} < set(gpu)
    kinds = v2.ok("GET", "/services/flavors?flavor_type=ASCEND")
    assert ({one["category"] for one in kinds["data"]}, kinds["total"]) == ({"ASCEND"}, 2)
    assert v2.ok("GET", "/services/flavors?limit=1&offset=1")["data"] == [found[1]]
    assert v2.refused("GET", "/services/flavors?flavor_type=NPU")


def test_seeded_flavours(v2: ModelArtsV2) -> None:
    v2.seed(flavors=[{"id": "mine", "category": "GPU"}, {"id": "modelarts.vm.cpu.2u", "sold_out": True}])
    found = {one["id"]: one for one in v2.ok("GET", "/services/flavors?limit=500")["data"]}
    assert (found["mine"]["category"], found["modelarts.vm.cpu.2u"]["sold_out"]) == ("GPU", True)
    sid = v2.make()
    v2.add(sid, unit_configs=[unit(flavor="mine", custom_spec=None)])


def test_clusters_are_the_pools_of_the_first_version(v2: ModelArtsV2) -> None:
    listed = v2.http.get(f"/v2/{v2.project}/pools").json()["items"]
    assert [pool["metadata"]["name"] for pool in listed] == [POOL]
    found = v2.ok("GET", f"/services/clusters/{POOL}", headers={"X-User-Token": "t"})
    assert (found["pool_id"], found["status"], found["type"], found["project_id"]) == (
        POOL,
        "ACTIVE",
        "DEDICATED",
        v2.project,
    )
    assert found["flavors"] == v2.ok("GET", "/services/flavors?limit=500")["data"]
    assert v2.refused("GET", "/services/clusters/none", status=404)
    pools = [{"pool_name": name, "phase": name} for name in ("Creating", "CreationFailed", "Deleting", "Odd")]
    v2.admin("POST", "/seed", {"pools": pools})
    for name, status in {"Creating": "INITIALIZING", "CreationFailed": "INITIALIZE_FAILED", "Odd": "PENDING"}.items():
        assert v2.ok("GET", f"/services/clusters/{name}")["status"] == status
    assert v2.refused("GET", f"/services/clusters/{POOL}", status=404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/services/delete/x"),
        ("GET", f"/services/{UNKNOWN}/versions"),
        ("POST", f"/services/{UNKNOWN}/versions/switch"),
        ("POST", f"/services/{UNKNOWN}/interrupt"),
        ("GET", "/modelarts-service-v2"),
    ],
)
def test_paths_that_there_are_not(v2: ModelArtsV2, method: str, path: str) -> None:
    answer = v2.call(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIG.0101")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/services", "POST, GET"),
        ("PUT", "/services/api-keys/x", "DELETE"),
        ("DELETE", f"/services/{UNKNOWN}", "GET, PUT"),
    ],
)
def test_methods_that_there_are_not(v2: ModelArtsV2, method: str, path: str, allowed: str) -> None:
    answer = v2.call(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)


def test_fixed_paths_come_before_ids(v2: ModelArtsV2) -> None:
    assert v2.ok("GET", "/services/flavors")["total"]
    assert v2.ok("GET", "/services/api-keys")["total"] == 0
    assert v2.ok("GET", f"{TAGGED}/tags") == {"tags": []}
    assert v2.refused("POST", "/services/delete", {})


def test_the_first_release(v2: ModelArtsV2) -> None:
    v2.settings(layer_a=True)
    sid, did = v2.running(service={"version": "0.0.1", "deploy_type": "DIST"}, deploy_type="SINGLE")
    v2.ok("PUT", f"/services/{sid}", {"version": "0.0.2", "runtime_config": runtime("TOKEN")})
    v2.pass_time()
    listed = v2.ok("GET", f"/services/{sid}/versions?limit=500&offset=0", {"workspace_id": "0"})["data"]
    assert [one["version"] for one in listed] == ["0.0.1", "0.0.2"]
    path = f"/services/{sid}/versions/switch"
    v2.ok("POST", path, {"id": sid, "target_version_id": listed[0]["id"], "workspace_id": "0"})
    assert v2.status(sid) == "UPGRADING"
    assert "UPGRADING" in v2.refused("POST", path, {"target_version_id": listed[0]["id"]})
    v2.pass_time()
    found = v2.service(sid)["version"]
    assert (found["version"], found["runtime_config"]["service_invoke"]["auth_type"]) == ("0.0.1", "NONE")
    assert v2.refused("POST", path, {"target_version_id": "none"})
    assert v2.refused("POST", f"/services/{sid}/interrupt")
    v2.change(sid, did, unit_configs=[unit(image=image("2"))])
    v2.ok("POST", f"/services/{sid}/interrupt")
    v2.pass_time(STOP_SECONDS)
    assert (v2.status(sid), v2.deployment(sid, did)["version"]) == ("RUNNING", "1.0.0")
    assert v2.call("GET", f"/services/{sid}/versions", headers={"X-Auth-Token": ""}).status_code == 401


def test_both_versions_of_the_api_side_by_side(v2: ModelArtsV2) -> None:
    v2.make()
    first = v2.http.get(f"/v1/{v2.project}/services")
    assert (first.status_code, first.json()["total_count"]) == (200, 0)
    assert v2.http.get(f"/v2/{v2.project}/authorizations").status_code == 200
    assert v2.http.get("/v2/nvcf/functions", headers={"X-Auth-Token": ""}).headers.get("WWW-Authenticate")
    assert v2.refused("POST", "/services", service(), status=409)
