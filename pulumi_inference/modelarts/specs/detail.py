"""What ModelArts answers about a service (reference 6): the resource's outputs, and the whole detail."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.invocation.smoke_fields import error_output, passed_output


class Answer(Record):
    """Base of what ModelArts answers."""

    answered_by = "ModelArts"


class DeployedNode(Answer):
    """What the cloud answers about one edge node and the program does not say."""

    id: str = field(description="Id of the node.", source="ShowService")
    name: str | None = field(None, description="Name of the node.", source="ShowService")
    predict_url: str | None = field(None, description="URL that serves the model on the node.", source="ShowService")


class NodeDetail(DeployedNode):
    """An edge node, as answered."""

    description: str | None = field(None, description="What the node is for.", source="ShowService")
    node_label: str | None = field(None, description="Label of the node.", source="ShowService")
    host_name: str | None = field(None, description="Host name of the node.", source="ShowService")
    host_ips: list[str] | None = field(None, description="IP addresses of the node.", source="ShowService")
    state: str | None = field(None, description="RUNNING, FAIL or UNCONNECTED.", source="ShowService", volatile=True)
    instance_status: str | None = field(
        None,
        description="State of the model's instance: running, stopped, notReady or failed.",
        source="ShowService",
        volatile=True,
    )
    message: str | None = field(
        None, description="Why the instance failed or is not ready.", source="ShowService", volatile=True
    )
    deployment_num: int | None = field(
        None, description="Number of instances on the node.", source="ShowService", volatile=True
    )
    cpu: int | None = field(None, description="CPU of the node.", source="ShowService", unit="cores")
    memory: int | None = field(None, description="Memory of the node.", source="ShowService", unit="MB")
    gpu_num: int | None = field(None, description="GPUs of the node.", source="ShowService", unit="GPUs")
    enable_gpu: bool | None = field(None, description="Whether its GPUs may be used.", source="ShowService")
    arch: str | None = field(None, description="CPU architecture.", source="ShowService")
    os_name: str | None = field(None, description="Name of the operating system.", source="ShowService")
    os_type: str | None = field(None, description="Kind of the operating system.", source="ShowService")
    os_version: str | None = field(None, description="Version of the operating system.", source="ShowService")
    created_at: str | None = field(
        None, description="When it was registered: YYYY-MM-DDThh:mm:ss, UTC.", source="ShowService"
    )
    updated_at: str | None = field(
        None, description="When it was last changed: YYYY-MM-DDThh:mm:ss, UTC.", source="ShowService"
    )


class AnsweredModel(Answer):
    """What is answered about one model of a service, besides its configuration."""

    model_id: str | None = field(
        None, description="Id of the model version.", source="ShowService", always_answered=True
    )
    model_name: str | None = field(None, description="Name of the model.", source="ShowService")
    model_version: str | None = field(None, description="Version of the model.", source="ShowService")
    scaling: bool | None = field(None, description="Whether auto scaling is on.", source="ShowService")
    support_debug: bool | None = field(
        None, description="Whether the model can be debugged online.", source="ShowService"
    )
    source_type: str | None = field(None, description='"auto" for models of automatic learning.', source="ShowService")
    start_time: int | None = field(
        None, description="When the last batch run has begun.", source="ShowService", unit="ms"
    )
    finished_time: int | None = field(
        None, description="When the last batch run has ended.", source="ShowService", unit="ms"
    )


class DeployedModel(AnsweredModel):
    """What the cloud answers about one model of the service and the program does not say."""

    nodes: list[DeployedNode] | None = field(None, description="The edge nodes.", source="ShowService", keyed_by="id")


class ServiceOutputs(Answer):
    """What stays true about a service until somebody changes it."""

    service_id: str = field(description="Id of the service.", source="ShowService")
    status: str = field(
        description="deploying, running, concerning, failed, stopping, stopped, finished (batch), deleting, pending "
        "or waiting.",
        source="ShowService",
    )
    access_address: str = field(
        description="URL that serves the models of a real-time service; with wait=False it may not be there yet.",
        source="ShowService",
        stable_unless=(),
    )
    bind_access_address: str | None = field(
        None, description="URL under the service's own domain.", source="ShowService", stable_unless=()
    )
    debug_url: str | None = field(None, description="URL for debugging online.", source="ShowService")
    owner: str = field(description="Id of the user that owns it.", source="ShowService", stable_unless=())
    tenant: str = field(description="Id of the account.", source="ShowService", stable_unless=())
    project: str = field(description="Id of the project, as answered.", source="ShowService", stable_unless=())
    publish_at: int = field(description="Time of the last deployment.", source="ShowService", unit="ms", moment=True)
    update_time: int | None = field(
        None, description="Time of the configuration that runs.", source="ShowService", unit="ms", moment=True
    )
    transition_at: int | None = field(
        None, description="Time of the last change of state.", source="ShowService", unit="ms", moment=True
    )
    due_time: int | None = field(
        None,
        description="When the service stops by itself.",
        source="ShowService",
        unit="ms",
        moment=True,
        effect=("downtime",),
    )
    is_shared: bool = field(description="Whether it is a subscribed service.", source="ShowService", stable_unless=())
    is_free: bool = field(
        description="Whether it uses a free flavour.", source="ShowService", stable_unless=("config",)
    )
    error_msg: str | None = field(None, description="Why it failed.", source="ShowService")
    smoke_test_error: str | None = error_output()
    smoke_tested: dict[str, str] | None = passed_output()
    deployed: list[DeployedModel] = field(
        description="The cloud's own answer about each model.",
        source="ShowService",
        wire="config",
        keyed_by="model_id",
    )


class CustomSpecDetail(Answer):
    """Resources of one instance, as answered; all absent when the flavour is not `custom`."""

    cpu: float | None = field(None, description="CPU.", source="ShowService", unit="cores", decimals=2)
    memory: int | None = field(None, description="Memory.", source="ShowService", unit="MB")
    gpu_p4: float | None = field(None, description="GPUs of any kind.", source="ShowService", unit="GPUs", decimals=2)
    ascend_a310: int | None = field(None, description="Ascend chips.", source="ShowService", unit="chips")


class ScheduleDetail(Answer):
    """When the service stops by itself."""

    type: str | None = field(None, description="What happens then.", source="ShowService")
    time_unit: str | None = field(None, description="Unit of duration.", source="ShowService")
    duration: int | None = field(None, description="Number of units.", source="ShowService")


class ServiceConfigDetail(AnsweredModel):
    """One model of the service, as answered. Of a subscribed service only its id, name and version are known."""

    specification: str | None = field(None, description="Flavour.", source="ShowService")
    custom_spec: CustomSpecDetail | None = field(None, description="Resources of one instance.", source="ShowService")
    weight: int | None = field(None, description="Share of the traffic.", source="ShowService", unit="%")
    instance_count: int | None = field(None, description="Number of instances.", source="ShowService")
    envs: dict[str, str] | None = field(None, description="Environment variables.", source="ShowService", secret=True)
    status: str | None = field(None, description="State of the instances.", source="ShowService", volatile=True)
    pool_name: str | None = field(None, description="Id of the dedicated pool.", source="ShowService")
    cluster_id: str | None = field(None, description="Id of the old dedicated pool.", source="ShowService")
    additional_properties: dict[str, Any] | None = field(None, description="As answered.", source="ShowService")
    affinity: dict[str, Any] | None = field(None, description="As answered.", source="ShowService")
    src_path: str | None = field(None, description="OBS path of the input (batch).", source="ShowService")
    dest_path: str | None = field(None, description="OBS path of the output (batch).", source="ShowService")
    req_uri: str | None = field(None, description="Path of the model's API (batch).", source="ShowService")
    mapping_type: str | None = field(None, description="file or csv (batch).", source="ShowService")
    mapping_rule: dict[str, Any] | None = field(
        None, description="How CSV columns become a request (batch).", source="ShowService"
    )
    src_type: str | None = field(None, description='"ManifestFile" or nothing (batch).', source="ShowService")
    nodes: list[NodeDetail] | None = field(
        None, description="The edge nodes, with their state.", source="ShowService", keyed_by="id"
    )


class ServiceDetail(Answer):
    """The whole answer to a query of one service, counters included."""

    service_id: str = field(description="Id of the service.", source="ShowService", always_answered=True)
    name: str = field(
        description="Name of the service.", source="ShowService", wire="service_name", always_answered=True
    )
    description: str | None = field(None, description="What the service is for.", source="ShowService")
    tenant: str = field(description="Id of the account.", source="ShowService")
    project: str = field(description="Id of the project.", source="ShowService")
    owner: str = field(description="Id of the user that owns it.", source="ShowService")
    publish_at: int = field(description="Time of the last deployment.", source="ShowService", unit="ms")
    infer_type: str = field(description="Kind of the service.", source="ShowService", always_answered=True)
    workspace_id: str = field(description="Workspace of the service.", source="ShowService")
    cluster_id: str | None = field(None, description="Id of the old dedicated pool.", source="ShowService")
    pool_name: str | None = field(None, description="Id of the dedicated pool.", source="ShowService")
    vpc_id: str | None = field(None, description="VPC.", source="ShowService")
    subnet_network_id: str | None = field(None, description="Network id of the subnet.", source="ShowService")
    security_group_id: str | None = field(None, description="Security group.", source="ShowService")
    status: str = field(
        description="deploying, running, concerning, failed, stopping, stopped, deleting, pending or waiting.",
        source="ShowService",
        always_answered=True,
    )
    progress: int | None = field(
        None, description="Progress of the deployment.", source="ShowService", unit="%", volatile=True
    )
    error_msg: str | None = field(None, description="Why it failed.", source="ShowService")
    config: list[ServiceConfigDetail] = field(
        description="The models of the service.",
        source="ShowService",
        keyed_by="model_id",
        min_length=1,
        always_answered=True,
    )
    access_address: str | None = field(None, description="URL that serves the models.", source="ShowService")
    bind_access_address: str | None = field(
        None, description="URL under the service's own domain.", source="ShowService"
    )
    invocation_times: int = field(description="Calls so far.", source="ShowService", volatile=True)
    failed_times: int = field(description="Failed calls so far.", source="ShowService", volatile=True)
    is_shared: bool = field(description="Whether it is a subscribed service.", source="ShowService")
    shared_count: int = field(description="Number of subscriptions.", source="ShowService", volatile=True)
    schedule: list[ScheduleDetail] | None = field(
        None, description="When the service stops by itself.", source="ShowService"
    )
    update_time: int | None = field(
        None, description="Time of the configuration that runs.", source="ShowService", unit="ms"
    )
    debug_url: str | None = field(None, description="URL for debugging online.", source="ShowService")
    due_time: int | None = field(None, description="When the service stops by itself.", source="ShowService", unit="ms")
    operation_time: int | None = field(
        None, description="Time of this query.", source="ShowService", unit="ms", volatile=True
    )
    transition_at: int | None = field(
        None, description="Time of the last change of state.", source="ShowService", unit="ms"
    )
    is_free: bool = field(description="Whether it uses a free flavour.", source="ShowService")
    additional_properties: dict[str, Any] | None = field(None, description="As answered.", source="ShowService")
    load_balancer_policy: str | None = field(None, description="How requests are spread.", source="ShowService")
    priority: int | None = field(None, description="Priority of the service.", source="ShowService")
