"""`modelarts.invoke`: calling a deployed service from a program or a script."""

from __future__ import annotations

import json as jsonlib
import os
from collections.abc import Mapping
from typing import Any, Literal, overload

from pulumi_inference.core.http.exchange import Body, FileBody
from pulumi_inference.core.http.streaming import ServerSentEvent, StreamedResponse
from pulumi_inference.engine.lookups import program_context
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.invocation.address import application_address, resolve
from pulumi_inference.modelarts.invocation.application import ApplicationConnection
from pulumi_inference.modelarts.invocation.calls import (
    BINARY_TYPE,
    JSON_TYPE,
    TEXT_TYPE,
    Call,
    Caller,
    InvokeResult,
    ModelError,
    checked,
    file_type,
    send,
)
from pulumi_inference.modelarts.invocation.calls import (
    stream as open_stream,
)

__all__ = ["InvokeResult", "ModelError", "ServerSentEvent", "StreamedResponse", "invoke"]


@overload
def invoke(
    service: str,
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
    app_code: str | None = None,
    connection: str | None = None,
) -> InvokeResult: ...
@overload
def invoke(
    service: str,
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
    app_code: str | None = None,
    connection: str | None = None,
) -> StreamedResponse: ...
def invoke(
    service: str,
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
    app_code: str | None = None,
    connection: str | None = None,
) -> InvokeResult | StreamedResponse:
    """Sends one request to a real-time service, once, and answers what the model answers.

    The request carries the account's own credentials (token or signature), like the management API; with `app_code`
    those of an APIG application. A request with no body at all is fine.

    Args:
        service: id, exact name, or access address (URL) of a real-time service; the URL has to be in the account's
            own cloud, or the address of a service of the project.
        json: body, sent as JSON.
        text: body, sent as UTF-8 text.
        data: body, sent as it is.
        file: body, read from this file; with a token it is streamed from disk.
        path: what follows the access address, such as `/v1/chat/completions`.
        method: HTTP method.
        headers: further headers; a content type here wins over the guessed one.
        timeout: seconds to wait for the service to say anything; API Gateway itself gives a model 40 s.
        stream: answer as soon as the model begins to answer, and read the rest while it arrives.
        app_code: AppCode of an application that may call the service; needs the URL of its address for applications.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        ConfigurationError: settings are missing; there is no such service; it cannot be called, or does not run; the
            credentials must not be sent to that URL.
        ApiError: the platform refused the request before it reached the model.
        ModelError: the model answered with an error, which is its `answer`.
        TransportError: no answer came back.
        TypeError: more than one body is given, or `service` is no text.
    """
    if not isinstance(service, str):
        raise TypeError("service must be text; with an Output, call invoke inside of its apply")
    body, kind = _body(json, text, data, file)
    given = {name.lower(): value for name, value in (headers or {}).items()}
    if body and kind:
        given.setdefault("content-type", kind)
    caller: Caller
    if app_code is not None:
        caller, address = ApplicationConnection(app_code), application_address(service)
    else:
        account = CONNECTIONS.today(program_context(), connection)
        caller, address = account, resolve(account, service)
    call = Call(body, path, method, given, timeout)
    if stream:
        return open_stream(caller, address, call)
    return checked(caller, address, call, send(caller, address, call))


def _body(
    json: Any, text: str | None, data: bytes | None, file: str | os.PathLike[str] | None
) -> tuple[Body, str | None]:
    """The body and its content type."""
    given = {"json": json, "text": text, "data": data, "file": file}
    names = [name for name, one in given.items() if one is not None]
    if len(names) > 1:
        raise TypeError(f"invoke() takes one body, not {' and '.join(names)}")
    if json is not None:
        return jsonlib.dumps(json, ensure_ascii=False).encode(), JSON_TYPE
    if text is not None:
        return text.encode(), TEXT_TYPE
    if file is not None:
        return FileBody.of(os.fspath(file)), file_type(os.fspath(file))
    return data or b"", BINARY_TYPE
