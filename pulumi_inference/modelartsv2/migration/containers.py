"""What a model of ModelArts v1 says of its container (modelarts.md, section 12): this API has images and no models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.conversion import Found
from pulumi_inference.modelartsv2.migration.shapes import Values, inside, items, whole

PORT = 8080
"""The port that v1 calls where a model says none."""

PROTOCOL = "HTTP"
_PROTOCOLS = ("HTTP", "HTTPS")
_PROBED_BY = (*_PROTOCOLS, "WS", "WSS")
_IMAGE = "Image"
_SECONDS = ("initial_delay_seconds", "timeout_seconds", "period_seconds", "failure_threshold")


@dataclass(frozen=True)
class Container:
    """What runs.

    Args:
        image: its address; None where nobody says it.
        is_built: whether ModelArts v1 has made the image by itself.
        cmd: start command.
        port: that requests go to.
        protocol: of the requests, as the model's interfaces say.
        health: the probe, in the words of this API.
    """

    image: str | None = None
    is_built: bool = False
    cmd: str | None = None
    port: int = PORT
    protocol: str = PROTOCOL
    health: Mapping[str, Any] | None = None


def container_of(model: Found | None) -> Container:
    """The container of a model; of one that nobody could read, nothing is known."""
    if model is None:
        return Container()
    is_image = model.values.get("model_type") == _IMAGE
    # v1 keeps a copy of an image for itself; the original is in a repository of the user's.
    own = model.values.get("source_location") if is_image else None
    address = own or model.facts.get("image_address")
    return Container(
        image=_without_scheme(address) if isinstance(address, str) and address else None,
        is_built=not own,
        cmd=str(model.facts["cmd"]) if model.facts.get("cmd") else None,
        port=next(_ports(model), PORT),
        protocol=next(_protocols(model), PROTOCOL),
        health=_health(inside(model.facts, "health") or inside(_configuration(model), "health")),
    )


def _without_scheme(address: str) -> str:
    return address.rpartition("://")[2]


def _configuration(model: Found) -> Values:
    return inside(model.values, "initial_config")


def _apis(model: Found) -> list[Values]:
    return [*items(_configuration(model), "apis"), *items(model.values, "apis")]


def _ports(model: Found) -> Iterator[int]:
    for one in (_configuration(model), *_apis(model)):
        port = whole(one.get("port"))
        if port is not None and port <= 65535:
            yield port


def _protocols(model: Found) -> Iterator[str]:
    for one in _apis(model):
        protocol = str(one.get("protocol") or "").upper()
        if protocol in _PROTOCOLS:
            yield protocol


def _health(told: Values) -> dict[str, Any] | None:
    """The probe; None where there is none that says what it does."""
    url, command = told.get("url"), told.get("command")
    numbers = {name: number for name in _SECONDS if (number := whole(told.get(name))) is not None}
    if str(told.get("check_method") or "HTTP").upper() == "EXEC":
        return {"check_method": "EXEC", "cmd": str(command), **numbers} if command else None
    if not url:
        return None
    protocol = str(told.get("protocol") or "").upper()
    spoken = {"protocol": protocol} if protocol in _PROBED_BY else {}
    return {"check_method": "HTTP", "url": f"/{str(url).lstrip('/')}", **spoken, **numbers}
