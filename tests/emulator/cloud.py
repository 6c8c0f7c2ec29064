"""A client of the emulator, so that the tests read like calls."""

from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.emulator.clock import ManualClock
from pulumi_inference.emulator.transport import EmulatorTransport

HOST = "https://modelarts.cn-north-4.myhuaweicloud.com"
DEPLOY_SECONDS = 30.0
SETTLE_SECONDS = 1.0


def token_body(scope: dict[str, Any] | None = None, **changes: str) -> dict[str, Any]:
    """The body of a token request."""
    who = {"user": "emulator", "password": "emulator", "domain": "emulator", **changes}
    user = {"name": who["user"], "password": who["password"], "domain": {"name": who["domain"]}}
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    if scope is not None:
        auth["scope"] = scope
    return {"auth": auth}


def config_item(**changes: Any) -> dict[str, Any]:
    """One good config item of a real-time service; None takes a field away."""
    item = {"model_id": "m-1", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 1, **changes}
    return {key: value for key, value in item.items() if value is not None}


def create_body(**changes: Any) -> dict[str, Any]:
    """A good create body; None takes a field away."""
    body = {"service_name": "demo", "infer_type": "real-time", "config": [config_item()], **changes}
    return {key: value for key, value in body.items() if value is not None}


def batch_item(**changes: Any) -> dict[str, Any]:
    """One good config item of a batch service."""
    paths = {"src_path": "https://b.obs.example.com/in/", "dest_path": "https://b.obs.example.com/out/"}
    return config_item(**{"weight": None, **paths, "req_uri": "/", "mapping_type": "file", **changes})


def batch_body(**changes: Any) -> dict[str, Any]:
    """A good create body of a batch service."""
    return create_body(**{"infer_type": "batch", "config": [batch_item(**changes)]})


def edge_body(**changes: Any) -> dict[str, Any]:
    """A good create body of an edge service."""
    item = {"weight": None, "specification": "custom", "custom_spec": {"cpu": 1.5, "memory": 7500}, "nodes": ["n-1"]}
    return create_body(infer_type="edge", config=[config_item(**{**item, **changes})])


class Cloud:
    """An emulator with a clock of its own and a client that is signed in."""

    def __init__(self, database: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.database = database
        transport = EmulatorTransport(database, clock=self.clock, deploy_seconds=DEPLOY_SECONDS)
        self.http = httpx.Client(transport=transport, base_url=HOST)
        self.project = ""
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.http.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-north-4"}}))
        self.project = answer.json()["token"]["project"]["id"]
        self.http.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]

    def wait(self, seconds: float) -> None:
        """Let time pass and sign in again, for waits that a token does not outlive."""
        self.clock.advance(seconds)
        self.sign_in()

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A call below the project."""
        return self.http.request(method, f"/v1/{self.project}{path}", **options)

    def admin(self, method: str, path: str, json: Any = None) -> Any:
        """A call to the admin door that has to succeed."""
        answer = self.http.request(method, f"/_emulator{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def create(self, body: dict[str, Any] | None = None, **changes: Any) -> str:
        answer = self.call("POST", "/services", json=body or create_body(**changes))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["service_id"])

    def running(self, body: dict[str, Any] | None = None, **changes: Any) -> str:
        """A service that has been deployed."""
        service_id = self.create(body, **changes)
        self.clock.advance(DEPLOY_SECONDS)
        assert self.detail(service_id)["status"] == "running"
        return service_id

    def put(self, service_id: str, **body: Any) -> httpx.Response:
        return self.call("PUT", f"/services/{service_id}", json=body)

    def detail(self, service_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"/services/{service_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def status(self, service_id: str) -> str:
        return str(self.detail(service_id)["status"])

    def events(self, service_id: str) -> list[str]:
        answer = self.call("GET", f"/services/{service_id}/events", params={"order": "asc"})
        return [event["event_info"] for event in answer.json()["events"]]

    def fail_deployment(self, outcome: str = "fail", **options: Any) -> None:
        self.admin("POST", "/faults", {"deploy": {"outcome": outcome, **options}})


def error(answer: httpx.Response) -> tuple[int, str]:
    """Status and number of an error answer."""
    return answer.status_code, str(answer.json()["error_code"])


def error_text(answer: httpx.Response) -> str:
    """The message of an error answer."""
    return str(answer.json()["error_msg"])
