"""What a preview finds in the list of runtimes against a model."""

from __future__ import annotations

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from tests.support.models import OBS, engine_model, model, problems_of
from tests.support.world import Values, World

ARM = "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b"


def seed(world: World, **things: list[Values]) -> None:
    world.cloud.admin("POST", "/seed", things)


GOOD_RUNTIMES = [
    engine_model(),
    engine_model(architecture="x86_64", accelerator="none"),
    engine_model(model_type="PyTorch", runtime=ARM, architecture="aarch64", accelerator="npu"),
    engine_model(model_type="PyTorch", runtime="python3.6"),
    engine_model(runtime=None),
    model(),
    model(model_type="Custom", runtime="mine"),
    engine_model(runtime=UNKNOWN),
    engine_model(model_type=UNKNOWN, runtime="x"),
    engine_model(architecture=UNKNOWN, accelerator=UNKNOWN),
]


@pytest.mark.parametrize("values", GOOD_RUNTIMES)
def test_runtimes_that_will_do(world: World, values: Values) -> None:
    assert problems_of(world, values) == []


BAD_RUNTIMES: dict[str, tuple[Values, str]] = {
    "unknown": (
        engine_model(runtime="tf1.13-python3.8-cpu"),
        'runtime: there is no runtime "tf1.13-python3.8-cpu" of TensorFlow; '
        "nearest: tf1.13-python3.6-cpu, tf1.13-python3.7-cpu, tf1.13-python3.6-gpu",
    ),
    "of another engine": (
        engine_model(runtime="python3.7"),
        'runtime: there is no runtime "python3.7" of TensorFlow; '
        "nearest: python3.6, tf1.13-python3.7-cpu, tf1.13-python3.7-gpu",
    ),
    "engine without any": (
        engine_model(model_type="XGBoost", runtime="python3.6"),
        "model_type: there are no runtimes of XGBoost here; there are some of TensorFlow, PyTorch, MindSpore",
    ),
    "another processor": (
        engine_model(model_type="PyTorch", runtime=ARM, architecture="x86_64"),
        f'architecture: the runtime "{ARM}" is for aarch64, not for x86_64; '
        "nearest: pytorch_1.8.0-cuda_10.2-py_3.7-ubuntu_18.04-x86_64, "
        "pytorch_1.8.2-cuda_11.1-py_3.7-ubuntu_18.04-x86_64, pytorch1.4-python3.7",
    ),
    "another accelerator": (
        engine_model(accelerator="gpu"),
        'accelerator: the runtimes list says none for "tf1.13-python3.7-cpu", not gpu; '
        "nearest: tf1.13-python3.7-gpu, tf1.13-python3.6-gpu, tf1.13-python3.7-aiflow-gpu",
    ),
    "nothing that would do": (
        engine_model(accelerator="npu"),
        'accelerator: the runtimes list says none for "tf1.13-python3.7-cpu", not npu; there is no other that would do',
    ),
}


@pytest.mark.parametrize(("values", "problem"), BAD_RUNTIMES.values(), ids=BAD_RUNTIMES)
def test_runtimes_that_will_not_do(world: World, values: Values, problem: str) -> None:
    assert problems_of(world, values) == [problem]


@pytest.mark.parametrize("status", ["deleted", "deleting"])
def test_a_runtime_that_is_deleted_is_refused_and_a_usable_one_named(world: World, status: str) -> None:
    world.cloud.admin("PATCH", "/runtimes/TensorFlow/tf1.13-python3.7-cpu", {"status": status})
    world.cloud.admin("PATCH", "/runtimes/TensorFlow/tf1.13-python3.6-cpu", {"status": "deleted"})
    seed(world, runtimes=[{"ai_engine": "TensorFlow", "runtime": "tf1.13-python3.7-cpu-2"}])
    assert problems_of(world, engine_model(architecture="x86_64")) == [
        f'runtime: "tf1.13-python3.7-cpu" of TensorFlow is {status} and can no longer be used; '
        "nearest: tf1.13-python3.7-cpu-2, python3.6, tensorflow_2.1.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64"
    ]


def test_a_runtimes_list_that_makes_no_sense_is_a_warning(world: World) -> None:
    seed(world, runtimes=[{"ai_engine": "TensorFlow", "runtimes": ["a", "b"], "arch": ["x86_64"]}])
    assert problems_of(world, engine_model()) == []
    assert "unequal lengths" in world.warned[0]


def test_the_runtime_of_a_model_that_is_as_it_was_is_not_asked_about(world: World) -> None:
    world.lifecycle = ModelLifecycle()
    old = world.valid(engine_model())
    world.next_operation()
    assert problems_of(world, engine_model(description="new", source_location=f"{OBS}2/"), old) == []
    assert world.cloud.sent() == []
    world.cloud.admin("PATCH", "/runtimes/TensorFlow/tf1.13-python3.7-cpu", {"status": "deleted"})
    assert problems_of(world, engine_model(architecture="x86_64"), old) != []
    assert problems_of(world, engine_model(), {**old, "project_id": "f" * 32}) != []
