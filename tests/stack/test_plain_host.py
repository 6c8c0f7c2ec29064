"""With PULUMI_INFERENCE_HOST=plain nothing reaches into Pulumi's host, and all stays correct."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud

PLAIN = {"PULUMI_INFERENCE_HOST": "plain"}


@pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])
def test_a_failed_deployment_is_kept_and_mended(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh, environment=PLAIN)
    cloud.deploy_fault("fail")
    failed = project.up()
    assert failed.lines("NO_CAPACITY"), failed.text
    broken = cloud.only_service()
    kept = project.only_resource()
    assert (kept["id"], kept["outputs"]["status"]) == (broken["service_id"], "failed")

    [step] = project.planned()
    assert step.op == "update"
    mended = project.up()
    assert mended.ok, mended.text
    assert cloud.only_service()["service_id"] == broken["service_id"]
    assert cloud.only_service()["status"] == "running"
    assert project.only_resource()["outputs"]["status"] == "running"
    assert project.planned() == []

    project.edit("instance_count=2", "instance_count=3")
    scaled = project.up()
    assert scaled.ok, scaled.text
    assert cloud.only_service()["config"][0]["instance_count"] == 3
    destroyed = project.destroy()
    assert destroyed.ok, destroyed.text
    assert cloud.services() == []


def test_a_rolled_back_update_is_tried_again(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(environment=PLAIN)
    assert project.up().ok
    project.edit('"BATCH": "8"', '"BATCH": "16"')
    cloud.deploy_fault("fail", phase="update")
    told = project.up()
    assert told.lines("went back to the former configuration"), told.text

    [step] = project.planned()
    assert step.op == "update"
    again = project.up()
    assert again.ok, again.text
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "16"}
