"""A client of the emulated invocation plane, over versions that the tests put there themselves."""

from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from pulumi_inference.emulator.clock import ManualClock
from pulumi_inference.emulator.nvcf import accounts, records
from pulumi_inference.emulator.store import Store
from pulumi_inference.emulator.transport import EmulatorTransport

HOST = "https://api.nvcf.nvidia.com"
DEPLOY_SECONDS = 30.0
KEY = {"Authorization": f"Bearer {accounts.API_KEY}"}


def version_document(**changes: Any) -> dict[str, Any]:
    """A version as the control plane keeps it."""
    return {
        "id": str(uuid4()),
        "versionId": str(uuid4()),
        "ncaId": accounts.ACCOUNT,
        "name": "echo",
        "status": "ACTIVE",
        "functionType": "DEFAULT",
        "inferenceUrl": "/echo",
        "health": {"protocol": "HTTP", "uri": "/health", "port": 8000, "timeout": "PT10S", "expectedStatusCode": 200},
        "createdAt": "2024-03-21T00:00:00Z",
        **changes,
    }


def spec(**changes: Any) -> dict[str, Any]:
    """One specification of a deployment."""
    common = {"gpu": "L40", "instanceType": "NCP.GPU.L40_1x", "minInstances": 1, "maxInstances": 2}
    return {**common, "maxRequestConcurrency": 1, "preferredOrder": 1, "gpuSpecificationId": str(uuid4()), **changes}


class Calls:
    """An emulator with a clock of its own, on which no call waits in real time."""

    def __init__(self, database: Path) -> None:
        self.clock = ManualClock()
        self.database = database
        transport = EmulatorTransport(database, clock=self.clock, deploy_seconds=DEPLOY_SECONDS)
        self.http = httpx.Client(transport=transport, base_url=HOST, headers=KEY)
        self.admin("PATCH", "/settings", {"nvcf.hold_seconds": 0})

    def admin(self, method: str, path: str, json: Any = None) -> Any:
        answer = self.http.request(method, f"/_emulator{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def put(self, *specs: dict[str, Any], shared: tuple[str, ...] = (), **changes: Any) -> dict[str, Any]:
        """Put a version and its deployment there, behind the control plane's back."""
        version = version_document(**changes, functionParties=list(shared))
        with closing(Store(self.database)) as store, store.transaction() as tx:
            records.save_version(tx, version)
            records.save_deployment(tx, deployment(version, *specs))
        return version

    def change(self, version: dict[str, Any], **changes: Any) -> None:
        with closing(Store(self.database)) as store, store.transaction() as tx:
            records.save_version(tx, {**version, **changes})

    def deploy(self, version: dict[str, Any], *specs: dict[str, Any]) -> None:
        """Another deployment in place of the one that there is."""
        with closing(Store(self.database)) as store, store.transaction() as tx:
            records.save_deployment(tx, deployment(version, *specs))

    def key(self, key: str, **facts: Any) -> None:
        """Another API key."""
        with closing(Store(self.database)) as store, store.transaction() as tx:
            tx.put(accounts.KEY, key, {"key": key, **facts})

    def running(self, version: dict[str, Any]) -> int:
        """How many requests a graceful undeploy would wait for."""
        self.http.get("/v2/nvcf/assets")
        with closing(Store(self.database)) as store, store.transaction() as tx:
            return records.running_requests(tx, version["id"], version["versionId"])

    def pexec(self, version: dict[str, Any], body: Any = None, **headers: str) -> httpx.Response:
        path = f"/v2/nvcf/pexec/functions/{version['id']}/versions/{version['versionId']}"
        return self.http.post(path, json={"x": 1} if body is None else body, headers=_named(headers))

    def poll(self, answer: httpx.Response, **headers: str) -> httpx.Response:
        path = f"/v2/nvcf/pexec/status/{answer.headers['NVCF-REQID']}"
        return self.http.get(path, headers=_named(headers))


def deployment(version: dict[str, Any], *specs: dict[str, Any]) -> dict[str, Any]:
    """A deployment as the control plane keeps it."""
    used = list(specs) or [spec()]
    return {
        "deploymentId": str(uuid4()),
        "functionId": version["id"],
        "functionVersionId": version["versionId"],
        "ncaId": version["ncaId"],
        "deploymentSpecifications": used,
        "fleet": {one["gpuSpecificationId"]: _fleet(one["minInstances"]) for one in used},
        "madeAt": 0,
        "updatedAt": 0,
        "timeline": [],
        "drainUntil": None,
        "usedAt": None,
    }


def _fleet(running: int) -> dict[str, Any]:
    """The instances of a specification, all of which run."""
    nothing = dict.fromkeys(("error", "fate", "later"))
    return {"running": running, "starting": 0, "errored": 0, "held": False, "since": 0, **nothing}


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Status and detail of a problem of the invocation plane, which has no type."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert "type" not in body
    assert body["status"] == answer.status_code
    assert body["title"]
    return answer.status_code, body.get("detail", "")


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
