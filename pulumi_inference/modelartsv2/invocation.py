"""Calling a deployed service: `modelartsv2.invoke`, and what `pulumi-inference invoke` knows of ModelArts v2."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, overload
from urllib.parse import unquote, urlsplit

from pulumi_inference.core.errors import ConfigurationError, unless_gone
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.http.streaming import ServerSentEvent, StreamedResponse
from pulumi_inference.core.invocation.address import Address, check_way, is_url
from pulumi_inference.core.invocation.calls import InvokeResult, ModelError, ask, call_of
from pulumi_inference.core.invocation.endpoint import Calling, Endpoint
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.modelartsv2.addresses import CHANNELS, urls_of
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.endpoint import KeyEndpoint, endpoint_of
from pulumi_inference.modelartsv2.specs.records import ServiceDetail, ServiceSummary

__all__ = ["InvokeResult", "ModelError", "ServerSentEvent", "StreamedResponse", "invoke"]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    api_key: str | None = None,
    channel: str | None = None,
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
    api_key: str | None = None,
    channel: str | None = None,
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
    api_key: str | None = None,
    channel: str | None = None,
    connection: str | None = None,
) -> InvokeResult | StreamedResponse:
    """Sends one request to a real-time service, once, and answers what the model answers.

    What goes with the request is what the service's `auth_type` says: an IAM token of the account, an API key, or
    nothing. Where a key is wanted and none is given, a temporary one is made, which lives for an hour.

    Args:
        service: id, exact name, or address (URL) of a real-time service of the project, or the id of a deployment,
            which stands for its service. With `api_key`, a URL needs no account.
        json: body, sent as JSON.
        text: body, sent as UTF-8 text.
        data: body, sent as it is.
        file: body, read from this file, and streamed from disk.
        path: what follows the address, such as `/v1/chat/completions`.
        method: HTTP method.
        headers: further headers; a content type here wins over the guessed one.
        timeout: seconds that the answer may take, or, with `stream`, that the service may say nothing.
        stream: answer as soon as the model begins to answer, and read the rest while it arrives.
        api_key: the value of an API key that may call the service.
        channel: PUBLIC, INTERNAL or CONSOLE; left out, the public address, else the internal one.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        ConfigurationError: settings are missing; there is no such service; it does not run, or is called in another
            way; the credentials must not be sent to that URL.
        ApiError: the platform refused the request before it reached the model.
        ModelError: the model answered with an error, which is its `answer`.
        TransportError: no answer came back.
        TypeError: more than one body is given, or `service` is no text.
    """
    if not isinstance(service, str):
        raise TypeError("service must be text; with an Output, call invoke inside of its apply")
    call = call_of(
        json=json, text=text, data=data, file=file, path=path, method=method, headers=headers, timeout=timeout
    )
    from pulumi_inference.engine.lookups import program_context  # Pulumi is for programs: the command needs none

    given = {"api_key": api_key, "channel": channel}
    options = {name: value for name, value in given.items() if value is not None}
    return ask(CALLING.endpoint(program_context(), service, options, connection), call, streamed=stream)


class InvokeOptions(Spec):
    """What the caller of a service may say besides."""

    api_key: str | None = field(
        None,
        description="An API key that may call the service. Without one, a temporary key is made where one is needed.",
        source="user guide: API keys",
        secret=True,
    )
    channel: Literal["PUBLIC", "INTERNAL", "CONSOLE"] | None = field(
        None,
        description="Which of its addresses. Without it, the public one, else the internal one.",
        source="ShowInferService",
    )


class ModelArtsV2Calling(Calling):
    """Services, called as their `auth_type` says."""

    thing = "service"
    kinds = ("Service", "Deployment")
    about = (
        "SERVICE is a real-time service: the name or urn that the program of the stack gives it, or its id, its exact "
        "name in the cloud, or its address (URL). A deployment of the stack stands for its service, whose weights "
        "decide which deployment answers. What goes with the request is what its auth_type says: a token of the "
        "account, an API key, or nothing. Where a key is wanted and none is given by --api-key-env, a temporary one is "
        "made, which lives for an hour."
    )
    options = InvokeOptions

    def endpoint(
        self,
        context: Context,
        thing: str,
        options: Mapping[str, Any],
        connection: str | None,
        *,
        path: str = "",  # noqa: ARG002 - there is one way
    ) -> Endpoint:
        """The service with this id, exact name or URL, or that of a deployment with this id.

        Raises:
            ConfigurationError: it cannot be called, or the credentials must not go there.
        """
        api_key, channel = options.get("api_key"), options.get("channel")
        if channel is not None and channel not in CHANNELS:
            raise ConfigurationError(f"channel must be one of {', '.join(CHANNELS)}, not {channel!r}")
        if is_url(thing) and api_key is not None:
            address = Address.of(thing)
            check_way(thing)
            return KeyEndpoint(thing, address, context, api_key)
        account = CONNECTIONS.today(context, connection)
        service, _, deployment = ("", "", "") if is_url(thing) else thing.partition(",")
        detail = find_service(account.client(), service or thing)
        if deployment:
            context.note(_shared(detail, deployment))
        found = endpoint_of(context, account, detail, api_key=api_key, channel=channel)
        if is_url(thing):
            found.address = Address.of(thing)
        return found


CALLING = ModelArtsV2Calling()


def find_service(client: ModelArtsV2Client, thing: str) -> Answer:
    """The detail of the service with this id, exact name or address.

    Raises:
        ConfigurationError: there is none.
    """
    if is_url(thing):
        return _at(client, thing)
    found = _detail(client, thing) if _UUID.fullmatch(thing) else None
    if found is None:
        listed = ServiceSummary.recognise_list(client.list_services(name=thing), "a service")
        ids = [str(one["id"]) for one in listed if one["name"] == thing]
        found = _detail(client, ids[0]) if ids else None
    if found is None:
        raise ConfigurationError(
            f"there is no service with the id or name {thing!r}",
            next_step="`pulumi-inference modelartsv2 services` lists those of the project; a name ends in a hash "
            f"unless the program gives it. Asked was the project {client.project_id}: check it, and the region.",
        )
    return found


def _shared(detail: Answer, deployment_id: str) -> str:
    """Who answers requests that are meant for one deployment of a service.

    Raises:
        ConfigurationError: the service has no such deployment.
    """
    groups = [one for one in detail["version"].get("instance_groups") or () if isinstance(one, Mapping)]
    name = next((one.get("name") for one in groups if deployment_id in (one.get("id"), one.get("infer_name"))), None)
    if name is None:
        raise ConfigurationError(f"the service {detail['name']} has no deployment {deployment_id}")
    weights = ", ".join(f"{one.get('name')} {one.get('weight')}" for one in groups)
    return (
        f"{name} has no address of its own: the request goes to its service {detail['name']}, whose weights decide "
        f"which deployment answers ({weights})"
    )


def _at(client: ModelArtsV2Client, url: str) -> Answer:
    """The service that the cloud itself says to be at, or above, an address: credentials go nowhere else."""
    asked = set()
    for service_id in _candidates(client, url):
        if service_id in asked:
            continue
        asked.add(service_id)
        detail = _detail(client, service_id)
        if detail is not None and any(_is_at(url, one) for urls in urls_of(detail).values() for one in urls):
            return detail
    raise ConfigurationError(
        f"{url} is not the address of a service in project {client.project_id}, so no credentials are sent there",
        next_step="Give the service's id, name or address; or api_key, which needs no account.",
    )


def _candidates(client: ModelArtsV2Client, url: str) -> Iterator[str]:
    """The services that may be at an address: those whose id it has come first, for no page says how it is made."""
    yield from (found[0] for found in _UUID.finditer(url))
    yield from (str(one["id"]) for one in client.list_services())


def _is_at(url: str, address: str) -> bool:
    address = address.rstrip("/")
    climbs = ".." in unquote(urlsplit(url).path).split("/")  # as it is sent: without blanks, an empty query or mark
    return url == address or (url.startswith(f"{address}/") and not climbs)


def _detail(client: ModelArtsV2Client, service_id: str) -> Answer | None:
    found = unless_gone(client.get_service, service_id)
    return None if found is None else ServiceDetail.recognise(found, f"the service {service_id}", service_id=service_id)
