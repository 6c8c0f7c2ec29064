"""The one way to the terminal: nothing that a cloud or a file has said acts there."""

from __future__ import annotations

import codecs
import sys
from typing import Any

import click

from pulumi_inference.core.texts import json_text, neutral, utf8


class _Text(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions
    """A text of the command line that goes to a cloud: UTF-8, whatever Python has made of it."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        return utf8(str(value))


TEXT = _Text()


def say(text: str, *, err: bool = False, nl: bool = True) -> None:
    """Writes a text for people to stdout, or to stderr."""
    click.echo(neutral(text), err=err, nl=nl)


def say_report(text: str) -> None:
    """Writes a text to stdout in which nothing acts any more, and which keeps what makes that so."""
    click.echo(text, nl=False)


def say_json(value: Any, *, indent: int | None = 2) -> None:
    """Writes a value for programs to stdout."""
    click.echo(json_text(value, indent=indent, ascii_only=not _speaks_utf8()))


def never_fail() -> None:
    """Shows characters that the locale's encoding lacks by their numbers; by itself Python ends with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _speaks_utf8() -> bool:
    try:
        return codecs.lookup(getattr(sys.stdout, "encoding", None) or "utf-8").name == "utf-8"
    except LookupError:
        return False
