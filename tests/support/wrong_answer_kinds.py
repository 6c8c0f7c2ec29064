"""The kinds of resources that are given wrong answers, each with a program, a changed one, and what is in its cloud."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, ClassVar

import pytest

from pulumi_inference.core.lifecycle import Lifecycle, State
from pulumi_inference.emulator import clouds
from pulumi_inference.emulator.nvcf.accounts import API_KEY
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.modelarts.schedules.lifecycle import ScheduleLifecycle
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from pulumi_inference.nvcf.assets import AssetLifecycle
from pulumi_inference.nvcf.authorizations import AuthorizationLifecycle
from pulumi_inference.nvcf.client import DIRECT
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from pulumi_inference.nvcf.registrycredentials import RegistryCredentialLifecycle
from pulumi_inference.nvcf.telemetries import TelemetryLifecycle
from tests.support.cloud import OUTSIDER
from tests.support.models import live_models, model
from tests.support.nvcf import ROOT, function
from tests.support.nvcf_parts import credential, telemetry
from tests.support.schedules import URN as SCHEDULE_URN
from tests.support.toy_house import KEY, OVERLAY
from tests.support.world import URN, Values, World, item, program
from tests.support.wrong_answers import OTHER_ID, Names

_ERROR = {"error_code": "ModelArts.0010", "error_msg": "internal error"}
_REFUSED = {"requestStatus": {"statusCode": "INTERNAL_ERROR", "statusDescription": "internal error"}}


def _gone(code: str) -> tuple[int, Values]:
    return 404, {"error_code": code, "error_msg": "it does not exist"}


def _gone_from_nvcf(noun: str) -> tuple[int, Values]:
    detail = f"{noun} '{OTHER_ID}': Not found in account 'nca-emulator'"
    return 404, {"type": "urn:nv-boot:problem-details:not-found", "status": 404, "detail": detail}


class Kind(ABC):
    """One kind of resource."""

    names: ClassVar[Names]
    detail: ClassVar[str]
    """Matches the path of a detail call, and of a write to the thing."""
    list: ClassVar[str]
    """Matches the path of the list call, and of the create call."""
    lists: ClassVar[bool] = True
    """Whether the list call can show what an earlier run has made."""
    waits: ClassVar[bool] = True
    """Whether a create asks for the detail more than once."""
    write: ClassVar[str] = "POST"
    """The method of the create call."""
    creates: ClassVar[str] = ""
    """Matches the path of the create call, where that is another than that of the list call."""
    change: ClassVar[str] = "PUT"
    """The method of the update call."""
    remove: ClassVar[str] = "DELETE"
    """The method of the delete call."""
    urn: ClassVar[str] = URN
    before: ClassVar[Values]
    after: ClassVar[Values | None]
    config: ClassVar[dict[str, str]] = {}

    @property
    @abstractmethod
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""

    @abstractmethod
    def live(self, world: World) -> list[Values]:
        """What is in the cloud."""

    def is_asked(self, verb: str) -> bool:
        """Whether this verb of it is worth looking at."""
        return verb != "update" or self.after is not None

    def prepare(self, world: World) -> None:  # noqa: B027 - most need nothing
        """Makes what has to be there before."""

    def program(self, world: World, values: Values) -> Values:
        """The program in this world."""
        return values


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


class _Nvcf(Kind):
    """Base: a kind of NVCF that has no state."""

    waits = False
    config: ClassVar[dict[str, str]] = {"nvcfEndpoint": "emulator:cloud.db"}

    def ask(self, world: World, tail: str, root: str = ROOT) -> Values:
        """A question of somebody else than the program."""
        headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
        answer: Values = world.cloud.client.get(root + tail, headers=headers).json()
        return answer


class Telemetry(_Nvcf):
    """A telemetry endpoint of NVCF."""

    names = Names("telemetryId", "name", "status", "types", "telemetries", _REFUSED, _gone_from_nvcf("Telemetry"))
    detail, list = "/telemetries/[^/]+$", "/telemetries$"
    before = telemetry()
    after = telemetry(secret="newer")

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return TelemetryLifecycle()

    def live(self, world: World) -> list[Values]:
        """All telemetry endpoints."""
        return list(self.ask(world, "/telemetries")["telemetries"])


class RegistryCredential(_Nvcf):
    """A registry credential of NVCF."""

    names = Names(
        "registryCredentialId",
        "registryCredentialName",
        "status",
        "artifactTypes",
        "registryCredentials",
        _REFUSED,
        _gone_from_nvcf("Registry Credential"),
    )
    detail, list = "/registry-credentials/[^/]+$", "/registry-credentials$"
    change = "PATCH"
    before = credential()
    after = credential(artifact_types=["CONTAINER", "HELM"])

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return RegistryCredentialLifecycle()

    def live(self, world: World) -> list[Values]:
        """All that somebody has made."""
        found = self.ask(world, "/registry-credentials?provisionedBy=USER")["registryCredentials"]
        return [{name: one[name] for name in ("registryCredentialId", "artifactTypes")} for one in found]


class Asset(_Nvcf):
    """An asset of NVCF."""

    names = Names("assetId", "description", "status", "contentType", "assets", _REFUSED, _gone_from_nvcf("Asset"))
    detail, list = "/assets/[^/]+$", "/assets$"
    lists = False  # Nobody can tell an empty list from the truth; an asset too many goes by itself.
    before: ClassVar[Values] = {"content_type": "text/plain", "content": "one"}
    after = None

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return AssetLifecycle()

    def live(self, world: World) -> list[Values]:
        """All assets."""
        return list(self.ask(world, "/assets", DIRECT)["assets"])


class Authorization(_Nvcf):
    """Who may call a function of NVCF."""

    names = Names("id", "ncaId", "status", "authorizedParties", "functions", _REFUSED, _gone_from_nvcf("Function"))
    detail, list = "/authorizations/functions/", "/nvcf/functions$"
    lists, creates, change = False, "/authorizations/functions/[^/]+$", "PATCH"
    before: ClassVar[Values] = {"accounts": ["nca-a", "nca-b"]}
    after: ClassVar[Values] = {"accounts": ["nca-b", "nca-c"]}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return AuthorizationLifecycle()

    def prepare(self, world: World) -> None:
        """The function."""
        world.lifecycle = FunctionLifecycle()
        world.create(function())

    def program(self, world: World, values: Values) -> Values:
        """With the id of the function."""
        return {"function_id": self.ask(world, "/functions")["functions"][0]["id"], **values}

    def live(self, world: World) -> list[Values]:
        """Who may call it; nothing when that is nobody."""
        thing = self.program(world, {})["function_id"]
        found = self.ask(world, f"/authorizations/functions/{thing}")["functions"]
        return [
            {"id": one["id"], "authorizedParties": one["authorizedParties"]}
            for one in found
            if one["authorizedParties"]
        ]


KINDS: dict[str, Kind] = {
    "service": Service(),
    "property of a service": Property(),
    "model": Model(),
    "schedule": Schedule(),
    "box": Box(),
    "telemetry": Telemetry(),
    "registry credential": RegistryCredential(),
    "asset": Asset(),
    "authorization": Authorization(),
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
