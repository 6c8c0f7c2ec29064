"""Between a service's `schedule` and the values of a schedule that is a resource of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.modelarts.specs.parts import ServiceSchedule
from pulumi_inference.modelarts.specs.schedule import ScheduleOutputs, ScheduleSpec

Detail = Mapping[str, Any]
"""The detail answer of a service, in wire names."""

Items = list[dict[str, Any]]
"""A service's `schedule` in wire names: one item, or none."""


def there(detail: Detail | None) -> Detail | None:
    """The detail of a service that is not about to go."""
    return None if detail is None or detail.get("status") == "deleting" else detail


def live_of(detail: Detail) -> Live:
    """The schedule of a service that has one."""
    values = from_wire(ScheduleSpec, {**items_of(detail)[0], "service_id": detail["service_id"]})
    return Live(values, from_wire(ScheduleOutputs, detail), raw=detail)


def items_of(detail: Detail) -> Items:
    """What a service has."""
    return [to_wire(ServiceSchedule, from_wire(ServiceSchedule, one)) for one in detail.get("schedule") or ()]


def item_of(values: Inputs) -> dict[str, Any]:
    """What a service has to have."""
    return to_wire(ServiceSchedule, values)


def words_of(items: Items) -> str:
    """The schedule for people: `stop after 10 HOURS`."""
    told = [f"{one.get('type')} after {one.get('duration')} {one.get('time_unit')}" for one in items]
    return ", ".join(told) or "no schedule"


def name_of(detail: Detail) -> str:
    """The name of the service."""
    return str(detail.get("service_name", detail.get("service_id")))
