"""Texts that come from elsewhere: made harmless before they are shown, and read as UTF-8 whatever the locale says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

# Control characters but for tab and line feed; the ones that turn or hide text; half characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# Commands to build servers: `::error::` of GitHub at the beginning of a line, `##[group]`, `##vso[…]` and
# `##teamcity[…]` anywhere; and `<{%red%}>`, by which Pulumi's engine colours what it shows.
_LINE_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
_COMMAND = re.compile(r"#(?=#[A-Za-z]*\[)|<(?=\{%)")


def neutral(text: str) -> str:
    """The text as a terminal, the engine and a build server's log can have it: what would act there is shown instead.

    Line feeds and tabs stay. A neutral text is neutral already.
    """
    shown = _UNSEEN.sub(_escape, text.replace("\r\n", "\n"))
    return _COMMAND.sub(r"\g<0> ", _LINE_COMMAND.sub(r"\1: ", shown))


def json_text(value: Any, *, indent: int | None = None, ascii_only: bool = False) -> str:
    """A value as JSON that is as harmless and means exactly the same."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    return _COMMAND.sub(_escape, _UNSEEN.sub(_escape, text))


def utf8(text: str) -> str:
    """What the environment or the command line holds, as UTF-8 if it is.

    With a locale of another encoding Python has read the bytes as something else, or kept them as half characters.
    """
    try:
        return os.fsencode(text).decode("utf-8")
    except UnicodeError:
        return text


class Environ(Mapping[str, str]):
    """The environment variables of this process, read as UTF-8."""

    def __getitem__(self, name: str) -> str:
        return utf8(os.environ[name])

    def __iter__(self) -> Iterator[str]:
        return iter(os.environ)

    def __len__(self) -> int:
        return len(os.environ)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
