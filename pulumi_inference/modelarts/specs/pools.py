"""The two shapes in which the cloud answers dedicated pools: new ones (ListPools) and old ones (ListClusters)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.clock import iso_time
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.modelarts.specs.records import Pool


def old_pool(item: Mapping[str, Any]) -> Pool:
    """One of ListClusters."""
    nodes = item.get("nodes")
    made = whole_number(item.get("created_at"))
    pool = {
        **item,
        "kind": "old",
        # The API page says one object; the plural says that there may be more.
        "nodes": nodes if isinstance(nodes, list) else [nodes] if nodes else [],
        "created_at": iso_time(made, "ms") if isinstance(made, int) else made,
    }
    return Pool.read(pool, f"the pool {item.get('cluster_id')}")


def new_pool(item: Mapping[str, Any]) -> Pool:
    """One of ListPools."""
    metadata, spec, status = (_member(item, name) for name in ("metadata", "spec", "status"))
    labels, annotations = _member(metadata, "labels"), _member(metadata, "annotations")
    available = {one.get("flavor"): one.get("count") for one in _objects(_member(status, "resources"), "available")}
    pool = {
        "kind": "new",
        "pool_name": metadata.get("name"),
        "cluster_name": labels.get("os.modelarts/name"),
        "description": annotations.get("os.modelarts/description"),
        "status": status.get("phase"),
        "message": status.get("message"),
        "scope": spec.get("scope"),
        "type": spec.get("type"),
        "workspace_id": labels.get("os.modelarts/workspace.id"),
        "created_at": metadata.get("creationTimestamp"),
        "nodes": [
            {**one, "specification": one.get("flavor"), "available_count": available.get(one.get("flavor"))}
            for one in _objects(spec, "resources")
        ],
    }
    return Pool.read(pool, f"the pool {metadata.get('name')}")


def _member(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    member = item.get(name)
    return member if isinstance(member, Mapping) else {}


def _objects(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    members = item.get(name)
    return [one for one in members if isinstance(one, Mapping)] if isinstance(members, list) else []
