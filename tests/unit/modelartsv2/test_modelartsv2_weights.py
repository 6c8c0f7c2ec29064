"""How weights move traffic: what the preview says of it, and that the service answers at every moment."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from tests.support.modelartsv2 import ModelArtsV2, unit
from tests.support.modelartsv2_fleet import URNS, Fleet

UPDATE = "PUT ID/deployments/ID"
NO_ONE = "all weights of the service will be 0: no deployment gets requests then"
PERHAPS = "all weights of the service are 0 then, unless the program gives another deployment one"
SMOKE = {"path": "/echo", "method": "GET", "attempts": 1}


def test_the_share_of_a_weight_before_and_after(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=0)
    assert fleet.preview(green=fleet.program("green", 50)) == [
        "gets 0.00% of the requests, and 33.33% with the weights then (blue 100 as now, green 50)"
    ]
    assert fleet.preview(blue=fleet.program("blue", 100)) == []


def test_the_share_of_one_alone(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    assert fleet.preview(blue=fleet.program("blue", 1)) == [], "its share stays the same"


def test_the_shares_when_both_change(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=0)
    assert fleet.preview(green=fleet.program("green", 60), blue=fleet.program("blue", 30)) == [
        "gets 0.00% of the requests, and 37.50% with the weights then (blue 100 as now, green 60)",
        "gets 100.00% of the requests, and 33.33% with the weights then (blue 30, green 60)",
    ]


def test_the_share_beside_a_new_one(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    told = fleet.preview(red=fleet.program("red", 50), blue=fleet.program("blue", 50))
    assert told == ["gets 100.00% of the requests, and 50.00% with the weights then (blue 50, red 50)"]


def test_nothing_is_told_of_a_weight_that_stays(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=50)
    assert fleet.preview(blue=fleet.program("blue", 100, unit(cmd="/x")), green=fleet.program("green", 50)) == []


NONE_LEFT: dict[str, tuple[dict[str, int], dict[str, int], list[str], list[str]]] = {
    "the only one": ({"blue": 100}, {"blue": 0}, [NO_ONE], []),
    "both": ({"blue": 100, "green": 50}, {"blue": 0, "green": 0}, [NO_ONE], []),
    "one, the other has none": ({"blue": 100, "green": 0}, {"green": 0, "blue": 0}, [NO_ONE], []),
    "one, the other is not heard yet": ({"blue": 100, "green": 0}, {"blue": 0}, [], [PERHAPS]),
    "one, the other takes over": ({"blue": 100, "green": 0}, {"green": 100, "blue": 0}, [], []),
    "one, the other takes over then": ({"blue": 100, "green": 0}, {"blue": 0, "green": 100}, [], [PERHAPS]),
    "one of two": ({"blue": 100, "green": 50}, {"blue": 0}, [], []),
    "as before": ({"blue": 0}, {"blue": 0}, [], []),
}


@pytest.mark.parametrize(("before", "after", "warnings", "notes"), NONE_LEFT.values(), ids=NONE_LEFT)
def test_no_weight_at_all_is_a_warning(
    cloud: ModelArtsV2, before: dict[str, int], after: dict[str, int], warnings: list[str], notes: list[str]
) -> None:
    fleet = Fleet(cloud, **before)
    told = fleet.preview(**{name: fleet.program(name, weight) for name, weight in after.items()})
    assert fleet.world.warned == warnings
    assert [one for one in told if one.startswith("all weights of the service are")] == notes


def test_no_weight_at_all_is_told_of_what_is_so_already(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=0)
    assert fleet.preview(blue=fleet.program("blue", 0)) == [
        "all weights of its service are 0: no deployment gets requests"
    ]


def begin(cloud: ModelArtsV2) -> Fleet:
    fleet = Fleet(cloud, blue=100, green=0)
    fleet.world.next_operation()
    return fleet


def is_handed_over(fleet: Fleet) -> None:
    fleet.world.clock.on_wait = None
    assert fleet.weights() == {"blue": 0, "green": 100}
    assert fleet.gaps == 0
    assert fleet.world.warned == []
    assert fleet.cloud.writes() == [UPDATE, UPDATE]
    for name, weight in (("blue", 0), ("green", 100)):
        fleet.world.next_operation()
        found = fleet.hear(name, fleet.program(name, weight))
        assert found is not None
        assert found.changes is False


def test_the_last_weight_goes_when_another_one_has_taken_over(cloud: ModelArtsV2) -> None:
    fleet = begin(cloud)
    fleet.hear("blue", fleet.program("blue", 0))
    fleet.hear("green", fleet.program("green", 100))
    fleet.asked_at_every_wait(lambda: fleet.change("green"))
    done = fleet.change("blue")
    assert done.facts["traffic_ratio"] == "0.00%"
    assert "waits for green to take the requests over" in fleet.world.progress
    is_handed_over(fleet)


def test_the_one_that_takes_over_does_not_wait(cloud: ModelArtsV2) -> None:
    fleet = begin(cloud)
    fleet.hear("green", fleet.program("green", 100))
    fleet.asked_at_every_wait()
    assert fleet.change("green").facts["traffic_ratio"] == "50.00%"
    fleet.hear("blue", fleet.program("blue", 0))
    fleet.change("blue")
    assert not [one for one in fleet.world.progress if one.startswith("waits for")]
    is_handed_over(fleet)


def test_the_other_one_is_heard_of_later(cloud: ModelArtsV2) -> None:
    fleet = begin(cloud)
    fleet.hear("blue", fleet.program("blue", 0))

    def hear() -> None:
        fleet.hear("green", fleet.program("green", 100))

    fleet.asked_at_every_wait(lambda: None, hear, lambda: None, lambda: fleet.change("green"))
    fleet.change("blue")
    is_handed_over(fleet)


def test_a_new_one_takes_over(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100)
    fleet.world.next_operation()
    fleet.hear("red", fleet.program("red", 100))
    fleet.hear("blue", fleet.program("blue", 0))

    def create() -> None:
        cloud.deploying(URNS["red"])
        fleet.states["red"] = fleet.world.recorded(
            fleet.world.lifecycle.create(fleet.context("red"), fleet.inputs["red"])
        )

    fleet.asked_at_every_wait(create)
    fleet.change("blue")
    assert (fleet.gaps, fleet.world.warned, fleet.weights()) == (0, [], {"blue": 0, "red": 100})


def test_where_nobody_takes_over_the_weight_stays(cloud: ModelArtsV2) -> None:
    fleet = begin(cloud)
    fleet.hear("blue", fleet.program("blue", 0))
    fleet.hear("green", fleet.program("green", 100))
    before = fleet.world.clock.monotonic()
    with pytest.raises(InferenceError, match="it keeps its weight of 100: green did not take the requests over"):
        fleet.change("blue")
    assert 120 <= fleet.world.clock.monotonic() - before < 130
    assert fleet.weights() == {"blue": 100, "green": 0}


def test_nobody_is_waited_for_where_nobody_takes_over(cloud: ModelArtsV2) -> None:
    fleet = begin(cloud)
    fleet.hear("blue", fleet.program("blue", 0))
    before = fleet.world.clock.monotonic()
    fleet.change("blue")
    assert fleet.world.clock.monotonic() - before < 10
    assert fleet.world.warned == []
    [told] = [one for one in fleet.world.told if one.startswith("gives up the last weight of the service before")]
    assert "the program says which green gets" in told


def test_nobody_is_told_of_an_order_where_all_are_to_get_nothing(cloud: ModelArtsV2) -> None:
    fleet = begin(cloud)
    fleet.hear("blue", fleet.program("blue", 0))
    fleet.hear("green", fleet.program("green", 0))
    fleet.change("blue")
    assert not [one for one in fleet.world.told if one.startswith("gives up the last weight")]


def test_one_that_has_stopped_takes_nothing_over(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=100)
    cloud.world.cloud.admin(
        "PATCH", f"/modelartsv2/services/{fleet.service.id}/deployments/green", {"status": "STOPPED"}
    )
    fleet.world.next_operation()
    running = fleet.program("green", 100, desired_status="running")
    fleet.hear("blue", fleet.program("blue", 0))
    fleet.hear("green", running)
    fleet.asked_at_every_wait(lambda: fleet.change("green"))
    fleet.change("blue")
    assert (fleet.gaps, fleet.world.warned) == (0, [])


def test_shares_move_step_by_step_without_a_gap(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=0)
    fleet.asked_at_every_wait()
    for blue, green in ((90, 10), (50, 50), (10, 90), (0, 100)):
        fleet.world.next_operation()
        fleet.hear("green", fleet.program("green", green))
        fleet.change("green")
        fleet.hear("blue", fleet.program("blue", blue))
        fleet.change("blue")
        assert fleet.cloud.writes() == [UPDATE, UPDATE]
        assert fleet.weights() == {"blue": blue, "green": green}
    assert fleet.gaps == 0


def test_a_larger_weight_follows_the_smoke_test(cloud: ModelArtsV2) -> None:
    """The roll-out keeps the weight, the test is passed, and then the weight grows."""
    fleet = Fleet(cloud, blue=100, green=0)
    fleet.world.next_operation()
    fleet.hear("green", fleet.program("green", 50, unit(cmd="/x"), smoke_test=SMOKE))
    fleet.change("green")
    sent = [one for one in cloud.world.cloud.sent() if one.method == "PUT" or one.path.endswith("/echo")]
    assert [(one.method, (one.body or {}).get("weight")) for one in sent] == [("PUT", 0), ("GET", None), ("PUT", 50)]
    assert "unit_configs" in sent[0].body
    assert "unit_configs" not in sent[2].body
    found = fleet.preview(green=fleet.program("green", 50, unit(cmd="/x"), smoke_test=SMOKE))
    assert found == []


def test_a_smaller_weight_needs_no_test_before(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=50)
    fleet.world.next_operation()
    fleet.hear("green", fleet.program("green", 10, unit(cmd="/x"), smoke_test=SMOKE))
    fleet.change("green")
    sent = [one for one in cloud.world.cloud.sent() if one.method == "PUT" or one.path.endswith("/echo")]
    assert [(one.method, (one.body or {}).get("weight")) for one in sent] == [("PUT", 10), ("GET", None)]


@pytest.mark.parametrize("status", ["STOPPED", "FAILED"])
def test_one_that_does_not_run_is_tested_before_its_weight_grows(cloud: ModelArtsV2, status: str) -> None:
    fleet = Fleet(cloud, blue=100, green=0)
    cloud.world.cloud.admin("PATCH", f"/modelartsv2/services/{fleet.service.id}/deployments/green", {"status": status})
    fleet.world.next_operation()
    fleet.hear("green", fleet.program("green", 50, unit(cmd="/x"), smoke_test=SMOKE, desired_status="running"))
    fleet.change("green")
    sent = [one for one in cloud.world.cloud.sent() if one.method in ("PUT", "POST") or one.path.endswith("/echo")]
    calls = [(one.path.rpartition("/")[2] if one.method != "PUT" else one.body["weight"]) for one in sent]
    assert calls == [*(["stop"] if status == "FAILED" else []), 0, "start", "echo", 50]
    assert fleet.weights()["green"] == 50


def test_a_test_that_fails_leaves_the_weight(cloud: ModelArtsV2) -> None:
    fleet = Fleet(cloud, blue=100, green=0)
    fleet.world.next_operation()
    fails = {**SMOKE, "expect_status": 418}
    fleet.hear("green", fleet.program("green", 50, unit(cmd="/x"), smoke_test=fails))
    with pytest.raises(Exception, match="smoke test"):
        fleet.change("green")
    assert fleet.weights() == {"blue": 100, "green": 0}
