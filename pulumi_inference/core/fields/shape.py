"""Values in the shape of a spec: projected, put in order, and completed by its facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of
from pulumi_inference.core.fields.json_types import MAPS
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown

Values = Mapping[str, Any]


def identity(field: FieldFacts, item: Any) -> str | None:
    """What tells one item of a keyed list from the others; None where the item does not say, or not yet.

    Of several parts those that are absent are empty; a list counts as its sorted texts.
    """
    if not field.keyed_by or not isinstance(item, MAPS):
        return None
    parts = [item.get(name) for name in field.keyed_by]
    if len(parts) == 1 and isinstance(parts[0], str):  # so it is nearly always
        return parts[0] or None
    texts = [one if isinstance(one, str) else "" if one is None else _part(one) for one in parts]
    return "/".join(texts) if any(texts) and not contains_unknown(parts) else None


def _part(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(sorted(map(str, value)))
    return str(value)


_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


def of_types(model: type[Spec], values: Values) -> dict[str, Any]:
    """The values without those that are of another type than their field says, at every depth.

    A list or map with such an item is left out as a whole; names that the model does not have stay.
    """
    fields = facts_of(model)
    found = {name: _of_type(fields[name].shape, one) if name in fields else one for name, one in values.items()}
    return {name: one for name, one in found.items() if one is not None}


def _of_type(shape: Shape, value: Any) -> Any:
    """A value as far as it is of its type; None where it is not."""
    if value is UNKNOWN:
        return value
    if shape.model is not None:
        return of_types(shape.model, value) if isinstance(value, Mapping) else None
    if shape.element is None:
        return value if not shape.type or _is_of(shape.type, value) else None
    if shape.type == "array":
        items = [_of_type(shape.element, one) for one in value] if isinstance(value, list | tuple) else [None]
        return None if None in items else items
    if not isinstance(value, Mapping):
        return None
    inner = {key: _of_type(shape.element, one) for key, one in value.items()}
    return None if None in inner.values() else inner


def _is_of(json_type: str, value: Any) -> bool:
    if isinstance(value, bool):
        return json_type == "boolean"
    return isinstance(value, _TYPES[json_type]) and (not isinstance(value, float) or math.isfinite(value))


def identities(field: FieldFacts, items: Sequence[Any]) -> list[str | None]:
    """The identity of each item; a second item with the same one is told apart by `#2` behind it."""
    own = [identity(field, one) for one in items]
    given: set[str | None] = set()
    for index, key in enumerate(own):
        number = 2
        while key is not None and own[index] in given:
            candidate = f"{key}#{number}"
            own[index], number = candidate if candidate not in own else own[index], number + 1
        given.add(own[index])
    return own


def by_identity(field: FieldFacts, items: Sequence[Any]) -> dict[str | None, Any]:
    """The items by their identities; of those without one, the last."""
    return dict(zip(identities(field, items), items, strict=True))


def is_empty(field: FieldFacts, value: Any) -> bool:
    """Whether a value says no more than its absence does."""
    if value is None or (not value and isinstance(value, str | list | dict)):
        return True
    return not field.required and field.default is not None and bool(value == field.default)


def is_asked_only(field: FieldFacts) -> bool:
    """Whether the cloud never answers this field, so that only the record knows it.

    A local field with an `update` label is one that the cloud answers in another form, such as a wanted state.
    """
    return (field.local and not field.update) or field.resolved or field.write_only


def observe(model: type[Spec], live: Values, recorded: Values) -> dict[str, Any]:
    """What stands in the record, as it is now: live values, and the recorded ones of what the cloud never answers."""
    return project(model, remember(model, live, recorded), recorded)


def project(model: type[Spec], values: Values, onto: Values) -> dict[str, Any]:
    """The values of those model fields that `onto` has set.

    Inside a map or a plain list the value counts whole, and so does an item that `onto` lacks. Where there is no
    value, one in `onto` that says no more than that is kept.
    """
    result: dict[str, Any] = {}
    for name, field in facts_of(model).items():
        if name not in onto:
            continue
        wanted = onto[name]
        if name in values:
            result[name] = _project_value(field, values[name], wanted)
        elif is_empty(field, wanted):
            result[name] = wanted
    return result


def _project_value(field: FieldFacts, value: Any, onto: Any) -> Any:
    if field.item is None:
        return _in_order(field, value, onto)
    if isinstance(value, MAPS) and isinstance(onto, MAPS):
        return project(field.item, value, onto)
    if isinstance(value, list) and isinstance(onto, list):
        return [_project_item(field.item, have, want) for have, want in pair(field, value, onto)]
    return value


def _project_item(item: type[Spec], value: Any, onto: Any) -> Any:
    if not isinstance(value, MAPS):
        return value
    return project(item, value, onto) if isinstance(onto, MAPS) else canonical(item, value)


def union(model: type[Spec], first: Values, second: Values) -> dict[str, Any]:
    """All fields that either has set, at every depth; where both have a plain value, the first one's.

    An unknown value gives way to the other one.
    """
    result = {**second, **first}
    for name, field in facts_of(model).items():
        if name in first and name in second and first[name] != second[name]:
            result[name] = _union_value(field, first[name], second[name])
    return result


def _union_value(field: FieldFacts, one: Any, other: Any) -> Any:
    item = field.item
    if one is UNKNOWN:
        return other
    if item is not None and isinstance(one, MAPS) and isinstance(other, MAPS):
        return union(item, one, other)
    if item is not None and field.keyed_by and isinstance(one, list) and isinstance(other, list):
        rest = by_identity(field, other)
        named = zip(identities(field, one), one, strict=True)
        pairs = [(mine, rest.pop(key, {})) for key, mine in named if isinstance(mine, MAPS)]
        merged = [union(item, mine, its) if isinstance(its, MAPS) else mine for mine, its in pairs]
        return merged + list(rest.values())
    return one


def _in_order(field: FieldFacts, live: Any, onto: Any) -> Any:
    if field.unordered and isinstance(live, list) and isinstance(onto, list):
        known = [value for value in onto if value in live]
        return known + [value for value in live if value not in onto]
    return live


def pair(field: FieldFacts, values: Sequence[Any], like: Sequence[Any]) -> list[tuple[Any, Any | None]]:
    """The items of `values` in the order of `like`, each with its counterpart there; new items last, with None.

    An item that does not say yet which one it is takes the first place that nobody claims.
    """
    if not field.keyed_by:
        partners = [*like[: len(values)], *([None] * (len(values) - len(like)))]
        return list(zip(values, partners, strict=True))
    keys, others = identities(field, values), identities(field, like)
    if keys == others and None not in keys:
        return list(zip(values, like, strict=True))
    named = {key: one for key, one in zip(keys, values, strict=True) if key is not None}
    anonymous = [one for key, one in zip(keys, values, strict=True) if key is None]
    pairs: list[tuple[Any, Any | None]] = []
    for key, other in zip(others, like, strict=True):
        match = named.pop(key or "", None)
        if match is not None:
            pairs.append((match, other))
        elif anonymous:
            pairs.append((anonymous.pop(0), None))
    return pairs + [(one, None) for one in values if any(one is left for left in (*named.values(), *anonymous))]


def declared(model: type[Spec], values: Values) -> dict[str, Any]:
    """The values of declared fields, at every depth: a state may be of another layout."""
    facts = facts_of(model)
    return {name: _declared_in(facts[name], value) for name, value in values.items() if name in facts}


def _declared_in(field: FieldFacts, value: Any) -> Any:
    if field.item is None:
        return value
    if isinstance(value, list):
        return [declared(field.item, one) if isinstance(one, MAPS) else one for one in value]
    return declared(field.item, value) if isinstance(value, MAPS) else value


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
    if isinstance(value, MAPS):
        return canonical(item, value)
    if isinstance(value, list):
        return [canonical(item, one) if isinstance(one, MAPS) else one for one in value]
    return value


def reorder(model: type[Spec], values: Values, like: Values) -> dict[str, Any]:
    """The same values with every keyed or unordered list in the order of `like`, new items last.

    The engine shows lists by index, so an item that only moved must not move in the inputs.
    """
    result = dict(values)
    for name, field in facts_of(model).items():
        mine, theirs = values.get(name), like.get(name)
        if mine == theirs:
            continue
        if field.item is None:
            result.update({name: _in_order(field, mine, theirs)} if name in values else {})
        elif isinstance(mine, MAPS) and isinstance(theirs, MAPS):
            result[name] = reorder(field.item, mine, theirs)
        elif isinstance(mine, list) and isinstance(theirs, list) and all(isinstance(one, MAPS) for one in mine):
            item = field.item
            result[name] = [
                reorder(item, one, other) if isinstance(other, MAPS) else one
                for one, other in pair(field, mine, theirs)
            ]
    return result


def remember(model: type[Spec], live: Values, recorded: Values) -> dict[str, Any]:
    """The live values together with the recorded ones of what the cloud does not answer, at every depth."""
    result = dict(live)
    for name, field in facts_of(model).items():
        if name not in recorded:
            continue
        if is_asked_only(field) or (field.sometimes_answered and name not in live):
            result[name] = recorded[name]
        elif field.item is not None and name in live:
            result[name] = _remember_items(field, live[name], recorded[name])
    return result


def _remember_items(field: FieldFacts, live: Any, recorded: Any) -> Any:
    item = field.item
    if item is not None and isinstance(live, MAPS) and isinstance(recorded, MAPS):
        return remember(item, live, recorded)
    if item is not None and isinstance(live, list) and isinstance(recorded, list):
        return [
            remember(item, one, other) if isinstance(one, MAPS) and isinstance(other, MAPS) else one
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
    if isinstance(program, MAPS) and isinstance(live, MAPS):
        return fill_unmanaged(item, program, recorded if isinstance(recorded, MAPS) else {}, live)
    if not (field.keyed_by and isinstance(program, list) and isinstance(live, list)):
        return program
    known, there = by_identity(field, recorded or []), by_identity(field, live)
    return [
        fill_unmanaged(item, one, known.get(key) or {}, there[key]) if key in there else one
        for key, one in zip(identities(field, program), program, strict=True)
    ]
