"""What is doubtful about units although nothing refuses it (modelarts-v2.md, sections 4.4 and 10)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pulumi_inference.core.fields.messages import number
from pulumi_inference.core.http.members import Json
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.plan_checks import Advice
from pulumi_inference.modelartsv2.client import ModelArtsV2Client

Flavours: TypeAlias = Callable[[Advice[ModelArtsV2Client]], Sequence[Json]]
"""Asks for the flavours on which a deployment can run."""

_SIZES = {"cpu": ("CPU cores", ("vcpus",)), "gpu": ("GPUs", ("gpu", "gpu")), "ascend": ("chips", ("ascend", "npu"))}
"""What a unit can have, and where a flavour says how much of it there is. The unit of its memory is not documented."""


def has_new_sizes(old: Inputs, values: Inputs) -> bool:
    """Whether a unit is to have something else than before."""
    before, now = ([_sizes_of(unit) for unit in _units(one)] for one in (old, values))
    return any(one and one not in before for one in now)


def sizes(values: Inputs, at: str, flavours: Sequence[Json]) -> Iterator[str]:
    """Where a pod is to have more than any flavour; paths begin with `at`."""
    for index, unit in enumerate(_units(values)):
        for name, wanted in _sizes_of(unit).items():
            noun, path = _SIZES[name]
            most = max((_amount(one, path) for one in flavours), default=0.0)
            if flavours and wanted > most:
                there_is = f"the largest flavour there has {number(most)}" if most else "no flavour there has any"
                milli = "; the unit is cores, not thousandths" if name == "cpu" and wanted / 1000 <= most else ""
                yield (
                    f"{at}unit_configs[{index}].custom_spec.{name}: a pod is to have {number(wanted)} {noun}, and "
                    f"{there_is}{milli}"
                )


def images(old: Inputs, values: Inputs, at: str) -> Iterator[str]:
    """Paths of images that name no registry."""
    before = {_path_of(unit) for unit in _units(old)}
    for index, unit in enumerate(_units(values)):
        path = _path_of(unit)
        if path is None or path in before or _has_registry(path):
            continue
        yield (
            f'{at}unit_configs[{index}].image.swr_path: "{path}" names no registry; ModelArts documents whole paths '
            "only, such as swr.cn-north-4.myhuaweicloud.com/ORGANISATION/IMAGE:TAG"
        )


def _has_registry(path: str) -> bool:
    """Whether the part before the first slash is that of a machine."""
    first, slash, _ = path.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def _path_of(unit: Inputs) -> str | None:
    image = unit.get("image")
    path = image.get("swr_path") if isinstance(image, Mapping) else None
    return path if isinstance(path, str) else None


def _sizes_of(unit: Inputs) -> dict[str, float]:
    spec = unit.get("custom_spec")
    found = {name: spec.get(name) for name in _SIZES} if isinstance(spec, Mapping) else {}
    return {name: one for name, one in found.items() if isinstance(one, int | float)}


def _amount(flavour: Any, path: Sequence[str]) -> float:
    for name in path:
        flavour = flavour.get(name) if isinstance(flavour, Mapping) else None
    return float(flavour) if isinstance(flavour, int | float) else 0.0


def _units(group: Inputs) -> list[Mapping[str, Any]]:
    units = group.get("unit_configs")
    return [one if isinstance(one, Mapping) else {} for one in units] if isinstance(units, list) else []
