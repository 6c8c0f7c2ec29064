"""From a URL to an address, and where credentials may go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.proxies import is_loopback
from pulumi_inference.core.http.sending import host_of


@dataclass(frozen=True)
class Address:
    """Where a deployed thing is called. `path` comes before what the caller adds."""

    base_url: str
    path: str

    @classmethod
    def of(cls, url: str) -> Self:
        """The address in a URL that the cloud itself says."""
        parts = urlsplit(url)
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))


def is_url(thing: str) -> bool:
    """Whether a thing is given by its URL, and not by a name or an id."""
    return "://" in thing


def address_at(url: str) -> Address:
    """The address that a URL is.

    Raises:
        ConfigurationError: it is no http or https URL, or has more to it than a path.
    """
    host_of(url)
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ConfigurationError(f"{url!r} is no access address: it has a query", next_step="Put the query into path.")
    return Address.of(url)


def check_url(
    url: str, *, is_own: Callable[[str], bool], refusal: Callable[[str], ConfigurationError] | None = None
) -> None:
    """Whether credentials may be sent to a URL: by https only, and only to hosts of their own; to this machine always.

    Args:
        url: where to.
        is_own: whether the credentials belong to what is at a URL; asked for other machines only.
        refusal: the error for a host that they do not belong to.

    Raises:
        ConfigurationError: they may not.
    """
    host = host_of(url)
    if is_loopback(host):
        return
    if urlsplit(url).scheme == "http":
        raise ConfigurationError(f"{url}: credentials are not sent over plain http; write https://")
    if not is_own(url):
        raise refusal(host) if refusal else ConfigurationError(f"credentials are not sent to {host}")
