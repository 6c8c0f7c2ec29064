"""What in a function may be meant, but is more often a mistake: told as a warning."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.unknown import contains_unknown
from pulumi_inference.nvcf.functions.images import is_moving

SECRETS_BYTES = 8 * 1024
GRPC_URL = "/grpc"


def doubts(values: Mapping[str, Any]) -> Iterator[str]:
    """What is doubtful; values that are not known yet are none."""
    known = {name: value for name, value in values.items() if not contains_unknown(value)}
    yield from _health(known)
    image = known.get("container_image")
    if image and is_moving(image):
        yield f"container_image: {image} has neither tag nor digest, so what runs may change without the program"
    secrets = known.get("secrets")
    if secrets and len(json.dumps(secrets).encode()) > SECRETS_BYTES:
        yield "secrets: have more than 8 KB together, which NVIDIA's page gives as the limit"
    if known.get("helm_chart") and known.get("inference_url") == GRPC_URL:
        yield "inference_url: gRPC with a Helm chart is called unsupported on one of NVIDIA's pages"


def _health(known: Mapping[str, Any]) -> Iterator[str]:
    health, port = known.get("health") or {}, known.get("inference_port")
    if port and health.get("port") and health["port"] != port:
        yield f"health.port: is {health['port']}, while calls go to inference_port {port}"
    if known.get("inference_url") == GRPC_URL and health.get("protocol") == "HTTP":
        yield 'health.protocol: is HTTP, while inference_url "/grpc" makes it a gRPC function'
