"""Between a deployment's scaling policy and the values of a replica schedule."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.modelartsv2.specs.replicaschedule import (
    ReplicaRule,
    ReplicaScheduleOutputs,
    ReplicaScheduleSpec,
    RuleDetail,
)

CRON = "CRON_HPA"
DELETED, FAILED = "DELETED", "FAILED"

Detail = Mapping[str, Any]
"""The scaling policy of a deployment, in wire names, with the id of its service."""


def rules_of(detail: Detail) -> list[Json]:
    """The rules that there are, in wire names."""
    if detail.get("status") == DELETED:
        return []
    return [dict(one) for one in detail.get("hpa_rules") or () if one.get("status") != DELETED]


def cron_rules(detail: Detail) -> list[Json]:
    """The rules that run by the clock."""
    return [one for one in rules_of(detail) if one.get("type", CRON) == CRON]


def other_rules(detail: Detail) -> list[str]:
    """The names of the rules that go by something else, such as a metric."""
    return [str(one.get("name")) for one in rules_of(detail) if one.get("type", CRON) != CRON]


def active_rules(hpa_answer: Detail | None) -> list[dict[str, Any]]:
    """The rules that set the number of replicas of a deployment, under our names: what runs by the clock.

    Args:
        hpa_answer: the scaling policy as ModelArts answers it; None for none.
    """
    if hpa_answer is None or hpa_answer.get("status") != "ACTIVE":
        return []
    rules = [from_wire(RuleDetail, one) for one in cron_rules(hpa_answer)]
    return [one for one in rules if not one.get("disabled")]


def wanted_rules(values: Inputs) -> list[Json]:
    """The rules of a program, in wire names."""
    return [{**to_wire(ReplicaRule, one), "type": CRON} for one in values["rules"]]


def live_of(detail: Detail) -> Live:
    """The policy of a deployment that has rules by the clock."""
    rules = cron_rules(detail)
    values = from_wire(ReplicaScheduleSpec, {**detail, "hpa_rules": rules})
    return Live(
        {"service_id": detail["service_id"], **spelled(values)},
        from_wire(ReplicaScheduleOutputs, detail),
        problem=problem_of(detail),
        raw=detail,
        remark=_remark(detail),
    )


def spelled(values: dict[str, Any]) -> dict[str, Any]:
    """The values with one blank between the fields of each cron text."""
    rules = values.get("rules")
    if not isinstance(rules, list):
        return values
    return {**values, "rules": [_spelled(one) for one in rules]}


def _spelled(rule: Any) -> Any:
    text = rule.get("schedule") if isinstance(rule, Mapping) else None
    return {**rule, "schedule": " ".join(text.split())} if isinstance(text, str) else rule


def is_as(detail: Detail, wanted: Sequence[Json]) -> bool:
    """Whether the rules by the clock are just these."""
    return not list(orders(detail, wanted))


def orders(detail: Detail, wanted: Sequence[Json], again: Collection[str] = ()) -> Iterator[Json]:
    """What makes the rules by the clock just these: one order for each that differs, or is named in `again`."""
    left = {str(one["name"]): one for one in wanted}
    for rule in cron_rules(detail):
        mine = left.pop(str(rule["name"]), None)
        there = {"id": rule["id"]}
        if mine is None:
            yield {**there, **_plain(rule), "operate": "DELETE"}
        elif _plain(rule) != mine or mine["name"] in again:
            yield {**there, **mine, "operate": "UPDATE"}
    for one in left.values():
        yield {**one, "operate": "ADD"}


def _plain(rule: Json) -> Json:
    """A live rule as it would be asked for."""
    return {**to_wire(ReplicaRule, {"disabled": False, **_spelled(from_wire(ReplicaRule, rule))}), "type": CRON}


def words_of(rules: Sequence[Json]) -> str:
    """Rules for people: `office-hours (0 8 * * 1-5: 4)`."""
    told = (
        f"{one.get('name')} ({one.get('schedule')}: {one.get('target_replicas')}{_off(one.get('disable'))})"
        for one in rules
    )
    return ", ".join(told) or "no rule"


def _off(disabled: Any) -> str:
    return ", disabled" if disabled in (True, "true") else ""


def failed_rules(detail: Detail) -> list[str]:
    """The names of the rules that ModelArts says have failed."""
    return [str(one["name"]) for one in cron_rules(detail) if one.get("status") == FAILED]


def problem_of(detail: Detail) -> str | None:
    """Why a schedule does not do its work; None when it does."""
    failed = failed_rules(detail)
    if not failed:
        return None
    verb = "is" if len(failed) == 1 else "are"
    return f"{', '.join(failed)} {verb} {FAILED}, as ModelArts says: the number of replicas is not set by it"


def _remark(detail: Detail) -> str | None:
    is_idle = detail.get("status") == "INACTIVE" and any(not _off(one.get("disable")) for one in cron_rules(detail))
    return "the scaling policy is INACTIVE, as ModelArts says: none of its rules runs" if is_idle else None


def parts_of(thing: str) -> tuple[str, str]:
    """The ids of service and deployment in the id of a schedule."""
    service_id, _, deployment_id = thing.partition(",")
    return service_id, deployment_id


def id_of(values: Inputs) -> str:
    """The id of a schedule whose deployment is known."""
    return f"{values['service_id']},{values['deployment_id']}"
