"""What a preview says against the schedule of a service, and what create says when nobody has looked."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError, InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.schedules.lifecycle import ScheduleLifecycle
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from tests.support.schedules import FIVE_HOURS, MISSING, OTHER_URN, SIX_HOURS, URN, Go, made, schedule, service_of
from tests.support.world import Values, World, program


@pytest.fixture
def service(world: World) -> State:
    """A service that runs, in the world of a schedule."""
    return service_of(world)


def problems(world: World, values: Values, old: State | None = None, urn: str = URN) -> list[str]:
    world.next_operation()
    checked = world.lifecycle.check(world.context(urn), old.inputs if old else None, values)
    return [str(one) for one in checked.problems]


def test_another_schedule_is_an_error_that_says_what_is_there(world: World, service: State) -> None:
    world.cloud.change(schedule=[FIVE_HOURS])
    name = service.inputs["name"]
    [problem] = problems(world, schedule(service, duration=6))
    assert problem == (
        f"service_id: {name} has another schedule already, stop after 5 HOURS; remove that one first, or begin with "
        "just its values: then `pulumi up` takes it over"
    )
    assert problems(world, schedule(service)) == []
    assert problems(world, schedule(service, duration=UNKNOWN)) == []

    world.next_operation()
    inputs = world.known(world.valid(schedule(service), urn=URN))
    world.cloud.change(schedule=[SIX_HOURS])
    world.next_operation()
    with pytest.raises(InferenceError, match=f"{name} has another schedule already, stop after 6 HOURS"):
        world.lifecycle.create(world.context(URN), inputs)
    assert world.writes() == []


def test_a_schedule_cannot_move_to_a_service_that_has_another_one(world: World, service: State) -> None:
    state = made(world, service)
    world.lifecycle = ServiceLifecycle()
    other = world.create(program(name="other", schedule=[SIX_HOURS]), urn=OTHER_URN)
    world.lifecycle = ScheduleLifecycle()
    [problem] = problems(world, schedule(other), state)
    assert "has another schedule already, stop after 6 HOURS" in problem


def test_two_schedules_of_one_service_are_refused(world: World, service: State) -> None:
    world.valid(schedule(service), urn=URN)
    second = world.check(schedule(service), urn=OTHER_URN)
    assert [str(one) for one in second.problems] == [
        'service_id: the Schedule "evening" is for the same service; remove one of the two'
    ]
    assert world.check(schedule(service), urn=URN).problems == []


@pytest.mark.parametrize("inline", [SIX_HOURS, FIVE_HOURS], ids=["other values", "the same values"])
def test_a_service_with_a_schedule_of_its_own_is_refused_beside_one(
    world: World, service: State, inline: Values
) -> None:
    resource, state, values = world.lifecycle, made(world, service), program(schedule=[inline])
    world.lifecycle = ServiceLifecycle()
    inputs = world.known(world.valid(values, service))

    world.next_operation()
    world.lifecycle.diff(world.context(), service.id, service, inputs)
    checked = resource.check(world.context(URN), state.inputs, schedule(service))
    assert [str(one) for one in checked.problems] == [
        'service_id: the Service "classifier" has a schedule= of its own; remove that one, or this Schedule'
    ]

    world.next_operation()
    assert resource.check(world.context(URN), state.inputs, schedule(service)).problems == []
    with pytest.raises(ConfigurationError, match='schedule: the Schedule "evening" is for this service too; remove'):
        world.lifecycle.diff(world.context(), service.id, service, inputs)


def test_an_unknown_service_is_not_asked_for(world: World, service: State) -> None:
    assert problems(world, schedule(service, service_id=UNKNOWN)) == []
    assert [one.path for one in world.cloud.sent()] == ["/services"], "the one question whether we may ask at all"


REFUSED: dict[str, tuple[Values, str]] = {
    "no service": ({}, "service_id"),
    "no duration": ({"service_id": "s", "time_unit": "HOURS"}, "duration: is required"),
    "no time at all": ({"service_id": "s", "time_unit": "HOURS", "duration": 0}, "duration: must be at least 1"),
    "unit": ({"service_id": "s", "time_unit": "WEEKS", "duration": 1}, "time_unit"),
    "kind": ({"service_id": "s", "time_unit": "DAYS", "duration": 1, "type": "start"}, "type"),
    "typo": ({"service_id": "s", "time_unit": "DAYS", "durration": 1}, "durration"),
}


@pytest.mark.parametrize(("values", "words"), REFUSED.values(), ids=REFUSED)
def test_wrong_values_are_refused_without_asking(world: World, service: State, values: Values, words: str) -> None:
    found = problems(world, values)
    assert any(words in one for one in found), found
    assert world.cloud.sent() == []


@MISSING
def test_a_missing_service_is_a_problem_with_its_id_and_project(world: World, service: State, go: Go) -> None:
    state = made(world, service)
    go(world, service)
    for old in (None, state):
        [problem] = problems(world, schedule(service), old)
        assert problem.startswith(f"service_id: there is no service {service.id} in project {world.cloud.project_id};")


def test_only_real_time_services_have_schedules(world: World, service: State) -> None:
    batch = {
        "service_name": "nightly",
        "infer_type": "batch",
        "config": [
            {
                "model_id": "model-a",
                "specification": "modelarts.vm.cpu.2u",
                "instance_count": 1,
                "src_path": "https://b.obs.example.com/in/",
                "dest_path": "https://b.obs.example.com/out/",
                "req_uri": "/",
                "mapping_type": "file",
            }
        ],
    }
    other = world.cloud.api("POST", "/services", batch)["service_id"]
    reason = "nightly is a batch service; only real-time services can have a schedule"
    assert problems(world, schedule(service, service_id=other)) == [f"service_id: {reason}"]
    inputs = world.known(world.valid(schedule(service), urn=URN))
    with pytest.raises(InferenceError, match=reason):
        world.lifecycle.create(world.context(URN), {**inputs, "service_id": other})


def test_a_service_that_cannot_be_looked_at_is_a_warning(world: World, service: State) -> None:
    world.cloud.fault(method="GET", path=service.id, status=500, count=None)
    assert problems(world, schedule(service)) == []
    assert len(world.warned) == 1
    assert world.warned[0].startswith(f"the service {service.id} could not be looked at: ")
