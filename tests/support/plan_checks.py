"""What the cloud's lists say in the tests of plan checks, and what a preview then tells of a service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi_inference.modelarts.checks.entry import check_service
from tests.support.cloud import EMBEDDED_PROJECT
from tests.support.world import Values, World, item, new_world

CPU, GPU, NPU = "modelarts.vm.cpu.2u", "modelarts.vm.gpu.pnt004", "modelarts.vm.ai1.snt3"
SPECIFICATIONS = "/services/specifications"
RUNTIMES = "/models/ai-engine-runtimes"
ARM = "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b"


@contextmanager
def new_checked_world(folder: Path) -> Iterator[World]:
    """An empty cloud with three flavours, and nothing asked yet."""
    with new_world(folder) as world:
        listed = world.cloud.api("GET", SPECIFICATIONS)["specifications"]
        others = [one["specification"] for one in listed if one["specification"] not in (CPU, GPU, NPU)]
        seed(world, flavours=[{"specification": name, "infer_types": []} for name in others])
        yield world


def seed(world: World, **things: list[Values]) -> None:
    """Puts things into the cloud."""
    world.cloud.admin("POST", "/seed", things)


def seed_model(world: World, model_id: str = "model-a", **values: Any) -> None:
    """Puts a model into the cloud."""
    seed(world, models=[{"model_id": model_id, "model_name": "digits", "model_version": "1.0.0", **values}])


def set_(world: World, **values: Any) -> None:
    """Changes settings of the emulator."""
    world.cloud.admin("PATCH", "/settings", values)


def service(*config: Values, **changes: Any) -> Values:
    """Checked inputs of a service."""
    where = {"endpoint": "emulator:cloud.db", "project_id": EMBEDDED_PROJECT}
    return {"infer_type": "real-time", "config": list(config) or [item()], **where, **changes}


def told(world: World, values: Values, old: Values | None = None) -> list[str]:
    """The problems that a preview finds."""
    context = world.context()
    return [str(one) for one in check_service(context, old, values)]


def asked(world: World) -> Counter[str]:
    """How often each path was asked for, but for who may ask at all."""
    return Counter(one.path.split("?")[0] for one in world.cloud.sent("GET") if one.path != "/services")
