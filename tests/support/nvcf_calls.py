"""Calls of functions on the emulator in this process, on one clock that never sleeps; or to a server with a script."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.invocation.endpoint import Called, Endpoint
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.emulator import clock as emulated
from pulumi_inference.emulator.nvcf import accounts, records
from pulumi_inference.emulator.store import Store
from pulumi_inference.emulator.transport import EmulatorTransport
from pulumi_inference.nvcf.connection import CONNECTIONS, NvcfConnection
from pulumi_inference.nvcf.invocation import CALLING

URL = "http://emulator.localhost"
KEY = accounts.API_KEY
FUNCTION = "0b8c1f0e-5d0a-4a53-9e43-2d5d6b7a1c01"
VERSION = "6f1f6a52-7d39-4b54-8f6c-0c4d7e2f9a10"
REQUEST = "7d1c7c4e-0c0f-4b4e-9a51-5a3d8f9e2b11"


class Configured:
    """A stack's configuration."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)

    def get(self, key: str) -> str | None:
        """The value of a key."""
        return self.values.get(key)

    def connections(self) -> Mapping[str, Mapping[str, str]]:
        """There is only the default connection."""
        return {}


class FunctionWorld:
    """An emulator with functions in it, and a process that calls them."""

    def __init__(self, database: Path) -> None:
        self.database, self.emulated_clock = database, emulated.ManualClock()
        self.transport = EmulatorTransport(database, clock=self.emulated_clock)
        self.client = httpx.Client(transport=self.transport, base_url=URL)
        self.clock = ManualClock(on_wait=self.emulated_clock.advance)
        self.configuration = Configured({"nvcfEndpoint": "emulator:cloud.db"})
        self.environment = Environment(
            self.configuration, lambda _endpoint: (URL, self.transport), environ={}, clock=self.clock
        )
        self.admin("PATCH", "/settings", {"nvcf.hold_seconds": 0})

    @property
    def context(self) -> Context:
        """A call of the process."""
        return Context(self.environment)

    @property
    def account(self) -> NvcfConnection:
        """The connection of the process."""
        return CONNECTIONS.today(self.context, None)

    def endpoint(self, thing: str, *, path: str = "", **options: Any) -> Any:
        """Where a function is called, as the command and `invoke` find it."""
        return CALLING.endpoint(self.context, thing, options, None, path=path)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the admin door."""
        answer = self.client.request(method, f"/_emulator{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def sent(self) -> list[dict[str, Any]]:
        """The requests that the emulator has seen, but for those to its admin door."""
        seen: list[dict[str, Any]] = self.admin("GET", "/requests")["requests"]
        return seen

    def put(self, **changes: Any) -> str:
        """Puts a deployed version there; answers `function_id,version_id`."""
        version = {
            "id": str(uuid4()),
            "versionId": str(uuid4()),
            "ncaId": accounts.ACCOUNT,
            "name": "echo",
            "status": "ACTIVE",
            "functionType": "DEFAULT",
            "inferenceUrl": "/echo",
            "createdAt": "2024-03-21T00:00:00Z",
            **changes,
        }
        specification = {
            "gpuSpecificationId": str(uuid4()),
            "gpu": "L40",
            "instanceType": "NCP.GPU.L40_1x",
            "minInstances": 1,
            "maxInstances": 1,
            "maxRequestConcurrency": 1,
        }
        deployment = {
            "deploymentId": str(uuid4()),
            "functionId": version["id"],
            "functionVersionId": version["versionId"],
            "ncaId": version["ncaId"],
            "deploymentSpecifications": [specification],
            "fleet": {specification["gpuSpecificationId"]: {"running": 1, "starting": 0}},
            "timeline": [],
        }
        with closing(Store(self.database)) as store, store.transaction() as tx:
            records.save_version(tx, version)
            records.save_deployment(tx, deployment)
        return f"{version['id']},{version['versionId']}"

    def put_llm(self, *models: str) -> str:
        """Puts an LLM function there; answers its id."""
        config = {"uris": ["/v1/chat/completions", "/v1/embeddings"]}
        names = models or ("tiny",)
        thing = self.put(
            name="echo-llm",
            functionType="LLM",
            inferenceUrl="/",
            models=[{"name": name, "llmConfig": config} for name in names],
        )
        return thing.partition(",")[0]


@contextmanager
def function_world(folder: Path) -> Iterator[FunctionWorld]:
    """A world whose files are in a folder."""
    world = FunctionWorld(folder / "cloud.db")
    yield world
    world.client.close()


class Server:
    """Stands behind all hosts; answers from a script, the last entry for ever, and keeps what it was sent."""

    def __init__(self, *script: httpx.Response | Callable[[httpx.Request], httpx.Response]) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The next answer."""
        request.read()
        self.requests.append(request)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(answer):
            return answer(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def sent(self) -> list[str]:
        """Method and address of each request."""
        return [f"{one.method} {one.url}" for one in self.requests]

    def keys(self) -> list[str | None]:
        """The credentials of each request."""
        return [one.headers.get("authorization") for one in self.requests]


class Scripted:
    """A process whose requests a server with a script answers, whatever host they go to."""

    def __init__(self, *script: httpx.Response | Callable[[httpx.Request], httpx.Response], **settings: str) -> None:
        self.server, self.clock = Server(*script), ManualClock()
        transport = httpx.MockTransport(self.server)
        # Names of settings of the configuration, such as `nvcfEndpoint`.
        values = {"nvcfEndpoint": "emulator:x", "nvcfApiKey": KEY, **settings}
        base_url = values.pop("base_url", "https://api.ngc.nvidia.com")
        self.environment = Environment(
            Configured(values), lambda _endpoint: (base_url, transport), environ={}, clock=self.clock
        )

    @property
    def context(self) -> Context:
        """A call of the process."""
        return Context(self.environment)

    @property
    def account(self) -> NvcfConnection:
        """The connection of the process."""
        return CONNECTIONS.today(self.context, None)

    def endpoint_of_any(self, thing: str = FUNCTION, *, path: str = "", **options: Any) -> Called:
        """Where a function is called, as the command and `invoke` find it."""
        return CALLING.endpoint(self.context, thing, options, None, path=path)

    def endpoint(self, thing: str = FUNCTION, *, path: str = "", **options: Any) -> Endpoint:
        """The same by HTTP."""
        found = self.endpoint_of_any(thing, path=path, **options)
        assert isinstance(found, Endpoint)
        return found


def fulfilled(body: Any = None, **headers: str) -> httpx.Response:
    """The container's answer."""
    content = json.dumps({"said": "hello"} if body is None else body).encode()
    own = {"nvcf-reqid": REQUEST, "nvcf-status": "fulfilled", "content-type": "application/json"}
    return httpx.Response(200, headers={**own, **headers}, content=content)


def working(**headers: str) -> httpx.Response:
    """An answer that is still to come."""
    own = {"nvcf-reqid": REQUEST, "nvcf-status": "in-progress"}
    return httpx.Response(202, headers={**own, **_named(headers)})


def lies_at(url: str) -> httpx.Response:
    """A large result."""
    return httpx.Response(302, headers={"nvcf-reqid": REQUEST, "nvcf-status": "fulfilled", "location": url})


def archive(entries: Mapping[str, bytes] | None = None) -> httpx.Response:
    """What lies there."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in (entries or {f"{REQUEST}.response": b'{"said": "much"}'}).items():
            opened.writestr(name, content)
    return httpx.Response(200, headers={"content-type": "application/zip"}, content=file.getvalue())


def problem(status: int, detail: str | None = None, kind: str = "", **headers: str) -> httpx.Response:
    """An error as a problem document."""
    members = {"type": kind, "title": "Problem", "status": status, "detail": detail}
    body = {name: value for name, value in members.items() if value}
    own = {"content-type": "application/problem+json", **_named(headers)}
    return httpx.Response(status, headers=own, content=json.dumps(body).encode())


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
