"""Dedicated resource pools: old ones, ``clusters`` (modelarts.md section 8.11), and new ones, which the second version
of the API lists (public API reference, "Obtaining Resource Pools")."""

from typing import Any, Final

from ..huaweicloud.accounts import DOMAIN_ID, stable_id
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import catalog, listing
from .service import Service, find_all

_STATUSES: Final = ("created", "failed", "creating")
_CREATED_AT: Final = "2024-01-01T00:00:00Z"


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
    """``GET /v2/{project_id}/pools``: the new dedicated pools that were seeded."""
    status = call.request.query_value("status") or None
    listing.check_choice("status", status, _STATUSES)
    workspace_id = call.request.query_value("workspaceId") or "0"
    labels = _selector(call.request.query_value("labelSelector") or "")
    pools = [_pool(item) for item in catalog.seeded(call.tx, "pools") if item.get("workspace_id", "0") == workspace_id]
    found = [
        pool
        for pool in pools
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


def _pool(item: Document) -> Document:
    """The answer for a seeded pool; what a seed does not say about itself is filled in.

    A seed has ``pool_name`` and perhaps ``display_name``, ``workspace_id``, ``description``, ``phase``, ``scope``,
    ``resources``, or whole sections ``metadata``, ``spec``, ``status``.
    """
    name = item["pool_name"]
    scope = item.get("scope", ["Train", "Infer"])
    resources = item.get("resources", [{"flavor": "modelarts.vm.cpu.8ud", "count": 2}])
    metadata: dict[str, Any] = {
        "name": name,
        "creationTimestamp": item.get("created_at", _CREATED_AT),
        "labels": {
            "os.modelarts/name": item.get("display_name", name),
            "os.modelarts/workspace.id": item.get("workspace_id", "0"),
            "os.modelarts/resource.id": f"maos-{stable_id('pool', name)[:12]}",
            "os.modelarts/tenant.domain.id": DOMAIN_ID,
        },
        "annotations": {
            "os.modelarts/description": item.get("description", ""),
            "os.modelarts/billing.mode": "0",
        },
    }
    spec = {
        "type": "Dedicate",
        "scope": scope,
        "resources": resources,
        "network": {"name": f"network-{stable_id('network', name)}"},
    }
    status = {
        "phase": item.get("phase", "Running"),
        "root": name,
        "scope": [{"scopeType": kind, "state": "Enabled"} for kind in scope],
        "resources": {"available": resources},
    }
    return {
        "kind": "Pool",
        "apiVersion": "v2",
        "metadata": {**metadata, **item.get("metadata", {})},
        "spec": {**spec, **item.get("spec", {})},
        "status": {**status, **item.get("status", {})},
    }
