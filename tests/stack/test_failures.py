"""Deployments that fail, end never, or are rolled back: nothing is lost, and the next `up` mends it."""

from __future__ import annotations

from tests.conftest import ENDPOINT, NewProject
from tests.support.cloud import Cloud
from tests.support.hostile import ACTS, HOSTILE


def test_a_failed_deployment_is_kept_and_mended(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    cloud.deploy_fault("fail")

    failed = project.up()
    assert not failed.ok
    assert failed.lines("classifier-", "did not deploy", "ModelArts.3976: NO_CAPACITY"), failed.text
    assert failed.lines("last event", "insufficient resources"), failed.text
    assert "Traceback" not in failed.text
    broken = cloud.only_service()
    assert broken["status"] == "failed"
    kept = project.only_resource()
    assert kept["id"] == broken["service_id"]
    assert kept["initErrors"]

    shown = project.preview()
    assert shown.lines("unhealthy"), shown.text
    assert shown.lines("NO_CAPACITY"), shown.text
    assert shown.lines("1 to update"), shown.text

    project.edit("modelarts.vm.cpu.2u", "modelarts.vm.gpu.p4")
    mended = project.up()
    assert mended.ok, mended.text
    service = cloud.only_service()
    assert service["service_id"] == broken["service_id"]
    assert (service["status"], service["config"][0]["specification"]) == ("running", "modelarts.vm.gpu.p4")
    assert "initErrors" not in project.only_resource()
    assert project.planned() == []


def test_a_failed_deployment_is_tried_again_as_it_is(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(refresh=False)
    cloud.deploy_fault("fail")
    assert not project.up().ok
    broken = cloud.only_service()["service_id"]

    mended = project.up()
    assert mended.ok, mended.text
    service = cloud.only_service()
    assert (service["service_id"], service["status"]) == (broken, "running")
    assert project.up().lines("2 unchanged")


def test_a_service_that_breaks_later_is_shown_and_mended(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    cloud.change(status="failed", error_msg="ModelArts.3953: the container was killed")

    shown = project.preview()
    assert shown.lines("unhealthy"), shown.text
    assert shown.lines("ModelArts.3953: the container was killed"), shown.text

    mended = project.up()
    assert mended.ok, mended.text
    assert cloud.only_service()["status"] == "running"
    assert project.planned() == []


def test_a_silent_roll_back_is_told_and_tried_again(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    service = cloud.only_service()
    project.edit('"BATCH": "8"', '"BATCH": "16"')
    cloud.deploy_fault("fail", phase="update")

    failed = project.up()
    assert not failed.ok
    assert failed.lines("did not update", "went back to the former configuration"), failed.text
    assert failed.lines("last event", "NO_CAPACITY"), failed.text
    assert project.only_resource()["id"] == service["service_id"]
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "8"}

    [step] = project.planned()
    assert (step.op, step.paths) == ("update", {"config[0].envs.BATCH"})
    again = project.up()
    assert again.ok, again.text
    assert cloud.only_service()["config"][0]["envs"] == {"BATCH": "16"}
    assert project.planned() == []


def test_an_endless_deployment_ends_with_its_timeout(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument('timeouts={"create": "1s", "update": "30m"}')
    cloud.deploy_fault("hang")

    failed = project.up()
    assert not failed.ok
    assert failed.lines("did not deploy", "deploying"), failed.text
    hanging = cloud.only_service()["service_id"]
    assert project.only_resource()["id"] == hanging

    project.add_argument('opts=pulumi.ResourceOptions(custom_timeouts={"update": "1s"})')
    failed = project.up()
    assert not failed.ok, "custom_timeouts win over timeouts"
    assert failed.lines("did not update", "deploying") or failed.lines("was not changed", "deploying"), failed.text

    cloud.change(status="running")
    project.edit('{"update": "1s"}', '{"update": "30m"}')
    mended = project.up()
    assert mended.ok, mended.text
    assert cloud.only_service()["service_id"] == hanging
    assert project.planned() == []


def test_without_waiting_up_ends_at_once(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    project.add_argument("wait=False")
    cloud.deploy_fault("hang")

    started = project.up()
    assert started.ok, started.text
    assert cloud.only_service()["status"] == "deploying"
    assert project.planned() == []

    cloud.change(status="running")
    assert project.planned() == []
    cloud.change(status="failed", error_msg="ModelArts.3501: deployment timed out")
    assert project.preview().lines("ModelArts.3501: deployment timed out")


def test_a_taken_name_is_an_error_with_the_import_command(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    config = [{"model_id": "m", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 1}]
    body = {"service_name": "shop", "infer_type": "real-time", "config": config}
    taken = cloud.api("POST", "/services", body)["service_id"]
    project.add_argument('name="shop"')

    refused = project.up()
    assert not refused.ok
    command = f"pulumi-inference import modelarts service {taken} --name classifier"
    assert refused.lines(command), refused.text
    assert cloud.only_service()["service_id"] == taken
    assert project.resources() == []


def test_what_the_cloud_says_acts_on_no_terminal(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    cloud.deploy_fault("fail", error_msg=HOSTILE)
    failed = project.up()
    assert not failed.ok
    assert failed.lines("\\u001b[31mred"), failed.text
    assert not ACTS.search(failed.text)
    shown = project.preview()
    assert shown.lines("unhealthy"), shown.text
    assert not ACTS.search(shown.text)


def test_a_file_of_the_emulator_that_cannot_be_used_is_one_line(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(config={ENDPOINT: "emulator:broken.db"})
    (project.folder / "broken.db").write_bytes(b"no database" * 1000)
    failed = project.up()
    assert not failed.ok
    assert failed.lines("error:", "broken.db", "file is not a database; make it usable, or choose another file")
    assert "Traceback" not in failed.text, failed.text
