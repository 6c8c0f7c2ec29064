"""Values in the shape of a spec: projected, put in order, and completed by its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core.facts import FieldFacts, Spec, facts_of

Values = Mapping[str, Any]


def identity(field: FieldFacts, item: Any) -> str | None:
    """What tells one item of a keyed list from the others; None where the item does not say."""
    if not field.keyed_by or not isinstance(item, Mapping):
        return None
    parts = [item.get(name) for name in field.keyed_by]
    return "/".join(str(part) for part in parts) if all(isinstance(part, str) and part for part in parts) else None


def is_empty(field: FieldFacts, value: Any) -> bool:
    """Whether a value says no more than its absence does."""
    if value is None or (isinstance(value, str | list | dict) and not value):
        return True
    return not field.required and field.default is not None and bool(value == field.default)


def is_asked_only(field: FieldFacts) -> bool:
    """Whether the cloud never answers this field, so that only the record knows it.

    A local field with an `update` label is one that the cloud answers in another form, such as a wanted state.
    """
    return (field.local and not field.update) or field.resolved or field.write_only


def project(model: type[Spec], live: Values, onto: Values) -> dict[str, Any]:
    """The live values of those model fields that `onto` has set.

    Inside a map or a plain list the live value counts whole, and so does an item that `onto` lacks. What the cloud
    never answers is kept from `onto`, and so is a value that says no more than the live absence.
    """
    result: dict[str, Any] = {}
    for name, field in facts_of(model).items():
        if name not in onto:
            continue
        wanted = onto[name]
        if is_asked_only(field):
            result[name] = wanted
        elif name in live:
            result[name] = _project_value(field, live[name], wanted)
        elif is_empty(field, wanted):
            result[name] = wanted
    return result


def _project_value(field: FieldFacts, live: Any, onto: Any) -> Any:
    if field.item is None:
        return _in_order(field, live, onto)
    if isinstance(live, Mapping) and isinstance(onto, Mapping):
        return project(field.item, live, onto)
    if isinstance(live, list) and isinstance(onto, list):
        item = field.item
        pairs = pair(field, live, onto)
        return [project(item, have, want) if want is not None else canonical(item, have) for have, want in pairs]
    return live


def _in_order(field: FieldFacts, live: Any, onto: Any) -> Any:
    if field.unordered and isinstance(live, list) and isinstance(onto, list):
        known = [value for value in onto if value in live]
        return known + [value for value in live if value not in onto]
    return live


def pair(field: FieldFacts, values: Sequence[Any], like: Sequence[Any]) -> list[tuple[Any, Any | None]]:
    """The items of `values` in the order of `like`, each with its counterpart there; new items last, with None."""
    if not field.keyed_by:
        partners = [*like[: len(values)], *([None] * (len(values) - len(like)))]
        return list(zip(values, partners, strict=True))
    left = list(values)
    pairs: list[tuple[Any, Any | None]] = []
    for other in like:
        key = identity(field, other)
        match = next((one for one in left if key is not None and identity(field, one) == key), None)
        if match is not None:
            left.remove(match)
            pairs.append((match, other))
    return pairs + [(one, None) for one in left]


def canonical(model: type[Spec], values: Values) -> dict[str, Any]:
    """The same values without those that say no more than their absence."""
    result: dict[str, Any] = {}
    for name, field in facts_of(model).items():
        if name not in values:
            continue
        value = values[name]
        if field.item is not None:
            value = _canonical_items(field.item, value)
        if not is_empty(field, value):
            result[name] = value
    return result


def _canonical_items(item: type[Spec], value: Any) -> Any:
    if isinstance(value, Mapping):
        return canonical(item, value)
    if isinstance(value, list):
        return [canonical(item, one) if isinstance(one, Mapping) else one for one in value]
    return value


def reorder(model: type[Spec], values: Values, like: Values) -> dict[str, Any]:
    """The same values with every keyed or unordered list in the order of `like`, new items last.

    The engine shows lists by index, so an item that only moved must not move in the inputs.
    """
    result = dict(values)
    for name, field in facts_of(model).items():
        mine, theirs = values.get(name), like.get(name)
        if field.item is None:
            result.update({name: _in_order(field, mine, theirs)} if name in values else {})
        elif isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            result[name] = reorder(field.item, mine, theirs)
        elif isinstance(mine, list) and isinstance(theirs, list) and all(isinstance(one, Mapping) for one in mine):
            item = field.item
            result[name] = [
                reorder(item, one, other) if isinstance(other, Mapping) else one
                for one, other in pair(field, mine, theirs)
            ]
    return result


def remember(model: type[Spec], live: Values, recorded: Values) -> dict[str, Any]:
    """The live values together with the recorded ones of what the cloud never answers, at every depth."""
    result = dict(live)
    for name, field in facts_of(model).items():
        if name not in recorded:
            continue
        if is_asked_only(field):
            result[name] = recorded[name]
        elif field.item is not None and name in live:
            result[name] = _remember_items(field, live[name], recorded[name])
    return result


def _remember_items(field: FieldFacts, live: Any, recorded: Any) -> Any:
    item = field.item
    if item is not None and isinstance(live, Mapping) and isinstance(recorded, Mapping):
        return remember(item, live, recorded)
    if item is not None and isinstance(live, list) and isinstance(recorded, list):
        return [
            remember(item, one, other) if isinstance(one, Mapping) and isinstance(other, Mapping) else one
            for one, other in pair(field, live, recorded)
        ]
    return live


def fill_unmanaged(model: type[Spec], program: Values, recorded: Values, live: Values) -> dict[str, Any]:
    """The program's values plus the live ones of fields that neither program nor record has ever set.

    For calls that replace a whole object or array: what nobody declared is left as it is, what the program dropped
    is cleared, and a default that the cloud filled in stays.
    """
    result = dict(program)
    for name, field in facts_of(model).items():
        if name not in live or is_asked_only(field):
            continue
        if name not in program:
            if name not in recorded or field.server_default:
                result[name] = live[name]
        elif field.item is not None:
            result[name] = _fill_items(field, program[name], recorded.get(name), live[name])
    return result


def _fill_items(field: FieldFacts, program: Any, recorded: Any, live: Any) -> Any:
    item = field.item
    if item is None:
        return program
    if isinstance(program, Mapping) and isinstance(live, Mapping):
        return fill_unmanaged(item, program, recorded if isinstance(recorded, Mapping) else {}, live)
    if not (field.keyed_by and isinstance(program, list) and isinstance(live, list)):
        return program
    known = {identity(field, one): one for one in recorded or []}
    there = {identity(field, one): one for one in live}
    return [
        fill_unmanaged(item, one, known.get(identity(field, one)) or {}, there[identity(field, one)])
        if identity(field, one) in there
        else one
        for one in program
    ]
