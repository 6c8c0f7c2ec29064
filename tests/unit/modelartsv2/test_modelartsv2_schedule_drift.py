"""What a replica schedule sets is no drift, as long as there is one."""

from __future__ import annotations

from pulumi_inference.core.lifecycle import State
from tests.support.modelartsv2 import ModelArtsV2, deployment
from tests.support.modelartsv2_drift import SCALE, UPDATE, moved, placed
from tests.support.modelartsv2_schedules import EVENING, MORNING, URN, scheduling
from tests.support.world import Values


def scheduled(cloud: ModelArtsV2) -> tuple[State, Values, State]:
    """A deployment whose replicas a schedule sets, its program, and the schedule."""
    program = placed(cloud, deployment("SERVICE", name="blue", count=2))
    state = cloud.deployment(program)
    scheduling(cloud.world)
    service_id, deployment_id = state.id.split(",")
    rules = {"service_id": service_id, "deployment_id": deployment_id, "rules": [MORNING, EVENING]}
    hours = cloud.world.create(rules, urn=URN)
    moved(cloud, count=4)
    cloud.deploying()
    return state, program, hours


def test_a_schedule_that_has_fired_is_no_drift(cloud: ModelArtsV2) -> None:
    state, program, _ = scheduled(cloud)
    assert cloud.world.diff(state, program).changes is False
    assert cloud.world.told == ["blue has 4 replicas, as its replica schedule says"]
    assert cloud.world.read(state).inputs == state.inputs  # type: ignore[union-attr]
    done = cloud.world.update(state, {**program, "weight": 7})
    assert cloud.writes() == [UPDATE]
    assert "count" not in cloud.world.wrote()[0]
    assert cloud.services()[0]["deployments"][0]["count"] == 4
    assert cloud.world.diff(done, {**program, "weight": 7}).changes is False


def test_a_count_that_the_program_changes_is_set_though_a_schedule_manages_it(cloud: ModelArtsV2) -> None:
    state, program, _ = scheduled(cloud)
    after = {**program, "count": 3}
    assert cloud.world.diff(state, after).changes is None
    done = cloud.world.update(state, after)
    assert cloud.writes() == [SCALE]
    assert cloud.world.diff(done, after).changes is False


def test_without_its_schedule_the_count_is_managed_again(cloud: ModelArtsV2) -> None:
    state, program, hours = scheduled(cloud)
    scheduling(cloud.world)
    cloud.world.delete(hours)
    cloud.deploying()
    assert cloud.world.diff(state, program).changes is True
    assert cloud.world.told[0].startswith("count: changed outside of the program: program 2, live 4")
    cloud.world.update(state, program)
    assert cloud.writes() == [SCALE]
