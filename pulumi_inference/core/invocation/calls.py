"""One request to a deployed thing: what is sent, what came back, and whose an error is.

This is the one way to a model: the `invoke` of each cloud, the command `pulumi-inference invoke` and smoke tests all
go it.
"""

from __future__ import annotations

import json as jsonlib
import mimetypes
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from email.message import Message
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
from pulumi_inference.core.http.exchange import Body, Due, FileBody, Response
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.http.streaming import StreamedResponse
from pulumi_inference.core.invocation.address import check_way
from pulumi_inference.core.invocation.endpoint import Endpoint

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"
BINARY_TYPE = "application/octet-stream"
LARGEST_ANSWER = 512 * 2**20
"""Bytes of an answer that is not streamed."""
LONGEST_QUOTE = 500
POLL_SECONDS = 1.0

Tell = Callable[[str], None]


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
    body, kind = _body(json, text, data, file)
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if body:
        given.setdefault("content-type", kind)
    return Call(body, path, method, given, timeout)


def send(endpoint: Endpoint, call: Call, tell: Tell = lambda _text: None) -> InvokeResult:
    """Sends a request once and answers what the model answers, an error of the model's included.

    Raises:
        ConfigurationError: the request cannot be sent like that.
        ApiError: the platform refused the request before it reached the model.
        TransportError: no answer came back.
    """
    request = _request(endpoint, call)
    began = endpoint.environment.clock.monotonic()
    with closing(_http(endpoint, call)) as http, _explained(endpoint):
        answer = http.request(call.method, **request, idempotent=False, retry_seconds=0)
        answer = _followed(endpoint, http, call, answer, began=began, tell=tell)
    return InvokeResult(answer.status, answer.headers, answer.body)


def stream(endpoint: Endpoint, call: Call, tell: Tell = lambda _text: None) -> StreamedResponse:
    """Sends a request once and answers as soon as the model begins to answer.

    Raises:
        ModelError: the model answers with an error.
        Exception: what `send` raises.
    """
    request = _request(endpoint, call)
    began = endpoint.environment.clock.monotonic()
    with ExitStack() as stack:
        http = stack.enter_context(closing(_http(endpoint, call)))
        with _explained(endpoint):
            answer = http.stream(call.method, **request)
            stack.callback(answer.close)
            if answer.status >= 300 or answer.status in endpoint.elsewhere:
                whole = Response(answer.status, answer.headers, answer.read(), answer.request_id)
                answer = StreamedResponse.of(_followed(endpoint, http, call, whole, began=began, tell=tell))
        if answer.status >= 300:
            raise model_error(endpoint, call, InvokeResult(answer.status, answer.headers, answer.read()))
        close = stack.pop_all().close
    return StreamedResponse(answer.status, answer.headers, answer.chunks(), close, answer.request_id)


def ask(endpoint: Endpoint, call: Call, *, streamed: bool) -> InvokeResult | StreamedResponse:
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


def model_error(endpoint: Endpoint, call: Call, answer: InvokeResult) -> ModelError:
    """The error that a model's answer is."""
    what = f"{call.method.upper()} {call.path or '/'}"
    error = ModelError(f"{endpoint.name} was reached, but the model answered {what} with HTTP {answer.status}", answer)
    return error.redact(endpoint.environment.redactor.redact)


def content_type(body: bytes) -> str:
    """The content type of a body that does not say: JSON, text or anything else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return BINARY_TYPE
    try:
        parse_json(text)
    except ValueError:
        return TEXT_TYPE
    return JSON_TYPE


def file_type(name: str) -> str:
    """The content type of a file, by its name."""
    return mimetypes.guess_type(name)[0] or BINARY_TYPE


def shortened(text: str) -> str:
    """A text of no more than 500 characters, which says what is missing."""
    if len(text) <= LONGEST_QUOTE:
        return text
    return f"{text[:LONGEST_QUOTE]}… ({len(text)} characters in all)"


def _body(json: Any, text: str | None, data: bytes | None, file: str | os.PathLike[str] | None) -> tuple[Body, str]:
    """The body and its content type."""
    given = {"json": json, "text": text, "data": data, "file": file}
    names = [name for name, one in given.items() if one is not None]
    if len(names) > 1:
        raise TypeError(f"invoke() takes one body, not {' and '.join(names)}")
    if json is not None:
        return jsonlib.dumps(json, ensure_ascii=False).encode(), JSON_TYPE
    if text is not None:
        return text.encode(), TEXT_TYPE
    if file is not None:
        return FileBody.of(os.fspath(file)), file_type(os.fspath(file))
    return data or b"", BINARY_TYPE


@contextmanager
def _explained(endpoint: Endpoint) -> Iterator[None]:
    """Says of an error which thing gave no answer."""
    try:
        yield
    except InferenceError as error:
        raise error.add_context(f"{endpoint.name} gave no answer") from None


def _request(endpoint: Endpoint, call: Call) -> dict[str, Any]:
    """Where a request goes, its body and its headers."""
    headers = {"accept": "*/*", **{name.lower(): value for name, value in call.headers.items()}}
    body, limit = call.body, endpoint.largest
    if limit is not None:
        if len(body) > limit.most:
            raise ConfigurationError(
                f"the body has {len(body) / 2**20:.1f} MB; {limit.refusal}", next_step=limit.way_out
            )
        body = b"".join(body) if isinstance(body, FileBody) else body
    if call.timeout <= 0:
        raise ConfigurationError(f"timeout must be more than 0 seconds, not {call.timeout:g}")
    return {"path": _target(endpoint, call), "content": body, "headers": headers}


def _http(endpoint: Endpoint, call: Call) -> HttpClient:
    """The endpoint's client: a model may answer whatever it likes."""
    check_way(endpoint.address.base_url, endpoint.home)
    return endpoint.http(call.timeout).taking(Due.ANYTHING, LARGEST_ANSWER)


def _target(endpoint: Endpoint, call: Call) -> str:
    quoted = quote(call.path, safe="/?&=%+:@,;$!*'()~")
    return endpoint.address.path + (quoted if not quoted or quoted.startswith(("/", "?")) else f"/{quoted}")


def _followed(
    endpoint: Endpoint, http: HttpClient, call: Call, answer: Response, *, began: float, tell: Tell
) -> Response:
    """The answer that an answer stands for, asked for until it has come or the call's time is over."""
    clock, polled = endpoint.environment.clock, None
    while answer.status in endpoint.elsewhere:
        pause = polled + POLL_SECONDS - clock.monotonic() if polled is not None else 0.0
        if pause > 0 and clock.wait(pause, endpoint.environment.cancelled):
            raise CancelledError
        polled = clock.monotonic()
        left = began + call.timeout - polled
        if left <= 0:
            raise TransportError(
                f"{call.method.upper()} {_target(endpoint, call)}: the answer has not come within {call.timeout:g} s",
                sent=True,
                next_step="Give it more time by timeout.",
            )
        answer = endpoint.follow(http.within(left), answer, tell)
    return answer
