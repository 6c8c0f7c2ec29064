"""`pulumi-inference invoke`: one request to a deployed service."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.core.errors import ConfigurationError

if TYPE_CHECKING:
    from pulumi_inference.core.http.exchange import Body
    from pulumi_inference.modelarts.invocation.address import Address
    from pulumi_inference.modelarts.invocation.calls import Call, Caller, InvokeResult

MODEL_FAILED = 3


@click.group()
def invoke() -> None:
    """Send a request to a deployed model."""


@invoke.command()
@click.argument("service")
@click.option("--data", "-d", metavar="DATA|@FILE|-", help="Request body, JSON or not; - reads stdin.")
@click.option("--text", metavar="TEXT", help="Request body, sent as text whatever it looks like.")
@click.option("--file", metavar="FILE", help="Request body: a file, whose name says its content type.")
@click.option("--stream", is_flag=True, help="Print the answer while it arrives.")
@click.option("--path", default="", help="What follows the access address, such as /v1/chat/completions.")
@click.option("--method", "-X", default="POST", show_default=True, help="HTTP method.")
@click.option("--header", "-H", "headers", metavar="NAME:VALUE", multiple=True, help="Further header.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    help="Seconds to wait for the service to say anything.",
)
@click.option("--app-code-env", metavar="VAR", help="Environment variable with the AppCode of an application.")
@click.option("--connection", metavar="NAME", help="Named section of the configuration: a second account or region.")
@settings_options
def modelarts(
    *,
    service: str,
    data: str | None,
    text: str | None,
    file: str | None,
    stream: bool,
    path: str,
    method: str,
    headers: tuple[str, ...],
    timeout: float,
    app_code_env: str | None,
    connection: str | None,
    stack: str | None,
) -> None:
    """Call SERVICE and print its answer.

    SERVICE is the id, exact name or access address (URL) of a real-time service. The request carries the account's own
    credentials, or with --app-code-env those of an application: then SERVICE is its URL for applications.

    The content type is JSON or text as the data looks, unless --header says otherwise. Exit code 3 when the model
    itself answered with an error, whose body is printed all the same; 1 when the request did not get through to it.
    """
    given = _headers(headers)
    body, kind = _body(data, text, file)
    if len(body):
        given.setdefault("content-type", kind)
    from pulumi_inference.modelarts.invocation.calls import Call

    caller, address = _destination(service, app_code_env, connection, stack)
    call = Call(body, path, method, given, timeout)
    answer = _stream(caller, address, call) if stream else _send(caller, address, call)
    if answer is not None and answer.is_error:
        click.echo(f"Error: the model answered with HTTP {answer.status}", err=True)
        sys.exit(MODEL_FAILED)


def _headers(given: Sequence[str]) -> dict[str, str]:
    headers = {}
    for one in given:
        name, separator, value = one.partition(":")
        if not separator or not name.strip() or not (one.isascii() and one.isprintable()):
            raise click.BadParameter(f"{one!r}; write NAME:VALUE, in ASCII", param_hint="--header")
        headers[name.strip().lower()] = value.strip()
    return headers


def _body(data: str | None, text: str | None, file: str | None) -> tuple[Body, str]:
    """The body and its content type."""
    from pulumi_inference.core.http.exchange import FileBody
    from pulumi_inference.modelarts.invocation.calls import TEXT_TYPE, content_type, file_type

    if sum(one is not None for one in (data, text, file)) > 1:
        raise click.UsageError("Give one of --data, --text and --file.")
    if file is not None:
        return FileBody.of(file), file_type(file)
    if text is not None:
        return text.encode(), TEXT_TYPE
    content = _data(data or "")
    return content, content_type(content)


def _data(data: str) -> bytes:
    if data == "-":
        return sys.stdin.buffer.read()
    if not data.startswith("@"):
        return data.encode()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"--data: {data[1:]} cannot be read: {error.strerror}") from None


def _destination(
    service: str, app_code_env: str | None, connection: str | None, stack: str | None
) -> tuple[Caller, Address]:
    """Who calls, and where."""
    from pulumi_inference.modelarts.connection import CONNECTIONS
    from pulumi_inference.modelarts.invocation.address import application_address, resolve
    from pulumi_inference.modelarts.invocation.application import ApplicationConnection

    if app_code_env is not None:
        return ApplicationConnection(_app_code(os.environ, app_code_env)), application_address(service)
    account = CONNECTIONS.today(open_context(stack), connection)
    return account, resolve(account, service)


def _app_code(environ: Mapping[str, str], name: str) -> str:
    code = environ.get(name, "").strip()
    if not code:
        raise ConfigurationError(f"--app-code-env: the environment variable {name} is not set")
    return code


def _send(caller: Caller, address: Address, call: Call) -> InvokeResult:
    from pulumi_inference.modelarts.invocation.calls import send

    answer = send(caller, address, call)
    _show(answer.body)
    return answer


def _stream(caller: Caller, address: Address, call: Call) -> InvokeResult | None:
    """Prints what arrives; answers the model's answer only when it is an error."""
    from pulumi_inference.modelarts.invocation.calls import ModelError, stream

    last = b""
    try:
        with stream(caller, address, call) as answer:
            for chunk in answer:
                sys.stdout.buffer.write(chunk)
                sys.stdout.buffer.flush()
                last = chunk or last
    except ModelError as error:
        _show(error.answer.body)
        return error.answer
    if not last.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
        sys.stdout.flush()
    return None


def _show(body: bytes) -> None:
    """The body as it came; JSON is laid out when a person reads it."""
    if sys.stdout.isatty():
        with contextlib.suppress(ValueError):
            body = json.dumps(json.loads(body), indent=2, ensure_ascii=False).encode()
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")
    sys.stdout.flush()
