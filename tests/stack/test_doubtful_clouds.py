"""A cloud that answers something else than the truth, through the real engine: the state keeps what is there."""

from __future__ import annotations

import json

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.programs import NO_SERVICE

DETAIL = "/services/[^/]+$"
MISSING = {"status": 404, "error_code": "ModelArts.3502"}
INTERNAL = json.dumps({"error_code": "ModelArts.0010", "error_msg": "internal error"})


@pytest.mark.parametrize("body", ["{}", INTERNAL], ids=["an empty object", "an error"])
def test_what_is_no_service_is_an_error_and_no_change(cloud: Cloud, new_project: NewProject, body: str) -> None:
    project = new_project()
    assert project.up().ok
    before = project.only_resource()
    cloud.fault(method="GET", path=DETAIL, status=200, body=body, count=None)
    refreshed = project.refresh()
    assert not refreshed.ok
    assert refreshed.lines("the service") or refreshed.lines("/services/"), refreshed
    assert "Traceback" not in refreshed.text
    assert project.only_resource()["outputs"] == before["outputs"]

    cloud.admin("DELETE", "/faults")
    cloud.fault(method="GET", path=DETAIL, status=200, body=body)
    assert project.planned() == [], "once is asked again"


def test_a_service_that_is_missing_for_a_moment_is_deleted_and_not_forgotten(
    cloud: Cloud, new_project: NewProject
) -> None:
    project = new_project()
    cloud.fault(method="GET", path=DETAIL, **MISSING)
    made = project.up()
    assert made.ok, made
    cloud.fault(method="GET", path=DETAIL, **MISSING)
    destroyed = project.destroy()
    assert destroyed.ok, destroyed
    assert cloud.services() == []


def test_what_was_gone_before_a_destroy_is_told(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    assert project.up().ok
    cloud.vanish()
    project.write(NO_SERVICE)
    destroyed = project.up()
    assert destroyed.ok, destroyed
    assert destroyed.lines("was gone already; nothing was deleted"), destroyed


def test_writes_whose_answers_are_errors_in_disguise_are_looked_after(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    cloud.fault(method="POST", path="/services$", status=200, body=INTERNAL, commit=True)
    made = project.up()
    assert made.ok, made
    assert made.lines("the answer to the create call was lost, and classifier-"), made
    service = cloud.only_service()["service_id"]
    assert project.only_resource()["id"] == service

    project.edit('description="first"', 'description="second"')
    cloud.fault(method="PUT", path=DETAIL, status=200, body=INTERNAL)
    changed = project.up()
    assert changed.ok, changed
    assert cloud.only_service()["description"] == "second"
    assert project.planned() == []
