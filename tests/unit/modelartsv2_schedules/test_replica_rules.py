"""What a program may say of rules, and what the preview says of them: when they run, and which of them meet."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.modelartsv2_schedules import EVENING, MORNING, Schedules

FRIDAY_NOON = 1_795_780_800.0  # 27 November 2026, 12:00 UTC


@pytest.fixture
def schedules(schedules: Schedules) -> Schedules:
    """On a Friday at noon."""
    schedules.world.clock.advance(FRIDAY_NOON - schedules.world.clock.now())
    schedules.world.next_operation()
    return schedules


def problems(schedules: Schedules, *rules: Any, **changes: Any) -> list[str]:
    """What is wrong with a program."""
    return [str(one) for one in schedules.world.check(schedules.program(*rules, **changes)).problems]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"schedule": "0 8 * *"}, "rules[0].schedule: must have five fields: minute, hour, day of month, month and "),
        ({"schedule": "0 0 8 * * 1"}, "rules[0].schedule: must have five fields"),
        ({"schedule": "61 8 * * 1"}, 'rules[0].schedule: has a wrong minute; write for example "0 8 * * 1-5" for 8:00'),
        ({"schedule": "0 8 30 2 *"}, "rules[0].schedule: has a wrong day of month"),
        ({"schedule": "1," * 64 + "1 * * * *"}, "rules[0].schedule: "),
        ({"name": "Morning"}, "rules[0].name: must begin with a lower-case letter"),
        ({"name": "morning-"}, "rules[0].name: must begin with a lower-case letter"),
        ({"name": "abc"}, "rules[0].name: "),
        ({"name": "a" * 65}, "rules[0].name: "),
        ({"target_replicas": 0}, "rules[0].target_replicas: "),
        ({"target_replicas": 129}, "rules[0].target_replicas: "),
        ({"target_replicas": 1.5}, "rules[0].target_replicas: "),
        ({"colour": "red"}, "rules[0]"),
    ],
)
def test_a_rule_that_is_wrong(schedules: Schedules, rule: dict[str, Any], told: str) -> None:
    [problem] = problems(schedules, {**MORNING, **rule})
    assert problem.startswith(told)
    assert schedules.world.told == []


def test_a_program_that_is_wrong_as_a_whole(schedules: Schedules) -> None:
    twice = 'rules[2].name: "morning" is the name of rules[0] too; give each its own'
    assert problems(schedules, MORNING, EVENING, MORNING) == [twice]
    [problem] = problems(schedules, time_zone="Berlin")
    assert problem == "time_zone: must be the name of a time zone, such as Asia/Shanghai or UTC"
    [problem] = problems(schedules, rules=[])
    assert problem.startswith("rules: ")


def test_a_name_that_is_only_too_short_is_told_once_and_the_hint_says_how_long(schedules: Schedules) -> None:
    [problem] = problems(schedules, {**MORNING, "name": "b"})
    assert "at least 4 characters" in problem
    first, *_ = problems(schedules, {**MORNING, "name": "Morning"})
    assert "4 or more characters" in first


def test_names_of_the_shortest_and_the_longest_form(schedules: Schedules) -> None:
    assert problems(schedules, {**MORNING, "name": "a--1"}, {**EVENING, "name": "a" * 64}) == []


def test_the_next_three_runs_of_each_new_rule_are_told_with_the_time_zone(schedules: Schedules) -> None:
    assert problems(schedules, time_zone="Asia/Shanghai") == []
    assert schedules.world.told == [
        "morning sets 4 replicas on Monday, 30 November 2026, 08:00; Tuesday, 1 December 2026, 08:00; Wednesday, 2 "
        "December 2026, 08:00 (Asia/Shanghai)",
        # It is 20:00 there, so that today's run is over.
        "evening sets 1 replica on Monday, 30 November 2026, 20:00; Tuesday, 1 December 2026, 20:00; Wednesday, 2 "
        "December 2026, 20:00 (Asia/Shanghai)",
    ]


def test_where_nobody_has_chosen_the_time_zone_it_is_said_to_be_a_guess(schedules: Schedules) -> None:
    assert problems(schedules, EVENING) == []
    assert schedules.world.told == [
        "evening sets 1 replica on Friday, 27 November 2026, 20:00; Monday, 30 November 2026, 20:00; Tuesday, 1 "
        "December 2026, 20:00 (UTC; ModelArts does not document its time zone: time_zone= says another)"
    ]


def test_only_what_is_new_or_has_changed_is_told(schedules: Schedules) -> None:
    state = schedules.made()
    later = {**MORNING, "schedule": "0 9 * * *"}
    schedules.world.diff(state, schedules.program(later, EVENING, {**EVENING, "name": "never", "disabled": True}))
    told = [one.partition(" on ")[0] for one in schedules.world.told]
    assert told == ["morning sets 4 replicas", "never is disabled: it never runs"]
    schedules.world.diff(state, schedules.program())
    assert schedules.world.told == []


def test_another_time_zone_alone_changes_nothing(schedules: Schedules) -> None:
    state = schedules.made()
    assert schedules.world.diff(state, schedules.program(time_zone="Asia/Shanghai")).changes is False


def test_what_is_not_known_yet_is_left_out(schedules: Schedules) -> None:
    unknown = [MORNING, {**EVENING, "target_replicas": UNKNOWN}, UNKNOWN]
    for rules in (unknown, UNKNOWN):
        checked = schedules.world.lifecycle.check(schedules.world.context(), None, schedules.program(rules=rules))
        assert checked.problems == []
    assert [one.partition(" on ")[0] for one in schedules.world.told] == ["morning sets 4 replicas"]
    for name in ("service_id", "deployment_id"):
        schedules.world.next_operation()
        program = schedules.program(**{name: UNKNOWN})
        assert schedules.world.lifecycle.check(schedules.world.context(), None, program).problems == []
        assert len(schedules.world.told) == 2
        assert not [one for one in schedules.world.cloud.sent("GET") if "hpa" in one.path]


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        ({"schedule": "0 8 1 * *", "target_replicas": 9}, True),
        ({"schedule": "*/30 * * * 1", "target_replicas": 9}, True),
        ({"schedule": "0 8 1 * *"}, False),
        ({"schedule": "0 8 * * 6,0", "target_replicas": 9}, False),
        ({"schedule": "0 8 * * *", "target_replicas": 9, "disabled": True}, False),
    ],
)
def test_rules_that_meet_are_warned_of(schedules: Schedules, other: dict[str, Any], meets: bool) -> None:
    assert problems(schedules, MORNING, {**MORNING, "name": "other", **other}) == []
    assert schedules.world.warned == (
        [
            "rules: morning and other run at one moment, such as 08:00, and set 4 and 9 replicas; which of them counts "
            "is not documented"
        ]
        if meets
        else []
    )


def test_of_very_many_that_meet_some_are_told(schedules: Schedules) -> None:
    rules = [{**MORNING, "name": f"rule-{number}", "target_replicas": number} for number in range(1, 40)]
    assert problems(schedules, *rules) == []
    assert len(schedules.world.warned) == 5
