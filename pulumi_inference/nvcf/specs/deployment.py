"""The deployment of a function version, as a program says it and as NVCF answers it."""

from __future__ import annotations

from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.invocation.smoke_fields import SmokeTest, error_output, passed_output
from pulumi_inference.core.lifecycle.options import connection_name, timeout
from pulumi_inference.nvcf.specs.function_parts import DURATION, DURATION_HINT, UUID, UUID_HINT
from pulumi_inference.nvcf.specs.placed import Placed

SOURCE = "function-deployment"
OURS = "pulumi-inference"
MOST_CONCURRENCY = 16384
PLACEMENT = ("gpu", "instance_type", "backend", "clusters", "regions", "availability_zones", "attributes")
"""What tells one specification from another."""


class Stickiness(Spec):
    """For how long a threshold has to be passed before instances come or go."""

    size: str = field(
        description="Length of the window: an ISO 8601 duration of at most PT1H.",
        source=SOURCE,
        pattern=DURATION,
        hint=DURATION_HINT,
        examples=("PT5M",),
    )
    threshold: str = field(
        description="How much of the window: an ISO 8601 duration shorter than size.",
        source=SOURCE,
        pattern=DURATION,
        hint=DURATION_HINT,
        examples=("PT3M",),
    )


class ScalingDetails(Spec):
    """When and by how much instances come or go."""

    metric: str | None = field(None, description="What is measured; left out, the utilisation.", source=SOURCE)
    factor: float = field(
        description="By how much the number of instances is multiplied: over 1 up, under 1 down.", source=SOURCE, gt=0
    )
    threshold: int = field(description="Where it begins.", source=SOURCE, unit="%", ge=0)
    stickiness: Stickiness | None = field(None, description="For how long it has to last.", source=SOURCE)


class AutoscalingConfiguration(Spec):
    """How the number of instances follows the load; NVCF decides for the version as a whole."""

    scale_up_details: ScalingDetails = field(description="When instances come.", source=SOURCE, wire="scaleUpDetails")
    scale_down_details: ScalingDetails = field(description="When instances go.", source=SOURCE, wire="scaleDownDetails")


class KubernetesType(Spec):
    """A kind of Kubernetes object."""

    group: str = field(description="API group.", source=SOURCE, min_length=1)
    version: str = field(description="API version.", source=SOURCE, min_length=1)
    kind: str = field(description="Kind.", source=SOURCE, min_length=1)


class HelmValidationPolicy(Spec):
    """Which objects a Helm chart may make."""

    name: Literal["Default", "Unrestricted"] = field(description="Default or Unrestricted.", source=SOURCE)
    extra_kubernetes_types: list[KubernetesType] | None = field(
        None,
        description="Kinds that are allowed besides.",
        source=SOURCE,
        wire="extraKubernetesTypes",
        keyed_by=("group", "version", "kind"),
        min_length=1,
    )


class DeploymentSpecification(Spec):
    """Instances of one type in some places; only their number and autoscaling change in place."""

    gpu: str = field(
        description="GPU, by its name in the cluster groups.",
        source=SOURCE,
        min_length=1,
        update="deploy",
        effect=("capacity", "downtime"),
    )
    instance_type: str = field(
        description="Instance type.",
        source=SOURCE,
        wire="instanceType",
        min_length=1,
        update="deploy",
        effect=("capacity", "downtime"),
        examples=("NCP.GPU.L40_1x",),
    )
    min_instances: int = field(
        description="Least instances; 0 lets the first call start one.",
        source=SOURCE,
        wire="minInstances",
        ge=0,
        update="patch",
        effect=("capacity",),
    )
    max_instances: int = field(
        description="Most instances.",
        source=SOURCE,
        wire="maxInstances",
        ge=1,
        update="patch",
        effect=("capacity",),
    )
    max_request_concurrency: int | None = field(
        None,
        description="Requests that one instance works on at a time; left out, 1.",
        source=SOURCE,
        wire="maxRequestConcurrency",
        server_default=True,
        ge=1,
        le=MOST_CONCURRENCY,
        update="put",
        effect=("capacity",),
    )
    backend: str | None = field(
        None,
        description="Cluster group. Deprecated: use clusters.",
        source=SOURCE,
        update="deploy",
        effect=("downtime",),
        min_length=1,
    )
    clusters: list[str] | None = field(
        None, description="Only these clusters.", source=SOURCE, unordered=True, update="deploy", effect=("downtime",)
    )
    regions: list[str] | None = field(
        None,
        description="Only these regions.",
        source=SOURCE,
        unordered=True,
        update="deploy",
        effect=("downtime",),
        examples=(["us-east-1"],),
    )
    availability_zones: list[str] | None = field(
        None,
        description="Only these zones.",
        source=SOURCE,
        wire="availabilityZones",
        unordered=True,
        update="deploy",
        effect=("downtime",),
    )
    attributes: list[str] | None = field(
        None,
        description="What clusters have to offer.",
        source=SOURCE,
        unordered=True,
        update="deploy",
        effect=("downtime",),
    )
    preferred_order: int | None = field(
        None,
        description="Which specification is filled first; left out, 1.",
        source=SOURCE,
        wire="preferredOrder",
        server_default=True,
        ge=1,
        le=99,
        update="deploy",
        effect=("downtime",),
    )
    configuration: dict[str, Any] | None = field(
        None, description="Values of the Helm chart.", source=SOURCE, update="deploy", effect=("downtime",)
    )
    helm_validation_policy: HelmValidationPolicy | None = field(
        None,
        description="Which objects the Helm chart may make.",
        source=SOURCE,
        wire="helmValidationPolicy",
        update="deploy",
        effect=("downtime",),
    )
    autoscaling_configuration: AutoscalingConfiguration | None = field(
        None,
        description="How the number of instances follows the load; left out, as NVCF does.",
        source=SOURCE,
        wire="autoscalingConfiguration",
        update="patch",
        effect=("capacity",),
    )


class DeploymentTimeouts(Spec):
    """How long to wait."""

    create: str | None = timeout(description="For the first deployment; 1h by default.", example="2h")
    update: str | None = timeout(description="For a change; 1h by default.", example="2h")
    delete: str | None = timeout(description="For the end of the last request; 30m by default.", example="1h")


class DeploymentSpec(Placed):
    """A function version on GPUs: callers reach it as soon as it is there."""

    function_id: str = field(
        description="Function.", source=SOURCE, wire="functionId", immutable=True, pattern=UUID, hint=UUID_HINT
    )
    version_id: str = field(
        description="Version of the function.",
        source=SOURCE,
        wire="functionVersionId",
        immutable=True,
        pattern=UUID,
        hint=UUID_HINT,
    )
    specifications: list[DeploymentSpecification] = field(
        description="What runs where, by GPU, instance type and place.",
        source=SOURCE,
        wire="deploymentSpecifications",
        keyed_by=PLACEMENT,
        min_length=1,
        effect=("capacity", "downtime"),
    )
    on_redeploy: Literal["error", "redeploy"] = field(
        "error",
        description="What becomes of a change that only another deployment can bring: an error in the preview, or "
        "undeploy and deploy, which takes the version offline in between.",
        source=OURS,
        local=True,
    )
    graceful: bool = field(
        True,
        description="Whether the end of a deployment waits for its last request.",
        source=OURS,
        local=True,
    )
    smoke_test: SmokeTest | None = field(
        None,
        description="What the version has to answer. Without a path it is called by pexec, with one on the function's "
        "own host.",
        source=OURS,
        local=True,
        write_only=True,
        update="smoke_test",
    )
    wait: bool = field(True, description="Whether to wait until it is active.", source=OURS, local=True)
    timeouts: DeploymentTimeouts | None = field(None, description="How long to wait.", source=OURS, local=True)
    connection: str | None = connection_name()


class HealthInfo(Record):
    """Something that is wrong with a deployment."""

    gpu: str | None = field(None, description="GPU, or the instance type.", source=SOURCE)
    instance_type: str | None = field(None, description="Instance type.", source=SOURCE, wire="instanceType")
    backend: str | None = field(None, description="Cluster group, or the provider.", source=SOURCE)
    error: str | None = field(None, description="What is wrong.", source=SOURCE)


class SpecificationDetail(DeploymentSpecification, Record):
    """A specification as NVCF answers it."""

    gpu_specification_id: str | None = field(
        None, description="Id of the specification.", source=SOURCE, wire="gpuSpecificationId"
    )


class DeploymentDetail(Record):
    """A deployment as NVCF answers it."""

    answered_by = "NVCF"

    function_id: str = field(description="Function.", source=SOURCE, wire="functionId", always_answered=True)
    version_id: str = field(description="Version.", source=SOURCE, wire="functionVersionId", always_answered=True)
    deployment_id: str = field(
        description="Id of the deployment.", source=SOURCE, wire="deploymentId", always_answered=True
    )
    status: str = field(
        description="DEPLOYING, ACTIVE, DEGRADING, DEGRADED, ERROR, or INACTIVE while it ends.",
        source=SOURCE,
        wire="functionStatus",
        always_answered=True,
    )
    function_name: str | None = field(None, description="Name of the version.", source=SOURCE, wire="functionName")
    nca_id: str | None = field(None, description="Account.", source=SOURCE, wire="ncaId")
    specifications: list[SpecificationDetail] = field(
        description="What runs where.",
        source=SOURCE,
        wire="deploymentSpecifications",
        min_length=1,
        always_answered=True,
    )
    health_info: list[HealthInfo] | None = field(
        None, description="What is wrong.", source=SOURCE, wire="healthInfo", volatile=True
    )
    created_at: str | None = field(None, description="When it was made.", source=SOURCE, wire="createdAt")


class DeploymentOutputs(Spec):
    """What is known of a deployment."""

    function_id: str = field(description="Function.", source=SOURCE, wire="functionId")
    version_id: str = field(description="Version.", source=SOURCE, wire="functionVersionId")
    deployment_id: str = field(
        description="Id of the deployment, another one after each undeploy and deploy.",
        source=SOURCE,
        wire="deploymentId",
        stable_unless=("specifications",),
    )
    status: str = field(
        description="ACTIVE when it is called; else DEPLOYING, DEGRADING, DEGRADED or ERROR.",
        source=SOURCE,
        wire="functionStatus",
    )
    function_name: str | None = field(
        None, description="Name of the version.", source=SOURCE, wire="functionName", stable_unless=()
    )
    nca_id: str | None = field(None, description="Account that owns it.", source=SOURCE, wire="ncaId", stable_unless=())
    created_at: str | None = field(
        None,
        description="When it was deployed.",
        source=SOURCE,
        wire="createdAt",
        stable_unless=("specifications",),
    )
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()
