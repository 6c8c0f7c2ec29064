"""Services and deployments, as ModelArts answers them (modelarts-v2.md, sections 5 and 6.4)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.modelartsv2.specs.base import ModelArtsRecord
from pulumi_inference.modelartsv2.specs.deployment import AdvancedConfig
from pulumi_inference.modelartsv2.specs.parts import SHOW_DEPLOYMENT, SHOW_SERVICE, ServiceSecret, UpgradeConfig
from pulumi_inference.modelartsv2.specs.runtime import RuntimeConfig
from pulumi_inference.modelartsv2.specs.service import LogConfig
from pulumi_inference.modelartsv2.specs.unit import Model, UnitConfig


class UnitDetail(UnitConfig, ModelArtsRecord):
    """A unit; what of its variables is secret, no answer says."""

    id: str | None = field(None, description="Id.", source=SHOW_DEPLOYMENT)
    envs: dict[str, str] | None = field(None, description="Environment variables.", source=SHOW_DEPLOYMENT, secret=True)


class AdvancedConfigDetail(AdvancedConfig, ModelArtsRecord):
    """How a deployment is reached and rolled out."""

    service_secret: ServiceSecret | None = field(
        None, description="Secrets, mounted as files.", source=SHOW_DEPLOYMENT, secret=True
    )


class DeploymentRecord(ModelArtsRecord):
    """What every answer about a deployment has."""

    deployment_id: str = field(description="Id.", source=SHOW_DEPLOYMENT, wire="id", always_answered=True)
    name: str = field(description="Name.", source=SHOW_DEPLOYMENT, always_answered=True)
    status: str = field(description="State.", source=SHOW_DEPLOYMENT, always_answered=True)
    version: str | None = field(None, description="The version that it runs.", source=SHOW_DEPLOYMENT)
    pool_id: str | None = field(None, description="Pool; none for the public one.", source=SHOW_DEPLOYMENT)
    weight: int | None = field(None, description="Weight.", source=SHOW_DEPLOYMENT)


class DeploymentDetail(DeploymentRecord):
    """A deployment, with what its service says of it."""

    service_id: str = field(description="Service.", source=SHOW_DEPLOYMENT, always_answered=True)
    version_id: str | None = field(None, description="Id of the version that it runs.", source=SHOW_DEPLOYMENT)
    count: int | None = field(None, description="Replicas.", source=SHOW_DEPLOYMENT)
    unit_configs: list[UnitDetail] = field(
        description="The roles inside of a replica.", source=SHOW_DEPLOYMENT, min_length=1, always_answered=True
    )
    advanced_config: AdvancedConfigDetail = field(
        description="How it is reached and rolled out.", source=SHOW_DEPLOYMENT, always_answered=True
    )
    model: Model | None = field(None, description="The model.", source=SHOW_DEPLOYMENT)


class GroupDetail(DeploymentRecord):
    """A deployment, as its service has it."""

    running_count: int | None = field(None, description="Replicas that run.", source=SHOW_SERVICE)
    traffic_ratio: str | None = field(None, description="Share of the requests.", source=SHOW_SERVICE)
    unit_configs: list[UnitDetail] | None = field(
        None, description="The roles inside of a replica.", source=SHOW_SERVICE
    )
    advanced_config: AdvancedConfigDetail | None = field(
        None, description="How it is reached and rolled out.", source=SHOW_SERVICE
    )


class RuntimeConfigDetail(RuntimeConfig, ModelArtsRecord):
    """How a service is called."""

    service_secret: ServiceSecret | None = field(
        None, description="Secrets, mounted as files.", source=SHOW_SERVICE, secret=True
    )


class ServiceVersion(ModelArtsRecord):
    """The settings of a service."""

    id: str | None = field(None, description="Id of the version.", source=SHOW_SERVICE)
    version: str = field(description="Number of the version.", source=SHOW_SERVICE, always_answered=True)
    description: str | None = field(None, description="What the service is for.", source=SHOW_SERVICE)
    runtime_config: RuntimeConfigDetail = field(
        description="How it is called.", source=SHOW_SERVICE, always_answered=True
    )
    upgrade_config: UpgradeConfig | None = field(None, description="How versions are rolled out.", source=SHOW_SERVICE)
    instance_groups: list[GroupDetail] | None = field(None, description="The deployments.", source=SHOW_SERVICE)
    log_configs: list[LogConfig] | None = field(None, description="Where logs go.", source=SHOW_SERVICE)
    lts_strategy: str | None = field(None, description="Where logs go.", source=SHOW_SERVICE)


class PredictUrl(ModelArtsRecord):
    """The addresses of one channel."""

    type: str | None = field(None, description="PUBLIC, INTERNAL or CONSOLE.", source=SHOW_SERVICE)
    urls: list[str] | None = field(None, description="The addresses.", source=SHOW_SERVICE)


class Tag(ModelArtsRecord):
    """A tag."""

    key: str = field(description="Key.", source=SHOW_SERVICE, always_answered=True)
    value: str | None = field(None, description="Value.", source=SHOW_SERVICE)


class ScheduleDetail(ModelArtsRecord):
    """When a service stops by itself."""

    type: str | None = field(None, description="STOP.", source=SHOW_SERVICE)
    time_unit: str | None = field(None, description="Unit of the duration.", source=SHOW_SERVICE)
    duration: int | None = field(None, description="Number of units.", source=SHOW_SERVICE)
    due_time: int | None = field(None, description="When it stops.", source=SHOW_SERVICE, unit="ms")
    processed: bool | None = field(None, description="Whether it has done so.", source=SHOW_SERVICE)


class ServiceSummary(ModelArtsRecord):
    """A service, as the list has it."""

    service_id: str = field(description="Id.", source="ListInferServices", wire="id", always_answered=True)
    name: str = field(description="Name.", source="ListInferServices", always_answered=True)
    status: str | None = field(None, description="State.", source="ListInferServices")
    description: str | None = field(None, description="What it is for.", source="ListInferServices")


class ServiceDetail(ModelArtsRecord):
    """A service, with its deployments."""

    service_id: str = field(description="Id.", source=SHOW_SERVICE, wire="id", always_answered=True)
    name: str = field(description="Name.", source=SHOW_SERVICE, always_answered=True)
    status: str = field(description="State.", source=SHOW_SERVICE, always_answered=True)
    type: str = field(description="REAL_TIME or ASYNC_REAL_TIME.", source=SHOW_SERVICE, always_answered=True)
    workspace_id: str | None = field(None, description="Workspace.", source=SHOW_SERVICE)
    deploy_type: str | None = field(None, description="SINGLE or MULTI.", source=SHOW_SERVICE)
    version: ServiceVersion = field(description="The settings.", source=SHOW_SERVICE, always_answered=True)
    predict_url: list[PredictUrl] | None = field(None, description="The addresses.", source=SHOW_SERVICE)
    failure_reason: str | None = field(None, description="Why it has failed.", source=SHOW_SERVICE)
    tags: list[Tag] | None = field(None, description="Tags.", source=SHOW_SERVICE)
    schedule: list[ScheduleDetail] | None = field(None, description="When it stops.", source=SHOW_SERVICE)
