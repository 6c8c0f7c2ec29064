"""Calling a deployed function: `nvcf.invoke`, and what the command `pulumi-inference invoke` knows of NVCF."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.http.streaming import ServerSentEvent, StreamedResponse
from pulumi_inference.core.invocation.calls import InvokeResult, ModelError, ask, call_of
from pulumi_inference.core.invocation.endpoint import Called, Calling
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.nvcf.connection import CONNECTIONS
from pulumi_inference.nvcf.finding import find_function
from pulumi_inference.nvcf.ways import WAYS, endpoint_of

if TYPE_CHECKING:
    import grpc

__all__ = ["InvokeResult", "ModelError", "ServerSentEvent", "StreamedResponse", "grpc_channel", "invoke"]

Way = Literal["pexec", "host", "exec", "llm"]
MOST_POLL_SECONDS = 3600


@overload
def invoke(
    function: str,
    *,
    json: Any = None,
    text: str | None = None,
    data: bytes | None = None,
    file: str | os.PathLike[str] | None = None,
    path: str = "",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
    stream: Literal[False] = False,
    via: Way | None = None,
    version_id: str | None = None,
    assets: Sequence[str | os.PathLike[str]] = (),
    poll_seconds: int | None = None,
    connection: str | None = None,
) -> InvokeResult: ...
@overload
def invoke(
    function: str,
    *,
    json: Any = None,
    text: str | None = None,
    data: bytes | None = None,
    file: str | os.PathLike[str] | None = None,
    path: str = "",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
    stream: Literal[True],
    via: Way | None = None,
    version_id: str | None = None,
    assets: Sequence[str | os.PathLike[str]] = (),
    poll_seconds: int | None = None,
    connection: str | None = None,
) -> StreamedResponse: ...
def invoke(
    function: str,
    *,
    json: Any = None,
    text: str | None = None,
    data: bytes | None = None,
    file: str | os.PathLike[str] | None = None,
    path: str = "",
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = 60.0,
    stream: bool = False,
    via: Way | None = None,
    version_id: str | None = None,
    assets: Sequence[str | os.PathLike[str]] = (),
    poll_seconds: int | None = None,
    connection: str | None = None,
) -> InvokeResult | StreamedResponse:
    """Sends one request to a deployed function, once, and answers what its container answers.

    An answer that takes its time is polled, and a large one is fetched from where it lies; the key goes to hosts of
    the cloud only.

    Args:
        function: id of a function, `function_id,version_id`, or the name of one: then its newest version that can be
            called.
        json: body, sent as JSON.
        text: body, sent as UTF-8 text.
        data: body, sent as it is.
        file: body, read from this file.
        path: what follows the address of the function's own host, such as `/v1/score`; of the LLM gateway by default
            `/v1/chat/completions`. pexec takes none: it calls the function's inference_url.
        method: HTTP method; pexec and exec take POST only.
        headers: further headers; a content type here wins over the guessed one.
        timeout: seconds that the answer may take, with all polling; with `stream`, that the function may say nothing.
        stream: answer as soon as the container begins to answer, and read the rest while it arrives. Server-sent
            events are asked for.
        via: the way: `pexec` (the default without a path), the function's own `host` (the default with one), the old
            `exec`, or the gateway of LLM functions, `llm`.
        version_id: id of a version; left out, the platform chooses among those that can be called.
        assets: input assets, for pexec and exec: ids of assets, or files, which are uploaded for this call and deleted
            after it.
        poll_seconds: how long the platform may hold a request before it has to be polled; by default up to 60 s, and
            up to 300 s of what is streamed or goes to the function's own host.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        ConfigurationError: settings are missing; there is no such function; it is not called like that.
        ApiError: the platform refused the request before it reached the container.
        ModelError: the container answered with an error, which is its `answer`.
        TransportError: no answer came back.
        TypeError: more than one body is given, or `function` is no text.
    """
    if not isinstance(function, str):
        raise TypeError("function must be text; with an Output, call invoke inside of its apply")
    call = call_of(
        json=json, text=text, data=data, file=file, path=path, method=method, headers=headers, timeout=timeout
    )
    given = {
        "via": via,
        "version_id": version_id,
        "assets": [os.fspath(one) for one in assets] or None,
        "poll_seconds": poll_seconds,
    }
    options = {name: value for name, value in given.items() if value is not None}
    endpoint = CALLING.endpoint(_program_context(), function, options, connection, path=path)
    return ask(endpoint, call, streamed=stream)


def grpc_channel(function_id: str, version_id: str | None = None, *, connection: str | None = None) -> grpc.Channel:
    """A gRPC channel to a function, for the stubs of its own service; each call on it carries the key.

    One connection is one session, with one instance: close the channel when it is done with, because until then it
    takes a part of the function's capacity.

    Args:
        function_id: id of the function, `function_id,version_id`, or its name as for `invoke`.
        version_id: id of a version; left out, the platform chooses among those that can be called.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        ConfigurationError: settings are missing; there is no such function; the key must not go to that address.
    """
    # Slow to load: not for who does not speak it.
    from pulumi_inference.nvcf.grpc import open_channel

    context = _program_context()
    account = CONNECTIONS.today(context, connection)
    function_id, found = find_function(account.client(), function_id, version_id or "")
    return open_channel(account, function_id, found)


class InvokeOptions(Spec):
    """What the caller of a function may say besides."""

    via: Way | None = field(
        None,
        description="How it is called: pexec, its own host, the old exec, or the gateway of LLM functions. By default "
        "pexec, and with --path its own host.",
        source="api",
    )
    version_id: str | None = field(
        None, description="Id of a version. Else the platform chooses one that can be called.", source="api"
    )
    assets: list[str] | None = field(
        None,
        description="Input asset: its id, or a file, which is uploaded for this call. May be given several times.",
        source="assets",
    )
    poll_seconds: int | None = field(
        None, description="How long the platform may hold a request.", source="api", ge=1, le=MOST_POLL_SECONDS
    )
    grpc: str | None = field(
        None,
        description="Call by gRPC: pkg.Service/Method. The data is the message as it goes over the wire.",
        source="function-creation",
    )


class NvcfCalling(Calling):
    """Functions, called with the account's key."""

    thing = "function"
    kinds = ("Function", "Deployment")
    about = (
        "FUNCTION is the name that the program of the stack gives a function or its deployment, or the id of a "
        "function, or function_id,version_id, or its name in the cloud: then its newest version that can be called."
    )
    options = InvokeOptions

    def endpoint(
        self, context: Context, thing: str, options: Mapping[str, Any], connection: str | None, *, path: str = ""
    ) -> Called:
        """The function with this id or name, by the way that `options` say or the path asks for.

        Raises:
            ConfigurationError: there is none, or it is not called like that.
        """
        seconds = options.get("poll_seconds")
        if seconds is not None and not (isinstance(seconds, int) and 1 <= seconds <= MOST_POLL_SECONDS):
            raise ConfigurationError(f"poll_seconds must be 1 to {MOST_POLL_SECONDS}, not {seconds!r}")
        via = options.get("via") or ""
        if via and via not in WAYS:
            raise ConfigurationError(f"via must be {', '.join(WAYS)}, not {via!r}")
        others = [name for name in ("via", "assets", "poll_seconds") if options.get(name)]
        if options.get("grpc") and others:
            raise ConfigurationError(f"a call by gRPC takes no {' and no '.join(others)}", next_step="Leave it out.")
        account = CONNECTIONS.today(context, connection)
        function_id, version_id = find_function(account.client(), thing, options.get("version_id") or "")
        if via == "llm" and not options.get("version_id"):
            version_id = ""  # that of a name or a resource; the gateway chooses by itself
        if options.get("grpc"):
            from pulumi_inference.nvcf.grpc import GrpcLine

            return GrpcLine(context, account, function_id, version_id, options["grpc"])
        found = endpoint_of(context, account, function_id, version_id, path=path, via=via)
        found.poll_seconds, found.assets = seconds, options.get("assets") or ()
        return found


CALLING = NvcfCalling()


def _program_context() -> Context:
    from pulumi_inference.engine.lookups import program_context  # Pulumi is for programs: the command needs none

    return program_context()
