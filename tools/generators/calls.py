"""Which requests the client of a cloud sends: each of its methods is called, and stopped at its first request."""

from __future__ import annotations

import inspect
import itertools
import typing
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, Literal, get_args, get_origin
from urllib.parse import unquote

import httpx

from pulumi_inference import clouds
from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.settings import Settings

BASE_URL = "http://emulator.localhost"
TEXTS = ("id", "id,id")
"""What is given for a text: an id, and one of two parts."""


class Sent(Exception):  # noqa: N818 - it is no error
    """A request that is not sent."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(method, path)
        self.method, self.path = method, path


class CallError(Exception):
    """A method of a client that sends nothing, whatever it is called with."""


class _Tap(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise Sent(request.method, unquote(request.url.raw_path.decode("ascii").partition("?")[0]))


class _Configuration:
    """A configuration that says where the emulator is."""

    def __init__(self, settings: Settings) -> None:
        self._values = {settings.key("endpoint"): "emulator:nothing.db"}

    def get(self, key: str) -> str | None:
        return self._values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        return {}


def client_of(cloud: Cloud) -> Any:
    """A client whose requests end in `Sent`."""
    transport = _Tap()
    environment = Environment(
        _Configuration(clouds.load(cloud.settings)),
        lambda _endpoint: (BASE_URL, transport),
        environ={},
        clock=ManualClock(),
    )
    return clouds.load(cloud.connections).today(Context(environment), None).client()


def calls_of(cloud: Cloud) -> dict[str, set[tuple[str, str]]]:
    """Method and path of the first request of each public method of the client, by the method's name.

    Raises:
        CallError: one sends none.
    """
    client = client_of(cloud)
    return {name: _requests(client, name) for name in methods_of(cloud)}


def methods_of(cloud: Cloud) -> list[str]:
    """The client's own verbs; what makes another client of it is none."""
    return [
        name
        for name, function in inspect.getmembers(type(client_of(cloud)), inspect.isfunction)
        if not name.startswith("_") and inspect.signature(function).return_annotation not in (typing.Self, "Self")
    ]


def _requests(client: Any, name: str) -> set[tuple[str, str]]:
    method, found = getattr(client, name), set[tuple[str, str]]()
    for arguments in arguments_of(method):
        try:
            method(**arguments)
        except Sent as sent:
            found.add((sent.method, sent.path))
        except Exception:  # not every text is an id of its kind
            continue
    if not found:
        raise CallError(f"{type(client).__name__}.{name} sends no request")
    return found


def arguments_of(method: Any) -> Iterator[dict[str, Any]]:
    """Everything that a method may be called with, as far as its path can depend on it."""
    hints = typing.get_type_hints(method)
    needed = [
        one.name
        for one in inspect.signature(method).parameters.values()
        if one.default is one.empty and one.kind is not one.VAR_KEYWORD
    ]
    for values in itertools.product(*(_values(hints[name]) for name in needed)):
        yield dict(zip(needed, values, strict=True))


def _values(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    if hint is str:
        return TEXTS
    if hint in (int, bool):
        return (hint(1),)
    with suppress(TypeError):
        if issubclass(get_origin(hint) or hint, Mapping):
            return ({},)
    return ([],)
