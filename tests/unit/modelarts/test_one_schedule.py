"""What a program's Schedule finds out about the service that its `service_id` comes from, against Pulumi's mocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelarts
from pulumi_inference.engine.provider import PROBLEMS_KEY

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
CONFIG = [modelarts.ServiceConfigArgs(model_id="m", specification="modelarts.vm.cpu.2u")]
INLINE = [modelarts.ServiceScheduleArgs(time_unit="HOURS", duration=5)]


class Registered(Mocks):
    """Keeps what is registered; each resource's id is its name, or not known yet."""

    def __init__(self, preview: bool) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self._preview = preview

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.inputs[args.name] = dict(args.inputs)
        return None if self._preview else args.resource_id or args.name, dict(args.inputs)

    def call(self, args: MockCallArgs) -> dict[str, Any]:
        return {}

    def problems(self, name: str) -> Any:
        """What the resource tells its provider to be wrong."""
        return self.inputs[name].get(PROBLEMS_KEY)


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def registered(request: pytest.FixtureRequest, event_loop: None) -> Registered:
    mocks = Registered(request.param)
    set_mocks(mocks, preview=request.param)
    return mocks


def service(name: str = "classifier", **inputs: Any) -> modelarts.Service:
    return modelarts.Service(name, config=CONFIG, **inputs)


def schedule(service_id: pulumi.Input[str], name: str = "evening") -> modelarts.Schedule:
    return modelarts.Schedule(name, service_id=service_id, time_unit="HOURS", duration=5)


def run(program: Callable[[], Any]) -> None:
    run_program(program)()


INLINE_PROBLEM = (
    'service_id: the Service "classifier" has a schedule= of its own; remove that one, or the Schedule "evening"'
)


@pytest.mark.parametrize("given", [INLINE, []], ids=["a schedule", "an empty one"])
def test_a_service_with_a_schedule_of_its_own_is_a_problem(registered: Registered, given: Any) -> None:
    run(lambda: schedule(service(schedule=given).service_id))
    assert registered.problems("evening") == [INLINE_PROBLEM]


def test_a_schedule_that_is_not_known_yet_counts_as_one(registered: Registered) -> None:
    async def answer(value: Any) -> Any:
        return value

    def program() -> None:
        unknown: pulumi.Output[Any] = pulumi.Output(set(), answer(None), answer(False))
        schedule(service(schedule=unknown).service_id)

    run(program)
    assert registered.problems("evening") == [INLINE_PROBLEM]


@pytest.mark.parametrize("given", [{}, {"schedule": None}], ids=["nothing", "None"])
def test_a_service_without_one_is_none(registered: Registered, given: dict[str, Any]) -> None:
    run(lambda: schedule(service(**given).service_id))
    assert PROBLEMS_KEY not in registered.inputs["evening"]


def test_an_output_of_nothing_is_no_schedule(registered: Registered) -> None:
    run(lambda: schedule(service(schedule=pulumi.Output.from_input(None)).service_id))
    assert PROBLEMS_KEY not in registered.inputs["evening"]


def test_the_service_is_found_behind_a_computed_id(registered: Registered) -> None:
    run(lambda: schedule(pulumi.Output.concat("", service(schedule=INLINE).service_id)))
    assert registered.problems("evening") == [INLINE_PROBLEM]


def test_two_schedules_of_one_service_are_a_problem_of_the_second(registered: Registered) -> None:
    def program() -> None:
        one = service()
        schedule(one.service_id)
        schedule(one.service_id, "morning")

    run(program)
    assert PROBLEMS_KEY not in registered.inputs["evening"]
    assert registered.problems("morning") == [
        'service_id: the Schedule "evening" is for the Service "classifier" too; remove one of the two'
    ]


def test_a_plain_id_is_left_to_the_provider(registered: Registered) -> None:
    run(lambda: schedule("service-1"))
    assert PROBLEMS_KEY not in registered.inputs["evening"]


@pytest.mark.parametrize("registered", [False], indirect=True)
def test_an_id_that_was_only_computed_with_a_service_is_not_its_own(registered: Registered) -> None:
    run(lambda: schedule(service(schedule=INLINE).service_id.apply(lambda _: "another")))
    assert PROBLEMS_KEY not in registered.inputs["evening"]


@pytest.mark.parametrize("registered", [False], indirect=True)
def test_a_schedule_that_exists_is_looked_up(registered: Registered) -> None:
    run(lambda: modelarts.Schedule.get("found", "service-9").urn)
    assert PROBLEMS_KEY not in registered.inputs["found"]


def chosen(number: int, *services: modelarts.Service) -> pulumi.Output[str]:
    """The id of one of the services, as a program with blue and green ones picks it."""
    return pulumi.Output.all(*(one.service_id for one in services)).apply(lambda ids: str(ids[number]))


def test_a_service_that_may_not_be_meant_is_not_judged(registered: Registered) -> None:
    run(lambda: schedule(chosen(0, service("blue"), service("green", schedule=INLINE))))
    assert PROBLEMS_KEY not in registered.inputs["evening"]


def test_schedules_of_two_services_out_of_one_choice_are_no_problem(registered: Registered) -> None:
    def program() -> None:
        both = service("blue"), service("green")
        schedule(chosen(0, *both))
        schedule(chosen(1, *both), "morning")

    run(program)
    assert PROBLEMS_KEY not in registered.inputs["evening"]
    assert PROBLEMS_KEY not in registered.inputs["morning"]


@pytest.mark.parametrize("registered", [False], indirect=True)
def test_the_service_that_was_chosen_is_judged(registered: Registered) -> None:
    run(lambda: schedule(chosen(1, service("blue"), service(schedule=INLINE))))
    assert registered.problems("evening") == [INLINE_PROBLEM]


def test_import_by_option_says_that_declaring_it_is_enough(registered: Registered) -> None:
    with pytest.raises(pulumi.RunError, match="declare it as it is in the cloud, and `pulumi up` takes it over"):
        modelarts.Schedule(
            "evening",
            service_id="s",
            time_unit="HOURS",
            duration=5,
            opts=pulumi.ResourceOptions(import_="s"),
        )
