"""What somebody changed behind the program's back is shown by a preview and put back by `up`."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.hostile import ACTS, HOSTILE

REFRESH = pytest.mark.parametrize("refresh", [True, False], ids=["refreshing", "not refreshing"])
SERVED = pytest.mark.parametrize("cloud", ["served"], indirect=True)


@SERVED
def test_a_scaled_service_is_shown_as_just_that_property(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    service = cloud.only_service()
    [item] = service["config"]
    kept = {name: item[name] for name in ("model_id", "specification", "weight", "envs")}
    cloud.api("PUT", f"/services/{service['service_id']}", {"config": [{**kept, "instance_count": 5}]})
    cloud.admin("POST", "/clock", {"advance": 5})
    assert cloud.only_service()["status"] == "running"

    shown = project.preview("--diff")
    assert shown.ok, shown.text
    planned = shown.stdout.partition(": (update)")[2]
    changed = [line for line in planned.splitlines() if "=>" in line]
    assert [line.split() for line in changed] == [["~", "instance_count:", "5", "=>", "2"]]
    [step] = project.planned()
    assert (step.op, step.paths) == ("update", {"config[0].instance_count"})

    assert project.up().ok
    assert cloud.only_service()["config"][0]["instance_count"] == 2
    assert project.planned() == []


def test_without_refresh_a_scaled_service_is_told_on_its_row(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})

    shown = project.preview()
    assert shown.ok, shown.text
    assert shown.lines("config[0].instance_count", "program 2", "live 5"), shown.text
    assert shown.lines("~ 1 to update"), shown.text

    put_back = project.up()
    assert put_back.ok, put_back.text
    assert put_back.lines("config[0].instance_count", "program 2", "live 5"), put_back.text
    assert cloud.only_service()["config"][0]["instance_count"] == 2
    assert project.up().lines("2 unchanged")


@REFRESH
def test_every_foreign_change_is_shown_and_put_back(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    assert project.up().ok
    former = cloud.only_service()
    [item] = former["config"]
    added = {"model_id": "model-x", "specification": "modelarts.vm.cpu.2u", "instance_count": 1, "weight": 40}
    item = {**item, "weight": 60, "envs": {**item["envs"], "DEBUG": "1"}}
    cloud.change(description="somebody else's", config=[item, added])

    if refresh:
        [step] = project.planned()
        assert step.paths == {"description", "config[0].weight", "config[0].envs.DEBUG", "config[1]"}
    else:
        shown = project.preview()
        for words in (["description", "somebody else's"], ["config[0].weight", "60"], ["DEBUG"], ["model-x"]):
            assert shown.lines("changed outside of the program", *words), shown.text

    put_back = project.up()
    assert put_back.ok, put_back.text
    service = cloud.only_service()
    assert service["description"] == "first"
    assert [one["model_id"] for one in service["config"]] == ["model-a"]
    assert (service["config"][0]["envs"], service["config"][0]["weight"]) == ({"BATCH": "8"}, 100)
    assert project.planned() == []


@REFRESH
def test_a_stopped_service_is_started_only_when_the_program_says_so(
    cloud: Cloud, new_project: NewProject, refresh: bool
) -> None:
    project = new_project(refresh=refresh)
    assert project.up().ok
    cloud.change(status="stopped")
    assert project.planned() == [], "starting and stopping is not managed without desired_status"

    project.add_argument('desired_status="running"')
    [step] = project.planned()
    assert (step.op, step.paths) == ("update", {"desired_status"})
    cloud.forget_requests()
    started = project.up()
    assert started.ok, started.text
    assert [one.body for one in cloud.sent("PUT", "POST")] == [{"status": "running"}]
    assert cloud.only_service()["status"] == "running"

    cloud.change(status="stopped")
    shown = project.preview("--diff")
    words = ["desired_status", '"stopped" => "running"'] if refresh else ["desired_status", "live 'stopped'"]
    assert shown.lines(*words), shown.text
    assert project.up().ok
    assert cloud.only_service()["status"] == "running"


@REFRESH
def test_a_service_deleted_in_the_console_is_made_anew(cloud: Cloud, new_project: NewProject, refresh: bool) -> None:
    project = new_project(refresh=refresh)
    assert project.up().ok
    former = cloud.only_service()["service_id"]
    cloud.vanish()

    shown = project.preview()
    assert shown.ok, shown.text
    if refresh:
        assert "create" in [step.op for step in project.planned()]
    else:
        assert shown.lines("is gone from the cloud; it will be made anew"), shown.text

    made = project.up()
    assert made.ok, made.text
    service = cloud.only_service()
    assert service["service_id"] != former
    assert project.only_resource()["id"] == service["service_id"]
    assert project.outputs()["id"] == service["service_id"]


def test_a_service_deleted_in_the_console_can_be_destroyed(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    assert project.up().ok
    cloud.vanish()

    destroyed = project.destroy()
    assert destroyed.ok, destroyed.text
    assert project.resources() == []


def test_refresh_takes_over_what_is_there(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    assert project.up().ok
    cloud.change(config={"model-a": {"instance_count": 5}})

    refreshed = project.refresh()
    assert refreshed.ok, refreshed.text
    assert project.only_resource()["outputs"]["config"][0]["instance_count"] == 5
    assert project.only_resource()["inputs"]["config"][0]["instance_count"] == 5


def test_what_somebody_wrote_in_the_cloud_acts_on_no_row(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    cloud.change(description=HOSTILE)
    shown = project.preview()
    assert shown.lines("description"), shown.text
    assert not ACTS.search(shown.text), repr(shown.text)
