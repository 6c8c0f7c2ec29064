"""What a preview finds out about the models of a service, and whether they fit their flavours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.plan_checks import (
    ARM,
    CPU,
    GPU,
    NPU,
    RUNTIMES,
    asked,
    new_checked_world,
    seed,
    seed_model,
    service,
    set_,
    told,
)
from tests.support.world import World, item


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud with three flavours, and nothing asked yet."""
    with new_checked_world(tmp_path) as world:
        yield world


def test_an_unknown_model_is_not_judged_where_there_is_none(world: World) -> None:
    assert told(world, service(item("who-knows"))) == []


def test_an_unknown_model_is_refused(world: World) -> None:
    seed_model(world, "11111111-aaaa")
    assert told(world, service(item("11111111-aaab"))) == [
        "config[0].model_id: there is no model 11111111-aaab in this project; did you mean `11111111-aaaa`?"
    ]


def test_models_are_looked_for_in_the_services_workspace(world: World) -> None:
    seed_model(world, "22222222-aaaa")
    seed_model(world, "11111111-aaaa", workspace_id="workspace-1")
    values = service(item("11111111-aaab"))
    for workspace, hint in [("workspace-1", "; did you mean `11111111-aaaa`?"), ("0", "")]:
        assert told(world, {**values, "workspace_id": workspace}) == [
            f"config[0].model_id: there is no model 11111111-aaab in this project{hint}"
        ]


def test_a_name_in_place_of_an_id_is_explained(world: World) -> None:
    seed_model(world, "id-1", create_at=1)
    seed_model(world, "id-2", create_at=2, model_version="1.1.0")
    assert told(world, service(item("digits"))) == [
        "config[0].model_id: there is no model digits in this project; "
        "it is the name of a model, whose newest version 1.1.0 has the id id-2"
    ]


@pytest.mark.parametrize("status", ["publishing", "building"])
def test_a_model_that_is_not_ready_yet_is_refused(world: World, status: str) -> None:
    seed_model(world, model_status=status)
    assert told(world, service()) == [
        f"config[0].model_id: digits 1.0.0 (model-a) is still {status}; wait until it is published, then run again"
    ]


@pytest.mark.parametrize("status", ["failed", "building_failed"])
def test_a_model_that_failed_is_refused(world: World, status: str) -> None:
    seed_model(world, model_status=status)
    assert told(world, service()) == [
        f"config[0].model_id: digits 1.0.0 (model-a) is {status} and can never be deployed; make a new version"
    ]


def test_a_model_for_other_services_is_refused(world: World) -> None:
    seed_model(world, install_type=["batch", "edge"])
    assert told(world, service()) == [
        "config[0].model_id: digits 1.0.0 (model-a) is for batch and edge services, not for real-time ones "
        "(its install_type)"
    ]


def test_install_types_as_the_samples_answer_them(world: World) -> None:
    seed_model(world, install_type=["real-time"])
    set_(world, models_as_in_samples=True)
    assert told(world, service()) == []


def test_a_batch_service_needs_input_params(world: World) -> None:
    seed_model(world, input_params=[])
    assert told(world, service(infer_type="batch")) == [
        "config[0].model_id: digits 1.0.0 (model-a) has no input_params, which batch services need; "
        "make a version with apis"
    ]
    assert told(world, service()) == []


def test_where_the_cloud_answers_no_input_params_it_is_a_warning(world: World) -> None:
    seed_model(world)
    assert told(world, service(infer_type="batch")) == []
    assert world.warned == [
        "digits 1.0.0 (model-a) answers no input_params; the cloud refuses batch services of models without them"
    ]


def test_a_runtime_for_another_processor_is_refused(world: World) -> None:
    seed_model(world, model_type="PyTorch", runtime=ARM)
    (problem,) = told(world, service(item(specification=NPU)))
    assert problem == (
        f'config[0].specification: "{NPU}" is x86, and the runtime "{ARM}" of the model digits 1.0.0 is for aarch64'
    )


def test_a_flavour_for_that_processor_is_fine(world: World) -> None:
    seed_model(world, model_type="PyTorch", runtime=ARM)
    seed(
        world,
        flavours=[{"specification": "modelarts.vm.arm", "category": "NPU", "cpu_info": {"arch": "arm", "cpu": 2}}],
    )
    assert told(world, service(item(specification="modelarts.vm.arm"))) == []
    assert world.warned == []


def test_a_runtime_for_another_accelerator_is_a_warning(world: World) -> None:
    seed_model(world, model_type="TensorFlow", runtime="tf1.13-python3.7-gpu")
    assert told(world, service(item(specification=CPU))) == []
    assert world.warned == [
        'config[0].specification: the runtime "tf1.13-python3.7-gpu" of the model digits 1.0.0 is listed for gpu, '
        f'and the flavour "{CPU}" is of the category CPU'
    ]


def test_a_runtime_without_an_accelerator_runs_anywhere(world: World) -> None:
    seed_model(world, model_type="TensorFlow", runtime="tf1.13-python3.7-cpu")
    assert told(world, service(item("model-a", specification=CPU))) == []
    assert told(world, service(item("model-a", specification=GPU))) == []
    assert world.warned == []


@pytest.mark.parametrize("kind", ["Image", "Custom", "Template"])
def test_models_without_runtimes_ask_for_none(world: World, kind: str) -> None:
    seed_model(world, model_type=kind, runtime="python3.6")
    assert told(world, service()) == []
    assert RUNTIMES not in asked(world)
