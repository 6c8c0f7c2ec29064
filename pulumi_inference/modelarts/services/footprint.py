"""What a service takes: instances by flavour, or by accelerator where the program says what each has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_inference.core.footprint import HOURS_A_MONTH, Footprint, whole

_ACCELERATORS = ("gpu_p4", "ascend_a310")
_HOURS = {"DAYS": 24.0, "HOURS": 1.0, "MINUTES": 1 / 60}


def footprint(inputs: Mapping[str, Any]) -> Sequence[Footprint]:
    """One for each model; a service that is to be stopped has none, and a schedule ends it."""
    items = inputs.get("config")
    if inputs.get("desired_status") == "stopped" or not isinstance(items, list):
        return ()
    hours = _hours(inputs.get("schedule"))
    return [found for one in items if isinstance(one, Mapping) for found in _of_model(one, hours)]


def _of_model(item: Mapping[str, Any], hours: float) -> Iterator[Footprint]:
    count = whole(item.get("instance_count"), 1)
    custom = item.get("custom_spec")
    found = [(name, whole(custom.get(name))) for name in _ACCELERATORS] if isinstance(custom, Mapping) else []
    accelerators = [(name, each) for name, each in found if each]
    for name, each in accelerators:
        yield Footprint(name, each, count, count, hours)
    if not accelerators and isinstance(item.get("specification"), str):
        yield Footprint(item["specification"], None, count, count, hours)


def _hours(schedules: Any) -> float:
    for one in schedules if isinstance(schedules, list) else ():
        unit = _HOURS.get(str(one.get("time_unit"))) if isinstance(one, Mapping) else None
        if unit is not None:
            return min(HOURS_A_MONTH, unit * whole(one.get("duration")))
    return HOURS_A_MONTH
