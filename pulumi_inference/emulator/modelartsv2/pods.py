"""Instances of a deployment and their pods (modelarts-v2.md sections 1.1 and 9.4)."""

from typing import Final
from uuid import uuid4

from ..huaweicloud.accounts import stable_id
from ..store import Document
from .deployment import Deployment

INSTANCE_STATUSES: Final = (
    *("RUNNING", "PENDING", "CONCERNING", "FAILED", "UNKNOWN", "DELETED"),
    *("ERROR", "INIT"),
)
POD_STATUSES: Final = ("RUNNING", "PENDING", "SUCCEEDED", "FAILED", "ABNORMAL", "UNKNOWN", "DELETED")

_NODES: Final = 4


def fill(deployment: Deployment, at: int) -> None:
    """Put new instances there until there are as many as are wanted, and take those away that are too many."""
    del deployment.instances[deployment.count :]
    while len(deployment.instances) < deployment.count:
        deployment.instances.append(_new(deployment, at))


def renew(deployment: Deployment, at: int, *, status: str) -> None:
    """Replace all instances by new ones in that state."""
    deployment.instances = []
    fill(deployment, at)
    enter(deployment, at, status=status)


def enter(deployment: Deployment, at: int, *, status: str, first: int | None = None, rest: str = "PENDING") -> None:
    """Bring the instances into a state; with ``first`` only that many, and the others into another one."""
    for place, instance in enumerate(deployment.instances):
        reached = status if first is None or place < first else rest
        set_status(instance, reached, at)


def set_status(instance: Document, status: str, at: int) -> None:
    """Bring an instance and its pods into a state."""
    instance |= {"status": status, "update_at": at}
    for pod in instance["pods"]:
        pod |= {"status": status, "update_time": at}


def replace_pod(deployment: Deployment, instance: Document, pod: Document, at: int) -> None:
    """Put a new pod in the place of one, which the instance then waits for."""
    place = instance["pods"].index(pod)
    instance["pods"][place] = _pod(deployment, instance["name"], pod["unit"], place, at)
    instance |= {"status": "PENDING", "update_at": at}


def pods_per_instance(deployment: Deployment) -> int:
    """How many pods an instance has."""
    return sum(_size(deployment, unit) for unit in deployment.content["unit_configs"])


def _size(deployment: Deployment, unit: Document) -> int:
    grouped = deployment.deploy_type != "SINGLE" and deployment.workload_type != "DEPLOYMENT"
    return int(unit["count"] * (unit["group_count"] if grouped else 1))


def _new(deployment: Deployment, at: int) -> Document:
    deployment.instances_made += 1
    name = f"{deployment.name}-{deployment.id[-6:]}-{deployment.instances_made}"
    units = [unit["name"] for unit in deployment.content["unit_configs"] for _ in range(_size(deployment, unit))]
    pods = [_pod(deployment, name, unit, place, at) for place, unit in enumerate(units)]
    return {"name": name, "status": "PENDING", "update_at": at, "pods": pods}


def _pod(deployment: Deployment, instance: str, unit: str, place: int, at: int) -> Document:
    role = next((one["role"] for one in deployment.content["unit_configs"] if one["name"] == unit), "COMMON")
    node = (deployment.instances_made + place) % _NODES + 1
    place_of = deployment.pool_id or stable_id("public")[:8]
    return {
        "pod_id": str(uuid4()),
        "pod_name": f"{instance}-{unit}-{place}-{uuid4().hex[:5]}",
        "pod_node_ip": f"192.168.0.{node}",
        "pod_node_name": f"{place_of}-node-{node}",
        "pod_role": role,
        "pod_role_name": unit,
        "unit": unit,
        "status": "PENDING",
        "create_at": at,
        "update_time": at,
    }
