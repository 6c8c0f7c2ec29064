"""`pulumi-inference invoke`: one request to a deployed service."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_inference.modelarts.invoke import Answer

MODEL_FAILED = 3


@click.group()
def invoke() -> None:
    """Send a request to a deployed model."""


@invoke.command()
@click.argument("service")
@click.option("--data", "-d", metavar="TEXT|@FILE|-", default="", help="Request body; - reads stdin.")
@click.option("--path", default="", help="What follows the access address, such as /v1/chat/completions.")
@click.option("--method", "-X", default="POST", show_default=True, help="HTTP method.")
@click.option("--header", "-H", "headers", metavar="NAME:VALUE", multiple=True, help="Further header.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the answer.",
)
@click.option("--connection", metavar="NAME", help="Named section of the configuration: a second account or region.")
@settings_options
def modelarts(
    *,
    service: str,
    data: str,
    path: str,
    method: str,
    headers: tuple[str, ...],
    timeout: float,
    connection: str | None,
    stack: str | None,
) -> None:
    """Call SERVICE (id or exact name) with the account's own credentials, and print its answer.

    The content type is JSON or text as the data looks, unless --header says otherwise. Exit code 3 when the model
    itself answered with an error, whose body is printed all the same; 1 when the request did not get through to it.
    """
    further = _headers(headers)
    body = _body(data)
    from pulumi_inference.modelarts.invoke import invoke as call
    from pulumi_inference.modelarts.places import connection_of

    account = connection_of(open_context(stack), connection)
    answer = call(account, service, body, path=path, method=method, headers=further, timeout=timeout)
    _show(answer)
    if answer.is_error:
        click.echo(f"Error: the model answered with HTTP {answer.status}", err=True)
        sys.exit(MODEL_FAILED)


def _headers(given: Sequence[str]) -> dict[str, str]:
    headers = {}
    for one in given:
        name, separator, value = one.partition(":")
        if not separator or not name.strip() or not (one.isascii() and one.isprintable()):
            raise click.BadParameter(f"{one!r}; write NAME:VALUE, in ASCII", param_hint="--header")
        headers[name.strip()] = value.strip()
    return headers


def _body(data: str) -> bytes:
    if data == "-":
        return sys.stdin.buffer.read()
    if not data.startswith("@"):
        return data.encode()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"--data: {data[1:]} cannot be read: {error.strerror}") from None


def _show(answer: Answer) -> None:
    """The body as it came; JSON is laid out when a person reads it."""
    body = answer.body
    if sys.stdout.isatty():
        with contextlib.suppress(ValueError):
            body = json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.flush()
