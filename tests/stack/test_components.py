"""The page on components: its program deploys, and a service that exists moves into a component as it is."""

from __future__ import annotations

from tests.conftest import NewProject
from tests.docs import pages
from tests.support.cloud import Cloud

ALONE = """
    from pulumi_inference import modelarts

    modelarts.Service(
        "shop-service",
        config=[
            modelarts.ServiceConfigArgs(
                model_id="0c3f8a52-6d1e-4b0a-9f5c-2f7d6f0f1a11", specification="modelarts.vm.cpu.2u", instance_count=2
            )
        ],
        smoke_test=modelarts.SmokeTestArgs(body={"x": 1}, expect_status=200),
    )
"""


def test_a_service_moves_into_a_component(cloud: Cloud, new_project: NewProject) -> None:
    [block] = pages.blocks(pages.read("docs/components.md"), "python")
    project = new_project(ALONE)
    created = project.up()
    assert created.ok, created.text
    before = cloud.only_service()["service_id"]

    project.write(block.text)
    assert "create" in {step.op for step in project.planned() if step.name == "shop-service"}
    alias = "pulumi.ResourceOptions(parent=self, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)])"
    project.edit(
        "            opts=inside,\n        )\n        modelarts",
        f"            opts={alias},\n        )\n        modelarts",
    )
    assert [step for step in project.planned() if step.name == "shop-service"] == []
    moved = project.up()
    assert moved.ok, moved.text
    assert cloud.only_service()["service_id"] == before
    assert project.outputs()["url"].endswith(before)
