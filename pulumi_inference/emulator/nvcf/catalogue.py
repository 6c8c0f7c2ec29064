"""Cluster groups with their GPUs and instance types: what deployments are checked against (nvcf.md section 8)."""

import re
from functools import cache
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from ..admincalls import RefusedError, refuse_unknown
from ..routing import Call
from ..store import Document
from .fields import without_nulls
from .settings import settings_of

CLUSTER_GROUP: Final = "nvcf.cluster_group"

_OWNER: Final = "nvidia"
_FIELDS: Final = ("id", "name", "ncaId", "authorizedNcaIds", "gpus", "clusters")
_MULTI_NODE: Final = re.compile(r"\.x(\d+)$", re.IGNORECASE)
_COUNT: Final = re.compile(r"_(\d+)x")

_GPUS: Final[dict[str, tuple[str, str, str]]] = {
    "T10": ("16G", "x86_64", "535.183.06"),
    "L40": ("48G", "x86_64", "550.90.07"),
    "L40S": ("48G", "x86_64", "550.90.07"),
    "A100": ("80G", "x86_64", "550.90.07"),
    "H100": ("80G", "x86_64", "550.90.07"),
    "GB200": ("186G", "arm64", "570.86.15"),
    "B200": ("180G", "x86_64", "570.86.15"),
}
"""Memory, architecture and driver of each kind."""

_GROUPS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "GFN": {
        "T10": ("g6.full",),
        "L40": ("gl40_1.br20_2xlarge",),
    },
    "DGX-CLOUD": {
        "L40": ("DGX-CLOUD.GPU.L40_1x", "DGX-CLOUD.GPU.L40_2x"),
        "A100": ("DGX-CLOUD.GPU.A100_1x", "DGX-CLOUD.GPU.A100_8x", "DGX-CLOUD.GPU.A100_8x.x2"),
        "H100": ("DGX-CLOUD.GPU.H100_1x", "DGX-CLOUD.GPU.H100_8x", "DGX-CLOUD.GPU.H100_8x.x2"),
    },
    "NCP": {
        "L40": ("NCP.GPU.L40_1x",),
        "L40S": ("NCP.GPU.L40S_1x", "NCP.GPU.L40S_4x"),
        "A100": ("NCP.GPU.A100_1x", "NCP.GPU.A100_8x"),
        "H100": ("NCP.GPU.H100_1x", "NCP.GPU.H100_2x", "NCP.GPU.H100_8x", "NCP.GPU.H100_8x.x2", "NCP.GPU.H100_8x.x4"),
        "GB200": ("NCP.GPU.GB200_4x", "NCP.GPU.GB200_4x.x2"),
    },
    "ON-PREM": {
        "B200": ("ON-PREM.GPU.B200_8x", "ON-PREM.GPU.B200_8x.x2"),
    },
}
"""The instance types of each GPU of each group; the first is the default one."""

_REGIONS: Final = {"GFN": ["eu-west-1"], "DGX-CLOUD": ["us-west-2"], "NCP": ["us-east-1", "us-west-1"], "ON-PREM": []}


def groups(call: Call) -> list[Document]:
    """All cluster groups, as ``GET /clusterGroups`` answers them."""
    if settings_of(call).no_cluster_groups:
        return []
    own = {name: _group(name) for name in _GROUPS}
    return list((own | {group["name"]: group for group in call.tx.find_all(CLUSTER_GROUP)}).values())


def seed(call: Call, item: Any) -> None:
    """Put a cluster group there, in place of one of the same name.

    Raises:
        RefusedError: it has another field.
        KeyError: it lacks its name.
    """
    if not isinstance(item, dict):
        raise RefusedError("the items of cluster_groups are objects")
    refuse_unknown(item, _FIELDS, "field of a cluster group")
    name = str(item["name"])
    group = {"id": _id("group", name), "ncaId": _OWNER, "authorizedNcaIds": ["*"], "gpus": [], "clusters": []}
    call.tx.put(CLUSTER_GROUP, name, {**group, **item})


def instance_types(call: Call, gpu: str, *, of: list[Document] | None = None) -> list[Document]:
    """The instance types of a GPU, from some groups or from all."""
    wanted = gpu.lower()
    return [
        kind
        for group in (groups(call) if of is None else of)
        for one in group["gpus"]
        if one["name"].lower() == wanted
        for kind in one.get("instanceTypes", ())
    ]


def is_multi_node(instance_type: str) -> bool:
    """Whether an instance of it is several nodes."""
    found = _MULTI_NODE.search(instance_type)
    return found is not None and int(found[1]) > 1


def details(call: Call) -> dict[str, list[Document]]:
    """The records of all instance types by GPU."""
    found: dict[str, dict[str, Document]] = {}
    for group in groups(call):
        for gpu in group["gpus"]:
            of_gpu = found.setdefault(gpu["name"], {})
            for kind in gpu.get("instanceTypes", ()):
                of_gpu[kind["name"]] = _detail(group, gpu["name"], kind)
    return {name: list(kinds.values()) for name, kinds in found.items()}


def looked_up(call: Call, spec: Document) -> Document:
    """What a specification is answered with beside what was sent."""
    gpu, instance_type = spec["gpu"].lower(), spec["instanceType"].lower()
    for group in groups(call):
        for one in group["gpus"]:
            for kind in one.get("instanceTypes", ()) if one["name"].lower() == gpu else ():
                if kind["name"].lower() == instance_type:
                    record = _detail(group, one["name"], kind)
                    names = ("cpuArch", "os", "driverVersion", "storage", "systemMemory", "gpuMemory")
                    return without_nulls({name: record.get(name) for name in names})
    return {}


def provider_of(call: Call, spec: Document) -> str:
    """The group that a specification's instances are in."""
    if spec.get("backend"):
        return str(spec["backend"])
    for group in groups(call):
        if any(
            kind["name"].lower() == spec["instanceType"].lower()
            for kind in instance_types(call, spec["gpu"], of=[group])
        ):
            return str(group["name"])
    return "UNKNOWN"


@cache
def _group(name: str) -> Document:
    gpus = [
        {
            "name": gpu,
            "instanceTypes": [
                {"name": kind, "description": _description(gpu, kind), "default": place == 0}
                for place, kind in enumerate(kinds)
            ],
        }
        for gpu, kinds in _GROUPS[name].items()
    ]
    return {
        "id": _id("group", name),
        "name": name,
        "ncaId": _OWNER,
        "authorizedNcaIds": ["*"],
        "gpus": gpus,
        "clusters": [
            {"id": _id("cluster", cluster), "name": cluster, "k8sVersion": "v1.30.4"}
            for cluster in (f"{name.lower()}-{region}" for region in _REGIONS[name] or ["local"])
        ],
    }


def _detail(group: Document, gpu: str, kind: Document) -> Document:
    """The record of the cluster service; what a seeded type says itself comes first."""
    count = int(found[1]) if (found := _COUNT.search(kind["name"])) else 1
    known = _GPUS.get(gpu)
    record: Document = {
        "name": kind["name"],
        "value": kind["name"],
        "description": kind.get("description") or _description(gpu, kind["name"]),
        "cpuCores": 16 * count,
        "systemMemory": f"{128 * count}G",
        "gpuCount": count,
        "gpuName": gpu,
        "clusters": [cluster["name"] for cluster in group.get("clusters", ())],
        "regions": _REGIONS.get(group["name"], []),
        "attributes": [],
        "defaultable": bool(kind.get("default")),
        "os": "linux",
        "storage": f"{500 * count}G",
        "nodeType": "MULTI" if is_multi_node(kind["name"]) else "SINGLE",
        "availableCapacity": 8,
    }
    if known:
        record |= {"gpuMemory": known[0], "cpuArch": known[1], "driverVersion": known[2]}
    return record | {name: value for name, value in kind.items() if name != "default"}


def _description(gpu: str, instance_type: str) -> str:
    nodes = int(found[1]) if (found := _MULTI_NODE.search(instance_type)) else 1
    count = int(found[1]) if (found := _COUNT.search(instance_type)) else 1
    text = f"{count} x {gpu}"
    return f"{nodes} nodes of {text}" if nodes > 1 else text


def _id(kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"nvcf-{kind}:{name}"))
