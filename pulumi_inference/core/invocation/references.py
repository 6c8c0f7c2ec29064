"""The references in a JSON Schema: where they lead, and which of them go in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields import paths

REFERENCES = ("$ref", "$dynamicRef")
_MOST_STEPS = 64
_SAME_VALUE = ("not", "if", "then", "else")
_SAME_VALUE_LISTS = ("allOf", "anyOf", "oneOf")
_SAME_VALUE_MAPS = ("dependentSchemas",)


def references(value: Any, path: paths.Path = ()) -> Iterator[tuple[paths.Path, str]]:
    """Every reference in a schema, and where it stands."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name in REFERENCES and isinstance(one, str):
                yield (*path, name), one
            else:
                yield from references(one, (*path, name))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from references(one, (*path, index))


def is_inside(schema: Any, reference: str) -> bool:
    """Whether a JSON pointer such as `#/$defs/item` leads to a part of the schema."""
    return _target(schema, reference) is not None


def find_circle(schema: Any) -> paths.Path | None:
    """Where a reference leads back to itself, or on and on, while it looks at the same value; None when none does.

    All references have to lead somewhere.
    """
    done: set[paths.Path] = set()
    for path, target in references(schema):
        start = _target(schema, target)
        if start is not None and _comes_back(schema, start, (), done):
            return path
    return None


def _comes_back(schema: Any, path: paths.Path, way: tuple[paths.Path, ...], done: set[paths.Path]) -> bool:
    if path in way or len(way) > _MOST_STEPS:
        return True
    if path in done:
        return False
    back = any(_comes_back(schema, one, (*way, path), done) for one in _beside(schema, path))
    done.add(path)
    return back


def _beside(schema: Any, path: paths.Path) -> Iterator[paths.Path]:
    """The schemas that look at the same value as the one at `path`."""
    own = _at(schema, path)
    if not isinstance(own, Mapping):
        return
    for name, value in own.items():
        if name in REFERENCES and isinstance(value, str):
            target = _target(schema, value)
            if target is not None:
                yield target
        elif name in _SAME_VALUE:
            yield (*path, name)
        elif name in _SAME_VALUE_LISTS and isinstance(value, list | tuple):
            yield from ((*path, name, index) for index in range(len(value)))
        elif name in _SAME_VALUE_MAPS and isinstance(value, Mapping):
            yield from ((*path, name, one) for one in value)


def _at(schema: Any, path: paths.Path) -> Any:
    for token in path:
        schema = schema[token]
    return schema


def _target(schema: Any, reference: str) -> paths.Path | None:
    """The place that a JSON pointer names; None when it is not there."""
    start, *tokens = reference.split("/")
    path: list[paths.Token] = []
    for token in tokens:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(schema, list) and name.isascii() and name.isdecimal() and int(name) < len(schema):
            path.append(int(name))
        elif isinstance(schema, Mapping) and name in schema:
            path.append(name)
        else:
            return None
        schema = schema[path[-1]]
    return tuple(path) if start == "#" else None
