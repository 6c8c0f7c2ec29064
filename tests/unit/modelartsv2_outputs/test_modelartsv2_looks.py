"""What people are told of deployments: in previews of their weights, and by `status`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.lifecycle.status import Wanted
from tests.support.modelartsv2 import BLUE_URN, GREEN_URN, ModelArtsV2, deployment, new_modelartsv2


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[ModelArtsV2]:
    with new_modelartsv2(tmp_path) as found:
        yield found


def test_shares_are_told_with_what_the_program_has_said_so_far(v2: ModelArtsV2) -> None:
    """The engine asks for one after the other, so the weights of later ones are as they are now."""
    world, made = v2.world, v2.service()
    blue = v2.deployment(deployment(made, name="blue"), BLUE_URN)
    green = v2.deployment(deployment(made, name="green", weight=0), GREEN_URN)
    world.next_operation()
    for state, urn, weight in ((green, GREEN_URN, 25), (blue, BLUE_URN, 75)):
        v2.deploying(urn)
        inputs = world.known(world.valid(deployment(made, name=state.inputs["name"], weight=weight), state))
        world.lifecycle.diff(world.context(), state.id, state, inputs)
    first, second = (one for one in world.told if one.startswith("gets"))
    assert first == "gets 0.00% of the requests, and 20.00% with the weights then (blue 100 as now, green 25)"
    assert second == "gets 100.00% of the requests, and 75.00% with the weights then (blue 75, green 25)"


def test_replicas_and_the_last_events_are_shown(v2: ModelArtsV2) -> None:
    """An event that comes again is the last one, although it was first seen long ago."""
    world, made = v2.world, v2.service()
    blue = v2.deployment(deployment(made, name="blue", count=3))
    for image in ("demo/echo:2", "demo/echo:3"):
        values = deployment(made, name="blue", count=3)
        values["unit_configs"][0]["image"] = {"swr_path": image}
        blue = world.update(blue, values)
        world.clock.advance(60)
    seen = world.lifecycle.observe(world.context(), blue.id, blue.inputs, Wanted(events=1))
    assert (seen.running, seen.wanted) == (3, 3)
    assert seen.columns["version"] == "1.0.2" and "instances" not in seen.columns
    assert [one.text for one in seen.events] == ["Deployment blue has been upgraded."]
