"""One form for values that mean the same, so that loose typing never becomes an error or a difference."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeAlias

from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of
from pulumi_inference.core.fields.json_types import MAPS
from pulumi_inference.core.fields.limits import LARGEST_EXACT
from pulumi_inference.core.fields.unknown import UNKNOWN

_INTEGER_TEXT = re.compile(r"[+-]?[0-9]{1,18}")
_NO_DECIMALS_FROM = 1e15  # a float this large has none left to round

Known: TypeAlias = tuple[Any, Any]
"""A value as it was given, and its canonical form."""


def normalise(model: type[Spec], values: Mapping[str, Any], known: Known | None = None) -> dict[str, Any]:
    """`values` in canonical form, at every depth.

    Whole floats and integer texts become ints in integer fields, whole floats also in free JSON, numbers are rounded to
    their declared decimals, tuples become lists, None is dropped, and our defaults are filled in (the cloud's are not:
    left out means not managed). Fields stand in the spec's order and maps are sorted, because Pulumi hands both over in
    an order that changes with each run. Unknown values and names and values of a wrong type stay as they are. Never
    raises.

    `known` are values that nearly all of these are alike, such as those of another state of the same resource: what is
    alike has the very form that it has there, which is found quickly and compared quickly afterwards.
    """
    fields = facts_of(model)
    result: dict[str, Any] = {}
    for name, facts in fields.items():
        value = values.get(name)
        if value is not None:
            is_canonical = _is_canonical(facts.shape, value)
            result[name] = value if is_canonical else _field_value(facts, value, _known_at(known, name))
        elif facts.default is not None and not facts.server_default:
            result[name] = copy.deepcopy(facts.default)
    if not values.keys() <= fields.keys():
        result.update((name, values[name]) for name in values if name not in fields and values[name] is not None)
    return result


def _is_canonical(shape: Shape, value: Any) -> bool:
    """Whether there is but one form of a value, as of nearly all: by its very type, which is quickly known."""
    kind = type(value)
    return kind is int or kind is bool or value is UNKNOWN or (kind is str and shape.type != "integer")


def _scalar(json_type: str, value: Any) -> Any:
    if json_type == "integer":
        return whole_number(value)
    return value if json_type else whole_numbers(value)


def _known_at(known: Known | None, place: Any) -> Known | None:
    """What is known of what stands at a place."""
    try:
        return known and (known[0][place], known[1][place])
    except (KeyError, IndexError, TypeError):
        return None


def _field_value(facts: FieldFacts, value: Any, known: Known | None) -> Any:
    if known and known[0] == value:
        return known[1]
    result = _shaped(facts.shape, value, known)
    if facts.decimals is None or _below(facts, result):
        return result
    return rounded(result, facts.decimals)


def _below(facts: FieldFacts, value: Any) -> bool:
    """Whether `value` is under its minimum: rounding must not lift it over."""
    return facts.ge is not None and isinstance(value, int | float) and value < facts.ge


def _shaped(shape: Shape, value: Any, known: Known | None = None) -> Any:
    if _is_canonical(shape, value):
        return value
    if shape.model is not None:
        return normalise(shape.model, value, known) if isinstance(value, MAPS) else value
    element = shape.element
    if element is None:
        return _scalar(shape.type, value)
    if shape.type == "array":
        return _items(element, value, known) if isinstance(value, list | tuple) else value
    if isinstance(value, MAPS):
        return {
            key: _shaped(element, item)
            for key, item in sorted(value.items(), key=lambda entry: str(entry[0]))
            if item is not None
        }
    return value


def _items(element: Shape, items: Sequence[Any], known: Known | None) -> list[Any]:
    return [_shaped(element, item, _known_at(known, place)) for place, item in enumerate(items)]


def whole_number(value: Any) -> Any:
    """`value` as an int when it is a whole float or the text of an integer; anything else as it is."""
    if isinstance(value, float):
        return _as_integer(value)
    if isinstance(value, str) and _INTEGER_TEXT.fullmatch(value.strip()):
        return int(value)
    return value


def rounded(value: Any, decimals: int) -> Any:
    """`value` rounded half-up to `decimals`, on its decimal text: 1.005 is 1.01. What is no number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, int) or not abs(value) < _NO_DECIMALS_FROM:
        return value
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def whole_numbers(value: Any) -> Any:
    """A copy of a JSON value with ints for whole floats, and without nulls in objects, which Pulumi drops too."""
    if isinstance(value, MAPS):
        return {name: whole_numbers(one) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [whole_numbers(one) for one in value]
    return _as_integer(value) if isinstance(value, float) else value


def _as_integer(value: float) -> float:
    """A whole float as an int, as long as it is exact: 1e308 would become 309 digits that nobody has written."""
    return int(value) if value.is_integer() and abs(value) <= LARGEST_EXACT else value
