"""Calls of deployments of Alaya NeW: of the emulator in this process, or of a server with a script."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from pulumi_inference.alaya.connection import CONNECTIONS, AlayaConnection
from pulumi_inference.alaya.invocation import CALLING
from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.invocation.endpoint import Endpoint
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.emulator.alaya import accounts
from tests.support.alaya import BASE_MODEL, GPU, LORA_MODEL, VKS

ACCESS_KEY, SECRET_KEY = accounts.ACCESS_KEY, accounts.SECRET_KEY
API = "https://api.alayanew.com"
SIGNATURE = f"plain Credential={ACCESS_KEY},Signature={SECRET_KEY}"

BASE, ADAPTER, BIG = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
KEY, ADAPTER_KEY = "key-of-the-base", "key-of-the-adapter"

Answer = httpx.Response | Callable[[httpx.Request], httpx.Response]


def failure(msg: Any, *, code: Any = -1) -> dict[str, Any]:
    """The envelope of an error."""
    return {"code": code, "data": {}, "msg": msg}


def envelope(data: Any = None, *, code: Any = 0, msg: str = "", status: int = 200) -> httpx.Response:
    """An answer in the envelope."""
    body = {"code": code, "data": {} if data is None else data, "msg": msg}
    # Half of a surrogate pair is escaped, as a hostile server would do it.
    return httpx.Response(status, content=json.dumps(body), headers={"content-type": "application/json"})


def deployments() -> list[dict[str, Any]]:
    """A base that runs, an adapter on it, and an Expert deployment that is stopped, in the words of the admin door."""
    place = {"vksId": VKS, "namespace": "default", "modelId": BASE_MODEL}
    resource = {"cpu": 4, "mem": 32, "gpu": {"gpuType": GPU, "count": 1}}
    engine = {"backend": "vllm", "backendVersion": "0.9.0.1", "backendArgs": ["--max-model-len", "8192"]}
    scale = {"min": 1, "max": 2, "rpsValue": 5, "idleTime": 60}
    pod = {"image": "example.test/serve:1", "resource": resource, "env": {"TOKEN": "hush"}}
    return [
        {**place, **engine, "resource": resource, "name": "base", "servedName": ["demo", "demo-2"]}
        | {"serviceId": BASE, "apikey": KEY},
        {"baseServiceId": BASE, "modelId": LORA_MODEL, "name": "style", "servedName": ["style"]}
        | {"serviceId": ADAPTER, "apikey": ADAPTER_KEY},
        {**place, "name": "big", "servedName": ["big"], "headConfig": pod, "scale": scale}
        | {"extensions": {"team": "search", "tier": "gold"}, "serviceId": BIG, "status": "stopped"},
    ]


def models() -> list[dict[str, Any]]:
    """Their models."""
    return [
        {
            "id": one,
            "aidcId": "1",
            "modelSourcePath": f"{VKS}/{name}",
            "modelMeta": {"name": name},
            "modelType": kind,
            "modelExtensions": {"team": team},
        }
        for one, name, kind, team in (
            (BASE_MODEL, "qwen", "base", "search"),
            (LORA_MODEL, "qwen-style", "lora", "ads"),
        )
    ]


def detail(**changes: Any) -> httpx.Response:
    """The detail of a deployment that runs."""
    found = {
        "serviceId": BASE,
        "name": "demo",
        "status": "running",
        "mode": "quickStart",
        "serviceUrl": "https://demo.example/svc",
        "apikey": KEY,
    }
    return envelope({name: one for name, one in {**found, **changes}.items() if one is not None})


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


class Server:
    """Stands behind all hosts; answers from a script, the last entry for ever, and keeps what it was sent."""

    def __init__(self, *script: Answer) -> None:
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


class Scripted:
    """A process whose requests a server with a script answers, whatever host they go to."""

    def __init__(self, *script: Answer, base_url: str = API, **settings: str) -> None:
        self.server, self.clock = Server(*script), ManualClock()
        transport = httpx.MockTransport(self.server)
        values = {"alayaEndpoint": "emulator:x", "alayaAccessKey": ACCESS_KEY, "alayaSecretKey": SECRET_KEY}
        self.environment = Environment(
            Configured({**values, **settings}), lambda _endpoint: (base_url, transport), environ={}, clock=self.clock
        )

    @property
    def context(self) -> Context:
        """A call of the process."""
        return Context(self.environment)

    @property
    def account(self) -> AlayaConnection:
        """The connection of the process."""
        return CONNECTIONS.today(self.context, None)

    def endpoint(self, thing: str) -> Endpoint:
        """Where a deployment is called, as the command and `invoke` find it."""
        return CALLING.endpoint(self.context, thing, {}, None)
