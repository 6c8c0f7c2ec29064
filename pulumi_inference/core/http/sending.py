"""One request over httpx, once: what is sent, what comes back, and why nothing does.

This is the only module that knows httpx (the emulator's in-process transport is handed in from outside).
"""

import threading
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

import httpx

from pulumi_inference.core.errors import ConfigurationError, TransportError
from pulumi_inference.core.http.exchange import Body, FileBody, Response, WireRequest
from pulumi_inference.core.http.retry import Outcome
from pulumi_inference.core.http.streaming import StreamedResponse

Transport: TypeAlias = httpx.BaseTransport

CONNECT_TIMEOUT = 10.0
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@dataclass(frozen=True)
class Draft:
    """A request before anybody has signed it; each try makes its own of it.

    ``url`` and ``headers`` are whole, ``timeout`` is in seconds and for each try.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    content: Body | None
    streamed: bool
    timeout: float

    @property
    def body(self) -> bytes:
        """The body as far as it is in memory: nothing of a file."""
        return self.content if isinstance(self.content, bytes) else b""

    def wire(self) -> WireRequest:
        """The request as an authenticator sees it."""
        request = self.request()
        return WireRequest(
            method=request.method,
            path=unquote(request.url.raw_path.decode("ascii").partition("?")[0]),
            query=tuple(request.url.params.multi_items()),
            headers=lower(request.headers),
            body=self.body,
            host=request.headers["host"],
        )

    def request(self, added: Mapping[str, str] = types.MappingProxyType({})) -> httpx.Request:
        """The request, with the headers that the authenticator adds."""
        headers = {**self.headers, **lower(added)}
        if isinstance(self.content, FileBody):
            # With a length it is not sent in chunks, which not every gateway takes.
            headers["content-length"] = str(self.content.size)
        timeout = httpx.Timeout(self.timeout, connect=min(self.timeout, CONNECT_TIMEOUT)).as_dict()
        return httpx.Request(
            self.method, self.url, headers=headers, content=self.content, extensions={"timeout": timeout}
        )


class Clients:
    """An httpx client for each thread: a pool shared by 64 threads looks at all its connections for each request."""

    def __init__(self, base_url: str, transport: Transport | None, request_id_headers: Sequence[str]) -> None:
        self._transport = transport
        self._request_id_headers = request_id_headers
        self._trust_env = host_of(base_url) not in LOOPBACK
        self._local = threading.local()
        self._opened: list[httpx.Client] = []
        try:
            # Certificates take some 50 ms to load, and plain http needs none.
            is_secure = base_url.startswith("https:")
            self._verify = httpx.create_ssl_context(trust_env=self._trust_env) if is_secure else False
            self._get()
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            raise ConfigurationError(
                f"cannot use the proxy or certificate settings of the environment: {error}",
                next_step="Correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY or SSL_CERT_FILE.",
            ) from None

    def send(self, request: httpx.Request, *, streamed: bool) -> Outcome:
        """Send a request once; with ``streamed``, a body that comes with status 2xx is not read yet.

        Raises ConfigurationError for what no second try can mend.
        """
        try:
            answer = self._get().send(request, stream=True)
            if streamed and answer.is_success:
                return _open_response(answer, request, self._request_id(answer))
            try:
                answer.read()
            finally:
                answer.close()
        except httpx.LocalProtocolError:
            raise ConfigurationError(
                f"{_what(request)}: the request cannot be sent, one of its headers has a forbidden character",
                next_step="Check the credentials and the project id for line breaks and other control characters.",
            ) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            return _no_answer(request, error)
        return _cut_off(request, answer) or Response(
            status=answer.status_code,
            headers=lower(answer.headers),
            body=answer.content,
            request_id=self._request_id(answer),
            request=_what(request),
        )

    def _request_id(self, answer: httpx.Response) -> str | None:
        return next((answer.headers[name] for name in self._request_id_headers if name in answer.headers), None)

    def _get(self) -> httpx.Client:
        client: httpx.Client | None = getattr(self._local, "client", None)
        if client is None:
            client = httpx.Client(transport=self._transport, verify=self._verify, trust_env=self._trust_env)
            self._local.client = client
            self._opened.append(client)
        return client

    def close(self) -> None:
        """Close the connections of all threads; a transport that was handed in belongs to others and stays open."""
        if self._transport is None:
            for client in self._opened:
                client.close()


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with lower-case names."""
    return {name.lower(): value for name, value in headers.items()}


def host_of(base_url: str) -> str:
    """The host of an http or https URL. Raises ConfigurationError when it is none."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host or (url.port or 0) > 65535:
        raise ConfigurationError(
            f"{base_url!r} is not an endpoint",
            next_step="Write it with its scheme, for example https://api.example.com or http://127.0.0.1:8080.",
        )
    return url.host


def _open_response(answer: httpx.Response, request: httpx.Request, request_id: str | None) -> StreamedResponse:
    return StreamedResponse(
        status=answer.status_code,
        headers=lower(answer.headers),
        chunks=_chunks(answer, request),
        close=answer.close,
        request_id=request_id,
    )


def _chunks(answer: httpx.Response, request: httpx.Request) -> Iterator[bytes]:
    try:
        yield from answer.iter_bytes()
    except (httpx.TransportError, httpx.DecodingError, httpx.StreamClosed) as error:
        raise _no_answer(request, error) from None


def _what(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path}"


def _authority(url: httpx.URL) -> str:
    return url.netloc.decode("ascii")


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _no_answer(request: httpx.Request, error: Exception) -> TransportError:
    """Why no answer came, or not all of it. Raises ConfigurationError for a certificate that is not trusted."""
    authority = _authority(request.url)
    if isinstance(error, _NOT_SENT):
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise ConfigurationError(
                f"{_what(request)}: the certificate of {authority} is not trusted: {error}",
                next_step="Check the endpoint; SSL_CERT_FILE names a file with further trusted certificates.",
            ) from None
        return TransportError(
            f"{_what(request)}: cannot connect to {authority}: {_reason(error)}",
            sent=False,
            next_step="Check the endpoint and region, the network, and the proxy settings (HTTPS_PROXY, NO_PROXY).",
        )
    if isinstance(error, httpx.TimeoutException):
        return _lost(request, f"no answer from {authority} in time ({type(error).__name__})")
    return _lost(request, f"the connection to {authority} broke: {_reason(error)}")


def _cut_off(request: httpx.Request, answer: httpx.Response) -> TransportError | None:
    """What happened to an answer that is shorter than it says."""
    expected = answer.headers.get("content-length", "")
    is_plain = "content-encoding" not in answer.headers and request.method != "HEAD"
    if is_plain and expected.isdecimal() and answer.status_code != 304 and int(expected) > len(answer.content):
        return _lost(request, f"the answer was cut off after {len(answer.content)} of {expected} bytes")
    return None


def _lost(request: httpx.Request, reason: str) -> TransportError:
    changes_nothing = request.method in {"GET", "HEAD"}
    advice = "Try again." if changes_nothing else "The server may have done it; run the command again to see."
    return TransportError(f"{request.method} {request.url.path}: {reason}", sent=True, next_step=advice)
