"""Functions that speak gRPC: a channel for programs, and raw messages for the command (reference 14)."""

from __future__ import annotations

import re
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import grpc

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    CancelledError,
    ConfigurationError,
    InferenceError,
    TransportError,
    api_error_class,
)
from pulumi_inference.core.http.proxies import is_loopback
from pulumi_inference.core.http.sending import certificates
from pulumi_inference.core.http.streaming import StreamedResponse
from pulumi_inference.core.invocation.bodies import bytes_of
from pulumi_inference.core.invocation.calls import Call, InvokeResult, model_error
from pulumi_inference.core.invocation.endpoint import Line
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.nvcf.client import check_ids
from pulumi_inference.nvcf.connection import NvcfConnection

LOOK_SECONDS: Final = 0.25
"""How often it is looked whether the user has stopped a call."""
LARGEST_MESSAGE: Final = 512 * 2**20

_STATUSES: Final = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "ABORTED": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""The HTTP statuses that gRPC's codes stand for; any other one is 500."""

_KEY = "Check the key (`pulumi-inference doctor` says where it comes from)."
_PLATFORMS: Final = (
    (r"no authorization was passed in the metadata", _KEY),
    (r"authorization failed", _KEY),
    (r"no function-id was passed in the metadata", "Give the function's id."),
    (
        r"failed to establish link to worker",
        "No instance took the call within 30 s: give the function more capacity, and see that it is a gRPC function.",
    ),
    (r"exceeded rate limit", "Wait a while; rate_limit of the function says how often it may be called."),
    (r"no existing session found", "That session is over: call without nvcf-reqid."),
    (
        r"Function (id )?'[^']*'|Account '",
        "`pulumi-inference nvcf functions` shows the status of each version; it has to be ACTIVE, and this key's scope "
        "invoke_function has to include it.",
    ),
)
"""What the proxy and the platform behind it say themselves, and the next step."""

_METHOD = re.compile(r"/?((?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*/[A-Za-z_]\w*)")
_METADATA = re.compile(r"[0-9a-z_.-]+")
_SESSION = "nvcf-reqid"
"""Metadata of what has come to a service at all."""
_OF_HTTP = ("content-type", "accept")


def open_channel(account: NvcfConnection, function_id: str, version_id: str = "") -> grpc.Channel:
    """A channel on which each call carries the key and the function's id.

    Raises:
        ConfigurationError: the proxy is not known, or the key would go to another machine in clear; an id is none.
    """
    check_ids(function_id, version_id)
    address, is_secure = account.grpc_address
    host = urlsplit(f"//{address}").hostname or ""
    metadata = [("function-id", function_id), *([("function-version-id", version_id)] if version_id else [])]
    options = [
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.enable_http_proxy", int(is_secure)),
        ("grpc.use_local_subchannel_pool", 1),  # a connection is a session: none is shared
    ]
    if is_secure:
        credentials = grpc.composite_channel_credentials(
            grpc.ssl_channel_credentials(_roots()), grpc.access_token_call_credentials(account.key)
        )
        channel = grpc.secure_channel(address, credentials, options)
    elif is_loopback(host):
        channel = grpc.insecure_channel(address, options)
        metadata.append(("authorization", f"Bearer {account.key}"))
    else:
        raise ConfigurationError(
            f"{account.settings.origins['grpc_endpoint']}: the key is not sent to {host} in clear",
            next_step=f"Write {address} without http://; then it is spoken to by TLS.",
        )
    return grpc.intercept_channel(channel, _Adding(metadata))


def _metadata(name: str, value: str) -> tuple[str, str | bytes]:
    """A header as gRPC has it: lower case, and what is binary in base64."""
    if not _METADATA.fullmatch(name):
        raise ConfigurationError(f"the header {name!r} cannot be sent by gRPC")
    if not name.endswith("-bin"):
        return name, value
    try:
        return name, b64decode(value, validate=True)
    except ValueError:
        raise ConfigurationError(f"the header {name} is binary in gRPC: write its value in base64") from None


def _roots() -> bytes:
    """The certificates that are trusted for HTTP."""
    found = certificates(by_environment=True).get_ca_certs(binary_form=True)
    return "".join(map(ssl.DER_cert_to_PEM_cert, found)).encode()


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: Sequence[tuple[str, str | bytes]] | None
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: Any


class _Adding(
    grpc.UnaryUnaryClientInterceptor,
    grpc.UnaryStreamClientInterceptor,
    grpc.StreamUnaryClientInterceptor,
    grpc.StreamStreamClientInterceptor,
):
    """Adds metadata to each call."""

    def __init__(self, metadata: Sequence[tuple[str, str]]) -> None:
        self._metadata = metadata

    def _go_on(self, go_on: Callable[..., Any], details: Any, request: Any) -> Any:
        own = {name for name, _ in self._metadata}
        given = [(name, value) for name, value in details.metadata or () if name not in own]
        added = _Details(
            details.method,
            details.timeout,
            [*given, *self._metadata],
            details.credentials,
            getattr(details, "wait_for_ready", None),
            getattr(details, "compression", None),
        )
        return go_on(added, request)

    def intercept_unary_unary(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """A call with one message each way."""
        return self._go_on(continuation, client_call_details, request)

    def intercept_unary_stream(self, continuation: Any, client_call_details: Any, request: Any) -> Any:
        """A call that is answered by several messages."""
        return self._go_on(continuation, client_call_details, request)

    def intercept_stream_unary(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        """A call of several messages."""
        return self._go_on(continuation, client_call_details, request_iterator)

    def intercept_stream_stream(self, continuation: Any, client_call_details: Any, request_iterator: Any) -> Any:
        """A call of several messages that is answered by several."""
        return self._go_on(continuation, client_call_details, request_iterator)


class GrpcLine(Line):
    """One method of a function's gRPC service, called with a message as it goes over the wire."""

    def __init__(
        self, context: Context, account: NvcfConnection, function_id: str, version_id: str, method: str
    ) -> None:
        """Raises ConfigurationError for what is no method."""
        found = _METHOD.fullmatch(method)
        if found is None:
            raise ConfigurationError(f"{method!r} is no method of gRPC", next_step="Write it as pkg.Service/Method.")
        super().__init__(f"function {function_id}", context.environment)
        self._account, self._function_id, self._version_id = account, function_id, version_id
        self._method = f"/{found[1]}"

    def open(self, call: Call) -> StreamedResponse:
        """Sends a message, and answers when the first one has come back; `timeout` is for all of them."""
        if call.path:
            raise ConfigurationError("a call by gRPC has no path", next_step="Leave --path out.")
        channel = open_channel(self._account, self._function_id, self._version_id)
        try:
            metadata = tuple(_metadata(*one) for one in call.headers.items() if one[0] not in _OF_HTTP)
            invoke: Any = channel.unary_stream(self._method, None, None)
            answers = invoke(bytes_of(call.body), timeout=call.timeout, metadata=metadata)
            self._watch(answers)
            return self._opened(channel, call, answers)
        except BaseException:
            channel.close()
            raise

    def _opened(self, channel: grpc.Channel, call: Call, answers: Any) -> StreamedResponse:
        try:
            first = [next(answers)]
        except StopIteration:
            first = []
        except grpc.RpcError as error:
            refused = self._service_error(error)
            channel.close()
            return StreamedResponse(refused.status, refused.headers, iter([refused.body]), lambda: None)

        def chunks() -> Iterator[bytes]:
            yield from first
            try:
                yield from answers
            except grpc.RpcError as error:
                raise model_error(self, call, self._service_error(error)) from None

        def close() -> None:
            answers.cancel()
            channel.close()

        return StreamedResponse(200, {"grpc-status": "0"}, chunks(), close)

    def _watch(self, answers: Any) -> None:
        """Ends the call when the user stops it: gRPC waits by itself."""
        done, cancelled = threading.Event(), self.environment.cancelled

        def watch() -> None:
            while not done.wait(LOOK_SECONDS):
                if cancelled.is_set():
                    answers.cancel()
                    return

        answers.add_callback(done.set)
        threading.Thread(target=watch, daemon=True).start()

    def _service_error(self, error: Any) -> InvokeResult:
        """The service's own error.

        Raises:
            InferenceError: it is another's.
        """
        code, text = error.code().name, str(error.details() or "")
        others = self._others_error(error, code, text)
        if others is not None:
            raise others.redact(self.environment.redactor.redact)
        headers = {"grpc-status": str(error.code().value[0]), "content-type": "text/plain; charset=utf-8"}
        return InvokeResult(_STATUSES.get(code, 500), headers, f"{code}: {text}".encode())

    def _others_error(self, error: Any, code: str, text: str) -> InferenceError | None:
        """The error that is not the service's: the platform's, or of the connection."""
        if self.environment.cancelled.is_set():
            return CancelledError()
        if any(name == _SESSION for name, _ in (*(error.initial_metadata() or ()), *(error.trailing_metadata() or ()))):
            return None
        if code == "DEADLINE_EXCEEDED" and text == "Deadline Exceeded":
            advice = "Give it more time by timeout."
            return TransportError(f"{self._method}: no answer in time", sent=True, next_step=advice)
        if code == "UNAVAILABLE":
            advice = "Check the gRPC endpoint, and whether it is spoken to by TLS."
            is_sent = "failed to connect" not in text
            return TransportError(f"{self._method}: {text}", sent=is_sent, next_step=advice)
        known = (next_step for words, next_step in _PLATFORMS if re.search(words, text, re.IGNORECASE))
        next_step = next(known, _KEY if code == "UNAUTHENTICATED" else None)
        return self._platform_error(code, text or "the proxy gave no reason", next_step)

    def _platform_error(self, code: str, text: str, next_step: str | None) -> ApiError:
        status = _STATUSES.get(code, 500)
        kind = AuthenticationError if next_step is _KEY else api_error_class(status)
        return kind(
            status=status,
            code=code,
            message=text,
            request_id=None,
            method="gRPC",
            path=self._method,
            next_step=next_step,
        )
