"""Values, paths and resources in words, made from the facts of fields and from nothing that a cloud is called."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from pulumi_inference.core.fields.compare import MISSING
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.redact import MASK
from pulumi_inference.review import places
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

SWITCHED = "is switched to another version"

EFFECTS = {
    "downtime": "nothing answers in between",
    "switch": "another version runs, with all that is its own",
    "restart": "instances are started anew; calls may fail meanwhile",
    "traffic": "traffic is shared out differently",
    "capacity": "capacity changes",
    "schedule": "when it stops or scales by itself changes",
}
"""What a change does to what runs, by the effects that the facts of fields have."""
RETAINED = "; {} stays in the cloud, where nobody manages it any more (retain_on_delete)"
ORDER = ("switch", "capacity", "traffic", "downtime", "restart", "schedule")
ACCELERATOR_UNITS = ("GPUs", "chips")
"""What fields that count accelerators are counted in."""
ORDERS = {
    True: "the old one goes first, and nothing answers in between",
    False: "the new one is made first",
}


_IS_SECRET = " (secret)"  # noqa: S105 - what is told of one
_TRACEBACK = "Traceback (most recent call last):"
_FRAME = re.compile(r'  File "([^"]+)", line (\d+)')
_OF_PYTHON = ("site-packages/", "lib/python")
"""Where the frames of a traceback are that are not the program's."""


def on_one_line(text: str) -> str:
    """What somebody has said below each other, behind each other: of a traceback, what it ends with, and where."""
    before, mark, trace = text.partition(_TRACEBACK)
    lines = [*before.splitlines(), *_end_of(trace.splitlines())] if mark else text.splitlines()
    lines = [one.strip() for one in lines if one.strip()]
    pairs = zip_longest(lines, lines[1:], fillvalue="")
    return "".join(f"{one}{_between(one, after)}" for one, after in pairs)


def _end_of(trace: Sequence[str]) -> list[str]:
    """The exception of a traceback, and the last place in the program; all of it where it has neither."""
    frames = [(place, found) for place, line in enumerate(trace) if (found := _FRAME.match(line))]
    after = frames[-1][0] if frames else len(trace)
    begin = next((place for place in range(after, len(trace)) if trace[place][:1].strip()), None)
    if begin is None:
        return [_TRACEBACK, *trace]
    own = [found for _, found in frames if not any(place in found[1] for place in _OF_PYTHON)]
    where = [f"({own[-1][1].rpartition('/')[2]}, line {own[-1][2]})"] if own else []
    return [*(line for line in trace[begin:] if line.strip()), *where]


def _between(line: str, after: str) -> str:
    """What is put between two lines: they are sentences where the second one begins as such."""
    if not after:
        return ""
    return ". " if after[0].isupper() and line[-1] not in ".:;,!?" else " "


def plural(number: int, word: str) -> str:
    """A number of things, such as `1 field`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


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


def label(change: Change, spec: Any = None) -> str:
    """What a field is called: its last names, with what identifies the item that it belongs to in front."""
    names = [str(token) for token in change.path] or ["all of it"]
    if len(names) < 2:
        return _plain(names[-1])
    item = places.item(spec, change.path[:-1])
    last = names[-1] if _is_item(change, spec) else _plain(names[-1])
    # `gpu type` says `gpu` already.
    inner = "" if item == names[-2] or last.startswith(f"{_plain(names[-2])} ") else names[-2]
    owner = " ".join(filter(None, (item, inner)))
    return f"{owner}: {last}" if owner else last


def part(change: Change, spec: Any = None) -> str:
    """One field of a sentence: `instance count 2 → 4`, `secret_env.TOKEN (secret)`."""
    if change.is_secret:
        return f"{change.text}{_IS_SECRET}"
    before, after = change.before, change.program
    unit = f" {change.facts.unit}" if change.facts and change.facts.unit else ""
    name = label(change, spec)
    if after is MISSING:
        return f"{name} goes" if isinstance(before, Mapping) else f"{name} {_told(before)} → none"
    if before is MISSING:
        return f"{name} comes" if isinstance(after, Mapping) else f"{name} {_told(after)}{unit}"
    return f"{name} {_told(before)} → {_told(after)}{unit}"


def field(name: str, value: Any) -> str:
    """A field that is there, and what it has: `duration 8`."""
    return f"{_plain(name)} {_told(value)}"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _is_item(change: Change, spec: Any) -> bool:
    """Whether it is a whole item of a list, whose last name is what identifies it."""
    return places.item(spec, change.path) == str(change.path[-1]) != ""


def _told(value: Any) -> str:
    """A value in a sentence; of a list with one map in it, what that has."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Mapping):
        return ", ".join(f"{_plain(str(name))} {value_text(one, 30)}" for name, one in sorted(value[0].items()))
    return value_text(value, 30)


def _parts(one: Resource) -> list[str]:
    """All that is planned, in the order of a sentence; what takes the place of something else is one part with it."""
    spec, told = one.life.spec if one.life else None, _sorted(one.planned)
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in told:
        groups.setdefault(change.path[:-1], []).append(change)
    pairs = [pair for group in groups.values() if (pair := _pair(group, spec))]
    second = {change.path for pair in pairs for change in pair[1:]}
    first = {pair[0].path: pair for pair in pairs}
    return [
        _exchanged(first[change.path], spec) if change.path in first else part(change, spec)
        for change in told
        if change.path not in second
    ]


def _pair(changes: Sequence[Change], spec: Any) -> tuple[Change, ...]:
    """Of one place, the accelerator or item that goes and the one that comes; none unless there is one of each."""
    of_a_kind = [one for one in changes if not one.is_secret and (_is_item(one, spec) or _counts_accelerators(one))]
    goes = [one for one in of_a_kind if one.program is MISSING]
    comes = [one for one in of_a_kind if one.before is MISSING]
    if len(goes) != 1 or len(comes) != 1 or goes[0] is comes[0]:
        return ()
    return (goes[0], comes[0]) if changes.index(goes[0]) < changes.index(comes[0]) else (comes[0], goes[0])


def _counts_accelerators(change: Change) -> bool:
    sides = [one for one in (change.before, change.program) if one is not MISSING]
    is_number = all(isinstance(one, int | float) and not isinstance(one, bool) for one in sides)
    return change.facts is not None and change.facts.unit in ACCELERATOR_UNITS and is_number


def _exchanged(pair: Sequence[Change], spec: Any) -> str:
    """What takes the place of what: `m-a: 1 gpu p4 → 2 ascend a310`, `specifications: L40 → H100`."""
    goes, comes = sorted(pair, key=lambda one: one.program is not MISSING)
    names = [str(one.path[-1]) for one in (goes, comes)]
    if _counts_accelerators(goes):
        sides = (goes.before, comes.program)
        names = [f"{value_text(side)} {_plain(name)}" for side, name in zip(sides, names, strict=True)]
    owner = places.item(spec, goes.path[:-1]) or (str(goes.path[-2]) if len(goes.path) > 1 else "")
    return f"{owner}: {' → '.join(names)}" if owner else " → ".join(names)


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
        return f"{verb}{_forced(one)}{_order(one)}{RETAINED.format('the old one') if one.is_retained else ''}"
    if one.op == "delete" and one.is_retained:
        return f"is forgotten{RETAINED.format('it')}"
    if one.only_looks_changed:
        return "may change: it depends on what only pulumi up will know"
    told = _parts(one)
    # Which secrets change is said before what else there is no room for.
    kept = [text for place, text in enumerate(told) if place < MOST_PARTS or text.endswith(_IS_SECRET)]
    kept = kept[: 2 * MOST_PARTS]
    if len(kept) < len(told):
        kept.append(f"{len(told) - len(kept)} more")
    told = kept
    verb = SWITCHED if one.op == "update" and "switch" in effects_of(one) else verb
    return f"{verb}: {', '.join(told)}" if told else verb


def consequences(one: Resource) -> list[str]:
    """What a change does to what runs, as its fields' facts say."""
    if one.op != "update":
        return []
    effects = effects_of(one)
    return [text for effect, text in EFFECTS.items() if effect in effects and not _is_in(effect, effects)]


def effects_of(one: Resource) -> set[str]:
    """What all that is planned and known does to what runs."""
    return {effect for change in one.planned if not change.is_unknown for effect in change.effects}


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
        return f", forced by {names}, which only pulumi up will know"
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
