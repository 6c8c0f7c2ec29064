"""Where a service is called: from its detail to the address, or to the reason why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.invocation.address import Address
from pulumi_inference.core.invocation.endpoint import Limit
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.huaweicloud.gateway import GatewayEndpoint
from pulumi_inference.modelarts.connection import ModelArtsConnection
from pulumi_inference.modelarts.services.values import STOPPED, Detail

SIGNED = Limit(
    12 * 1024 * 1024,
    "requests signed with an access key carry at most 12 MB",
    "Send less, or log in as an IAM user (user name, password, domain): a token allows more.",
)

_NOT_SERVING = (*STOPPED, "deleting")


class AccountEndpoint(GatewayEndpoint):
    """A service called as an account."""

    def __init__(self, name: str, address: Address, context: Context, account: ModelArtsConnection) -> None:
        super().__init__(name, address, context.environment, home=account.base_url)
        self.largest = SIGNED if account.signs_requests else None
        self._account = account

    def http(self, timeout: float) -> HttpClient:
        """A client with the account's token or signature."""
        return self._account.http_to(self.address.base_url, is_error=self.is_error, timeout=timeout)


def endpoint_of(context: Context, account: ModelArtsConnection, detail: Detail) -> AccountEndpoint:
    """The endpoint in the detail of a service.

    Raises:
        ConfigurationError: the service is of a kind that cannot be called, or does not run.
    """
    name, status = str(detail.get("service_name")), detail.get("status")
    if detail.get("infer_type") == "batch":
        raise _batch_refusal(name, detail)
    if detail.get("infer_type") == "edge":
        raise _edge_refusal(name, detail)
    if status in _NOT_SERVING:
        raise ConfigurationError(f"{name} is {status}", next_step="Start it, and wait until it is running.")
    url = detail.get("access_address")
    if not url:
        reason = f": {detail['error_msg']}" if detail.get("error_msg") else ""
        raise ConfigurationError(f"{name} has no access address yet; its status is {status}{reason}")
    return AccountEndpoint(f"{name} ({status})", Address.of(str(url)), context, account)


def _batch_refusal(name: str, detail: Detail) -> ConfigurationError:
    folders = [f"{item.get('src_path')} -> {item.get('dest_path')}" for item in detail.get("config") or ()]
    return ConfigurationError(
        f"{name} is a batch service: it has no address, but reads a folder and writes its answers to another",
        details=folders,
        next_step=f"The answers are in dest_path once its status is finished; now it is {detail.get('status')}.",
    )


def _edge_refusal(name: str, detail: Detail) -> ConfigurationError:
    nodes = [node for item in detail.get("config") or () for node in item.get("nodes") or ()]
    return ConfigurationError(
        f"{name} is an edge service: each of its nodes is called directly, at the node's predict_url",
        details=[_node_line(node) for node in nodes],
        next_step="Send the request to one of them from where the node can be reached; no account is asked there.",
    )


def _node_line(node: Mapping[str, Any]) -> str:
    where = node.get("predict_url") or "no address yet"
    return f"{node.get('name') or node.get('id')} ({node.get('instance_status') or 'state unknown'}): {where}"
