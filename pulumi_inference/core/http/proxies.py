"""Whether the way to a host goes by a proxy: the one place that reads the proxy variables."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAME = re.compile(r"[^\s:/*\[\]]+")


@dataclass(frozen=True)
class Proxy:
    """A proxy, and the variable that names it. ``url`` may hold a password; ``address`` is for people."""

    url: str
    variable: str

    @property
    def address(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def __str__(self) -> str:
        return f"the proxy {self.address} ({self.variable})"


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine: no name below `localhost` is anybody else's (RFC 6761, 6.3)."""
    address = _address(host)
    return is_local_name(host) if address is None else address.is_loopback


def is_local_name(host: str) -> bool:
    """Whether a host is `localhost` or a name below it."""
    return f".{host.lower().rstrip('.')}".endswith(".localhost")


def proxy_of(url: str) -> Proxy | None:
    """The proxy for a URL, as the environment says; None when the way is direct, as it always is to this machine."""
    found = _of_this_machine()
    parts = urlsplit(url)
    scheme = next((one for one in (parts.scheme, "all") if found.get(one)), None)
    host = parts.hostname or ""
    if scheme is None or is_loopback(host):
        return None
    port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    if any(one.covers(host, port) for one in direct_hosts()[0]):
        return None
    proxy = found[scheme]
    return Proxy(proxy if "://" in proxy else f"http://{proxy}", f"{scheme.upper()}_PROXY")


@dataclass(frozen=True)
class Direct:
    """One entry of ``NO_PROXY``: a network, a name with all below it, or everything; perhaps for one port only."""

    network: Network | None
    name: str
    port: int | None

    def covers(self, host: str, port: int | None) -> bool:
        """Whether the way to a host is direct because of it."""
        if self.port not in (None, port):
            return False
        address = _address(host)
        if self.network is not None:
            return address is not None and address.version == self.network.version and address in self.network
        host = host.lower().rstrip(".")
        return self.name in {"*", host} or (address is None and host.endswith(f".{self.name}"))


def direct_hosts(text: str | None = None) -> tuple[list[Direct], list[str]]:
    """The entries of ``NO_PROXY`` (or of a text like it), and those that say nothing that can be understood."""
    if text is None:
        text = _of_this_machine().get("no", "")
    understood, others = [], []
    for entry in filter(None, re.split(r"[,\s]+", text)):
        one = _read(entry)
        if one is None:
            others.append(entry)
        else:
            understood.append(one)
    return understood, others


def _read(entry: str) -> Direct | None:
    plain = entry.rpartition("://")[2].lower().rstrip("/")
    host, port = plain, None
    ported = re.fullmatch(r"(\[.*\]|[^:]*):(\d{1,5})", plain)
    if ported is not None and _network(plain) is None:
        host, port = ported[1], int(ported[2])
    network = _network(host)
    if network is not None:
        return Direct(network, "", port)
    if host == "*":
        return Direct(None, "*", port)
    name = host.removeprefix("*").strip(".")
    return Direct(None, name, port) if _NAME.fullmatch(name) else None


def _network(text: str) -> Network | None:
    """The network that is meant: an address is one of its own, and brackets may stand around it."""
    try:
        return ipaddress.ip_network(re.sub(r"^\[(.*)\](/\d+)?$", r"\1\2", text), strict=False)
    except ValueError:
        return None


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _of_this_machine() -> dict[str, str]:
    from urllib.request import getproxies  # slow to load, and what is only compared is sent nowhere

    return getproxies()
