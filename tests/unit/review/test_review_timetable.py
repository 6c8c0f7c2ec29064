"""What a review says of a thing that scales by itself: the next three times of what its program says."""

from __future__ import annotations

from typing import Any

from pulumi_inference.review.settings import Settings
from tests.support.fleet import changed
from tests.support.previews import Thing, as_json, every_format, report_of

KIND = "modelartsv2.ReplicaSchedule"
RULES = [
    {"name": "morning", "schedule": "0 8 * * *", "target_replicas": 4},
    {"name": "evening", "schedule": "30 20 * * *", "target_replicas": 1},
    {"name": "never", "schedule": "0 9 * * *", "target_replicas": 9, "disabled": True},
]
SCHEDULE = {"service_id": "s", "deployment_id": "d", "rules": RULES}


def told(values: dict[str, Any], zone: str = "UTC", **more: Any) -> list[str]:
    """What the report of the schedule says of times to come."""
    thing = Thing(KIND, "hours", **{"recorded": SCHEDULE, "program": values, **more})
    return [one.text for one in report_of(as_json([thing]), Settings(time_zone=zone)).dangers]


def test_the_next_three_times_are_told_with_the_time_zone() -> None:
    assert told(SCHEDULE) == [
        "hours: evening sets 1 replica: Sunday, 31 January 2027, 20:30 (UTC)",
        "hours: morning sets 4 replicas: Monday, 1 February 2027, 08:00 (UTC)",
        "hours: evening sets 1 replica: Monday, 1 February 2027, 20:30 (UTC)",
    ]


def test_the_rules_are_read_in_their_own_time_zone_and_told_in_the_reviewers() -> None:
    assert told({**SCHEDULE, "time_zone": "Asia/Shanghai"}, "Europe/Berlin")[0] == (
        "hours: evening sets 1 replica: Sunday, 31 January 2027, 13:30 (Europe/Berlin)"
    )


def test_the_new_rules_count_and_what_is_deleted_does_nothing() -> None:
    later = changed(SCHEDULE, ("rules.1.schedule", "0 23 * * *"))
    assert told(later, op="update")[0] == "hours: evening sets 1 replica: Sunday, 31 January 2027, 23:00 (UTC)"
    assert not [one for one in told(later, op="update") if "a stop by itself is set" in one], "it stops nothing"
    assert [one for one in told(SCHEDULE, op="delete", program=None) if "replica:" in one] == []


def test_what_is_weeks_away_or_no_rule_at_all_is_left_out() -> None:
    for rules in ([{**RULES[0], "schedule": "0 8 1 6 *"}], [{**RULES[0], "schedule": "soon"}], [{}], ["x"], "x", None):
        assert told({**SCHEDULE, "rules": rules}) == []


def test_a_change_of_a_rule_says_what_it_does() -> None:
    thing = Thing(KIND, "hours", "update", recorded=SCHEDULE, program=changed(SCHEDULE, ("rules.0.target_replicas", 6)))
    text = every_format(report_of(as_json([thing])))["text"]
    assert "morning: target replicas 4 → 6" in text
    assert "when it stops or scales by itself changes" in text
