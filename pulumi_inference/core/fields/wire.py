"""Between our names and the API's: snake_case with checked values on one side, wire names on the other."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pulumi_inference.core.fields.facts import FieldFacts, Shape, Spec, facts_of
from pulumi_inference.core.fields.normalise import whole_number


def to_wire(model: type[Spec], values: Mapping[str, Any]) -> dict[str, Any]:
    """The request body for `values`: wire names, only what is given.

    None means not given; empty texts, empty lists and zeros are sent. Local and resolved fields are left out, and so
    are names that the model does not have.
    """
    body: dict[str, Any] = {}
    for facts in wired(model):
        value = values.get(facts.name)
        if value is not None:
            body[facts.wire] = _sent(facts.shape, value)
    return body


def from_wire(model: type[Spec], payload: Mapping[str, Any]) -> dict[str, Any]:
    """The values in an answer, under our names.

    Null counts as absent, and fields that the model does not have are dropped. Scalars come back in the declared type
    where the API is loose about it: `"70"` for an integer, `0` for a text, `"true"` for a boolean.
    """
    values: dict[str, Any] = {}
    for facts in wired(model):
        value = payload.get(facts.wire)
        if value is not None:
            values[facts.name] = _received(facts.shape, value)
    return values


@cache
def wired(model: type[Spec]) -> tuple[FieldFacts, ...]:
    """The fields that the API knows: neither local nor resolved."""
    return tuple(facts for facts in facts_of(model).values() if not facts.local and not facts.resolved)


def _sent(shape: Shape, value: Any) -> Any:
    if shape.model is not None and isinstance(value, Mapping):
        return to_wire(shape.model, value)
    if shape.element is not None:
        return _each(_sent, shape.element, value)
    return value


def _received(shape: Shape, value: Any) -> Any:
    if shape.model is None and shape.element is None:
        return _restored(shape.type, value)
    if shape.model is not None and isinstance(value, Mapping):
        return from_wire(shape.model, value)
    return value if shape.element is None else _each(_received, shape.element, value)


def _each(convert: Any, element: Shape, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: convert(element, item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [convert(element, item) for item in value]
    return value


def _restored(json_type: str, value: Any) -> Any:
    if json_type == "string":
        return value if isinstance(value, str) else _as_text(value)
    if json_type == "integer":
        return whole_number(value)
    if json_type == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


def _as_text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return str(whole_number(value)) if isinstance(value, int | float) else value
