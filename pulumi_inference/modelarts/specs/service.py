"""The service: what a program may say of it (reference 5.1, 8.8, 8.9)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.invocation.smoke_fields import SmokeTest
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelarts.specs.config import ServiceConfig
from pulumi_inference.modelarts.specs.parts import AdditionalProperties, ServiceSchedule, ServiceSecret, Timeouts


class ServiceSpec(Placed):
    """A ModelArts inference service: real-time, batch or edge."""

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
        description="Kind of the service: it answers requests, processes files, or answers requests on edge nodes.",
        source="CreateService",
        immutable=True,
    )
    config: list[ServiceConfig] = field(
        description="The models of the service; exactly one for batch and edge. A change rolls all of them out.",
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
        description="Id of a dedicated pool (real-time, batch). Without it and cluster_id, the shared pool is used.",
        source="CreateService",
        min_length=1,
        immutable=True,
    )
    cluster_id: str | None = field(
        None,
        description="Id of an old dedicated pool (real-time, batch), or of an edge resource pool (edge).",
        source="CreateService",
        min_length=1,
        immutable=True,
    )
    vpc_id: str | None = field(
        None,
        description="VPC of a real-time service, on the shared pool. Needs subnet_network_id and security_group_id.",
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
        description="When the service stops by itself; real-time only. A Schedule resource does the same from outside.",
        source="CreateService",
        max_length=1,
        update="property",
        effect=("schedule",),
    )
    additional_properties: AdditionalProperties | None = field(
        None, description="Notifications, logs and WebSocket.", source="CreateService", update="property"
    )
    load_balancer_policy: Literal["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"] | None = field(
        None,
        description="How requests are spread over the instances of a synchronous real-time service.",
        source="CreateService",
        update="property",
        server_default=True,
        effect=("traffic",),
    )
    service_secrets: list[ServiceSecret] | None = field(
        None,
        description="Secrets of the cloud's secret store that are mounted as files. The cloud does not return them.",
        source="CreateService",
        keyed_by="secret_id",
        update="property",
        write_only=True,
    )
    priority: int | None = field(
        None,
        description="Priority of the service; real-time and batch only.",
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
        hint='the first key is a model_id, as in {"MODEL_ID": {"NAME": "value"}}',
        secret=True,
        local=True,
        update="config",
        effect=("restart",),
    )
    desired_status: Literal["running", "stopped"] | None = field(
        None,
        description="Whether the service is to run. Left out, starting and stopping is not managed.",
        source="UpdateService",
        local=True,
        server_default=True,
        update="status",
        effect=("downtime",),
    )
    restart_after_schedule: bool | None = field(
        None,
        description="Whether a service that its schedule has stopped is started again by `pulumi up`; otherwise it is "
        'left as it is, even with desired_status "running".',
        source="pulumi-inference",
        local=True,
        write_only=True,
        update="status",
    )
    rerun_triggers: dict[str, str] | None = field(
        None,
        description="Values of the program's own; a batch service runs again when one of them changes.",
        source="pulumi-inference",
        local=True,
        write_only=True,
        update="status",
        examples=({"input": "2024-06-01"},),
    )
    desired_node_status: dict[str, Literal["running", "stopped"]] | None = field(
        None,
        description="Which edge nodes are to run the service and which not, by node id; the others are not managed.",
        source="UpdateEdgeNodeStatus",
        local=True,
        server_default=True,
        update="nodes",
        effect=("capacity",),
    )
    tags: dict[str, str] | None = field(
        None,
        description="Tags of a real-time service. The cloud does not answer them, so that a change outside of the "
        "program is not seen.",
        source="BatchCreateServiceTags",
        local=True,
        write_only=True,
        update="tags",
        examples=({"team": "vision"},),
    )
    smoke_test: SmokeTest | None = field(
        None,
        description="A request that has to be answered well after each deployment and roll-out of a real-time service, "
        "or else `pulumi up` fails.",
        source="pulumi-inference",
        local=True,
        write_only=True,
        update="smoke_test",
    )
    wait: bool = field(
        True,
        description="Wait until the service runs (or is stopped). A delete is always waited for.",
        source="pulumi-inference",
        local=True,
    )
    timeouts: Timeouts | None = field(None, description="How long to wait.", source="pulumi-inference", local=True)
    connection: str | None = connection_name(", for a second account or region")
