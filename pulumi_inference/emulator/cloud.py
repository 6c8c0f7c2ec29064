"""What the shell knows of a cloud: all that sets one apart from another goes through here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .messages import ApiError, Request
from .routing import Call, Route


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What whoever starts a server is told of a cloud.

    Args:
        title: what answers there, such as the names of its APIs.
        notes: lines on who may come in.
        variables: environment variables that point a client to the server.
        rpc_variable: the one that points a client to the gRPC door, by a URL of its host and port.
    """

    title: str
    notes: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    rpc_variable: str = ""


class RpcError(Exception):
    """An RPC that the cloud refuses, before anything else is answered.

    Args:
        code: number of gRPC.
        message: what is wrong.
        delay_seconds: real time that the door lets pass before it says so.
    """

    def __init__(self, code: int, message: str, *, delay_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.delay_seconds = delay_seconds


@dataclass(frozen=True, kw_only=True)
class Rpc:
    """An RPC that goes on.

    Args:
        metadata: what is answered before the first message.
        respond: the messages that answer one.
        code: number of gRPC with which it ends; any other than 0 ends it at once.
        details: what is said then.
        delay_seconds: real time that the door lets pass first.
        leave: called when it is over.
    """

    metadata: Mapping[str, str]
    respond: Callable[[bytes], Sequence[bytes]]
    code: int = 0
    details: str = ""
    delay_seconds: float = 0.0
    leave: Callable[[Call], None] = lambda _call: None


def _error(status: int, _code: str | None, message: str) -> ApiError:
    return ApiError(status, message)


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One emulated cloud; its folder's package has one of these as ``CLOUD``.

    Args:
        name: that of its folder. It stands before the names of its settings, seeds, faults and so on: ``name.setting``,
            and ``/_emulator/name/…``.
        unprefixed: the name does not stand there. For the clouds that were there before there were several.
        paths: the beginnings of paths that are its own, in whole segments, ``{any}`` for one of any text. The longest
            one that fits decides between clouds.
        hosts: regular expression of host names that are its own, whatever the path. The HTTP door answers for them, so
            that they have to be names that nobody else can own.
        headers: request headers in lower case whose values, by regular expression, make a request its own, whatever
            the host and the path.
        routes: what it answers.
        elsewhere: what it answers instead, where a host or a header gives paths another meaning; None where not.
        error: an error that no handler made, in the cloud's envelope: from status, code (None is the cloud's usual
            one) and message. Faults on order and mistakes of the emulator come out like this.
        rpc: what it answers to RPCs, given one as a ``POST`` with the metadata as headers, and the caller's address; it
            raises :class:`RpcError`. None: it has no gRPC door.
        miss: no route fits; from the method and the methods that the path does have (none: there is no such path).
            By default that is an ``error``.
        advance: lets everything happen that is due by now; called before each answer, of any cloud.
        settings: a dataclass, frozen and with defaults, of what can be set; ``call.settings.of(…)`` has the values.
        seeds: collections of things that can be put there.
        seed: puts them there, given the items by collection; what it answers becomes part of the answer.
        faults: dataclasses of the faults that wait for something else than a request, by name; one that makes no sense
            raises ``TypeError`` or ``re.error``. :func:`.faults.take` has those that are waiting.
        admin: more routes of the admin door, with patterns below its prefix.
        overview: what the admin door's overview shows.
        secret_headers: headers in lower case that are never logged.
        secret_fields: fields of its bodies that are never logged, beside those whose names say that they are secret:
            the end of a field's path, such as ``secrets.value``, where places in lists do not count.
        request_id_header: the header of its answers that has the request's id.
        welcome: what to tell of it, given the server's URL.
    """

    name: str
    unprefixed: bool = False
    paths: tuple[str, ...] = ()
    hosts: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    elsewhere: Callable[[Request], tuple[Route, ...] | None] = lambda _request: None
    error: Callable[[int, str | None, str], ApiError] = _error
    rpc: Callable[[Call, str], Rpc] | None = None
    miss: Callable[[str, Sequence[str]], ApiError] | None = None
    advance: Callable[[Call], None] = lambda _call: None
    settings: type[Any] | None = None
    seeds: tuple[str, ...] = ()
    seed: Callable[[Call, Mapping[str, Any]], Mapping[str, Any]] = lambda _call, _items: {}
    faults: Mapping[str, type[Any]] = field(default_factory=dict)
    admin: tuple[Route, ...] = ()
    overview: Callable[[Call], Mapping[str, Any]] = lambda _call: {}
    secret_headers: tuple[str, ...] = ()
    secret_fields: tuple[str, ...] = ()
    request_id_header: str = "X-Request-Id"
    welcome: Callable[[str], Welcome] | None = None

    def routes_for(self, request: Request) -> tuple[Route, ...]:
        """What it answers where this request was sent to."""
        elsewhere = self.elsewhere(request)
        return self.routes if elsewhere is None else elsewhere

    def missed(self, method: str, allowed: Sequence[str]) -> ApiError:
        """What it says when no route fits."""
        if self.miss is not None:
            return self.miss(method, allowed)
        if not allowed:
            return self.error(404, None, "there is no such path")
        error = self.error(405, None, f"this path does not have the method {method}")
        error.headers = {**error.headers, "Allow": ", ".join(allowed)}
        return error

    @property
    def prefix(self) -> str:
        """What stands before a name of this cloud where names of all clouds stand side by side."""
        return "" if self.unprefixed else f"{self.name}."
