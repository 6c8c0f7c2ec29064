"""Keys, bindings and intranet connections of ModelArts v2, as programs say them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.core.lifecycle import State
from tests.support.cloud import EMBEDDED_PROJECT, OUTSIDER, Sent
from tests.support.modelartsv2 import POOL, STACK, ModelArtsV2, changed
from tests.support.world import Values, World, new_world

KEY_URN = f"{STACK}:ApiKey::clients"
BINDING_URN = f"{STACK}:ApiKeyBinding::clients-of-chat"
CONNECTION_URN = f"{STACK}:IntranetConnection::office"

ROOT = f"/v2/{EMBEDDED_PROJECT}"
SERVICE_ID, OTHER_SERVICE_ID = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
VPC, SUBNET = "vpc-0001", "subnet-0001"


def api_key(**changes: Any) -> Values:
    """What a program says of a key; None takes a field away."""
    return changed({"scope": "SERVICE", "description": "For the search team."}, **changes)


def from_vpc(**changes: Any) -> Values:
    """What a program says of a connection from a VPC; None takes a field away."""
    return changed({"scene": "VPC", "vpc_id": VPC, "subnet_id": SUBNET, "service_id": SERVICE_ID}, **changes)


def from_pool(**changes: Any) -> Values:
    """What a program says of a connection from a dedicated pool; None takes a field away."""
    return changed({"scene": "POOL", "pool_id": POOL, "service_id": SERVICE_ID}, **changes)


class Account(ModelArtsV2):
    """The keys and intranet connections of an account, looked at from outside and changed behind the program's back.

    The world's resource stays as it is.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """A request to the admin door of ModelArts v2."""
        return self.world.cloud.admin(method, f"/modelartsv2{path}", body)

    def api(self, method: str, path: str, body: Any = None) -> Any:
        """A request of somebody else than the program, below the project; the answer's JSON, if it is any."""
        cloud = self.world.cloud
        headers = {"X-Auth-Token": cloud.token(), "User-Agent": OUTSIDER}
        answer = cloud.client.request(method, f"{ROOT}{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.headers.get("content-type", "").startswith("application/json") else None

    def serve(self, thing: str = SERVICE_ID, name: str = "chat", **invoke: Any) -> str:
        """Puts a service there, without a deployment; answers its id."""
        called = {"port": 8080, "protocol": "HTTP", "auth_type": "API_KEY", "internet_access_enable": True, **invoke}
        limit = {"rate_limit": {"num": 50, "unit": "SECONDS"}, "request_size_limit": 10, "request_timeout": 90}
        body = {
            "id": thing,
            "name": name,
            "type": "REAL_TIME",
            "deploy_type": "SINGLE",
            "version": "1.0.0",
            "workspace_id": "0",
            "group_configs": [],
            "runtime_config": {"service_invoke": called, "service_limit": limit},
        }
        self.seed(services=[body])
        return thing

    def bind(self, key_id: str, service_id: str = SERVICE_ID) -> None:
        """Binds a key as somebody else."""
        self.api("POST", f"/services/{service_id}/api-keys/{key_id}/bind")

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
        logged = self.world.cloud.sent(*methods)
        return [Sent(one.method, one.path.removeprefix(ROOT), one.body, one.status) for one in logged]

    def writes(self) -> list[str]:
        """What changed something in this operation, in a line each."""
        return [str(one) for one in self.sent("POST", "PUT", "PATCH", "DELETE")]

    def problems(self, values: Values, old: State | None = None) -> list[str]:
        """What the preview finds wrong."""
        return [str(one) for one in self.world.check(values, old).problems]


@contextmanager
def new_account(folder: Path) -> Iterator[Account]:
    """An empty project of ModelArts v2 in a folder."""
    with new_world(folder) as world:
        yield Account(world)
