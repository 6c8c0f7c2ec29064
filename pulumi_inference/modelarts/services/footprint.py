"""What a service takes: instances by flavour, or by accelerator where the program says what each has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_inference.core.footprint import HOURS_A_MONTH, Footprint, whole

_ACCELERATORS = ("gpu_p4", "ascend_a310")
_UNTIMED = {"batch": "it runs until its files are done", "edge": "it runs on nodes of your own"}
"""Why nobody knows how many hours services of these types run."""
_HOURS = {"DAYS": 24.0, "HOURS": 1.0, "MINUTES": 1 / 60}


def footprint(inputs: Mapping[str, Any]) -> Sequence[Footprint]:
    """One for each model; a service that is to be stopped has none, and a schedule ends a real-time one."""
    items = inputs.get("config")
    if inputs.get("desired_status") == "stopped" or not isinstance(items, list):
        return ()
    why = _UNTIMED.get(str(inputs.get("infer_type")), "")
    hours = None if why else _hours(inputs.get("schedule"))
    return [found for one in items if isinstance(one, Mapping) for found in _of_model(one, hours, why)]


def _of_model(item: Mapping[str, Any], hours: float | None, why: str) -> Iterator[Footprint]:
    count = whole(item.get("instance_count"), 1)
    custom = item.get("custom_spec")
    found = [(name, whole(custom.get(name))) for name in _ACCELERATORS] if isinstance(custom, Mapping) else []
    accelerators = [(name, each) for name, each in found if each]
    for name, each in accelerators:
        yield Footprint(name, each, count, count, hours, why)
    if not accelerators and isinstance(item.get("specification"), str):
        yield Footprint(item["specification"], None, count, count, hours, why)


def _hours(schedules: Any) -> float:
    for one in schedules if isinstance(schedules, list) else ():
        unit = _HOURS.get(str(one.get("time_unit"))) if isinstance(one, Mapping) else None
        if unit is not None:
            return min(HOURS_A_MONTH, unit * whole(one.get("duration")))
    return HOURS_A_MONTH
