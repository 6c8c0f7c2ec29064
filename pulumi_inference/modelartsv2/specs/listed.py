"""What ModelArts' lists answer: services, deployments, keys, flavours (modelarts-v2.md, 3.2, 5.5, 6.5, 8.3, 10)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.modelartsv2.specs.base import ModelArtsRecord
from pulumi_inference.modelartsv2.specs.replicaschedule import RuleDetail

SERVICES = "ListInferServices"
DEPLOYMENTS = "ListInferDeployments"
VERSIONS = "ListInferDeploymentVersions"
FLAVOURS = "ListInferClusterFlavors"
CLUSTER = "ShowInferServiceCluster"
KEYS = "ListInferApiKeys"
HPA = "ShowInferDeploymentHpa"


class FrozenInfo(ModelArtsRecord):
    """Why something is frozen."""

    scene: str | None = field(None, description="ARREAR, POLICE or ILLEGAL.", source=SERVICES)
    effect: int | None = field(None, description="1: may be released; 2: may not.", source=SERVICES)


class ListedTag(ModelArtsRecord):
    """A tag."""

    key: str = field(description="Key.", source=SERVICES, always_answered=True)
    value: str | None = field(None, description="Value.", source=SERVICES)


class ListedSchedule(ModelArtsRecord):
    """When a service stops by itself."""

    type: str | None = field(None, description="STOP.", source=SERVICES)
    time_unit: str | None = field(None, description="Unit of the duration.", source=SERVICES)
    duration: int | None = field(None, description="Number of units.", source=SERVICES)
    due_time: int | None = field(None, description="When it stops.", source=SERVICES, unit="ms", moment=True)
    processed: bool | None = field(None, description="Whether it has done so.", source=SERVICES)


class ListedService(ModelArtsRecord):
    """A service as the list has it: without settings, deployments and addresses, which get_service answers."""

    service_id: str = field(description="Id of the service.", source=SERVICES, wire="id", always_answered=True)
    name: str = field(description="Name.", source=SERVICES, always_answered=True)
    status: str | None = field(None, description="State.", source=SERVICES)
    description: str | None = field(None, description="What it is for.", source=SERVICES)
    version: str | None = field(None, description="Number of the version of its settings.", source=SERVICES)
    version_count: int | None = field(None, description="How many versions there are.", source=SERVICES)
    type: str | None = field(None, description="REAL_TIME or ASYNC_REAL_TIME.", source=SERVICES)
    deploy_type: str | None = field(None, description="SINGLE or MULTI.", source=SERVICES)
    auth_type: str | None = field(None, description="TOKEN, API_KEY or NONE.", source=SERVICES)
    task_type: str | None = field(None, description="What it does.", source=SERVICES)
    user_name: str | None = field(None, description="Who has made it.", source=SERVICES)
    workspace_id: str | None = field(None, description="Workspace.", source=SERVICES)
    tags: list[ListedTag] | None = field(None, description="Tags.", source=SERVICES, keyed_by="key")
    schedule: list[ListedSchedule] | None = field(None, description="When it stops by itself.", source=SERVICES)
    frozen_infos: list[FrozenInfo] | None = field(None, description="Why it is frozen.", source=SERVICES)
    created_at: int | None = field(
        None, description="When it was made.", source=SERVICES, wire="create_at", unit="ms", moment=True
    )
    updated_at: int | None = field(
        None, description="When it was changed last.", source=SERVICES, wire="update_at", unit="ms", moment=True
    )


class ListedDeployment(ModelArtsRecord):
    """A deployment as the list has it."""

    deployment_id: str = field(description="Id of the deployment.", source=DEPLOYMENTS, wire="id", always_answered=True)
    name: str = field(description="Name.", source=DEPLOYMENTS, always_answered=True)
    status: str | None = field(None, description="State.", source=DEPLOYMENTS)
    version: str | None = field(None, description="The version that it runs.", source=DEPLOYMENTS)
    deploy_type: str | None = field(None, description="SINGLE, MULTI or DIST.", source=DEPLOYMENTS)
    pool_id: str | None = field(None, description="Pool; none for the public one.", source=DEPLOYMENTS)
    weight: int | None = field(None, description="Weight.", source=DEPLOYMENTS)
    traffic_ratio: str | None = field(
        None, description="Share of the requests that it gets, such as 66.67%.", source=DEPLOYMENTS
    )
    mirror_traffic_enable: bool | None = field(
        None, description="Whether it gets copies of requests.", source=DEPLOYMENTS
    )
    mirror_traffic_weight: int | None = field(
        None, description="Share of the requests that it gets copies of.", source=DEPLOYMENTS, unit="%"
    )
    service_group_name: str | None = field(None, description="Name of its group.", source=DEPLOYMENTS)
    lts_state: str | None = field(None, description="Whether logs are collected.", source=DEPLOYMENTS)
    frozen_infos: list[FrozenInfo] | None = field(None, description="Why it is frozen.", source=DEPLOYMENTS)
    created_at: int | None = field(
        None, description="When it was made.", source=DEPLOYMENTS, wire="create_at", unit="ms", moment=True
    )
    updated_at: int | None = field(
        None, description="When it was changed last.", source=DEPLOYMENTS, wire="update_at", unit="ms", moment=True
    )


class DeploymentVersion(ModelArtsRecord):
    """A version of a deployment, failed ones too."""

    version: str = field(description="Number of the version, such as 1.0.2.", source=VERSIONS, always_answered=True)
    status: str | None = field(
        None,
        description="State of the version; the words are not documented.",
        source=VERSIONS,
        wire="version_status",
    )
    deployment_id: str | None = field(None, description="Id of the deployment.", source=VERSIONS, wire="infer_name")
    description: str | None = field(None, description="What it is for.", source=VERSIONS)
    deploy_type: str | None = field(None, description="SINGLE or MULTI.", source=VERSIONS)
    created_at: int | None = field(
        None, description="When it was made.", source=VERSIONS, wire="create_at", unit="ms", moment=True
    )
    updated_at: int | None = field(
        None, description="When it was changed last.", source=VERSIONS, wire="update_at", unit="ms", moment=True
    )


class FlavourGpu(ModelArtsRecord):
    """The GPUs of a flavour."""

    gpu: int | None = field(None, description="How many.", source=FLAVOURS, unit="GPUs")
    gpu_memory: str | None = field(None, description="Memory of one.", source=FLAVOURS)
    type: str | None = field(None, description="Their type.", source=FLAVOURS)


class FlavourAscend(ModelArtsRecord):
    """The Ascend chips of a flavour."""

    npu: int | None = field(None, description="How many.", source=FLAVOURS, unit="chips")
    npu_memory: str | None = field(None, description="Memory of one.", source=FLAVOURS)
    type: str | None = field(None, description="Their type.", source=FLAVOURS)
    type_alias: str | None = field(None, description="Another name of the type.", source=FLAVOURS)
    ai_core: int | None = field(None, description="AI cores.", source=FLAVOURS)
    ai_cpu: int | None = field(None, description="AI CPUs.", source=FLAVOURS)


class FlavourBilling(ModelArtsRecord):
    """How a flavour is billed."""

    code: str | None = field(None, description="Name in the bill.", source=FLAVOURS)
    unit_num: int | None = field(None, description="Units in the bill.", source=FLAVOURS)


class Flavour(ModelArtsRecord):
    """What a unit may run on; its id is the flavor of a unit."""

    id: str = field(description="Id, the flavor of a unit.", source=FLAVOURS, always_answered=True)
    name: str | None = field(None, description="Name.", source=FLAVOURS)
    category: str | None = field(None, description="CPU, GPU or ASCEND.", source=FLAVOURS)
    arch: str | None = field(None, description="X86_64 or arm64.", source=FLAVOURS)
    vcpus: float | None = field(None, description="CPU.", source=FLAVOURS, unit="cores")
    memory: float | None = field(None, description="Memory; the unit is not documented.", source=FLAVOURS)
    description: str | None = field(None, description="What it is.", source=FLAVOURS)
    feature: str | None = field(None, description="DEFAULT or NOTEBOOK.", source=FLAVOURS)
    free: bool | None = field(None, description="Whether it is free.", source=FLAVOURS)
    sold_out: bool | None = field(None, description="Whether there are none at the moment.", source=FLAVOURS)
    storages: list[str] | None = field(None, description="Kinds of storage.", source=FLAVOURS)
    evs_max_size: str | None = field(None, description="Largest disk.", source=FLAVOURS)
    gpu: FlavourGpu | None = field(None, description="GPUs.", source=FLAVOURS)
    ascend: FlavourAscend | None = field(None, description="Ascend chips.", source=FLAVOURS)
    billing: FlavourBilling | None = field(None, description="How it is billed.", source=FLAVOURS)


class Cluster(ModelArtsRecord):
    """A dedicated pool as the inference services see it."""

    pool_id: str = field(description="Id of the pool.", source=CLUSTER, always_answered=True)
    status: str | None = field(
        None,
        description="ACTIVE, PENDING, INITIALIZING, INITIALIZE_FAILED, MIGRATING, DELETING, DELETED or DELETE_FAILED; "
        "what is deployed needs an active one.",
        source=CLUSTER,
    )
    type: str | None = field(None, description="MANAGED, MANAGED_ROMA, DEDICATED or DEDICATED_ROMA.", source=CLUSTER)
    pool_type: str | None = field(None, description="LOGICAL or PHYSICAL.", source=CLUSTER)
    physical_pool_id: str | None = field(None, description="Id of the physical pool.", source=CLUSTER)
    logic_cluster_id: str | None = field(None, description="Id of the logical cluster.", source=CLUSTER)
    workspace_id: str | None = field(None, description="Workspace.", source=CLUSTER)
    project_id: str | None = field(None, description="Project.", source=CLUSTER)
    resource_categories: list[str] | None = field(None, description="Kinds of its nodes.", source=CLUSTER)
    flavors: list[Flavour] | None = field(None, description="What its units may run on.", source=CLUSTER, keyed_by="id")
    created_at: int | None = field(
        None, description="When it was made.", source=CLUSTER, wire="create_at", unit="ms", moment=True
    )
    updated_at: int | None = field(
        None, description="When it was changed last.", source=CLUSTER, wire="update_at", unit="ms", moment=True
    )


class KeyService(ModelArtsRecord):
    """A service that a key is bound to."""

    id: str | None = field(None, description="Id of the service.", source=KEYS)
    name: str | None = field(None, description="Name of the service.", source=KEYS)


class ListedApiKey(ModelArtsRecord):
    """An API key, without its value, which nobody is told again."""

    key_id: str = field(description="Id of the key.", source=KEYS, always_answered=True)
    name: str | None = field(None, description="Name.", source=KEYS)
    description: str | None = field(None, description="What it is for.", source=KEYS)
    scope: str | None = field(None, description="USER: all services; SERVICE: those that it is bound to.", source=KEYS)
    services: list[KeyService] | None = field(None, description="The services that it is bound to.", source=KEYS)
    domain_id: str | None = field(None, description="Account.", source=KEYS)
    project_id: str | None = field(None, description="Project.", source=KEYS)
    workspace_id: str | None = field(None, description="Workspace.", source=KEYS)
    created_at: int | None = field(
        None, description="When it was made.", source=KEYS, wire="create_time", unit="ms", moment=True
    )


class ListedReplicaSchedule(ModelArtsRecord):
    """The replica schedule of a deployment."""

    deployment_id: str = field(
        description="Id of the deployment.", source=HPA, wire="target_resource_id", always_answered=True
    )
    deployment_name: str | None = field(None, description="Name of the deployment.", source=HPA)
    policy_id: str = field(description="Id of the scaling policy.", source=HPA, wire="id", always_answered=True)
    status: str | None = field(None, description="ACTIVE or INACTIVE.", source=HPA)
    rules: list[RuleDetail] = field(description="The rules.", source=HPA, wire="hpa_rules", keyed_by="name")
