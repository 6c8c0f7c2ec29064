"""What services are built from: models, pools, nodes, workspaces, security groups."""

from typing import Any, Final

from ..admincalls import refuse_unknown
from ..huaweicloud import pools
from ..huaweicloud.errors import HuaweiError
from ..routing import Call
from ..store import Document, Transaction
from . import errors, model
from .settings import settings_of

_NODE: Final[Document] = {
    "description": "",
    "node_label": "",
    "host_ips": ["192.168.0.10"],
    "state": "RUNNING",
    "deployment_num": 1,
    "cpu": 8,
    "memory": 32768,
    "gpu_num": 0,
    "enable_gpu": False,
    "npu": False,
    "arch": "x86_64",
    "os_name": "Ubuntu",
    "os_type": "linux",
    "os_version": "20.04",
    "created_at": "2024-01-01T00:00:00",
    "updated_at": "2024-01-01T00:00:00",
}
_CLUSTER_FIELDS = (
    *("cluster_name", "status", "description", "created_at", "owner", "tenant", "project"),
    *("allocatable_cpu_cores", "allocatable_memory", "allocatable_gpus", "nodes", "services_count"),
)

SEEDABLE: Final[dict[str, tuple[str, ...]]] = {
    "pools": pools.FIELDS,
    "clusters": ("cluster_id", *_CLUSTER_FIELDS),
    "nodes": ("id", "name", "host_name", *_NODE),
    "apps": ("app_id", "app_name", "app_codes"),
    "workspaces": ("workspace_id",),
    "security_groups": ("security_group_id", "inbound_8080"),
}
"""What the admin door can seed, and its fields; the first one identifies an item."""


def seed(tx: Transaction, collection: str, item: Document) -> None:
    """Keep an item of one of the collections of :data:`SEEDABLE`.

    Raises:
        KeyError: the item has no id.
        RefusedError: it has a field that there is not.
    """
    refuse_unknown(item, SEEDABLE[collection], f"field of {collection}")
    tx.put(_kind(collection), str(item[SEEDABLE[collection][0]]), item)


def find(tx: Transaction, collection: str, key: str) -> Document | None:
    """A seeded item."""
    return tx.get(_kind(collection), key)


def seeded(tx: Transaction, collection: str) -> list[Document]:
    """The seeded items of a collection."""
    return tx.find_all(_kind(collection))


def find_model(call: Call, model_id: str, infer_type: str, project: str) -> model.Model:
    """The model that a configuration refers to.

    Args:
        call: the request.
        model_id: of the model.
        infer_type: of the service.
        project: of the service.

    Raises:
        HuaweiError: 404 ModelArts.3507, 400 ModelArts.3515, 3589 or 3514.
    """
    found = model.load(call.tx, model_id)
    if found is None or found.project not in (None, project):
        strict = settings_of(call).strict_models
        if model.exist(call.tx) if strict is None else strict:
            raise HuaweiError(404, "ModelArts.3507", f"Model {model_id} does not exist.")
        return model.placeholder(model_id)
    if found.model_status != "published":
        message = f"The model {model_id} cannot be used for deploying services because it is still being published."
        raise errors.refused("3515", message)
    if not found.suits(infer_type):
        raise errors.refused("3589", f"Model {model_id} cannot be used to deploy {infer_type} service.")
    if infer_type == "batch" and not found.input_params:
        message = "Field [input_params] must be set for the model that is used to deploy the batch service."
        raise errors.refused("3514", f"Model {model_id}: {message}")
    return found


def check_pool(call: Call, collection: str, name: str | None) -> None:
    """Refuse a pool that nobody seeded, if the emulator is to be strict.

    Raises:
        HuaweiError: 400 ModelArts.3547.
    """
    if name and settings_of(call).strict_pools and call.tx.get(_kind(collection), name) is None:
        raise errors.refused("3547", f"Cluster {name} does not exist.")


def check_workspace(call: Call, workspace_id: str) -> None:
    """Workspace ``0`` is always there.

    Raises:
        HuaweiError: 400 ModelArts.0102.
    """
    if workspace_id != "0" and call.tx.get(_kind("workspaces"), workspace_id) is None:
        raise errors.refused("0102", f"Workspace {workspace_id} does not exist.")


def check_security_group(call: Call, security_group_id: str) -> None:
    """A seeded group may say ``"inbound_8080": false``.

    Raises:
        HuaweiError: 400 ModelArts.3534.
    """
    group = call.tx.get(_kind("security_groups"), security_group_id)
    known = group is not None or not settings_of(call).strict_pools
    if not known or (group is not None and not group.get("inbound_8080", True)):
        rule = "at least one inbound rule to allow the TCP request from source address 0.0.0.0/0 and port 8080"
        raise errors.refused("3534", f"The security group {security_group_id} must contain {rule}.")


def check_node(call: Call, node_id: str, category: str) -> None:
    """An edge node must run and have the hardware.

    Raises:
        HuaweiError: 400 ModelArts.3598 or ModelArts.3533.
    """
    seeded_node = call.tx.get(_kind("nodes"), node_id)
    if seeded_node is None and settings_of(call).strict_pools:
        raise _not_running(node_id)
    node = node_of(call.tx, node_id)
    if node["state"] != "RUNNING":
        raise _not_running(node_id)
    if seeded_node and ((category == "GPU" and not node["enable_gpu"]) or (category == "NPU" and not node["npu"])):
        raise errors.refused("3533", f"The selected edge node {node_id} does not support {category}.")


def node_of(tx: Transaction, node_id: str) -> Document:
    """An edge node with every field that section 6.3 lists; ``npu`` is the emulator's own."""
    seeded_node: dict[str, Any] = tx.get(_kind("nodes"), node_id) or {}
    return {
        "id": node_id,
        "name": f"node-{node_id[:8]}",
        "host_name": f"host-{node_id[:8]}",
        **_NODE,
        **seeded_node,
    }


def _not_running(node_id: str) -> HuaweiError:
    return errors.refused("3598", f"Only nodes in the [Running] state can be selected, not {node_id}.")


def _kind(collection: str) -> str:
    return f"modelarts.{collection}"
