"""A report as JSON for programs; its schema is `schemas/review.json`, and `version` moves when that does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pulumi_inference.core.fields.compare import MISSING
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.review import words
from pulumi_inference.review.capacity import Amount
from pulumi_inference.review.capacity import Line as Capacity
from pulumi_inference.review.changes import Change, Resource
from pulumi_inference.review.report import Report

VERSION = 1


def data(reports: Sequence[Report]) -> dict[str, Any]:
    """All of the reports."""
    return {"version": VERSION, "stacks": [_stack(one) for one in reports]}


def _stack(report: Report) -> dict[str, Any]:
    return {
        "stack": report.stack,
        "project": report.project,
        "verdict": report.verdict,
        "title": report.title,
        "failure": report.failure,
        "counts": report.counts,
        "drift": {"fields": len(report.drift), "resources": len({one.urn for one, _ in report.drift})},
        "dangers": [{"kind": one.kind, "urn": one.urn, "text": one.text} for one in report.dangers],
        "resources": [_resource(one) for one in report.resources if one.op != "same" or one.changes],
        "known_drift": [
            {"urn": one.resource.urn, "path": one.change.text, "reason": one.noise.reason} for one in report.hushed
        ],
        "checks": [{"severity": one.severity, "urn": one.urn, "text": one.text} for one in report.checks],
        "unverifiable": [
            {"kind": one.kind, "never": list(one.never), "sometimes": list(one.sometimes)}
            for one in report.unverifiable
        ],
        "capacity": [_line(one) for one in report.lines],
        "seen": list(report.seen),
    }


def _resource(one: Resource) -> dict[str, Any]:
    return {
        "urn": one.urn,
        "name": one.name,
        "kind": one.kind,
        "op": one.op,
        "former_name": one.former_name or None,
        "gone": one.is_gone,
        "live_state_read": one.was_read,
        "summary": words.sentence(one),
        "consequences": words.consequences(one),
        "only_looks_changed": one.only_looks_changed,
        "protected": one.is_protected,
        "fields": [_change(change) for change in one.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    sides = {"program": change.program, "recorded": change.recorded, "live": change.live}
    return {
        "path": change.text,
        "verdict": change.verdict_text,
        "secret": change.is_secret,
        "forces_replacement": change.forces,
        "effects": list(change.effects),
        **{name: _value(side, is_secret=change.is_secret) for name, side in sides.items()},
    }


def _value(value: Any, *, is_secret: bool) -> dict[str, Any]:
    if value is MISSING:
        return {"is": "absent"}
    if is_secret:
        return {"is": "secret"}
    return {"is": "unknown"} if value is UNKNOWN else {"is": "known", "value": _plain(value)}


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return None
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _line(one: Capacity) -> dict[str, Any]:
    unit = None if one.prices is None else (one.prices.unit or one.prices.currency)
    return {
        "what": one.what,
        "before": _amount(one.before),
        "after": _amount(one.after),
        "cost": None if one.cost is None else {"unit": unit, "before": list(one.cost[0]), "after": list(one.cost[1])},
    }


def _amount(amount: Amount) -> dict[str, Any]:
    accelerators, hours = (None if one is None else list(one) for one in (amount.accelerators, amount.hours))
    return {"instances": list(amount.instances), "accelerators": accelerators, "hours": hours}
