"""Pools as inference sees them (modelarts-v2.md section 10.2)."""

from typing import Final

from ..huaweicloud import pools, refusals
from ..huaweicloud.accounts import stable_id
from ..messages import Response, json_response
from ..routing import Call
from . import errors, flavours
from .settings import settings_of

_STATUSES: Final = {
    "Running": "ACTIVE",
    "Abnormal": "ACTIVE",
    "Creating": "INITIALIZING",
    "CreationFailed": "INITIALIZE_FAILED",
    "Scaling": "ACTIVE",
    "Deleting": "DELETING",
}


def read(call: Call) -> Response:
    """``GET /services/clusters/{pool_id}``."""
    pool_id = call.params["pool_id"]
    item = pools.find(call.tx, pool_id)
    if item is None:
        raise errors.not_found(call, "Pool", pool_id)
    pool = pools.answer(item)
    categories = {one["category"] for one in flavours.all_of(call)}
    document = {
        "pool_id": pool_id,
        "logic_cluster_id": stable_id("logic-cluster", pool_id),
        "workspace_id": item.get("workspace_id", "0"),
        "project_id": call.params["project_id"],
        "status": _STATUSES.get(pool["status"]["phase"], "PENDING"),
        "type": "DEDICATED",
        "pool_type": "PHYSICAL",
        "physical_pool_id": pool_id,
        "resource_categories": sorted(categories),
        "flavors": flavours.all_of(call),
        "create_at": 1_704_067_200_000,
        "update_at": 1_704_067_200_000,
    }
    return json_response(document)


def check(call: Call, pool_id: str, path: str) -> None:
    """Refuse a pool in which nothing can be deployed; empty is the public pool.

    Raises:
        HuaweiError: 400.
    """
    settings = settings_of(call)
    if not pool_id:
        if not settings.public_pool:
            raise refusals.invalid(path, "there is no public pool in this region")
        return
    item = pools.find(call.tx, pool_id)
    if item is None:
        if settings.check_pools:
            raise refusals.invalid(path, f"the pool {pool_id} does not exist")
        return
    status = _STATUSES.get(pools.answer(item)["status"]["phase"], "PENDING")
    if status != "ACTIVE":
        raise refusals.invalid(path, f"the pool {pool_id} is {status}, not ACTIVE")
