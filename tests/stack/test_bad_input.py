"""A mistake in the program is told by the preview, before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud

BOTH = {"cpu": 1, "memory": 1024, "gpu_p4": 1, "ascend_a310": 1}


def item(model_id: str, **more: Any) -> dict[str, Any]:
    return {"model_id": model_id, "specification": "modelarts.vm.cpu.2u", **more}


# Services with several mistakes each, because a run of the engine takes long; each message is one line of its own.
MISTAKES: dict[str, tuple[dict[str, Any], list[list[str]]]] = {
    "types": (
        {
            "priority": 7,
            "config": [item("m", instance_count="two", instnce_count=2)],
            "secret_envs": {"m": "hunter2"},
        },
        [
            ["priority:"],
            ["config[0].instance_count", "two"],
            ["config[0]", "instnce_count", "did you mean", "instance_count"],
            ["secret_envs.m"],
        ],
    ),
    "rules": (
        {
            "name": "my service",
            "config": [item("m", weight=60), item("m", weight=20), item("n", specification="cpu.2u", weight=10)],
            "secret_envs": {"other": {"KEY": "hunter2"}},
        },
        [
            ["name:", "1 to 64 letters"],
            ["config: weights add up to 90, must be 100 (config[0]=60, config[1]=20, config[2]=10)"],
            ["config[1].model_id", "each model only once"],
            ["config[2].specification", "cpu.2u", "modelarts.vm.cpu.2u"],
            ["secret_envs.other"],
        ],
    ),
    "custom flavours": (
        {
            "pool_name": "pool-a",
            "config": [
                item("m", specification="custom", custom_spec=BOTH, weight=50),
                item("n", specification="custom", weight=50),
            ],
        },
        [
            ["config[0].custom_spec.ascend_a310: cannot be combined with gpu_p4; remove one of the two"],
            ["config[1].custom_spec: is required"],
        ],
    ),
}


@pytest.mark.parametrize("mistakes", MISTAKES)
def test_all_mistakes_of_a_service_are_told_with_their_paths(
    cloud: Cloud, new_project: NewProject, mistakes: str
) -> None:
    arguments, messages = MISTAKES[mistakes]
    project = new_project(f"""
        from pulumi_inference import modelarts

        modelarts.Service("classifier", **{arguments!r})
    """)
    shown = project.preview()
    assert not shown.ok
    for words in messages:
        assert shown.lines("'classifier' has a problem", *words), shown.text
    assert "Traceback" not in shown.text, shown.text
    assert "hunter2" not in shown.text, shown.text
    assert cloud.sent() == []


def test_the_import_option_answers_with_the_command(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument('opts=pulumi.ResourceOptions(import_="1234-5678")')
    shown = project.preview()
    assert not shown.ok
    assert shown.lines("pulumi-inference import modelarts service 1234-5678 --name classifier"), shown.text
    assert "Traceback" not in shown.text, shown.text
