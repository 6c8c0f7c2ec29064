"""Two sets of values: the paths at which they differ, and whether they do for good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of
from pulumi_inference.core.fields.json_types import MAPS
from pulumi_inference.core.fields.shape import Values, canonical, identities, is_empty, pair
from pulumi_inference.core.fields.unknown import UNKNOWN, contains_unknown


class Side:
    """One of several sets of values that are compared with each other, each made ready for that once."""

    def __init__(self, model: type[Spec], values: Values) -> None:
        self.model, self.values = model, values

    @cached_property
    def canonical(self) -> Values:
        """The values without those that say no more than their absence."""
        return canonical(self.model, self.values)

    @cached_property
    def whole(self) -> Values:
        """The same by identity, and lists without order as one value, with no paths inside."""
        return keyed(self.model, self.canonical, whole=True)

    @cached_property
    def unknown(self) -> frozenset[paths.Path]:
        """The paths of what is not known yet."""
        if not contains_unknown(self.canonical):
            return frozenset()
        return frozenset(_unknown_paths(keyed(self.model, self.canonical)))


def differences(model: type[Spec], before: Values, after: Values) -> list[paths.Path]:
    """The paths at which two sets of values differ, keyed lists matched by identity, in the order of the spec."""
    if before == after:
        return []
    return in_order(model, between(Side(model, before), Side(model, after)))


def between(before: Side, after: Side) -> set[paths.Path]:
    """The paths at which two sides differ, in no order."""
    if before.canonical == after.canonical:
        return set()
    return {*_differing(before.whole, after.whole, ()), *after.unknown}


def in_order(model: type[Spec], found: Iterable[paths.Path]) -> list[paths.Path]:
    """Paths in the order of the spec."""
    order = list(facts_of(model))
    return sorted(found, key=lambda path: (order.index(str(path[0])), str(path)))


def keyed(model: type[Spec], values: Values, *, whole: bool = False) -> dict[str, Any]:
    """Declared fields, keyed lists as maps by identity; with `whole`, a list without order is one value."""
    result: dict[str, Any] = {}
    for name, field in facts_of(model).items():
        if name not in values:
            continue
        value = values[name]
        if field.item is None:
            is_set = whole and field.unordered and isinstance(value, list)
            result[name] = str(sorted(value, key=str)) if is_set else value
        elif isinstance(value, MAPS):
            result[name] = keyed(field.item, value, whole=whole)
        elif isinstance(value, list):
            items = [keyed(field.item, one, whole=whole) if isinstance(one, MAPS) else one for one in value]
            keys = identities(field, value)
            result[name] = items if None in keys else dict(zip(keys, items, strict=True))
        else:
            result[name] = value
    return result


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
        if isinstance(one, MAPS) and isinstance(other, MAPS):
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


def _unknown_paths(value: Any, prefix: paths.Path = ()) -> set[paths.Path]:
    if value is UNKNOWN:
        return {prefix}
    items = value.items() if isinstance(value, MAPS) else enumerate(value) if isinstance(value, list) else ()
    return {path for key, one in items for path in _unknown_paths(one, (*prefix, key))}


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
        if isinstance(now, MAPS) and isinstance(was, MAPS)
        for one in inside
    )


def _says(field: FieldFacts, value: Any) -> Any:
    return None if is_empty(field, value) else value


def _holds_immutables(field: FieldFacts) -> bool:
    item = field.item
    return item is not None and any(one.immutable or _holds_immutables(one) for one in facts_of(item).values())
