"""The kinds of resources that are given wrong answers, each with a program, a changed one, and what is in its cloud."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

import pytest

from pulumi_inference.core.lifecycle import Lifecycle, State
from pulumi_inference.emulator import clouds
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.modelarts.schedules.lifecycle import ScheduleLifecycle
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from tests.support.alaya_wrong_answer_kinds import ALAYA_KINDS
from tests.support.cloud import OUTSIDER
from tests.support.modelartsv2_keys_wrong_answer_kinds import MODELARTSV2_KEY_KINDS
from tests.support.modelartsv2_wrong_answer_kinds import MODELARTSV2_KINDS
from tests.support.models import live_models, model
from tests.support.nvcf_wrong_answer_kinds import NVCF_KINDS
from tests.support.schedules import URN as SCHEDULE_URN
from tests.support.toy_house import KEY, OVERLAY
from tests.support.world import Values, World, item, program
from tests.support.wrong_answer_kind import Kind
from tests.support.wrong_answers import Names

_ERROR = {"error_code": "ModelArts.0010", "error_msg": "internal error"}


def _gone(code: str) -> tuple[int, Values]:
    return 404, {"error_code": code, "error_msg": "it does not exist"}


class Service(Kind):
    """A service."""

    names = Names("service_id", "service_name", "status", "config", "services", _ERROR, _gone("ModelArts.3502"))
    detail, list = "/services/[^/]+$", "/services$"
    before = program()
    after = program(item(envs={"A": "1"}))

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ServiceLifecycle()

    def live(self, world: World) -> list[Values]:
        """All services."""
        return [{name: one[name] for name in ("service_id", "status", "config")} for one in world.cloud.services()]


class Property(Service):
    """A service of which a field changes that rolls nothing out."""

    before = program(name="demo", description="first")
    after = program(name="demo", description="second")

    def is_asked(self, verb: str) -> bool:
        """The others are as for any service."""
        return verb == "update"

    def live(self, world: World) -> list[Values]:
        """All services."""
        return [{name: one[name] for name in ("service_id", "status", "description")} for one in world.cloud.services()]


class Model(Kind):
    """A model version."""

    names = Names("model_id", "model_name", "model_status", "model_type", "models", _ERROR, _gone("ModelArts.3001"))
    detail, list = "/models/[^/]+$", "/models$"
    before = model()
    after = None

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ModelLifecycle()

    def live(self, world: World) -> list[Values]:
        """All models."""
        return [{name: one[name] for name in ("model_id", "model_status", "model_type")} for one in live_models(world)]


class Schedule(Kind):
    """The schedule of a service."""

    names = Service.names
    detail, list = Service.detail, Service.list
    lists, write, remove = False, "PUT", "PUT"
    urn = SCHEDULE_URN
    before: ClassVar[Values] = {"time_unit": "HOURS", "duration": 5}
    after: ClassVar[Values] = {"time_unit": "HOURS", "duration": 6}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ScheduleLifecycle()

    def prepare(self, world: World) -> None:
        """The service."""
        world.lifecycle = ServiceLifecycle()
        world.create(program())
        world.clock.advance(60)

    def program(self, world: World, values: Values) -> Values:
        """With the id of the service."""
        return {**values, "service_id": world.cloud.only_service()["service_id"]}

    def live(self, world: World) -> list[Values]:
        """The schedule of the one service."""
        service = world.cloud.only_service()
        return [{"service_id": service["service_id"], **one} for one in service.get("schedule", ())]


class Box(Kind):
    """A box of the toy cloud."""

    names = Names(
        "boxId",
        "name",
        "status",
        "contents",
        "data",
        {"code": -500, "msg": "the toys are tired"},
        (200, {"code": -404, "msg": "there is no such box"}),
    )
    detail, list = "/boxes/[^/]+/[^/]+$", "/boxes$"
    before: ClassVar[Values] = {"name": "mine", "contents": {"toy": "car", "count": 2}, "tags": ["wood"]}
    after: ClassVar[Values] = {**before, "colour": "blue"}
    config: ClassVar[dict[str, str]] = {"toyboxEndpoint": "emulator:cloud.db"}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        found: Lifecycle = import_module("pulumi_inference.toybox.boxes").BoxLifecycle()
        return found

    def live(self, world: World) -> list[Values]:
        """All boxes."""
        headers = {"Toy-Key": KEY, "User-Agent": OUTSIDER}
        answer: dict[str, Any] = world.cloud.client.get("/toybox/v1/boxes", headers=headers).json()
        return [{name: one[name] for name in ("boxId", "status", "contents", "colour")} for one in answer["data"]]


KINDS: dict[str, Kind] = {
    "service": Service(),
    "property of a service": Property(),
    "model": Model(),
    "schedule": Schedule(),
    "box": Box(),
    **NVCF_KINDS,
    **ALAYA_KINDS,
    **MODELARTSV2_KINDS,
    **MODELARTSV2_KEY_KINDS,
}


@contextmanager
def toy_cloud() -> Iterator[None]:
    """The room of the toy cloud and its emulator, in this process as if they were among the others."""
    packages = ("pulumi_inference", "pulumi_inference.emulator")
    with pytest.MonkeyPatch.context() as patch:
        for name in packages:
            module = import_module(name)
            folder = OVERLAY / name.replace(".", "/")
            patch.setattr(module, "__path__", [*module.__path__, str(folder)])
        clouds.find.cache_clear()
        try:
            yield
        finally:
            for name in [one for one in sys.modules if one.startswith(tuple(f"{name}.toybox" for name in packages))]:
                del sys.modules[name]
            for name in packages:
                vars(import_module(name)).pop("toybox", None)
            clouds.find.cache_clear()


def id_in(state: State, kind: Kind) -> str:
    """The part of an id by which the cloud tells things apart."""
    return state.id.partition(",")[0] if isinstance(kind, Box) else state.id
