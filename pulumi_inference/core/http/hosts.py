"""The host in an address, read as it will be sent to."""

from pulumi_inference.core.errors import ConfigurationError


def host_of(base_url: str) -> str:
    """The host of an http or https URL. Raises ConfigurationError when it is none, or names a user."""
    import httpx  # slow to load, and what is only compared is sent nowhere

    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.userinfo:
        raise ConfigurationError(
            f"the address of {url.host} has a user or a password in it",
            next_step="Leave them out: who asks is said by the credentials in the settings.",
        )
    if url.scheme not in {"http", "https"} or not url.host or (url.port or 0) > 65535:
        raise ConfigurationError(
            f"{base_url!r} is not an endpoint",
            next_step="Write it with its scheme, for example https://api.example.com or http://127.0.0.1:8080.",
        )
    return url.host
