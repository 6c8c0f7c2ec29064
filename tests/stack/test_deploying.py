"""One service from its first deployment to its end, with the fewest and smallest calls."""

from __future__ import annotations

import pytest

from tests.conftest import NewProject
from tests.support.cloud import Cloud
from tests.support.programs import ONE_SERVICE
from tests.support.projects import Step


@pytest.mark.parametrize("cloud", ["embedded", "served"], indirect=True)
def test_a_service_is_made_scaled_and_removed(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    created = project.up()
    assert created.ok, created.text
    service = cloud.only_service()
    outputs = project.outputs()
    assert outputs == {"id": service["service_id"], "url": service["access_address"]}
    assert (service["status"], service["config"][0]["instance_count"]) == ("running", 2)
    assert service["config"][0]["envs"] == {"BATCH": "8"}

    again = project.up()
    assert again.lines("2 unchanged"), again.text

    project.edit("instance_count=2", "instance_count=3")
    cloud.forget_requests()
    [step] = project.planned()
    assert (step.op, step.paths) == ("update", {"config[0].instance_count"})
    sent = [str(one).split("?")[0] for one in cloud.sent()]
    assert sorted(sent) == sorted(
        ["GET /services", "GET /services/specifications", f"GET /services/{service['service_id']}"]
    )

    scaled = project.up()
    assert scaled.ok, scaled.text
    assert cloud.only_service()["config"][0]["instance_count"] == 3
    [call] = cloud.sent("PUT", "POST", "DELETE")
    assert str(call) == f"PUT /services/{service['service_id']}/property"
    assert call.body == {
        "changed_property": "instance_count",
        "configs": [{"model_id": "model-a", "changed_value": "3"}],
    }

    destroyed = project.destroy()
    assert destroyed.ok, destroyed.text
    assert cloud.services() == []
    assert project.resources() == []


def test_each_change_is_sent_by_its_smallest_call(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    path = f"PUT /services/{cloud.only_service()['service_id']}"

    project.edit('description="first"', 'description="second"')
    cloud.forget_requests()
    described = project.up()
    assert described.ok, described.text
    [call] = cloud.sent("PUT", "POST", "DELETE")
    assert (str(call), call.body) == (path, {"description": "second"})
    assert cloud.only_service()["status"] == "running"

    project.edit('"BATCH": "8"', '"BATCH": "16"')
    project.add_argument('desired_status="stopped"')
    cloud.forget_requests()
    stopped = project.up()
    assert stopped.ok, stopped.text
    rollout, status = cloud.sent("PUT", "POST", "DELETE")
    assert (str(rollout), list(rollout.body)) == (path, ["config"])
    assert (str(status), status.body) == (path, {"status": "stopped"})
    service = cloud.only_service()
    assert (service["status"], service["config"][0]["envs"]) == ("stopped", {"BATCH": "16"})
    assert project.planned() == []


def test_a_preview_asks_once_for_each_service(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project("""
        from pulumi_inference import modelarts

        for index in range(5):
            modelarts.Service(
                f"service-{index}", config=[{"model_id": "model-a", "specification": "modelarts.vm.cpu.2u"}]
            )
    """)
    assert project.up().ok
    paths = {f"GET /services/{one['service_id']}" for one in cloud.services()}
    cloud.forget_requests()

    assert project.planned() == []
    assert sorted(map(str, cloud.sent())) == sorted(paths)


def test_a_first_preview_asks_whether_it_may_and_what_there_is(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert Step("create", "classifier", set(), ()) in project.planned()
    asked = {str(one).split("?")[0] for one in cloud.sent()}
    assert asked == {"GET /services", "GET /services/specifications", "GET /models/model-a", "GET /models"}


def test_a_model_that_only_moves_in_the_program_is_no_change(cloud: Cloud, new_project: NewProject) -> None:
    first = '{"model_id": "model-a", "weight": 60, "specification": "modelarts.vm.cpu.2u"}'
    second = '{"model_id": "model-b", "weight": 40, "specification": "modelarts.vm.cpu.2u"}'
    program = """
        from pulumi_inference import modelarts

        modelarts.Service("classifier", config=[ITEMS])
    """
    project = new_project(program.replace("ITEMS", f"{first}, {second}"))
    assert project.up().ok

    project.write(program.replace("ITEMS", f"{second}, {first}"))
    assert project.planned() == []


def test_get_reads_a_service_that_is_there(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project()
    assert project.up().ok
    service = cloud.only_service()
    found = f"""
    found = modelarts.Service.get("found", "{service["service_id"]}")
    pulumi.export("found_url", found.access_address)
    pulumi.export("found_name", found.name)
    pulumi.export("found_config", found.config)
    """
    project.write(ONE_SERVICE + found)
    cloud.forget_requests()
    result = project.up()
    assert result.ok, result.text
    assert cloud.sent("POST", "PUT", "DELETE") == []
    outputs = project.outputs()
    assert (outputs["found_url"], outputs["found_name"]) == (service["access_address"], service["service_name"])
    assert outputs["found_config"][0]["model_id"] == "model-a"
