"""New and old dedicated pools as records of one kind."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import NotFoundError
from pulumi_inference.huaweicloud.pools import PoolServices
from pulumi_inference.modelarts.specs.lookups import GetPools
from tests.support.answers import Answers

POOL = {
    "apiVersion": "v2",
    "kind": "Pool",
    "metadata": {
        "name": "pool-a1b2",
        "creationTimestamp": "2021-11-01T03:49:41Z",
        "labels": {"os.modelarts/name": "mine", "os.modelarts/workspace.id": "0"},
        "annotations": {"os.modelarts/description": "for all"},
    },
    "spec": {
        "type": "Dedicate",
        "scope": ["Train", "Infer"],
        "resources": [{"flavor": "cpu.8u", "count": 2, "maxCount": 4}, {"flavor": "gpu.8u", "count": 1}],
    },
    "status": {"phase": "Running", "message": "fine", "resources": {"available": [{"flavor": "cpu.8u", "count": 1}]}},
}

CLUSTER = {
    "cluster_id": "c-1",
    "cluster_name": "old one",
    "status": "running",
    "description": "d",
    "created_at": 1635738581000,
    "allocatable_cpu_cores": 7.5,
    "allocatable_memory": 32768,
    "allocatable_gpus": 0,
    "nodes": {"specification": "cpu.8u", "count": 2, "available_count": 1},
    "services_count": {"realtime_count": 3, "batch_count": 0},
    "owner": "o",
    "tenant": "t",
    "project": "p",
}


def pools_of(new: Any, old: Any) -> Answers:
    bodies = {
        "/v2/p1/pools": new and {"kind": "PoolList", "items": new},
        "/clusters": old and {"total_count": len(old), "count": len(old), "clusters": old},
    }
    return Answers({path: body for path, body in bodies.items() if body})


def test_new_and_old_pools() -> None:
    new, old = GetPools().ask(pools_of([POOL], [CLUSTER]).client)
    assert new.model_dump(exclude_none=True) == {
        "kind": "new",
        "pool_name": "pool-a1b2",
        "name": "mine",
        "description": "for all",
        "status": "Running",
        "message": "fine",
        "scope": ["Train", "Infer"],
        "type": "Dedicate",
        "workspace_id": "0",
        "created_at": "2021-11-01T03:49:41Z",
        "nodes": [
            {"specification": "cpu.8u", "count": 2, "max_count": 4, "available_count": 1},
            {"specification": "gpu.8u", "count": 1},
        ],
    }
    assert old.model_dump(exclude_none=True) == {
        **{name: value for name, value in CLUSTER.items() if name != "cluster_name"},
        "kind": "old",
        "name": "old one",
        "created_at": "2021-11-01T03:49:41Z",
        "nodes": [CLUSTER["nodes"]],
    }
    assert old.services_count == PoolServices(realtime_count=3, batch_count=0)


def test_a_pool_with_nothing_but_its_id() -> None:
    new, old = GetPools().ask(pools_of([{"metadata": {"name": "a"}}], [{"cluster_id": "c", "nodes": []}]).client)
    assert (new.pool_name, new.nodes, new.status) == ("a", [], None)
    assert (old.cluster_id, old.nodes, old.created_at) == ("c", [], None)


def test_a_cloud_that_no_longer_knows_old_pools_has_none() -> None:
    [only] = GetPools().ask(pools_of([POOL], None).client)
    assert only.kind == "new"


def test_an_address_that_knows_no_pools_at_all_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        GetPools().ask(pools_of(None, [CLUSTER]).client)
