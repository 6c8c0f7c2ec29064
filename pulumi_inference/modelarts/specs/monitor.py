"""What ModelArts answers about a service at work: events, load, roll-outs (reference/modelarts.md, 8.5 to 8.7)."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.fields.facts import field
from pulumi_inference.modelarts.specs.detail import Answer, CustomSpecDetail

_EVENTS = "ShowServiceEvents"
_MONITOR = "ShowServiceMonitorInfo"
_RECORDS = "ShowServiceUpdateLogs"


class ServiceEvent(Answer):
    """Something that happened to a service; kept for a month."""

    event_type: str = field(description="normal or abnormal.", source=_EVENTS)
    event_info: str = field(description="What happened.", source=_EVENTS)
    occur_time: int = field(description="When it happened.", source=_EVENTS, unit="ms")


class Load(Answer):
    """What the running instances have and use; absent where the cloud does not tell."""

    cpu_core_usage: float | None = field(None, description="CPU in use.", source=_MONITOR, unit="cores", volatile=True)
    cpu_core_total: float | None = field(None, description="CPU.", source=_MONITOR, unit="cores", volatile=True)
    cpu_memory_usage: int | None = field(None, description="Memory in use.", source=_MONITOR, unit="MB", volatile=True)
    cpu_memory_total: int | None = field(None, description="Memory.", source=_MONITOR, unit="MB", volatile=True)
    gpu_usage: float | None = field(None, description="GPUs in use.", source=_MONITOR, unit="GPUs", volatile=True)
    gpu_total: float | None = field(None, description="GPUs.", source=_MONITOR, unit="GPUs", volatile=True)
    gpu_memory_usage: float | None = field(
        None, description="GPU memory in use.", source=_MONITOR, unit="MB", volatile=True
    )
    gpu_memory_total: float | None = field(None, description="GPU memory.", source=_MONITOR, unit="MB", volatile=True)
    npu_usage: float | None = field(None, description="NPUs in use.", source=_MONITOR, unit="NPUs", volatile=True)
    npu_total: float | None = field(None, description="NPUs.", source=_MONITOR, unit="NPUs", volatile=True)
    npu_memory_usage: float | None = field(
        None, description="NPU memory in use.", source=_MONITOR, unit="MB", volatile=True
    )
    npu_memory_total: float | None = field(None, description="NPU memory.", source=_MONITOR, unit="MB", volatile=True)
    model_running_instance_count: int | None = field(
        None, description="Instances that run.", source=_MONITOR, volatile=True
    )
    model_instance_count: int | None = field(None, description="Instances wanted.", source=_MONITOR, volatile=True)


class ModelMonitor(Load):
    """Load and calls of one model of a real-time service."""

    model_id: str = field(description="Id of the model version.", source=_MONITOR)
    model_name: str | None = field(None, description="Name of the model.", source=_MONITOR)
    model_version: str | None = field(None, description="Version of the model.", source=_MONITOR)
    invocation_times: int | None = field(None, description="Calls so far.", source=_MONITOR, volatile=True)
    failed_times: int | None = field(None, description="Failed calls so far.", source=_MONITOR, volatile=True)


class NodeMonitor(Load):
    """Load of one node of an edge service."""

    node_id: str = field(description="Id of the node.", source=_MONITOR)
    node_name: str | None = field(None, description="Name of the node.", source=_MONITOR)


class ServiceMonitor(Answer):
    """How many instances run, what they are asked and what they use, at the moment of the query."""

    service_id: str = field(description="Id of the service.", source=_MONITOR)
    service_name: str | None = field(None, description="Name of the service.", source=_MONITOR)
    service_running_instance_count: int | None = field(
        None, description="Instances that run.", source=_MONITOR, volatile=True
    )
    service_instance_count: int | None = field(None, description="Instances wanted.", source=_MONITOR, volatile=True)
    req_count_per_min: int | None = field(None, description="Calls in the last minute.", source=_MONITOR, volatile=True)
    models: list[ModelMonitor] = field(
        description="The models of a real-time service.", source=_MONITOR, keyed_by="model_id", volatile=True
    )
    nodes: list[NodeMonitor] = field(
        description="The nodes of an edge service.", source=_MONITOR, keyed_by="node_id", volatile=True
    )


class UpdateRecordConfig(Answer):
    """One model as a roll-out had it."""

    model_id: str | None = field(None, description="Id of the model version.", source=_RECORDS)
    model_name: str | None = field(None, description="Name of the model.", source=_RECORDS)
    model_version: str | None = field(None, description="Version of the model.", source=_RECORDS)
    weight: int | None = field(None, description="Share of the traffic.", source=_RECORDS, unit="%")
    specification: str | None = field(None, description="Flavour.", source=_RECORDS)
    custom_spec: CustomSpecDetail | None = field(None, description="Resources of one instance.", source=_RECORDS)
    envs: dict[str, str] | None = field(None, description="Environment variables.", source=_RECORDS, secret=True)
    cluster_id: str | None = field(None, description="Id of the old dedicated pool.", source=_RECORDS)
    instance_count: int | None = field(None, description="Number of instances.", source=_RECORDS)
    additional_properties: dict[str, Any] | None = field(None, description="As answered.", source=_RECORDS)


class NodeResult(Answer):
    """How a roll-out went on one node of an edge service."""

    node_id: str = field(description="Id of the node.", source=_RECORDS)
    node_name: str | None = field(None, description="Name of the node.", source=_RECORDS)
    operation: str | None = field(None, description="deploy or delete.", source=_RECORDS)
    result: bool | None = field(None, description="Whether it succeeded.", source=_RECORDS)


class UpdateRecord(Answer):
    """One roll-out of a configuration; of real-time and edge services."""

    update_time: int = field(description="When the roll-out began.", source=_RECORDS, unit="ms")
    result: str = field(description="SUCCESS, FAIL or RUNNING.", source=_RECORDS)
    config: list[UpdateRecordConfig] | None = field(
        None, description="The models that were rolled out.", source=_RECORDS, keyed_by="model_id"
    )
    cluster_id: str | None = field(None, description="Id of the old dedicated pool.", source=_RECORDS)
    extend_config: list[str] | None = field(None, description="As answered.", source=_RECORDS)
    success_num: int | None = field(None, description="Nodes on which it succeeded (edge).", source=_RECORDS)
    failed_num: int | None = field(None, description="Nodes on which it failed (edge).", source=_RECORDS)
    result_detail: list[NodeResult] | None = field(
        None, description="How it went on each node (edge).", source=_RECORDS, keyed_by="node_id"
    )
