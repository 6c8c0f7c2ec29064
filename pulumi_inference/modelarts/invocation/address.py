"""Where a service is called: from its id, name or URL to the address, or to the reason why there is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ConfigurationError, unless_gone
from pulumi_inference.core.http.sending import LOOPBACK, host_of
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.connection import ModelArtsConnection
from pulumi_inference.modelarts.services.values import STOPPED

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_SERVING = (*STOPPED, "deleting")


@dataclass(frozen=True)
class Address:
    """Where a service is called. `path` comes before what the caller adds; `service` names it in messages."""

    service: str
    base_url: str
    path: str


def resolve(account: ModelArtsConnection, service: str) -> Address:
    """The address of a service given by id, exact name or URL.

    Raises:
        ConfigurationError: it cannot be called, or the account's credentials must not go there.
    """
    if not _is_url(service):
        return address_of(find_service(account.client(), service))
    address = address_at(service)
    if not account.trusts(service):
        _check_stranger(account, service)
    return address


def application_address(service: str) -> Address:
    """The address of a service for applications. Raises ConfigurationError when `service` is no URL, or plain http."""
    if not _is_url(service):
        raise ConfigurationError(
            f"app_code needs the URL of the service's API for applications, not {service!r}",
            next_step="It is another one than access_address: see the service's Usage Guides tab, application "
            "authentication.",
        )
    address = address_at(service)
    _check_encrypted(service)
    return address


def address_at(url: str) -> Address:
    """The address that a URL is.

    Raises:
        ConfigurationError: it is no http or https URL, or has more to it than a path.
    """
    host_of(url)
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ConfigurationError(f"{url!r} is no access address: it has a query", next_step="Put the query into path.")
    return Address(url, f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))


def find_service(client: ModelArtsClient, service: str) -> Mapping[str, Any]:
    """The detail of the service with this id or exact name.

    Raises:
        ConfigurationError: there is none.
    """
    detail = unless_gone(client.get_service, service) if _UUID.fullmatch(service) else None
    if detail is not None:
        return detail
    for item in client.list_services(service_name=service):
        if item.get("service_name") == service:
            return client.get_service(str(item["service_id"]))
    raise ConfigurationError(
        f"there is no service with the id or name {service!r}",
        next_step="`pulumi-inference modelarts services` lists those of the project; a name ends in a hash unless the "
        f"program gives it. Asked was the project {client.project_id}: check it, and the region. In another workspace "
        "than the default one a service is found by its id only.",
    )


def address_of(detail: Mapping[str, Any]) -> Address:
    """The address in the detail of a service.

    Raises:
        ConfigurationError: it is of a kind that cannot be called, or does not run.
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
    parts = urlsplit(str(url))
    return Address(f"{name} ({status})", f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))


def _is_url(service: str) -> bool:
    return "://" in service


def _check_stranger(account: ModelArtsConnection, url: str) -> None:
    """Raises ConfigurationError for an address outside of the account's cloud that its credentials must not go to."""
    _check_encrypted(url)
    client, host = account.client(), host_of(url)
    if host in LOOPBACK or _is_address_of_a_service(client, url):
        return
    raise ConfigurationError(
        f"the account's credentials are not sent to {host}: it is not in the cloud of {account.endpoint}, "
        f"and the URL is not the address of a service in project {client.project_id}",
        next_step="Give the service's id, name or access_address; or app_code, with its address for applications.",
    )


def _check_encrypted(url: str) -> None:
    if urlsplit(url).scheme == "http" and host_of(url) not in LOOPBACK:
        raise ConfigurationError(f"{url}: credentials are not sent over plain http; write https://")


def _is_address_of_a_service(client: ModelArtsClient, url: str) -> bool:
    """Whether a URL is at or below an address that the cloud itself says for one of the services that it names."""
    for found in _UUID.finditer(url):
        detail = unless_gone(client.get_service, found[0]) or {}
        for name in ("access_address", "bind_access_address"):
            address = str(detail.get(name) or "").rstrip("/")
            if address and (url == address or url.startswith(f"{address}/")):
                return True
    return False


def _batch_refusal(name: str, detail: Mapping[str, Any]) -> ConfigurationError:
    folders = [f"{item.get('src_path')} -> {item.get('dest_path')}" for item in detail.get("config") or ()]
    return ConfigurationError(
        f"{name} is a batch service: it has no address, but reads a folder and writes its answers to another",
        details=folders,
        next_step=f"The answers are in dest_path once its status is finished; now it is {detail.get('status')}.",
    )


def _edge_refusal(name: str, detail: Mapping[str, Any]) -> ConfigurationError:
    nodes = [node for item in detail.get("config") or () for node in item.get("nodes") or ()]
    return ConfigurationError(
        f"{name} is an edge service: each of its nodes is called directly, at the node's predict_url",
        details=[_node_line(node) for node in nodes],
        next_step="Send the request to one of them from where the node can be reached; no account is asked there.",
    )


def _node_line(node: Mapping[str, Any]) -> str:
    where = node.get("predict_url") or "no address yet"
    return f"{node.get('name') or node.get('id')} ({node.get('instance_status') or 'state unknown'}): {where}"
