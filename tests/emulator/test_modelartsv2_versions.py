"""Versions of the deployments of ModelArts v2 (modelarts-v2.md sections 3.2, 6.2 and 6.3)."""

from typing import Any

from .modelartsv2cloud import (
    ModelArtsV2,
    change,
    changed,
    image,
    unit,
)


def versions(v2: ModelArtsV2, sid: str, did: str, query: str = "") -> dict[str, str]:
    found = v2.ok("GET", f"/services/{sid}/deployments/{did}/versions{query}")["data"]
    return {version["version"]: version["version_status"] for version in found}


def next_image(v2: ModelArtsV2, sid: str, did: str, tag: str = "2", **changes: Any) -> dict[str, Any]:
    return v2.change(sid, did, unit_configs=[unit(image=image(tag))], **changes)


def switch(v2: ModelArtsV2, sid: str, did: str, number: str, **body: Any) -> Any:
    path = f"/services/{sid}/deployments/{did}/versions/{number}/switch"
    return v2.call("POST", path, changed({"infer_name": did}, **body))


def test_a_change_makes_a_version(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    first = v2.deployment(sid, did)
    answer = next_image(v2, sid, did, description="second")
    assert (answer["status"], answer["version"], answer["version_count"]) == ("UPGRADING", "1.0.0", 2)
    assert v2.status(sid) == "UPGRADING"
    assert versions(v2, sid, did) == {"1.0.0": "ACTIVE", "1.0.1": "INACTIVE"}
    assert v2.ask(sid).json()["version"] == "1.0.0"
    v2.pass_time()
    found = v2.deployment(sid, did)
    assert (found["status"], found["version"], found["description"]) == ("RUNNING", "1.0.1", "second")
    assert found["version_id"] != first["version_id"]
    assert found["unit_configs"][0]["image"]["swr_path"].endswith(":2")
    assert versions(v2, sid, did) == {"1.0.1": "ACTIVE", "1.0.0": "INACTIVE"}
    assert v2.ask(sid).json()["version"] == "1.0.1"
    former = v2.ok("GET", f"/services/{sid}/deployments/{did}/versions/1.0.0")
    assert (former["version"], former["version_id"]) == ("1.0.0", first["version_id"])
    assert former["unit_configs"] == first["unit_configs"]


def test_weight_and_count_make_no_version(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    assert v2.change(sid, did, weight=30, count=5)["status"] == "UPGRADING"
    v2.pass_time()
    found = v2.groups(sid)[0]
    assert (found["weight"], found["count"], found["running_count"], found["version"]) == (30, 5, 5, "1.0.0")
    assert versions(v2, sid, did) == {"1.0.0": "ACTIVE"}
    v2.settings(every_put_adds_version=True)
    v2.change(sid, did, weight=40)
    v2.pass_time()
    assert v2.deployment(sid, did)["version"] == "1.0.1"


def test_a_new_version_may_show_early(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.settings(early_version=True)
    answer = next_image(v2, sid, did)
    assert (answer["version"], answer["unit_configs"][0]["image"]["swr_path"][-2:]) == ("1.0.1", ":2")
    assert v2.ask(sid).json()["version"] == "1.0.0"
    v2.fail("rollback")
    v2.pass_time()
    next_image(v2, sid, did, "3")
    v2.pass_time()
    assert v2.deployment(sid, did)["version"] == "1.0.1"


def test_the_ceiling_of_versions(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    v2.settings(max_versions=2)
    next_image(v2, sid, did)
    v2.pass_time()
    body = change(unit_configs=[unit(image=image("3"))])
    assert "2 versions" in v2.refused("PUT", f"/services/{sid}/deployments/{did}", body)
    v2.change(sid, did, weight=1, unit_configs=[unit(image=image("2"))])
    v2.pass_time()
    assert v2.ok("DELETE", f"/services/{sid}/deployments/{did}/versions/1.0.0") == {"id": did}
    next_image(v2, sid, did, "3")
    v2.pass_time()
    assert versions(v2, sid, did) == {"1.0.2": "ACTIVE", "1.0.1": "INACTIVE"}


def test_versions_in_use_cannot_be_deleted(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    next_image(v2, sid, did)
    for number in ("1.0.0", "1.0.1"):
        assert "in use" in v2.refused("DELETE", f"/services/{sid}/deployments/{did}/versions/{number}")
    assert v2.refused("DELETE", f"/services/{sid}/deployments/{did}/versions/9.9.9", status=404)
    assert v2.refused("GET", f"/services/{sid}/deployments/{did}/versions/9.9.9", status=404)


def test_the_list_of_versions(v2: ModelArtsV2) -> None:
    sid, did = v2.running(version="2.0.0", description="d")
    next_image(v2, sid, did)
    v2.pass_time()
    switch(v2, sid, did, "2.0.0")
    v2.pass_time()
    answer = v2.ok("GET", f"/services/{sid}/deployments/{did}/versions?limit=1&offset=1")
    (row,) = answer["data"]
    assert set(row) == {
        *("infer_name", "version", "version_status", "description", "create_at", "update_at", "deploy_type"),
    }
    assert (row["infer_name"], row["version"], row["description"], answer["total"]) == (did, "2.0.0", "d", 2)
    assert list(versions(v2, sid, did)) == ["2.0.1", "2.0.0"]
    v2.change(sid, did, unit_configs=[unit(image=image("9"))])
    v2.pass_time()
    assert next(iter(versions(v2, sid, did, "?sort_key=update_at"))) == "2.0.2"
    assert v2.refused("GET", f"/services/{sid}/deployments/{did}/versions?sort_key=name")


def test_switch_and_back(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    next_image(v2, sid, did)
    v2.pass_time()
    answer = switch(v2, sid, did, "1.0.0", service_id=sid, target_deployment_version="1.0.0")
    assert (answer.status_code, answer.json()) == (200, {"id": did})
    assert (v2.status(sid, did), v2.ask(sid).json()["version"]) == ("UPGRADING", "1.0.1")
    v2.pass_time()
    assert (v2.deployment(sid, did)["version"], v2.ask(sid).json()["image"][-2:]) == ("1.0.0", ":1")
    assert versions(v2, sid, did) == {"1.0.1": "INACTIVE", "1.0.0": "ACTIVE"}
    switch(v2, sid, did, "1.0.1")
    v2.pass_time()
    assert v2.deployment(sid, did)["version"] == "1.0.1"
    next_image(v2, sid, did, "3")
    v2.pass_time()
    assert v2.deployment(sid, did)["version"] == "1.0.2"


def test_switches_that_are_refused(v2: ModelArtsV2) -> None:
    sid, did = v2.running()
    assert switch(v2, sid, did, "1.0.0").status_code == 200
    assert v2.status(sid, did) == "RUNNING"
    wrong: list[dict[str, Any]] = [{"infer_name": None}, {"infer_name": "blue"}, {"service_id": "x"}]
    for body in (*wrong, {"target_deployment_version": "2.0.0"}):
        assert switch(v2, sid, did, "1.0.0", **body).status_code == 400
    assert "Version 2.0.0 of deployment blue does not exist" in switch(v2, sid, did, "2.0.0").text
    v2.ok("POST", f"/services/{sid}/deployments/{did}/stop")
    assert "STOPPING" in switch(v2, sid, did, "1.0.0").text
