"""The kinds of ModelArts v2 that are given wrong answers."""

from __future__ import annotations

from typing import ClassVar

from pulumi_inference.core.lifecycle import Lifecycle
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.modelartsv2.schedules.lifecycle import ReplicaScheduleLifecycle
from pulumi_inference.modelartsv2.services.lifecycle import ServiceLifecycle
from tests.support import modelartsv2 as support
from tests.support import modelartsv2_schedules
from tests.support.modelartsv2_schedules import EVENING, MORNING, outside
from tests.support.world import Values, World
from tests.support.wrong_answer_kind import Kind
from tests.support.wrong_answers import Names

_REFUSED = {"error_code": "ModelArts.0010", "error_msg": "internal error"}
_GONE = 404, {"error_code": "ModelArts.3502", "error_msg": "it does not exist"}


class ReplicaSchedule(Kind):
    """The replica schedule of a deployment, of which there is no list."""

    # Its own id is of no meaning: the one of the deployment says what an answer is about.
    names = Names("target_resource_id", "name", "status", "hpa_rules", "data", _REFUSED, _GONE)
    creates = detail = "/hpa$"
    list = "/no-list$"
    has_list, lists, waits = False, False, True
    remove = "PUT"
    urn = modelartsv2_schedules.URN
    before: ClassVar[Values] = {"rules": [MORNING, EVENING]}
    after: ClassVar[Values] = {"rules": [{**MORNING, "target_replicas": 9}, {**EVENING, "name": "night"}]}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ReplicaScheduleLifecycle()

    def prepare(self, world: World) -> None:
        """The deployment."""
        world.lifecycle = ServiceLifecycle()
        service = world.create(support.service(), urn=support.SERVICE_URN)
        world.lifecycle = DeploymentLifecycle()
        world.create(support.deployment(service), urn=support.BLUE_URN)

    def program(self, world: World, values: Values) -> Values:
        """With the ids of the deployment."""
        service_id, deployment_id = self._ids(world)
        return {**values, "service_id": service_id, "deployment_id": deployment_id}

    def live(self, world: World) -> list[Values]:
        """The rules of the one deployment, if it has any."""
        service_id, deployment_id = self._ids(world)
        path = f"/services/{service_id}/deployments/{deployment_id}/hpa"
        answer = outside(world, "GET", path, may_fail=True)
        names = ("name", "schedule", "target_replicas", "disable")
        rules = [{name: one[name] for name in names} for one in (answer or {}).get("hpa_rules", ())]
        return [{"target_resource_id": service_id, "status": answer["status"], "hpa_rules": rules}] if rules else []

    def _ids(self, world: World) -> tuple[str, str]:
        [service] = outside(world, "GET", "/services")["data"]
        [group] = outside(world, "GET", f"/services/{service['id']}/deployments")["data"]
        return service["id"], group["infer_name"]


class Service(Kind):
    """A service of ModelArts v2 without a deployment."""

    names = Names("id", "name", "status", "version", "data", _REFUSED, _GONE)
    detail, list = "/services/([0-9a-f-]{36}|delete)$", "/services$"
    remove = "POST"
    urn = support.SERVICE_URN
    before: ClassVar[Values] = support.service()
    after: ClassVar[Values | None] = support.service(
        runtime_config=support.runtime(service_limit=support.limit(request_timeout=60))
    )

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return ServiceLifecycle()

    def live(self, world: World) -> list[Values]:
        """All services."""
        return [
            {"id": one["id"], "status": one["status"], "version": one["version"], "groups": len(one["deployments"])}
            for one in _services(world)
        ]


class Inline(Service):
    """A service with a deployment inside."""

    before: ClassVar[Values] = support.inline()
    after: ClassVar[Values | None] = support.inline(support.unit(envs={"A": "1"}))


class Description(Service):
    """A service of which the description alone changes."""

    before: ClassVar[Values] = support.service(description="first")
    after: ClassVar[Values | None] = support.service(description="other")

    def is_asked(self, verb: str) -> bool:
        """The others are as for any service."""
        return verb == "update"


class Deployment(Kind):
    """A deployment of ModelArts v2 that is rolled out; its service is there."""

    names = Names("id", "name", "status", "unit_configs", "data", _REFUSED, _GONE)
    detail = "/deployments/[^/]+(/scale)?$"
    list = "/deployments$"
    credible = ("not there",)  # as the list of a service that is gone
    urn = support.BLUE_URN
    before: ClassVar[Values] = support.deployment("SERVICE")
    after: ClassVar[Values | None] = support.deployment("SERVICE", support.unit(envs={"A": "1"}))

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return DeploymentLifecycle()

    def prepare(self, world: World) -> None:
        """The service."""
        world.lifecycle = ServiceLifecycle()
        world.create(support.service(), urn=support.SERVICE_URN)

    def program(self, world: World, values: Values) -> Values:
        """With the id of the service."""
        [service] = _services(world)
        return {**values, "service_id": service["id"]}

    def live(self, world: World) -> list[Values]:
        """The deployments of the one service, by the whole id."""
        [service] = _services(world)
        names = ("status", "version", "count", "weight")
        return [
            {"id": service["id"], "deployment": one["id"], **{name: one[name] for name in names}}
            for one in service["deployments"]
        ]


class Scaled(Deployment):
    """A deployment that is scaled."""

    after: ClassVar[Values | None] = support.deployment("SERVICE", count=3)

    def is_asked(self, verb: str) -> bool:
        """The others are as for any deployment."""
        return verb == "update"


def _services(world: World) -> list[Values]:
    """All that the emulator knows of all services."""
    found: list[Values] = world.cloud.admin("GET", "/modelartsv2/services")["services"]
    return found


MODELARTSV2_KINDS: dict[str, Kind] = {
    "replica schedule": ReplicaSchedule(),
    "service of ModelArts v2": Service(),
    "service with a deployment inside": Inline(),
    "description of a service of ModelArts v2": Description(),
    "deployment of ModelArts v2": Deployment(),
    "scaled deployment of ModelArts v2": Scaled(),
}
