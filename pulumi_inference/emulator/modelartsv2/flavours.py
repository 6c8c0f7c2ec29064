"""Flavours: what units run on (modelarts-v2.md section 10.1)."""

from collections.abc import Sequence
from typing import Any, Final

from ..admincalls import refuse_unknown
from ..huaweicloud import refusals
from ..messages import Response
from ..routing import Call
from ..store import Document
from . import listing
from .bodies.units import CUSTOM
from .settings import settings_of

KIND: Final = "modelartsv2.flavors"
CATEGORIES: Final = ("CPU", "GPU", "ASCEND")


def _flavour(identity: str, category: str, vcpus: int, memory: int, **more: Any) -> Document:
    return {
        "id": identity,
        "name": identity,
        "category": category,
        "arch": "X86_64",
        "vcpus": vcpus,
        "memory": memory,
        "description": f"{category}: {vcpus} vCPUs, {memory} GB",
        "feature": "DEFAULT",
        "free": False,
        "sold_out": False,
        "storages": ["OBS", "EFS"],
        "evs_max_size": "1000",
        "gpu": None,
        "ascend": None,
        "billing": {"code": identity, "unit_num": 1},
        **more,
    }


def _gpu(number: int, memory: int, kind: str) -> Document:
    return {"gpu": number, "gpu_memory": f"{memory}", "type": kind}


def _ascend(number: int, memory: int, kind: str) -> Document:
    figures = {"ai_core": 20, "ai_cpu": 7}
    return {"npu": number, "npu_memory": f"{memory}", "type": kind, "type_alias": kind.lower(), **figures}


FLAVOURS: Final = (
    _flavour("modelarts.vm.cpu.2u", "CPU", 2, 8),
    _flavour("modelarts.vm.cpu.8u", "CPU", 8, 32),
    _flavour("modelarts.vm.cpu.free", "CPU", 1, 4, free=True),
    _flavour("modelarts.vm.gpu.t4u8", "GPU", 8, 32, gpu=_gpu(1, 16, "T4")),
    _flavour("modelarts.vm.gpu.a100u24", "GPU", 24, 192, gpu=_gpu(2, 80, "A100"), sold_out=True),
    _flavour("modelarts.kat1.xlarge", "ASCEND", 24, 192, arch="arm64", ascend=_ascend(1, 64, "SNT9B")),
    _flavour("modelarts.kat1.8xlarge", "ASCEND", 192, 1536, arch="arm64", ascend=_ascend(8, 64, "SNT9B")),
)
"""Those that are there from the beginning; one is sold out."""


def read_all(call: Call) -> Response:
    """``GET /services/flavors``."""
    kind = call.request.query_value("flavor_type") or None
    listing.check_choice("flavor_type", kind, CATEGORIES)
    return listing.answer(call, [one for one in all_of(call) if kind in (None, one["category"])])


def all_of(call: Call) -> list[Document]:
    """All flavours, with what the settings say about them."""
    sold_out = settings_of(call).sold_out
    seeded = {one["id"]: one for one in call.tx.find_all(KIND)}
    found = [seeded.pop(one["id"], one) for one in FLAVOURS]
    return [{**one, "sold_out": one["sold_out"] or one["id"] in sold_out} for one in (*found, *seeded.values())]


def seed(call: Call, item: Document) -> None:
    """Add a flavour, or change one of those that are there.

    Raises:
        KeyError: it has no id.
        RefusedError: it has a field that there is not.
    """
    identity = str(item["id"])
    base = next((one for one in FLAVOURS if one["id"] == identity), None) or _flavour(identity, "CPU", 2, 8)
    refuse_unknown(item, base, "field of a flavor")
    call.tx.put(KIND, identity, {**base, **item})


def check(call: Call, units: Sequence[Document], path: str, former: Sequence[Document] = ()) -> None:
    """Refuse flavours that there are not, or that are sold out and not in use already.

    Raises:
        HuaweiError: 400.
    """
    known, used = {one["id"]: one for one in all_of(call)}, {unit.get("flavor") for unit in former}
    for place, unit in enumerate(units):
        name = unit.get("flavor")
        if name in (None, CUSTOM) or name in used:
            continue
        if name not in known:
            raise refusals.invalid(f"{path}[{place}].flavor", f"the flavor {name} does not exist")
        if known[name]["sold_out"]:
            raise refusals.no_resources(name)
