"""Values, paths and resources in words, made from the facts of fields and from nothing that a cloud is called."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from pulumi_inference.core.fields.compare import MISSING
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

EFFECTS = {
    "downtime": "nothing answers in between",
    "restart": "instances are started anew, while others answer",
    "traffic": "another share of the traffic goes there",
    "capacity": "capacity changes",
    "schedule": "it stops or scales by itself at another time",
}
"""What a change does to what runs, by the effects that the facts of fields have."""
ORDER = ("capacity", "traffic", "downtime", "restart", "schedule")
ORDERS = {
    True: "the old one goes first, and nothing answers in between",
    False: "the new one is made first",
}


def value_text(value: Any, longest: int = LONGEST_VALUE) -> str:
    """A value as one short line."""
    if value is MISSING:
        return "not set"
    if value is UNKNOWN:
        return "known after up"
    if isinstance(value, int) and not isinstance(value, bool):  # the encoder is slow, and most values are these
        text = str(value)
    elif isinstance(value, str):
        text = (
            value if value and value == value.strip() and "\n" not in value else json.dumps(value, ensure_ascii=False)
        )
    else:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=value_text)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def label(change: Change) -> str:
    """What a field is called: its last names, with what identifies the item that it belongs to in front."""
    names = [str(token) for token in change.path] or ["all of it"]
    return names[-1].replace("_", " ") if len(names) < 2 else f"{names[-2]}: {names[-1].replace('_', ' ')}"


def part(change: Change) -> str:
    """One field of a sentence: `instance count 2 → 4`, `gpu P4 → A310`, `secret_env.TOKEN (secret)`."""
    if change.is_secret:
        return f"{change.text} (secret)"
    before, after = change.before, change.program
    unit = f" {change.facts.unit}" if change.facts and change.facts.unit else ""
    if after is MISSING:
        return f"{label(change)} {value_text(before, 30)} → none"
    if before is MISSING:
        return f"{label(change)} {value_text(after, 30)}{unit}"
    return f"{label(change)} {value_text(before, 30)} → {value_text(after, 30)}{unit}"


def sentence(one: Resource) -> str:
    """What becomes of a resource, in one sentence: capacity and traffic first, then the rest."""
    parts = [f"was called {one.former_name}"] if one.former_name else []
    parts.append(_main_clause(one))
    if one.has_leftover:
        parts.append("what an earlier replacement has left is deleted")
    return "; ".join(parts)


def _main_clause(one: Resource) -> str:
    verb = VERBS.get(one.op, one.op)
    if one.is_gone:
        return "is gone from the cloud" + (", and is made anew" if one.op == "create" else "")
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
    return [text for effect, text in EFFECTS.items() if effect in effects and not _is_in(effect, effects)]


def _is_in(effect: str, effects: Collection[str]) -> bool:
    """Whether another effect says as much and more."""
    return effect == "restart" and "downtime" in effects


def secrets(one: Resource) -> list[str]:
    """The names of the secrets that change."""
    return [change.text for change in one.planned if change.is_secret]


def _forced(one: Resource) -> str:
    forcing = [change for change in one.planned if change.forces]
    names = ", ".join(change.text for change in forcing)
    if forcing and all(change.is_unknown for change in forcing):
        return f", forced by {names}, which only the up will know"
    return f", forced by {names}" if names else ""


def _order(one: Resource) -> str:
    if one.life is None:
        return "" if one.goes_first is None else f": {ORDERS[one.goes_first]}"
    renewed = f", with another {one.life.renewed}" if one.life.renewed else ""
    return f": {ORDERS[one.deletes_first]}{renewed}"


def _sorted(changes: Sequence[Change]) -> list[Change]:
    def rank(change: Change) -> tuple[int, str]:
        places = [ORDER.index(one) for one in change.effects if one in ORDER]
        return min(places, default=len(ORDER)), change.text

    return sorted(changes, key=rank)


def masked(value: Any) -> str:
    """A value of a secret: that it is one."""
    return MASK if value is not MISSING else "not set"
