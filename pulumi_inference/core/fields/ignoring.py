"""Paths that a program ignores (`ignore_changes`): what they cover and keep, where they lead, and whether anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import Finding
from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.fields.messages import unknown_property
from pulumi_inference.core.fields.shape import Values, by_identity, identities, is_asked_only, remember


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
