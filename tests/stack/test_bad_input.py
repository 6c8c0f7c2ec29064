"""A mistake in the program is told by the preview, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud

ITEM = {"model_id": "m", "specification": "modelarts.vm.cpu.2u"}
OTHER = {"model_id": "n", "specification": "modelarts.vm.cpu.2u"}
CUSTOM = {"model_id": "m", "specification": "custom"}
BOTH = {"cpu": 1, "memory": 1024, "gpu_p4": 1, "ascend_a310": 1}

MISTAKES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "a wrong type": (
        {"config": [{**ITEM, "instance_count": "two"}]},
        ["config[0].instance_count", "two"],
    ),
    "an unknown field": (
        {"config": [{**ITEM, "instnce_count": 2}]},
        ["config[0]", "instnce_count", "did you mean", "instance_count"],
    ),
    "weights of 90": (
        {"config": [{**ITEM, "weight": 60}, {**OTHER, "weight": 30}]},
        ["config: weights add up to 90, must be 100 (config[0]=60, config[1]=30)"],
    ),
    "two accelerators": (
        {"pool_name": "pool-a", "config": [{**CUSTOM, "custom_spec": BOTH}]},
        ["config[0].custom_spec.ascend_a310: cannot be combined with gpu_p4; remove one of the two"],
    ),
    "custom without custom_spec": (
        {"pool_name": "pool-a", "config": [CUSTOM]},
        ["config[0].custom_spec: is required"],
    ),
    "an unknown flavour": (
        {"config": [{**ITEM, "specification": "cpu.2u"}]},
        ["config[0].specification", "cpu.2u", "modelarts.vm.cpu.2u"],
    ),
    "a name with a space": (
        {"name": "my service", "config": [ITEM]},
        ["name:", "1 to 64 letters"],
    ),
    "a model twice": (
        {"config": [{**ITEM, "weight": 50}, {**ITEM, "weight": 50}]},
        ["config[1].model_id", "each model only once"],
    ),
    "a secret of no model": (
        {"config": [ITEM], "secret_envs": {"other": {"KEY": "hunter2"}}},
        ["secret_envs.other"],
    ),
    "a secret of a wrong type": (
        {"config": [ITEM], "secret_envs": {"m": "hunter2"}},
        ["secret_envs.m"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_its_path(cloud: Cloud, new_project: NewProject, mistake: str) -> None:
    arguments, words = MISTAKES[mistake]
    project = new_project(f"""
        from pulumi_inference import modelarts

        modelarts.Service("classifier", **{arguments!r})
    """)
    shown = project.preview()
    assert not shown.ok
    assert shown.lines("'classifier' has a problem", *words), shown.text
    assert "Traceback" not in shown.text, shown.text
    assert "hunter2" not in shown.text, shown.text
    assert cloud.sent() == []


def test_all_mistakes_of_a_service_are_told_together(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project("""
        from pulumi_inference import modelarts

        modelarts.Service(
            "classifier",
            name="my service",
            priority=7,
            config=[{"model_id": "m", "specification": "modelarts.vm.cpu.2u", "instance_count": 0}],
        )
    """)
    shown = project.preview()
    for path in ("name:", "priority:", "config[0].instance_count:"):
        assert shown.lines("has a problem", path), shown.text


def test_the_import_option_answers_with_the_command(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument('opts=pulumi.ResourceOptions(import_="1234-5678")')
    shown = project.preview()
    assert not shown.ok
    assert shown.lines("pulumi-inference import modelarts service 1234-5678 --name classifier"), shown.text
    assert "Traceback" not in shown.text, shown.text
