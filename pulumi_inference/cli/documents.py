"""YAML and JSON files as values that remember on which line each of them stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.paths import Path

_TIMESTAMP = "tag:yaml.org,2002:timestamp"


@dataclass(frozen=True)
class Document:
    """One document of a file; `lines` are counted from 1."""

    value: Any
    lines: Mapping[Path, int] = field(repr=False)

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def parse_documents(text: str) -> list[Document]:
    """The documents of a YAML text, which a JSON text is too; the items of a list at the top count as documents.

    Raises:
        ConfigurationError: the text is no YAML, names a key twice, or its aliases go in circles.
    """
    loader = None
    try:
        loader = _Loader(text)
        nodes: list[yaml.Node] = []
        while loader.check_node():
            nodes += _items(loader.get_node())
        return [_Reader(loader).read(node) for node in nodes]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ConfigurationError(f"{where}{error.problem or error.context}") from None
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(str(error).splitlines()[0]) from None
    except RecursionError:
        raise ConfigurationError("is nested too deeply") from None
    finally:
        if loader is not None:
            loader.dispose()


class _Loader(yaml.SafeLoader):
    """Leaves dates as text: no field is a date."""

    def __init__(self, text: str) -> None:
        # Tabs between tokens are JSON's, not YAML's; inside of JSON texts they are always escaped.
        super().__init__(text.replace("\t", "  ") if text.lstrip()[:1] in ("{", "[") else text)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _TIMESTAMP]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# JSON's 1e3, which YAML 1.1 takes for a text.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"-?[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+"), list("-0123456789")
)


def _items(root: yaml.Node | None) -> list[yaml.Node]:
    if isinstance(root, yaml.SequenceNode):
        return list(root.value)
    return [] if root is None else [root]


class _Reader:
    """Makes plain values of one document's nodes, and notes their lines."""

    def __init__(self, loader: _Loader) -> None:
        self._loader = loader
        self._lines: dict[Path, int] = {}
        self._open: set[yaml.Node] = set()

    def read(self, root: yaml.Node) -> Document:
        return Document(self._value(root, ()), self._lines)

    def _value(self, node: yaml.Node, path: Path) -> Any:
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return self._loader.construct_object(node)
        if node in self._open:
            raise yaml.MarkedYAMLError(None, None, "an alias leads back to itself", node.start_mark)
        self._open.add(node)
        if isinstance(node, yaml.SequenceNode):
            value: Any = [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            value = self._mapping(node, path)
        self._open.remove(node)
        return value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        _refuse_repeated([key for key, _ in node.value])
        self._loader.flatten_mapping(node)
        result: dict[str, Any] = {}
        for key, value in node.value:
            result[key.value] = self._value(value, (*path, key.value))
            self._lines[*path, key.value] = key.start_mark.line + 1
        return result


def _refuse_repeated(keys: list[yaml.Node]) -> None:
    seen = set()
    for key in keys:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(None, None, "a key must be a text", key.start_mark)
        if key.value in seen:
            raise yaml.MarkedYAMLError(None, None, f"the key {key.value!r} stands here twice", key.start_mark)
        seen.add(key.value)
