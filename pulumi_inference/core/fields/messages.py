"""The wording of schema errors: what was wrong and what is allowed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jsonschema

_TYPES = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
}
_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}
_LENGTHS = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "key"),
    "maxProperties": ("at most", "key"),
}
_LONGEST_QUOTE = 60
_LONG_NUMBER = 1e15


def message_of(error: jsonschema.ValidationError, *, quote: bool) -> str:
    """One sentence for a schema error; the refused value is named only by its kind unless `quote` allows more."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    instance: Any = error.instance
    limit: Any = error.validator_value
    keyword = str(error.validator)
    given = _quoted(instance) if quote else _kind(instance)
    if "enum" in schema:
        return f"must be {either(schema['enum'])}, not {given}{did_you_mean(instance, schema['enum'])}"
    if keyword == "type":
        return _wrong_type(schema, instance, given, quote=quote)
    if keyword in _BOUNDS:
        unit = f" {_of(limit, schema['x-unit'])}" if "x-unit" in schema else ""
        return f"must be {_BOUNDS[keyword]} {number(limit)}{unit}, not {given}"
    if keyword in _LENGTHS:
        return _wrong_length(keyword, limit, instance)
    if keyword == "pattern":
        return f"{schema.get('patternErrorMessage', error.message)}, not {given}"
    return error.message


def unknown_property(name: object, allowed: Iterable[str]) -> str:
    """The message for a name that the schema does not have."""
    known = list(allowed)
    return f"unknown property `{_shortened(str(name))}`{did_you_mean(name, known) or '; allowed: ' + ', '.join(known)}"


def did_you_mean(name: object, allowed: Iterable[str]) -> str:
    """`; did you mean X?` with the nearest of `allowed`, or nothing when none is near."""
    nearest = difflib.get_close_matches(str(name), list(allowed), n=1)
    return f"; did you mean `{nearest[0]}`?" if nearest else ""


def either(choices: Iterable[str]) -> str:
    """The choices as words: `"a"`, `"a" or "b"`, `"a", "b" or "c"`."""
    *others, last = [f'"{choice}"' for choice in choices]
    return f"{', '.join(others)} or {last}" if others else last


def number(value: float) -> str:
    """A number as people write it: no `.0` on whole ones."""
    is_short = isinstance(value, float) and value.is_integer() and abs(value) < _LONG_NUMBER
    return str(int(value)) if is_short else str(value)


def _of(amount: float, unit: str) -> str:
    """A unit as it stands behind so much: a word in the plural, such as `replicas`, has its singular behind a 1."""
    is_word = len(unit) > len("ms") and unit.endswith("s")
    return unit[:-1] if amount == 1 and is_word and not unit.endswith("/s") else unit


def _wrong_length(keyword: str, limit: int, instance: Any) -> str:
    if keyword == "minLength" and len(instance) >= limit:
        return "must not be blank"
    bound, noun = _LENGTHS[keyword]
    return f"must have {bound} {limit} {noun}{'' if limit == 1 else 's'}, not {len(instance)}"


def _wrong_type(schema: Mapping[str, Any], value: object, given: str, *, quote: bool) -> str:
    wanted = str(schema["type"])
    if wanted == "string" and isinstance(value, bool | int | float):
        if quote and not _fits(schema, given):
            return f"{_allowed_text(schema)}, not {given}"
        if quote:
            return f'must be text; write "{given}"'
        example = "true" if isinstance(value, bool) else "8"
        return f'must be text, not {given}; put it in quotes, as in "{example}"'
    if wanted == "integer" and isinstance(value, float):
        return f"must be a whole number, not {given}"
    hint = f"; {schema['patternErrorMessage']}" if wanted == "object" and "patternErrorMessage" in schema else ""
    return f"must be {_TYPES[wanted]}, not {given}{hint}"


def _fits(schema: Mapping[str, Any], text: str) -> bool:
    """Whether a field of this schema takes the text."""
    if not re.fullmatch(schema.get("pattern", ".*"), text):
        return False
    return bool(schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)))


def _allowed_text(schema: Mapping[str, Any]) -> str:
    return str(schema.get("patternErrorMessage", "must be another text"))


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return f'the text "{_shortened(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    return number(value) if isinstance(value, int | float) else _kind(value)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def _kind(value: object) -> str:
    kinds = {str: "a text", bool: "a boolean", int: "a number", float: "a number", dict: "a map", list: "a list"}
    return "nothing" if value is None else kinds.get(type(value), f"a {type(value).__name__}")
