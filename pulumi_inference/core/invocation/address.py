"""From a URL to an address, and where credentials may go: one rule, whether a user or the cloud names the URL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.http.hosts import host_of
from pulumi_inference.core.http.proxies import is_loopback

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Address:
    """Where a deployed thing is called. `path` comes before what the caller adds."""

    base_url: str
    path: str

    @classmethod
    def of(cls, url: str) -> Self:
        """The address that a URL is.

        Raises:
            ConfigurationError: it is no http or https URL, or has more to it than host and path.
        """
        host_of(url)
        parts = urlsplit(url)
        if parts.query or parts.fragment:
            raise ConfigurationError(
                f"{url!r} is no access address: it has a query", next_step="Put the query into path."
            )
        return cls(f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/"))


def is_url(thing: str) -> bool:
    """Whether a thing is given by its URL, and not by a name or an id."""
    return "://" in thing


def is_same_origin(one: str, other: str) -> bool:
    """Whether two URLs have scheme, host and port in common."""
    return _origin(one) == _origin(other)


def check_way(url: str, home: str = "") -> None:
    """Whether what is secret may be sent to a URL at all: by https, to this machine, or where the account is anyway.

    Args:
        url: where to.
        home: the base URL of the account's API, as the user has set it.

    Raises:
        ConfigurationError: it may not.
    """
    host, parts = host_of(url), urlsplit(url)
    if parts.scheme.lower() != "https" and not is_loopback(host) and not (home and is_same_origin(url, home)):
        raise ConfigurationError(
            f"{parts.scheme}://{host}: credentials are not sent over plain http; write https://",
            next_step="Where the cloud itself says this address, have it give the thing one with https.",
        )


def check_url(
    url: str,
    *,
    home: str = "",
    is_own: Callable[[str], bool],
    refusal: Callable[[str], ConfigurationError] | None = None,
) -> None:
    """Whether credentials may be sent to a URL that the user names: besides, only to hosts of their own.

    Args:
        url: where to.
        home: the base URL of the account's API.
        is_own: whether the credentials belong to what is at a URL; asked for other machines only.
        refusal: the error for a host that they do not belong to.

    Raises:
        ConfigurationError: they may not.
    """
    check_way(url, home)
    host = host_of(url)
    if not is_loopback(host) and not (home and is_same_origin(url, home)) and not is_own(url):
        raise refusal(host) if refusal else ConfigurationError(f"credentials are not sent to {host}")


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme)
