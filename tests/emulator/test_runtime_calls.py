"""The runtimes of the AI engines (modelarts.md section 12.4)."""

from typing import Any

import pytest

from .cloud import Cloud, error
from .modelcalls import OBS, post

ARRAYS = ("runtimes", "request_mode", "accelerators", "arch", "status_list", "image_source")


def read(cloud: Cloud, **query: str) -> dict[str, Any]:
    answer = cloud.call("GET", "/models/ai-engine-runtimes", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def engine(cloud: Cloud, name: str) -> dict[str, Any]:
    return next(item for item in read(cloud)["engine_runtimes"] if item["ai_engine"] == name)


def test_fixture(cloud: Cloud) -> None:
    answer = read(cloud)
    assert (answer["count"], answer["total_count"]) == (4, 4)
    sizes = {item["ai_engine"]: {len(item[name]) for name in ARRAYS} for item in answer["engine_runtimes"]}
    assert sizes == {"TensorFlow": {10}, "PyTorch": {6}, "MindSpore": {3}, "Custom": {0}}
    assert all(set(item) == {"ai_engine", *ARRAYS} for item in answer["engine_runtimes"])
    torch = engine(cloud, "PyTorch")
    assert [torch[name][3] for name in ARRAYS] == [
        "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b",
        "sync",
        {"type": "npu", "name": "SNT9", "driver_version_section": "C8x"},
        "aarch64",
        "normal",
        "uniform_image",
    ]
    flow = engine(cloud, "TensorFlow")
    assert [flow[name][6] for name in ARRAYS] == [
        "tf1.13-python3.7-gpu-async",
        "async",
        {"type": "gpu", "cuda_version": "cuda 10.2"},
        "x86_64",
        "normal",
        "base_image",
    ]
    assert flow["accelerators"][9] == {"type": "none"}


def test_count_is_the_total_and_total_count_is_the_page(cloud: Cloud) -> None:
    answer = read(cloud, limit="2", offset="1")
    assert (answer["count"], answer["total_count"]) == (4, 2)
    assert [item["ai_engine"] for item in answer["engine_runtimes"]] == ["PyTorch", "MindSpore"]
    assert (read(cloud, offset="9")["count"], read(cloud, offset="9")["total_count"]) == (4, 0)


@pytest.mark.parametrize("query", [{"limit": "x"}, {"limit": "0"}, {"offset": "-1"}, {"offset": "1.5"}])
def test_wrong_page(cloud: Cloud, query: dict[str, str]) -> None:
    answer = cloud.call("GET", "/models/ai-engine-runtimes", params=query)
    assert error(answer) == (400, "ModelArts.0104")


@pytest.mark.parametrize("status", ["deleted", "deleting"])
def test_runtime_that_is_gone(cloud: Cloud, status: str) -> None:
    cloud.admin("PATCH", "/runtimes/PyTorch/python3.6", {"status": status})
    assert engine(cloud, "PyTorch")["status_list"][:2] == [status, "normal"]
    assert engine(cloud, "TensorFlow")["status_list"] == ["normal"] * 10
    answer = post(cloud, model_type="PyTorch", source_location=OBS, runtime="python3.6")
    assert error(answer) == (400, "ModelArts.3037")
    assert post(cloud, model_type="TensorFlow", source_location=OBS, runtime="python3.6").status_code == 200


def test_add_and_remove_a_runtime(cloud: Cloud) -> None:
    new = {"ai_engine": "PyTorch", "runtime": "torch-3", "accelerator": {"type": "gpu"}, "request_mode": "async"}
    cloud.admin("POST", "/seed", {"runtimes": [new]})
    torch = engine(cloud, "PyTorch")
    assert [torch[name][6] for name in ARRAYS] == [
        *("torch-3", "async", {"type": "gpu"}, "x86_64", "normal", "uniform_image")
    ]
    assert post(cloud, model_type="PyTorch", source_location=OBS, runtime="torch-3").status_code == 200
    cloud.admin("DELETE", "/runtimes/PyTorch/torch-3")
    assert {len(engine(cloud, "PyTorch")[name]) for name in ARRAYS} == {6}


def test_new_engine(cloud: Cloud) -> None:
    cloud.admin("POST", "/seed", {"runtimes": [{"ai_engine": "XGBoost", "runtime": "xgb"}]})
    assert (read(cloud)["count"], engine(cloud, "XGBoost")["runtimes"]) == (5, ["xgb"])


def test_arrays_that_are_not_parallel(cloud: Cloud) -> None:
    seeded = {"ai_engine": "PyTorch", "runtimes": ["a", "b"], "arch": ["x86_64"]}
    cloud.admin("POST", "/seed", {"runtimes": [seeded]})
    torch = engine(cloud, "PyTorch")
    assert (len(torch["runtimes"]), len(torch["arch"]), torch["status_list"]) == (2, 1, [])
    assert post(cloud, model_type="PyTorch", source_location=OBS, runtime="b").status_code == 200
    assert cloud.http.patch("/_emulator/runtimes/PyTorch/b", json={"status": "deleted"}).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/runtimes/PyTorch/none", {"status": "deleted"}),
        ("PATCH", "/runtimes/None/python3.6", {"status": "deleted"}),
        ("PATCH", "/runtimes/PyTorch/python3.6", {"status": "old"}),
        ("PATCH", "/runtimes/PyTorch/python3.6", {"state": "deleted"}),
        ("DELETE", "/runtimes/PyTorch/none", None),
        ("POST", "/seed", {"runtimes": [{"runtime": "x"}]}),
        ("POST", "/seed", {"runtimes": [{"ai_engine": "PyTorch", "runtime": "python3.6"}]}),
        ("POST", "/seed", {"runtimes": [{"ai_engine": "PyTorch", "runtimes": "x"}]}),
    ],
)
def test_wrong_change(cloud: Cloud, method: str, path: str, body: Any) -> None:
    assert cloud.http.request(method, f"/_emulator{path}", json=body).status_code == 400
    assert len(engine(cloud, "PyTorch")["runtimes"]) == 6
