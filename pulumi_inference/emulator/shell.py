"""The emulator itself: one request in, one response out; the only thing it touches is the store."""

import logging
from dataclasses import replace
from uuid import uuid4

from . import admin, clouds, faults, requestlog, settings
from .clock import Clock, SystemClock, advance, offset
from .cloud import Cloud, Rpc, RpcError
from .messages import ApiError, Request, Response, json_response
from .routing import Call, Miss, Route, find_route
from .store import Store, StoreError, Transaction

logger = logging.getLogger(__name__)

_NO_ROOM = 507  # tells a client that asking again mends nothing
_RPC_UNIMPLEMENTED, _RPC_INTERNAL, _RPC_UNAVAILABLE = 12, 13, 14
_HTTP_OF_RPC = {0: 200, 1: 499, 3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 412, 12: 501, 14: 503, 16: 401}
_RPC_OF_HTTP = {status: code for code, status in _HTTP_OF_RPC.items()}
_BODILESS = frozenset({204, 205, 304})


class Emulator:
    """All emulated clouds over one store.

    Safe to use from several threads, and next to other emulators over the same file. Nothing runs in the background:
    what should have happened by now happens at the next request.

    Args:
        store: where everything is kept.
        clock: the time; that of the machine by default. ``POST /_emulator/clock`` moves on top of it.
        deploy_seconds: sets the setting of that name.
    """

    def __init__(self, store: Store, clock: Clock | None = None, *, deploy_seconds: float | None = None) -> None:
        self._store = store
        self._clock = clock or SystemClock()
        if deploy_seconds is not None:
            with store.transaction() as tx:
                current = settings.load(tx, clouds.default_settings())
                settings.change(tx, current, {"deploy_seconds": deploy_seconds})

    def handle(self, request: Request) -> Response:
        """Answer a request; errors of the client, of the emulated cloud and of the emulator are answers too."""
        try:
            return self._handle(request)
        except StoreError as error:
            return _apology(request, _NO_ROOM, str(error))
        except Exception:  # the emulated cloud goes on, whatever a request meets in it
            logger.exception("%s %s", request.method, request.path)
            return _apology(request, 500, "Internal error of the emulator; its log has the reason")

    def _handle(self, request: Request) -> Response:
        with self._store.transaction() as tx:
            call, cloud = self._call(tx, request), _owner(request)
            if admin.is_meant(request):
                response = _run(call, admin.routes(), cloud)
            else:
                response = _answer(call, cloud)
                requestlog.write(call, None if response.ending == "reset" else response.status)
        if response.status in _BODILESS:
            response = replace(response, body=b"", chunks=())
        return replace(response, headers={cloud.request_id_header: call.request_id, **response.headers})

    def open_rpc(self, request: Request, peer: str) -> Rpc | RpcError:
        """Begin to answer an RPC, which comes as a ``POST`` with its metadata as headers.

        Args:
            request: the RPC.
            peer: address of the caller, the same for all that comes over one connection.
        """
        try:
            with self._store.transaction() as tx:
                call = self._call(tx, request)
                opened = _open_rpc(call, peer)
                requestlog.write(call, _HTTP_OF_RPC.get(opened.code, 500))
                return opened
        except StoreError as error:
            return RpcError(_RPC_INTERNAL, str(error))
        except Exception:
            logger.exception("%s", request.path)
            return RpcError(_RPC_INTERNAL, "Internal error of the emulator; its log has the reason")

    def close_rpc(self, request: Request, rpc: Rpc) -> None:
        """An RPC that was begun is over."""
        try:
            with self._store.transaction() as tx:
                rpc.leave(self._call(tx, request))
        except Exception:  # nobody is there any more who could be told
            logger.exception("%s", request.path)

    def close(self) -> None:
        """Close the store."""
        self._store.close()

    def _call(self, tx: Transaction, request: Request) -> Call:
        current = settings.load(tx, clouds.default_settings())
        wall = self._clock.now()
        if current.seconds_per_request and not admin.is_meant(request):
            advance(tx, current.seconds_per_request)
        now = wall + offset(tx)
        return Call(request, tx, current, now, wall, uuid4().hex)


def _apology(request: Request, status: int, message: str) -> Response:
    request_id, cloud = uuid4().hex, _owner(request)
    error = cloud.error(status, None, message)
    return json_response(error.body(request_id), error.status, {cloud.request_id_header: request_id})


def _owner(request: Request) -> Cloud:
    return clouds.NOBODY if admin.is_meant(request) else clouds.cloud_of(request)


def _answer(call: Call, cloud: Cloud) -> Response:
    clouds.advance(call)
    routes = cloud.routes_for(call.request)
    fault = faults.take_for_request(call.tx, call.request)
    if fault is None:
        response = _run(call, routes, cloud)
    elif fault.replaces_answer():
        if fault.commit:
            _run(call, routes, cloud)
        response = fault.shape(fault.answer(cloud, call.request_id))
    else:
        call.stale = fault.stale
        response = fault.shape(_run(call, routes, cloud))
    return replace(response, delay_seconds=response.delay_seconds + call.settings.latency_seconds)


def _open_rpc(call: Call, peer: str) -> Rpc | RpcError:
    clouds.advance(call)
    cloud = clouds.rpc_cloud_of(call.request)
    if cloud is None or cloud.rpc is None:
        return RpcError(_RPC_UNIMPLEMENTED, "no cloud has a gRPC door")
    fault = faults.take_for_request(call.tx, call.request)
    if fault is not None and fault.replaces_answer():
        code = _RPC_UNAVAILABLE if fault.reset else _RPC_OF_HTTP.get(fault.status or 500, _RPC_INTERNAL)
        return RpcError(code, fault.error_msg or f"injected fault {fault.id}", delay_seconds=fault.delay_seconds)
    try:
        opened = cloud.rpc(call, peer)
    except RpcError as error:
        return error
    delay = call.settings.latency_seconds + (fault.delay_seconds if fault else 0)
    return replace(opened, delay_seconds=opened.delay_seconds + delay)


def _run(call: Call, routes: tuple[Route, ...], cloud: Cloud) -> Response:
    try:
        found = find_route(routes, call.request.method, call.request.path)
        if isinstance(found, Miss):
            raise cloud.missed(call.request.method, found.allowed)
        route, call.params = found
        if route.authenticate:
            route.authenticate(call)
        return route.handler(call)
    except ApiError as error:
        return error.answer(call.request_id)
