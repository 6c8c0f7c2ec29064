"""One request to a deployed thing: what is sent, what came back, and whose an error is.

This is the one way to a model: the `invoke` of each cloud, the command `pulumi-inference invoke` and smoke tests all
go it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pulumi_inference.core.errors import (
    CancelledError,
    ConfigurationError,
    InferenceError,
    ResponseError,
    TransportError,
)
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Body, Due, Response, lower
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.http.streaming import StreamedResponse, joined
from pulumi_inference.core.invocation.address import check_way
from pulumi_inference.core.invocation.bodies import ANY_TYPE, body_of, bytes_of
from pulumi_inference.core.invocation.endpoint import Called, Endpoint, Line
from pulumi_inference.core.invocation.files import write_files

LARGEST_ANSWER = 512 * 2**20
"""Bytes of an answer that is not streamed."""
LONGEST_QUOTE = 500
POLL_SECONDS = 1.0
LONGEST_CALL = 10**6
"""Seconds."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_NOT_GIVEN = frozenset({"content-length", "transfer-encoding"})
"""The headers that say how long a body is."""

Tell = Callable[[str], None]


def _unheard(_text: str) -> None:
    """Nobody waits for what is told."""


@dataclass(frozen=True)
class Call:
    """What a model is sent: `path` follows the address, `timeout` is in seconds.

    It is how long the whole answer may take, also when it has to be asked for again; of an answer that is streamed, how
    long the other side may say nothing.
    """

    body: Body = field(default=b"", repr=False)
    path: str = ""
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: float = 60.0


@dataclass(frozen=True)
class InvokeResult:
    """What the model answered. Header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """What came with the body, by names that are relative paths."""

    @property
    def text(self) -> str:
        """The body as text, in the charset of the content type or UTF-8."""
        message = Message()
        message["content-type"] = self.headers.get("content-type", "")
        try:
            return self.body.decode(message.get_content_charset("utf-8"), "replace")
        except (LookupError, ValueError):  # there is no such charset, or one that is none for texts
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ResponseError when it is none."""
        try:
            return parse_json(self.body)
        except ValueError as error:
            kind = self.headers.get("content-type", "no content type")
            raise ResponseError(
                f"the model's answer (HTTP {self.status}) is not JSON ({kind}, {len(self.body)} bytes)",
                details=[str(error)],
                next_step="Look at its `text`.",
            ) from None

    @property
    def is_error(self) -> bool:
        """Whether the status is anything but 2xx."""
        return not 200 <= self.status < 300


class ModelError(InferenceError):
    """The request reached the model, and the model answered with an error; `answer` is its whole answer."""

    def __init__(self, message: str, answer: InvokeResult) -> None:
        super().__init__(message, details=[shortened(answer.text)] if answer.body else [])
        self.answer = answer

    @property
    def status(self) -> int:
        """The HTTP status of the model's answer."""
        return self.answer.status


def call_of(
    *,
    json: Any,
    text: str | None,
    data: bytes | None,
    file: str | os.PathLike[str] | None,
    path: str,
    method: str,
    headers: Mapping[str, str] | None,
    timeout: float,
) -> Call:
    """A call as a program writes it: one body at most, whose content type its argument says unless a header does.

    Raises:
        TypeError: more than one body is given.
        ConfigurationError: the file cannot be read.
    """
    body, kind = body_of(json, text, data, file)
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if body:
        given.setdefault("content-type", kind)
    return Call(body, path, method, given, timeout)


def send(endpoint: Called, call: Call, tell: Tell = _unheard) -> InvokeResult:
    """Sends a request once and answers what the model answers, an error of the model's included.

    Raises:
        ConfigurationError: the request cannot be sent like that.
        ApiError: the platform refused the request before it reached the model.
        TransportError: no answer came back.
    """
    with ExitStack() as stack:
        answer = _answered(stack, endpoint, call, tell, streamed=False)
        with _explained(endpoint):
            return _whole(answer)


def stream(endpoint: Called, call: Call, tell: Tell = _unheard) -> StreamedResponse:
    """Sends a request once and answers as soon as the model begins to answer.

    Raises:
        ModelError: the model answers with an error.
        Exception: what `send` raises.
    """
    live = endpoint.live_type if isinstance(endpoint, Endpoint) else ANY_TYPE
    return _streamed(endpoint, replace(call, headers={"accept": live, **lower(call.headers)}), tell)


def save(endpoint: Called, call: Call, file: str | os.PathLike[str], tell: Tell = _unheard) -> list[Path]:
    """Sends a request once and writes what the model answers to a file while it arrives; answers what was written.

    Files that come with the answer are written to a folder beside it, which is named like it with `.files` behind.

    Raises:
        ConfigurationError: a file cannot be written.
        Exception: what `stream` raises.
    """
    with _streamed(endpoint, call, tell) as answer, _explained(endpoint):
        return write_files(Path(file), answer)


def _streamed(endpoint: Called, call: Call, tell: Tell) -> StreamedResponse:
    with ExitStack() as stack:
        answer = _answered(stack, endpoint, call, tell, streamed=True)
        if answer.status >= 300:
            raise model_error(endpoint, call, _whole(answer))
        if isinstance(answer, Response):
            answer = StreamedResponse.of(answer)
        close = stack.pop_all().close
    return StreamedResponse(
        answer.status, answer.headers, answer.chunks(), close, answer.request_id, files=answer.files
    )


def ask(endpoint: Called, call: Call, *, streamed: bool) -> InvokeResult | StreamedResponse:
    """What the model answers, as a whole or while it arrives.

    Raises:
        ModelError: the model answers with an error.
        Exception: what `send` raises.
    """
    if streamed:
        return stream(endpoint, call)
    answer = send(endpoint, call)
    if answer.is_error:
        raise model_error(endpoint, call, answer)
    return answer


def model_error(endpoint: Called, call: Call, answer: InvokeResult) -> ModelError:
    """The error that a model's answer is."""
    what = f"{call.method.upper()} {call.path or '/'}"
    error = ModelError(f"{endpoint.name} was reached, but the model answered {what} with HTTP {answer.status}", answer)
    return error.redact(endpoint.environment.redactor.redact)


def shortened(text: str) -> str:
    """A text of no more than 500 characters, which says what is missing."""
    if len(text) <= LONGEST_QUOTE:
        return text
    return f"{text[:LONGEST_QUOTE]}… ({len(text)} characters in all)"


@contextmanager
def _explained(endpoint: Called) -> Iterator[None]:
    """Says of an error which thing gave no answer."""
    try:
        yield
    except InferenceError as error:
        raise error.add_context(f"{endpoint.name} gave no answer") from None


def _request(endpoint: Endpoint, call: Call) -> dict[str, Any]:
    """Where a request goes, its body and its headers."""
    headers = {"accept": ANY_TYPE, **lower(call.headers)}
    body, limit = call.body, endpoint.largest
    if limit is not None:
        if len(body) > limit.most:
            raise ConfigurationError(
                f"the body has {len(body) / 2**20:.1f} MB; {limit.refusal}", next_step=limit.way_out
            )
        body = bytes_of(body)
    return {"path": _target(endpoint, call), "content": body, "headers": headers}


def _check(call: Call) -> None:
    """Raises ConfigurationError for what no request can say."""
    if not 0 < call.timeout <= LONGEST_CALL:
        raise ConfigurationError(
            f"timeout must be more than 0 seconds and at most {LONGEST_CALL}, not {call.timeout:g}"
        )
    if not _TOKEN.fullmatch(call.method):
        raise ConfigurationError(f"{call.method!r} is no HTTP method")
    for name, value in call.headers.items():
        is_text = isinstance(value, str) and value.isascii() and value.replace("\t", " ").isprintable()
        if not is_text or not _TOKEN.fullmatch(name):
            raise ConfigurationError(
                f"the header {name!r} cannot be sent: a name is letters, digits and hyphens, and a value is printable "
                "ASCII"
            )
        if name.lower() in _NOT_GIVEN:
            raise ConfigurationError(f"the header {name} is made from the body", next_step="Leave it out.")


def _http(endpoint: Endpoint, call: Call) -> HttpClient:
    """The endpoint's client: a model may answer whatever it likes."""
    check_way(endpoint.address.base_url, endpoint.home)
    return endpoint.http(call.timeout).taking(Due.ANYTHING, LARGEST_ANSWER)


def _target(endpoint: Endpoint, call: Call) -> str:
    try:
        quoted = quote(call.path, safe="/?&=%+:@,;$!*'()~")
    except UnicodeEncodeError:
        raise ConfigurationError(f"path {call.path!r} is no text: it has half of a surrogate pair") from None
    return endpoint.address.path + (quoted if not quoted or quoted.startswith(("/", "?")) else f"/{quoted}")


def _answered(
    stack: ExitStack, endpoint: Called, call: Call, tell: Tell, *, streamed: bool
) -> Response | StreamedResponse:
    """What the model answers; a part of it may not have been read, and is there until the stack is left."""
    _check(call)
    if isinstance(endpoint, Line):
        with _explained(endpoint):
            opened = endpoint.open(call)
        stack.callback(opened.close)
        return opened
    streamed = streamed and endpoint.is_live
    call = stack.enter_context(endpoint.prepared(call, streamed=streamed))
    request = _request(endpoint, call)
    http = stack.enter_context(closing(_http(endpoint, call)))
    began = endpoint.environment.clock.monotonic()
    answer: Response | StreamedResponse
    with _explained(endpoint):
        if streamed:
            answer = _kept(stack, endpoint, call, http.stream(call.method, **request))
        else:
            answer = http.request(call.method, **request, idempotent=False, retry_seconds=0)
        return _followed(stack, endpoint, call, answer, http=http, began=began, tell=tell, streamed=streamed)


def _followed(
    stack: ExitStack,
    endpoint: Endpoint,
    call: Call,
    answer: Response | StreamedResponse,
    *,
    http: HttpClient,
    began: float,
    tell: Tell,
    streamed: bool,
) -> Response | StreamedResponse:
    """The answer that an answer stands for, asked for until it has come or the call's time is over."""
    polled: float | None = None
    while isinstance(answer, Response) and endpoint.is_elsewhere(answer):
        polled = _next_poll(endpoint, polled)
        left = began + call.timeout - polled
        if left <= 0:
            raise TransportError(
                f"{call.method.upper()} {_target(endpoint, call)}: the answer has not come within {call.timeout:g} s",
                sent=True,
                next_step="Give it more time by timeout.",
            )
        answer = endpoint.follow(http.within(left), answer, tell, streamed=streamed)
        if isinstance(answer, StreamedResponse):
            answer = _kept(stack, endpoint, call, answer)
    return endpoint.received(answer) if isinstance(answer, Response) else answer


def _kept(stack: ExitStack, endpoint: Endpoint, call: Call, answer: StreamedResponse) -> Response | StreamedResponse:
    """An answer that is open until the stack is left; read, where it is not the model's answer yet, or an error."""
    stack.callback(answer.close)
    what = f"{call.method.upper()} {_target(endpoint, call).partition('?')[0]}"
    unread = Response(answer.status, answer.headers, b"", answer.request_id, what)
    if answer.status < 300 and not endpoint.is_elsewhere(unread):
        return answer
    return replace(unread, body=answer.read())


def _next_poll(endpoint: Endpoint, polled: float | None) -> float:
    """The moment of the next question, which is no sooner than a second after the last one."""
    clock = endpoint.environment.clock
    pause = polled + POLL_SECONDS - clock.monotonic() if polled is not None else 0.0
    if pause > 0 and clock.wait(pause, endpoint.environment.cancelled):
        raise CancelledError
    return clock.monotonic()


def _whole(answer: Response | StreamedResponse) -> InvokeResult:
    """An answer with all that comes with it, read as a whole."""
    if isinstance(answer, Response):
        return InvokeResult(answer.status, answer.headers, answer.body)
    body, files = answer.read(), dict[str, bytes]()
    for one in answer.files:
        files[one.name] = joined(one.chunks(), len(body) + sum(map(len, files.values())))
    return InvokeResult(answer.status, answer.headers, body, files)
