"""The first weight of a service: before it, nobody answers a smoke test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.errors import InferenceError
from tests.support.modelartsv2 import BLUE_URN, GREEN_URN, ModelArtsV2, deployment, new_modelartsv2

TEST = {"path": "/v1/models", "attempts": 1}


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[ModelArtsV2]:
    with new_modelartsv2(tmp_path) as found:
        yield found


def test_where_nobody_has_a_weight_it_is_set_before_the_test(v2: ModelArtsV2) -> None:
    world, made = v2.world, v2.service()
    blue = v2.deployment(deployment(made, name="blue", weight=0))
    blue = world.update(blue, deployment(made, name="blue", weight=100, smoke_test=TEST))
    assert blue.facts["traffic_ratio"] == "100.00%"
    assert blue.facts.get("smoke_test_error") is None
    calls = [one.path for one in world.cloud.sent("GET", "PUT") if "/infer/" in one.path or one.method == "PUT"]
    assert ["/infer/" in one for one in calls] == [False, True]


def test_else_the_test_comes_first(v2: ModelArtsV2) -> None:
    world, made = v2.world, v2.service()
    v2.deployment(deployment(made, name="blue"), BLUE_URN)
    green = v2.deployment(deployment(made, name="green", weight=0), GREEN_URN)
    world.update(green, deployment(made, name="green", weight=100, smoke_test=TEST))
    calls = [one.path for one in world.cloud.sent("GET", "PUT") if "/infer/" in one.path or one.method == "PUT"]
    assert ["/infer/" in one for one in calls] == [True, False]


def test_the_last_weight_stays_when_nobody_takes_over(v2: ModelArtsV2) -> None:
    world, made = v2.world, v2.service()
    blue = v2.deployment(deployment(made, name="blue"), BLUE_URN)
    green = v2.deployment(deployment(made, name="green", weight=0), GREEN_URN)
    world.next_operation()
    world.valid(deployment(made, name="green", weight=100), green)
    v2.deploying(BLUE_URN)
    inputs = world.known(world.valid(deployment(made, name="blue", weight=0), blue))
    with pytest.raises(InferenceError, match="it keeps its weight of 100: green did not take the requests over"):
        world.lifecycle.update(world.context(), blue.id, blue, inputs)
    assert v2.writes() == []
