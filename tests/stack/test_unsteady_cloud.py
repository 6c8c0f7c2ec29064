"""Overload, lost connections, outages and wrong access: mended where that is possible, told clearly where not."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from pulumi_inference.emulator.messages import Request
from tests.conftest import ENDPOINT, NewProject
from tests.support.cloud import Cloud
from tests.support.programs import NO_SERVICE

SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)

FAULTS: dict[str, dict[str, Any]] = {
    "too-many": {"status": 429, "headers": {"Retry-After": "1"}, "count": 2},
    "overloaded": {"status": 503, "count": 2},
    "reset-before": {"reset": True},
    "reset-after": {"reset": True, "commit": True},
    "error-before": {"status": 500},
    "error-after": {"status": 500, "commit": True},
    "cut-short": {"truncate_bytes": 5},
}


@SERVED
def test_each_fault_of_the_create_call_ends_with_just_one_service(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(f"""
        from pulumi_inference import modelarts

        for name in {list(FAULTS)}:
            modelarts.Service(
                name, name=name, config=[{{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}}]
            )
    """)
    waiting = dict(FAULTS)

    def hit(request: Request) -> None:
        if request.method == "POST":
            fault = waiting.pop(json.loads(request.body)["service_name"], None)
            if fault:
                cloud.fault(method="POST", **fault)

    cloud.before = hit
    result = project.up("--parallel", "1")
    assert result.ok, result.text
    assert not waiting
    assert sorted(one["service_name"] for one in cloud.services()) == sorted(FAULTS)
    assert {one["id"] for one in project.resources()} == {one["service_id"] for one in cloud.services()}


@SERVED
def test_a_storm_on_every_request_is_survived(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    for method in ("POST", "PUT", "GET", "DELETE"):
        cloud.fault(method=method, status=429, headers={"Retry-After": "1"}, count=1)
        cloud.fault(method=method, status=503, count=1)
    created = project.up()
    assert created.ok, created.text
    project.edit("instance_count=2", "instance_count=3")
    updated = project.up()
    assert updated.ok, updated.text
    assert cloud.only_service()["config"][0]["instance_count"] == 3
    destroyed = project.destroy()
    assert destroyed.ok, destroyed.text
    assert cloud.services() == []
    assert {one.status for one in cloud.sent()} >= {429, 503}


def test_an_unreachable_endpoint_is_told(new_project: NewProject) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        environment = {"HW_ACCESS_KEY": "a", "HW_SECRET_KEY": "b", "HW_PROJECT_ID": "c"}
        project = new_project(config={ENDPOINT: f"http://{address}"}, environment=environment)
        failed = project.up()
    assert not failed.ok
    assert failed.lines("classifier-", "was not created"), failed.text
    assert address in failed.text
    assert "Traceback" not in failed.text, failed.text
    assert project.resources() == []


@SERVED
def test_wrong_credentials_are_told_with_what_to_do(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(environment={"HW_SECRET_KEY": "not-the-secret-key"})
    failed = project.up()
    assert not failed.ok
    assert failed.lines("401"), failed.text
    assert failed.lines("secret key"), failed.text
    assert "not-the-secret-key" not in failed.text
    assert "Traceback" not in failed.text, failed.text

    del project.environment["HW_SECRET_KEY"]
    missing = project.preview()
    assert not missing.ok
    assert missing.lines("credentials"), missing.text
    assert missing.lines("HW_ACCESS_KEY and HW_SECRET_KEY"), missing.text
    assert "Traceback" not in missing.text, missing.text
    assert cloud.services() == []


@SERVED
def test_an_outage_of_reads_keeps_the_state(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    service = cloud.only_service()["service_id"]
    cloud.fault(method="GET", status=403, error_code="ModelArts.0203", error_msg="no permission", count=None)

    refreshed = project.preview()
    assert not refreshed.ok
    assert refreshed.lines("403"), refreshed.text
    assert "Traceback" not in refreshed.text, refreshed.text

    project.edit('description="first"', 'description="second"')
    compared = project.preview("--refresh=false")
    assert compared.ok, compared.text
    assert compared.lines("compared with the record only"), compared.text
    assert compared.lines("1 to update"), compared.text

    cloud.admin("DELETE", "/faults")
    assert project.only_resource()["id"] == service
    assert project.up().ok
    assert cloud.only_service()["description"] == "second"


def test_a_failing_delete_keeps_the_id(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    assert project.up().ok
    service = cloud.only_service()["service_id"]
    cloud.fault(method="DELETE", status=400, error_code="ModelArts.3604", error_msg="the service is in use")
    project.write(NO_SERVICE)

    failed = project.up()
    assert not failed.ok
    assert failed.lines("was not deleted", "ModelArts.3604"), failed.text
    assert project.only_resource()["id"] == service
    assert project.up().ok
    assert cloud.services() == []
