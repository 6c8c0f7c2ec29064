"""A mistake in the program is told by the preview, before anything is sent."""

from __future__ import annotations

import textwrap
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


UNFIT: dict[str, tuple[str, list[str]]] = {
    "what cannot travel": (
        """
        deep = {}
        deep["more"] = deep
        items = [
            {"instance_count": 10**400},
            {"instance_count": float("nan")},
            {"envs": {"A": "a\\0b"}},
            {"envs": {"A": "\\ud800"}},
            {"envs": {1: "a"}},
            {"envs": {"A": b"hunter2"}},
            {"cluster_id": datetime.date(2024, 1, 1)},
        ]
        modelarts.Service("classifier", config=items, smoke_test={"body": deep, "expect_json": [float("inf")]})
        """,
        [
            "config[0].instance_count: must be a number of at most",
            "config[1].instance_count: must be a number, not nan",
            "config[2].envs.A: must not hold the character NUL",
            "config[3].envs.A: must be Unicode text",
            "config[4].envs: has the key '1', which is no text; put it in quotes",
            "config[5].envs.A: must be text, a number, true, false, a list or a map, not bytes",
            "config[6].cluster_id: must be text, a number, true, false, a list or a map, not date",
            "smoke_test.body.more.more",
            "smoke_test.expect_json[0]: must be a number, not inf",
        ],
    ),
    "what cannot be meant": (
        """
        modelarts.Service(
            "classifier",
            config=[{"model_id": " ", "specification": "modelarts.vm.cpu.2u", "instance_count": 1e308}],
            timeouts={"create": 20},
            smoke_test={"expect_schema": {"$ref": "#"}, "timeout": "1" + "0" * 20 + "h"},
        )
        """,
        [
            "config[0].model_id: must not be blank",
            "config[0].instance_count: must be at most 2147483647, not 1e+308",
            'timeouts.create: must be a duration such as "20m" or "1h30m", not 20',
            'smoke_test.timeout: must be at most "720h"',
            "smoke_test.expect_schema.$ref: leads back to itself",
        ],
    ),
    "what is too much": (
        """
        tags = {f"tag{index}": "v" for index in range(100_000)}
        modelarts.Service("classifier", config=[], tags=tags)
        """,
        ["tags: is too much: a spec can hold at most 10,000 values in all"],
    ),
}


@pytest.mark.parametrize("kind", UNFIT)
def test_what_no_spec_can_hold_is_told_as_any_mistake(cloud: Cloud, new_project: NewProject, kind: str) -> None:
    program, messages = UNFIT[kind]
    imports = "import datetime\nfrom pulumi_inference import modelarts\n"
    shown = new_project(imports + textwrap.dedent(program)).preview()
    assert not shown.ok
    for message in messages:
        assert shown.lines("'classifier' has a problem", message), shown.text
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
