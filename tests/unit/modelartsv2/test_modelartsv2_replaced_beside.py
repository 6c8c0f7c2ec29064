"""What somebody has moved for good is replaced: with an automatic name the old one goes when the new one serves."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.naming import Policy
from tests.support.modelartsv2 import POOL, ModelArtsV2, deployment, service, unit
from tests.support.world import Values

OTHER_POOL = "pool-2"
MOVED: dict[str, tuple[Values, str]] = {
    "pool": ({"pool_id": OTHER_POOL}, "pool_id"),
    "framework": ({"framework": "VLLM"}, "framework"),
}


def drifted(cloud: ModelArtsV2, change: Values, **program: Any) -> tuple[State, Values]:
    """A deployment that somebody has moved, and its program."""
    cloud.world.cloud.admin("POST", "/seed", {"pools": [{"pool_name": POOL}, {"pool_name": OTHER_POOL}]})
    values = deployment(cloud.service(service(name="chat")), **program)
    state = cloud.deployment(values)
    thing = state.id.replace(",", "/deployments/")
    cloud.world.cloud.admin("PATCH", f"/modelartsv2/services/{thing}", change)
    return state, values


def replaced(cloud: ModelArtsV2, state: State, values: Values) -> State:
    """The replacement, as the engine goes about it in the same run: another check, create, and then delete."""
    inputs = cloud.world.known(cloud.world.valid(values))
    new = cloud.world.recorded(cloud.world.lifecycle.create(cloud.world.context(), inputs))
    assert len(cloud.services()[0]["deployments"]) == 2
    cloud.world.lifecycle.delete(cloud.world.context(), state.id, state)
    return new


@pytest.mark.parametrize("is_refreshed", [False, True], ids=["preview", "refresh"])
@pytest.mark.parametrize(("change", "field"), MOVED.values(), ids=MOVED)
def test_with_an_automatic_name_the_new_one_comes_first(
    cloud: ModelArtsV2, change: Values, field: str, is_refreshed: bool
) -> None:
    state, values = drifted(cloud, change)
    if is_refreshed:
        read = cloud.world.read(state)
        assert read is not None
        state = read
    found = cloud.world.diff(state, values)
    assert (found.replaces[:1], found.delete_before_replace) == ([field], False)
    new = replaced(cloud, state, values)
    assert new.inputs["name"] != state.inputs["name"]
    assert [one["name"] for one in cloud.services()[0]["deployments"]] == [new.inputs["name"]]
    assert cloud.world.diff(new, values).changes is False
    assert cloud.world.told == []
    assert cloud.world.update(new, {**values, "count": 2}).id == new.id


@pytest.mark.parametrize(("change", "field"), MOVED.values(), ids=MOVED)
def test_a_given_name_has_to_get_free_first(cloud: ModelArtsV2, change: Values, field: str) -> None:
    state, values = drifted(cloud, change, name="blue")
    found = cloud.world.diff(state, values)
    assert (found.replaces, found.delete_before_replace) == ([field], True)


def test_a_name_that_the_project_enforces_has_to_get_free_first(cloud: ModelArtsV2) -> None:
    state, values = drifted(cloud, {"pool_id": OTHER_POOL})
    cloud.world.next_operation()
    policy = Policy(str(state.inputs["name"]), enforced=True)
    inputs = cloud.world.known(cloud.world.valid(values, state, autoname=policy))
    found = cloud.world.lifecycle.diff(cloud.world.context(), state.id, state, inputs)
    assert (found.replaces, found.delete_before_replace) == (["pool_id"], True)


def test_a_run_that_was_killed_after_the_create_call_finds_what_it_made(cloud: ModelArtsV2) -> None:
    state, values = drifted(cloud, {"pool_id": OTHER_POOL})
    made = []
    for _ in range(2):
        assert cloud.world.diff(state, values).replaces == ["pool_id"]
        inputs = cloud.world.known(cloud.world.valid(values))
        made.append(cloud.world.lifecycle.create(cloud.world.context(), inputs).id)
    assert made[0] == made[1]
    assert len(cloud.services()[0]["deployments"]) == 2


def test_what_is_replaced_under_another_name_has_no_share_in_the_weights_to_come(cloud: ModelArtsV2) -> None:
    state, values = drifted(cloud, {"framework": "VLLM"})
    cloud.world.diff(state, values)
    cloud.world.valid(values)
    planned = cloud.world.environment.memory.planned
    assert [one["name"] for key, one in planned.items() if key.kind == "modelartsv2.Deployment"] != [
        state.inputs["name"]
    ]
    assert len(planned) == 1


def test_a_change_that_goes_along_with_an_unmoved_deployment_replaces_nothing(cloud: ModelArtsV2) -> None:
    values = deployment(cloud.service(service(name="chat")))
    state = cloud.deployment(values)
    found = cloud.world.diff(state, {**values, **deployment(values["service_id"], unit(cmd="/x"))})
    assert (found.changes, found.replaces) == (None, [])
    assert cloud.world.environment.memory.course(cloud.world.urn).replaced == ""
