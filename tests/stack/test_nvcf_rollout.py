"""A function and its deployment on the real engine: another image goes live without a call that fails."""

from __future__ import annotations

import re

import pytest

from pulumi_inference.emulator.messages import Request
from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.functions import ECHO, ENDPOINT, Caller, functions, key_of, sent
from tests.support.projects import Project

SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)
BOTH = pytest.mark.parametrize("cloud", ["embedded", "served"], indirect=True)
ROLL_OUT = [
    "POST functions/F/versions",
    "POST deployments/functions/F/versions/V2",
    "DELETE deployments/functions/F/versions/V1?graceful=true",
    "DELETE functions/F/versions/V1",
]


@pytest.fixture
def project(cloud: Cloud, new_project: NewProject) -> Project:
    """A stack with a function and its deployment."""
    environment = {**key_of(cloud), "TOKEN_OF_THE_TEST": "hunter2"}
    made = new_project(ECHO, config={ENDPOINT: cloud.endpoint}, environment=environment)
    up = made.up()
    assert up.ok, up.text
    return made


@BOTH
def test_up_preview_refresh_and_destroy(cloud: Cloud, project: Project) -> None:
    [(version, deployed)] = functions(cloud)
    assert deployed is not None and deployed["functionStatus"] == "ACTIVE"
    assert project.outputs() == {"function_id": version["id"], "version_id": version["versionId"]}
    assert {one["id"] for one in project.resources()} == {f"{version['id']},{version['versionId']}"}
    assert project.planned() == []
    assert project.refresh("--expect-no-changes").ok
    destroyed = project.destroy()
    assert destroyed.ok, destroyed.text
    assert functions(cloud) == []
    assert sent(cloud, "DELETE", was=[version]) == [
        "DELETE deployments/functions/F/versions/V1?graceful=true",
        "DELETE functions/F/versions/V1",
    ]


@SERVED
def test_a_new_image_goes_live_before_the_old_one_ends_and_no_call_fails(cloud: Cloud, project: Project) -> None:
    [(before, _)] = functions(cloud)
    project.edit("echo:1", "echo:2")

    shown = project.preview("--diff")
    assert shown.lines("makes a new version of the function", before["id"], "whose id stays"), shown.text
    assert shown.lines('container_image: "nvcr.io/acme/echo:1" => "nvcr.io/acme/echo:2"'), shown.text
    assert shown.lines("+-2 to replace"), shown.text

    cloud.forget_requests()
    cloud.admin("PATCH", "/settings", {"nvcf.drain_seconds": 150.0})
    caller = Caller(cloud, before["id"])
    cloud.before = cloud.after = caller
    rolled = project.up()
    cloud.before = cloud.after = None
    assert rolled.ok, rolled.text

    [(after, deployed)] = functions(cloud)
    assert after["id"] == before["id"] == project.outputs()["function_id"]
    assert after["versionId"] != before["versionId"]
    assert after["containerImage"].endswith("echo:2") and deployed is not None
    assert sent(cloud, "POST", "PUT", "PATCH", "DELETE", was=[before]) == ROLL_OUT
    assert caller.failures == []
    assert set(caller.versions) == {before["versionId"], after["versionId"]}
    assert caller.versions[-1] == after["versionId"]
    assert project.planned() == []


@SERVED
def test_the_old_version_ends_when_the_new_one_is_active_and_the_last_request_is_done(
    cloud: Cloud, project: Project
) -> None:
    """What the cloud had, whenever the program wrote something."""
    seen: list[tuple[str, list[str]]] = []

    def look(request: Request) -> None:
        if request.method != "GET":
            states = ["gone" if one is None else str(one["functionStatus"]) for _, one in functions(cloud)]
            seen.append((request.method, states))

    cloud.before = look
    project.edit("echo:1", "echo:2")
    rolled = project.up()
    cloud.before = None
    assert rolled.ok, rolled.text
    assert seen == [
        ("POST", ["ACTIVE"]),
        ("POST", ["ACTIVE", "gone"]),
        ("DELETE", ["ACTIVE", "ACTIVE"]),
        ("DELETE", ["gone", "ACTIVE"]),
    ]


def test_more_instances_are_one_call(cloud: Cloud, project: Project) -> None:
    cloud.forget_requests()
    project.edit("max_instances=2", "max_instances=5")
    [step] = project.planned()
    assert (step.op, step.name, step.paths) == ("update", "echo", {"specifications[0].max_instances"})
    assert project.up().ok
    [call] = sent(cloud, "POST", "PUT", "PATCH", "DELETE")
    assert re.fullmatch("PATCH deployments/[0-9a-f-]+/gpu-specifications/[0-9a-f-]+", call)
    [(_, deployed)] = functions(cloud)
    assert deployed is not None
    assert deployed["deploymentSpecifications"][0]["maxInstances"] == 5


def test_what_only_another_deployment_can_bring_is_refused_or_said(cloud: Cloud, project: Project) -> None:
    project.edit('gpu="L40", instance_type="NCP.GPU.L40_1x"', 'gpu="L40S", instance_type="NCP.GPU.L40S_1x"')
    cloud.forget_requests()
    refused = project.preview()
    assert not refused.ok
    assert refused.lines("cannot change while the version is deployed"), refused.text
    assert refused.lines('Set on_redeploy="redeploy"'), refused.text
    assert "Traceback" not in refused.text
    assert sent(cloud, "POST", "PUT", "PATCH", "DELETE") == []

    project.edit("specifications=[", 'on_redeploy="redeploy",\n        specifications=[')
    shown = project.preview()
    assert shown.ok, shown.text
    assert shown.lines("undeploys the version and deploys it anew, so it is offline in between"), shown.text
    assert project.up().ok
    assert sent(cloud, "POST", "PUT", "PATCH", "DELETE") == [
        "DELETE deployments/functions/F/versions/V1?graceful=true",
        "POST deployments/functions/F/versions/V1",
    ]
    assert project.planned() == []
