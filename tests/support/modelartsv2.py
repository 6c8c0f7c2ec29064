"""ModelArts v2 on the emulator, without an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.core.lifecycle import State
from tests.support.cloud import EMBEDDED_PROJECT, OUTSIDER, Sent
from tests.support.world import Values, World, new_world

STACK = "urn:pulumi:test::trial::pulumi-python:dynamic/modelartsv2"
ROOT = f"/v2/{EMBEDDED_PROJECT}"
POOL = "pool-demo-01"

SERVICE_ID, OTHER_SERVICE_ID = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"


def changed(values: Values, **changes: Any) -> Values:
    """The values with others; None takes a field away."""
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def service_body(**changes: Any) -> Values:
    """The body of a service without a deployment, in wire names; None takes a field away."""
    values = {
        "name": "chat",
        "type": "REAL_TIME",
        "deploy_type": "SINGLE",
        "version": "1.0.0",
        "workspace_id": "0",
        "group_configs": [],
        "runtime_config": {
            "service_invoke": {
                "port": 8080,
                "protocol": "HTTP",
                "auth_type": "API_KEY",
                "internet_access_enable": True,
            },
            "service_limit": {
                "rate_limit": {"num": 50, "unit": "SECONDS"},
                "request_size_limit": 10,
                "request_timeout": 90,
            },
        },
    }
    return changed(values, **changes)


class ModelArtsV2:
    """ModelArts v2 in a world: looked at from outside, and changed behind the program's back."""

    def __init__(self, world: World) -> None:
        self.world = world

    def seed(self, **collections: Any) -> Any:
        """Puts things there, in the words of the admin door."""
        return self.world.cloud.admin(
            "POST", "/seed", {f"modelartsv2.{name}": one for name, one in collections.items()}
        )

    def set(self, **settings: Any) -> None:
        """Changes settings of the emulator's ModelArts v2."""
        values = {f"modelartsv2.{name}": value for name, value in settings.items()}
        self.world.cloud.admin("PATCH", "/settings", values)

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the admin door of ModelArts v2."""
        return self.world.cloud.admin(method, f"/modelartsv2{path}", body)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody else than the program, below the project; the answer's JSON, if it is any."""
        cloud = self.world.cloud
        headers = {"X-Auth-Token": cloud._log_in(), "User-Agent": OUTSIDER}
        answer = cloud.client.request(method, f"{ROOT}{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None

    def service(self, thing: str = SERVICE_ID, **changes: Any) -> str:
        """Puts a service there, without a deployment; answers its id."""
        self.seed(services=[{**service_body(**changes), "id": thing}])
        return thing

    def keys(self) -> list[Values]:
        """All keys, as the list has them."""
        found: list[Values] = self.api("GET", "/services/api-keys?limit=500")["data"]
        return found

    def connections(self) -> list[Values]:
        """All intranet connections, as the list of requests has them."""
        found: list[Values] = self.api("GET", "/intranet-connection/requests?limit=500")["data"]
        return found

    def sent(self, *methods: str) -> list[Sent]:
        """The program's requests of this operation, their paths below the project."""
        return [
            Sent(one.method, one.path.removeprefix(ROOT), one.body, one.status)
            for one in self.world.cloud.sent(*methods)
        ]

    def writes(self) -> list[str]:
        """What changed something in this operation, in a line each."""
        return [str(one) for one in self.sent("POST", "PUT", "PATCH", "DELETE")]

    def problems(self, values: Values, old: State | None = None) -> list[str]:
        """What the preview finds wrong."""
        return [str(one) for one in self.world.check(values, old).problems]


@contextmanager
def new_modelarts_v2(folder: Path) -> Iterator[ModelArtsV2]:
    """ModelArts v2 in a folder."""
    with new_world(folder) as world:
        yield ModelArtsV2(world)
