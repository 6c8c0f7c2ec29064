"""The JSON Schema validator of this package: values that are not known yet pass.

The schemas have no references, so that the validator of each part is made once and not with each value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
from jsonschema.protocols import Validator

from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.fields.messages import unknown_property
from pulumi_inference.core.fields.schema import object_schema
from pulumi_inference.core.fields.unknown import UNKNOWN

Keyword = Callable[[Any, Any, Any, Any], Iterable[jsonschema.ValidationError] | None]


@cache
def validator_of(model: type[Spec]) -> Validator:
    """The validator of a model's schema."""
    base = jsonschema.Draft202012Validator
    checker = base.TYPE_CHECKER.redefine_many({"number": _is_number, "object": _is_map, "array": _is_list})
    extended: Any = jsonschema.validators.extend(base, _KEYWORDS, type_checker=checker)  # type: ignore[no-untyped-call]
    validator: Validator = extended(object_schema(model))
    return validator


_parts: dict[int, Validator] = {}
"""The validators of the parts of schemas, by the part; each holds its part, so that no other one gets its identity."""


def _descend(
    validator: Any, value: Any, part: Any, token: str | int, place: tuple[str, ...] = ()
) -> Iterator[jsonschema.ValidationError]:
    """The errors of what stands under `token`; `place` is where its part of the schema stands in the keyword."""
    if value is UNKNOWN:
        return
    if id(part) not in _parts:
        _parts[id(part)] = validator.evolve(schema=part)
    for error in _parts[id(part)].iter_errors(value):
        error.relative_path.appendleft(token)
        error.relative_schema_path.extendleft(place)
        yield error


def _type(validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    # The standard keyword takes a list of types too, and makes one of a single type for every value.
    if not validator.is_type(instance, wanted):
        yield jsonschema.ValidationError(f"must be {wanted}")


def _properties(validator: Any, parts: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, Mapping):
        for name, part in parts.items():
            if name in instance:
                yield from _descend(validator, instance[name], part, name, (name,))


def _items(validator: Any, part: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, list | tuple):
        for index, item in enumerate(instance):
            yield from _descend(validator, item, part, index)


def _required(_validator: Any, names: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, Mapping):
        for name in names:
            if name not in instance:
                yield jsonschema.ValidationError("is required", path=(name,))


def _additional(validator: Any, others: Any, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    if not isinstance(instance, Mapping):
        return
    if isinstance(others, Mapping):
        for name, value in instance.items():
            if others and not name.strip():  # in free JSON any name is one
                yield jsonschema.ValidationError("has a blank name", path=(name,))
            yield from _descend(validator, value, others, name)
        return
    known = schema["properties"]
    for name in instance:
        if name not in known:
            allowed = [one for one, about in known.items() if not about.get("readOnly")]
            yield jsonschema.ValidationError(unknown_property(name, allowed), path=(name,))


def _enum(_validator: Any, choices: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and instance not in choices:  # the type keyword speaks of anything but text
        yield jsonschema.ValidationError("is none of the choices")


def _pattern(_validator: Any, pattern: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    # The standard keyword uses re.search, where `$` also matches before a last line feed.
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield jsonschema.ValidationError(f"must match {pattern}")


def _min_length(_validator: Any, least: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    # What has to say something does not do so with spaces.
    if isinstance(instance, str) and (len(instance) < least or not instance.strip()):
        yield jsonschema.ValidationError(f"must have at least {least}")


_KEYWORDS: Mapping[str, Keyword] = {
    "type": _type,
    "properties": _properties,
    "items": _items,
    "required": _required,
    "additionalProperties": _additional,
    "enum": _enum,
    "pattern": _pattern,
    "minLength": _min_length,
}


def _is_number(_checker: Any, value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_map(_checker: Any, value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(_checker: Any, value: Any) -> bool:
    return isinstance(value, list | tuple)
