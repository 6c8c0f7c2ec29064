"""The HTTP door: a starlette application around the shell, and a command that serves it (extra ``emulator``)."""

import asyncio
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.routing import Router
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from . import admin, clouds, guard
from .cloud import Welcome
from .messages import Request, Response, json_response
from .shell import Emulator
from .store import Store

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_GRACEFUL_SECONDS = 1
# Longer than clients keep a connection: who closes first sends no request into a connection that is being closed.
_KEEP_ALIVE_SECONDS = 75

_connections: dict[tuple[str, int], asyncio.Transport] = {}


class ServeError(Exception):
    """The emulator cannot listen there; the message says what to do."""


def create_app(emulator: Emulator, own: str = "") -> Router:
    """The application; any ASGI server can run it, but only :func:`create_server` can reset connections.

    Args:
        emulator: who answers.
        own: a host that it answers for besides the loopback ones and the clouds' own.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        if body is None:
            return
        request = _to_request(scope, body)
        server = (scope.get("server") or ("", None))[0]
        problem = guard.find_problem(request, server, own, lambda host: clouds.owner_of(host) is not None)
        if problem:
            await _send(json_response({"error": problem}, 403), send)
            return
        response = await run_in_threadpool(emulator.handle, request)
        if response.delay_seconds:
            await asyncio.sleep(response.delay_seconds)
        if response.ending == "reset":
            await _drop(scope, receive, reset=True)
            return
        await _send(response, send)
        if response.ending == "truncated":
            await _drop(scope, receive, reset=False)

    return Router(default=answer)


def create_server(
    emulator: Emulator, host: str, port: int, ready: Callable[[int], None] | None = None
) -> tuple[uvicorn.Server, socket.socket]:
    """A server and the socket it is to run on: ``server.run(sockets=[socket])``.

    Args:
        emulator: who answers.
        host: address to listen on.
        port: 0 for any free one.
        ready: called with the port as soon as the server can be connected to and interrupted.

    Raises:
        ServeError: the address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sets TCP_NODELAY only on sockets that name their protocol; without it each answer takes 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise ServeError(f"cannot listen on {host}:{port}: {error}; choose another port, or 0 for any") from error
    config = uvicorn.Config(
        create_app(emulator, host),
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACEFUL_SECONDS,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
    )
    return _Server(config, ready), listener


def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    database: str | Path = "emulator.db",
    deploy_seconds: float | None = None,
    grpc_port: int | None = None,
) -> None:
    """Serve until interrupted; prints the address and the credentials once they can be used.

    Args:
        host: address to listen on; the emulator is no place for strangers, so keep it on the loopback.
        port: 0 for any free one.
        database: SQLite file, made when it is missing.
        deploy_seconds: how long a deployment takes; None leaves the setting of the file as it is.
        grpc_port: port of the gRPC door, 0 for any free one; None has no such door.

    Raises:
        ServeError: an address cannot be had.
        StoreError: the file cannot be used.
        SettingsError: no duration can be that long or short.
    """
    emulator = Emulator(Store(database), deploy_seconds=deploy_seconds)
    try:
        with rpc_door(emulator, host, grpc_port) as rpc:
            told = partial(_welcome, host, database=database, rpc=rpc)
            server, listener = create_server(emulator, host, port, lambda taken: _tell(told(taken)))
            with suppress(KeyboardInterrupt):
                server.run(sockets=[listener])
    finally:
        emulator.close()


@contextmanager
def rpc_door(emulator: Emulator, host: str, port: int | None) -> Iterator[str]:
    """The gRPC door, open as long as the block runs; its host and port, or nothing when there is no such door."""
    if port is None:
        yield ""
        return
    from .rpc import create_rpc_server

    try:
        server, taken = create_rpc_server(emulator, host, port)
    except OSError as error:
        raise ServeError(f"cannot listen on {host}:{port} for gRPC: {error}; choose another port, or 0") from error
    server.start()
    try:
        yield _authority(host, taken)
    finally:
        server.stop(_GRACEFUL_SECONDS).wait()


class _Server(uvicorn.Server):
    """Tells when it is ready: uvicorn installs its signal handlers before it starts to listen."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[int], None] | None) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready:
            self._ready(self.servers[0].sockets[0].getsockname()[1])


class _Protocol(H11Protocol):
    """Remembers the transports, because ASGI has no way to reset a connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the base class
        super().connection_made(transport)
        if self.client:
            _connections[self.client] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self.client:
            _connections.pop(self.client, None)
        super().connection_lost(exc)


def _to_request(scope: Scope, body: bytes) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    raw_path: bytes = scope.get("raw_path") or scope["path"].encode()
    query = scope["query_string"].decode("latin-1")
    server_host, server_port = scope.get("server") or ("emulator", None)
    return Request(
        method=scope["method"],
        path=raw_path.partition(b"?")[0].decode("latin-1"),
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=headers,
        body=body,
        host=headers.get("host") or f"{server_host}:{server_port}",
        scheme=scope["scheme"],
        query_text=query,
    )


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when the client has gone before it was there."""
    pieces = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def _send(response: Response, send: Send) -> None:
    headers = dict(response.headers)
    if not response.chunks and response.status != 204:
        headers.setdefault("Content-Length", str(len(response.body)))
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": pairs})
    for chunk in response.chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    unfinished = response.ending == "truncated"
    await send({"type": "http.response.body", "body": response.body, "more_body": unfinished})


async def _drop(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """Close the connection under the answer: at once and with a reset, or after what has been sent."""
    transport = _connections.get(tuple(scope["client"])) if scope.get("client") else None
    if transport is None:
        raise ConnectionResetError("injected fault: this server cannot reset connections")
    if reset:
        raw: Any = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass


def variables(url: str, rpc: str = "") -> dict[str, str]:
    """The environment variables that point a client to a server: its URL, and host and port of its gRPC door."""
    found = {name: value for one in _told(url) for name, value in one.variables.items()}
    return found | {one.rpc_variable: f"http://{rpc}" for one in _told(url) if rpc and one.rpc_variable}


def _told(url: str) -> list[Welcome]:
    return [cloud.welcome(url) for cloud in clouds.find() if cloud.welcome]


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _welcome(host: str, port: int, database: str | Path, rpc: str) -> str:
    url = f"http://{_authority(host, port)}"
    told = _told(url)
    notes = [*(note for one in told for note in one.notes), f"admin API {url}{admin.PREFIX}"]
    if rpc:
        notes.append(f"gRPC at {rpc}, without encryption")
    lines = [
        f"{', '.join(one.title for one in told)} at {url} (database {database}, Ctrl-C ends)",
        "",
        *(f"  {note}" for note in notes),
        "",
        *(f"  export {name}={value}" for name, value in variables(url, rpc).items()),
    ]
    return "\n".join(lines) + "\n\n"


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
