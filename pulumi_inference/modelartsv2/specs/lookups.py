"""The questions that programs and people ask ModelArts v2, with what they answer (modelarts-v2.md, 3, 5, 6, 8, 10)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from pulumi_inference.core.errors import unless_gone
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup, Option
from pulumi_inference.core.fields.wire import to_wire
from pulumi_inference.huaweicloud.cells import moment, nodes
from pulumi_inference.huaweicloud.pools import Pool, new_pool
from pulumi_inference.modelartsv2.schedules.values import cron_rules, words_of
from pulumi_inference.modelartsv2.specs.account_lookups import GetIntranetConnections, GetTemporaryApiKey
from pulumi_inference.modelartsv2.specs.listed import (
    CLUSTER,
    DEPLOYMENTS,
    FLAVOURS,
    HPA,
    KEYS,
    SERVICES,
    VERSIONS,
    Cluster,
    DeploymentVersion,
    Flavour,
    ListedApiKey,
    ListedDeployment,
    ListedReplicaSchedule,
    ListedService,
)
from pulumi_inference.modelartsv2.specs.replicaschedule import ReplicaScheduleDetail, RuleDetail
from pulumi_inference.modelartsv2.specs.states import (
    CONCERNING,
    DELETING,
    DEPLOYING,
    ERROR,
    FAILED,
    INIT,
    INTERRUPTING,
    RUNNING,
    STOPPED,
    STOPPING,
    UPGRADING,
)
from pulumi_inference.modelartsv2.specs.whole import SERVICE, WholeService

__all__ = [
    "GetApiKeys",
    "GetCluster",
    "GetDeploymentVersions",
    "GetDeployments",
    "GetFlavours",
    "GetIntranetConnections",
    "GetPools",
    "GetReplicaSchedules",
    "GetService",
    "GetServices",
    "GetTemporaryApiKey",
]

if TYPE_CHECKING:
    from pulumi_inference.modelartsv2.client import ModelArtsV2Client

ServiceType: TypeAlias = Literal["REAL_TIME", "ASYNC_REAL_TIME"]
AuthType: TypeAlias = Literal["TOKEN", "API_KEY", "NONE"]
FlavourType: TypeAlias = Literal["CPU", "GPU", "ASCEND"]
KeyScope: TypeAlias = Literal["USER", "SERVICE"]

_STATES = (
    *(INIT, DEPLOYING, RUNNING, CONCERNING, UPGRADING, INTERRUPTING),
    *(STOPPING, STOPPED, FAILED, ERROR, DELETING),
)


def _chips(flavour: Flavour) -> str | None:
    """What a unit computes on beside its CPU: `1 x T4 16 GB`."""
    gpu, ascend = flavour.gpu, flavour.ascend
    for number, type_, memory in (
        (gpu and gpu.gpu, gpu and gpu.type, gpu and gpu.gpu_memory),
        (ascend and ascend.npu, ascend and ascend.type, ascend and ascend.npu_memory),
    ):
        if number:
            return " ".join(str(part) for part in (number, "x", type_, memory) if part)
    return None


def _rules(schedule: ListedReplicaSchedule) -> str:
    """Its rules: `office-hours (0 8 * * 1-5: 4)`."""
    return words_of([to_wire(RuleDetail, rule.model_dump()) for rule in schedule.rules])


class GetServices(Lookup[list[ListedService]]):
    """The services of the project.

    Those that match, without their settings, deployments and addresses, which `get_service` answers.
    """

    source = SERVICES
    command = "services"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "id": "service_id",
        "type": "type",
        "status": "status",
        "calls by": "auth_type",
        "version": "version",
        "made": moment("created_at"),
    }
    options: ClassVar[Mapping[str, Option]] = {
        "status": Option(choices=_STATES),
        "service_type": Option(name="type"),
    }

    name: str | None = field(
        None,
        description="Exact name. The cloud does not say how it compares names, so they are compared here once more.",
        source=SERVICES,
    )
    workspace_id: str | None = field(None, description="Only those of this workspace.", source=SERVICES)
    service_type: ServiceType | None = field(None, description="Only of this type.", source=SERVICES, wire="type")
    auth_type: AuthType | None = field(None, description="Only those that are called so.", source=SERVICES)
    pool_id: str | None = field(None, description="Only those that use this pool.", source=SERVICES)
    user_name: str | None = field(None, description="Only those that this user has made.", source=SERVICES)
    description: str | None = field(None, description="Only with this in their description.", source=SERVICES)
    tags: str | None = field(
        None,
        description="Only with these tags. Written as the API does, key|value with commas between several.",
        source=SERVICES,
    )
    status: str | None = field(None, description="Only in this state, such as RUNNING.", source=SERVICES, local=True)

    def ask(self, client: ModelArtsV2Client) -> list[ListedService]:
        """Those that match; of the given name only."""
        found = [
            ListedService.read(one, f"the service {one.get('id')}") for one in client.list_services(**self.filters())
        ]
        return [one for one in found if self.name in (None, one.name)]

    def select(self, found: list[ListedService]) -> list[ListedService]:
        """Those in that state: not every state can be asked for, so it is looked for here."""
        return [one for one in found if self.status in (None, one.status)]


class GetService(Lookup[WholeService]):
    """The whole detail of one service, with its deployments and addresses."""

    source = SERVICE
    subject = "service_id"

    service_id: str = field(description="Id of the service.", source=SERVICE)

    def ask(self, client: ModelArtsV2Client) -> WholeService:
        """The detail."""
        found = client.get_service(self.service_id)
        return WholeService.read(found, f"the service {self.service_id}", service_id=self.service_id)


class GetDeployments(Lookup[list[ListedDeployment]]):
    """The deployments of a service."""

    source = DEPLOYMENTS
    subject = "service_id"
    command = "deployments"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "id": "deployment_id",
        "status": "status",
        "version": "version",
        "weight": "weight",
        "share": "traffic_ratio",
        "pool": "pool_id",
        "made": moment("created_at"),
    }

    service_id: str = field(description="Id of the service.", source=DEPLOYMENTS)

    def ask(self, client: ModelArtsV2Client) -> list[ListedDeployment]:
        """All of them."""
        found = client.list_deployments(self.service_id)
        return [ListedDeployment.read(one, f"the deployment {one['id']}") for one in found]


class GetDeploymentVersions(Lookup[list[DeploymentVersion]]):
    """The versions of a deployment, failed ones too."""

    source = VERSIONS
    command = "versions"
    columns: ClassVar[Mapping[str, Column]] = {
        "version": "version",
        "status": "status",
        "description": "description",
        "made": moment("created_at"),
    }

    service_id: str = field(description="Id of the service.", source=VERSIONS)
    deployment_id: str = field(description="Id of the deployment.", source=VERSIONS)

    def ask(self, client: ModelArtsV2Client) -> list[DeploymentVersion]:
        """All of them."""
        what = f"a version of the deployment {self.deployment_id}"
        found = client.list_versions(self.service_id, self.deployment_id)
        return [DeploymentVersion.read(one, what) for one in found]


class GetFlavours(Lookup[list[Flavour]]):
    """The flavours that units may run on."""

    source = FLAVOURS
    command = "flavours"
    columns: ClassVar[Mapping[str, Column]] = {
        "id": "id",
        "category": "category",
        "architecture": "arch",
        "cpu": "vcpus",
        "memory": "memory",
        "accelerator": _chips,
        "sold out": "sold_out",
        "free": "free",
    }

    category: FlavourType | None = field(None, description="Only of this kind.", source=FLAVOURS, wire="flavor_type")

    def ask(self, client: ModelArtsV2Client) -> list[Flavour]:
        """Those of the kind."""
        return [Flavour.read(one, f"the flavour {one.get('id')}") for one in client.list_flavors(self.category)]


class GetPools(Lookup[list[Pool]]):
    """The dedicated pools."""

    source = "ListPools"
    command = "pools"
    noun = "dedicated pools"
    columns: ClassVar[Mapping[str, Column]] = {
        "pool": "pool_name",
        "name": "name",
        "status": "status",
        "for": "scope",
        "nodes": nodes,
    }

    def ask(self, client: ModelArtsV2Client) -> list[Pool]:
        """All of them."""
        return [new_pool(one) for one in client.list_pools()]


class GetCluster(Lookup[Cluster]):
    """A dedicated pool as the inference services see it, with what units may run on."""

    source = CLUSTER
    subject = "pool_id"

    pool_id: str = field(description="Id of the pool. `pulumi-inference modelartsv2 pools` lists them.", source=CLUSTER)

    def ask(self, client: ModelArtsV2Client) -> Cluster:
        """Its detail."""
        return Cluster.read(client.get_cluster(self.pool_id), f"the pool {self.pool_id}", pool_id=self.pool_id)


class GetApiKeys(Lookup[list[ListedApiKey]]):
    """The API keys, without their values, which nobody is told again."""

    source = KEYS
    command = "api-keys"
    noun = "API keys"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "id": "key_id",
        "scope": "scope",
        "services": lambda one: ", ".join(str(service.name or service.id) for service in one.services or ()) or None,
        "made": moment("created_at"),
    }

    name: str | None = field(
        None,
        description="Exact name. The cloud does not say how it compares names, so they are compared here once more.",
        source=KEYS,
    )
    scope: KeyScope | None = field(None, description="Only of this scope.", source=KEYS)
    service_id: str | None = field(None, description="Only those that are bound to this service.", source=KEYS)
    workspace_id: str | None = field(None, description="Only those of this workspace.", source=KEYS)

    def ask(self, client: ModelArtsV2Client) -> list[ListedApiKey]:
        """Those that match; of the given name only."""
        # Asked for a service, the API adds the keys of scope USER only when it is told to; else it may leave them out.
        everywhere = None if self.service_id else "true"
        rows = client.list_api_keys(**self.filters(), with_user_scope=everywhere)
        found = [ListedApiKey.read(one, f"the key {one.get('key_id')}") for one in rows]
        return [one for one in found if self.name in (None, one.name)]


class GetReplicaSchedules(Lookup[list[ListedReplicaSchedule]]):
    """The replica schedules of a service's deployments.

    There is no list of them, so each deployment is asked.
    """

    source = HPA
    subject = "service_id"
    command = "replica-schedules"
    noun = "replica schedules"
    columns: ClassVar[Mapping[str, Column]] = {
        "deployment": "deployment_name",
        "id": "deployment_id",
        "status": "status",
        "rules": _rules,
    }

    service_id: str = field(description="Id of the service.", source=HPA)

    def ask(self, client: ModelArtsV2Client) -> list[ListedReplicaSchedule]:
        """Those that have a rule."""
        schedules = []
        for one in client.list_deployments(self.service_id):
            thing, what = str(one["id"]), f"the replica schedule of the deployment {one['id']}"
            found = unless_gone(client.get_hpa, self.service_id, thing)
            if found is None:
                continue
            known = ReplicaScheduleDetail.recognise({**found, "service_id": self.service_id}, what, deployment_id=thing)
            if cron_rules(known):
                told = {**known, "hpa_rules": cron_rules(known), "deployment_name": one.get("name")}
                schedules.append(ListedReplicaSchedule.read(told, what))
        return schedules
