"""Validation of specs whose values may still be unknown: the generated JSON Schema first, then cross-field rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import Any, TypeVar

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.fields.limits import masked
from pulumi_inference.core.fields.messages import message_of
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.problems import Problem, Rule
from pulumi_inference.core.fields.unknown import contains_unknown

__all__ = ["Problem", "Rule", "parse", "validate"]

SpecType = TypeVar("SpecType", bound=Spec)

MOST_PROBLEMS = 100
_LONGEST_MESSAGE = 1000


def validate(
    model: type[Spec], values: Mapping[str, Any], rules: Iterable[Rule] = (), known: Iterable[Problem] = ()
) -> list[Problem]:
    """All problems of `values` (our names, normalised), in document order, or the first hundred of very many.

    Unknown values pass, at any depth. Rules see refused values as unknown, so that no mistake is told twice. Neither
    the values of secret fields nor those of maps (environment variables) are quoted. `known` are problems that have
    been found already.
    """
    # Loaded here, because a refresh reads and does not validate: it should not wait for jsonschema.
    from pulumi_inference.core.fields.dialect import validator_of

    validator = validator_of(model)
    found = [(paths.parse(problem.path), problem) for problem in known]
    trusted: Any = values
    for error in islice(validator.iter_errors(values), MOST_PROBLEMS + 1):
        path = _tokens(error.absolute_path)
        message = message_of(error, quote=not _is_sensitive(validator.schema, error.absolute_schema_path))
        if error.validator == "additionalProperties":
            found.append((path, Problem(paths.render(path[:-1]), message)))
        else:
            found.append((path, Problem(paths.render(path), message)))
            trusted = masked(trusted, path)
    if isinstance(trusted, Mapping) and len(found) <= MOST_PROBLEMS:
        is_known = not contains_unknown(trusted)
        told = chain.from_iterable(apply(trusted, is_known=is_known) for apply in rules)
        found.extend((paths.parse(problem.path), problem) for problem in islice(told, MOST_PROBLEMS + 1))
    found.sort(key=lambda entry: _position(values, entry[0]))
    more = [Problem("", f"has more problems; these are {MOST_PROBLEMS} of them")] if len(found) > MOST_PROBLEMS else []
    return [*(_cut(problem) for _, problem in found[:MOST_PROBLEMS]), *more]


def parse(model: type[SpecType], document: Mapping[str, Any]) -> SpecType:
    """The model instance of a document in which everything is known.

    Raises:
        pydantic.ValidationError: the document does not fit; its text quotes no value.
    """
    return model.model_validate(normalise(model, document))


def _cut(problem: Problem) -> Problem:
    is_long = len(problem.message) > _LONGEST_MESSAGE
    return Problem(problem.path, f"{problem.message[:_LONGEST_MESSAGE]}…") if is_long else problem


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
