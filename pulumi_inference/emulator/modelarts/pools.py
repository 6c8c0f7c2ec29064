"""Dedicated resource pools: old ones, ``clusters`` (modelarts.md section 8.11), and new ones, which the second version
of the API lists (public API reference, "Obtaining Resource Pools")."""

from typing import Final

from ..huaweicloud import pools
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import catalog, listing
from .service import Service, find_all

_STATUSES: Final = ("created", "failed", "creating")


def read_clusters(call: Call) -> Response:
    """``GET /v1/{project_id}/clusters``: the old dedicated pools that were seeded."""
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


def read_all(call: Call) -> Response:
    """``GET /v2/{project_id}/pools``: the new dedicated pools."""
    status = call.request.query_value("status") or None
    listing.check_choice("status", status, _STATUSES)
    workspace_id = call.request.query_value("workspaceId") or "0"
    labels = _selector(call.request.query_value("labelSelector") or "")
    all_of_it = [item for item in pools.find_all(call.tx) if item.get("workspace_id", "0") == workspace_id]
    found = [
        pool
        for pool in map(pools.answer, all_of_it)
        if status in (None, _status(pool["status"]["phase"])) and labels.items() <= pool["metadata"]["labels"].items()
    ]
    return json_response({"kind": "PoolList", "apiVersion": "v2", "items": found})


def _services_count(services: list[Service], cluster_id: str) -> Document:
    types = [service.infer_type for service in services if service.cluster_id == cluster_id]
    return {"realtime_count": types.count("real-time"), "batch_count": types.count("batch")}


def _status(phase: str) -> str:
    """What the filter calls a phase: a pool that has been created is one whatever has become of it since."""
    return {"Creating": "creating", "CreationFailed": "failed"}.get(phase, "created")


def _selector(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {name: value for name, _, value in pairs}
