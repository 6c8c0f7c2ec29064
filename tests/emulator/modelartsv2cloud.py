"""A client of the emulated ModelArts v2, so that the tests read like calls."""

from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.emulator.clock import ManualClock

from .cloud import DEPLOY_SECONDS, Cloud

POOL = "pool-demo-01"
STOP_SECONDS = 1.0
UNKNOWN = "00000000-0000-4000-8000-000000000001"
LIMIT = {"rate_limit": {"num": 1000, "unit": "SECONDS"}, "request_size_limit": 10, "request_timeout": 90}
UPGRADE = {"type": "ROLLING", "rolling_update": {"max_surge": "25%", "max_unavailable": "1%"}}
ADVANCED = {"port": 8080, "protocol": "HTTP", "upgrade_config": UPGRADE, "deploy_timeout_minutes": 20}


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body with other fields; None takes a field away."""
    return {key: value for key, value in {**body, **changes}.items() if value is not None}


def runtime(auth_type: str = "NONE", limit: dict[str, Any] | None = None, **invoke: Any) -> dict[str, Any]:
    """A good ``runtime_config``."""
    called = {"port": 8080, "protocol": "HTTP", "auth_type": auth_type, "internet_access_enable": True}
    return {"service_invoke": changed(called, **invoke), "service_limit": {**LIMIT, **(limit or {})}}


def service(**changes: Any) -> dict[str, Any]:
    """A good body of a service without a deployment."""
    body = {"name": "demo", "type": "REAL_TIME", "deploy_type": "SINGLE", "group_configs": []}
    return changed({**body, "runtime_config": runtime()}, **changes)


def unit(**changes: Any) -> dict[str, Any]:
    """A good unit."""
    image = {"source": "SWR", "swr_path": "swr.example.com/demo/echo:1"}
    return changed({"image": image, "flavor": "custom", "custom_spec": {"cpu": 2, "memory": 4096}}, **changes)


def group(**changes: Any) -> dict[str, Any]:
    """A good deployment in the dedicated pool."""
    body = {"name": "blue", "pool_id": POOL, "weight": 100, "count": 2, "unit_configs": [unit()]}
    return changed({**body, "advanced_config": ADVANCED}, **changes)


def image(tag: str) -> dict[str, Any]:
    """The image in another version."""
    return {"source": "SWR", "swr_path": f"swr.example.com/demo/echo:{tag}"}


class ModelArtsV2(Cloud):
    """An emulator with a clock of its own and a client that is signed in."""

    def __init__(self, database: Path, clock: ManualClock | None = None) -> None:
        super().__init__(database, clock)

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """A call below the project."""
        return self.http.request(method, f"/v2/{self.project}{path}", json=json, **options)

    def ok(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        """What a call that has to succeed answers."""
        answer = self.call(method, path, json, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, json: Any = None, *, status: int = 400, **options: Any) -> str:
        """What a call that has to fail says."""
        answer = self.call(method, path, json, **options)
        assert answer.status_code == status, answer.text
        assert set(answer.json()) == {"error_code", "error_msg"}
        return str(answer.json()["error_msg"])

    def settings(self, **values: Any) -> None:
        self.admin("PATCH", "/settings", {f"modelartsv2.{name}": value for name, value in values.items()})

    def seed(self, **items: Any) -> Any:
        return self.admin("POST", "/seed", {f"modelartsv2.{name}": item for name, item in items.items()})

    def fail(self, outcome: str = "fail", **options: Any) -> None:
        self.admin("POST", "/faults", {"modelartsv2.deploy": {"outcome": outcome, **options}})

    def make(self, **changes: Any) -> str:
        """A new service."""
        return str(self.ok("POST", "/services", service(**changes))["id"])

    def add(self, sid: str, **changes: Any) -> str:
        """A new deployment."""
        return str(self.ok("POST", f"/services/{sid}/deployments", group(**changes))["id"])

    def pass_time(self, seconds: float = DEPLOY_SECONDS) -> None:
        self.clock.advance(seconds)

    def running(self, **changes: Any) -> tuple[str, str]:
        """A service and its deployment, once they run."""
        service_changes = changes.pop("service", {})
        sid = self.make(**service_changes)
        did = self.add(sid, **changes)
        self.pass_time()
        assert self.status(sid, did) == "RUNNING"
        return sid, did

    def public(self, **changes: Any) -> tuple[str, str]:
        """A service in the public pool and its deployment, once they run."""
        sid = self.make(group_configs=[group(pool_id=None, **changes)])
        self.pass_time()
        return sid, str(self.groups(sid)[0]["id"])

    def service(self, sid: str) -> dict[str, Any]:
        return dict(self.ok("GET", f"/services/{sid}"))

    def deployment(self, sid: str, did: str) -> dict[str, Any]:
        return dict(self.ok("GET", f"/services/{sid}/deployments/{did}"))

    def groups(self, sid: str) -> list[dict[str, Any]]:
        return list(self.service(sid)["version"]["instance_groups"])

    def status(self, sid: str, did: str | None = None) -> str:
        return str((self.deployment(sid, did) if did else self.service(sid))["status"])

    def change(self, sid: str, did: str, **changes: Any) -> dict[str, Any]:
        """A change of a deployment that is accepted."""
        return dict(self.ok("PUT", f"/services/{sid}/deployments/{did}", change(**changes)))

    def abnormal(self, sid: str) -> list[str]:
        found = self.ok("GET", f"/services/{sid}/events?event_type=ABNORMAL&sort_dir=ASC")
        return [event["event_info"] for event in found["data"]]

    def ask(self, sid: str, path: str = "/ask", **options: Any) -> httpx.Response:
        """A call of a service."""
        return self.http.post(f"/v2/infer/{sid}{path}", **options)

    def behind(self, sid: str) -> dict[str, Any]:
        """Everything about a service."""
        return dict(self.admin("GET", f"/modelartsv2/services/{sid}"))


def change(**changes: Any) -> dict[str, Any]:
    """A good body of a change of a deployment, with what is required."""
    return changed({"name": "blue", "weight": 100, "advanced_config": ADVANCED}, **changes)
