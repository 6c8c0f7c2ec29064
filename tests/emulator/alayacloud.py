"""A client of the emulated Alaya NeW, so that the tests read like calls."""

from pathlib import Path
from typing import Any

import httpx

from pulumi_inference.emulator.clock import ManualClock
from pulumi_inference.emulator.transport import EmulatorTransport

HOST = "https://api.alayanew.com"
INFERENCE = "/api/serverless-infer/v1"
DEPLOY_SECONDS = 30.0
STOP_SECONDS = 1.0
VKS = "vc0000000001"
GPU = "nvidia.com/gpu-l40s"
BASE_MODEL = "00000000-0000-4000-8000-0000000000aa"
LORA_MODEL = "00000000-0000-4000-8000-0000000000bb"
UNKNOWN = "00000000-0000-4000-8000-000000000001"
SCALE = {"min": 1, "max": 3, "rpsValue": 10, "idleTime": 60}

NO_SERVICE = f"service {UNKNOWN} does not exist"


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body with other fields; None takes a field away."""
    return {key: value for key, value in {**body, **changes}.items() if value is not None}


def resource(**changes: Any) -> dict[str, Any]:
    return changed({"cpu": 4, "mem": 32, "gpu": {"gpuType": GPU, "count": 1}}, **changes)


def pod(**changes: Any) -> dict[str, Any]:
    """A good ``headConfig``."""
    return changed({"image": "example.test/serve:1", "resource": resource()}, **changes)


def full_pod(**changes: Any) -> dict[str, Any]:
    """A ``headConfig`` with every field that there is."""
    secret = {"registry": "https://registry.example:8443", "username": "me", "password": "s3cret"}
    mount = {"pvcName": "weights", "subPath": "a", "containerPath": "/models", "readOnly": True}
    rest: dict[str, Any] = {"labels": {"a": "b"}, "env": {"VLLM_X": "true"}, "cmd": ["/start.sh"], "args": ["head"]}
    return pod(**{"imagePullSecret": secret, **rest, "pvcMounts": [mount], **changes})


def expert(**changes: Any) -> dict[str, Any]:
    """A good body of the Expert form."""
    place = {"vksId": VKS, "namespace": "default", "name": "demo", "servedName": ["demo"], "modelId": BASE_MODEL}
    return changed({**place, "extensions": {}, "scale": SCALE, "headConfig": pod()}, **changes)


def quick_start(**changes: Any) -> dict[str, Any]:
    """A good body of the Quick Start form."""
    place = {"vksId": VKS, "namespace": "default", "name": "quick", "servedName": ["quick"], "modelId": BASE_MODEL}
    engine = {"backend": "vllm", "backendVersion": "0.9.0.1", "backendArgs": ["--x"], "resource": resource()}
    return changed({**place, **engine}, **changes)


def lora(base: str, **changes: Any) -> dict[str, Any]:
    """A good body of a LoRA service."""
    return changed(
        {"baseServiceId": base, "modelId": LORA_MODEL, "name": "adapter", "servedName": ["adapter"]}, **changes
    )


def authorization(access_key: str = "emulator", secret_key: str = "emulator-secret") -> dict[str, str]:
    return {"Authorization": f"plain Credential={access_key},Signature={secret_key}"}


class Alaya:
    """An emulator with a clock of its own and a client with the emulator's key."""

    def __init__(self, database: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.database = database
        transport = EmulatorTransport(database, clock=self.clock, deploy_seconds=DEPLOY_SECONDS)
        self.http = httpx.Client(transport=transport, base_url=HOST, headers=authorization())

    def call(self, method: str, path: str, json: Any = None, **options: Any) -> httpx.Response:
        """A call of the inference API."""
        return self.http.request(method, f"{INFERENCE}{path}", json=json, **options)

    def ok(self, method: str, path: str, json: Any = None, **options: Any) -> Any:
        """The data of a call that has to succeed."""
        return data(self.call(method, path, json, **options))

    def admin(self, method: str, path: str, json: Any = None) -> Any:
        """A call to the admin door that has to succeed."""
        answer = self.http.request(method, f"/_emulator{path}", json=json)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def settings(self, **values: Any) -> None:
        self.admin("PATCH", "/settings", {f"alaya.{name}": value for name, value in values.items()})

    def seed(self, **items: Any) -> Any:
        return self.admin("POST", "/seed", {f"alaya.{name}": item for name, item in items.items()})

    def fail(self, outcome: str = "fail", **options: Any) -> None:
        self.admin("POST", "/faults", {"alaya.deploy": {"outcome": outcome, **options}})

    def sign_in(self, access_key: str, **options: Any) -> None:
        """Go on as another account."""
        self.seed(accounts=[{"accessKey": access_key, "secretKey": "s", **options}])
        self.http.headers.update(authorization(access_key, "s"))

    def expert(self, **changes: Any) -> str:
        """A new Expert service."""
        return str(self.ok("POST", "/deployment/expert", expert(**changes))["serviceId"])

    def quick_start(self, **changes: Any) -> str:
        """A new Quick Start service."""
        return str(self.ok("POST", "/deployment", quick_start(**changes))["serviceId"])

    def lora(self, base: str, **changes: Any) -> str:
        """A new LoRA service."""
        return str(self.ok("POST", "/deployment/lora", lora(base, **changes))["serviceId"])

    def running(self, service_id: str) -> str:
        """The service, once it runs."""
        self.clock.advance(DEPLOY_SECONDS)
        assert self.status(service_id) == "running"
        return service_id

    def stopped(self, service_id: str) -> str:
        """The service, once it has been cancelled."""
        self.ok("POST", f"/deployment/{service_id}/cancel")
        self.clock.advance(STOP_SECONDS)
        assert self.status(service_id) == "stopped"
        return service_id

    def with_lora(self) -> tuple[str, str]:
        """A running service and a running LoRA on it."""
        base = self.running(self.expert())
        return base, self.running(self.lora(base))

    def detail(self, service_id: str) -> dict[str, Any]:
        return dict(self.ok("GET", f"/deployment/{service_id}"))

    def status(self, service_id: str) -> str:
        return str(self.detail(service_id)["status"])

    def instances(self, service_id: str) -> list[tuple[str, bool]]:
        """Ids of the instances and whether their model is ready."""
        return [(one["instanceId"], one["baseModelReady"]) for one in self.detail(service_id)["instance"]]

    def rows(self, **filters: Any) -> list[dict[str, Any]]:
        found = self.ok("GET", "/deployment/list", params=filters)
        return list(found["rows"])

    def names(self, **filters: Any) -> list[str]:
        return [row["name"] for row in self.rows(**filters)]

    def behind(self, service_id: str) -> dict[str, Any]:
        """Everything about a service."""
        return dict(self.admin("GET", f"/alaya/services/{service_id}"))

    def used(self, gpu: str = GPU, vks: str = VKS) -> int:
        """How many GPUs of a type are in use in a cluster."""
        found = data(self.http.get(f"/api/vks/v1/{vks}"))["utilizationRate"]["gpu"]
        return int(next(one["used"] for one in found if one["name"] == gpu))


def data(answer: httpx.Response) -> Any:
    """The data of an answer, which has to be a success in the envelope."""
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert int(body["code"]) == 0, answer.text
    return body.get("data")


def refusal(answer: httpx.Response, status: int = 200) -> str:
    """What is said in a refusal in the envelope, with that HTTP status."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert (body["code"], body["data"]) == (-1, {})
    return str(body["msg"])
