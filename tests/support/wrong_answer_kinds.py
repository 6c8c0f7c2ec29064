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
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle
from pulumi_inference.modelarts.schedules.lifecycle import ScheduleLifecycle
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from pulumi_inference.nvcf.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from tests.support import nvcf
from tests.support.cloud import OUTSIDER
from tests.support.models import live_models, model
from tests.support.schedules import URN as SCHEDULE_URN
from tests.support.toy_house import KEY, OVERLAY
from tests.support.world import URN, Values, World, item, program
from tests.support.wrong_answers import Names

_ERROR = {"error_code": "ModelArts.0010", "error_msg": "internal error"}


def _gone(code: str) -> tuple[int, Values]:
    return 404, {"error_code": code, "error_msg": "it does not exist"}


class Kind(ABC):
    """One kind of resource."""

    names: ClassVar[Names]
    detail: ClassVar[str]
    """Matches the path of a detail call, and of a write to the thing."""
    list: ClassVar[str]
    """Matches the path of the list call, and of the create call."""
    made_at: ClassVar[str] = ""
    """Matches the path of the create call where that is another one."""
    fact: ClassVar[str] = ""
    """The output that holds the status where it has another name than in answers."""
    credible: ClassVar[tuple[str, ...]] = ()
    """What its list says when it has none of it; when the detail call says so too, that is the truth."""
    has_twins: ClassVar[bool] = False
    """Whether its cloud refuses no second one: what an empty list hides is made again."""
    reads_once: ClassVar[bool] = False
    """Whether a create reads its detail only once."""
    lists: ClassVar[bool] = True
    """Whether the list call can show what an earlier run has made."""
    write: ClassVar[str] = "POST"
    """The method of the create call."""
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


_PROBLEM = {"type": "urn:nv-boot:problem-details:internal", "title": "Error", "status": 500, "detail": "it broke"}


def _not_found(text: str) -> tuple[int, Values]:
    return 404, {"type": "urn:nv-boot:problem-details:not-found", "title": "Not Found", "status": 404, "detail": text}


class NvcfFunction(Kind):
    """A function version of NVCF."""

    names = Names(
        "id",
        "name",
        "status",
        "health",
        "functions",
        _PROBLEM,
        _not_found("Function id 'f', version 'v': Not found in account 'a'"),
    )
    detail, list = "nvcf/functions/[^/]+/versions/[^/]+$", "nvcf/functions(/[^/]+/versions)?$"
    urn = nvcf.FUNCTION_URN
    credible, has_twins, reads_once = ("not there",), True, True
    before: ClassVar[Values] = nvcf.function(tags=["a"])
    after: ClassVar[Values] = nvcf.function(tags=["b"])
    config: ClassVar[dict[str, str]] = {"nvcfEndpoint": "emulator:cloud.db", "nvcfApiKey": nvcf.JWT}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return FunctionLifecycle()

    def live(self, world: World) -> list[Values]:
        """All versions."""
        return [{name: one[name] for name in ("id", "status", "health", "tags")} for one in nvcf.Nvcf(world).versions()]


class NvcfSecrets(NvcfFunction):
    """A function version of which a secret changes."""

    detail = "nvcf/(secrets/)?functions/[^/]+/versions/[^/]+$"
    before: ClassVar[Values] = nvcf.function(secrets={"A": "first"})
    after: ClassVar[Values] = nvcf.function(secrets={"A": "second"})

    def is_asked(self, verb: str) -> bool:
        """The others are as for any version."""
        return verb == "update"


class NvcfDeployment(Kind):
    """A deployment of NVCF."""

    names = Names(
        "functionId",
        "functionVersionId",
        "functionStatus",
        "deploymentSpecifications",
        "functions",
        _PROBLEM,
        _not_found("Function version 'v': Deployment not found"),
    )
    detail, list = "nvcf/deployments/functions/[^/]+/versions/[^/]+$", "nvcf/functions/[^/]+/versions/[^/]+$"
    made_at, fact = detail, "status"
    lists = False
    urn = nvcf.DEPLOYMENT_URN
    credible = ("not there",)
    before: ClassVar[Values] = {"specifications": [nvcf.specification()]}
    after: ClassVar[Values] = {"specifications": [nvcf.specification(max_request_concurrency=4)]}
    config = NvcfFunction.config

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return DeploymentLifecycle()

    def prepare(self, world: World) -> None:
        """The version."""
        world.lifecycle = FunctionLifecycle()
        world.create(nvcf.function(), urn=nvcf.FUNCTION_URN)

    def program(self, world: World, values: Values) -> Values:
        """With the ids of the version."""
        cloud = nvcf.Nvcf(world)
        [version] = cloud.versions()
        world.lifecycle = self.lifecycle
        return {**values, "function_id": version["id"], "version_id": version["versionId"]}

    def live(self, world: World) -> list[Values]:
        """The deployment of the one version."""
        cloud = nvcf.Nvcf(world)
        deployed = [cloud.live(cloud.version_state(one)) for one in cloud.versions() if one["status"] != "INACTIVE"]
        for one in deployed:
            for specification in one["deploymentSpecifications"]:
                specification.pop("gpuSpecificationId")
        names = ("functionId", "functionStatus", "deploymentSpecifications")
        return [{name: one[name] for name in names} for one in deployed]


KINDS: dict[str, Kind] = {
    "service": Service(),
    "property of a service": Property(),
    "model": Model(),
    "schedule": Schedule(),
    "box": Box(),
    "NVCF function": NvcfFunction(),
    "secret of an NVCF function": NvcfSecrets(),
    "NVCF deployment": NvcfDeployment(),
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
