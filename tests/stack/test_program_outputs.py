"""Outputs that a program reads, with the real engine."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.projects import STACK

PROGRAM = """
    import pulumi
    from pulumi_inference import modelarts

    classifier = modelarts.Service(
        "classifier",
        config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "instance_count": 2}],
    )
    for output in ("access_address", "name", "infer_type", "description", "due_time", "config", "publish_at_iso"):
        pulumi.export(output, getattr(classifier, output))
"""

REFRESH = pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])


@REFRESH
def test_every_output_is_there_and_known_in_the_preview_of_what_stays(
    cloud: Cloud, new_project: NewProject, refresh: bool
) -> None:
    project = new_project(PROGRAM, refresh=refresh)
    assert project.up().ok

    outputs = project.outputs()
    [service] = [one for one in project.resources() if one["urn"].endswith("::classifier")]
    assert outputs["access_address"] == service["outputs"]["access_address"]
    assert outputs["name"] == service["outputs"]["name"]
    assert outputs["infer_type"] == "real-time"
    assert (outputs.get("description"), outputs.get("due_time")) == (None, None)
    assert outputs["config"][0]["instance_count"] == 2
    assert outputs["publish_at_iso"].endswith("Z")

    again = project.preview("--diff")
    assert again.lines("2 unchanged"), again.text
    assert not again.lines("Outputs") and not again.lines("access_address"), again.text


def test_what_is_looked_up_of_a_service_that_exists(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    assert project.up().ok
    thing = next(one["id"] for one in project.resources() if one["urn"].endswith("::classifier"))
    project.write(
        f"""
        import pulumi
        from pulumi_inference import modelarts

        other = modelarts.Service.get("other", "{thing}")
        pulumi.export("status", other.status)
        pulumi.export("model", other.config[0]["model_id"])
        """
    )
    read = project.up()
    assert read.ok, read.text
    assert project.outputs()["status"] == "running"
    assert project.outputs()["model"] == "model-a"


def test_what_the_program_makes_secret_is_never_shown(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    option = 'opts=pulumi.ResourceOptions(additional_secret_outputs=["access_address"])'
    project.edit('"instance_count": 2}],\n', f'"instance_count": 2}}],\n    {option},\n')
    made = project.up()
    assert made.ok, made.text
    address = project.outputs()["access_address"]
    project.edit('"instance_count": 2', '"instance_count": 3')
    shown = [made, project.preview("--diff"), project.up(), project.run("stack", "output", "--stack", STACK)]
    assert address.startswith("http")
    assert not [one.text for one in shown if address in one.text]


def test_a_service_that_could_not_be_made_has_none(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    project.edit("description", "status")
    cloud.fault(method="POST", path="/services", status=400, count=None)
    failed = project.run("up", "--yes", "--skip-preview", "--continue-on-error", "--stack", STACK)
    assert not failed.ok
    assert failed.lines("classifier", "creating failed"), failed.text
    assert "Traceback" not in failed.text, failed.text
