"""Models: create, read, list, delete, and what services do with them (modelarts.md sections 12.1 to 12.3)."""

import json
from typing import Any

import httpx
import pytest

from .cloud import DEPLOY_SECONDS, Cloud, batch_item, config_item, create_body, error, error_text

API = {
    "url": "/",
    "method": "post",
    "protocol": "http",
    "input_params": {"type": "object", "properties": {"x": {"type": "number"}}},
    "output_params": {"type": "object", "properties": {"y": {"type": "object", "properties": {}}}},
}
PARAM = {"url": "/", "method": "post", "protocol": "http", "param_name": "x", "param_type": "float", "min": 0, "max": 9}


def model_body(**changes: Any) -> dict[str, Any]:
    """The smallest good create body; None takes a field away."""
    body = {
        "model_name": "mnist",
        "model_version": "0.0.1",
        "model_type": "Image",
        "source_location": "swr.example.com/team/mnist:1",
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def post(cloud: Cloud, **changes: Any) -> httpx.Response:
    return cloud.call("POST", "/models", json=model_body(**changes))


def new_model(cloud: Cloud, **changes: Any) -> str:
    answer = post(cloud, **changes)
    assert answer.status_code == 200, answer.text
    assert set(answer.json()) == {"model_id"}
    return str(answer.json()["model_id"])


def published(cloud: Cloud, **changes: Any) -> str:
    model_id = new_model(cloud, **changes)
    cloud.clock.advance(DEPLOY_SECONDS)
    assert model(cloud, model_id)["model_status"] == "published"
    return model_id


def model(cloud: Cloud, model_id: str) -> dict[str, Any]:
    answer = cloud.call("GET", f"/models/{model_id}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def names(cloud: Cloud, **query: str) -> list[str]:
    answer = cloud.call("GET", "/models", params=query)
    assert answer.status_code == 200, answer.text
    return [item["model_name"] for item in answer.json()["models"]]


def deploy(cloud: Cloud, model_id: str, infer_type: str = "real-time") -> httpx.Response:
    item = batch_item(model_id=model_id) if infer_type == "batch" else config_item(model_id=model_id)
    return cloud.call("POST", "/services", json=create_body(infer_type=infer_type, config=[item]))


def test_smallest_model(cloud: Cloud) -> None:
    model_id = new_model(cloud)
    answered = model(cloud, model_id)
    assert answered["model_status"] == "publishing"
    assert not {"image_address", "schema_doc", "config", "runtime", "description"} & set(answered)
    cloud.clock.advance(DEPLOY_SECONDS)
    answered = model(cloud, model_id)
    made = {"image_address", "schema_doc", "model_size", "tenant", "owner"}
    assert {key: value for key, value in answered.items() if key not in made} == {
        **model_body(),
        "model_id": model_id,
        "model_status": "published",
        "project": cloud.project,
        "workspace_id": "0",
        "create_at": round((cloud.clock.now() - DEPLOY_SECONDS) * 1000),
        "source_copy": "true",
        "model_source": "custom",
        "install_type": ["real-time", "batch", "edge"],
        "tunable": False,
        "market_flag": False,
        "publishable_flag": True,
        "model_labels": [],
        "labels_map": {"labels": []},
        "specification": {},
    }
    assert answered["image_address"].endswith(f"{model_id}:0.0.1")
    assert answered["model_size"] > 0


FULL = {
    "model_type": "PyTorch",
    "source_location": "https://bucket.obs.example.com/model",
    "runtime": "python3.7",
    "description": "d" * 100,
    "execution_code": "https://bucket.obs.example.com/customize_service.py",
    "source_job_id": "55",
    "source_job_version": "V100",
    "source_copy": "false",
    "model_metrics": '{"f1":0.5}',
    "model_algorithm": "object_detection",
    "dependencies": [
        {
            "installer": "pip",
            "packages": [
                {"package_name": "numpy", "package_version": "1.5.0", "restraint": "ATLEAST"},
                {"package_name": "pillow"},
            ],
        }
    ],
    "apis": [API],
    "input_params": [PARAM],
    "output_params": [PARAM],
    "install_type": ["real-time", "batch"],
    "model_docs": [{"doc_name": "guide", "doc_url": "https://example.com/guide"}],
}


def test_every_field_comes_back(cloud: Cloud) -> None:
    answered = model(cloud, new_model(cloud, initial_config='{"cmd": "run"}', **FULL))
    assert FULL.items() <= answered.items()
    assert answered["config"] == '{"cmd": "run"}'
    assert answered["cmd"] == "run"
    assert "initial_config" not in answered


def test_configuration_stands_in_for_fields(cloud: Cloud) -> None:
    config = {
        "apis": [API],
        "dependencies": FULL["dependencies"],
        "health": {"url": "/health", "protocol": "http", "initial_delay_seconds": 30},
        "model_type": "Image",
    }
    model_id = published(cloud, initial_config=json.dumps(config))
    answered = model(cloud, model_id)
    assert (answered["apis"], answered["dependencies"]) == ([API], FULL["dependencies"])
    assert answered["health"] == {"url": "/health", "protocol": "http", "initial_delay_seconds": "30"}
    call = {"url": "/", "method": "post", "protocol": "http"}
    assert answered["input_params"] == [
        {**call, "param_name": "x", "param_type": "number", "param_desc": '{"type": "number"}'}
    ]
    assert [param["param_name"] for param in answered["output_params"]] == ["y"]
    assert deploy(cloud, model_id, "batch").status_code == 200


def test_configuration_in_the_words_of_configuration_files(cloud: Cloud) -> None:
    data = {"type": "object", "properties": {"images": {"type": "file"}}}
    api = {"url": "/", "method": "POST", "request": {"Content-type": "multipart/form-data", "data": data}}
    answered = model(cloud, new_model(cloud, initial_config=json.dumps({"apis": [api]})))
    names_and_types = [(param["param_name"], param["param_type"]) for param in answered["input_params"]]
    assert names_and_types == [("images", "file")]
    assert (answered["input_params"][0]["method"], "output_params" in answered) == ("post", False)


def test_models_as_the_samples_show_them(cloud: Cloud) -> None:
    cloud.admin("PATCH", "/settings", {"models_as_in_samples": True})
    answered = model(cloud, new_model(cloud, apis=[API]))
    assert answered["install_type"] == ["realtime", "batch", "edge"]
    assert json.loads(answered["apis"]) == [API]


def test_auto_learning_model(cloud: Cloud) -> None:
    model_id = published(cloud, source_type="auto")
    assert (model(cloud, model_id)["source_type"], model(cloud, model_id)["model_source"]) == ("auto", "auto")
    service_id = deploy(cloud, model_id).json()["service_id"]
    assert cloud.detail(service_id)["config"][0]["source_type"] == "auto"


def test_template_model(cloud: Cloud) -> None:
    template = {"template_id": "t-1", "template_inputs": [{"input_id": "a", "input": "https://b.obs.example.com/a"}]}
    answered = model(cloud, new_model(cloud, model_type="Template", source_location=None, template=template))
    assert answered["template"] == template
    assert "source_copy" not in answered


@pytest.mark.parametrize("name", ["model_name", "model_version", "model_type", "source_location"])
@pytest.mark.parametrize("value", [None, ""])
def test_required_fields(cloud: Cloud, name: str, value: Any) -> None:
    answer = post(cloud, **{name: value})
    assert error(answer) == (400, "ModelArts.3036")
    assert f"({name}) is required" in error_text(answer)


OBS = "https://bucket.obs.example.com/model"
TEMPLATE_INPUT = {"input_id": "a", "input": "https://b.obs.example.com/a"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    **{f"name {name!r}": ({"model_name": name}, "3037") for name in ("a" * 65, "a b", "é", "a.b")},
    **{
        f"version {version}": ({"model_version": version}, "3037")
        for version in ("1", "1.0", "01.0.0", "1.0.100", "1.0.0.0", "v1.0.0")
    },
    "type": ({"model_type": "tensorflow"}, "3037"),
    "description too long": ({"description": "d" * 101}, "3037"),
    **{f"description with {sign}": ({"description": sign}, "3037") for sign in "&!'\"<>="},
    "source type": ({"source_type": "manual"}, "3037"),
    "source copy": ({"source_copy": "yes"}, "3037"),
    "source copy as a boolean": ({"source_copy": True}, "3037"),
    "install type": ({"install_type": ["realtime"]}, "3037"),
    "install type as text": ({"install_type": "batch"}, "3037"),
    "four documents": ({"model_docs": [{"doc_name": "a", "doc_url": "https://a"}] * 4}, "3037"),
    "document name": ({"model_docs": [{"doc_name": "1a", "doc_url": "https://a"}]}, "3037"),
    "document address": ({"model_docs": [{"doc_name": "a", "doc_url": "ftp://a"}]}, "3037"),
    "document without address": ({"model_docs": [{"doc_name": "a"}]}, "3036"),
    "installer": ({"dependencies": [{"installer": "conda", "packages": [{"package_name": "a"}]}]}, "3037"),
    "no packages": ({"dependencies": [{"installer": "pip", "packages": []}]}, "3036"),
    "no package name": ({"dependencies": [{"installer": "pip", "packages": [{}]}]}, "3036"),
    "no restraint": (
        {"dependencies": [{"installer": "pip", "packages": [{"package_name": "a", "package_version": "1"}]}]},
        "3041",
    ),
    "input without type": ({"input_params": [{**PARAM, "param_type": None}]}, "3036"),
    "apis of texts": ({"apis": ["/"]}, "3037"),
    "workspace": ({"workspace_id": "w"}, "0102"),
    "configuration is no JSON": ({"initial_config": "{"}, "3016"),
    "configuration is a list": ({"initial_config": "[]"}, "3015"),
    "configuration with wrong apis": ({"initial_config": '{"apis": {}}'}, "3015"),
    "configuration with apis of texts": ({"initial_config": '{"apis": ["/"]}'}, "3015"),
    "configuration as an object": ({"initial_config": {}}, "3037"),
    "no OBS path": ({"model_type": "PyTorch"}, "3017"),
    "source with a space": ({"source_location": "a b"}, "3017"),
    "unknown runtime": ({"model_type": "PyTorch", "source_location": OBS, "runtime": "python9"}, "3037"),
    "runtime of another engine": (
        {"model_type": "MindSpore", "source_location": OBS, "runtime": "python3.6"},
        "3037",
    ),
    "runtime in the configuration": (
        {"model_type": "PyTorch", "source_location": OBS, "initial_config": '{"runtime": "python9"}'},
        "3037",
    ),
    "no template": ({"model_type": "Template"}, "3034"),
    "no template id": ({"model_type": "Template", "template": {"template_inputs": [TEMPLATE_INPUT]}}, "3029"),
    "no template inputs": ({"model_type": "Template", "template": {"template_id": "t"}}, "3036"),
    "template input twice": (
        {"model_type": "Template", "template": {"template_id": "t", "template_inputs": [TEMPLATE_INPUT] * 2}},
        "3039",
    ),
}


@pytest.mark.parametrize(("changes", "code"), WRONG.values(), ids=WRONG)
def test_refused(cloud: Cloud, changes: dict[str, Any], code: str) -> None:
    assert error(post(cloud, **changes)) == (400, f"ModelArts.{code}")
    assert names(cloud) == []


@pytest.mark.parametrize("content", [b"{", b"[]", b""])
def test_body_that_is_no_object(cloud: Cloud, content: bytes) -> None:
    assert cloud.call("POST", "/models", content=content).status_code == 400


@pytest.mark.parametrize("version", ["0.0.1", "1.0.0", "99.99.99", "10.0.20"])
def test_versions(cloud: Cloud, version: str) -> None:
    assert model(cloud, new_model(cloud, model_version=version))["model_version"] == version


def test_name_and_version_are_taken_together(cloud: Cloud) -> None:
    new_model(cloud)
    answer = post(cloud)
    assert error(answer) == (409, "ModelArts.3002")
    assert error_text(answer) == "Model (mnist, 0.0.1) already exists."
    new_model(cloud, model_version="0.0.2")
    new_model(cloud, model_name="mnist-2")


def test_unknown_model(cloud: Cloud) -> None:
    assert error(cloud.call("GET", "/models/none")) == (404, "ModelArts.3001")
    model_id = new_model(cloud)
    other = cloud.http.get(f"/v1/other/models/{model_id}")
    assert error(other)[0] == 403


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


def test_list(cloud: Cloud) -> None:
    new_model(cloud, **FULL)
    answer = cloud.call("GET", "/models").json()
    assert (answer["total_count"], answer["count"]) == (1, 1)
    item = answer["models"][0]
    assert {"model_id", "model_name", "model_version", "model_type", "model_status", "create_at"} <= set(item)
    assert not {"apis", "config", "dependencies", "source_location"} & set(item)


def several(cloud: Cloud) -> None:
    for name, version, kind in (
        ("demo", "1.0.0", "Image"),
        ("demo", "10.0.0", "Image"),
        ("demo", "2.0.0", "Custom"),
        ("my_demo", "1.0.0", "Custom"),
        ("myxdemo", "1.0.0", "Template"),
    ):
        template = {"template_id": "t", "template_inputs": [TEMPLATE_INPUT]}
        new_model(cloud, model_name=name, model_version=version, model_type=kind, template=template, description=name)
        cloud.clock.advance(1)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 5),
        ({"model_name": "demo"}, 5),
        ({"model_name": "demo", "exact_match": "true"}, 3),
        ({"model_name": "my_demo"}, 2),
        ({"model_name": "my_demo", "exact_match": "true"}, 1),
        ({"model_version": "1.0.0"}, 3),
        ({"model_status": "publishing"}, 5),
        ({"model_status": "failed"}, 0),
        ({"description": "y_d"}, 1),
        ({"model_type": "Custom"}, 2),
        ({"not_model_type": "Custom"}, 3),
        ({"workspace_id": "0"}, 5),
        ({"workspace_id": "w"}, 0),
    ],
)
def test_filters(cloud: Cloud, query: dict[str, str], found: int) -> None:
    several(cloud)
    answer = cloud.call("GET", "/models", params=query).json()
    assert (answer["total_count"], answer["count"], len(answer["models"])) == (found, found, found)


def test_order(cloud: Cloud) -> None:
    several(cloud)

    def versions(**query: str) -> list[str]:
        items = cloud.call("GET", "/models", params={"model_name": "demo", "exact_match": "true", **query}).json()
        return [item["model_version"] for item in items["models"]]

    assert versions() == versions(sort_by="create_at", order="desc") == ["2.0.0", "10.0.0", "1.0.0"]
    assert versions(order="asc") == ["1.0.0", "10.0.0", "2.0.0"]
    assert versions(sort_by="model_version") == ["10.0.0", "2.0.0", "1.0.0"]
    cloud.admin("POST", "/seed", {"models": [{"model_id": f"m-{size}", "model_size": size} for size in (5, 9, 7)]})
    items = cloud.call("GET", "/models", params={"sort_by": "model_size", "order": "asc"}).json()["models"]
    assert [item["model_size"] for item in items[:3]] == [5, 7, 9]


def test_offset_is_the_index_of_a_page(cloud: Cloud) -> None:
    several(cloud)

    def page(offset: int) -> tuple[int, int, list[str]]:
        answer = cloud.call("GET", "/models", params={"offset": offset, "limit": 2}).json()
        labels = [f"{item['model_name']} {item['model_version']}" for item in answer["models"]]
        return answer["total_count"], answer["count"], labels

    assert page(0) == (5, 2, ["myxdemo 1.0.0", "my_demo 1.0.0"])
    assert page(1) == (5, 2, ["demo 2.0.0", "demo 10.0.0"])
    assert page(2) == (5, 1, ["demo 1.0.0"])
    assert page(3) == (5, 0, [])


@pytest.mark.parametrize(
    "query",
    [
        {"model_type": "Image", "not_model_type": "Custom"},
        {"model_type": "other"},
        {"model_status": "running"},
        {"sort_by": "model_name"},
        {"order": "up"},
        {"exact_match": "1"},
        {"limit": "0"},
        {"offset": "-1"},
    ],
)
def test_wrong_query(cloud: Cloud, query: dict[str, str]) -> None:
    assert error(cloud.call("GET", "/models", params=query)) == (400, "ModelArts.0104")


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
