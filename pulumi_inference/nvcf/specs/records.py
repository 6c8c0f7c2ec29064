"""What NVCF answers to questions, as programs and people have it (reference 5.2, 6.2, 8, 9)."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.nvcf.specs.function import EnvironmentVariable, FunctionInstance

CREATION = "function-creation"
DEPLOYMENT = "function-deployment"
LIFECYCLE = "function-lifecycle"
API = "api"


class Answered(Record):
    """Base of what NVCF answers to a question."""

    answered_by = "NVCF"


class NamedArtifact(Answered):
    """A model or another file of a function."""

    name: str = field(description="Name.", source=CREATION, always_answered=True)
    version: str | None = field(None, description="Version.", source=CREATION)
    uri: str | None = field(None, description="Where it lies.", source=CREATION)


class HealthCheck(Answered):
    """How the platform sees whether a container is well."""

    protocol: str | None = field(None, description="HTTP or gRPC.", source=CREATION)
    uri: str | None = field(None, description="Path.", source=CREATION)
    port: int | None = field(None, description="Port.", source=CREATION)
    timeout: str | None = field(None, description="How long it may take, ISO 8601.", source=CREATION)
    expected_status_code: int | None = field(
        None, description="What it has to answer.", source=CREATION, wire="expectedStatusCode"
    )


class FunctionSummary(Answered):
    """A version of a function, as it stands in lists. What runs is hidden where another account owns it."""

    function_id: str = field(description="Id of the function.", source=CREATION, wire="id", always_answered=True)
    version_id: str = field(description="Id of the version.", source=CREATION, wire="versionId", always_answered=True)
    name: str = field(description="Name.", source=CREATION, always_answered=True)
    status: str = field(
        description="INACTIVE, DEPLOYING, ACTIVE, DEGRADING, DEGRADED or ERROR.", source=LIFECYCLE, always_answered=True
    )
    nca_id: str | None = field(None, description="Account that owns it.", source=CREATION, wire="ncaId")
    owned_by_different_account: bool = field(
        False, description="Whether another account owns it.", source=CREATION, wire="ownedByDifferentAccount"
    )
    function_type: str | None = field(
        None, description="DEFAULT, STREAMING or LLM.", source=CREATION, wire="functionType"
    )
    inference_url: str | None = field(
        None, description="Path of the container that is called.", source=CREATION, wire="inferenceUrl"
    )
    inference_port: int | None = field(
        None, description="Port of the container.", source=CREATION, wire="inferencePort"
    )
    container_image: str | None = field(None, description="Image.", source=CREATION, wire="containerImage")
    helm_chart: str | None = field(None, description="Helm chart.", source=CREATION, wire="helmChart")
    models: list[NamedArtifact] = field([], description="Models.", source=CREATION)
    resources: list[NamedArtifact] = field([], description="Further files.", source=CREATION)
    health: HealthCheck | None = field(None, description="Health check.", source=CREATION)
    api_body_format: str | None = field(None, description="Form of the body.", source=CREATION, wire="apiBodyFormat")
    description: str | None = field(None, description="Description.", source=CREATION)
    tags: list[str] = field([], description="Tags.", source=CREATION)
    created_at: str | None = field(
        None, description="When it was made, ISO 8601 in UTC.", source=CREATION, wire="createdAt"
    )


class FunctionVersion(FunctionSummary):
    """A version of a function, with what only its owner sees."""

    container_args: str | None = field(
        None, description="Arguments of the container.", source=CREATION, wire="containerArgs", secret=True
    )
    container_environment: list[EnvironmentVariable] = field(
        [], description="Environment variables.", source=CREATION, wire="containerEnvironment"
    )
    helm_chart_service_name: str | None = field(
        None, description="Service of the chart that is called.", source=CREATION, wire="helmChartServiceName"
    )
    secrets: list[str] = field([], description="Names of the secrets.", source=CREATION)
    active_instances: list[FunctionInstance] = field(
        [], description="Instances, as far as the key may see them.", source=LIFECYCLE, wire="activeInstances"
    )


class GpuSpecification(Answered):
    """What runs of a deployment on one kind of instance."""

    gpu_specification_id: str | None = field(None, description="Its id.", source=DEPLOYMENT, wire="gpuSpecificationId")
    gpu: str = field(description="GPU.", source=DEPLOYMENT, always_answered=True)
    instance_type: str | None = field(None, description="Instance type.", source=DEPLOYMENT, wire="instanceType")
    min_instances: int = field(0, description="Least instances.", source=DEPLOYMENT, wire="minInstances")
    max_instances: int | None = field(None, description="Most instances.", source=DEPLOYMENT, wire="maxInstances")
    max_request_concurrency: int | None = field(
        None,
        description="Requests that one instance takes at a time.",
        source=DEPLOYMENT,
        wire="maxRequestConcurrency",
    )
    backend: str | None = field(None, description="Cluster group.", source=DEPLOYMENT)
    clusters: list[str] = field([], description="Clusters.", source=DEPLOYMENT)
    regions: list[str] = field([], description="Regions.", source=DEPLOYMENT)


class HealthProblem(Answered):
    """Something that is wrong with a deployment."""

    gpu: str | None = field(None, description="GPU, or the instance type.", source=DEPLOYMENT)
    backend: str | None = field(None, description="Cluster group, or the cloud provider.", source=DEPLOYMENT)
    error: str | None = field(None, description="What is wrong.", source=DEPLOYMENT)


class DeploymentSummary(Answered):
    """The deployment of a version."""

    deployment_id: str = field(
        description="Its id, another one after each deployment.",
        source=DEPLOYMENT,
        wire="deploymentId",
        always_answered=True,
    )
    function_id: str = field(
        description="Id of the function.", source=DEPLOYMENT, wire="functionId", always_answered=True
    )
    version_id: str = field(
        description="Id of the version.", source=DEPLOYMENT, wire="functionVersionId", always_answered=True
    )
    function_name: str | None = field(None, description="Name of the function.", source=DEPLOYMENT, wire="functionName")
    status: str | None = field(None, description="State of the version.", source=LIFECYCLE, wire="functionStatus")
    specifications: list[GpuSpecification] = field(
        [], description="What runs, by kind of instance.", source=DEPLOYMENT, wire="deploymentSpecifications"
    )
    health_info: list[HealthProblem] = field([], description="What is wrong.", source=DEPLOYMENT, wire="healthInfo")
    created_at: str | None = field(
        None, description="When it was deployed, ISO 8601 in UTC.", source=DEPLOYMENT, wire="createdAt"
    )
    last_updated_at: str | None = field(
        None, description="When it was changed last.", source=DEPLOYMENT, wire="lastUpdatedAt"
    )


class GpuOffer(Answered):
    """A GPU, and where there is any."""

    name: str = field(description="Name.", source=DEPLOYMENT, always_answered=True)
    instance_types: list[str] = field([], description="Instance types with it.", source=DEPLOYMENT)
    cluster_groups: list[str] = field(
        [], description="Cluster groups that have it; empty where only the instance types are known.", source=DEPLOYMENT
    )


class InstanceTypeOffer(Answered):
    """An instance type, with the capacity that is free. Sizes are texts of NVIDIA's, such as `80G`."""

    name: str = field(description="Name.", source=DEPLOYMENT, always_answered=True)
    gpu: str | None = field(None, description="GPU.", source=DEPLOYMENT, wire="gpuName")
    gpu_count: int | None = field(None, description="GPUs of an instance.", source=DEPLOYMENT, wire="gpuCount")
    gpu_memory: str | None = field(None, description="Memory of a GPU.", source=DEPLOYMENT, wire="gpuMemory")
    cpu_cores: float | None = field(None, description="Cores of an instance.", source=DEPLOYMENT, wire="cpuCores")
    cpu_arch: str | None = field(None, description="Architecture.", source=DEPLOYMENT, wire="cpuArch")
    system_memory: str | None = field(
        None, description="Memory of an instance.", source=DEPLOYMENT, wire="systemMemory"
    )
    storage: str | None = field(None, description="Disk of an instance.", source=DEPLOYMENT)
    os: str | None = field(None, description="Operating system.", source=DEPLOYMENT)
    driver_version: str | None = field(
        None, description="Version of the driver.", source=DEPLOYMENT, wire="driverVersion"
    )
    node_type: str | None = field(
        None, description="Whether an instance is one node or several.", source=DEPLOYMENT, wire="nodeType"
    )
    available_capacity: float | None = field(
        None, description="Instances that are free.", source=DEPLOYMENT, wire="availableCapacity"
    )
    is_default: bool | None = field(
        None, description="Whether it is the usual one of its GPU.", source=DEPLOYMENT, wire="defaultable"
    )
    description: str | None = field(None, description="Description.", source=DEPLOYMENT)
    clusters: list[str] = field([], description="Clusters that have it.", source=DEPLOYMENT)
    regions: list[str] = field([], description="Regions that have it.", source=DEPLOYMENT)
    attributes: list[str] = field([], description="What these clusters are capable of.", source=DEPLOYMENT)


class GpuQuota(Answered):
    """How many instances of a type the organisation may have."""

    gpu: str | None = field(None, description="GPU.", source=DEPLOYMENT)
    instance_type: str | None = field(None, description="Instance type.", source=DEPLOYMENT, wire="instanceType")
    max_instances: float | None = field(
        None, description="Instances that there may be.", source=DEPLOYMENT, wire="maxInstances"
    )
    used: float | None = field(None, description="Instances that there are.", source=DEPLOYMENT, wire="currentUsage")
    rule: Any = field(None, description="The rule as NVIDIA answers it, which has no documented form.", source=API)


class FunctionQueue(Answered):
    """The queue of a version."""

    version_id: str = field(
        description="Id of the version.", source=API, wire="functionVersionId", always_answered=True
    )
    function_name: str | None = field(None, description="Name.", source=API, wire="functionName")
    status: str | None = field(None, description="State of the version.", source=API, wire="functionStatus")
    depth: int = field(0, description="Requests that wait.", source=API, wire="queueDepth")


class QueuePosition(Answered):
    """Where a request stands that is still to be answered."""

    function_id: str | None = field(None, description="Id of the function.", source=API, wire="functionId")
    version_id: str | None = field(None, description="Id of the version.", source=API, wire="functionVersionId")
    position: int = field(
        description="Its place in the queue; no more than a thousand is counted.",
        source=API,
        wire="positionInQueue",
        always_answered=True,
    )


class AuthorizedAccounts(Answered):
    """Which accounts may call a version, beside the one that owns it."""

    function_id: str = field(description="Id of the function.", source=API, always_answered=True)
    version_id: str | None = field(None, description="Id of the version.", source=API)
    owner: str | None = field(None, description="Account that owns it.", source=API)
    accounts: list[str] = field([], description="NCA ids of the others; `*` is everybody.", source=API)


class TelemetrySummary(Answered):
    """A telemetry endpoint. What it is logged in with is never answered."""

    telemetry_id: str = field(description="Its id.", source=API, wire="telemetryId", always_answered=True)
    name: str = field(description="Its name.", source=API, always_answered=True)
    telemetry_endpoint: str | None = field(None, description="Its address.", source=API, wire="endpoint")
    protocol: str | None = field(None, description="HTTP or GRPC.", source=API)
    provider: str | None = field(None, description="What receives.", source=API)
    types: list[str] = field([], description="LOGS, METRICS and TRACES.", source=API)
    created_at: str | None = field(None, description="When it was made.", source=API, wire="createdAt")


class RegistryCredentialSummary(Answered):
    """What the account has to log in to a registry. The password is never answered."""

    registry_credential_id: str = field(
        description="Its id.", source=API, wire="registryCredentialId", always_answered=True
    )
    name: str = field(description="Its name.", source=API, wire="registryCredentialName", always_answered=True)
    registry_hostname: str | None = field(None, description="Host.", source=API, wire="registryHostname")
    registry_name: str | None = field(None, description="What NVCF calls it.", source=API, wire="registryName")
    artifact_types: list[str] = field([], description="What it is for.", source=API, wire="artifactTypes")
    tags: list[str] = field([], description="Tags.", source=API)
    description: str | None = field(None, description="Description.", source=API)
    provisioned_by: str | None = field(None, description="USER or SYSTEM.", source=API, wire="provisionedBy")
    created_at: str | None = field(None, description="When it was made.", source=API, wire="createdAt")
    last_updated_at: str | None = field(None, description="When it was changed.", source=API, wire="lastUpdatedAt")


class AssetSummary(Answered):
    """An input asset; of the list the id alone is known."""

    asset_id: str = field(description="Its id.", source="assets", wire="assetId", always_answered=True)
    content_type: str | None = field(None, description="Media type.", source="assets", wire="contentType")
    description: str | None = field(None, description="Description.", source="assets")
    created_at: str | None = field(
        None, description="When it was made; it is gone 24 hours later.", source="assets", wire="createdAt"
    )
