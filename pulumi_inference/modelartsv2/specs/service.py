"""A service, as a program says it (modelarts-v2.md, sections 4.1, 4.2, 4.8)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.invocation.smoke_fields import SmokeTest, error_output, passed_output
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelartsv2.specs.deployment import DeploymentFields
from pulumi_inference.modelartsv2.specs.parts import (
    CREATE_SERVICE,
    DESCRIPTION_LIMIT,
    NAME,
    NAME_HINT,
    OURS,
    SHOW_SERVICE,
    ServiceSecret,
    Timeouts,
    UpgradeConfig,
)
from pulumi_inference.modelartsv2.specs.runtime import RuntimeConfig


class InlineDeployment(DeploymentFields):
    """The one deployment of a service on the public pool, which has no life of its own."""

    name: str = field(
        "default",
        description="Name.",
        source=CREATE_SERVICE,
        pattern=NAME,
        hint=NAME_HINT,
        immutable=True,
    )


class LogFile(Spec):
    """Files of the container whose lines are logs."""

    log_path: str = field(
        description="Folder.", source=CREATE_SERVICE, pattern="^/.*$", hint='must begin with "/"', max_length=512
    )
    file_pattern: str = field(
        description="Names of the files.", source=CREATE_SERVICE, min_length=1, max_length=255, examples=("*.log",)
    )


class LogConfig(Spec):
    """Where one kind of logs goes."""

    type: Literal["STDOUT", "EVENT", "FILE"] = field(description="Kind of the logs.", source=CREATE_SERVICE)
    status: Literal["ON", "OFF"] = field("ON", description="Whether they are collected.", source=CREATE_SERVICE)
    log_group_id: str | None = field(
        None,
        description="Log group; left out, one is made.",
        source=CREATE_SERVICE,
        min_length=1,
        server_default=True,
    )
    log_stream_id: str | None = field(
        None,
        description="Log stream; left out, one is made.",
        source=CREATE_SERVICE,
        min_length=1,
        server_default=True,
    )
    files: list[LogFile] | None = field(
        None,
        description="The files, of type FILE. ModelArts does not answer them.",
        source=CREATE_SERVICE,
        max_length=10,
        write_only=True,
    )


class ServiceSchedule(Spec):
    """Stops the service some time after it has started to run."""

    type: Literal["STOP"] = field("STOP", description="What happens then.", source=CREATE_SERVICE)
    time_unit: Literal["MINUTES", "HOURS", "DAYS"] = field(description="Unit of duration.", source=CREATE_SERVICE)
    duration: int = field(
        description="Number of units; at most 7 days.", source=CREATE_SERVICE, ge=1, le=10080, examples=(10,)
    )


class ServiceSpec(Placed):
    """A stable entry point for requests: address, authentication, limits and logs, with deployments behind it."""

    name: str | None = field(
        None,
        description="Name, unique in the project. Left out, it is the resource's name with a hash.",
        source=CREATE_SERVICE,
        pattern=NAME,
        hint=NAME_HINT,
        update="service",
        examples=("demo-chat",),
    )
    type: Literal["REAL_TIME", "ASYNC_REAL_TIME"] = field(
        "REAL_TIME",
        description="Whether callers wait for the answer, or fetch it later.",
        source=CREATE_SERVICE,
        immutable=True,
    )
    deploy_type: Literal["SINGLE", "MULTI"] = field(
        "SINGLE", description="One unit in a replica, or several.", source=CREATE_SERVICE, immutable=True
    )
    workload_type: Literal["DEPLOYMENT", "LWS"] | None = field(
        None,
        description="How pods are grouped. ModelArts does not answer it.",
        source=CREATE_SERVICE,
        immutable=True,
        write_only=True,
    )
    workspace_id: str | None = field(
        "0",
        description="Workspace.",
        source=CREATE_SERVICE,
        immutable=True,
        pattern="^(0|[a-z0-9]{32})$",
        hint='must be "0" or 32 lower-case letters and digits',
    )
    runtime_config: RuntimeConfig = field(
        description="How it is called, by whom and how much.", source=CREATE_SERVICE, update="service"
    )
    service_secret: ServiceSecret | None = field(
        None,
        description="Secrets, mounted as files. A change outside of the program is not seen.",
        source=CREATE_SERVICE,
        secret=True,
        local=True,
        write_only=True,
        update="service",
    )
    deployment: InlineDeployment | None = field(
        None,
        description="The deployment of a service on the public pool. On dedicated pools, each is a "
        "modelartsv2.Deployment of its own.",
        source=CREATE_SERVICE,
        local=True,
        update="service",
    )
    secret_envs: dict[str, dict[str, str]] | None = field(
        None,
        description="Secret environment variables of the deployment that stands here, by the unit's name.",
        source=CREATE_SERVICE,
        hint='the first key is a unit\'s name, as in {"main": {"TOKEN": "value"}}',
        secret=True,
        local=True,
        update="service",
        effect=("restart",),
    )
    description: str | None = field(
        None,
        description="What it is for. Changed alone, it makes no new version.",
        source=CREATE_SERVICE,
        max_length=DESCRIPTION_LIMIT,
        pattern="^[^<>]*$",
        hint="must not contain < or >",
        update="description",
    )
    schedule: ServiceSchedule | None = field(
        None,
        description="When it stops by itself, counted from when it runs.",
        source=CREATE_SERVICE,
        local=True,
        update="schedule",
        effect=("schedule",),
    )
    tags: dict[str, str] | None = field(
        None,
        description="Tags, at most 20.",
        source="CreateInferServiceTag",
        local=True,
        max_length=20,
        update="tags",
        examples=({"team": "ml"},),
    )
    task_type: (
        Literal[
            "TEXT_GENERATION",
            "IMAGE_UNDERSTANDING",
            "VIDEO_GENERATION",
            "IMAGE_GENERATION",
            "RERANK",
            "VECTOR_MODEL",
            "EMBEDDING",
        ]
        | None
    ) = field(None, description="What it does.", source=CREATE_SERVICE, server_default=True, update="service")
    lts_strategy: Literal["AUTO_CREATE", "POOL", "DEFAULT"] | None = field(
        None,
        description="Where logs go; left out, AUTO_CREATE.",
        source=CREATE_SERVICE,
        server_default=True,
        update="service",
    )
    log_configs: list[LogConfig] | None = field(
        None,
        description="Where which logs go, at most one of each kind. ModelArts answers them when there is a deployment.",
        source=CREATE_SERVICE,
        sometimes_answered=True,
        keyed_by="type",
        max_length=3,
        server_default=True,
        update="service",
    )
    custom_metrics_path: str | None = field(
        None,
        description="Metrics of one's own, as protocol,port,path. ModelArts does not answer it.",
        source=CREATE_SERVICE,
        pattern="^(http|https),[0-9]{1,5},[^/].{0,240}$",
        hint='must be like "http,9100,metrics"',
        write_only=True,
        server_default=True,
        update="service",
        examples=("http,9100,metrics",),
    )
    upgrade_config: UpgradeConfig | None = field(
        None,
        description="How new versions are rolled out; a deployment's own advanced_config says it today.",
        source=CREATE_SERVICE,
        server_default=True,
        update="service",
    )
    deploy_timeout_minutes: int | None = field(
        None,
        description="After how long a deployment that does not get ready has failed; a deployment's own "
        "advanced_config says it today.",
        source=CREATE_SERVICE,
        unit="min",
        ge=1,
        le=300,
        server_default=True,
        update="service",
    )
    desired_status: Literal["running", "stopped"] | None = field(
        None,
        description="Whether it runs, with all its deployments; left out, as they do.",
        source="StartInferService",
        local=True,
        server_default=True,
        update="status",
        effect=("capacity", "downtime"),
    )
    restart_after_schedule: bool = field(
        False,
        description="Whether `pulumi up` starts it again after its schedule has stopped it.",
        source=OURS,
        local=True,
    )
    smoke_test: SmokeTest | None = field(
        None,
        description="A request that has to be answered well after the deployment and each change of a service that "
        "runs, or else `pulumi up` fails.",
        source=OURS,
        local=True,
        write_only=True,
        update="smoke_test",
    )
    wait: bool = field(True, description="Wait until it runs. A delete is always waited for.", source=OURS, local=True)
    timeouts: Timeouts | None = field(None, description="How long to wait.", source=OURS, local=True)
    connection: str | None = connection_name(", for a second account or region")


class ServiceOutputs(Spec):
    """What is known of a service."""

    service_id: str = field(description="Id.", source=SHOW_SERVICE, wire="id", stable_unless=())
    status: str = field(
        description="INIT without a deployment, RUNNING, DEPLOYING, UPGRADING, CONCERNING, STOPPING, STOPPED, FAILED, "
        "ERROR or DELETING.",
        source=SHOW_SERVICE,
    )
    version: str | None = field(None, description="Version of the settings.", source=SHOW_SERVICE)
    url: str | None = field(
        None,
        description="Where it is called: the public address, else the internal one. Stays the same.",
        source=SHOW_SERVICE,
    )
    predict_urls: dict[str, list[str]] | None = field(
        None, description="All its addresses, by channel: PUBLIC, INTERNAL, CONSOLE.", source=SHOW_SERVICE
    )
    dispatcher_group_id: str | None = field(
        None, description="What intranet access needs.", source=SHOW_SERVICE, stable_unless=()
    )
    failure_reason: str | None = field(None, description="Why it has failed.", source=SHOW_SERVICE)
    due_time: int | None = field(
        None,
        description="When its schedule stops it.",
        source=SHOW_SERVICE,
        unit="ms",
        moment=True,
        effect=("schedule",),
    )
    created_at: int | None = field(
        None,
        description="When it was made.",
        source=SHOW_SERVICE,
        wire="create_at",
        unit="ms",
        moment=True,
        stable_unless=(),
    )
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()
