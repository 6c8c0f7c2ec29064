"""The sockets under a request: nothing on them waits past the deadline of the try, or after the user has stopped it."""

import importlib.util
import math
import ssl
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

from pulumi_inference.core.http.deadline import seconds_left
from pulumi_inference.core.http.exchange import PIECE_BYTES
from pulumi_inference.core.http.proxies import Proxy, is_local_name

LOOK_SECONDS = 0.25
"""How often a silent connection looks whether the user has stopped it."""


class NetworkTransport(httpx.BaseTransport):
    """What httpx's own transport is, over sockets that keep to a deadline: that one takes no others."""

    def __init__(self, *, verify: ssl.SSLContext | None, proxy: Proxy | None, http2: bool = False) -> None:
        """With ``http2`` for servers that offer it; it is for one request at a time, and not for what is streamed.

        Raises ValueError or ImportError for a proxy that cannot be used.
        """
        self._http2 = http2
        self._pool = httpcore.ConnectionPool(
            ssl_context=verify,
            proxy=None if proxy is None else _proxy(proxy),
            network_backend=_Backend(),
            max_connections=None,
            keepalive_expiry=5.0,
            http2=http2,
        )
        weakref.finalize(self, self._pool.close).atexit = False  # when the thread has ended that it was for

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and answer when the headers have come."""
        url = request.url
        try:
            answer = self._pool.handle_request(
                httpcore.Request(
                    method=request.method,
                    url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        except BaseException as error:
            self._give_up()
            raise _as_httpx(error) if isinstance(error, _ERRORS) else error from error
        body = _Body(answer, self._give_up)
        return httpx.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def _give_up(self) -> None:
        """Leaves nothing behind of a request that is given up: of HTTP/2, httpcore would not even tell the server."""
        if self._http2:
            self._pool.close()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, give_up: Callable[[], None]) -> None:
        self._answer, self._give_up, self._is_whole = answer, give_up, False

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except _ERRORS as error:
            raise _as_httpx(error) from error
        self._is_whole = True

    def close(self) -> None:
        self._answer.close()
        if not self._is_whole:
            self._give_up()


class _Backend(httpcore.SyncBackend):
    """Connects to hosts."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        # Not every system knows the names below localhost, and none may say that they are elsewhere.
        host = "localhost" if is_local_name(host) else host
        stream = super().connect_tcp(host, port, _at_most(timeout), local_address, socket_options)
        return _Stream(stream)


class _Stream(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        silence = math.inf if timeout is None else timeout
        while True:
            pause = min(LOOK_SECONDS, silence, seconds_left())
            try:
                return self._stream.read(max_bytes, pause)
            except httpcore.ReadTimeout:
                silence -= pause
                if silence <= 0:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE_BYTES):
            self._stream.write(buffer[start : start + PIECE_BYTES], _at_most(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _at_most(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()


def _at_most(timeout: float | None) -> float | None:
    left = seconds_left()
    return timeout if math.isinf(left) else min(left, math.inf if timeout is None else timeout)


def _proxy(proxy: Proxy) -> httpcore.Proxy:
    given = httpx.Proxy(proxy.url)
    if given.url.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        # httpcore would find out at the first request only.
        raise ImportError("a SOCKS proxy needs the package socksio")
    port = given.url.port
    url = httpcore.URL(scheme=given.url.raw_scheme, host=given.url.raw_host, port=port, target=given.url.raw_path)
    return httpcore.Proxy(url, auth=given.raw_auth, headers=given.headers.raw, ssl_context=given.ssl_context)


_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def _as_httpx(error: Exception) -> httpx.TransportError:
    """The error of httpx that an error of httpcore is: they have the same names."""
    names = (one.__name__ for one in type(error).__mro__)
    twin: type[httpx.TransportError] = next(getattr(httpx, name) for name in names if hasattr(httpx, name))
    return twin(str(error))
