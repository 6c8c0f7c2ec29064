"""Flavours: what instances of a service run on (modelarts.md sections 5.4 and 8.12)."""

from typing import Any, Final

from ..admincalls import refuse_unknown
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document, Transaction
from . import errors, listing
from .servicerules import INFER_TYPES
from .settings import settings_of

KIND: Final = "modelarts.flavours"

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
_GPU_DISPLAY: Final = "GPU: 8 vCPUs 32 GB, 1 GPU 16 GB"

CUSTOM: Final = "custom"
FREE: Final = "modelarts.vm.cpu.free"

FLAVOURS: Final = (
    _flavour("modelarts.vm.cpu.2u", "CPU", 2.0, 8, "CPU: 2 vCPUs 8 GB"),
    _flavour("modelarts.vm.gpu.pnt004", "GPU", 8.0, 32, _GPU_DISPLAY, gpu=_GPU),
    _flavour("modelarts.vm.ai1.snt3", "NPU", 2.0, 8, "Ascend: 2 vCPUs 8 GB, 1 chip", is_open=False, npu=_NPU),
    {**_flavour(FREE, "CPU", 1.0, 4, "CPU: 1 vCPU 4 GB, free for a limited time"), "is_free": True},
    _flavour("modelarts.vm.gpu.p4u8.container", "GPU", 8.0, 32, _GPU_DISPLAY, gpu={**_GPU, "version": "P4"}),
    _flavour("modelarts.vm.gpu.t4u8.container", "GPU", 8.0, 32, _GPU_DISPLAY, gpu={**_GPU, "version": "T4"}),
)

_ALIASES: Final = {
    "modelarts.vm.gpu.p4": "modelarts.vm.gpu.pnt004",
    "modelarts.vm.ai1.a310": "modelarts.vm.ai1.snt3",
}
"""Names of old that deployments still take; the list has the new ones alone."""

_OWN: Final = ("infer_types", "dedicated")
"""Fields of a seeded flavour that are the emulator's own: which services and pools it is for, all unless given."""


def read_all(call: Call) -> Response:
    """``GET /services/specifications``; the fixture is the same for every type of service and pool."""
    infer_type = call.request.query_value("infer_type") or "real-time"
    listing.check_choice("infer_type", infer_type, INFER_TYPES)
    personal = call.request.query_value("is_personal_cluster") or "false"
    listing.check_choice("is_personal_cluster", personal, ("true", "false"))
    found = [
        {name: value for name, value in flavour.items() if name not in _OWN}
        for flavour in _all(call)
        if infer_type in flavour.get("infer_types", INFER_TYPES)
        and flavour.get("dedicated") in (None, personal == "true")
    ]
    page = listing.page(call, found)
    return json_response({"total_count": len(found), "count": len(page), "specifications": page})


def seed(tx: Transaction, item: Document) -> None:
    """Add a flavour, or change one of the fixture."""
    name = str(item["specification"])
    base = next((flavour for flavour in FLAVOURS if flavour["specification"] == name), None)
    base = base or _flavour(name, "CPU", 2.0, 8, name)
    refuse_unknown(item, (*base, *_OWN), "field of a flavour")
    tx.put(KIND, name, {**base, **item})


def check(call: Call, name: str, infer_type: str, path: str) -> None:
    """Refuse a flavour that is unknown, for other services, closed, over quota or sold out.

    Raises:
        HuaweiError: 400 ModelArts.0104, 0118 or 3976.
    """
    if name == CUSTOM:
        return
    flavour = _find(call, name)
    if flavour is None:
        raise errors.invalid(path, f"the flavor {name} does not exist")
    if infer_type not in flavour.get("infer_types", INFER_TYPES):
        raise errors.invalid(path, f"the flavor {name} is not for {infer_type} services")
    names, settings = {name, flavour["specification"]}, settings_of(call)
    if names & {*settings.not_open} or (settings.strict_flavours and not flavour["is_open"]):
        raise errors.invalid(path, f"the flavor {name} is not open to this account")
    if flavour["over_quota"] or name in settings.over_quota:
        raise errors.refused("0118", f"The quota of the flavor {name} is exceeded.")
    if flavour["spec_status"] == "sellout" or name in settings.sold_out:
        raise errors.no_resources(name)


def category_of(tx: Transaction, name: str, custom_spec: Document | None) -> str:
    """``CPU``, ``GPU`` or ``NPU``."""
    if name == CUSTOM:
        spec = custom_spec or {}
        return "GPU" if spec.get("gpu_p4") else "NPU" if spec.get("ascend_a310") else "CPU"
    known = {flavour["specification"]: flavour["category"] for flavour in _stored(tx)}
    return str(known.get(name) or known.get(_ALIASES.get(name, name), "CPU"))


def _find(call: Call, name: str) -> Document | None:
    known = {flavour["specification"]: flavour for flavour in _all(call)}
    return known.get(name) or known.get(_ALIASES.get(name, name))


def _stored(tx: Transaction) -> list[Document]:
    seeded = {flavour["specification"]: flavour for flavour in tx.find_all(KIND)}
    fixture = [seeded.pop(flavour["specification"], flavour) for flavour in FLAVOURS]
    return [*fixture, *seeded.values()]


def _all(call: Call) -> list[Document]:
    """The flavours with what the settings say about them."""
    settings = settings_of(call)
    result = []
    for flavour in _stored(call.tx):
        name = flavour["specification"]
        flags: dict[str, Any] = {}
        if name in settings.sold_out:
            flags["spec_status"] = "sellout"
        if name in settings.over_quota:
            flags["over_quota"] = True
        if name in settings.not_open:
            flags["is_open"] = False
        result.append({**flavour, **flags})
    return result
