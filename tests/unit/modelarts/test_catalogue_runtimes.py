"""One record per runtime from the parallel lists of an engine."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.specs.lookups import GetRuntimes
from tests.support.answers import Answers
from tests.support.world import World

Values = dict[str, Any]

GPUS = {
    "ai_engine": "PyTorch",
    "runtimes": ["python3.6", "pytorch-snt9b"],
    "request_mode": ["async", "sync"],
    "accelerators": [
        {"type": "gpu", "cuda_version": "cuda 10.2"},
        {"type": "npu", "name": "SNT9", "driver_version_section": "C8x"},
    ],
    "arch": ["x86_64", "aarch64"],
    "status_list": ["deleting", "normal"],
    "image_source": ["base_image", "uniform_image"],
}


def engines(*entries: Values) -> ModelArtsClient:
    body = {"count": len(entries), "total_count": len(entries), "engine_runtimes": list(entries)}
    return Answers({"/models/ai-engine-runtimes": body}).client


def test_what_stands_at_one_place_of_all_lists_is_one_runtime() -> None:
    first, second = GetRuntimes().ask(engines(GPUS))
    assert first.model_dump() == {
        "engine": "PyTorch",
        "runtime": "python3.6",
        "request_mode": "async",
        "accelerator": {
            "type": "gpu",
            "name": None,
            "cuda_version": "cuda 10.2",
            "driver_version_section": None,
        },
        "architecture": "x86_64",
        "status": "deleting",
        "image_source": "base_image",
    }
    assert (second.accelerator.type, second.accelerator.name, second.accelerator.driver_version_section) == (
        "npu",
        "SNT9",
        "C8x",
    )
    assert (second.request_mode, second.architecture, second.status) == ("sync", "aarch64", "normal")


@pytest.mark.parametrize("name", [name for name in GPUS if name != "ai_engine"])
@pytest.mark.parametrize("length", [0, 1, 3, None])
def test_unequal_lengths_are_an_error_and_never_a_guess(name: str, length: int | None) -> None:
    values = GPUS[name]
    changed = {**GPUS, name: [*values, *values][:length]} if length is not None else {**GPUS, name: None}
    with pytest.raises(ResponseError) as caught:
        GetRuntimes().ask(engines(changed))
    assert "the runtimes of the engine PyTorch cannot be told apart" in str(caught.value)
    assert f"{name} {length or 0}" in str(caught.value)
    other = "arch" if name == "runtimes" else "runtimes"
    assert f"{other} 2" in str(caught.value)


@pytest.mark.parametrize("entry", [{"ai_engine": "Custom"}, {**{name: [] for name in GPUS}, "ai_engine": "Custom"}])
def test_an_engine_without_runtimes_has_no_record(entry: Values) -> None:
    assert GetRuntimes().ask(engines(entry)) == []


def test_a_list_that_is_none_and_a_runtime_without_accelerator_are_errors() -> None:
    with pytest.raises(ResponseError, match="PyTorch: arch should be a list"):
        GetRuntimes().ask(engines({**GPUS, "arch": "x86_64"}))
    with pytest.raises(ResponseError) as caught:
        GetRuntimes().ask(engines({**GPUS, "accelerators": [{"type": "gpu"}, None]}))
    assert "the runtime pytorch-snt9b of PyTorch" in str(caught.value)
    assert "accelerator: Field required" in str(caught.value)


def test_the_same_name_under_two_engines_is_two_runtimes() -> None:
    found = GetRuntimes().ask(engines(GPUS, {**GPUS, "ai_engine": "TensorFlow"}))
    assert [one.engine for one in found if one.runtime == "python3.6"] == ["PyTorch", "TensorFlow"]


def test_runtimes_are_selected_by_what_is_given() -> None:
    found = GetRuntimes().ask(engines(GPUS, {**GPUS, "ai_engine": "TensorFlow"}))

    def keys(**wanted: str | None) -> list[tuple[str, str]]:
        return [(one.engine, one.runtime) for one in GetRuntimes(**{"status": None, **wanted}).select(found)]

    assert len(keys()) == 4
    assert len(keys(engine="PyTorch")) == 2
    assert keys(engine="PyTorch", status="normal") == [("PyTorch", "pytorch-snt9b")]
    assert keys(engine="TensorFlow", accelerator="gpu") == [("TensorFlow", "python3.6")]
    assert keys(engine="PyTorch", architecture="aarch64") == [("PyTorch", "pytorch-snt9b")]
    assert keys(engine="pytorch") == []


def test_the_runtimes_of_the_emulator(world: World) -> None:
    found = GetRuntimes().ask(CONNECTIONS.today(world.context(), None).client())
    counts = {name: sum(one.engine == name for one in found) for name in ("TensorFlow", "PyTorch", "MindSpore")}
    assert counts == {"TensorFlow": 10, "PyTorch": 6, "MindSpore": 3}
    assert len(found) == 19
    assert len({(one.engine, one.runtime) for one in found}) == 19
    [asynchronous] = [one for one in found if one.request_mode == "async"]
    assert asynchronous.runtime == "tf1.13-python3.7-gpu-async"
    [npu] = [one for one in found if one.accelerator.type == "npu"]
    assert (npu.accelerator.name, npu.accelerator.driver_version_section, npu.architecture) == (
        "SNT9",
        "C8x",
        "aarch64",
    )
    assert sum(one.accelerator.cuda_version == "cuda 10.2" for one in found) == 4
