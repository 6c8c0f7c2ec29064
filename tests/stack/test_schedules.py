"""A schedule as a resource of its own, beside its service in one program."""

from __future__ import annotations

from tests.conftest import NewProject
from tests.support.cloud import Cloud

PROGRAM = """
    import pulumi
    from pulumi_inference import modelarts

    classifier = modelarts.Service(
        "classifier",
        config=[modelarts.ServiceConfigArgs(model_id="model-a", specification="modelarts.vm.cpu.2u")],
    )
    evening = modelarts.Schedule("evening-stop", service_id=classifier.service_id, time_unit="HOURS", duration=10)
    pulumi.export("due", evening.due_time)
"""
RESOURCE = (
    'evening = modelarts.Schedule("evening-stop", service_id=classifier.service_id, time_unit="HOURS", duration=10)\n'
    'pulumi.export("due", evening.due_time)\n'
)
INLINE = 'schedule=[modelarts.ServiceScheduleArgs(time_unit="HOURS", duration=10)],\n    config='


def test_a_schedule_lives_beside_its_service(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    made = project.up()
    assert made.ok, made.text
    service = cloud.only_service()
    assert service["schedule"] == [{"type": "stop", "time_unit": "HOURS", "duration": 10}]
    assert project.outputs() == {"due": service["due_time"]}
    assert project.planned() == []

    project.edit("duration=10", "duration=12")
    [step] = project.planned()
    assert (step.op, step.name, step.paths) == ("update", "evening-stop", {"duration"})

    # The pool is part of the automatic name, so that both services exist for a while.
    project.edit("config=", 'pool_name="pool-b", config=')
    replaced = project.up()
    assert replaced.ok, replaced.text
    former, service = service, cloud.only_service()
    assert service["service_id"] != former["service_id"]
    assert service["schedule"] == [{"type": "stop", "time_unit": "HOURS", "duration": 12}]
    assert {one["id"] for one in project.resources()} == {service["service_id"]}

    project.edit(RESOURCE.replace("duration=10", "duration=12"), "")
    cloud.forget_requests()
    removed = project.up()
    assert removed.ok, removed.text
    assert "schedule" not in cloud.only_service()
    assert [one.body for one in cloud.sent("PUT", "POST", "DELETE")] == [{"schedule": []}]


def test_a_service_has_one_schedule_only(cloud: Cloud, new_project: NewProject) -> None:
    project = new_project(PROGRAM)
    project.edit("config=", INLINE)
    refused = project.preview()
    assert not refused.ok
    assert refused.lines(
        "Schedule resource 'evening-stop' has a problem: service_id: the Service \"classifier\" has a schedule= of its "
        'own; remove that one, or the Schedule "evening-stop"'
    ), refused.text
    assert "Traceback" not in refused.text
    assert cloud.services() == []
