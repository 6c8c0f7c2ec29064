"""Services and deployments of ModelArts v2 on the emulator, without an engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.modelartsv2.services.lifecycle import ServiceLifecycle
from tests.support.cloud import Sent
from tests.support.world import Values, World, new_world

STACK = "urn:pulumi:test::trial::pulumi-python:dynamic/modelartsv2"
SERVICE_URN, BLUE_URN, GREEN_URN = f"{STACK}:Service::chat", f"{STACK}:Deployment::blue", f"{STACK}:Deployment::green"

_ID = re.compile(r"[0-9a-f-]{36}|d-[0-9a-f]{16}")

POOL = "pool-demo-01"

ONE_DEPLOYMENT = f"""
    from pulumi_inference import modelartsv2 as ma

    chat = ma.Service(
        "chat",
        runtime_config=ma.RuntimeConfigArgs(
            service_invoke=ma.ServiceInvokeArgs(port=8080, auth_type="API_KEY", internet_access_enable=True),
            service_limit=ma.ServiceLimitArgs(
                rate_limit=ma.RateLimitArgs(num=50), request_size_limit=10, request_timeout=90
            ),
        ),
    )
    blue = ma.Deployment(
        "blue",
        service_id=chat.service_id,
        pool_id="{POOL}",
        unit_configs=[
            ma.UnitConfigArgs(
                image=ma.ImageArgs(swr_path="swr.example.test/demo/echo:1"),
                custom_spec=ma.CustomSpecArgs(cpu=2, memory=4096),
                port=8080,
            )
        ],
        advanced_config=ma.AdvancedConfigArgs(port=8080),
    )
"""
"""The beginning of a program: the service `chat` with the deployment `blue`."""


def changed(values: Values, **changes: Any) -> Values:
    """The values with others; None takes a field away."""
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def invoke(**changes: Any) -> Values:
    """How a service is called."""
    return changed({"port": 8080, "auth_type": "API_KEY", "internet_access_enable": True}, **changes)


def limit(**changes: Any) -> Values:
    """How much a service is called."""
    return changed({"rate_limit": {"num": 50}, "request_size_limit": 10, "request_timeout": 90}, **changes)


def runtime(service_invoke: Values | None = None, service_limit: Values | None = None, **changes: Any) -> Values:
    """All of how a service is called."""
    parts = {"service_invoke": service_invoke or invoke(), "service_limit": service_limit or limit()}
    return changed(parts, **changes)


def unit(**changes: Any) -> Values:
    """One unit; None takes a field away."""
    values = {
        "image": {"swr_path": "swr.example.test/demo/echo:1"},
        "custom_spec": {"cpu": 2, "memory": 4096},
        "port": 8080,
    }
    return changed(values, **changes)


def group(*units: Values, **changes: Any) -> Values:
    """What every deployment has."""
    return changed({"unit_configs": list(units) or [unit()], "advanced_config": {"port": 8080}}, **changes)


def service(**changes: Any) -> Values:
    """What a program says of a service without a deployment."""
    return changed({"runtime_config": runtime()}, **changes)


def inline(*units: Values, **changes: Any) -> Values:
    """What a program says of a service on the public pool."""
    return service(deployment=group(*units), **changes)


def deployment(of: State | str, *units: Values, **changes: Any) -> Values:
    """What a program says of a deployment."""
    thing = of if isinstance(of, str) else of.id
    return changed({"service_id": thing, "pool_id": POOL, **group(*units)}, **changes)


class ModelArtsV2:
    """ModelArts v2 in a world: looked at from outside, and its resource."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.lifecycle, world.urn = ServiceLifecycle(), SERVICE_URN

    def serving(self) -> None:
        """The world's resource is the service from here on."""
        self.world.lifecycle, self.world.urn = ServiceLifecycle(), SERVICE_URN

    def service(self, values: Values | None = None, **options: Any) -> State:
        """Makes a service, the world's resource from here on."""
        self.serving()
        return self.world.create(values or service(), **options)

    def deploying(self, urn: str = BLUE_URN) -> None:
        """The world's resource is a deployment from here on."""
        self.world.lifecycle, self.world.urn = DeploymentLifecycle(), urn

    def deployment(self, values: Values, urn: str = BLUE_URN, **options: Any) -> State:
        """Makes a deployment, the world's resource from here on."""
        self.deploying(urn)
        return self.world.create(values, **options)

    def seed(self, **collections: Any) -> Any:
        """Puts things there, in the words of the admin door."""
        found = {f"modelartsv2.{name}": one for name, one in collections.items()}
        return self.world.cloud.admin("POST", "/seed", found)

    def set(self, **settings: Any) -> None:
        """Changes settings of the emulator's ModelArts v2."""
        found = {f"modelartsv2.{name}": value for name, value in settings.items()}
        self.world.cloud.admin("PATCH", "/settings", found)

    def deploy_fault(self, outcome: str, **fault: Any) -> None:
        """How the next roll-out goes wrong."""
        self.world.cloud.fault(**{"modelartsv2.deploy": {"outcome": outcome, **fault}})

    def services(self) -> list[Any]:
        """All that the emulator knows of all services."""
        found: list[Any] = self.world.cloud.admin("GET", "/modelartsv2/services")["services"]
        return found

    def writes(self) -> list[str]:
        """The writes of the operation, as method and end of the path."""
        sent: list[Sent] = self.world.cloud.sent("POST", "PUT", "PATCH", "DELETE")
        return [f"{one.method} {_shortened(one.path)}" for one in sent]


def _shortened(path: str) -> str:
    """The path behind the project, with ids in short."""
    parts = path.partition("/services")[2].strip("/").split("/")
    return "/".join(
        "ID" if _ID.fullmatch(one) else "NAME" if parts[-1] == "scale" and one == parts[-2] else one for one in parts
    )


@contextmanager
def new_modelartsv2(folder: Path) -> Iterator[ModelArtsV2]:
    """ModelArts v2 in a folder."""
    with new_world(folder) as world:
        yield ModelArtsV2(world)
