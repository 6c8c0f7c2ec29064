"""A function version, as a program says it and as NVCF answers it."""

from __future__ import annotations

from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.nvcf.specs.function_parts import (
    SOURCE,
    UUID,
    UUID_HINT,
    FunctionHealth,
    FunctionModel,
    FunctionRateLimit,
    FunctionResource,
    FunctionTelemetries,
    FunctionType,
    LlmInvocationConfig,
)
from pulumi_inference.nvcf.specs.placed import Placed

MOST_TAGS = 63
TAG = r"[a-zA-Z0-9\-_:=]+"
NAME = r"[a-z0-9A-Z][a-z0-9A-Z\-_]*"
KEY_NAME = r"[a-z0-9A-Z][a-z0-9A-Z_.\-]*"


class FunctionSpec(Placed):
    """One version of a function; what cannot change in place makes a new version under the same function id."""

    name: str | None = field(
        None,
        description="Name of the version; need not be unique.",
        source=SOURCE,
        immutable=True,
        max_length=128,
        pattern=NAME,
        hint="must be letters, digits, - and _, and begin with a letter or digit",
    )
    function_id: str | None = field(
        None,
        description="Function that this is a further version of, beside others; left out, a function of its own.",
        source=SOURCE,
        local=True,
        update="identity",
        immutable=True,
        server_default=True,
        pattern=UUID,
        hint=UUID_HINT,
    )
    inference_url: str = field(
        description="Path in the container that calls go to; /grpc makes it a gRPC function.",
        source=SOURCE,
        wire="inferenceUrl",
        immutable=True,
        min_length=1,
        examples=("/v2/models/echo/infer",),
    )
    inference_port: int | None = field(
        None,
        description="Port of the container; 8080 and 8010 are NVCF's own.",
        source=SOURCE,
        wire="inferencePort",
        immutable=True,
        server_default=True,
        ge=1,
        le=65535,
    )
    container_image: str | None = field(
        None,
        description="Image with its tag or digest.",
        source=SOURCE,
        wire="containerImage",
        immutable=True,
        min_length=1,
        examples=("nvcr.io/ORG/echo:1",),
    )
    container_args: str | None = field(
        None,
        description="Arguments of the container, in one text.",
        source=SOURCE,
        wire="containerArgs",
        immutable=True,
        server_default=True,
    )
    container_environment: dict[str, str] | None = field(
        None,
        description="Environment variables; those that begin with NVCF_ are NVCF's own. Secrets go to secrets.",
        source=SOURCE,
        wire="containerEnvironment",
        immutable=True,
    )
    models: list[FunctionModel] | None = field(
        None, description="Models, by name.", source=SOURCE, keyed_by="name", min_length=1
    )
    resources: list[FunctionResource] | None = field(
        None,
        description="Files that are mounted.",
        source=SOURCE,
        immutable=True,
        keyed_by=("name", "version"),
    )
    helm_chart: str | None = field(
        None,
        description="URL of a Helm chart, in place of an image.",
        source=SOURCE,
        wire="helmChart",
        immutable=True,
        min_length=1,
        examples=("https://helm.ngc.nvidia.com/ORG/charts/NAME-1.0.0.tgz",),
    )
    helm_chart_service_name: str | None = field(
        None,
        description="Service of the chart that calls go to.",
        source=SOURCE,
        wire="helmChartServiceName",
        immutable=True,
        min_length=1,
    )
    health: FunctionHealth | None = field(
        None,
        description="Health check; left out, HTTP on /v2/health/ready at the inference port.",
        source=SOURCE,
        immutable=True,
        server_default=True,
    )
    health_uri: str | None = field(
        None,
        description="Path of the health check. Deprecated: use health.",
        source=SOURCE,
        wire="healthUri",
        immutable=True,
        server_default=True,
        min_length=1,
    )
    api_body_format: Literal["CUSTOM", "PREDICT_V2"] | None = field(
        None,
        description="Form of the bodies; left out, CUSTOM.",
        source=SOURCE,
        wire="apiBodyFormat",
        immutable=True,
        server_default=True,
    )
    function_type: FunctionType = field(
        "DEFAULT",
        description="DEFAULT (also for server-sent events), STREAMING (WebRTC) or LLM. Between LLM and the others "
        "there is no way but a new function.",
        source=SOURCE,
        wire="functionType",
        immutable=True,
    )
    description: str | None = field(
        None,
        description="What it is for; left out, its name.",
        source=SOURCE,
        immutable=True,
        server_default=True,
        max_length=256,
    )
    tags: list[str] | None = field(
        None,
        description="Words to find it by; one more is ours.",
        source=SOURCE,
        unordered=True,
        update="tags",
        max_length=MOST_TAGS,
    )
    secrets: dict[str, Any] | None = field(
        None,
        description="Secrets by name, texts or JSON objects, which the container finds in /var/secrets/secrets.json. "
        "Values and further names change in place.",
        source=SOURCE,
        secret=True,
        write_only=True,
        update="secrets",
        examples=({"API_TOKEN": "..."},),
    )
    rate_limit: FunctionRateLimit | None = field(
        None, description="How often it may be called.", source=SOURCE, wire="rateLimit", update="rate_limit"
    )
    telemetries: FunctionTelemetries | None = field(
        None, description="Where its logs, metrics and traces go.", source=SOURCE, immutable=True
    )
    llm_invocation_config: LlmInvocationConfig | None = field(
        None,
        description="How calls of an LLM function are treated, in all of its versions.",
        source=SOURCE,
        wire="llmInvocationConfig",
        server_default=True,
        update="llm",
    )
    connection: str | None = connection_name()


class FunctionId(Record):
    """The ids of a function version."""

    answered_by = "NVCF"

    function_id: str = field(description="Id of the function.", source=SOURCE, wire="id", always_answered=True)
    version_id: str = field(description="Id of the version.", source=SOURCE, wire="versionId", always_answered=True)


class EnvironmentVariable(Record):
    """An environment variable of the container."""

    key: str = field(description="Name.", source=SOURCE, always_answered=True)
    value: str = field("", description="Value.", source=SOURCE, secret=True)


class FunctionInstance(Record):
    """A running instance."""

    instance_id: str | None = field(None, description="Id.", source=SOURCE, wire="instanceId")
    instance_type: str | None = field(None, description="Instance type.", source=SOURCE, wire="instanceType")
    instance_status: str | None = field(
        None,
        description="ACTIVE, STARTING, RUNNING, ERRORED, PREEMPTED, DELETED or TERMINATED.",
        source=SOURCE,
        wire="instanceStatus",
    )
    gpu: str | None = field(None, description="GPU.", source=SOURCE)
    backend: str | None = field(None, description="Cluster group.", source=SOURCE)
    location: str | None = field(None, description="Where it runs.", source=SOURCE)


class FunctionDetail(FunctionId):
    """A function version as NVCF answers it, in its lists too."""

    name: str = field(description="Name.", source=SOURCE, always_answered=True)
    nca_id: str = field(description="Account.", source=SOURCE, wire="ncaId", always_answered=True)
    status: str = field(
        description="INACTIVE, DEPLOYING, ACTIVE, DEGRADING, DEGRADED or ERROR.", source=SOURCE, always_answered=True
    )
    function_type: str | None = field(None, description="Type.", source=SOURCE, wire="functionType")
    container_environment: list[EnvironmentVariable] | None = field(
        None, description="Environment variables.", source=SOURCE, wire="containerEnvironment"
    )
    models: list[FunctionModel] | None = field(None, description="Models.", source=SOURCE)
    resources: list[FunctionResource] | None = field(None, description="Mounted files.", source=SOURCE)
    health: FunctionHealth | None = field(None, description="Health check.", source=SOURCE)
    tags: list[str] | None = field(None, description="Tags.", source=SOURCE)
    secrets: list[str] | None = field(None, description="Names of the secrets.", source=SOURCE)
    rate_limit: FunctionRateLimit | None = field(None, description="Rates.", source=SOURCE, wire="rateLimit")
    telemetries: FunctionTelemetries | None = field(None, description="Telemetries.", source=SOURCE)
    llm_invocation_config: LlmInvocationConfig | None = field(
        None, description="LLM settings.", source=SOURCE, wire="llmInvocationConfig"
    )
    active_instances: list[FunctionInstance] | None = field(
        None, description="Instances.", source=SOURCE, wire="activeInstances", volatile=True
    )
    owned_by_different_account: bool | None = field(
        None, description="Whether it is shared by another account.", source=SOURCE, wire="ownedByDifferentAccount"
    )
    created_at: str | None = field(None, description="When it was made.", source=SOURCE, wire="createdAt")


class FunctionOutputs(Spec):
    """What is known of a function version."""

    function_id: str = field(description="Id of the function, the same for all its versions.", source=SOURCE, wire="id")
    version_id: str = field(description="Id of the version.", source=SOURCE, wire="versionId")
    nca_id: str = field(description="Account that owns it.", source=SOURCE, wire="ncaId", stable_unless=())
    created_at: str | None = field(
        None, description="When the version was made.", source=SOURCE, wire="createdAt", stable_unless=()
    )
