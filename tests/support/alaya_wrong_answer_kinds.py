"""The kinds of deployments of Alaya NeW that are given wrong answers."""

from __future__ import annotations

from typing import ClassVar

from pulumi_inference.alaya.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.core.lifecycle import Lifecycle
from tests.support import alaya as support
from tests.support.alaya import LORA_URN, SCALE, Alaya, expert, lora, quick_start
from tests.support.world import Values, World
from tests.support.wrong_answer_kind import Kind
from tests.support.wrong_answers import Names

_REFUSED = {"code": -1, "data": {}, "msg": "it broke"}
_GONE = 404, {"code": -1, "data": {}, "msg": "service does not exist"}


class _Deployment(Kind):
    """Base: a deployment of Alaya NeW."""

    names = Names("serviceId", "name", "status", "quickStart", "rows", _REFUSED, _GONE, data="data")
    detail = "/deployment/[0-9a-f-]{36}$"
    list = "/deployment/list$"
    urn = support.URN
    config: ClassVar[dict[str, str]] = {"alayaEndpoint": "emulator:cloud.db"}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return DeploymentLifecycle()

    def live(self, world: World) -> list[Values]:
        """All deployments but bases."""
        names = ("serviceId", "status", "modelId", "servedName", "scale")
        return [{name: one[name] for name in names} for one in Alaya(world).services() if one["name"] != "base"]


class Expert(_Deployment):
    """An Expert deployment that is scaled."""

    names = Names("serviceId", "name", "status", "expert", "rows", _REFUSED, _GONE, data="data")
    creates = "/deployment/expert$"
    detail = "/deployment/[0-9a-f-]{36}(/scale)?$"
    before: ClassVar[Values] = expert()
    after: ClassVar[Values] = expert(scale={**SCALE, "max": 7})


class QuickStart(_Deployment):
    """A Quick Start deployment that is updated while it is stopped."""

    creates = "/deployment$"
    before: ClassVar[Values] = quick_start()
    after: ClassVar[Values] = quick_start(model_id="other", on_offline_change="restart")


class Lora(_Deployment):
    """An adapter."""

    names = Names("serviceId", "name", "status", "servedName", "rows", _REFUSED, _GONE, data="data")
    creates = "/deployment/lora$"
    detail = "/deployment/(lora/)?[0-9a-f-]{36}$"
    urn = LORA_URN
    # What a preview is told of the base would be a lie of its own.
    config: ClassVar[dict[str, str]] = {**_Deployment.config, "alayaPlanChecks": "false"}
    before: ClassVar[Values] = lora("BASE")
    after: ClassVar[Values] = lora("BASE", served_name=["tone"], on_offline_change="restart")

    def prepare(self, world: World) -> None:
        """The base."""
        world.create(quick_start(name="base"), urn=support.URN)

    def program(self, world: World, values: Values) -> Values:
        """With the id of the base."""
        [base] = [one["serviceId"] for one in Alaya(world).services() if one["name"] == "base"]
        return {**values, "lora": {"base_service_id": base}}


ALAYA_KINDS: dict[str, Kind] = {
    "Expert deployment": Expert(),
    "Quick Start deployment": QuickStart(),
    "LoRA deployment": Lora(),
}
