"""From a method and a path to the function that answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from .messages import Request, Response
from .settings import Settings
from .store import Transaction

ANY_METHOD = "*"


@dataclass(slots=True)
class Call:
    """Everything that a handler works with.

    Args:
        request: what came in.
        tx: the store; what is written is kept, unless the handler fails with anything but an ``ApiError``.
        settings: those in force.
        now: the emulator's time, seconds since the epoch.
        wall: the unmoved time, which clients sign with.
        request_id: 32 hex characters, goes out in the cloud's header for it.
        params: decoded path parameters.
        scope: the part of the account, such as a project, that the credentials are for, as authenticating found out;
            None when they are for all of it.
        stale: ``former`` or ``missing`` when a fault makes this a read of the past.
    """

    request: Request
    tx: Transaction
    settings: Settings
    now: float
    wall: float
    request_id: str
    params: Mapping[str, str] = field(default_factory=dict)
    scope: str | None = None
    stale: str | None = None

    @property
    def now_ms(self) -> int:
        """The emulator's time in milliseconds since the epoch."""
        return round(self.now * 1000)


Handler = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of a routing table.

    Args:
        method: in upper case, or :data:`ANY_METHOD`.
        pattern: path with ``{name}`` for one segment and ``{name...}``, last, for what is left, slashes included.
        handler: who answers.
        authenticate: called before the handler; raises the cloud's error.
    """

    method: str
    pattern: str
    handler: Handler
    authenticate: Callable[[Call], None] | None = None

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The path parameters, or None when the path is another one."""
        return match(self.pattern, segments)


@dataclass(frozen=True, slots=True)
class Miss:
    """No route was found.

    Args:
        allowed: the methods that the path does have; none when there is no such path.
    """

    allowed: tuple[str, ...]


def segments_of(path: str) -> tuple[str, ...]:
    """The decoded segments of a raw path."""
    return tuple(unquote(segment) for segment in path.removeprefix("/").split("/"))


def match(pattern: str, segments: tuple[str, ...]) -> dict[str, str] | None:
    """The parameters of a path that fits a pattern as :class:`Route` has it, or None when it does not."""
    wanted = tuple(pattern.strip("/").split("/"))
    params: dict[str, str] = {}
    for position, part in enumerate(wanted):
        if part.endswith("...}"):
            params[part[1:-4]] = "/".join(segments[position:])
            return params
        if position >= len(segments):
            return None
        if part.startswith("{"):
            params[part[1:-1]] = segments[position]
        elif part != segments[position]:
            return None
    return params if len(wanted) == len(segments) and all(params.values()) else None


def find_route(routes: tuple[Route, ...], method: str, path: str) -> tuple[Route, dict[str, str]] | Miss:
    """The first route of the table that fits; rows with fixed segments stand before those with parameters."""
    segments = segments_of(path)
    allowed: dict[str, None] = {}
    for route in routes:
        params = route.match(segments)
        if params is None:
            continue
        if route.method in (method, ANY_METHOD):
            return route, params
        allowed[route.method] = None
    return Miss(tuple(allowed))
