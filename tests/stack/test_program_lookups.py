"""Lookups in a program of the real engine: what they answer may go wherever Pulumi takes a value."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.cloud import Cloud
from tests.support.projects import Project

NewProject = Callable[..., Project]

CANARY = "planted-value-of-a-variable"
MODEL = "model-a"

# A value that Pulumi unwraps for ever takes gigabytes long before the patience of the test is at its end.
PROGRAM = f"""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    import pulumi
    from pulumi_inference import modelarts

    made = modelarts.Service(
        "classifier",
        config=[modelarts.ServiceConfigArgs(model_id="{MODEL}", specification="modelarts.vm.cpu.2u")],
        secret_envs={{"{MODEL}": {{"TOKEN": "{CANARY}"}}}},
    )
    known = pulumi.Config().get("service")

    later = modelarts.get_service_output(made.service_id)
    pulumi.export("later", later)
    pulumi.export("listed later", modelarts.get_services_output(name=made.name))
    pulumi.export("none later", modelarts.get_services_output(name="nope"))
    pulumi.export("none", modelarts.get_services(name="nope"))
    pulumi.export("flavours", modelarts.get_flavours(category="NPU"))
    pulumi.export("flavours later", modelarts.get_flavours_output(category="NPU"))
    pulumi.export("all", pulumi.Output.all(modelarts.get_pools(), later, modelarts.get_services(name="nope")))
    pulumi.export("nested", {{"deep": [later, modelarts.get_services(name="nope"), later.config[0]]}})
    pulumi.export("attribute", pulumi.Output.all(later).apply(lambda found: found[0].config[0].model_id))

    if known:
        plain = modelarts.get_service(known)
        pulumi.export("plain", plain)
        pulumi.export("plain list", modelarts.get_services(name=plain.name))
        pulumi.export("plain all", pulumi.Output.all(plain).apply(lambda found: found[0].name))
        pulumi.export("plain nested", {{"deep": [plain, plain.config], "one": plain.config[0]}})
        pulumi.export("events", modelarts.get_service_events(known))
        pulumi.export("monitor", modelarts.get_service_monitor(known))
        pulumi.export("roll-outs", modelarts.get_service_update_records(known))
        modelarts.Service(
            "copy",
            config=[{{"model_id": one.model_id, "specification": one.specification}} for one in plain.config],
            description=later.name,
        )

        async def main():
            awaited = await modelarts.get_service(known)
            return {{"awaited": awaited.name, "awaited list": [one.name for one in await modelarts.get_services()]}}

        pulumi.run(main)
"""


def test_every_answer_may_be_exported_nested_and_an_input(new_project: NewProject, cloud: Cloud) -> None:
    project = new_project(PROGRAM)
    first = project.up()
    assert first.ok, str(first)
    service_id = cloud.only_service()["service_id"]
    project.config["trial:service"] = service_id
    project.configure()
    preview = project.preview()
    assert preview.ok, str(preview)
    second = project.up()
    assert second.ok, str(second)

    found = project.outputs()
    for name in ("later", "plain"):
        assert (found[name]["service_id"], found[name]["config"][0]["model_id"]) == (service_id, MODEL)
        assert found[name]["config"][0]["envs"] == {"TOKEN": CANARY}
    assert found["none"] == found["none later"] == []
    assert [one["service_id"] for one in found["listed later"]] == [service_id]
    assert [one["service_id"] for one in found["plain list"]] == [service_id]
    assert found["flavours"] == found["flavours later"]
    assert found["flavours"][0]["npu_info"]["npu"] == 1
    assert found["attribute"] == MODEL
    assert found["plain all"] == found["plain"]["name"]
    assert found["nested"]["deep"] == [found["later"], [], found["later"]["config"][0]]
    assert found["plain nested"] == {
        "deep": [found["plain"], found["plain"]["config"]],
        "one": found["plain"]["config"][0],
    }
    assert found["awaited"] == found["plain"]["name"]
    for told in (first, preview, second):
        assert CANARY not in told.text
    assert CANARY not in json.dumps(project.export())


NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("kind", ["Service", "Schedule", "Model"])
def test_get_refuses_an_id_that_does_not_exist(new_project: NewProject, kind: str) -> None:
    project = new_project(
        f"""
        from pulumi_inference import modelarts

        modelarts.{kind}.get("other", "{NOBODY}")
        """
    )
    for told in (project.preview(), project.up()):
        assert not told.ok
        assert told.lines(f"there is no modelarts.{kind} {NOBODY}"), str(told)
        assert "Traceback" not in told.text


def test_a_key_that_means_nothing_ends_preview_and_up(new_project: NewProject, cloud: Cloud) -> None:
    project = new_project(config={"inference:modelartsRegoin": "cn-east-3"})
    for told in (project.preview(), project.up()):
        assert not told.ok
        assert told.lines("there is no setting inference:modelartsRegoin; did you mean `modelartsRegion`?"), str(told)
        assert "Traceback" not in told.text
    assert cloud.services() == []
