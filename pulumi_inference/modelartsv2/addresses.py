"""Where a service is called, as its detail says it (modelarts-v2.md, section 8.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CONSOLE, INTERNAL, PUBLIC = "CONSOLE", "INTERNAL", "PUBLIC"
CHANNELS = (PUBLIC, INTERNAL, CONSOLE)
BY_ITSELF = (PUBLIC, INTERNAL)
"""The channels that are looked at where nobody asks for one, best first."""


def urls_of(detail: Mapping[str, Any]) -> dict[str, list[str]]:
    """The addresses of a service by channel, as far as they are there."""
    found: dict[str, list[str]] = {}
    for one in detail.get("predict_url") or ():
        urls = [url for url in one.get("urls") or () if isinstance(url, str) and url.strip()]
        if urls:
            found.setdefault(str(one.get("type")), []).extend(urls)
    return found


def url_of(urls: Mapping[str, list[str]], channel: str | None = None) -> str | None:
    """The address of a channel, or the best one; None where there is none."""
    wanted = BY_ITSELF if channel is None else (channel,)
    return next((urls[one][0] for one in wanted if urls.get(one)), None)
