"""Where, and as whom, a service is called: from its detail to address and credentials (modelarts-v2.md, 8.1, 8.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.errors import ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Authenticator, FixedHeader
from pulumi_inference.core.invocation.address import Address
from pulumi_inference.core.lifecycle.account import open_http
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.huaweicloud.gateway import GatewayEndpoint
from pulumi_inference.modelartsv2.addresses import CHANNELS, url_of, urls_of
from pulumi_inference.modelartsv2.connection import CONNECTIONS, ModelArtsV2Connection
from pulumi_inference.modelartsv2.errors import ERRORS
from pulumi_inference.modelartsv2.newkeys import VALUE, readable_key
from pulumi_inference.modelartsv2.specs.states import DELETED, DELETING, DEPLOYING, FAILED, INIT, STOPPED, STOPPING

KEY_HOURS = 1
"""How long a temporary key lives that is made to call a service."""
KEY_SECONDS = 3000.0
"""For how long it is used: less than it lives, so that it does not end under a call."""

_WHY_NOT = {
    INIT: "has no deployment yet; add one",
    STOPPED: 'is stopped; give it or its deployment desired_status="running", and run `pulumi up`',
    STOPPING: 'is being stopped; give it or its deployment desired_status="running", and run `pulumi up`',
    FAILED: "has failed",
    DELETING: "is being deleted",
    DELETED: "is deleted",
}


@dataclass(frozen=True)
class Caller:
    """Who calls: what goes with each request besides what the caller gives."""

    authenticator: Authenticator | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ServiceEndpoint(GatewayEndpoint):
    """A service of an account, called with a token, a key or nothing."""

    def __init__(
        self, name: str, address: Address, context: Context, account: ModelArtsV2Connection, caller: Caller | None
    ) -> None:
        """`caller` is who calls, and not the account; None where the account's own token is what is wanted."""
        super().__init__(name, address, context.environment, home=account.base_url)
        self._account, self._caller = account, caller

    def http(self, timeout: float) -> HttpClient:
        """A client that says who calls."""
        if self._caller is None:
            return self._account.http_to(self.address.base_url, is_error=self.is_error, timeout=timeout)
        caller = self._caller
        return self._account.calls_to(
            self.address.base_url, caller.authenticator, caller.headers, is_error=self.is_error, timeout=timeout
        )


class KeyEndpoint(GatewayEndpoint):
    """An address that is called with a key, and for which no account is needed."""

    def __init__(self, name: str, address: Address, context: Context, api_key: str) -> None:
        super().__init__(name, address, context.environment)
        self._caller = with_key(context, api_key)

    def http(self, timeout: float) -> HttpClient:
        """A client with the key."""
        return open_http(
            self.environment,
            self.address.base_url,
            parse_error=ERRORS.parse_error,
            is_error=self.is_error,
            authenticator=self._caller.authenticator,
            timeout=timeout,
        )


def endpoint_of(
    context: Context,
    account: ModelArtsV2Connection,
    detail: Mapping[str, Any],
    *,
    api_key: str | None = None,
    channel: str | None = None,
) -> ServiceEndpoint:
    """The endpoint in the detail of a service.

    Args:
        context: how to talk to the cloud.
        account: the connection to where the service is.
        detail: its detail answer.
        api_key: the key that it is called with; without it, a temporary one is made where the service wants one.
        channel: PUBLIC, INTERNAL or CONSOLE; left out, the public address, else the internal one.

    Raises:
        ConfigurationError: it does not run, or cannot be called like that.
    """
    name, status = str(detail.get("name")), str(detail.get("status"))
    invoke = _member(detail, "version", "runtime_config", "service_invoke")
    _refuse(name, detail, invoke)
    urls = urls_of(detail)
    url = url_of(urls, channel)
    if url is None:
        raise _no_address(name, status, detail, urls, channel)
    address = Address.of(url)
    caller = _caller(context, account, detail, str(invoke.get("auth_type")), api_key)
    return ServiceEndpoint(f"{name} ({status})", address, context, account, caller)


def with_key(context: Context, api_key: str, *, is_temporary: bool = False) -> Caller:
    """Who calls with an API key."""
    context.environment.redactor.add(api_key)
    # The manual has `Bearer` in front of a key, and the page on temporary ones nothing in front of those.
    value = api_key if is_temporary else f"Bearer {api_key}"
    return Caller(FixedHeader("authorization", value), {"x-api-key-type": "temp"} if is_temporary else {})


def _refuse(name: str, detail: Mapping[str, Any], invoke: Mapping[str, Any]) -> None:
    if detail.get("type") == "ASYNC_REAL_TIME":
        raise ConfigurationError(
            f"{name} is an asynchronous service: its callers submit tasks and fetch the results, and no page says by "
            "which calls",
            next_step="Call it as ModelArts' console shows it.",
        )
    protocol = str(invoke.get("protocol"))
    if protocol in ("WS", "WSS"):
        raise ConfigurationError(
            f"{name} talks WebSocket ({protocol}), which is no request with an answer",
            next_step="Call its address with a WebSocket client, and the same credentials.",
        )
    reason = _WHY_NOT.get(str(detail.get("status")))
    if reason:
        said = f": {detail['failure_reason']}" if detail.get("failure_reason") else ""
        raise ConfigurationError(f"{name} {reason}{said}")


def _no_address(
    name: str, status: str, detail: Mapping[str, Any], urls: Mapping[str, Any], channel: str | None
) -> ConfigurationError:
    said = f": {detail['failure_reason']}" if detail.get("failure_reason") else ""
    there = ", ".join(one for one in CHANNELS if one in urls) or "none"
    kind = "address" if channel is None else f"{channel} address"
    if status == DEPLOYING and not urls:
        return ConfigurationError(f"{name} has no {kind} yet; its status is {status}{said}")
    return ConfigurationError(
        f"{name} has no {kind}{said}; there are: {there}",
        next_step="runtime_config.service_invoke.internet_access_enable=True gives it a public one.",
    )


def _caller(
    context: Context, account: ModelArtsV2Connection, detail: Mapping[str, Any], auth_type: str, api_key: str | None
) -> Caller | None:
    """Who calls a service of this authentication; None for the account with its token."""
    name = str(detail.get("name"))
    if api_key is not None and auth_type != "API_KEY":
        raise ConfigurationError(
            f"{name} is called without an API key: its auth_type is {auth_type}; leave api_key out"
        )
    if auth_type == "NONE":
        return Caller()
    if auth_type == "API_KEY":
        if api_key is not None:
            return with_key(context, api_key)
        return with_key(context, _temporary_key(context, account, detail), is_temporary=True)
    if auth_type != "TOKEN":
        raise ConfigurationError(f"{name} is called by {auth_type}, which no page describes")
    if account.signs_requests:
        raise ConfigurationError(
            f"{name} is called with a token (its auth_type is TOKEN), and an access key gets none: that a signature is "
            "accepted instead is not documented",
            next_step="Log in as an IAM user (user name, password, domain), or give the service auth_type API_KEY.",
        )
    return None


def _temporary_key(context: Context, account: ModelArtsV2Connection, detail: Mapping[str, Any]) -> str:
    """A key of an hour, made once for all calls of this process that it covers."""
    workspace = detail.get("workspace_id")

    def make() -> str:
        asked = str(workspace) if workspace else None
        answer = account.client().create_temporary_api_key(hours=KEY_HOURS, workspace_id=asked)
        made = readable_key(answer.get(VALUE))
        if made is None:
            raise ResponseError("ModelArts made a temporary API key and did not say it as one that a header can carry")
        context.environment.redactor.add(made)
        return made

    era = int(context.environment.clock.monotonic() // KEY_SECONDS)
    question = ("temporary key", account, workspace, era)
    try:
        key: str = context.environment.memory.lookups.get((CONNECTIONS, None, question), make)
    except InferenceError as error:
        raise ConfigurationError(
            f"{detail.get('name')} is called with an API key, none was given, and no temporary one could be made: "
            f"{error.headline()}",
            next_step="Give api_key, or let the account make temporary keys (modelarts::createTempApikey).",
        ) from None
    return key


def _member(value: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        found = value.get(name)
        value = found if isinstance(found, Mapping) else {}
    return value
