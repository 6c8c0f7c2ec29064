"""Calling a deployed model: `alaya.invoke`, and what the command `pulumi-inference invoke` knows of Alaya NeW."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, overload

from pulumi_inference.alaya.connection import CONNECTIONS
from pulumi_inference.alaya.endpoint import CHAT, endpoint_of, find_deployment
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.streaming import ServerSentEvent, StreamedResponse
from pulumi_inference.core.invocation.calls import InvokeResult, ModelError, ask, call_of
from pulumi_inference.core.invocation.endpoint import Calling, Endpoint
from pulumi_inference.core.lifecycle.context import Context

TIMEOUT = 600.0
"""Seconds that an answer may take: the 10 minutes of Alaya NeW's own sample."""

__all__ = ["InvokeResult", "ModelError", "ServerSentEvent", "StreamedResponse", "invoke"]


@overload
def invoke(
    deployment: str,
    *,
    json: Any = None,
    text: str | None = None,
    data: bytes | None = None,
    file: str | os.PathLike[str] | None = None,
    path: str = CHAT,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    stream: Literal[False] = False,
    connection: str | None = None,
) -> InvokeResult: ...
@overload
def invoke(
    deployment: str,
    *,
    json: Any = None,
    text: str | None = None,
    data: bytes | None = None,
    file: str | os.PathLike[str] | None = None,
    path: str = CHAT,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    stream: Literal[True],
    connection: str | None = None,
) -> StreamedResponse: ...
def invoke(
    deployment: str,
    *,
    json: Any = None,
    text: str | None = None,
    data: bytes | None = None,
    file: str | os.PathLike[str] | None = None,
    path: str = CHAT,
    method: str = "POST",
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    stream: bool = False,
    connection: str | None = None,
) -> InvokeResult | StreamedResponse:
    """Sends one request to a deployment, once, and answers what its engine answers.

    The request carries the deployment's own key, which goes to the deployment's own host only; the keys of the account
    are used to find it. The body is OpenAI's, with one of `served_name` as `model`.

    Args:
        deployment: id, exact name, or address (`service_url`) of a deployment that runs.
        json: body, sent as JSON.
        text: body, sent as UTF-8 text.
        data: body, sent as it is.
        file: body, read from this file.
        path: what follows the address, such as `/v1/completions`, or `/v1/models` with the method GET.
        method: HTTP method.
        headers: further headers; a content type here wins over the guessed one.
        timeout: seconds that the answer may take, or, with `stream`, that the engine may say nothing; by default the 10
            minutes of Alaya NeW's own sample.
        stream: answer as soon as the engine begins to answer, and read the rest while it arrives. The engine streams
            when the body has `"stream": true`.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        ConfigurationError: settings are missing; there is no such deployment; it does not run.
        ApiError: the platform refused the request before it reached the engine.
        ModelError: the engine answered with an error, which is its `answer`.
        TransportError: no answer came back.
        TypeError: more than one body is given, or `deployment` is no text.
    """
    if not isinstance(deployment, str):
        raise TypeError("deployment must be text; with an Output, call invoke inside of its apply")
    call = call_of(
        json=json, text=text, data=data, file=file, path=path, method=method, headers=headers, timeout=timeout
    )
    from pulumi_inference.engine.lookups import program_context  # Pulumi is for programs: the command needs none

    return ask(CALLING.endpoint(program_context(), deployment, {}, connection), call, streamed=stream)


class InvokeOptions(Spec):
    """What the caller of a deployment may say besides: nothing."""


class AlayaCalling(Calling):
    """Deployments, each called with its own key."""

    thing = "deployment"
    kinds = ("Deployment",)
    about = (
        "DEPLOYMENT is the name that the program of the stack gives it, or its id, its exact name in the cloud, or its "
        "address (URL). The request carries the deployment's own key."
    )
    usual_path = CHAT
    usual_timeout = TIMEOUT
    options = InvokeOptions

    def endpoint(
        self,
        context: Context,
        thing: str,
        options: Mapping[str, Any],  # noqa: ARG002 - there are none
        connection: str | None,
        *,
        path: str = "",  # noqa: ARG002 - there is one way
    ) -> Endpoint:
        """The deployment with this id, exact name or address.

        Raises:
            ConfigurationError: there is none, or it does not run.
        """
        account = CONNECTIONS.today(context, connection)
        return endpoint_of(context, account, find_deployment(account.client(), thing))


CALLING = AlayaCalling()
