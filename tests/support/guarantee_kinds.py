"""Kinds of resources for the table of guarantees that hang on another thing, of which there are two: so that what they
hang on can change, which replaces them."""

from __future__ import annotations

from typing import ClassVar

from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from pulumi_inference.modelartsv2.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.modelartsv2.services.lifecycle import ServiceLifecycle as ServiceOfV2
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from tests.support import modelartsv2, nvcf
from tests.support.modelartsv2 import POOL, ModelArtsV2
from tests.support.modelartsv2_keys import OTHER_SERVICE_ID, Account
from tests.support.modelartsv2_keys_wrong_answer_kinds import ApiKeyBinding
from tests.support.modelartsv2_schedules import outside
from tests.support.modelartsv2_wrong_answer_kinds import Deployment, ReplicaSchedule
from tests.support.nvcf_wrong_answer_kinds import Authorization, NvcfDeployment
from tests.support.world import Values, World, program
from tests.support.wrong_answer_kinds import Schedule

OTHER_POOL = "pool-demo-02"
FIRST, SECOND = "one", "two"


class OneOfTwo:
    """A kind that hangs on the first or on the second of two things, as the program says in `of`."""

    @staticmethod
    def named(values: Values) -> tuple[str, Values]:
        """Which one is meant, and what else the program says."""
        rest = {name: one for name, one in values.items() if name != "of"}
        return values.get("of", FIRST), rest


class ScheduleOfTwo(OneOfTwo, Schedule):
    """The schedule of one of two services."""

    def prepare(self, world: World) -> None:
        """Both services."""
        world.lifecycle = ServiceLifecycle()
        for name in (FIRST, SECOND):
            world.create(program(name=name))
        world.clock.advance(60)

    def program(self, world: World, values: Values) -> Values:
        """With the id of the service."""
        name, rest = self.named(values)
        ids = {one["service_name"]: one["service_id"] for one in world.cloud.services()}
        return {**rest, "service_id": ids[name]}

    def live(self, world: World) -> list[Values]:
        """The schedules of both."""
        return [
            {"service_id": service["service_id"], **one}
            for service in world.cloud.services()
            for one in service.get("schedule", ())
        ]


class PooledDeployment(Deployment):
    """A deployment of ModelArts v2, and two pools that it may be in."""

    def prepare(self, world: World) -> None:
        """The service and the pools."""
        world.cloud.admin("POST", "/seed", {"pools": [{"pool_name": one} for one in (POOL, OTHER_POOL)]})
        super().prepare(world)


class ReplicaScheduleOfTwo(OneOfTwo, ReplicaSchedule):
    """The replica schedule of one of two deployments."""

    def prepare(self, world: World) -> None:
        """Both deployments."""
        world.lifecycle = ServiceOfV2()
        service = world.create(modelartsv2.service(), urn=modelartsv2.SERVICE_URN)
        world.lifecycle = DeploymentLifecycle()
        for name, weight, urn in ((FIRST, 100, modelartsv2.BLUE_URN), (SECOND, 0, modelartsv2.GREEN_URN)):
            world.create(modelartsv2.deployment(service, name=name, weight=weight), urn=urn)

    def program(self, world: World, values: Values) -> Values:
        """With the ids of the deployment."""
        name, rest = self.named(values)
        [service] = ModelArtsV2(world).services()
        ids = {one["name"]: one["id"] for one in service["deployments"]}
        world.lifecycle = self.lifecycle
        return {**rest, "service_id": service["id"], "deployment_id": ids[name]}

    def live(self, world: World) -> list[Values]:
        """The rules of both, as far as they have any."""
        found = []
        for name in (FIRST, SECOND):
            ids = self.program(world, {"of": name})
            path = f"/services/{ids['service_id']}/deployments/{ids['deployment_id']}/hpa"
            answer = outside(world, "GET", path, may_fail=True) or {}
            names = ("name", "schedule", "target_replicas", "disable")
            rules = [{one: rule[one] for one in names} for rule in answer.get("hpa_rules", ())]
            if rules:
                thing = f"{ids['service_id']},{ids['deployment_id']}"
                found.append({"target_resource_id": thing, "status": answer["status"], "hpa_rules": rules})
        return found


class BindingOfTwo(ApiKeyBinding):
    """The binding of a key to one of two services."""

    def prepare(self, world: World) -> None:
        """The key and both services."""
        super().prepare(world)
        Account(world).serve(OTHER_SERVICE_ID, "other")


def _functions(world: World) -> None:
    world.lifecycle = FunctionLifecycle()
    for name in (FIRST, SECOND):
        world.create(nvcf.function(name=name), urn=f"{nvcf.STACK}:Function::{name}")


class DeploymentOfTwo(OneOfTwo, NvcfDeployment):
    """The deployment of one of two functions."""

    def prepare(self, world: World) -> None:
        """Both functions."""
        _functions(world)

    def program(self, world: World, values: Values) -> Values:
        """With the ids of the version."""
        name, rest = self.named(values)
        [version] = [one for one in nvcf.Nvcf(world).versions() if one["name"] == name]
        world.lifecycle = self.lifecycle
        return {**rest, "function_id": version["id"], "version_id": version["versionId"]}


class AuthorizationOfTwo(OneOfTwo, Authorization):
    """Who may call one of two functions."""

    before: ClassVar[Values] = {"accounts": ["nca-a", "nca-b"]}

    def prepare(self, world: World) -> None:
        """Both functions."""
        _functions(world)

    def program(self, world: World, values: Values) -> Values:
        """With the id of the function."""
        name, rest = self.named(values)
        [thing] = [one["id"] for one in self.ask(world, "/functions")["functions"] if one["name"] == name]
        return {"function_id": thing, **rest}

    def live(self, world: World) -> list[Values]:
        """Who may call them."""
        found = []
        for one in self.ask(world, "/functions")["functions"]:
            shared = self.ask(world, f"/authorizations/functions/{one['id']}")["functions"]
            found += [
                {"id": each["id"], "authorizedParties": each["authorizedParties"]}
                for each in shared
                if each["authorizedParties"]
            ]
        return found
