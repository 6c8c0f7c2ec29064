"""One request over httpx, once: what is sent, what comes back, and why nothing does.

With ``network.py`` and ``hosts.py`` it is all that knows httpx (the emulator's in-process transport is handed in from
outside).
"""

import os
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TypeAlias, cast
from urllib.parse import unquote
from weakref import WeakSet

import httpx

from pulumi_inference.core.errors import ConfigurationError, TransportError
from pulumi_inference.core.http.body import BodyError, CutOffError, decompressed, whole
from pulumi_inference.core.http.deadline import Deadline, OverdueError
from pulumi_inference.core.http.exchange import Body, FileBody, Response, WireRequest, lower
from pulumi_inference.core.http.hosts import host_of
from pulumi_inference.core.http.network import NetworkTransport
from pulumi_inference.core.http.proxies import is_loopback, proxy_of
from pulumi_inference.core.http.retry import Outcome
from pulumi_inference.core.http.streaming import StreamedResponse

Transport: TypeAlias = httpx.BaseTransport

CONNECT_TIMEOUT = 10.0
MOST_DIGITS = 20
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_BROKEN = (httpx.TransportError, OverdueError, CutOffError)


@dataclass(frozen=True)
class Draft:
    """A request before anybody has signed it; each try makes its own of it.

    ``url`` and ``headers`` are whole, ``timeout`` is in seconds and for each try. An answer of more than ``largest``
    bytes is given up, unless it is streamed. A ``secret`` one is asked for what no trace may show.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    content: Body | None
    streamed: bool
    timeout: float
    largest: int
    secret: bool = False

    @property
    def body(self) -> bytes:
        """The body as far as it is in memory: nothing of a file."""
        return self.content if isinstance(self.content, bytes) else b""

    @cached_property
    def _url(self) -> httpx.URL:
        return httpx.URL(self.url)

    def request(self, deadline: Deadline) -> httpx.Request:
        """The request of one try, without what an authenticator adds."""
        headers: Mapping[str, str] = self.headers
        content: bytes | Iterator[bytes] | None
        if isinstance(self.content, FileBody):
            # With a length it is not sent in chunks, which not every gateway takes.
            headers, content = {**headers, "content-length": str(self.content.size)}, _sent(self.content, deadline)
        else:
            content = self.content
        timeout = httpx.Timeout(self.timeout, connect=min(self.timeout, CONNECT_TIMEOUT)).as_dict()
        try:
            url = self._url
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"{self.method}: there is no such address: {error}") from None
        return httpx.Request(self.method, url, headers=headers, content=content, extensions={"timeout": timeout})

    def wire(self, request: httpx.Request) -> WireRequest:
        """A request of this draft as an authenticator sees it."""
        return WireRequest(
            method=request.method,
            path=unquote(self._url.raw_path.decode("ascii").partition("?")[0]),
            query=tuple(self._url.params.multi_items()),
            headers=lower(request.headers),
            body=self.body,
            host=request.headers["host"],
        )


class Clients:
    """Transports for each thread: a pool shared by 64 threads looks at all its connections for each request.

    Those of a thread are closed when it has ended.

    What is read as a whole goes by HTTP/2 where the server has it. What is streamed goes by HTTP/1.1, whose connection
    is closed with it, so that the server hears at once when somebody stops reading.
    Without a client of httpx around it, which would look for redirects, cookies and netrc files that are not wanted.
    """

    def __init__(self, base_url: str, transport: Transport | None, request_id_headers: Sequence[str]) -> None:
        self._transport = transport
        self._request_id_headers = request_id_headers
        host_is_here = is_loopback(host_of(base_url))
        self._local = threading.local()
        self._opened = WeakSet[NetworkTransport]()
        try:
            self._proxy = proxy_of(base_url)
            # Plain http needs no certificates.
            is_secure = base_url.startswith("https:")
            self._verify = certificates(by_environment=not host_is_here) if is_secure else None
            self._get(streamed=False)
        except (ValueError, ImportError, OSError, httpx.InvalidURL) as error:
            raise ConfigurationError(
                f"cannot use the proxy or certificate settings of the environment: {error}",
                next_step="Correct HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY or SSL_CERT_FILE.",
            ) from None

    def send(self, draft: Draft, request: httpx.Request, deadline: Deadline) -> Outcome:
        """Send a request once; of a streamed one, a body that comes with status 2xx is not read yet.

        Raises ConfigurationError for what no second try can mend, CancelledError when the user has stopped it.
        """
        try:
            with deadline.holds():
                answer = self._get(streamed=draft.streamed).handle_request(request)
            if draft.streamed and answer.is_success:
                deadline.lift()
                return self._open_response(answer, request, deadline)
            if answer.status_code == 407 and self._proxy is not None:
                answer.close()
                return self._not_connected(request, _authority(request), "407 Proxy Authentication Required")
            response = Response(
                answer.status_code, lower(answer.headers), b"", self._request_id(answer), _what(request)
            )
            try:
                return replace(response, body=whole(_pieces(answer, request, deadline), draft.largest))
            except BodyError as error:
                return response.unusable(f"cannot be read: {error}")
            finally:
                answer.close()
        except httpx.LocalProtocolError:
            raise ConfigurationError(
                f"{_what(request)}: the request cannot be sent, one of its headers has a forbidden character",
                next_step="Check the credentials and the project id for line breaks and other control characters.",
            ) from None
        except _BROKEN as error:
            return self._no_answer(request, error, deadline)

    def _request_id(self, answer: httpx.Response) -> str | None:
        return next((answer.headers[name] for name in self._request_id_headers if name in answer.headers), None)

    def _open_response(self, answer: httpx.Response, request: httpx.Request, deadline: Deadline) -> StreamedResponse:
        def chunks() -> Iterator[bytes]:
            try:
                yield from _pieces(answer, request, deadline)
            except BodyError as error:
                raise _lost(request, f"the answer cannot be read: {error}") from None
            except _BROKEN as error:
                raise self._no_answer(request, error, deadline) from None

        return StreamedResponse(
            status=answer.status_code,
            headers=lower(answer.headers),
            chunks=chunks(),
            close=answer.close,
            request_id=self._request_id(answer),
        )

    def _no_answer(self, request: httpx.Request, error: Exception, deadline: Deadline) -> TransportError:
        """Why no answer came, or not all of it. Raises ConfigurationError for a certificate that is not trusted."""
        authority = _authority(request)
        if isinstance(error, _NOT_SENT):
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise ConfigurationError(
                    f"{_what(request)}: the certificate of {authority} is not trusted: {error}",
                    next_step="Check the endpoint; SSL_CERT_FILE names a file with further trusted certificates.",
                ) from None
            return self._not_connected(request, authority, str(error) or type(error).__name__)
        if isinstance(error, OverdueError):
            return _lost(request, f"no whole answer from {authority} within {deadline.seconds:.0f} s")
        if isinstance(error, httpx.TimeoutException):
            return _lost(request, f"no answer from {authority} in time ({type(error).__name__})")
        if isinstance(error, CutOffError):
            return _lost(request, f"the answer was cut off {error}")
        return _lost(request, f"the connection to {authority} broke: {str(error) or type(error).__name__}")

    def _not_connected(self, request: httpx.Request, authority: str, reason: str) -> TransportError:
        if self._proxy is None:
            where, check = f"cannot connect to {authority}", "the endpoint and region, the network, and"
        else:
            where, check = f"{self._proxy} does not connect to {authority}", "that the proxy runs and lets you in, and"
        return TransportError(
            f"{_what(request)}: {where}: {reason}",
            sent=False,
            next_step=f"Check {check} the proxy settings (HTTPS_PROXY, NO_PROXY).",
        )

    def _get(self, *, streamed: bool) -> Transport:
        if self._transport is not None:
            return self._transport
        name = "streams" if streamed else "wholes"
        opened: NetworkTransport | None = getattr(self._local, name, None)
        if opened is None:
            is_secure = self._verify is not None
            opened = NetworkTransport(verify=self._verify, proxy=self._proxy, http2=is_secure and not streamed)
            setattr(self._local, name, opened)
            self._opened.add(opened)
        return opened

    def close(self) -> None:
        """Close the connections of all threads; a transport that was handed in belongs to others and stays open."""
        for transport in list(self._opened):
            transport.close()


def certificates(*, by_environment: bool) -> ssl.SSLContext:
    """The certificates that are trusted; those that SSL_CERT_FILE or SSL_CERT_DIR name if they may say so."""
    names = [os.environ.get(one, "") for one in ("SSL_CERT_FILE", "SSL_CERT_DIR")] if by_environment else []
    return _certificates(by_environment, *names)


@cache
def _certificates(by_environment: bool, *_names: str) -> ssl.SSLContext:
    # They take some 30 ms to load, and each client of a process trusts the same ones.
    return httpx.create_ssl_context(trust_env=by_environment)


def _authority(request: httpx.Request) -> str:
    return request.url.netloc.decode("ascii")


def _what(request: httpx.Request) -> str:
    return f"{request.method} {request.url.path}"


def _sent(file: FileBody, deadline: Deadline) -> Iterator[bytes]:
    """The pieces of a file: as long as they are taken, the other side is not late."""
    for piece in file:
        deadline.restart()
        yield piece
    deadline.restart()


def _pieces(answer: httpx.Response, request: httpx.Request, deadline: Deadline) -> Iterator[bytes]:
    """The body, decompressed. Raises CutOffError when it is shorter than the answer says."""
    received = 0

    def raw() -> Iterator[bytes]:
        nonlocal received
        # Not by the answer's own iteration: that decompresses as much at once as there is.
        stream = iter(cast("httpx.SyncByteStream", answer.stream))
        while True:
            deadline.left()
            with deadline.holds():
                piece = next(stream, None)
            if piece is None:
                return
            received += len(piece)
            yield piece

    yield from decompressed(raw(), answer.headers.get("content-encoding", ""))
    expected = answer.headers.get("content-length", "")
    has_length = expected.isdecimal() and len(expected) < MOST_DIGITS
    has_body = request.method != "HEAD" and answer.status_code != 304
    if has_body and has_length and int(expected) > received:
        raise CutOffError(f"after {received} of {expected} bytes")


def _lost(request: httpx.Request, reason: str) -> TransportError:
    changes_nothing = request.method in {"GET", "HEAD"}
    advice = "Try again." if changes_nothing else "The server may have done it; run the command again to see."
    return TransportError(f"{request.method} {request.url.path}: {reason}", sent=True, next_step=advice)
