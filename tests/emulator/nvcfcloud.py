"""A client of the emulated NVCF, so that the tests read like calls."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.emulator.clock import ManualClock
from pulumi_inference.emulator.transport import EmulatorTransport

HOST = "https://api.ngc.nvidia.com"
DEPLOY_SECONDS = 30.0
PERIOD = 1.0
"""How often the emulated service looks at its deployments."""
ACCOUNT = "nca-emulator"
UNKNOWN = "00000000-0000-0000-0000-000000000001"


def function_body(**changes: Any) -> dict[str, Any]:
    """A good body of a container function; None takes a field away."""
    body = {"name": "echo", "inferenceUrl": "/echo", "inferencePort": 8000, "containerImage": "nvcr.io/acme/echo:1"}
    return {key: value for key, value in {**body, **changes}.items() if value is not None}


def chart_body(**changes: Any) -> dict[str, Any]:
    """A good body of a function from a Helm chart."""
    chart = "https://helm.ngc.nvidia.com/acme/charts/echo-1.tgz"
    return function_body(**{"containerImage": None, "helmChart": chart, "helmChartServiceName": "echo", **changes})


def model(name: str = "m", **changes: Any) -> dict[str, Any]:
    """A good model; None takes a field away."""
    uri = f"https://api.ngc.nvidia.com/v2/org/acme/models/{name}/1/files"
    return {
        key: value for key, value in {"name": name, "version": "1", "uri": uri, **changes}.items() if value is not None
    }


def llm_body(**changes: Any) -> dict[str, Any]:
    """A good body of an LLM function with one model ``m``."""
    config = {"uris": ["/v1/chat/completions"], "tokenRateLimit": "1000-S"}
    return function_body(**{"functionType": "LLM", "models": [{"name": "m", "llmConfig": config}], **changes})


def spec(**changes: Any) -> dict[str, Any]:
    """A good specification; None takes a field away."""
    found = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 2, **changes}
    return {key: value for key, value in found.items() if value is not None}


def jwt(**claims: Any) -> str:
    """A token of the right shape with these claims."""
    parts = ({"alg": "none"}, claims)
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


class Nvcf:
    """An emulator with a clock of its own and a client with the emulator's key."""

    def __init__(self, database: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.database = database
        transport = EmulatorTransport(database, clock=self.clock, deploy_seconds=DEPLOY_SECONDS)
        self.http = httpx.Client(transport=transport, base_url=HOST)
        self.sign_in("nvapi-emulator")

    def sign_in(self, key: str) -> None:
        self.http.headers["Authorization"] = f"Bearer {key}"

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """A call of the direct family."""
        return self.http.request(method, f"/v2/nvcf{path}", json=json, **options)

    def ok(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        """A call that has to succeed."""
        answer = self.call(method, path, json, **options)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def admin(self, method: str, path: str, json: Any = None) -> Any:
        """A call to the admin door that has to succeed."""
        answer = self.http.request(method, f"/_emulator{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def settings(self, **values: Any) -> None:
        self.admin("PATCH", "/settings", {f"nvcf.{name}": value for name, value in values.items()})

    def create(self, body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        return dict(self.ok("POST", "/functions", body or function_body(**changes))["function"])

    def create_version(self, function: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
        return dict(self.ok("POST", f"/functions/{function['id']}/versions", body or function_body())["function"])

    def read(self, function: dict[str, Any], **options: Any) -> dict[str, Any]:
        return dict(self.ok("GET", path_of(function), **options)["function"])

    def deploy(self, function: dict[str, Any], *specs: dict[str, Any]) -> dict[str, Any]:
        body = {"deploymentSpecifications": list(specs or (spec(),))}
        return dict(self.ok("POST", f"/deployments{path_of(function)}", body)["deployment"])

    def deployed(self, function: dict[str, Any], *specs: dict[str, Any]) -> dict[str, Any]:
        """A deployment that is ACTIVE."""
        deployment = self.deploy(function, *specs)
        self.clock.advance(DEPLOY_SECONDS)
        assert self.status(function) == "ACTIVE"
        return deployment

    def deployment(self, function: dict[str, Any]) -> dict[str, Any]:
        return dict(self.ok("GET", f"/deployments{path_of(function)}")["deployment"])

    def status(self, function: dict[str, Any]) -> str:
        status = str(self.deployment(function)["functionStatus"])
        assert self.read(function)["status"] == status
        return status

    def patch(self, deployment: dict[str, Any], place: int = 0, **changes: Any) -> httpx.Response:
        spec_id = deployment["deploymentSpecifications"][place]["gpuSpecificationId"]
        return self.call("PATCH", f"/deployments/{deployment['deploymentId']}/gpu-specifications/{spec_id}", changes)

    def fail(self, outcome: str = "error", **options: Any) -> None:
        self.admin("POST", "/faults", {"nvcf.deploy": {"outcome": outcome, **options}})

    def key(self, name: str = "nvapi-k", **options: Any) -> str:
        """A further key."""
        self.admin("POST", "/seed", {"nvcf.keys": [{"key": name, **options}]})
        return name


def path_of(function: dict[str, Any]) -> str:
    """Where a version is."""
    return f"/functions/{function['id']}/versions/{function['versionId']}"


def problem(answer: httpx.Response, status: int) -> str:
    """The detail of a problem with that status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["instance"] == answer.request.url.path
    return str(body["detail"])
