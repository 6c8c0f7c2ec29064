"""Validation of specs whose values may still be unknown: the generated JSON Schema first, then cross-field rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.fields.messages import message_of
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.problems import Problem, Rule
from pulumi_inference.core.fields.unknown import UNKNOWN

__all__ = ["Problem", "Rule", "parse", "validate"]

SpecType = TypeVar("SpecType", bound=Spec)


def validate(model: type[Spec], values: Mapping[str, Any], rules: Iterable[Rule] = ()) -> list[Problem]:
    """All problems of `values` (our names, normalised), in document order.

    Unknown values pass, at any depth. Rules see refused values as unknown, so that no mistake is told twice. Neither
    the values of secret fields nor those of maps (environment variables) are quoted.
    """
    # Loaded here, because a refresh reads and does not validate: it should not wait for jsonschema.
    from pulumi_inference.core.fields.dialect import validator_of

    validator = validator_of(model)
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
