"""What the shell knows of a cloud: all that sets one apart from another goes through here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .messages import ApiError
from .routing import Call, Route


@dataclass(frozen=True, kw_only=True)
class Welcome:
    """What whoever starts a server is told of a cloud.

    Args:
        title: what answers there, such as the names of its APIs.
        notes: lines on who may come in.
        variables: environment variables that point a client to the server.
    """

    title: str
    notes: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


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
        hosts: regular expression of host names that are its own, whatever the path.
        routes: what it answers.
        error: an error that no handler made, in the cloud's envelope: from status, code (None is the cloud's usual
            one) and message. Faults on order and mistakes of the emulator come out like this.
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
    routes: tuple[Route, ...] = ()
    error: Callable[[int, str | None, str], ApiError] = _error
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
