"""`pulumi-inference invoke`: one request to a deployed model, by a command for each cloud that has any to call."""

from __future__ import annotations

import codecs
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pulumi_inference import clouds
from pulumi_inference.cli.project import Settings, context_of, open_context, settings_options
from pulumi_inference.cli.stack import read_stack
from pulumi_inference.cli.terminal import TEXT, say
from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.texts import Environ, json_text, utf8
from pulumi_inference.engine.project import project_file

if TYPE_CHECKING:
    from pulumi_inference.cli.stack import StackResource
    from pulumi_inference.core.fields.facts import FieldFacts
    from pulumi_inference.core.http.exchange import Body
    from pulumi_inference.core.invocation.calls import Call, InvokeResult
    from pulumi_inference.core.invocation.endpoint import Called, Calling
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.core.settings import Configuration

MODEL_FAILED = 3

_HELP = """Call {thing} and print its answer.

{about}

The content type is JSON or text as the data looks, unless --header says otherwise. Exit code 3 when the model itself
answered with an error, whose body is printed all the same; 1 when the request did not get through to it.
"""


class Clouds(click.Group):
    """The clouds as commands; the room of one is loaded when its command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the base's parameter
        """The clouds that have something to call."""
        return [name for name in clouds.CLOUDS if clouds.cloud(name).calling]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a cloud."""
        is_there = cmd_name in self.list_commands(ctx)
        return _command(cmd_name, clouds.load(clouds.cloud(cmd_name).calling)) if is_there else None


@click.group(cls=Clouds)
def invoke() -> None:
    """Send a request to a deployed model."""


def _command(name: str, calling: Calling) -> click.Command:
    """The command that calls what one cloud deploys."""
    from pulumi_inference.core.fields.facts import facts_of

    own = list(facts_of(calling.options).values())

    @click.command(name, help=_HELP.format(thing=calling.thing.upper(), about=calling.about))
    @click.argument("thing", metavar=calling.thing.upper(), type=TEXT)
    @click.option("--data", "-d", metavar="DATA|@FILE|-", help="Request body, JSON or not; - reads stdin.")
    @click.option("--text", metavar="TEXT", type=TEXT, help="Request body, sent as text whatever it looks like.")
    @click.option("--file", metavar="FILE", help="Request body: a file, whose name says its content type.")
    @click.option("--stream", is_flag=True, help="Print the answer while it arrives.")
    @click.option("--output", "-o", metavar="FILE", help="Write the answer to a file, however large it is.")
    @click.option(
        "--path",
        default=calling.usual_path,
        show_default=bool(calling.usual_path),
        help="What follows the access address, such as /v1/chat/completions.",
    )
    @click.option("--method", "-X", default="POST", show_default=True, help="HTTP method.")
    @click.option("--header", "-H", "headers", metavar="NAME:VALUE", multiple=True, help="Further header.")
    @click.option(
        "--timeout",
        type=click.FloatRange(min=0, min_open=True),
        default=calling.usual_timeout,
        show_default=True,
        help="Seconds that the answer may take; with --stream, that the service may say nothing.",
    )
    @click.option(
        "--connection", metavar="NAME", help="Named section of the configuration: a second account or region."
    )
    @settings_options
    def command(
        *,
        thing: str,
        data: str | None,
        text: str | None,
        file: str | None,
        stream: bool,
        output: str | None,
        path: str,
        method: str,
        headers: tuple[str, ...],
        timeout: float,
        connection: str | None,
        stack: str | None,
        **given: Any,
    ) -> None:
        if stream and output is not None:
            raise click.UsageError("Give --stream or --output.")
        call = _call(data=data, text=text, file=file, path=path, method=method, headers=headers, timeout=timeout)
        options = _options(own, given)
        kinds = [f"{name}.{kind}" for kind in calling.kinds]
        declared = _declared(kinds, thing, stack) if kinds else None
        if declared is not None:
            thing, connection = str(declared.id), connection or declared.values.get("connection")
        endpoint = calling.endpoint(_context(stack), thing, options, connection, path=path)
        if output is not None:
            answer = _save(endpoint, call, output)
        else:
            answer = _stream(endpoint, call) if stream else _send(endpoint, call)
        if answer is not None and answer.is_error:
            say(f"Error: the model answered with HTTP {answer.status}", err=True)
            sys.exit(MODEL_FAILED)

    place = next(index for index, one in enumerate(command.params) if one.name == "connection")
    command.params[place:place] = [_option(one) for one in own]
    return command


def _option(one: FieldFacts) -> click.Option:
    """The option for what the caller of one cloud may say besides; a secret is in an environment variable."""
    words = one.name.replace("_", "-")
    if one.secret:
        description = f"Environment variable with the {one.description}"
        return click.Option([f"--{words}-env", one.name], metavar="VAR", help=description)
    if one.type == "boolean":
        return click.Option([f"--{words}", one.name], is_flag=True, help=one.description)
    if one.type == "array":
        return click.Option([f"--{words.removesuffix('s')}", one.name], multiple=True, type=TEXT, help=one.description)
    if one.type == "integer":
        return click.Option(
            [f"--{words}", one.name], type=click.IntRange(_whole(one.ge), _whole(one.le)), help=one.description
        )
    kind = click.Choice(one.choices) if one.choices else TEXT
    return click.Option([f"--{words}", one.name], type=kind, help=one.description)


def _whole(limit: float | None) -> int | None:
    return None if limit is None else int(limit)


def _options(own: Sequence[FieldFacts], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given of them, with the secrets themselves."""
    options = {}
    for one in own:
        value = given[one.name]
        if value not in (None, False, ()):
            if one.secret:
                value = _secret(Environ(), one, value)
            options[one.name] = list(value) if isinstance(value, tuple) else value
    return options


def _secret(environ: Mapping[str, str], one: FieldFacts, variable: str) -> str:
    value = environ.get(variable, "").strip()
    if not value:
        option = f"--{one.name.replace('_', '-')}-env"
        raise ConfigurationError(f"{option}: the environment variable {variable} is not set")
    return value


def _declared(kinds: Sequence[str], thing: str, stack: str | None) -> StackResource | None:
    """The resource of the stack with this urn, or this name in the program; None when there is none, or no stack.

    Raises:
        ConfigurationError: the stack asked for cannot be read.
    """
    from pulumi_inference.core.invocation.address import is_url

    if is_url(thing) or project_file() is None:
        return None
    try:
        resources = read_stack(stack, kinds).resources
    except ConfigurationError:
        if stack is not None:
            raise
        return None
    return next((one for one in resources if thing in (one.name, one.urn) and one.id and not one.is_replaced), None)


class _WhenAsked:
    """The settings of a stack, read when one of them is asked for: not everybody who calls needs any."""

    def __init__(self, stack: str | None) -> None:
        self._stack = stack

    @cached_property
    def _read(self) -> Configuration:
        return open_context(self._stack).environment.configuration

    def get(self, key: str) -> str | None:
        """The value of a key."""
        return self._read.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """The named connections."""
        return self._read.connections()


def _context(stack: str | None) -> Context:
    context = context_of(Settings({}, ""))
    context.environment.configuration = _WhenAsked(stack)
    context.tell = lambda text: say(f"note: {text}", err=True)
    return context


def _call(
    *,
    data: str | None,
    text: str | None,
    file: str | None,
    path: str,
    method: str,
    headers: Sequence[str],
    timeout: float,
) -> Call:
    from pulumi_inference.core.invocation.calls import Call

    given = _headers(headers)
    body, kind = _body(data, text, file)
    if len(body):
        given.setdefault("content-type", kind)
    return Call(body, path, method, given, timeout)


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
    from pulumi_inference.core.invocation.bodies import TEXT_TYPE, content_type, file_type

    if sum(one is not None for one in (data, text, file)) > 1:
        raise click.UsageError("Give one of --data, --text and --file.")
    if file is not None:
        return FileBody.of(file), file_type(file)
    if text is not None:
        return text.encode("utf-8", "replace"), TEXT_TYPE
    content = _data(data or "")
    return content, content_type(content)


def _data(data: str) -> bytes:
    if data == "-":
        return sys.stdin.buffer.read()
    if not data.startswith("@"):
        return utf8(data).encode("utf-8", "replace")
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"--data: {data[1:]} cannot be read: {error.strerror}") from None


def _send(endpoint: Called, call: Call) -> InvokeResult:
    from pulumi_inference.core.invocation.calls import send

    answer = send(endpoint, call, _tell)
    _show(answer.body)
    for name, content in answer.files.items():
        _tell(f"the answer comes with a file {name} of {len(content)} bytes: --output writes it too")
    return answer


def _save(endpoint: Called, call: Call, output: str) -> InvokeResult | None:
    """Writes the answer to a file; answers the model's answer only when it is an error."""
    from pulumi_inference.core.invocation.calls import ModelError, save

    try:
        for file in save(endpoint, call, output, _tell):
            _tell(f"written: {file}")
    except ModelError as error:
        _show(error.answer.body)
        return error.answer
    return None


def _stream(endpoint: Called, call: Call) -> InvokeResult | None:
    """Prints what arrives; answers the model's answer only when it is an error."""
    from pulumi_inference.core.invocation.calls import ModelError, stream

    last, write = b"", _writer()
    try:
        with stream(endpoint, call, _tell) as answer:
            for chunk in answer:
                write(chunk)
                last = chunk or last
    except ModelError as error:
        _show(error.answer.body)
        return error.answer
    if not last.endswith(b"\n"):
        write(b"\n")
    return None


def _show(body: bytes) -> None:
    """The body as it came; JSON is laid out when a person reads it."""
    if sys.stdout.isatty():
        from pulumi_inference.core.http.parsing import parse_json

        with contextlib.suppress(ValueError):
            body = json_text(parse_json(body), indent=2).encode()
    _writer()(body if body.endswith(b"\n") else body + b"\n")


def _writer() -> Callable[[bytes], None]:
    """Writes pieces of an answer: as they came into a file or a pipe, and on a terminal only what cannot act there."""
    if not sys.stdout.isatty():
        return _write
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    return lambda piece: say(decoder.decode(piece), nl=False)


def _write(piece: bytes) -> None:
    sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _tell(text: str) -> None:
    """Says how far an answer is that is still to come."""
    say(text, err=True)
