"""A service as `get_service` answers it (modelarts-v2.md, section 5): with no limits of values, and without secrets."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.modelartsv2.specs.base import ModelArtsRecord
from pulumi_inference.modelartsv2.specs.listed import FrozenInfo, ListedSchedule, ListedTag

SERVICE = "ShowInferService"


class CallDetail(ModelArtsRecord):
    """How a service is called."""

    port: int | None = field(None, description="Port that requests go to.", source=SERVICE)
    protocol: str | None = field(None, description="HTTP, HTTPS, WS or WSS.", source=SERVICE)
    auth_type: str | None = field(None, description="TOKEN, API_KEY or NONE.", source=SERVICE)
    internet_access_enable: bool | None = field(None, description="Whether it has a public address.", source=SERVICE)
    intranet_approval_enable: bool | None = field(
        None, description="Whether access from a network has to be approved.", source=SERVICE
    )
    strategy: str | None = field(None, description="How requests are routed.", source=SERVICE)


class RateDetail(ModelArtsRecord):
    """How many requests there may be in a time."""

    num: int | None = field(None, description="Requests.", source=SERVICE, unit="requests")
    unit: str | None = field(None, description="In which time.", source=SERVICE)


class LimitDetail(ModelArtsRecord):
    """Limits of requests."""

    rate_limit: RateDetail | None = field(None, description="How many there may be.", source=SERVICE)
    request_size_limit: int | None = field(None, description="How large one may be.", source=SERVICE, unit="MB")
    request_timeout: int | None = field(None, description="How long one may take.", source=SERVICE, unit="s")
    ip_white_list: list[str] | None = field(None, description="Only from these addresses.", source=SERVICE)
    ip_black_list: list[str] | None = field(None, description="Not from these addresses.", source=SERVICE)


class RuntimeDetail(ModelArtsRecord):
    """How a service is called, by whom and how much."""

    service_invoke: CallDetail | None = field(None, description="Port, authentication and addresses.", source=SERVICE)
    service_limit: LimitDetail | None = field(None, description="Limits of requests.", source=SERVICE)


class ImageDetail(ModelArtsRecord):
    """What a unit runs."""

    source: str | None = field(None, description="SWR or IMAGE.", source=SERVICE)
    swr_path: str | None = field(None, description="The image.", source=SERVICE)


class ResourcesDetail(ModelArtsRecord):
    """What a unit has that has no flavour."""

    cpu: float | None = field(None, description="CPU.", source=SERVICE, unit="cores")
    memory: int | None = field(None, description="Memory.", source=SERVICE, unit="MB")
    gpu: float | None = field(None, description="GPUs.", source=SERVICE, unit="GPUs")
    ascend: float | None = field(None, description="Ascend chips.", source=SERVICE, unit="chips")
    arch: str | None = field(None, description="x86 or arm64.", source=SERVICE)


class UnitAnswer(ModelArtsRecord):
    """A role inside of a replica."""

    name: str | None = field(None, description="Name.", source=SERVICE)
    role: str | None = field(None, description="Role.", source=SERVICE)
    image: ImageDetail | None = field(None, description="What it runs.", source=SERVICE)
    flavor: str | None = field(None, description="Flavour; custom where custom_spec counts.", source=SERVICE)
    custom_spec: ResourcesDetail | None = field(None, description="What it has.", source=SERVICE)
    count: int | None = field(None, description="Pods of the unit in a replica.", source=SERVICE, unit="pods")
    group_count: int | None = field(None, description="Replicas of the unit.", source=SERVICE)
    cmd: str | None = field(None, description="Start command.", source=SERVICE)
    envs: dict[str, str] | None = field(None, description="Environment variables.", source=SERVICE, secret=True)
    port: int | None = field(None, description="Port.", source=SERVICE)


class ServiceDeployment(ModelArtsRecord):
    """A deployment, as its service has it."""

    deployment_id: str = field(description="Id of the deployment.", source=SERVICE, wire="id", always_answered=True)
    name: str = field(description="Name.", source=SERVICE, always_answered=True)
    status: str | None = field(None, description="State.", source=SERVICE)
    description: str | None = field(None, description="What it is for.", source=SERVICE)
    version: str | None = field(None, description="The version that it runs.", source=SERVICE)
    version_id: str | None = field(None, description="Id of the version that it runs.", source=SERVICE)
    pool_id: str | None = field(None, description="Pool; none for the public one.", source=SERVICE)
    framework: str | None = field(None, description="COMMON, VLLM or MINDIE.", source=SERVICE)
    deploy_type: str | None = field(None, description="SINGLE or MULTI.", source=SERVICE)
    weight: int | None = field(None, description="Weight.", source=SERVICE)
    traffic_ratio: str | None = field(
        None, description="Share of the requests that it gets, such as 66.67%.", source=SERVICE
    )
    count: int | None = field(None, description="Replicas.", source=SERVICE, unit="replicas")
    running_count: int | None = field(None, description="Replicas that run.", source=SERVICE, unit="replicas")
    unit_configs: list[UnitAnswer] | None = field(None, description="The roles inside of a replica.", source=SERVICE)


class SettingsDetail(ModelArtsRecord):
    """The settings of a service."""

    version: str | None = field(None, description="Number of the version.", source=SERVICE)
    description: str | None = field(None, description="What the service is for.", source=SERVICE)
    runtime_config: RuntimeDetail | None = field(None, description="How it is called.", source=SERVICE)
    instance_groups: list[ServiceDeployment] | None = field(
        None, description="The deployments.", source=SERVICE, keyed_by="name"
    )
    lts_strategy: str | None = field(None, description="Where logs go.", source=SERVICE)


class ChannelDetail(ModelArtsRecord):
    """The addresses of one channel."""

    type: str | None = field(None, description="PUBLIC, INTERNAL or CONSOLE.", source=SERVICE)
    urls: list[str] | None = field(None, description="The addresses.", source=SERVICE)


class WholeService(ModelArtsRecord):
    """A service with its deployments and addresses; what is secret in it is left out."""

    service_id: str = field(description="Id of the service.", source=SERVICE, wire="id", always_answered=True)
    name: str = field(description="Name.", source=SERVICE, always_answered=True)
    status: str = field(description="State.", source=SERVICE, always_answered=True)
    type: str | None = field(None, description="REAL_TIME or ASYNC_REAL_TIME.", source=SERVICE)
    deploy_type: str | None = field(None, description="SINGLE or MULTI.", source=SERVICE)
    task_type: str | None = field(None, description="What it does.", source=SERVICE)
    workspace_id: str | None = field(None, description="Workspace.", source=SERVICE)
    failure_reason: str | None = field(None, description="Why it has failed.", source=SERVICE)
    version: SettingsDetail = field(
        description="The settings, and the deployments.", source=SERVICE, always_answered=True
    )
    predict_url: list[ChannelDetail] | None = field(None, description="Its addresses.", source=SERVICE, keyed_by="type")
    dispatcher_group_id: str | None = field(None, description="What intranet access needs.", source=SERVICE)
    tags: list[ListedTag] | None = field(None, description="Tags.", source=SERVICE, keyed_by="key")
    schedule: list[ListedSchedule] | None = field(None, description="When it stops by itself.", source=SERVICE)
    deploy_timeout_minutes: int | None = field(
        None, description="After how long a deployment has failed.", source=SERVICE, unit="min"
    )
    provider: str | None = field(
        None, description="Account of the token provider that it was made with.", source=SERVICE
    )
    frozen_infos: list[FrozenInfo] | None = field(None, description="Why it is frozen.", source=SERVICE)
    created_at: int | None = field(
        None, description="When it was made.", source=SERVICE, wire="create_at", unit="ms", moment=True
    )
    updated_at: int | None = field(
        None, description="When it was changed last.", source=SERVICE, wire="update_at", unit="ms", moment=True
    )
