"""New models: their fields and rules (modelarts.md section 12.1)."""

import json
from typing import Any

import pytest

from .cloud import DEPLOY_SECONDS, Cloud, error, error_text
from .modelcalls import (
    API,
    FULL,
    OBS,
    PARAM,
    TEMPLATE_INPUT,
    deploy,
    model,
    model_body,
    names,
    new_model,
    post,
    published,
)


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
    "unknown restraint without a version": (
        {"dependencies": [{"installer": "pip", "packages": [{"package_name": "a", "restraint": "NEWEST"}]}]},
        "3037",
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
