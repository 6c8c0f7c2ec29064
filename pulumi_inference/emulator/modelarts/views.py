"""How a service looks from outside, field by field with its rule of presence (modelarts.md sections 6 and 7)."""

from typing import Any

from ..routing import Call
from ..store import Document
from . import catalog, flavours, machine
from .service import Config, Service

_OPTIONAL = (
    "description",
    "cluster_id",
    "pool_name",
    "vpc_id",
    "subnet_network_id",
    "security_group_id",
    "due_time",
    "load_balancer_policy",
    "priority",
    "bind_access_address",
)
_NOT_ECHOED = ("deploy_timeout_in_seconds", "nodes")
_SHARED_FIELDS = ("model_id", "model_name", "model_version")


def detail(call: Call, service: Service) -> Document:
    """The answer of ``GET /services/{service_id}``."""
    document = _common(call, service)
    document |= {name: value for name in _OPTIONAL if (value := getattr(service, name)) is not None}
    document |= {
        "update_time": service.update_time,
        "config": [_config_item(call, service, item) for item in service.config],
        "additional_properties": service.additional_properties,
    }
    if service.status == "failed":
        document["error_msg"] = service.error_msg or ""
    if service.infer_type == "real-time" and service.access_ready:
        document["access_address"] = access_address(call, service)
        if _debuggable(service):
            document["debug_url"] = f"{document['access_address']}/debug"
    return document


def list_item(call: Call, service: Service) -> Document:
    """One item of ``GET /services``: no ``config`` and no address."""
    document = _common(call, service) | {"is_opened_sample_collection": "false"}
    for name in ("description", "due_time"):
        if (value := getattr(service, name)) is not None:
            document[name] = value
    if service.infer_type == "batch":
        document |= _batch_times(service)
    if service.additional_properties:
        document["additional_properties"] = service.additional_properties
    return document


def access_address(call: Call, service: Service) -> str:
    """Where the service can be called, on the host that the client is talking to."""
    path = f"{service.cluster_id}/{service.service_id}" if service.cluster_id else service.service_id
    return f"{call.request.scheme}://{call.request.host}/v1/infers/{path}"


def _common(call: Call, service: Service) -> Document:
    calls = service.invocations.values()
    document = {
        "service_id": service.service_id,
        "service_name": service.service_name,
        "tenant": service.tenant,
        "project": service.project,
        "owner": service.owner,
        "publish_at": service.publish_at,
        "infer_type": service.infer_type,
        "workspace_id": service.workspace_id,
        "status": service.status,
        "invocation_times": sum(times for times, _ in calls),
        "failed_times": sum(failed for _, failed in calls),
        "is_shared": service.is_shared,
        "shared_count": service.shared_count,
        "operation_time": call.now_ms,
        "transition_at": service.transition_at,
        "is_free": any(item["specification"] == flavours.FREE for item in service.config),
    }
    if service.status == "deploying":
        document["progress"] = machine.progress(service, call.now_ms)
    if service.schedule:
        document["schedule"] = service.schedule
    return document


def _config_item(call: Call, service: Service, item: Config) -> Config:
    if service.is_shared:
        return {name: item[name] for name in _SHARED_FIELDS}
    result: dict[str, Any] = {name: value for name, value in item.items() if name not in _NOT_ECHOED}
    result["status"] = "ready" if service.status == "running" else "notReady"
    if service.infer_type == "batch":
        result |= _batch_times(service)
    if service.infer_type == "edge":
        result["nodes"] = [_node(call, service, node_id) for node_id in item.get("nodes", ())]
    return result


def _batch_times(service: Service) -> Document:
    times = {"start_time": service.start_time, "finished_time": service.finished_time}
    return {name: value for name, value in times.items() if value is not None}


def _node(call: Call, service: Service, node_id: str) -> Document:
    node = catalog.node_of(call.tx, node_id)
    del node["npu"]
    status = service.node_status.get(node_id, "notReady")
    if status == "running" and service.status not in ("running", "concerning"):
        status = {"failed": "failed", "stopped": "stopped"}.get(service.status, "notReady")
    node["instance_status"] = status
    node["predict_url"] = f"http://{node['host_ips'][0]}:1032/v1/infers/{service.service_id}"
    if status in ("failed", "notReady"):
        node["message"] = service.error_msg or f"the instance is {status} while the service is {service.status}"
    return node


def _debuggable(service: Service) -> bool:
    item = service.config[0]
    return len(service.config) == 1 and item["instance_count"] == 1 and bool(item.get("support_debug"))
