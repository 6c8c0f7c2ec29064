"""A ModelArts that answers what a test says, without an emulator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.redact import Redactor
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.errors import ERRORS

Handler = Callable[[httpx.Request], httpx.Response]

PROJECT = "p1"


def client_on(handler: Handler) -> ModelArtsClient:
    """A client in the project whose requests the handler answers; its clock never sleeps."""
    http = HttpClient(
        "https://modelarts.example.com",
        clock=ManualClock(),
        cancelled=threading.Event(),
        redactor=Redactor(),
        parse_error=ERRORS.parse_error,
        transport=httpx.MockTransport(handler),
    )
    return ModelArtsClient(http, PROJECT)


class Answers:
    """Answers each path below `/v1/{project}`, or from `/v2` on, with its body, and keeps the requests.

    A path that it does not know is 404, as at a gateway.
    """

    def __init__(self, bodies: Mapping[str, Any]) -> None:
        self.bodies = {
            path if path.startswith("/v2") else f"/v1/{PROJECT}{path}": body for path, body in bodies.items()
        }
        self.requests: list[httpx.Request] = []
        self.client = client_on(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path not in self.bodies:
            return httpx.Response(404, json={"error_code": "APIG.0101", "error_msg": "no such API"})
        return httpx.Response(200, json=self.bodies[request.url.path])
