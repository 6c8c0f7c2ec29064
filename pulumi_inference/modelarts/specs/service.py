"""The real-time service: what a program may say of it (reference 5.1, 5.5, 5.6)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.facts import Spec, field
from pulumi_inference.modelarts.specs.config import ServiceConfig

_DURATION = r"^([0-9]+(\.[0-9]+)?(h|m|s))+$"
_DURATION_HINT = 'must be a duration such as "20m" or "1h30m"'


class ServiceSchedule(Spec):
    """Stops the service some time after it has started to run."""

    type: Literal["stop"] = field("stop", description="What happens then.", source="CreateService")
    time_unit: Literal["DAYS", "HOURS", "MINUTES"] = field(description="Unit of duration.", source="CreateService")
    duration: int = field(description="Number of units.", source="CreateService", ge=1, examples=(10,))


class SmnNotification(Spec):
    """Messages about the service's state, through a topic of the Simple Message Notification service."""

    topic_urn: str = field(description="URN of the topic.", source="CreateService", min_length=1)
    events: list[int] = field(
        description="What is told: 1 failed, 2 stopped, 3 running, 7 concerning, 9 deleted, 11 pending.",
        source="CreateService",
        unordered=True,
        examples=([1, 3, 7],),
    )


class LogReportConfiguration(Spec):
    """The log stream that receives the logs."""

    log_group_id: str = field(description="Id of the log group.", source="CreateService", min_length=1, max_length=64)
    log_stream_id: str = field(description="Id of the log stream.", source="CreateService", min_length=1, max_length=64)


class LogReportChannel(Spec):
    """A channel that receives the service's logs."""

    type: Literal["LTS"] = field("LTS", description="Kind of the channel: Log Tank Service.", source="CreateService")
    configuration: LogReportConfiguration | None = field(
        None, description="Log group and log stream that receive the logs.", source="CreateService"
    )


class AdditionalProperties(Spec):
    """Notifications, logs and WebSocket."""

    smn_notification: SmnNotification | None = field(
        None, description="Messages about the state.", source="CreateService"
    )
    log_report_channels: list[LogReportChannel] | None = field(
        None,
        description="Channels that receive the logs; without one, ModelArts keeps them for 7 days. "
        "Once on it cannot be changed.",
        source="CreateService",
        keyed_by="type",
        max_length=1,
    )
    websocket_upgrade: bool | None = field(
        False,
        description="Serve WebSocket; excludes traffic limiting. Once on it cannot be turned off.",
        source="CreateService",
        server_default=True,
    )


class ServiceSecret(Spec):
    """A secret of the cloud's secret store, mounted as a file."""

    secret_id: str = field(description="Id of the secret.", source="CreateService", wire="secretId", min_length=1)
    mount_path: str = field(
        description="Folder in the container.",
        source="CreateService",
        wire="mouthPath",  # the API's own spelling
        min_length=1,
    )


class Timeouts(Spec):
    """How long to wait. Pulumi's `custom_timeouts` win."""

    create: str | None = field(
        None,
        description="For the first deployment.",
        source="pulumi-inference",
        local=True,
        pattern=_DURATION,
        hint=_DURATION_HINT,
        examples=("20m",),
    )
    update: str | None = field(
        None,
        description="For a roll-out, a start or a stop.",
        source="pulumi-inference",
        local=True,
        pattern=_DURATION,
        hint=_DURATION_HINT,
        examples=("20m",),
    )
    delete: str | None = field(
        None,
        description="Until the service is gone.",
        source="pulumi-inference",
        local=True,
        pattern=_DURATION,
        hint=_DURATION_HINT,
        examples=("10m",),
    )


class ServiceSpec(Spec):
    """A ModelArts real-time inference service."""

    name: str | None = field(
        None,
        description="Name in the cloud, unique in the project. Left out, it is the resource's name with a hash.",
        source="CreateService",
        wire="service_name",
        pattern="^[A-Za-z0-9_\\-\u4e00-\u9fa5]{1,64}$",
        hint='must be 1 to 64 letters (Chinese ones too), digits, "-" or "_"',
        immutable=True,
        examples=("classifier",),
    )
    infer_type: Literal["real-time", "batch", "edge"] = field(
        "real-time",
        description="Kind of the service; only real-time is supported.",
        source="CreateService",
        immutable=True,
    )
    config: list[ServiceConfig] = field(
        description="The models of the service. A change rolls all of them out.",
        source="CreateService",
        min_length=1,
        keyed_by="model_id",
        update="config",
        effect=("traffic",),
    )
    description: str | None = field(
        None,
        description="What the service is for. Changing it restarts nothing.",
        source="CreateService",
        max_length=100,
        pattern="^[^!<>=&\"'+]*$",
        hint="must not contain any of ! < > = & \" ' +",
        update="property",
    )
    workspace_id: str | None = field(
        "0",
        description="Workspace of the service.",
        source="CreateService",
        min_length=1,
        immutable=True,
        server_default=True,
    )
    pool_name: str | None = field(
        None,
        description="Id of a dedicated pool; wins over cluster_id. Without either, the shared pool is used.",
        source="CreateService",
        min_length=1,
        immutable=True,
    )
    cluster_id: str | None = field(
        None, description="Id of an old dedicated pool.", source="CreateService", min_length=1, immutable=True
    )
    vpc_id: str | None = field(
        None,
        description="VPC of the service, on the shared pool. Needs subnet_network_id and security_group_id.",
        source="CreateService",
        min_length=1,
        immutable=True,
    )
    subnet_network_id: str | None = field(
        None,
        description="Network id of the subnet (not the subnet's own id), with vpc_id.",
        source="CreateService",
        min_length=1,
        immutable=True,
    )
    security_group_id: str | None = field(
        None,
        description="Security group, with vpc_id; it must let TCP 8080 in from 0.0.0.0/0.",
        source="CreateService",
        min_length=1,
        immutable=True,
    )
    schedule: list[ServiceSchedule] | None = field(
        None,
        description="When the service stops by itself.",
        source="CreateService",
        max_length=1,
        update="property",
        effect=("downtime",),
    )
    additional_properties: AdditionalProperties | None = field(
        None, description="Notifications, logs and WebSocket.", source="CreateService", update="property"
    )
    load_balancer_policy: Literal["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"] | None = field(
        None,
        description="How requests are spread over the instances of a synchronous service.",
        source="CreateService",
        update="property",
        server_default=True,
        effect=("traffic",),
    )
    service_secrets: list[ServiceSecret] | None = field(
        None,
        description="Secrets of the cloud's secret store that are mounted as files. Never answered.",
        source="CreateService",
        keyed_by="secret_id",
        update="property",
        write_only=True,
    )
    priority: int | None = field(
        None,
        description="Priority of the service.",
        source="CreateService",
        ge=1,
        le=3,
        update="property",
        server_default=True,
    )
    secret_envs: dict[str, dict[str, str]] | None = field(
        None,
        description="Secret environment variables, by model_id and name; sent together with the model's envs.",
        source="CreateService",
        secret=True,
        local=True,
        update="config",
        effect=("downtime",),
    )
    desired_status: Literal["running", "stopped"] | None = field(
        None,
        description="Whether the service is to run. Left out, starting and stopping is not managed.",
        source="UpdateService",
        local=True,
        update="status",
        effect=("downtime",),
    )
    wait: bool = field(
        True,
        description="Wait until the service runs (or is stopped). A delete is always waited for.",
        source="pulumi-inference",
        local=True,
    )
    timeouts: Timeouts | None = field(None, description="How long to wait.", source="pulumi-inference", local=True)
    connection: str | None = field(
        None,
        description="Name of the configuration section that says where and who, for a second account or region.",
        source="pulumi-inference",
        local=True,
        min_length=1,
    )
    endpoint: str | None = field(
        None, description="Address of the API.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
    region: str | None = field(
        None, description="Region.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
    project_id: str | None = field(
        None, description="Id of the project.", source="pulumi-inference", local=True, resolved=True, immutable=True
    )
