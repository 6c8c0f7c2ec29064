"""The in-process door: an httpx transport that answers from the emulator instead of the network."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl

import httpx

from .clock import Clock
from .messages import Request, Response
from .shell import Emulator
from .store import Store


class EmulatorTransport(httpx.BaseTransport):
    """Give it to ``httpx.Client(transport=…)``; every host that the client asks for is the emulator.

    Args:
        database: SQLite file, made when it is missing; several processes may share it.
        clock: the time; that of the machine by default.
        deploy_seconds: how long a deployment takes from now on; None leaves the setting of the file as it is.

    Raises:
        StoreError: the file cannot be used.
    """

    def __init__(
        self, database: str | Path, *, clock: Clock | None = None, deploy_seconds: float | None = None
    ) -> None:
        self._emulator = Emulator(Store(database), clock, deploy_seconds=deploy_seconds)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request.

        Raises:
            httpx.ReadTimeout: an injected delay is longer than the client waits.
            httpx.ReadError: an injected reset.
            httpx.RemoteProtocolError: an injected answer that breaks off.
        """
        response = self._emulator.handle(_to_request(request))
        _wait(request, response)
        if response.ending == "reset":
            raise httpx.ReadError("connection reset by the emulator", request=request)
        return httpx.Response(
            response.status, headers=dict(response.headers), stream=_Body(response, request), request=request
        )

    def close(self) -> None:
        """Close the database."""
        self._emulator.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: Response, request: httpx.Request) -> None:
        self._response = response
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.chunks or (self._response.body,)
        if self._response.ending == "truncated":
            raise httpx.RemoteProtocolError("the answer was cut short by the emulator", request=self._request)


def _to_request(request: httpx.Request) -> Request:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    return Request(
        method=request.method.upper(),
        path=path,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
        host=request.headers.get("host", request.url.netloc.decode("ascii")),
        scheme=request.url.scheme,
        query_text=query,
    )


def _wait(request: httpx.Request, response: Response) -> None:
    patience = request.extensions.get("timeout", {}).get("read")
    if patience is not None and response.delay_seconds > patience:
        time.sleep(patience)
        raise httpx.ReadTimeout("the emulator's answer is held back for longer than that", request=request)
    if response.delay_seconds:
        time.sleep(response.delay_seconds)
