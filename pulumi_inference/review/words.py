"""Values, paths and resources in words, made from the facts of fields and from nothing that a cloud is called."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pulumi_inference.core.fields.compare import MISSING, Verdict
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.redact import MASK
from pulumi_inference.review.changes import Change, Resource

LONGEST_VALUE = 60
MOST_PARTS = 4

VERBS = {
    "create": "is created",
    "update": "is updated",
    "replace": "is replaced",
    "delete": "is deleted",
    "import": "is imported",
    "read": "is read",
    "same": "stays as it is",
}


def value_text(value: Any, longest: int = LONGEST_VALUE) -> str:
    """A value as one short line."""
    if value is MISSING:
        return "not set"
    if value is UNKNOWN:
        return "known after up"
    if isinstance(value, str):
        text = (
            value if value and value == value.strip() and "\n" not in value else json.dumps(value, ensure_ascii=False)
        )
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=value_text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def label(change: Change) -> str:
    """What a field is called: its last names, with what identifies the item that it belongs to in front."""
    names = [str(token) for token in change.path]
    return names[-1].replace("_", " ") if len(names) < 2 else f"{names[-2]}: {names[-1].replace('_', ' ')}"


def part(change: Change) -> str:
    """One field of a sentence: `instance count 2 → 4`, `gpu P4 → A310`, `secret_env.TOKEN (secret)`."""
    if change.is_secret:
        return f"{change.text} (secret)"
    before, after = change.live if change.verdict is Verdict.DRIFT else change.recorded, change.program
    if change.live is not MISSING and change.verdict is Verdict.CONFLICT:
        before = change.live
    unit = f" {change.facts.unit}" if change.facts and change.facts.unit else ""
    if after is MISSING:
        return f"{label(change)} {value_text(before, 30)} → none"
    if before is MISSING:
        return f"{label(change)} {value_text(after, 30)}{unit}"
    return f"{label(change)} {value_text(before, 30)} → {value_text(after, 30)}{unit}"


def sentence(one: Resource) -> str:
    """What becomes of a resource, in one sentence: capacity and traffic first, then the rest."""
    verb = VERBS.get(one.op, one.op)
    if one.is_gone and one.op != "delete":
        verb = "is gone from the cloud, and made anew"
    if one.op == "replace":
        return f"{verb}{_forced(one)}{_order(one)}"
    if one.only_looks_changed:
        return "may change: it depends on what only the up will know"
    told = _sorted(one.planned)
    parts = [part(change) for change in told[:MOST_PARTS]]
    if len(told) > MOST_PARTS:
        parts.append(f"{len(told) - MOST_PARTS} more")
    return f"{verb}: {', '.join(parts)}" if parts else verb


def consequences(one: Resource) -> list[str]:
    """What a change does to what runs, as its fields' facts say."""
    if one.op != "update":
        return []
    effects = {effect for change in one.planned if not change.is_unknown for effect in change.effects}
    found = []
    if "downtime" in effects:
        found.append("instances are started anew")
    if "traffic" in effects:
        found.append("the share of the traffic moves")
    if "capacity" in effects:
        found.append("capacity changes")
    return found


def secrets(one: Resource) -> list[str]:
    """The names of the secrets that change."""
    return [change.text for change in one.planned if change.is_secret]


def _forced(one: Resource) -> str:
    names = [change.text for change in one.planned if change.forces]
    return f", forced by {', '.join(names)}" if names else ""


def _order(one: Resource) -> str:
    if one.life is None:
        return ""
    renewed = f", with another {one.life.renewed}" if one.life.renewed else ""
    order = "it goes first, and is down in between" if one.deletes_first else "the new one is made first"
    return f": {order}{renewed}"


def _sorted(changes: Sequence[Change]) -> list[Change]:
    order = ("capacity", "traffic", "downtime")

    def rank(change: Change) -> tuple[int, str]:
        places = [order.index(one) for one in change.effects if one in order]
        return min(places, default=len(order)), change.text

    return sorted(changes, key=rank)


def masked(value: Any) -> str:
    """A value of a secret: that it is one."""
    return MASK if value is not MISSING else "not set"
