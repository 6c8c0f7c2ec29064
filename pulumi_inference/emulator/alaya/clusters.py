"""Data centres and clusters, with what runs in them (alaya.md section 10.2)."""

from collections import Counter
from typing import Final

from ..admincalls import refuse_unknown
from ..messages import Response
from ..routing import Call
from ..store import Document
from . import machine
from .accounts import caller_of
from .envelope import NotFoundError, RefusalError, answer
from .service import KIND, Service
from .settings import settings_of

AIDC: Final = "1"
VKS: Final = "vc0000000001"

CENTRE: Final = "alaya.aidc"
CLUSTER: Final = "alaya.cluster"

_OWN_CENTRE: Final = {
    "id": AIDC,
    "code": "emulator",
    "name": "模拟智算中心",
    "nameEn": "Emulated data centre",
    "country": "CN",
    "address": "127.0.0.1",
    "endpoInt": "https://api.alayanew.com",
}
_GPUS: Final = {
    "nvidia.com/gpu-l40s": ("NVIDIA L40S", 512, "16:128:500"),
    "nvidia.com/gpu-h800": ("NVIDIA H800", 1024, "20:200:1000"),
    "nvidia.com/gpu-h800-80gb-hbm3": ("NVIDIA H800 80GB HBM3", 1024, "20:200:1000"),
    "nvidia.com/gpu-h800-pcie": ("NVIDIA H800 PCIe", 512, "20:200:1000"),
}
_MEMORY: Final = 65536


def read_centres(call: Call) -> Response:
    """``GET /api/aidc/v1/list``."""
    name = "osmEndpointInt" if settings_of(call).osm_endpoint else "endpoInt"
    shown = [
        {(name if key == "endpoInt" else key): value for key, value in centre.items()} for centre in _centres(call)
    ]
    return answer(call, shown)


def read(call: Call) -> Response:
    """``GET /api/vks/v1/{vksId}``."""
    caller, vks_id = caller_of(call), call.params["vksId"]
    cluster = find(call, vks_id)
    if cluster is None:
        raise NotFoundError("cluster", vks_id)
    caller.check_cluster(vks_id)
    gpus, memory = used(call, vks_id)
    shown = [
        {
            "name": gpu["name"],
            "displayName": gpu["displayName"],
            "hard": gpu["hard"],
            "used": gpu["used"] + gpus[gpu["name"]],
            "ratio": gpu["ratio"],
        }
        for gpu in cluster["gpu"]
    ]
    mem = {"hard": cluster["mem"]["hard"], "used": cluster["mem"]["used"] + memory}
    return answer(call, {"utilizationRate": {"gpu": shown, "mem": mem}})


def find(call: Call, vks_id: str) -> Document | None:
    """A cluster, as seeded or there from the beginning; its ``used`` is what does not run here."""
    own = _own_cluster() if vks_id == VKS else None
    return call.tx.get(CLUSTER, vks_id) or own


def aidc_of(call: Call, vks_id: str) -> str:
    """The data centre of a cluster; that of the emulator for one that nobody seeded."""
    cluster = find(call, vks_id)
    return str(cluster["aidcId"]) if cluster else AIDC


def used(call: Call, vks_id: str) -> tuple[Counter[str], int]:
    """The GPUs by type, and the memory, of everything that runs in a cluster, whoever owns it."""
    gpus: Counter[str] = Counter()
    memory = 0
    for document in call.tx.find_all(KIND, vksId=vks_id):
        service = Service(**document)
        if service.is_lora or service.status not in machine.USES_GPUS:
            continue
        # instances that are about to come take their place at once
        count = len(service.instances) or service.wanted
        of_one, memory_of_one = need(service)
        gpus.update({name: number * count for name, number in of_one.items()})
        memory += memory_of_one * count
    return gpus, memory


def need(service: Service) -> tuple[Counter[str], int]:
    """What one instance takes: the head and its workers together."""
    gpus: Counter[str] = Counter()
    memory = 0
    for count, resource in _pods(service):
        gpus[resource["gpu"]["gpuType"]] += resource["gpu"]["count"] * count
        memory += resource["mem"] * count
    return gpus, memory


def check_place(call: Call, vks_id: str, namespace: str) -> None:
    """Refuse a place that there is not, where that is looked at.

    Raises:
        RefusalError: there is no such cluster, or no such namespace in it.
    """
    if not settings_of(call).check_clusters:
        return
    cluster = find(call, vks_id)
    if cluster is None:
        raise RefusalError(f"cluster {vks_id} does not exist")
    if namespace not in cluster["namespaces"]:
        raise RefusalError(f"cluster {vks_id} has no namespace {namespace}")


def check_aidc(call: Call, aidc_id: str) -> None:
    """Refuse a data centre that there is not, where that is looked at.

    Raises:
        RefusalError: there is none.
    """
    if settings_of(call).check_clusters and aidc_id not in [centre["id"] for centre in _centres(call)]:
        raise RefusalError(f"data centre {aidc_id} does not exist")


def check_quota(call: Call, service: Service, count: int) -> None:
    """Refuse more instances than the cluster has GPUs for, where that is looked at.

    Raises:
        RefusalError: there are not enough.
    """
    if not settings_of(call).check_quota:
        return
    cluster = find(call, service.vksId) or {"gpu": []}
    taken, _ = used(call, service.vksId)
    hard = {gpu["name"]: gpu["hard"] - gpu["used"] for gpu in cluster["gpu"]}
    for name, number in need(service)[0].items():
        left = hard.get(name, 0) - taken[name]
        if number * count > left:
            raise RefusalError(f"quota exceeded: {number * count} of {name} are needed, {max(0, left)} are left")


def seed_centre(call: Call, item: Document) -> None:
    """Put a data centre there."""
    refuse_unknown(item, _OWN_CENTRE, "field of a data centre")
    call.tx.put(CENTRE, str(item["id"]), {**dict.fromkeys(_OWN_CENTRE, ""), **item, "id": str(item["id"])})


def seed_cluster(call: Call, item: Document) -> None:
    """Put a cluster there, in place of one of the same id."""
    own = _own_cluster()
    refuse_unknown(item, own, "field of a cluster")
    cluster = {**own, "gpu": [], **item}
    gpus = []
    for gpu in cluster["gpu"]:
        refuse_unknown(gpu, ("name", "displayName", "hard", "used", "ratio"), "field of a GPU")
        display, hard, ratio = _GPUS.get(gpu["name"], (gpu["name"], 0, ""))
        gpus.append({"displayName": display, "hard": hard, "used": 0, "ratio": ratio, **gpu})
    mem = {"hard": _MEMORY, "used": 0, **cluster["mem"]}
    call.tx.put(CLUSTER, str(item["id"]), {**cluster, "gpu": gpus, "mem": mem})


def _pods(service: Service) -> list[tuple[int, Document]]:
    """How many pods of one instance have which resources."""
    if service.mode == "quickStart":
        resource = service.spec["resource"]
        return [(resource.get("workers") or 1, resource)]
    head, worker = service.spec["headConfig"], service.spec["workerConfig"]
    pods = [(1, head["resource"])]
    if worker is not None:
        pods.append((worker.get("workers", 1), worker["resource"]))
    return pods


def _centres(call: Call) -> list[Document]:
    return list(({AIDC: _OWN_CENTRE} | {centre["id"]: centre for centre in call.tx.find_all(CENTRE)}).values())


def _own_cluster() -> Document:
    return {
        "id": VKS,
        "aidcId": AIDC,
        "namespaces": ["default"],
        "gpu": [
            {"name": name, "displayName": display, "hard": hard, "used": 0, "ratio": ratio}
            for name, (display, hard, ratio) in _GPUS.items()
        ],
        "mem": {"hard": _MEMORY, "used": 0},
    }
