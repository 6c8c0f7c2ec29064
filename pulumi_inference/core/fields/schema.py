"""JSON Schema (Draft 2020-12) of a `Spec`, derived from its field facts; usable by itself in editors."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"

LARGEST = 2**31 - 1
"""What a number is at most, unless its field says otherwise: the clouds count in 32 bits."""

_NUMBER_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}
_TEXT_LIMITS = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_LIST_LIMITS = {"min_length": "minItems", "max_length": "maxItems"}
_MAP_LIMITS = {"min_length": "minProperties", "max_length": "maxProperties"}
_EXTENSIONS = {
    "unit": "x-unit",
    "decimals": "x-decimals",
    "immutable": "x-immutable",
    "update": "x-update",
    "secret": "x-secret",
    "server_default": "x-server-default",
    "keyed_by": "x-keyed-by",
    "unordered": "x-unordered",
    "local": "x-local",
    "effect": "x-effect",
    "source": "x-source",
}


def object_schema(model: type[Spec]) -> dict[str, Any]:
    """The schema of one object: its fields, which of them are required, and no others."""
    fields = facts_of(model)
    schema: dict[str, Any] = {
        "type": "object",
        "description": " ".join((model.__doc__ or "").split()),
        "properties": {name: field_schema(facts) for name, facts in fields.items()},
        "additionalProperties": False,
    }
    required = [name for name, facts in fields.items() if facts.required]
    if required:
        schema["required"] = required
    return schema


def field_schema(facts: FieldFacts) -> dict[str, Any]:
    """The schema of one field: its shape, description and limits, and the other facts as `x-` keywords."""
    schema = _shape_schema(facts.shape)
    if facts.kind == "map" and facts.shape.element is not None:
        schema["additionalProperties"].update(_limits_of_values(facts, facts.shape.element))
    schema["description"] = facts.description
    schema.update(_limits(facts))
    if facts.default is not None:
        schema["default"] = facts.default
    if facts.examples:
        schema["examples"] = list(facts.examples)
    if facts.write_only:
        schema["writeOnly"] = True
    if facts.resolved:
        schema["readOnly"] = True
    for fact, keyword in _EXTENSIONS.items():
        value = getattr(facts, fact)
        if value not in (None, False, "", ()):
            schema[keyword] = list(value) if isinstance(value, tuple) else value
    return schema


def _limits(facts: FieldFacts) -> dict[str, Any]:
    by_type = {
        "array": _LIST_LIMITS,
        "object": _MAP_LIMITS,
        "string": _TEXT_LIMITS,
        "integer": _NUMBER_LIMITS,
        "number": _NUMBER_LIMITS,
    }
    stated = {
        keyword: getattr(facts, fact)
        for fact, keyword in by_type.get(facts.type, {}).items()
        if getattr(facts, fact) is not None
    }
    if facts.hint is not None and facts.kind != "map":
        stated["patternErrorMessage"] = facts.hint
    return stated


def _limits_of_values(facts: FieldFacts, element: Shape) -> dict[str, Any]:
    """What a map's field says of numbers and of texts is about its values."""
    limits = _NUMBER_LIMITS if element.type in ("integer", "number") else {}
    stated = {keyword: getattr(facts, fact) for fact, keyword in limits.items() if getattr(facts, fact) is not None}
    return stated | ({} if facts.hint is None else {"patternErrorMessage": facts.hint})


def _shape_schema(shape: Shape) -> dict[str, Any]:
    if shape.model is not None:
        return object_schema(shape.model)
    schema: dict[str, Any] = {"type": shape.type} if shape.type else {}
    if shape.choices:
        schema["enum"] = list(shape.choices)
    if shape.type in ("integer", "number"):
        schema["maximum"] = LARGEST
    if shape.type == "array" and shape.element is not None:
        schema["items"] = _item_schema(shape.element)
    elif shape.element is not None:
        schema["additionalProperties"] = _shape_schema(shape.element)
    return schema


def _item_schema(shape: Shape) -> dict[str, Any]:
    """Items are names and ids, which say something; the values of maps may be empty."""
    schema = _shape_schema(shape)
    return {**schema, "minLength": 1} if shape.type == "string" and not shape.choices else schema
