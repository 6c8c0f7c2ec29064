"""Three-way comparison: what the program says, what the last `up` recorded, what the cloud answers now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.fields.messages import unknown_property
from pulumi_inference.core.fields.shape import (
    Values,
    by_identity,
    canonical,
    identities,
    is_asked_only,
    is_empty,
    pair,
    project,
    remember,
    union,
)
from pulumi_inference.core.fields.unknown import UNKNOWN


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


def differences(model: type[Spec], before: Values, after: Values) -> list[paths.Path]:
    """The paths at which two sets of values differ, keyed lists matched by identity, in the order of the spec."""
    if before == after:
        return []
    left, right = canonical(model, before), canonical(model, after)
    if left == right:
        return []
    found = set(_differing(_keyed(model, left, whole=True), _keyed(model, right, whole=True), ()))
    found |= _unknown_paths(_keyed(model, right))
    order = list(facts_of(model))
    return sorted(found, key=lambda path: (order.index(str(path[0])), str(path)))


def _differing(left: Values, right: Values, prefix: paths.Path) -> Iterator[paths.Path]:
    """The paths at which two maps differ; what is alike is not gone through, because nearly all of it is."""
    for name in {**left, **right}:
        path = (*prefix, name)
        if name not in left or name not in right:
            yield path
            continue
        one, other = left[name], right[name]
        if one == other:
            continue
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from _differing(one, other, path)
        elif isinstance(one, list) and isinstance(other, list):
            yield from ((*path, *inside) for inside in _in_lists(one, other))
        else:
            yield path


def _in_lists(left: list[Any], right: list[Any]) -> Iterator[paths.Path]:
    from deepdiff import DeepDiff  # slow to load, and needed only where lists differ

    tree = DeepDiff(
        left,
        right,
        view="tree",
        ignore_numeric_type_changes=True,
        ignore_private_variables=False,
        threshold_to_diff_deeper=0,
    )
    for levels in tree.values():
        for level in levels:
            yield tuple(level.path(output_format="list"))


def compare(model: type[Spec], program: Values, recorded: Values, live: Values) -> list[Finding]:
    """One finding for each path where program, record and live values are not all the same.

    `live` may hold more than anybody declared: fields that neither program nor record has set are left out, and a
    default of the cloud that the program no longer names is `unmanaged`.
    """
    seen = project(model, remember(model, live, recorded), union(model, program, recorded))
    found = {
        path
        for before, after in ((recorded, program), (recorded, seen), (program, seen))
        for path in differences(model, before, after)
    }
    outermost = [path for path in found if not any(path[:length] in found for length in range(1, len(path)))]
    order = list(facts_of(model))
    outermost.sort(key=lambda path: (order.index(str(path[0])), str(path)))
    keyed = [_keyed(model, side) for side in (program, recorded, seen)] if outermost else []
    return [_finding(model, path, program, [_value_at(side, path) for side in keyed]) for path in outermost]


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


def differs_for_good(field: FieldFacts, before: Any, after: Any) -> bool:
    """Whether two values of a field differ in what is immutable, itself or inside; an unknown value is another one.

    An item that comes or goes is no change of what stands in it, and what is empty is as good as left out.
    """
    if before == after or (field.server_default and after is None) or (_says(field, before) == _says(field, after)):
        return False
    if field.immutable or not _holds_immutables(field) or UNKNOWN in (before, after):
        return field.immutable or _holds_immutables(field)
    pairs: Iterable[tuple[Any, Any]] = [(after or {}, before or {})]
    if field.kind == "list":
        pairs = pair(field, after or [], before or [])
    elif field.kind == "map":
        pairs = [(one, (before or {}).get(key)) for key, one in (after or {}).items()]
    inside = facts_of(field.item).values() if field.item is not None else ()
    return any(
        differs_for_good(one, was.get(one.name), now.get(one.name))
        for now, was in pairs
        if isinstance(now, Mapping) and isinstance(was, Mapping)
        for one in inside
    )


def _says(field: FieldFacts, value: Any) -> Any:
    return None if is_empty(field, value) else value


def _holds_immutables(field: FieldFacts) -> bool:
    item = field.item
    return item is not None and any(one.immutable or _holds_immutables(one) for one in facts_of(item).values())


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


def without(findings: Iterable[Finding], ignored: Sequence[str]) -> list[Finding]:
    """The findings that none of the ignored paths covers."""
    prefixes = [paths.parse(text) for text in ignored]
    return [one for one in findings if not any(paths.starts_with(one.path, prefix) for prefix in prefixes)]


def keep_ignored(model: type[Spec], program: Values, live: Values, ignored: Sequence[str]) -> dict[str, Any]:
    """The program's values with the live ones wherever an ignored path points.

    What the cloud has not answered is left as the program has it: the engine puts the recorded value there.
    """
    result: Any = _copy(program) if ignored else program
    for text in ignored:
        _graft(model, result, live, paths.parse(text))
    return dict(result)


def misses(model: type[Spec], path: paths.Path) -> str | None:
    """What is wrong with a path that names no field; None when it does."""
    fields, name = facts_of(model), str(path[0])
    if name == paths.WILDCARD:
        return None
    if name not in fields:
        return unknown_property(name, fields)
    shape, rest = fields[name].shape, path[1:]
    while shape.element is not None and rest:
        shape, rest = shape.element, rest[1:]
    return misses(shape.model, rest) if shape.model is not None and rest else None


def follow(model: type[Spec], path: paths.Path, before: Values, after: Values) -> paths.Path:
    """A path of `before` as it is in `after`, where keyed lists may stand in another order: an index goes along."""
    name, rest = str(path[0]), path[1:]
    field, mine, theirs = facts_of(model).get(name), before.get(name), after.get(name)
    if field is None or field.item is None or not rest:
        return path
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        return (name, *follow(field.item, rest, mine, theirs))
    index = rest[0]
    if field.keyed_by and isinstance(index, int) and isinstance(mine, list) and isinstance(theirs, list):
        keys, there = identities(field, mine), identities(field, theirs)
        if index < len(keys) and keys[index] is not None and keys[index] in there:
            place = there.index(keys[index])
            below = follow(field.item, rest[1:], mine[index], theirs[place]) if rest[1:] else ()
            return (name, place, *below)
    return path


def _graft(model: type[Spec], target: dict[str, Any], live: Values, path: paths.Path) -> None:
    name, rest = str(path[0]), path[1:]
    field = facts_of(model).get(name)
    if field is None or is_asked_only(field) or (field.sometimes_answered and name not in live):
        return
    mine, theirs = target.get(name), live.get(name)
    is_plain = isinstance(mine, dict) or (isinstance(mine, list) and field.item is None)
    if not rest or (is_plain and rest == (paths.WILDCARD,)):
        _replace(target, name, live)
    elif field.item is not None and isinstance(mine, dict) and isinstance(theirs, Mapping):
        _graft(field.item, mine, theirs, rest)
    elif field.item is not None and isinstance(mine, list) and isinstance(theirs, list):
        _graft_items(field, mine, theirs, rest)
    elif isinstance(mine, list) and isinstance(theirs, list):
        position = rest[0]
        if isinstance(position, int) and position < min(len(mine), len(theirs)) and not field.unordered:
            mine[position] = theirs[position]
    elif isinstance(mine, dict):
        _graft_keys(mine, theirs if isinstance(theirs, Mapping) else {}, rest)


def _graft_items(field: FieldFacts, mine: list[Any], theirs: list[Any], path: paths.Path) -> None:
    item = field.item
    there = by_identity(field, theirs)
    for index, (key, one) in enumerate(zip(identities(field, mine), mine, strict=True)):
        other = there.get(key)
        if item is None or other is None or path[0] not in (index, paths.WILDCARD):
            continue
        if len(path) > 1:
            _graft(item, one, other, path[1:])
        else:
            mine[index] = remember(item, other, one)


def _graft_keys(mine: dict[str, Any], theirs: Values, path: paths.Path) -> None:
    """Below a map, which may hold maps: the wildcard stands for every key."""
    key, rest = str(path[0]), path[1:]
    if key == paths.WILDCARD:
        for one in {**mine, **theirs}:
            _graft_keys(mine, theirs, (one, *rest))
    elif not rest:
        _replace(mine, key, theirs)
    elif isinstance(mine.get(key), dict) and isinstance(theirs.get(key), Mapping):
        _graft_keys(mine[key], theirs[key], rest)


def _replace(target: dict[str, Any], key: str, live: Values) -> None:
    if key in live:
        target[key] = live[key]
    else:
        target.pop(key, None)


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(one) for key, one in value.items()}
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _keyed(model: type[Spec], values: Values, *, whole: bool = False) -> dict[str, Any]:
    """Keyed lists as maps by identity; with `whole`, a list without order is one value with no paths inside."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        field = facts_of(model)[name]
        if field.item is None:
            is_set = whole and field.unordered and isinstance(value, list)
            result[name] = str(sorted(value, key=str)) if is_set else value
        elif isinstance(value, Mapping):
            result[name] = _keyed(field.item, value, whole=whole)
        elif isinstance(value, list):
            items = [_keyed(field.item, one, whole=whole) if isinstance(one, Mapping) else one for one in value]
            keys = identities(field, value)
            result[name] = items if None in keys else dict(zip(keys, items, strict=True))
        else:
            result[name] = value
    return result


def _unknown_paths(value: Any, prefix: paths.Path = ()) -> set[paths.Path]:
    if value is UNKNOWN:
        return {prefix}
    items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return {path for key, one in items for path in _unknown_paths(one, (*prefix, key))}


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
