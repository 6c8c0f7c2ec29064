"""Whom the HTTP door lets in: clients on this machine, and no web page that a browser has open there."""

import re
from collections.abc import Callable
from ipaddress import ip_address

from .messages import Request

IsCloud = Callable[[str], bool]


def find_problem(request: Request, server: str, own: str, is_cloud: IsCloud) -> str | None:
    """Why a request is refused; None when it is not.

    A page of another site says so in ``Origin``. One whose name has been made to lead here (DNS rebinding) does not,
    but then its name stands in ``Host``: that has to be a name that nobody else can own.

    Args:
        request: what came in.
        server: the address that the connection was made to.
        own: the host that the server was told to listen on.
        is_cloud: whether a host is one of an emulated cloud.
    """
    host = _name(request.headers.get("host", ""))
    if host and not (host in (server.lower(), own.lower()) or is_cloud(host) or _is_local(host, server)):
        return f"the emulator does not answer for the host {host!r}; ask it by the address that it listens on"
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != f"{request.scheme}://{request.host}".lower():
        return "the emulator does not answer web pages of other origins"
    return None


def _name(authority: str) -> str:
    """The host of ``host:port``, without the brackets of an IPv6 address."""
    return re.sub(r":[0-9]*$", "", authority.lower()).strip("[]")


def _is_local(host: str, server: str) -> bool:
    if host == "localhost" or host.endswith(".localhost") or _is_loopback(host):
        return True
    # On a network of its own, as in a container, it is called by any address and by names that no DNS gives away.
    return not _is_loopback(server) and ("." not in host or _is_address(host))


def _is_loopback(host: str) -> bool:
    return _is_address(host) and ip_address(host).is_loopback


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
