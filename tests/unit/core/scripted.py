"""A client on a manual clock that talks to a scripted server."""

import threading
from typing import Any

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ApiError, api_error_class
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.core.redact import Redactor

Answer = httpx.Response | Exception


class Server:
    """Answers from a script, the last entry for ever; keeps what it was sent."""

    def __init__(self, *script: Answer) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


class World:
    """A client on a manual clock, talking to a scripted server."""

    def __init__(self, *script: Answer, **options: Any) -> None:
        self.server = Server(*script)
        self.clock = ManualClock()
        self.cancelled = threading.Event()
        self.redactor = Redactor()
        settings: dict[str, Any] = {
            "clock": self.clock,
            "cancelled": self.cancelled,
            "redactor": self.redactor,
            "parse_error": parse_error,
            "transport": httpx.MockTransport(self.server),
            "uniform": lambda _low, high: high,
        }
        base_url = options.pop("base_url", "https://api.example.com")
        self.client = HttpClient(base_url, **{**settings, **options})

    @property
    def tries(self) -> int:
        return len(self.server.requests)


def parse_error(response: Response, method: str, path: str) -> ApiError:
    return api_error_class(response.status)(
        status=response.status,
        code="E1",
        message=response.body.decode() or "no reason",
        request_id=response.request_id,
        method=method,
        path=path,
    )


OK = httpx.Response(200, json={"fine": True}, headers={"X-Request-Id": "r-1"})
LOST = httpx.ReadTimeout("slow")
RESET = httpx.ReadError("reset by peer")
UNREACHABLE = httpx.ConnectError("connection refused")


def status(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(
        code, text=f"answer {code}", headers={name.replace("_", "-"): v for name, v in headers.items()}
    )
