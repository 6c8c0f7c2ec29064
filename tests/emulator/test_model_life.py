"""Models that are published, used, deleted and changed (modelarts.md sections 12.1 to 12.3)."""

from typing import Any

import httpx
import pytest

from .cloud import DEPLOY_SECONDS, Cloud, config_item, create_body, error
from .modelcalls import PARAM, deploy, model, names, new_model, published


def test_publishing_takes_its_time(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"publish_seconds": 5, "build_seconds": 10})
    model_id = new_model(cloud)

    def status_after(seconds: float) -> str:
        cloud.clock.advance(seconds)
        return str(model(cloud, model_id)["model_status"])

    assert [status_after(seconds) for seconds in (0, 9, 1, 4, 1)] == [
        *("building", "building", "publishing", "publishing", "published")
    ]


@pytest.mark.parametrize(
    ("fault", "first", "last"),
    [
        ({"outcome": "failed"}, "publishing", "failed"),
        ({"outcome": "building_failed"}, "building", "building_failed"),
        ({"outcome": "hang"}, "publishing", "publishing"),
    ],
)
def test_failed_publishing(cloud: Cloud, fault: dict[str, Any], first: str, last: str) -> None:
    cloud.admin("POST", "/faults", {"publish": {**fault, "model_name": "^mnist$"}})
    good = new_model(cloud, model_name="good")
    bad = new_model(cloud)
    assert model(cloud, bad)["model_status"] == first
    cloud.clock.advance(DEPLOY_SECONDS)
    assert (model(cloud, good)["model_status"], model(cloud, bad)["model_status"]) == ("published", last)
    assert error(deploy(cloud, bad)) == (400, "ModelArts.3515")
    new_model(cloud, model_name="after")
    cloud.clock.advance(DEPLOY_SECONDS)
    assert names(cloud, model_status="published") == ["after", "good"]


def test_time_until_publishing_fails(cloud: Cloud) -> None:
    cloud.admin("POST", "/faults", {"publish": {"outcome": "failed", "after_seconds": 2}})
    model_id = new_model(cloud)
    cloud.clock.advance(2)
    assert model(cloud, model_id)["model_status"] == "failed"


@pytest.mark.parametrize(
    "fault", [{"outcome": "lost"}, {"outcome": "failed", "model_name": "("}, {"outcome": "failed", "name": "x"}, {}]
)
def test_wrong_fault(cloud: Cloud, fault: dict[str, Any]) -> None:
    assert cloud.http.post("/_emulator/faults", json={"publish": fault}).status_code == 400


def delete(cloud: Cloud, model_id: str, **query: str) -> tuple[list[str], list[tuple[str, str]]]:
    answer = cloud.call("DELETE", f"/models/{model_id}", params=query)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"delete_success_list", "delete_failed_list"}
    failed = [(item["model_id"], item["error_code"]) for item in answer.json()["delete_failed_list"]]
    assert all(item["error_msg"] for item in answer.json()["delete_failed_list"])
    return answer.json()["delete_success_list"], failed


def test_delete(cloud: Cloud) -> None:
    first, second = new_model(cloud), new_model(cloud, model_version="0.0.2")
    assert delete(cloud, first) == ([first], [])
    assert delete(cloud, first) == ([], [(first, "ModelArts.3001")])
    assert model(cloud, second)["model_version"] == "0.0.2"
    new_model(cloud)


def test_model_in_use_is_not_deleted(cloud: Cloud) -> None:
    model_id = published(cloud)
    service_id = deploy(cloud, model_id).json()["service_id"]
    cloud.clock.advance(DEPLOY_SECONDS)
    cloud.put(service_id, status="stopped")
    cloud.clock.advance(5)
    assert cloud.status(service_id) == "stopped"
    assert delete(cloud, model_id) == ([], [(model_id, "ModelArts.3009")])
    cloud.call("DELETE", f"/services/{service_id}")
    cloud.clock.advance(5)
    assert delete(cloud, model_id) == ([model_id], [])


def test_former_configuration_counts_until_the_roll_out_is_over(cloud: Cloud) -> None:
    old, new = published(cloud), published(cloud, model_version="0.0.2")
    service_id = deploy(cloud, old).json()["service_id"]
    cloud.clock.advance(DEPLOY_SECONDS)
    assert cloud.put(service_id, config=[config_item(model_id=new)]).status_code == 200
    assert delete(cloud, old)[1] == [(old, "ModelArts.3009")]
    cloud.clock.advance(DEPLOY_SECONDS)
    assert delete(cloud, old) == ([old], [])


def test_cascade_takes_the_other_versions_along(cloud: Cloud) -> None:
    first, second = published(cloud), published(cloud, model_version="0.0.2")
    used = published(cloud, model_version="0.0.3")
    other = published(cloud, model_name="other")
    assert deploy(cloud, used).status_code == 200
    deleted, failed = delete(cloud, first, cascade="true")
    assert (set(deleted), failed) == ({first, second}, [(used, "ModelArts.3009")])
    assert set(names(cloud)) == {"mnist", "other"}
    assert error(cloud.call("DELETE", f"/models/{other}", params={"cascade": "1"})) == (400, "ModelArts.0104")


def test_service_shows_the_model(cloud: Cloud) -> None:
    model_id = new_model(cloud, model_version="1.2.3")
    assert error(deploy(cloud, model_id)) == (400, "ModelArts.3515")
    cloud.clock.advance(DEPLOY_SECONDS)
    item = cloud.detail(deploy(cloud, model_id).json()["service_id"])["config"][0]
    assert (item["model_name"], item["model_version"]) == ("mnist", "1.2.3")


def test_model_has_to_suit_the_service(cloud: Cloud) -> None:
    model_id = published(cloud, install_type=["batch"])
    assert error(deploy(cloud, model_id)) == (400, "ModelArts.3589")
    assert error(deploy(cloud, model_id, "batch")) == (400, "ModelArts.3514")
    model_id = published(cloud, model_version="0.0.2", input_params=[PARAM])
    assert deploy(cloud, model_id, "batch").status_code == 200


def test_ids_are_taken_on_trust_until_there_is_a_model(cloud: Cloud) -> None:
    assert deploy(cloud, "made-up").status_code == 200
    model_id = new_model(cloud)
    body = create_body(service_name="b")
    assert error(cloud.call("POST", "/services", json=body)) == (404, "ModelArts.3507")
    cloud.admin("PATCH", "/settings", {"strict_models": False})
    assert cloud.call("POST", "/services", json=body).status_code == 200
    cloud.admin("PATCH", "/settings", {"strict_models": None})
    delete(cloud, model_id)
    assert cloud.call("POST", "/services", json={**body, "service_name": "c"}).status_code == 200


def test_seeded_models_are_models(cloud: Cloud) -> None:
    seeds = [
        {"model_id": "m-1", "model_name": "nice", "install_type": ["realtime"]},
        {"model_id": "m-2", "model_status": "failed", "project_id": cloud.project},
        {"model_id": "m-3", "project_id": "another"},
    ]
    cloud.admin("POST", "/seed", {"models": seeds})
    first, second = model(cloud, "m-1"), model(cloud, "m-2")
    assert (first["model_name"], first["model_status"], first["project"]) == ("nice", "published", cloud.project)
    assert first["image_address"]
    assert (second["model_name"], second["model_status"]) == ("model-m-2", "failed")
    assert error(cloud.call("GET", "/models/m-3")) == (404, "ModelArts.3001")
    assert error(deploy(cloud, "m-3")) == (404, "ModelArts.3507")
    assert deploy(cloud, "m-1").status_code == 200


def test_change_a_model_behind_the_back(cloud: Cloud) -> None:
    model_id = new_model(cloud)
    assert [item["model_id"] for item in cloud.admin("GET", "")["models"]] == [model_id]
    cloud.admin("PATCH", f"/models/{model_id}", {"model_status": "failed", "description": "broken"})
    cloud.clock.advance(DEPLOY_SECONDS)
    answered = model(cloud, model_id)
    assert (answered["model_status"], answered["description"]) == ("failed", "broken")
    cloud.admin("DELETE", f"/models/{model_id}")
    assert names(cloud) == cloud.admin("GET", "")["models"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/models/none", {}),
        ("DELETE", "/models/none", None),
        ("PATCH", "/models/m-1", {"model_status": "running"}),
        ("PATCH", "/models/m-1", {"colour": "red"}),
        ("PATCH", "/models/m-1", {"model_size": "big"}),
        ("POST", "/seed", {"models": ["m-1"]}),
        ("POST", "/seed", {"models": [{"model_name": "no id"}]}),
    ],
)
def test_wrong_change(cloud: Cloud, method: str, path: str, body: Any) -> None:
    cloud.admin("POST", "/seed", {"models": [{"model_id": "m-1"}]})
    answer = cloud.http.request(method, f"/_emulator{path}", json=body)
    assert (answer.status_code, bool(answer.json()["error"])) == (400, True)


def test_read_that_does_not_see_the_new_model_yet(cloud: Cloud) -> None:
    model_id = new_model(cloud)
    cloud.admin("POST", "/faults", {"method": "GET", "stale": "missing"})
    assert error(cloud.call("GET", f"/models/{model_id}")) == (404, "ModelArts.3001")
    assert model(cloud, model_id)["model_name"] == "mnist"


def test_models_need_authentication(cloud: Cloud) -> None:
    anonymous = httpx.Client(transport=cloud.http._transport, base_url=cloud.http.base_url)
    for method, path in (("GET", "/models"), ("POST", "/models"), ("GET", "/models/ai-engine-runtimes")):
        assert error(anonymous.request(method, f"/v1/{cloud.project}{path}")) == (401, "APIG.0301")
