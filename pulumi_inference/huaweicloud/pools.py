"""Dedicated pools, in the two shapes in which the cloud answers them: new ones (ListPools), old ones (ListClusters)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pulumi_inference.core.clock import iso_time
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.fields.record import Record

_OLD_POOLS = "ListClusters"
_POOLS = "ListPools"


class _Answer(Record):
    answered_by = "ModelArts"


class PoolNodes(_Answer):
    """The nodes of one flavour in a pool."""

    specification: str | None = field(None, description="Flavour of the nodes.", source=_POOLS)
    count: int | None = field(None, description="Number of nodes.", source=_POOLS)
    max_count: int | None = field(
        None, description="Number up to which a new pool grows.", source=_POOLS, wire="maxCount"
    )
    available_count: int | None = field(None, description="Number of nodes in order.", source=_POOLS, volatile=True)


class PoolServices(_Answer):
    """How many services run in an old pool."""

    realtime_count: int | None = field(None, description="Real-time services.", source=_OLD_POOLS, volatile=True)
    batch_count: int | None = field(None, description="Batch services.", source=_OLD_POOLS, volatile=True)


class Pool(_Answer):
    """A dedicated pool: a new one has a pool_name, an old one a cluster_id."""

    kind: Literal["new", "old"] = field(description="new or old.", source="pulumi-inference")
    pool_name: str | None = field(None, description="Id of a new pool, a service's pool_name.", source=_POOLS)
    cluster_id: str | None = field(None, description="Id of an old pool, a service's cluster_id.", source=_OLD_POOLS)
    name: str | None = field(None, description="Name as given by a person.", source=_POOLS, wire="cluster_name")
    description: str | None = field(None, description="What the pool is for.", source=_POOLS)
    status: str | None = field(
        None,
        description="Of a new pool Creating, Running, Abnormal, Deleting, Error …; of an old one deploying, running, "
        "concerning or abnormal.",
        source=_POOLS,
    )
    message: str | None = field(None, description="Why a new pool has its status.", source=_POOLS)
    scope: list[str] | None = field(
        None, description="What a new pool is for: Train, Infer, Notebook.", source=_POOLS, unordered=True
    )
    type: str | None = field(None, description="Kind of a new pool: Dedicate.", source=_POOLS)
    workspace_id: str | None = field(None, description="Workspace of a new pool.", source=_POOLS)
    created_at: str | None = field(None, description="When it was made, in UTC.", source=_POOLS)
    nodes: list[PoolNodes] = field([], description="Its nodes, by flavour.", source=_POOLS, keyed_by="specification")
    allocatable_cpu_cores: float | None = field(
        None, description="Free CPU of an old pool.", source=_OLD_POOLS, unit="cores", volatile=True
    )
    allocatable_memory: int | None = field(
        None, description="Free memory of an old pool.", source=_OLD_POOLS, volatile=True
    )
    allocatable_gpus: float | None = field(
        None, description="Free GPUs of an old pool.", source=_OLD_POOLS, unit="GPUs", volatile=True
    )
    services_count: PoolServices | None = field(
        None, description="How many services run in an old pool.", source=_OLD_POOLS, volatile=True
    )
    owner: str | None = field(None, description="Id of the user that owns an old pool.", source=_OLD_POOLS)
    tenant: str | None = field(None, description="Id of the account of an old pool.", source=_OLD_POOLS)
    project: str | None = field(None, description="Id of the project of an old pool.", source=_OLD_POOLS)


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
