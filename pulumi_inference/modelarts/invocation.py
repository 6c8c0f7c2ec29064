"""Calling a deployed service: `modelarts.invoke`, and what the command `pulumi-inference invoke` knows of ModelArts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal, overload

from pulumi_inference.core.errors import ConfigurationError, unless_gone
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import FixedHeader
from pulumi_inference.core.http.streaming import ServerSentEvent, StreamedResponse
from pulumi_inference.core.invocation.address import Address, check_url, check_way, is_url
from pulumi_inference.core.invocation.calls import InvokeResult, ModelError, ask, call_of
from pulumi_inference.core.invocation.endpoint import Calling, Endpoint
from pulumi_inference.core.lifecycle.account import open_http
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.huaweicloud.gateway import GatewayEndpoint
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import CONNECTIONS, ModelArtsConnection
from pulumi_inference.modelarts.errors import ERRORS
from pulumi_inference.modelarts.services.endpoint import AccountEndpoint, endpoint_of
from pulumi_inference.modelarts.services.values import Detail
from pulumi_inference.modelarts.specs.detail import ServiceDetail

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
        timeout: seconds that the answer may take, or, with `stream`, that the service may say nothing; API Gateway
            itself gives a model 40 s.
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
    call = call_of(
        json=json, text=text, data=data, file=file, path=path, method=method, headers=headers, timeout=timeout
    )
    from pulumi_inference.engine.lookups import program_context  # Pulumi is for programs: the command needs none

    options = {} if app_code is None else {"app_code": app_code}
    return ask(CALLING.endpoint(program_context(), service, options, connection), call, streamed=stream)


class InvokeOptions(Spec):
    """What the caller of a service may say besides."""

    app_code: str | None = field(
        None, description="AppCode of an application.", source="user guide: app authentication", secret=True
    )


class ModelArtsCalling(Calling):
    """Services, called as an account or as an APIG application."""

    thing = "service"
    kinds = ("Service",)
    about = (
        "SERVICE is a real-time service: the name that the program of the stack gives it, or its id, its exact name in "
        "the cloud, or its access address (URL). The request carries the account's own credentials, or with "
        "--app-code-env those of an application: then SERVICE is its URL for applications."
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
        """The service with this id, exact name or URL; with `app_code` the URL is that for applications.

        Raises:
            ConfigurationError: it cannot be called, or the credentials must not go there.
        """
        if options.get("app_code") is not None:
            return _for_application(context, thing, options["app_code"])
        account = CONNECTIONS.today(context, connection)
        if not is_url(thing):
            return endpoint_of(context, account, find_service(account.client(), thing))
        address = Address.of(thing)
        _check_own(account, thing)
        return AccountEndpoint(thing, address, context, account)


CALLING = ModelArtsCalling()


class ApplicationEndpoint(GatewayEndpoint):
    """A service called as an APIG application, which its owner has authorised: no settings are needed for that.

    The AppCode goes with each request (ModelArts user guide, access through app authentication).
    """

    def __init__(self, name: str, address: Address, context: Context, app_code: str) -> None:
        super().__init__(name, address, context.environment)
        self.environment.redactor.add(app_code)
        self._authenticator = FixedHeader("x-apig-appcode", app_code)

    def http(self, timeout: float) -> HttpClient:
        """A client with the AppCode."""
        return open_http(
            self.environment,
            self.address.base_url,
            parse_error=ERRORS.parse_error,
            is_error=self.is_error,
            authenticator=self._authenticator,
            timeout=timeout,
        )


def find_service(client: ModelArtsClient, service: str) -> Detail:
    """The detail of the service with this id or exact name.

    Raises:
        ConfigurationError: there is none.
    """
    detail = unless_gone(_detail, client, service) if _UUID.fullmatch(service) else None
    if detail is not None:
        return detail
    for item in client.list_services(service_name=service):
        if item.get("service_name") == service:
            return _detail(client, str(item["service_id"]))
    raise ConfigurationError(
        f"there is no service with the id or name {service!r}",
        next_step="`pulumi-inference modelarts services` lists those of the project; a name ends in a hash unless the "
        f"program gives it. Asked was the project {client.project_id}: check it, and the region. In another workspace "
        "than the default one a service is found by its id only.",
    )


def _detail(client: ModelArtsClient, service_id: str) -> Detail:
    return ServiceDetail.recognise(client.get_service(service_id), f"the service {service_id}", service_id=service_id)


def _for_application(context: Context, service: str, app_code: str) -> ApplicationEndpoint:
    if not is_url(service):
        raise ConfigurationError(
            f"app_code needs the URL of the service's API for applications, not {service!r}",
            next_step="It is another one than access_address: see the service's Usage Guides tab, application "
            "authentication.",
        )
    address = Address.of(service)
    check_way(service)
    return ApplicationEndpoint(service, address, context, app_code)


def _check_own(account: ModelArtsConnection, url: str) -> None:
    """Raises ConfigurationError for an address that the account's credentials must not go to."""

    def is_own(url: str) -> bool:
        return account.trusts(url) or _is_address_of_a_service(account.client(), url)

    def refusal(host: str) -> ConfigurationError:
        return ConfigurationError(
            f"the account's credentials are not sent to {host}: it is not in the cloud of {account.endpoint}, "
            f"and the URL is not the address of a service in project {account.project_id}",
            next_step="Give the service's id, name or access_address; or app_code, with its address for applications.",
        )

    check_url(url, home=account.base_url, is_own=is_own, refusal=refusal)


def _is_address_of_a_service(client: ModelArtsClient, url: str) -> bool:
    """Whether a URL is at or below an address that the cloud itself says for one of the services that it names."""
    for found in _UUID.finditer(url):
        detail = unless_gone(client.get_service, found[0]) or {}
        for name in ("access_address", "bind_access_address"):
            address = str(detail.get(name) or "").rstrip("/")
            if address and (url == address or url.startswith(f"{address}/")):
                return True
    return False
