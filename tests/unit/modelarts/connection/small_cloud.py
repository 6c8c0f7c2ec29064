"""A small ModelArts with its identity service, and a world of settings around it."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.redact import Redactor
from pulumi_inference.modelarts.connection import CONNECTIONS, ModelArtsConnection

AK = {"HW_ACCESS_KEY": "ak", "HW_SECRET_KEY": "the-secret-key"}
USER = {"HW_USER_NAME": "u", "HW_USER_PASSWORD": "the-password", "HW_DOMAIN_NAME": "d"}
PROJECT = "0123456789abcdef0123456789abcdef"


class Configuration:
    """A stack's configuration as two dictionaries."""

    def __init__(self, values: Mapping[str, str], connections: Mapping[str, Mapping[str, str]]) -> None:
        self.values = values
        self.sections = connections

    def get(self, key: str) -> str | None:
        return self.values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        return self.sections


class Cloud:
    """Stands behind an ``emulator:`` endpoint and answers as ModelArts and IAM, as far as these tests ask."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.requests: list[httpx.Request] = []
        self.logins = 0
        self.login_status = 201
        self.token_seconds = 86400.0
        self.accepted: Callable[[httpx.Request], bool] = lambda _request: True
        self.projects: list[dict[str, str]] = [{"id": PROJECT, "name": "emulator"}]
        self.token_project: dict[str, str] | None = {"id": PROJECT}

    def __call__(self, endpoint: str) -> tuple[str, httpx.BaseTransport]:
        return "http://cloud", httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path == "/v3/auth/tokens":
            return self.log_in()
        if request.url.path == "/v3/projects":
            return httpx.Response(200, json={"projects": self.projects})
        if not self.accepted(request):
            return httpx.Response(401, json={"error_code": "APIG.0301", "error_msg": "decrypt token fail"})
        return httpx.Response(200, json={"service_id": "s"})

    def log_in(self) -> httpx.Response:
        self.logins += 1
        if self.login_status != 201:
            error = {"code": self.login_status, "message": "wrong password", "title": "Unauthorized"}
            return httpx.Response(self.login_status, json={"error": error})
        end = datetime.fromtimestamp(self.clock.now() + self.token_seconds, UTC)
        token = {"expires_at": end.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), "project": self.token_project}
        return httpx.Response(201, json={"token": token}, headers={"X-Subject-Token": f"token-{self.logins}"})

    def paths(self) -> list[str]:
        return [request.url.path for request in self.requests]


class World:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.cloud = Cloud(self.clock)
        self.redactor = Redactor()

    def context(
        self, values: Mapping[str, str], environ: Mapping[str, str], sections: Mapping[str, Mapping[str, str]]
    ) -> Context:
        """The context of a process of its own with these settings."""
        configuration = Configuration(values, sections)
        return Context(Environment(configuration, self.cloud, environ, self.clock, redactor=self.redactor))

    def connect(
        self,
        values: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
        connection: str | None = None,
        **sections: Mapping[str, str],
    ) -> ModelArtsConnection:
        return CONNECTIONS.today(self.context(values or {}, environ or {}, sections), connection)

    def user(self, **values: str) -> ModelArtsConnection:
        """A connection that authenticates by token."""
        credentials = {"modelartsUserName": "u", "modelartsPassword": "the-password", "modelartsDomainName": "d"}
        return self.connect({"modelartsEndpoint": "emulator:x", **credentials, **values})


@contextmanager
def serving(world: World) -> Iterator[str]:
    """The world's cloud on a loopback port, where ModelArts and IAM share the host."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = f"http://{self.headers['Host']}{self.path}"
            answer = world.cloud.answer(httpx.Request(self.command, url, headers=dict(self.headers), content=body))
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = answer  # noqa: N815 - named by the base class

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
