"""Property paths: `config[0].custom_spec.gpu_p4`, as Pulumi writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Token = str | int
Path = tuple[Token, ...]

_PART = re.compile(r'\[(\d{1,18})\]|\[\*\]|\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)')
_PLAIN = re.compile(r"^[^.\[\]\"\s]+$")

WILDCARD = "*"


def parse(text: str) -> Path:
    """The tokens of a path; `[*]` and `*` become the wildcard token."""
    tokens: list[Token] = []
    for match in _PART.finditer(text):
        index, quoted, name = match.groups()
        if index is not None:
            tokens.append(int(index))
        elif quoted is not None:
            tokens.append(re.sub(r"\\(.)", r"\1", quoted))
        else:
            tokens.append(name or WILDCARD)
    return tuple(tokens)


def render(tokens: Iterable[Token]) -> str:
    """The text of a path, in the form that messages, previews and `ignore_changes` use."""
    text = ""
    for token in tokens:
        if isinstance(token, int):
            text += f"[{token}]"
        elif _PLAIN.match(token):
            text += f".{token}" if text else token
        else:
            escaped = token.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text


def starts_with(path: Sequence[Token], prefix: Sequence[Token]) -> bool:
    """Whether `path` is `prefix` or lies below it; a wildcard in `prefix` stands for any one token."""
    if len(prefix) > len(path):
        return False
    return all(want in (WILDCARD, have) for have, want in zip(path, prefix, strict=False))


def texts_at(values: Any, path: Path) -> Iterator[str]:
    """Every text at and below a path, a wildcard standing for every item; what is not there is left out."""
    if path:
        head, rest = path[0], path[1:]
        if head == WILDCARD:
            items = values.values() if isinstance(values, Mapping) else values if isinstance(values, list) else ()
            for one in items:
                yield from texts_at(one, rest)
        elif isinstance(values, Mapping) and str(head) in values:
            yield from texts_at(values[str(head)], rest)
        elif isinstance(values, list) and isinstance(head, int) and head < len(values):
            yield from texts_at(values[head], rest)
    elif isinstance(values, str):
        yield values
    elif isinstance(values, Mapping | list):
        for one in values.values() if isinstance(values, Mapping) else values:
            yield from texts_at(one, ())
