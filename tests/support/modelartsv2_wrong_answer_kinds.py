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


MODELARTSV2_KINDS: dict[str, Kind] = {"replica schedule": ReplicaSchedule()}
