"""Models of the emulator: bodies and calls that several test files need."""

from typing import Any

import httpx

from .cloud import DEPLOY_SECONDS, Cloud, batch_item, config_item, create_body

API = {
    "url": "/",
    "method": "post",
    "protocol": "http",
    "input_params": {"type": "object", "properties": {"x": {"type": "number"}}},
    "output_params": {"type": "object", "properties": {"y": {"type": "object", "properties": {}}}},
}
PARAM = {"url": "/", "method": "post", "protocol": "http", "param_name": "x", "param_type": "float", "min": 0, "max": 9}
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
OBS = "https://bucket.obs.example.com/model"
TEMPLATE_INPUT = {"input_id": "a", "input": "https://b.obs.example.com/a"}


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
