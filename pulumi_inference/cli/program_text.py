"""Values as the Python program that declares them."""

from __future__ import annotations

import keyword
import re
import textwrap
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.fields.facts import FieldFacts, Spec, facts_of

WIDTH = 88
COMMENT_WIDTH = 118
INDENT = "    "

Node = str | tuple[str, list["Node"], str]
"""A literal, or an opening, members (each with its own name in front), and a closing."""


@dataclass(frozen=True)
class SecretReference:
    """Stands for a value that the program reads from the stack's configuration."""

    key: str


@dataclass(frozen=True)
class SettingReference:
    """Stands for a value that the program requires of the stack's configuration, and that is no secret."""

    key: str


@dataclass(frozen=True)
class OutputReference:
    """Stands for an output of a resource that a former variable has."""

    variable: str
    name: str


def declaration(room: str, spec: type[Spec], label: str, variable: str, values: Mapping[str, Any]) -> str:
    """`variable = room.Class("label", name=value, ...)`, nested values as their Args classes."""
    resource = spec.__name__.removesuffix("Spec")
    members: list[Node] = [_literal(label), *_arguments(room, spec, values)]
    return _text((f"{variable} = {room}.{resource}(", members, ")"), 0, fold=False)


def program(
    room: str,
    declarations: Collection[str],
    *,
    reads_configuration: bool,
    exports: Mapping[str, OutputReference] | None = None,
    comments: Collection[str] = (),
) -> str:
    """A whole program with these declarations; `comments` stand above everything, a paragraph each."""
    head = [line for one in comments for line in _commented(one)]
    head += [""] if head else []
    head += ["import pulumi", ""] if reads_configuration or exports else []
    head += [f"from pulumi_inference import {room}", ""]
    head += ["config = pulumi.Config()", ""] if reads_configuration else []
    exported = [f"pulumi.export({_literal(name)}, {_literal(one)})" for name, one in (exports or {}).items()]
    tail = ["", *exported, ""] if exported else [""]
    return "\n".join([*head, "\n\n".join(declarations), *tail])


def identifier(name: str, taken: Collection[str]) -> str:
    """A Python name made of `name` that is none of `taken`."""
    plain = re.sub(r"\W+", "_", name).strip("_").lower() or "service"
    plain = f"_{plain}" if plain[0].isdigit() else plain
    plain = f"{plain}_" if keyword.iskeyword(plain) else plain
    number, found = 1, plain
    while found in taken:
        number += 1
        found = f"{plain}_{number}"
    return found


def _arguments(room: str, spec: type[Spec], values: Mapping[str, Any]) -> list[Node]:
    given = [(name, field) for name, field in facts_of(spec).items() if name in values]
    return [_named(f"{name}=", _field(room, field, values[name])) for name, field in given]


def _field(room: str, field: FieldFacts, value: Any) -> Node:
    item = field.item
    if item is None:
        return _node(value)
    if field.kind == "list":
        return "[", [_object(room, item, one) for one in value], "]"
    return _object(room, item, value)


def _object(room: str, spec: type[Spec], values: Mapping[str, Any]) -> Node:
    return f"{room}.{spec.__name__}Args(", _arguments(room, spec, values), ")"


def _node(value: Any) -> Node:
    if isinstance(value, Mapping):
        return "{", [_named(f"{_literal(key)}: ", _node(one)) for key, one in value.items()], "}"
    if isinstance(value, list):
        return "[", [_node(one) for one in value], "]"
    return _literal(value)


def _literal(value: Any) -> str:
    if isinstance(value, SecretReference):
        return f"config.require_secret({_literal(value.key)})"
    if isinstance(value, SettingReference):
        return f"config.require({_literal(value.key)})"
    if isinstance(value, OutputReference):
        return f"{value.variable}.{value.name}"
    if isinstance(value, str):
        return f'"{"".join(map(_character, value))}"'
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return repr(value)


def _character(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _commented(paragraph: str) -> list[str]:
    plain = "".join(_character(one) if not one.isprintable() else one for one in paragraph)
    return textwrap.wrap(
        plain,
        COMMENT_WIDTH,
        initial_indent="# ",
        subsequent_indent="#   ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _named(prefix: str, node: Node) -> Node:
    return prefix + node if isinstance(node, str) else (prefix + node[0], node[1], node[2])


def _text(node: Node, depth: int, *, fold: bool = True) -> str:
    """The node on one line where it fits, else with a member a line, as formatters write it."""
    if isinstance(node, str):
        return node
    opening, members, closing = node
    line = _one_line(node)
    if not members or (fold and len(INDENT) * depth + len(line) < WIDTH):
        return line
    inside = "".join(f"{INDENT * (depth + 1)}{_text(one, depth + 1)},\n" for one in members)
    return f"{opening}\n{inside}{INDENT * depth}{closing}"


def _one_line(node: Node) -> str:
    if isinstance(node, str):
        return node
    opening, members, closing = node
    return f"{opening}{', '.join(map(_one_line, members))}{closing}"
