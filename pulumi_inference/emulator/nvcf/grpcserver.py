"""Functions that speak gRPC: who calls has a session with one instance, per connection and function."""

from collections.abc import Sequence
from dataclasses import asdict
from http.cookies import CookieError, SimpleCookie
from math import inf
from typing import Final
from uuid import uuid4

from ..cloud import Rpc, RpcError
from ..messages import ApiError
from ..routing import Call
from ..store import Document
from . import access, accounts, queues, ratelimit, records
from .callsettings import longest_hold_ms
from .guarded import CALL
from .orders import OrderError, Orders, parse

SESSION_HEADER: Final = "nvcf-reqid"
SESSION_COOKIE: Final = "nvcf-request-id"
_KIND: Final = "nvcf.session"
_IDLE_MS: Final = 30_000
_LONGEST_MS: Final = 3_600_000
_INVALID, _DEADLINE, _NOT_FOUND, _DENIED, _EXHAUSTED, _UNIMPLEMENTED, _UNAVAILABLE = 3, 4, 5, 7, 8, 12, 14
_UNAUTHENTICATED, _UNKNOWN = 16, 2
_CODES: Final = {400: _INVALID, 401: _UNAUTHENTICATED, 403: _DENIED, 404: _NOT_FOUND, 429: _EXHAUSTED}
_HEALTH: Final = "/grpc.health.v1.Health/"
_REFLECTION: Final = "/grpc.reflection."
_SERVING: Final = b"\x08\x01"
"""A ``HealthCheckResponse`` whose status is SERVING."""


def open_rpc(call: Call, peer: str) -> Rpc:
    """Find or make the caller's session, and let the container answer.

    Raises:
        RpcError: as the proxy says it, before any metadata.
    """
    headers = call.request.headers
    function_id, version_id = headers.get("function-id", ""), headers.get("function-version-id")
    if not function_id:
        _authenticate(call)
        raise RpcError(_INVALID, "no function-id was passed in the metadata")
    if not access.is_uuid(function_id) or not access.is_uuid(version_id or function_id):
        raise RpcError(_INVALID, "invalid function-id or function-version-id")
    try:
        orders = parse({name: value for name, value in headers.items() if name != "content-type"}, b"")
        session = _session(call, peer, function_id.lower(), version_id.lower() if version_id else None, orders)
    except OrderError as error:
        raise RpcError(_INVALID, f"x-emulator: {error}") from error
    except ApiError as error:
        text = "exceeded rate limit" if error.status == 429 else error.message or "authentication failed"
        raise RpcError(_CODES.get(error.status, _UNKNOWN), text) from error
    return _container(call, session, orders)


def _session(call: Call, peer: str, function_id: str, version_id: str | None, orders: Orders) -> Document:
    asked = _asked_session(call)
    for session in _living_sessions(call, function_id):
        if session["id"] == asked:
            _authenticate(call)
            return session
        if not asked and session["peer"] == peer and session["version_id"] == (version_id or session["version_id"]):
            return session
    _authenticate(call)
    if asked:
        raise RpcError(_NOT_FOUND, "no existing session found")
    version = access.choose(call, function_id, version_id)
    ratelimit.check(call, version)
    return _connect(call, peer, version, orders)


def _asked_session(call: Call) -> str:
    """The session that is to go on, as metadata or a cookie name it."""
    named = call.request.headers.get(SESSION_HEADER)
    if named:
        return named
    try:
        cookie = SimpleCookie(call.request.headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def _authenticate(call: Call) -> None:
    if not call.request.headers.get("authorization", "").startswith("Bearer "):
        raise RpcError(_UNAUTHENTICATED, "no authorization was passed in the metadata")
    accounts.authenticate(CALL)(call)


def _living_sessions(call: Call, function_id: str) -> list[Document]:
    """The sessions with a function; those that have ended are forgotten."""
    living = []
    for session in call.tx.find_all(_KIND, function_id=function_id):
        deployment = records.find_deployment(call.tx, function_id, session["version_id"])
        here = deployment is not None and deployment["deploymentId"] == session["work"]["deployment_id"]
        if here and session["until"] > call.now_ms:
            living.append(session)
        else:
            call.tx.delete(_KIND, session["id"])
    return living


def _connect(call: Call, peer: str, version: Document, orders: Orders) -> Document:
    """A new session, which takes one of the places that an instance has."""
    key = records.key_of(version["id"], version["versionId"])
    work = queues.Work(
        id=str(uuid4()),
        function_id=version["id"],
        version_id=version["versionId"],
        deployment_id="",
        arrived=call.now_ms,
        lasts=_LONGEST_MS,
        expires=call.now_ms + _LONGEST_MS,
        turn=access.next_turn(call, key),
        answered=True,
    )
    queue = queues.open_queue(call, version)
    queues.admit(call, version, queue, work)
    start = inf if orders.silent == "request" else queue.times(work)[0]
    waited, longest = start - call.now_ms, longest_hold_ms(call)
    if waited > _IDLE_MS:
        delay = min(_IDLE_MS, longest) / 1000
        raise RpcError(_DEADLINE, "failed to establish link to worker", delay_seconds=delay)
    return {
        "id": work.id,
        "peer": peer,
        "function_id": version["id"],
        "version_id": version["versionId"],
        "work": asdict(work),
        "open": 0,
        "until": 0,
        "delay_ms": min(max(0, int(waited)), longest),
    }


def _container(call: Call, session: Document, orders: Orders) -> Rpc:
    """What the container answers: its messages are those of the caller."""
    _keep(call, session, opened=1)
    version = records.find_version(call.tx, session["function_id"], session["version_id"]) or {}
    code, details = orders.code, orders.error
    if code and details is None:
        details = f"the container failed with code {code}, as asked"
    if version.get("inferenceUrl") != "/grpc":
        code, details = _UNAVAILABLE, "the container does not speak gRPC: the function's inferenceUrl is not /grpc"
    elif call.request.path.startswith(_REFLECTION):
        code, details = _UNIMPLEMENTED, "unknown service grpc.reflection"
    worked = min(round(orders.seconds * 1000), longest_hold_ms(call))
    session_id = session["id"]
    return Rpc(
        metadata={
            SESSION_HEADER: session_id,
            "x-emulator-version": session["version_id"],
            "x-emulator-instance": str(session["work"]["instance"]),
        },
        respond=_serve_health if call.request.path.startswith(_HEALTH) else _echo,
        code=code,
        details=details or "",
        delay_seconds=(session["delay_ms"] + worked) / 1000,
        leave=lambda later: _leave(later, session_id),
    )


def _echo(message: bytes) -> Sequence[bytes]:
    return (message,)


def _serve_health(_message: bytes) -> Sequence[bytes]:
    return (_SERVING,)


def _leave(call: Call, session_id: str) -> None:
    session = call.tx.get(_KIND, session_id)
    if session is not None:
        _keep(call, session, opened=-1)


def _keep(call: Call, session: Document, *, opened: int) -> None:
    """Count what goes on in a session.

    A connection that is closed is not seen here. So the session has its place only as long as something goes on in it,
    and without that lives for a while, should its connection or another one come back to it.
    """
    session["open"] += opened
    work = queues.Work(**session["work"])
    if session["open"]:
        work.started, work.ended = call.now_ms, call.now_ms + _LONGEST_MS
        queues.save(call, work)
    else:
        queues.drop(call, work)
    session["until"] = call.now_ms + (_LONGEST_MS if session["open"] else _IDLE_MS)
    call.tx.put(_KIND, session["id"], {**session, "delay_ms": 0})
