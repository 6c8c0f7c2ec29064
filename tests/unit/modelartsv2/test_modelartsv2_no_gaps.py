"""The service answers at every moment of each kind of change: it is asked after every request of the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from pulumi_inference.core.lifecycle import UnhealthyError
from tests.support.modelartsv2 import POOL, ModelArtsV2, changed, unit
from tests.support.modelartsv2_fleet import URNS, Fleet
from tests.support.world import Values

SECOND = unit(image={"swr_path": "swr.example.test/demo/echo:2"})


@contextmanager
def without_a_gap(fleet: Fleet) -> Iterator[None]:
    """The answers are 200, and there was one for each request and each wait."""
    fleet.asked_at_every_moment()
    yield
    sent = len(fleet.world.cloud.sent())
    assert fleet.asked >= sent > 0
    assert fleet.gaps == 0


def brought_to(fleet: Fleet, name: str, program: Values) -> None:
    """A run in which one deployment becomes what the program says, and a preview that has nothing to add."""
    fleet.world.next_operation()
    fleet.hear(name, program)
    fleet.change(name)
    fleet.world.next_operation()
    found = fleet.hear(name, program)
    assert found is not None
    assert found.changes is False


def test_the_address_is_that_of_the_service(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    assert fleet.states["blue"].facts["url"].endswith(fleet.url.removesuffix("/echo"))


def test_a_gap_is_seen(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    fleet.asked_at_every_moment()
    brought_to(fleet, "blue", fleet.program("blue", 100, desired_status="stopped"))
    assert 0 < fleet.gaps < fleet.asked


@pytest.mark.parametrize("counts", [(3, 1), (1, 3)], ids=["down", "up"])
def test_a_scale(cloud: ModelArtsV2, counts: tuple[int, int]) -> None:
    fleet = Fleet(cloud, blue=100)
    before, after = counts
    brought_to(fleet, "blue", fleet.program("blue", 100, count=before))
    with without_a_gap(fleet):
        brought_to(fleet, "blue", fleet.program("blue", 100, count=after))


def test_a_roll_out(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    with without_a_gap(fleet):
        brought_to(fleet, "blue", fleet.program("blue", 100, SECOND))
    assert fleet.states["blue"].facts["version"] == "1.0.1"


def test_a_roll_out_that_fails_and_the_one_that_mends_it(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    cloud.deploy_fault("rollback", phase="update", reason="no GPU is free")
    with without_a_gap(fleet):
        fleet.world.next_operation()
        fleet.hear("blue", fleet.program("blue", 100, SECOND))
        with pytest.raises(UnhealthyError, match="no GPU is free") as caught:
            fleet.change("blue")
        fleet.states["blue"] = fleet.world.recorded(caught.value.state)
        brought_to(fleet, "blue", fleet.program("blue", 100, SECOND))


def test_a_switch_of_the_version_and_back(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    brought_to(fleet, "blue", fleet.program("blue", 100, SECOND))
    with without_a_gap(fleet):
        brought_to(fleet, "blue", fleet.program("blue", 100, SECOND, pinned_version="1.0.0"))
        assert fleet.states["blue"].facts["version"] == "1.0.0"
        brought_to(fleet, "blue", fleet.program("blue", 100, SECOND))
        assert fleet.states["blue"].facts["version"] == "1.0.1"


@pytest.mark.parametrize("is_first", [True, False], ids=["the new one first", "the old one first"])
def test_all_weight_to_the_other_one_and_back(cloud: ModelArtsV2, is_first: bool) -> None:
    fleet = Fleet(cloud, blue=100, green=0)
    with without_a_gap(fleet):
        for old, new in (("blue", "green"), ("green", "blue")):
            fleet.world.next_operation()
            fleet.hear(old, fleet.program(old, 0))
            fleet.hear(new, fleet.program(new, 100))
            if is_first:
                fleet.change(new)
            else:
                fleet.asked_at_every_wait(lambda name=new: fleet.change(name))  # type: ignore[misc]
            fleet.change(old)
            assert fleet.weights() == {old: 0, new: 100}


def test_part_of_the_weight_in_both_directions(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=80, green=20)
    with without_a_gap(fleet):
        for blue, green in ((20, 80), (80, 20)):
            brought_to(fleet, "green", fleet.program("green", green))
            brought_to(fleet, "blue", fleet.program("blue", blue))


@pytest.mark.parametrize("weights", [(100, 100), (0, 100)], ids=["with a weight", "without"])
def test_the_deletion_of_one_of_two(cloud: ModelArtsV2, weights: tuple[int, int]) -> None:
    blue, green = weights
    fleet = Fleet(cloud, blue=blue, green=green)
    with without_a_gap(fleet):
        fleet.world.next_operation()
        state = fleet.states["blue"]
        fleet.world.lifecycle.delete(fleet.context("blue"), state.id, state)
    assert fleet.weights() == {"green": green}


def test_the_replacement_of_one_that_somebody_has_moved(cloud: ModelArtsV2) -> None:
    """With an automatic name, so that the new one comes first."""
    fleet = Fleet(cloud)
    program: dict[str, Any] = changed(fleet.program("blue", 100), name=None)
    state = cloud.deployment(program, URNS["blue"])
    fleet.states["blue"] = state
    cloud.world.cloud.admin("POST", "/seed", {"pools": [{"pool_name": POOL}, {"pool_name": "pool-2"}]})
    path = f"/modelartsv2/services/{state.id.replace(',', '/deployments/')}"
    cloud.world.cloud.admin("PATCH", path, {"pool_id": "pool-2"})
    with without_a_gap(fleet):
        assert fleet.world.diff(state, program).replaces == ["pool_id"]
        inputs = fleet.world.known(fleet.world.valid(program))
        new = fleet.world.recorded(fleet.world.lifecycle.create(fleet.context("blue"), inputs))
        fleet.world.lifecycle.delete(fleet.context("blue"), state.id, state)
    assert fleet.weights() == {new.inputs["name"]: 100}
