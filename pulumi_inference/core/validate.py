"""Validation of specs whose values may still be unknown: the generated JSON Schema first, then cross-field rules."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar

import jsonschema
from jsonschema.protocols import Validator

from pulumi_inference.core import paths
from pulumi_inference.core.facts import Spec
from pulumi_inference.core.messages import message_of, unknown_property
from pulumi_inference.core.normalise import normalise
from pulumi_inference.core.problems import Problem, Rule
from pulumi_inference.core.schema import object_schema
from pulumi_inference.core.unknown import UNKNOWN

__all__ = ["Problem", "Rule", "parse", "validate"]

SpecType = TypeVar("SpecType", bound=Spec)
Keyword = Callable[[Any, Any, Any, Any], Iterable[jsonschema.ValidationError] | None]


def validate(model: type[Spec], values: Mapping[str, Any], rules: Iterable[Rule] = ()) -> list[Problem]:
    """All problems of `values` (our names, normalised), in document order.

    Unknown values pass, at any depth. Rules see refused values as unknown, so that no mistake is told twice. Neither
    the values of secret fields nor those of maps (environment variables) are quoted.
    """
    validator = _validator(model)
    found: list[tuple[paths.Path, Problem]] = []
    trusted: Any = values
    for error in validator.iter_errors(values):
        path = _tokens(error.absolute_path)
        message = message_of(error, quote=not _is_sensitive(validator.schema, error.absolute_schema_path))
        if error.validator == "additionalProperties":
            found.append((path, Problem(paths.render(path[:-1]), message)))
        else:
            found.append((path, Problem(paths.render(path), message)))
            trusted = _masked(trusted, path)
    if isinstance(trusted, Mapping):
        for apply in rules:
            found.extend((paths.parse(problem.path), problem) for problem in apply(trusted))
    found.sort(key=lambda entry: _position(values, entry[0]))
    return [problem for _, problem in found]


def parse(model: type[SpecType], document: Mapping[str, Any]) -> SpecType:
    """The model instance of a document in which everything is known.

    Raises:
        pydantic.ValidationError: the document does not fit; its text quotes no value.
    """
    return model.model_validate(normalise(model, document))


@cache
def _validator(model: type[Spec]) -> Validator:
    base = jsonschema.Draft202012Validator
    keywords: dict[str, Keyword] = {**base.VALIDATORS, **_KEYWORDS}
    tolerant = {name: _passing_unknown(keyword) for name, keyword in keywords.items()}
    checker = base.TYPE_CHECKER.redefine_many({"number": _is_number, "object": _is_map, "array": _is_list})
    extended: Any = jsonschema.validators.extend(base, tolerant, type_checker=checker)  # type: ignore[no-untyped-call]
    validator: Validator = extended(object_schema(model))
    return validator


def _passing_unknown(keyword: Keyword) -> Keyword:
    def tolerant(validator: Any, limit: Any, instance: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
        if instance is not UNKNOWN:
            yield from keyword(validator, limit, instance, schema) or ()

    return tolerant


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
            yield from validator.descend(value, others, path=name)
        return
    known = schema["properties"]
    for name in instance:
        if name not in known:
            yield jsonschema.ValidationError(unknown_property(name, known), path=(name,))


def _enum(_validator: Any, choices: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    if isinstance(instance, str) and instance not in choices:  # the type keyword speaks of anything but text
        yield jsonschema.ValidationError("is none of the choices")


def _pattern(_validator: Any, pattern: Any, instance: Any, _schema: Any) -> Iterator[jsonschema.ValidationError]:
    # The standard keyword uses re.search, where `$` also matches before a last line feed.
    if isinstance(instance, str) and not re.fullmatch(pattern, instance):
        yield jsonschema.ValidationError(f"must match {pattern}")


_KEYWORDS: Mapping[str, Keyword] = {
    "required": _required,
    "additionalProperties": _additional,
    "enum": _enum,
    "pattern": _pattern,
}


def _is_number(_checker: Any, value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_map(_checker: Any, value: Any) -> bool:
    return isinstance(value, Mapping)


def _is_list(_checker: Any, value: Any) -> bool:
    return isinstance(value, list | tuple)


def _tokens(path: Iterable[Any]) -> paths.Path:
    return tuple(token if isinstance(token, int) else str(token) for token in path)


def _is_sensitive(schema: Any, schema_path: Iterable[Any]) -> bool:
    """Whether a secret field or a map with free keys stands on the way to the failing keyword."""
    for token in schema_path:
        if isinstance(schema, Mapping) and (
            "x-secret" in schema or isinstance(schema.get("additionalProperties"), Mapping)
        ):
            return True
        schema = schema[token]
    return False


def _masked(value: Any, path: paths.Path) -> Any:
    """A copy of `value` in which the value at `path`, when there is one, is unknown."""
    if not path:
        return UNKNOWN
    head, rest = path[0], path[1:]
    if isinstance(value, Mapping) and head in value:
        return {**value, head: _masked(value[head], rest)}
    if isinstance(value, list | tuple) and isinstance(head, int):
        return [_masked(item, rest) if index == head else item for index, item in enumerate(value)]
    return value


def _position(value: Any, path: paths.Path) -> tuple[int, ...]:
    """Where `path` stands in the document: the index at every level; absent names come after those given."""
    position: list[int] = []
    for token in path:
        if isinstance(value, Mapping):
            names = [str(name) for name in value]
            position.append(names.index(str(token)) if str(token) in names else len(names))
            value = value.get(token)
        elif isinstance(value, list | tuple) and isinstance(token, int) and token < len(value):
            position.append(token)
            value = value[token]
        else:
            break
    return tuple(position)
