"""YAML and JSON files as values that remember on which line each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.limits import MOST_VALUES
from pulumi_inference.core.fields.paths import Path, render

LONGEST_FILE = 4 * 1024 * 1024
MOST_NODES = 5 * MOST_VALUES

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_PLAIN = {"null": "nothing", "bool": "true or false", "int": "an integer", "float": "a number", "str": "text"}


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

    The work is bounded: by the length of the text, and by how many values there are once aliases are followed.

    Raises:
        ConfigurationError: the text is no YAML or too much of it, names a key twice, its aliases go in circles, or it
            has a value that JSON cannot have.
    """
    if len(text) > LONGEST_FILE:
        raise ConfigurationError(f"is longer than {LONGEST_FILE // 1024 // 1024} MB; no spec is")
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
    """Makes the values that JSON has, of what people mean by them.

    Dates are text: no field is one. So are numbers with leading zeros or colons, which YAML 1.1 counts in eights and
    sixties: `010` is 8 there, and `1:30` is 90.
    """

    def __init__(self, text: str) -> None:
        # Tabs between tokens are JSON's, not YAML's; inside of JSON texts they are always escaped.
        super().__init__(text.replace("\t", "  ") if text.lstrip()[:1] in ("{", "[") else text)
        self._budget = MOST_NODES

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """One node; an alias is none of its own yet."""
        self.count(self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def count(self, mark: yaml.Mark) -> None:
        """One value more, of all that a file may have."""
        self._budget -= 1
        if self._budget < 0:
            raise yaml.MarkedYAMLError(None, None, f"holds more than {MOST_NODES:,} values", mark)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.removeprefix(_TAG) not in ("timestamp", "int", "float")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.yaml_constructors = {
    tag: construct
    for tag, construct in yaml.SafeLoader.yaml_constructors.items()
    if tag is None or tag.removeprefix(_TAG) in _PLAIN
}
_NUMBERS = {
    "int": r"[-+]?(0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|0b[01_]+)",
    # Also JSON's 1e3, which YAML 1.1 takes for a text.
    "float": r"[-+]?((0|[1-9][0-9_]*)(\.[0-9_]*)?([eE][-+]?[0-9]+)?|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|\.(inf|Inf|INF))"
    r"|\.(nan|NaN|NAN)",
}
for name, pattern in _NUMBERS.items():
    _Loader.add_implicit_resolver(f"{_TAG}{name}", re.compile(f"(?:{pattern})$"), list("-+.0123456789"))


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
        self._loader.count(node.start_mark)
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node in self._open:
            raise _wrong(node, path, "an alias leads back to itself")
        self._open.add(node)
        if isinstance(node, yaml.SequenceNode):
            value: Any = [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            value = self._mapping(node, path)
        self._open.remove(node)
        return value

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> Any:
        try:
            value = self._loader.construct_object(node)
        except (ValueError, LookupError, ArithmeticError):
            wanted = _PLAIN[node.tag.removeprefix(_TAG)]
            raise _wrong(node, path, f"{node.value[:60]!r} is not {wanted}") from None
        except yaml.MarkedYAMLError as error:
            raise _wrong(node, path, error.problem or "is no value") from None
        return _paired(value) if isinstance(value, str) else value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        _refuse_repeated([key for key, _ in node.value], path)
        result: dict[str, Any] = {}
        for source in self._merged(node, path):
            result.update(self._value(source, path))
        for key, value in node.value:
            if key.tag != _MERGE:
                name = _paired(key.value)
                result[name] = self._value(value, (*path, name))
                self._lines[*path, name] = key.start_mark.line + 1
        return result

    def _merged(self, node: yaml.MappingNode, path: Path) -> Iterator[yaml.Node]:
        """What `<<` brings in; what comes first wins, so that it comes last."""
        for key, value in node.value:
            if key.tag != _MERGE:
                continue
            sources = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for source in reversed(sources):
                if not isinstance(source, yaml.MappingNode):
                    raise _wrong(source, path, "only maps can be merged by <<")
                yield source


def _paired(text: str) -> str:
    """A text in which JSON's surrogate pairs are the characters that they stand for."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:  # half a pair, which no spec can hold: that is told with all its other problems
        return text


def _refuse_repeated(keys: list[yaml.Node], path: Path) -> None:
    seen = set()
    for key in keys:
        if not isinstance(key, yaml.ScalarNode):
            raise _wrong(key, path, "a key must be a text")
        if key.value in seen:
            raise _wrong(key, path, f"the key {key.value[:60]!r} stands here twice")
        seen.add(key.value)


def _wrong(node: yaml.Node, path: Path, problem: str) -> yaml.MarkedYAMLError:
    where = f"{render(path)}: " if path else ""
    return yaml.MarkedYAMLError(None, None, f"{where}{problem}", node.start_mark)
