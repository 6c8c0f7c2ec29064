"""Flavours, old pools and edge nodes (modelarts.md sections 8.9, 8.11 and 8.12)."""

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import catalog, errors, listing
from .fields import object_body
from .service import Service, find_all, find_for_change, save
from .servicerules import INFER_TYPES


def flavours(call: Call) -> Response:
    """``GET /services/specifications``; the same for every type of service and pool."""
    infer_type = call.request.query_value("infer_type") or "real-time"
    listing.check_choice("infer_type", infer_type, INFER_TYPES)
    personal = call.request.query_value("is_personal_cluster") or "false"
    listing.check_choice("is_personal_cluster", personal, ("true", "false"))
    sold_out = call.settings.sold_out
    found = [
        {**flavour, "spec_status": "sellout" if flavour["specification"] in sold_out else "normal"}
        for flavour in catalog.FLAVOURS
    ]
    page = listing.page(call, found)
    return json_response({"total_count": len(found), "count": len(page), "specifications": page})


def clusters(call: Call) -> Response:
    """``GET /clusters``: the old dedicated pools that were seeded."""
    services = find_all(call)
    found = [
        {
            "cluster_name": cluster["cluster_id"],
            "status": "running",
            "allocatable_cpu_cores": 8.0,
            "allocatable_memory": 32768,
            "allocatable_gpus": 0.0,
            "nodes": {"specification": "modelarts.vm.cpu.8u", "count": 1, "available_count": 1},
            "services_count": _services_count(services, cluster["cluster_id"]),
            **cluster,
        }
        for cluster in catalog.seeded(call.tx, "clusters")
    ]
    page = listing.page(call, found)
    return json_response({"total_count": len(found), "count": len(page), "clusters": page})


def set_node_status(call: Call) -> Response:
    """``PUT /services/{service_id}/nodes/{node_id}/status``: start or stop on one edge node."""
    body = object_body(call)
    wanted = body.choice("status", ("running", "stopped"), required=True) or ""
    service = find_for_change(call, call.params["service_id"])
    node_id = call.params["node_id"]
    if service.infer_type != "edge" or node_id not in [node for item in service.config for node in item["nodes"]]:
        raise errors.invalid("node_id", f"the service does not run on node {node_id}")
    if service.cluster_id:
        raise errors.invalid("node_id", "services in an edge pool cannot be started or stopped by node")
    current = service.node_status.get(node_id, "notReady")
    if current != {"running": "stopped", "stopped": "running"}[wanted]:
        raise errors.state_forbids(f"be set to {wanted} on node {node_id}", current)
    service.node_status[node_id] = wanted
    service.tell(call.now_ms, "normal", f"instance on node {node_id} is {wanted}")
    save(call.tx, service)
    return json_response({})


def _services_count(services: list[Service], cluster_id: str) -> Document:
    types = [service.infer_type for service in services if service.cluster_id == cluster_id]
    return {"realtime_count": types.count("real-time"), "batch_count": types.count("batch")}
