"""One request to a deployed service: what is sent, what came back, and whose an error is.

This is the one way to a model: `modelarts.invoke`, the command `pulumi-inference invoke` and smoke tests all go it.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Protocol
from urllib.parse import quote

from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Body, FileBody, ParseError, Response
from pulumi_inference.core.http.streaming import StreamedResponse
from pulumi_inference.core.redact import Redactor
from pulumi_inference.modelarts.errors import ERRORS
from pulumi_inference.modelarts.invocation.address import Address

JSON_TYPE = "application/json"
TEXT_TYPE = "text/plain; charset=utf-8"
BINARY_TYPE = "application/octet-stream"
MAX_SIGNED_BYTES = 12 * 1024 * 1024
LONGEST_QUOTE = 500

_PLATFORM_CODE = re.compile(r"(APIG|APIGW|ModelArts)\.\d+")


class Caller(Protocol):
    """Who calls: an account or an application."""

    redactor: Redactor

    @property
    def signs_requests(self) -> bool:
        """Whether requests carry a signature over their body."""
        ...

    def http_to(self, base_url: str, *, parse_error: ParseError, timeout: float) -> HttpClient:
        """A client for an address."""
        ...


@dataclass(frozen=True)
class Call:
    """What a service is sent: `path` follows its address, `timeout` is in seconds."""

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
        except LookupError:
            return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ResponseError when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            raise ResponseError(
                f"the model's answer (HTTP {self.status}) is not JSON ({kind}, {len(self.body)} bytes)",
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


class _ModelAnswerError(ApiError):
    """Carries the model's own error out of the HTTP client."""

    answer: InvokeResult


def send(caller: Caller, address: Address, call: Call) -> InvokeResult:
    """Sends a request once and answers what the model answers, an error of the model's included.

    Raises:
        ConfigurationError: the request cannot be sent like that.
        ApiError: the platform refused the request before it reached the model.
        TransportError: no answer came back.
    """
    content = _content(caller, call)
    with _client(caller, address, call) as http, _explained(address):
        try:
            answer = http.request(call.method, _target(address, call), **content, idempotent=False, retry_seconds=0)
        except _ModelAnswerError as error:
            return error.answer
    return InvokeResult(answer.status, answer.headers, answer.body)


def stream(caller: Caller, address: Address, call: Call) -> StreamedResponse:
    """Sends a request once and answers as soon as the model begins to answer.

    Raises:
        ModelError: the model answers with an error.
        Exception: what `send` raises.
    """
    content = _content(caller, call)
    with ExitStack() as stack:
        http = stack.enter_context(_client(caller, address, call))
        with _explained(address):
            try:
                answer = http.stream(call.method, _target(address, call), **content)
            except _ModelAnswerError as error:
                raise model_error(caller, address, call, error.answer) from None
        stack.callback(answer.close)
        close = stack.pop_all().close
    return StreamedResponse(answer.status, answer.headers, answer.chunks(), close, answer.request_id)


def checked(caller: Caller, address: Address, call: Call, answer: InvokeResult) -> InvokeResult:
    """The answer itself. Raises ModelError when it is an error."""
    if answer.is_error:
        raise model_error(caller, address, call, answer)
    return answer


def model_error(caller: Caller, address: Address, call: Call, answer: InvokeResult) -> ModelError:
    """The error that a model's answer is."""
    what = f"{call.method.upper()} {call.path or '/'}"
    error = ModelError(
        f"{address.service} was reached, but the model answered {what} with HTTP {answer.status}", answer
    )
    return error.redact(caller.redactor.redact)


def content_type(body: bytes) -> str:
    """The content type of a body that does not say: JSON, text or anything else."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return BINARY_TYPE
    try:
        json.loads(text)
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


@contextmanager
def _client(caller: Caller, address: Address, call: Call) -> Iterator[HttpClient]:
    if call.timeout <= 0:
        raise ConfigurationError(f"timeout must be more than 0 seconds, not {call.timeout:g}")
    http = caller.http_to(address.base_url, parse_error=_parse_error, timeout=call.timeout)
    try:
        yield http
    finally:
        http.close()


@contextmanager
def _explained(address: Address) -> Iterator[None]:
    """Says of a platform's error which service it was about."""
    try:
        yield
    except (_ModelAnswerError, ModelError):
        raise
    except InferenceError as error:
        raise error.add_context(f"{address.service} gave no answer") from None


def _content(caller: Caller, call: Call) -> dict[str, Any]:
    """Body and headers; what is signed has to be in memory as a whole, and to be small."""
    headers = {"accept": "*/*", **{name.lower(): value for name, value in call.headers.items()}}
    body = call.body
    if caller.signs_requests:
        if len(body) > MAX_SIGNED_BYTES:
            raise ConfigurationError(
                f"the body has {len(body) / 2**20:.1f} MB; requests signed with an access key carry at most 12 MB",
                next_step="Send less, or log in as an IAM user (user name, password, domain): a token allows more.",
            )
        body = b"".join(body) if isinstance(body, FileBody) else body
    return {"content": body, "headers": headers}


def _target(address: Address, call: Call) -> str:
    quoted = quote(call.path, safe="/?&=%+:@,;$!*'()~")
    return address.path + (quoted if not quoted or quoted.startswith(("/", "?")) else f"/{quoted}")


def _parse_error(response: Response, method: str, path: str) -> ApiError:
    """Gateway and platform have their own envelope; any other error is the model's."""
    try:
        body = response.json()
    except ResponseError:
        body = None
    code = body.get("error_code") if isinstance(body, dict) else None
    if _PLATFORM_CODE.fullmatch(str(code)) or response.status == 401:
        return ERRORS.parse_error(response, method, path)
    error = _ModelAnswerError(
        status=response.status,
        code=None,
        message="the model answered with an error",
        request_id=response.request_id,
        method=method,
        path=path,
    )
    error.answer = InvokeResult(response.status, response.headers, response.body)
    return error
