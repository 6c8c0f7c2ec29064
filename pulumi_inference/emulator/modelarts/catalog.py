"""What services are built from: models, flavours, pools, nodes, workspaces, security groups."""

from typing import Any

from ..messages import ApiError
from ..routing import Call
from ..store import Document, Transaction
from . import errors

SEEDABLE = {
    "models": "model_id",
    "pools": "pool_name",
    "clusters": "cluster_id",
    "nodes": "id",
    "workspaces": "workspace_id",
    "security_groups": "security_group_id",
}
"""What the admin door can seed, and the field that identifies an item."""

_NO_GPU: Document = {"brand": "", "version": "", "unit": "", "memory": 0, "gpu": 0.0}
_NO_NPU: Document = {"brand": "", "version": "", "unit": "", "memory": 0, "npu": 0}


def _flavour(
    name: str, category: str, cpu: float, memory: int, display: str, *, is_open: bool = True, **accelerator: Document
) -> Document:
    return {
        "specification": name,
        "billing_spec": name,
        "category": category,
        "cpu_info": {"arch": "x86", "cpu": cpu},
        "memory_info": {"unit": "GB", "memory": memory},
        "gpu_info": accelerator.get("gpu", _NO_GPU),
        "npu_info": accelerator.get("npu", _NO_NPU),
        "display_en": display,
        "display_cn": display,
        "is_open": is_open,
        "spec_status": "normal",
        "is_free": False,
        "over_quota": False,
        "extend_params": 1,
        "source_type": "",
    }


_GPU: Document = {"brand": "NVIDIA", "version": "PNT004", "unit": "GB", "memory": 16, "gpu": 1.0}
_NPU: Document = {"brand": "Ascend", "version": "SNT3", "unit": "GB", "memory": 8, "npu": 1}

FLAVOURS = (
    _flavour("modelarts.vm.cpu.2u", "CPU", 2.0, 8, "CPU: 2 vCPUs 8 GB"),
    _flavour("modelarts.vm.gpu.pnt004", "GPU", 8.0, 32, "GPU: 8 vCPUs 32 GB, 1 GPU 16 GB", gpu=_GPU),
    _flavour("modelarts.vm.ai1.snt3", "NPU", 2.0, 8, "Ascend: 2 vCPUs 8 GB, 1 chip", is_open=False, npu=_NPU),
)

CUSTOM = "custom"
FREE = "modelarts.vm.cpu.free"

_ALIASES = {
    "modelarts.vm.gpu.p4": "modelarts.vm.gpu.pnt004",
    "modelarts.vm.ai1.a310": "modelarts.vm.ai1.snt3",
    FREE: "modelarts.vm.cpu.2u",
    "modelarts.vm.gpu.p4u8.container": "modelarts.vm.gpu.pnt004",
    "modelarts.vm.gpu.t4u8.container": "modelarts.vm.gpu.pnt004",
}


def seed(tx: Transaction, collection: str, item: Document) -> None:
    """Keep an item of one of the collections of :data:`SEEDABLE`; models get the names that they do not have.

    Raises:
        KeyError: the item has no id.
    """
    if collection == "models":
        item = {**_default_model(str(item["model_id"])), **item}
    tx.put(_kind(collection), str(item[SEEDABLE[collection]]), item)


def seeded(tx: Transaction, collection: str) -> list[Document]:
    """The seeded items of a collection."""
    return tx.find_all(_kind(collection))


def check_flavour(call: Call, name: str, path: str) -> None:
    """Refuse a flavour that is unknown, closed or sold out.

    Raises:
        ApiError: 400 ModelArts.0104 or ModelArts.3976.
    """
    if name == CUSTOM:
        return
    known = {flavour["specification"]: flavour for flavour in FLAVOURS}
    flavour = known.get(_ALIASES.get(name, name))
    if flavour is None:
        raise errors.invalid(path, f"the flavor {name} does not exist")
    if call.settings.strict_flavours and not flavour["is_open"]:
        raise errors.invalid(path, f"the flavor {name} is not open to this account")
    if name in call.settings.sold_out or flavour["specification"] in call.settings.sold_out:
        raise errors.no_resources(name)


def flavour_category(name: str, custom_spec: Document | None) -> str:
    """``CPU``, ``GPU`` or ``NPU``."""
    if name == CUSTOM:
        spec = custom_spec or {}
        return "GPU" if spec.get("gpu_p4") else "NPU" if spec.get("ascend_a310") else "CPU"
    known = {flavour["specification"]: flavour["category"] for flavour in FLAVOURS}
    return str(known.get(_ALIASES.get(name, name), "CPU"))


def find_model(call: Call, model_id: str, infer_type: str) -> Document:
    """The model that a configuration refers to.

    Raises:
        ApiError: 404 ModelArts.3507, 400 ModelArts.3515, 3589 or 3514.
    """
    model = call.tx.get(_kind("models"), model_id)
    if model is None:
        if call.settings.strict_models:
            raise ApiError(404, "ModelArts.3507", f"Model {model_id} does not exist.")
        return _default_model(model_id)
    if model.get("model_status", "published") != "published":
        raise errors.refused("3515", f"Model {model_id} is not published yet.")
    types = [kind.replace("realtime", "real-time") for kind in model.get("install_type", [infer_type])]
    if infer_type not in types:
        raise errors.refused("3589", f"Model {model_id} cannot be deployed as a {infer_type} service.")
    if infer_type == "batch" and model.get("input_params", True) in (False, []):
        raise errors.refused("3514", f"Model {model_id} does not have input_params, which a batch service needs.")
    return model


def check_pool(call: Call, collection: str, name: str | None) -> None:
    """Refuse a pool that nobody seeded, if the emulator is to be strict.

    Raises:
        ApiError: 400 ModelArts.3547.
    """
    if name and call.settings.strict_pools and call.tx.get(_kind(collection), name) is None:
        raise errors.refused("3547", f"The resource pool {name} does not exist.")


def check_workspace(call: Call, workspace_id: str) -> None:
    """Workspace ``0`` is always there.

    Raises:
        ApiError: 400 ModelArts.0102.
    """
    if workspace_id != "0" and call.tx.get(_kind("workspaces"), workspace_id) is None:
        raise errors.refused("0102", f"Workspace {workspace_id} does not exist.")


def check_security_group(call: Call, security_group_id: str) -> None:
    """A seeded group may say ``"inbound_8080": false``.

    Raises:
        ApiError: 400 ModelArts.3534.
    """
    group = call.tx.get(_kind("security_groups"), security_group_id)
    known = group is not None or not call.settings.strict_pools
    if not known or (group is not None and not group.get("inbound_8080", True)):
        raise errors.refused("3534", f"Security group {security_group_id} must allow inbound TCP 8080 from 0.0.0.0/0.")


def check_node(call: Call, node_id: str, category: str) -> None:
    """An edge node must run and have the hardware.

    Raises:
        ApiError: 400 ModelArts.3598 or ModelArts.3533.
    """
    seeded_node = call.tx.get(_kind("nodes"), node_id)
    if seeded_node is None and call.settings.strict_pools:
        raise errors.refused("3598", f"Edge node {node_id} does not exist or is not running.")
    node = node_of(call.tx, node_id)
    if node["state"] != "RUNNING":
        raise errors.refused("3598", f"Edge node {node_id} is not running.")
    if seeded_node and ((category == "GPU" and not node["enable_gpu"]) or (category == "NPU" and not node["npu"])):
        raise errors.refused("3533", f"Edge node {node_id} does not have the hardware for {category}.")


def node_of(tx: Transaction, node_id: str) -> Document:
    """An edge node with every field that section 6.3 lists; ``npu`` is the emulator's own."""
    seeded_node: dict[str, Any] = tx.get(_kind("nodes"), node_id) or {}
    return {
        "id": node_id,
        "name": f"node-{node_id[:8]}",
        "description": "",
        "node_label": "",
        "host_name": f"host-{node_id[:8]}",
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
        **seeded_node,
    }


def _default_model(model_id: str) -> Document:
    return {"model_id": model_id, "model_name": f"model-{model_id[:8]}", "model_version": "0.0.1"}


def _kind(collection: str) -> str:
    return f"modelarts.{collection}"
