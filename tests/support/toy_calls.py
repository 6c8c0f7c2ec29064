"""A toy cloud's way to its models: answers that have to be polled, that are elsewhere, and errors of two kinds."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ApiError, api_error_class
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import FixedHeader, Response
from pulumi_inference.core.invocation.address import Address
from pulumi_inference.core.invocation.endpoint import Endpoint, Limit
from pulumi_inference.core.lifecycle.context import Environment
from tests.support.world import StackConfig

HOST = "https://call.toys.example"
KEY = "the-toy-key"


class ToyServer:
    """Stands behind all hosts; answers from a script, the last entry for ever, and keeps what it was sent."""

    def __init__(self, *script: httpx.Response) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        request.read()
        self.requests.append(request)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def sent(self) -> list[str]:
        """Method and address of each request."""
        return [f"{one.method} {one.url}" for one in self.requests]

    def keys(self) -> list[str | None]:
        """The credentials of each request."""
        return [one.headers.get("toy-key") for one in self.requests]


class ToyEndpoint(Endpoint):
    """Says 202 and a ticket while it works, 302 where a large answer is, and marks what its models answer."""

    elsewhere = frozenset({202, 302})
    largest = Limit(10, "calls of toys carry at most 10 bytes", "Upload it, and send its number.")

    def __init__(self, server: ToyServer, environment: Environment, name: str = "car") -> None:
        super().__init__(name, Address(HOST, "/v1/car"), environment)
        self.server = server

    def http(self, timeout: float) -> HttpClient:
        """A client that sends the key."""
        return HttpClient(
            self.address.base_url,
            clock=self.environment.clock,
            cancelled=self.environment.cancelled,
            redactor=self.environment.redactor,
            parse_error=parse_error,
            is_error=self.is_error,
            authenticator=FixedHeader("Toy-Key", KEY),
            transport=httpx.MockTransport(self.server),
            timeout=timeout,
        )

    def is_platforms(self, answer: Response) -> bool:
        """Whether the mark of the models is missing."""
        return "toy-model" not in answer.headers

    def follow(self, http: HttpClient, answer: Response, tell: Callable[[str], None], *, streamed: bool) -> Response:
        """Asks with the ticket, or where the answer says that it is."""
        if answer.status == 302:
            return self.fetch(http, answer.headers["location"])
        tell(f"{answer.headers['percent']} %")
        return http.request("GET", f"/tickets/{answer.headers['ticket']}", retry_seconds=0)


def parse_error(response: Response, method: str, path: str) -> ApiError:
    """The platform's error."""
    return api_error_class(response.status)(
        status=response.status,
        code=None,
        message=response.body.decode() or "no reason",
        request_id=None,
        method=method,
        path=path,
    )


def toy_environment() -> Environment:
    """One process of a toy program, on a clock that never sleeps."""
    return Environment(StackConfig(), lambda _endpoint: ("", None), {}, ManualClock())


def answered(text: str = "brm", status: int = 200) -> httpx.Response:
    """An answer of the model."""
    return httpx.Response(status, text=text, headers={"toy-model": "car"})


def working(percent: int = 0) -> httpx.Response:
    """An answer that is still to come."""
    return httpx.Response(202, headers={"ticket": "t-1", "percent": str(percent)})


def lies_at(url: str) -> httpx.Response:
    """An answer that is elsewhere."""
    return httpx.Response(302, headers={"location": url})
