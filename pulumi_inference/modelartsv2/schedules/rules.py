"""What makes a replica schedule wrong or doubtful, and when its rules run, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from pulumi_inference.core.clock import spoken_time
from pulumi_inference.core.fields.cron import common_time, find_mistake, is_time_zone, next_moments
from pulumi_inference.core.fields.problems import Problem, item_rule, rule
from pulumi_inference.core.lifecycle import Inputs

RUNS_TOLD = 3
MOST_COLLISIONS = 5
UTC = "UTC"


@item_rule("schedule", each="rules")
def schedules_are_cron(one: Mapping[str, Any], _values: Mapping[str, Any]) -> Iterator[Problem]:
    """A cron text of five fields, which names a moment that comes."""
    mistake = find_mistake(one["schedule"]) if "schedule" in one else None
    if mistake:
        yield Problem("schedule", mistake)


@rule("rules[*].name")
def names_are_own(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Rules are told apart by their names."""
    names = [one.get("name") if isinstance(one, Mapping) else None for one in values.get("rules") or ()]
    for index, name in enumerate(names):
        if name is not None and name in names[:index]:
            yield Problem(
                f"rules[{index}].name", f'"{name}" is the name of rules[{names.index(name)}] too; give each its own'
            )


@rule("time_zone")
def time_zone_is_one(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A name of the time zone database."""
    name = values.get("time_zone")
    if name is not None and not is_time_zone(name):
        yield Problem("time_zone", "must be the name of a time zone, such as Asia/Shanghai or UTC")


RULES = (schedules_are_cron, names_are_own, time_zone_is_one)


def zone_of(values: Inputs) -> ZoneInfo:
    """The time zone in which the rules are read."""
    name = values.get("time_zone")
    return ZoneInfo(name if isinstance(name, str) and is_time_zone(name) else UTC)


def runs_of(old: Inputs | None, values: Inputs, now: float) -> Iterator[str]:
    """When each rule runs next that is new or has changed, in words."""
    zone, known = zone_of(values), (old or {}).get("rules") or ()
    for one in _listed(values):
        if not _is_known(one) or one in known:
            continue
        if one.get("disabled"):
            yield f"{one['name']} is disabled: it never runs"
            continue
        times = [spoken_time(at) for at in next_moments(one["schedule"], now, zone, RUNS_TOLD)]
        yield f"{one['name']} sets {_replicas(one['target_replicas'])} on {'; '.join(times)} ({_clock(values)})"


def collisions(values: Inputs) -> Iterator[str]:
    """Rules that want another number of replicas at one moment."""
    live = [one for one in _listed(values) if _is_known(one) and not one.get("disabled")]
    found = 0
    for one, other in combinations(live, 2):
        if one["target_replicas"] == other["target_replicas"] or found == MOST_COLLISIONS:
            continue
        time = common_time(one["schedule"], other["schedule"])
        if time:
            found += 1
            numbers = f"{one['target_replicas']} and {_replicas(other['target_replicas'])}"
            yield (
                f"rules: {one['name']} and {other['name']} run at one moment, such as {time[0]:02}:{time[1]:02}, and "
                f"set {numbers}; which of them counts is not documented"
            )


def upcoming(values: Inputs, now: float) -> list[tuple[float, str]]:
    """The next moments at which rules run (seconds since the epoch), soonest first, and what each then sets."""
    zone = zone_of(values)
    found = [
        (at.timestamp(), f"{one['name']} sets {_replicas(one['target_replicas'])}")
        for one in _listed(values)
        if _is_known(one) and not one.get("disabled")
        for at in next_moments(one["schedule"], now, zone, RUNS_TOLD)
    ]
    return sorted(found)


def taken(words: str) -> str:
    """What is said of a deployment that has other rules already."""
    return (
        f"has another replica schedule already, {words}; remove that one first, or begin with just its rules: then "
        "`pulumi up` takes it over"
    )


def by_metric(names: Sequence[str]) -> str:
    """What is said of a deployment that is scaled by a metric."""
    return (
        f"the deployment has rules that go by a metric ({', '.join(names)}), which the API does not describe and this "
        "resource cannot manage; remove them in the console first"
    )


def _listed(values: Inputs) -> Sequence[Any]:
    found = values.get("rules")
    return found if isinstance(found, list) else ()


def _is_known(one: Any) -> bool:
    """Whether a rule is there as a whole: in a preview, parts of it may not be known yet."""
    parts = (("name", str), ("schedule", str), ("target_replicas", int))
    return isinstance(one, Mapping) and all(isinstance(one.get(name), type_) for name, type_ in parts)


def _clock(values: Inputs) -> str:
    """The time zone; where nobody has chosen it, that it is a guess."""
    return str(values.get("time_zone") or f"{UTC}; ModelArts does not document its time zone: time_zone= says another")


def _replicas(number: Any) -> str:
    return "1 replica" if number == 1 else f"{number} replicas"
