"""How often a run asks for the service of several deployments: once in a preview, and anew in every wait."""

from __future__ import annotations

import pytest

from pulumi_inference.core.lifecycle import State
from tests.support.modelartsv2 import STACK, ModelArtsV2, deployment, service
from tests.support.world import Values

NAMES = ("blue", "green", "red")


def urn_of(name: str) -> str:
    return f"{STACK}:Deployment::{name}"


def program(of: State, name: str, **changes: object) -> Values:
    return deployment(of, name=name, **changes)


def asked(cloud: ModelArtsV2, of: State) -> int:
    return sum(one.path.endswith(f"/services/{of.id}") for one in cloud.world.cloud.sent("GET"))


def fleet(cloud: ModelArtsV2) -> tuple[State, dict[str, State]]:
    made = cloud.service(service(name="chat"))
    return made, {name: cloud.deployment(program(made, name), urn_of(name)) for name in NAMES}


@pytest.mark.parametrize("verb", ["diff", "read"])
def test_all_deployments_of_a_service_ask_for_it_once(cloud: ModelArtsV2, verb: str) -> None:
    made, states = fleet(cloud)
    cloud.world.next_operation()
    for name, state in states.items():
        context = cloud.world.context(urn_of(name))
        if verb == "read":
            assert cloud.world.lifecycle.read(context, state.id, state) is not None
            continue
        checked = cloud.world.lifecycle.check(context, state.inputs, program(made, name))
        found = cloud.world.lifecycle.diff(context, state.id, state, cloud.world.known(checked.inputs))
        assert found.changes is False
    assert asked(cloud, made) == 1


def test_a_service_of_the_same_program_is_asked_for_once_with_them(cloud: ModelArtsV2) -> None:
    made, states = fleet(cloud)
    cloud.serving()
    cloud.world.diff(made, service(name="chat"))
    cloud.deploying()
    for name, state in states.items():
        cloud.world.lifecycle.read(cloud.world.context(urn_of(name)), state.id, state)
    assert asked(cloud, made) == 1


def test_what_a_write_has_made_old_is_asked_for_anew(cloud: ModelArtsV2) -> None:
    made, states = fleet(cloud)
    done = cloud.world.update(states["blue"], program(made, "blue", weight=50))
    assert done.facts["traffic_ratio"] == "20.00%"
    for name in NAMES[1:]:
        cloud.deploying(urn_of(name))
        read = cloud.world.lifecycle.read(cloud.world.context(), states[name].id, states[name])
        assert read is not None
        assert read.facts["traffic_ratio"] == "40.00%"


def test_a_wait_asks_at_every_look(cloud: ModelArtsV2) -> None:
    made, states = fleet(cloud)
    cloud.world.update(states["blue"], program(made, "blue", count=2))
    own = sum(one.path.endswith(states["blue"].id.partition(",")[2]) for one in cloud.world.cloud.sent("GET"))
    assert asked(cloud, made) == own > 1
