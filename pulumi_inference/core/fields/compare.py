"""Three-way comparison: what the program says, what the last `up` recorded, what the cloud answers now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.differences import Side, between, in_order, keyed
from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.fields.shape import (
    Values,
    by_identity,
    canonical,
    declared,
    identities,
    is_asked_only,
    is_empty,
    project,
    remember,
    union,
)
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown


class Missing:
    """Stands for the value of a path that is not there."""

    def __repr__(self) -> str:
        return "not set"


MISSING = Missing()


class Verdict(StrEnum):
    """What became of one path."""

    SAME = "same"
    CHANGE = "change"
    DRIFT = "drift undone"
    CONVERGED = "converged"
    CONFLICT = "conflict"
    UNMANAGED = "unmanaged"


@dataclass(frozen=True)
class Finding:
    """One path whose three values are not all the same. Values are None-free; absent ones are `MISSING`."""

    path: paths.Path
    verdict: Verdict
    program: Any
    recorded: Any
    live: Any
    is_for_good: bool = False
    """Whether the path leads to or through what cannot be changed, only made anew."""
    is_secret: bool = False
    """Whether the path leads to or through a secret, or to what may be one and the program does not name."""

    @property
    def text(self) -> str:
        """The path as previews write it."""
        return paths.render(self.path)


def compare(model: type[Spec], program: Values, recorded: Values, live: Values) -> list[Finding]:
    """One finding for each path where program, record and live values are not all the same.

    `live` may hold more than anybody declared: fields that neither program nor record has set are left out, and a
    default of the cloud that the program no longer names is `unmanaged`.
    """
    moved = [declared(model, side) for side in _moved(model, (program, recorded, live))]
    seen = project(model, remember(model, moved[2], moved[1]), union(model, moved[0], moved[1]))
    sides = wanted, known, there = [Side(model, side) for side in (moved[0], moved[1], seen)]
    found = {*between(known, wanted), *between(known, there), *between(wanted, there)}
    outermost = [path for path in found if not any(path[:length] in found for length in range(1, len(path)))]
    by_key = [keyed(model, side.values) for side in sides] if outermost else []
    return [
        _finding(model, path, program, [_value_at(side, path) for side in by_key])
        for path in in_order(model, outermost)
    ]


def _moved(model: type[Spec], sides: Sequence[Values]) -> list[dict[str, Any]]:
    """The sides without the fields that are alike on all of them, in objects too.

    An object that would be left with nothing stays whole: what is empty on one side would be the object's difference.
    """
    found: list[dict[str, Any]] = [{} for _ in sides]
    for name, field in facts_of(model).items():
        if not _has_moved(name, *sides):
            continue
        values = [side.get(name, MISSING) for side in sides]
        if field.kind == "object" and field.item and all(_is_plain(field.item, value) for value in values):
            inside = _moved(field.item, values)
            says_nothing = (is_empty(field, canonical(field.item, one)) for one in inside)
            values = values if any(says_nothing) else inside
        for side, value in zip(found, values, strict=True):
            if value is not MISSING:
                side[name] = value
    return found


def _is_plain(model: type[Spec], value: Any) -> bool:
    return isinstance(value, dict) and value.keys() <= facts_of(model).keys()


def _has_moved(name: str, program: Values, recorded: Values, live: Values) -> bool:
    """Whether a field may differ: what is alike on all sides is not gone through, because nearly all of it is."""
    if name not in program and name not in recorded:
        return False
    wanted = program.get(name, MISSING)
    return not (wanted == recorded.get(name, MISSING) == live.get(name, MISSING)) or contains_unknown(wanted)


def additions(model: type[Spec], program: Values, recorded: Values, live: Values) -> list[Finding]:
    """What somebody has added where neither program nor record says anything: left as it is, and worth a word.

    A default of the cloud, what moves by itself and what says no more than its absence are none.
    """
    found = _added(model, union(model, program, recorded), live, ())
    return [
        Finding(_with_index(model, path, program), Verdict.UNMANAGED, MISSING, MISSING, value, is_secret=secret)
        for path, value, secret in found
    ]


def _added(
    model: type[Spec], declared: Values, live: Values, prefix: paths.Path
) -> Iterator[tuple[paths.Path, Any, bool]]:
    for name, field in facts_of(model).items():
        if name not in live:
            continue
        value, said, path = live[name], declared.get(name), (*prefix, name)
        if name not in declared:
            is_theirs = field.server_default or field.volatile or is_asked_only(field) or is_empty(field, value)
            if not is_theirs:
                yield path, value, field.secret
        elif field.kind == "object" and field.item and isinstance(value, Mapping) and isinstance(said, Mapping):
            yield from _added(field.item, said, value, path)
        elif field.keyed_by and field.item and isinstance(value, list) and isinstance(said, list):
            there = by_identity(field, value)
            for key, one in by_identity(field, said).items():
                if key in there and isinstance(one, Mapping):
                    yield from _added(field.item, one, there[key], (*path, str(key)))


def _finding(model: type[Spec], path: paths.Path, program: Values, values: Sequence[Any]) -> Finding:
    wanted, known, seen = values
    fields = list(fields_along(model, path))
    if wanted is MISSING and fields[-1].server_default:
        verdict = Verdict.UNMANAGED
    elif any(is_asked_only(field) for field in fields):
        verdict = Verdict.CHANGE
    elif _same(wanted, known):
        verdict = Verdict.DRIFT
    elif _same(wanted, seen):
        verdict = Verdict.CONVERGED
    elif known is MISSING or _same(known, seen):
        verdict = Verdict.CHANGE
    else:
        verdict = Verdict.CONFLICT
    for_good = any(field.immutable for field in fields)
    secret = any(field.secret or (field.hidden_in and wanted is MISSING) for field in fields)
    return Finding(_with_index(model, path, program), verdict, wanted, known, seen, for_good, secret)


def fields_along(model: type[Spec], path: paths.Path) -> Iterator[FieldFacts]:
    """The declared fields that a path passes, outermost first; items of lists and keys of maps are none."""
    inside: type[Spec] | None = model
    for token in path:
        field = facts_of(inside).get(str(token)) if inside is not None else None
        if field is None:
            continue
        yield field
        inside = field.item


def _same(one: Any, other: Any) -> bool:
    return one is not UNKNOWN and (one is other or one == other or (_nothing(one) and _nothing(other)))


def _nothing(value: Any) -> bool:
    return value is MISSING or value in ("", [], {})


def _value_at(keyed: Values, path: paths.Path) -> Any:
    value: Any = keyed
    try:
        for token in path:
            value = value[token]
    except (KeyError, IndexError, TypeError):
        return MISSING
    return value


def _with_index(model: type[Spec], path: paths.Path, program: Values) -> paths.Path:
    """Puts the positions of keyed items where their identities stand; an item that the program lacks has none."""
    field = facts_of(model).get(str(path[0])) if path else None
    if field is None or field.item is None or len(path) < 2 or isinstance(path[1], int):
        return path
    value = program.get(str(path[0]))
    if field.kind == "object":
        return (path[0], *_with_index(field.item, path[1:], value if isinstance(value, Mapping) else {}))
    if not field.keyed_by:
        return path
    items = [one for one in value or [] if isinstance(one, Mapping)]
    keys = identities(field, items)
    if path[1] not in keys:
        return path
    index = keys.index(path[1])
    return (path[0], index, *_with_index(field.item, path[2:], items[index]))
