"""When a service has reached what was asked of it, state by state."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.lifecycle.waiting import Kind
from pulumi_inference.modelarts.services.waits import Judge, deployed, rolled_out, settled, started, stopped

CONFIG = [{"model_id": "a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}]
OTHER = [{**CONFIG[0], "instance_count": 5}]
BEFORE = {"status": "running", "transition_at": 1, "update_time": 1, "publish_at": 1, "config": CONFIG}
STATES = ("deploying", "waiting", "pending", "running", "concerning", "failed", "stopped", "stopping", "deleting")

DONE, PENDING, FAILED, SETTLING = Kind.DONE, Kind.PENDING, Kind.FAILED, Kind.SETTLING
TABLE: dict[str, tuple[Judge, tuple[Kind, ...]]] = {
    "deployed": (deployed, (PENDING, PENDING, PENDING, DONE, SETTLING, FAILED, FAILED, FAILED, FAILED)),
    "stopped": (stopped, (PENDING, PENDING, PENDING, SETTLING, SETTLING, FAILED, DONE, PENDING, PENDING)),
    "settled": (settled, (PENDING, PENDING, PENDING, DONE, DONE, DONE, DONE, PENDING, DONE)),
}


@pytest.mark.parametrize(
    ("judge", "status", "expected"),
    [(judge, *pair) for judge, kinds in TABLE.values() for pair in zip(STATES, kinds, strict=True)],
)
def test_states(judge: Judge, status: str, expected: Kind) -> None:
    assert judge({"status": status}).kind is expected


@pytest.mark.parametrize("judge", [deployed, stopped])
def test_a_failure_quotes_the_clouds_reason(judge: Judge) -> None:
    assert judge({"status": "failed", "error_msg": "no capacity"}).reason == "no capacity"
    assert judge({"status": "failed"}).kind is FAILED


def test_a_state_that_nobody_knows_ends_a_deploy() -> None:
    assert deployed({"status": "exploded"}).kind is FAILED


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "stopped"}, SETTLING),
        ({"status": "stopped", "transition_at": 2}, FAILED),
        ({"status": "failed", "error_msg": "before"}, SETTLING),
        ({"status": "failed", "transition_at": 2}, FAILED),
        ({"status": "deploying", "transition_at": 2}, PENDING),
        ({"status": "running", "transition_at": 2}, DONE),
    ],
)
def test_a_start_outlives_the_state_from_before(changes: dict[str, Any], expected: Kind) -> None:
    assert started({"status": "stopped", "transition_at": 1})({"transition_at": 1, **changes}).kind is expected


ROLL_OUTS: dict[str, tuple[dict[str, Any], list[dict[str, Any]], Kind]] = {
    "nothing has moved yet": ({}, OTHER, SETTLING),
    "deploying": ({"status": "deploying"}, OTHER, PENDING),
    "new configuration runs": ({"config": OTHER, "transition_at": 2}, OTHER, DONE),
    "new configuration, and nothing shows when": ({"config": OTHER}, OTHER, SETTLING),
    "former configuration runs again": ({"transition_at": 2}, OTHER, FAILED),
    "fails": ({"status": "failed"}, OTHER, FAILED),
    "alarm": ({"status": "concerning", "config": OTHER, "transition_at": 2}, OTHER, SETTLING),
}


@pytest.mark.parametrize(("changes", "wanted", "expected"), ROLL_OUTS.values(), ids=ROLL_OUTS)
def test_roll_outs(changes: dict[str, Any], wanted: list[dict[str, Any]], expected: Kind) -> None:
    assert rolled_out(BEFORE, wanted)({**BEFORE, **changes}).kind is expected


def test_a_roll_out_that_was_seen_to_begin_and_shows_the_former_configuration_has_failed() -> None:
    judge = rolled_out(BEFORE, OTHER)
    assert judge({**BEFORE, "status": "deploying", "config": OTHER}).kind is PENDING
    verdict = judge(BEFORE)
    assert (verdict.kind, verdict.reason) == (FAILED, "the cloud went back to the former configuration")


def test_an_alarm_over_the_former_configuration_is_a_roll_back_too() -> None:
    """The grace of an alarm must not end well with a configuration that nobody asked for."""
    judge = rolled_out(BEFORE, OTHER)
    judge({**BEFORE, "status": "deploying", "config": OTHER})
    assert judge({**BEFORE, "status": "concerning", "config": CONFIG, "transition_at": 2}).kind is FAILED


def test_a_service_that_had_failed_before_is_given_time_to_begin() -> None:
    before = {**BEFORE, "status": "failed"}
    judge = rolled_out(before, OTHER)
    assert judge(before).kind is SETTLING
    assert judge({**before, "status": "deploying", "transition_at": 2}).kind is PENDING
    assert judge({**before, "transition_at": 3, "error_msg": "again"}).reason == "again"
