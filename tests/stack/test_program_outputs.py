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


DEPENDENT = """
    other = modelarts.Service(
        "other",
        config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "instance_count": 1}],
        description=classifier.access_address,
    )
    pulumi.export("address of the other", other.access_address)
    other.access_address.apply(lambda address: print("seen:", address))
"""


def test_nothing_comes_of_the_outputs_of_a_service_that_could_not_be_made(
    cloud: Cloud, new_project: NewProject
) -> None:
    project = new_project(PROGRAM.replace("description", "status") + DEPENDENT)
    cloud.fault(method="POST", path="/services", status=400, count=1)
    failed = project.run("up", "--yes", "--skip-preview", "--continue-on-error", "--stack", STACK)
    assert not failed.ok
    assert failed.lines("classifier", "creating failed"), failed.text
    assert "Traceback" not in failed.text, failed.text
    assert not failed.lines("other", "creat") and not failed.lines("seen:"), failed.text


def test_nothing_comes_of_the_outputs_of_a_service_that_could_not_be_changed(
    cloud: Cloud, new_project: NewProject
) -> None:
    project = new_project(PROGRAM + DEPENDENT)
    assert project.up().ok
    project.edit('"instance_count": 2', '"instance_count": 3')
    cloud.fault(method="PUT", path="/services", status=400, count=1)
    failed = project.run("up", "--yes", "--skip-preview", "--continue-on-error", "--stack", STACK)
    assert failed.lines("classifier", "updating failed"), failed.text
    assert not failed.lines("other", "updat") and not failed.lines("seen:"), failed.text


def test_what_is_left_out_has_no_outputs(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM + DEPENDENT)
    made = project.run("up", "--yes", "--skip-preview", "--target", "**classifier", "--stack", STACK)
    assert made.ok, made.text
    assert not made.lines("seen:"), made.text


@REFRESH
def test_a_whole_service_is_exported_with_all_its_outputs(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(PROGRAM + '    pulumi.export("service", classifier)\n', refresh=refresh)
    made = project.up()
    assert made.ok, made.text
    outputs = project.outputs()
    service = outputs["service"]
    assert {"id", "urn", "status", "config", "tags", "publish_at"} <= set(service)
    assert service["access_address"] == outputs["access_address"]
    again = project.preview("--diff")
    assert again.ok and "[unknown]" not in again.text, again.text
