"""The gRPC door: any method of any service, its messages as bytes, answered by the cloud that has such a door."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc

from .cloud import Rpc, RpcError
from .messages import Request
from .shell import Emulator

_THREADS = 64
_OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), ("grpc.so_reuseport", 0)]
_CODES = {code.value[0]: code for code in grpc.StatusCode}


def create_rpc_server(emulator: Emulator, host: str, port: int) -> tuple[grpc.Server, int]:
    """A server without encryption that does not answer yet, and the port that it has.

    Args:
        emulator: who answers.
        host: address to listen on.
        port: 0 for any free one.

    Raises:
        OSError: the address cannot be had.
    """
    server = grpc.server(ThreadPoolExecutor(_THREADS), handlers=[_Handler(emulator)], options=_OPTIONS)
    try:
        authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return server, server.add_insecure_port(authority)
    except RuntimeError as error:
        raise OSError("the address is in use or none of this machine") from error


class _Handler(grpc.GenericRpcHandler):
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[Any, Any]":
        """Streams in both directions, which are on the wire what every kind of method is."""
        request = _to_request(handler_call_details)

        def answer(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            return _answer(self._emulator, request, messages, context)

        return grpc.stream_stream_rpc_method_handler(answer)


def _answer(
    emulator: Emulator, request: Request, messages: Iterator[bytes], context: grpc.ServicerContext
) -> Iterator[bytes]:
    opened = emulator.open_rpc(request, context.peer())
    if opened.delay_seconds:
        time.sleep(opened.delay_seconds)
    if isinstance(opened, RpcError):
        context.abort(_CODES[opened.code], opened.message)
    try:
        yield from _go_on(opened, messages, context)
    finally:
        emulator.close_rpc(request, opened)


def _go_on(rpc: Rpc, messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    context.send_initial_metadata(tuple(rpc.metadata.items()))
    if rpc.code:
        context.abort(_CODES[rpc.code], rpc.details)
    for message in messages:
        yield from rpc.respond(message)


def _to_request(details: grpc.HandlerCallDetails) -> Request:
    pairs = details.invocation_metadata or ()
    headers = {name.lower(): value for name, value in pairs if isinstance(value, str)}
    return Request("POST", details.method, headers={**headers, "content-type": "application/grpc"}, scheme="http")
