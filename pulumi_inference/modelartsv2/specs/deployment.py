"""A deployment, as a program says it (modelarts-v2.md, sections 4.3, 4.5, 6)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.invocation.smoke_fields import SmokeTest, error_output, passed_output
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelartsv2.specs.parts import (
    CREATE_DEPLOYMENT,
    DESCRIPTION_LIMIT,
    NAME,
    NAME_HINT,
    OURS,
    SHOW_DEPLOYMENT,
    SHOW_SERVICE,
    UPDATE_DEPLOYMENT,
    ServiceSecret,
    Timeouts,
    UpgradeConfig,
)
from pulumi_inference.modelartsv2.specs.unit import Model, UnitConfig

VERSION = r"^[0-9]{1,2}(\.[0-9]{1,2}){2}$"
VERSION_HINT = 'must be a version such as "1.0.2"'
STRATEGIES = Literal["ROUND_ROBIN", "ORIGIN_IP_HASH", "MIN_CONN", "MIN_FIRST_TOKEN_TIME", "COMPOSITE", "SLO_BASED"]


class AdvancedConfig(Spec):
    """How a deployment is reached and rolled out."""

    port: int = field(description="Port that requests go to.", source=CREATE_DEPLOYMENT, ge=1, le=65535)
    protocol: Literal["HTTP", "HTTPS", "WS", "WSS", "TCP", "NA"] = field(
        "HTTP", description="Protocol of the requests.", source=CREATE_DEPLOYMENT
    )
    upgrade_config: UpgradeConfig | None = field(
        None,
        description="How new versions are rolled out; left out, replica by replica.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
    )
    deploy_timeout_minutes: int | None = field(
        None,
        description="After how long a deployment that does not get ready has failed.",
        source=CREATE_DEPLOYMENT,
        unit="min",
        ge=1,
        le=300,
        server_default=True,
    )
    dynamic_routing_enable: bool | None = field(
        None, description="Whether requests are routed by load.", source=CREATE_DEPLOYMENT, server_default=True
    )
    strategy: STRATEGIES | None = field(
        None,
        description="How requests are routed; dedicated pools only.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
    )
    ems_enable: bool | None = field(
        None, description="Whether the elastic memory store is used.", source=CREATE_DEPLOYMENT, server_default=True
    )
    metric_api_scheme: Literal["HTTP", "HTTPS"] | None = field(
        None, description="Protocol of the metrics that routing reads.", source=CREATE_DEPLOYMENT, server_default=True
    )
    metric_api_port: str | None = field(
        None,
        description="Port of these metrics.",
        source=CREATE_DEPLOYMENT,
        pattern="^[0-9]{1,5}$",
        hint='must be a port, as a text: "9100"',
        server_default=True,
    )
    metric_api_path: str | None = field(
        None, description="Path of these metrics.", source=CREATE_DEPLOYMENT, server_default=True
    )
    custom_metrics_path: str | None = field(
        None,
        description="Metrics of one's own, as protocol,port,path.",
        source=CREATE_DEPLOYMENT,
        pattern="^(http|https),[0-9]{1,5},[^/].{0,240}$",
        hint='must be like "http,9100,metrics"',
        server_default=True,
        examples=("http,9100,metrics",),
    )
    mooncake_enable: bool | None = field(
        None, description="Whether Mooncake shares the KV cache.", source=CREATE_DEPLOYMENT, server_default=True
    )


class DeploymentTaskLimit(Spec):
    """What a deployment of an asynchronous service works on at a time."""

    max_concurrent_task: int = field(
        description="Tasks at a time.", source=UPDATE_DEPLOYMENT, unit="tasks", ge=1, le=100
    )


class DeploymentFields(Spec):
    """What every deployment has, one of its own and one that stands in a service."""

    weight: int = field(
        100,
        description="Weight among the deployments of the service. Shares are relative: the weights have no sum to "
        "reach, and with 0 it gets no requests.",
        source=CREATE_DEPLOYMENT,
        ge=0,
        le=100,
        update="update",
        effect=("traffic",),
    )
    count: int = field(
        1,
        description="Replicas. Changed alone it makes no new version.",
        source=CREATE_DEPLOYMENT,
        unit="replicas",
        ge=1,
        le=128,
        update="scale",
        effect=("capacity",),
    )
    unit_configs: list[UnitConfig] = field(
        description="The roles inside of a replica: one, or several of a distributed set-up.",
        source=CREATE_DEPLOYMENT,
        keyed_by="name",
        min_length=1,
        update="roll_out",
        effect=("restart",),
    )
    advanced_config: AdvancedConfig = field(
        description="How it is reached and rolled out.", source=CREATE_DEPLOYMENT, update="roll_out"
    )
    framework: Literal["COMMON", "VLLM", "MINDIE"] = field(
        "COMMON", description="Inference framework.", source=CREATE_DEPLOYMENT, immutable=True
    )
    deploy_type: Literal["SINGLE", "MULTI"] = field(
        "SINGLE", description="One unit, or several.", source=CREATE_DEPLOYMENT, immutable=True
    )
    workload_type: Literal["DEPLOYMENT", "LWS"] = field(
        "DEPLOYMENT", description="How pods are grouped.", source=CREATE_DEPLOYMENT, immutable=True
    )
    description: str | None = field(
        None,
        description="What it is for.",
        source=CREATE_DEPLOYMENT,
        max_length=DESCRIPTION_LIMIT,
        pattern="^[^<>]*$",
        hint="must not contain < or >",
        update="update",
    )
    priority: int | None = field(
        None,
        description="Which pods go first where resources are short, from 1 to 3. Changes only while it is stopped.",
        source=CREATE_DEPLOYMENT,
        ge=1,
        le=3,
        server_default=True,
        update="update",
    )
    schedule_strategy: Literal["HIGH_AVAILABILITY", "HIGH_UTILIZATION", "HIGH_PERFORMANCE"] | None = field(
        None,
        description="How pods are placed; left out, HIGH_AVAILABILITY.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        update="roll_out",
    )
    high_avail_switch: bool | None = field(
        None,
        description="Whether pods are spread over nodes; schedule_strategy takes its place.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        update="roll_out",
    )
    system_log_dump_enable: bool | None = field(
        None,
        description="Whether logs of the system are kept; physical pools with NPUs only.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        update="roll_out",
    )
    secret_type: Literal["dew", "agency"] | None = field(
        None,
        description="How pods get secrets: from the Data Encryption Workshop, or as an agency.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        update="roll_out",
    )
    secret_name: str | None = field(
        None,
        description="Name of the secret, with secret_type dew.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        min_length=1,
        update="roll_out",
    )
    mirror_traffic_enable: bool | None = field(
        None,
        description="Whether it gets copies of requests, whose answers nobody sees.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        update="update",
        effect=("traffic",),
    )
    mirror_traffic_weight: int | None = field(
        None,
        description="Share of the requests that it gets copies of.",
        source=CREATE_DEPLOYMENT,
        unit="%",
        ge=0,
        le=100,
        server_default=True,
        update="update",
        effect=("traffic",),
    )
    model: Model | None = field(
        None,
        description="The model. There is no call that takes it away: left out, it stays as it is.",
        source=CREATE_DEPLOYMENT,
        server_default=True,
        update="roll_out",
        effect=("restart",),
    )


class DeploymentSpec(DeploymentFields, Placed):
    """A workload behind a service, on a dedicated pool."""

    service_id: str = field(
        description="Service that it belongs to.", source=CREATE_DEPLOYMENT, immutable=True, local=True, min_length=1
    )
    name: str | None = field(
        None,
        description="Name, unique in the service. Left out, it is the resource's name with a hash.",
        source=CREATE_DEPLOYMENT,
        pattern=NAME,
        hint=NAME_HINT,
        immutable=True,
        examples=("blue",),
    )
    pool_id: str = field(
        description="Dedicated pool that it runs on. On the public pool, a service has its deployment inline.",
        source=CREATE_DEPLOYMENT,
        immutable=True,
        min_length=1,
        examples=("pool-demo-01",),
    )
    deployment_task_limit: DeploymentTaskLimit | None = field(
        None,
        description="What it works on at a time, in an asynchronous service.",
        source=UPDATE_DEPLOYMENT,
        server_default=True,
        update="update",
    )
    secret_envs: dict[str, dict[str, str]] | None = field(
        None,
        description="Secret environment variables, by the unit's name.",
        source=CREATE_DEPLOYMENT,
        hint='the first key is a unit\'s name, as in {"main": {"TOKEN": "value"}}',
        secret=True,
        local=True,
        update="roll_out",
        effect=("restart",),
    )
    service_secret: ServiceSecret | None = field(
        None,
        description="Secrets, mounted as files. A change outside of the program is not seen.",
        source=CREATE_DEPLOYMENT,
        secret=True,
        local=True,
        write_only=True,
        update="roll_out",
        effect=("restart",),
    )
    pinned_version: str | None = field(
        None,
        description="A former version that it is to run; what the program says besides weight and count waits until "
        "this is taken away again.",
        source="SwitchInferDeploymentVersion",
        pattern=VERSION,
        hint=VERSION_HINT,
        local=True,
        update="switch",
        effect=("switch", "restart"),
        examples=("1.0.2",),
    )
    desired_status: Literal["running", "stopped"] | None = field(
        None,
        description="Whether it runs; left out, as somebody else says.",
        source="StartInferDeployment",
        local=True,
        server_default=True,
        update="status",
        effect=("capacity", "downtime"),
    )
    on_cancel: Literal["leave", "interrupt"] = field(
        "leave",
        description="What becomes of a roll-out when `pulumi up` is cancelled: it goes on, or is interrupted, which "
        "leaves the former version at work.",
        source=OURS,
        local=True,
    )
    smoke_test: SmokeTest | None = field(
        None,
        description="A request to the service that has to be answered well after each roll-out, and before a larger "
        "weight is set. Which deployment answers it is as the weights say.",
        source=OURS,
        local=True,
        write_only=True,
        update="smoke_test",
    )
    wait: bool = field(True, description="Wait until it runs. A delete is always waited for.", source=OURS, local=True)
    timeouts: Timeouts | None = field(None, description="How long to wait.", source=OURS, local=True)
    connection: str | None = connection_name(", for a second account or region")


class DeploymentOutputs(Spec):
    """What is known of a deployment."""

    service_id: str = field(description="Service that it belongs to.", source=SHOW_DEPLOYMENT, stable_unless=())
    deployment_id: str = field(description="Id.", source=SHOW_DEPLOYMENT, wire="id", stable_unless=())
    status: str = field(
        description="RUNNING, DEPLOYING, UPGRADING, CONCERNING, RESTARTING, INTERRUPTING, STOPPING, STOPPED, FAILED, "
        "ERROR or DELETING.",
        source=SHOW_DEPLOYMENT,
    )
    version: str | None = field(None, description="The version that it runs.", source=SHOW_DEPLOYMENT)
    running_count: int | None = field(None, description="Replicas that run.", source=SHOW_SERVICE, unit="replicas")
    traffic_ratio: str | None = field(
        None, description="Share of the requests that it gets, such as 66.67%.", source=SHOW_SERVICE
    )
    url: str | None = field(
        None,
        description="Where its service is called: the public address, else the internal one. From when it first runs.",
        source=SHOW_SERVICE,
        stable_unless=(),
    )
    created_at: int | None = field(
        None,
        description="When it was made.",
        source=SHOW_DEPLOYMENT,
        wire="create_at",
        unit="ms",
        moment=True,
        stable_unless=(),
    )
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()
