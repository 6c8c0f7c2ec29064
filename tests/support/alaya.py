"""Deployments of Alaya NeW on the emulator, without an engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.alaya.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.core.lifecycle import State
from tests.support.cloud import Sent
from tests.support.world import Values, World, new_world

STACK = "urn:pulumi:test::trial::pulumi-python:dynamic/alaya"
URN, LORA_URN = f"{STACK}:Deployment::chat", f"{STACK}:Deployment::style"
INFERENCE = "/api/serverless-infer/v1/deployment"

VKS, GPU = "vc0000000001", "nvidia.com/gpu-l40s"
BASE_MODEL, LORA_MODEL = "00000000-0000-4000-8000-0000000000aa", "00000000-0000-4000-8000-0000000000bb"
SCALE = {"min": 1, "max": 3, "rps_value": 10, "idle_time": 60}


def changed(values: Values, **changes: Any) -> Values:
    """The values with others; None takes a field away."""
    return {name: value for name, value in {**values, **changes}.items() if value is not None}


def resource(**changes: Any) -> Values:
    """What a pod has."""
    return changed({"cpu": 4, "mem": 32, "gpu": {"gpu_type": GPU, "count": 1}}, **changes)


def head(**changes: Any) -> Values:
    """The head of an Expert deployment."""
    return changed({"image": "example.test/serve:1", "resource": resource()}, **changes)


def worker(**changes: Any) -> Values:
    """The workers of an Expert deployment."""
    return head(**{"workers": 1, "cmd": ["/start.sh"], "args": ["worker"], **changes})


def expert(head_config: Values | None = None, worker_config: Values | None = None, **changes: Any) -> Values:
    """What a program says of an Expert deployment; None takes a field away."""
    pods = changed({"head_config": head_config or head()}, worker_config=worker_config)
    return changed(_placed(expert=pods, scale=SCALE), **changes)


def quick_start(changes_of_engine: Values | None = None, **changes: Any) -> Values:
    """What a program says of a Quick Start deployment; None takes a field away."""
    engine = {"backend": "vllm", "backend_version": "0.9.0.1", "backend_args": ["--x"], "resource": resource()}
    return changed(_placed(quick_start=changed(engine, **(changes_of_engine or {}))), **changes)


def lora(base: State | str, **changes: Any) -> Values:
    """What a program says of an adapter; None takes a field away."""
    thing = base if isinstance(base, str) else base.id
    values = {"lora": {"base_service_id": thing}, "model_id": LORA_MODEL, "served_name": ["style"]}
    return changed(values, **changes)


def _placed(**form: Any) -> Values:
    return {"vks_id": VKS, "namespace": "default", "model_id": BASE_MODEL, "served_name": ["demo"], **form}


class Alaya:
    """Alaya NeW in a world: looked at from outside, and its resource."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.configuration.values |= {"alayaEndpoint": "emulator:cloud.db"}
        world.lifecycle, world.urn = DeploymentLifecycle(), URN

    def named(self, urn: str) -> None:
        """The world's resource is another one from here on."""
        self.world.urn = urn

    def create(self, values: Values, **options: Any) -> State:
        """Makes a deployment."""
        return self.world.create(values, **options)

    def replaced(self, state: State, values: Values) -> State:
        """Makes what stands in for the world's resource in an operation of its own; the old one is still there."""
        self.world.diff(state, values)
        # The engine checks a replacement as if there were nothing before it.
        inputs = self.world.known(self.world.valid(values))
        return self.world.recorded(self.world.lifecycle.create(self.world.context(), inputs))

    def seed(self, **collections: Any) -> Any:
        """Puts things there, in the words of the admin door."""
        return self.world.cloud.admin("POST", "/seed", {f"alaya.{name}": one for name, one in collections.items()})

    def set(self, **settings: Any) -> None:
        """Changes settings of the emulator's Alaya NeW."""
        self.world.cloud.admin("PATCH", "/settings", {f"alaya.{name}": value for name, value in settings.items()})

    def deploy_fault(self, outcome: str, **fault: Any) -> None:
        """How the next deployment goes wrong."""
        self.world.cloud.fault(**{"alaya.deploy": {"outcome": outcome, **fault}})

    def service(self, state: State | str) -> Any:
        """All that the emulator knows of a deployment."""
        thing = state if isinstance(state, str) else state.id
        return self.world.cloud.admin("GET", f"/alaya/services/{thing}")

    def services(self) -> list[Any]:
        """All that the emulator knows of all deployments."""
        found: list[Any] = self.world.cloud.admin("GET", "/alaya/services")["services"]
        return found

    def change(self, state: State | str, **changes: Any) -> None:
        """Changes a deployment behind the program's back, in wire names."""
        thing = state if isinstance(state, str) else state.id
        self.world.cloud.admin("PATCH", f"/alaya/services/{thing}", changes)

    def writes(self) -> list[str]:
        """The writes of the operation, as method and end of the path."""
        sent: list[Sent] = self.world.cloud.sent("POST", "PUT", "PATCH", "DELETE")
        return [f"{one.method} {_shortened(one.path)}" for one in sent]


def _shortened(path: str) -> str:
    parts = path.removeprefix(INFERENCE).strip("/").split("/")
    return "/".join("ID" if len(one) == 36 else one for one in parts)


@contextmanager
def new_alaya(folder: Path) -> Iterator[Alaya]:
    """Alaya NeW in a folder."""
    with new_world(folder) as world:
        yield Alaya(world)
