"""No field of a pool goes unused: the emulator's answers fill both kinds."""

from __future__ import annotations

from pulumi_inference.huaweicloud.pools import Pool
from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.specs.lookups import GetPools
from tests.support.specs import unfilled
from tests.support.world import World

CLUSTER = {
    **{"cluster_id": "c-1", "cluster_name": "old one", "description": "o", "status": "concerning"},
    **{"created_at": 1635738581000, "owner": "o", "tenant": "t", "project": "p"},
    **{"allocatable_cpu_cores": 7.5, "allocatable_memory": 32768, "allocatable_gpus": 1.0},
    "nodes": {"specification": "cpu.8u", "count": 2, "available_count": 1},
    "services_count": {"realtime_count": 3, "batch_count": 1},
}
POOL = {
    **{"pool_name": "pool-a1b2", "display_name": "mine", "description": "for all", "phase": "Abnormal"},
    "resources": [{"flavor": "cpu.8u", "count": 2, "maxCount": 4}],
    "status": {"message": "a node is down", "resources": {"available": [{"flavor": "cpu.8u", "count": 1}]}},
}


def test_every_field_of_a_pool_is_answered_and_read_as_it_is(world: World) -> None:
    world.cloud.admin("POST", "/seed", {"pools": [POOL], "clusters": [CLUSTER]})
    new, old = (
        one.model_dump(exclude_none=True) for one in GetPools().ask(CONNECTIONS.today(world.context(), None).client())
    )
    assert new == {
        **{"kind": "new", "pool_name": "pool-a1b2", "name": "mine", "description": "for all", "status": "Abnormal"},
        **{"message": "a node is down", "scope": ["Train", "Infer"], "type": "Dedicate", "workspace_id": "0"},
        "created_at": "2024-01-01T00:00:00Z",
        "nodes": [{"specification": "cpu.8u", "count": 2, "max_count": 4, "available_count": 1}],
    }
    assert old == {
        **{name: value for name, value in CLUSTER.items() if name != "cluster_name"},
        **{"kind": "old", "name": "old one", "created_at": "2021-11-01T03:49:41Z", "nodes": [CLUSTER["nodes"]]},
    }
    assert unfilled(Pool, [new, old]) == set()
