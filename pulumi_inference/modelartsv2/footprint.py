"""What deployments take: replicas by flavour, or by accelerator where the program says what each has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_inference.core.footprint import Footprint, whole

_ACCELERATORS = ("gpu", "ascend")


def deployment(inputs: Mapping[str, Any]) -> Sequence[Footprint]:
    """One for each unit of a deployment; one that is to be stopped has none."""
    if inputs.get("desired_status") == "stopped":
        return ()
    return list(_of_group(inputs))


def service(inputs: Mapping[str, Any]) -> Sequence[Footprint]:
    """One for each unit of the deployment that stands in a service."""
    inline = inputs.get("deployment")
    if inputs.get("desired_status") == "stopped" or not isinstance(inline, Mapping):
        return ()
    return list(_of_group(inline))


def _of_group(group: Mapping[str, Any]) -> Iterator[Footprint]:
    replicas, units = whole(group.get("count"), 1), group.get("unit_configs")
    is_grouped = group.get("workload_type") == "LWS"
    for unit in units if isinstance(units, list) else ():
        if not isinstance(unit, Mapping):
            continue
        pods = replicas * whole(unit.get("count"), 1) * (whole(unit.get("group_count"), 1) if is_grouped else 1)
        custom = unit.get("custom_spec")
        found = [(name, whole(custom.get(name))) for name in _ACCELERATORS] if isinstance(custom, Mapping) else []
        accelerators = [(name, each) for name, each in found if each]
        for name, each in accelerators:
            yield Footprint(name, each, pods, pods)
        flavor = unit.get("flavor")
        if not accelerators and isinstance(flavor, str):
            yield Footprint(flavor, None, pods, pods)
