"""What a program can be told about its schedules before anything is deployed. Light, as the resource classes are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pulumi

if TYPE_CHECKING:
    from pulumi_inference.modelarts.resources import Service

_schedules: WeakKeyDictionary[Service, OneSchedule] = WeakKeyDictionary()
"""The first Schedule of each service in the program."""


class OneSchedule:
    """Part of `modelarts.Schedule`: refuses a service that has a schedule of its own, or another Schedule.

    It looks at the resources that `service_id` comes from, so that it works before the service exists. An id that may
    still be that of several services is left to the provider.
    """

    def _find_problems(self, resource_name: str, inputs: Mapping[str, Any]) -> pulumi.Output[list[str] | None] | None:
        if "service_id" not in inputs:
            return None
        service_id = pulumi.Output.from_input(inputs["service_id"])
        return pulumi.Output.from_input(self._problems_of(resource_name, service_id))

    async def _problems_of(self, resource_name: str, service_id: pulumi.Output[str]) -> list[str] | None:
        try:
            services = [one for one in await _services_behind(service_id) if await _may_be(one, service_id)]
            problem = await self._problem(resource_name, services[0]) if len(services) == 1 else None
        except Exception:  # the failure of what service_id comes from is told where it happened
            return None
        return [problem] if problem else None

    async def _problem(self, resource_name: str, service: Service) -> str | None:
        if await _is_given(service._given.get("schedule")):
            return (
                f'service_id: the Service "{service._name}" has a schedule= of its own; remove that one, or the '
                f'Schedule "{resource_name}"'
            )
        first = _schedules.setdefault(service, self)
        if first is not self:
            other = getattr(first, "_name", "")
            return f'service_id: the Schedule "{other}" is for the Service "{service._name}" too; remove one of the two'
        return None


async def _services_behind(service_id: pulumi.Output[str]) -> list[Service]:
    from pulumi_inference.modelarts.resources import Service

    return [one for one in await service_id.resources() if isinstance(one, Service)]


async def _may_be(service: Service, service_id: pulumi.Output[str]) -> bool:
    """Whether the id is that of the service, as far as it is known: it may only have been computed with its help."""
    own, meant = await service.id.future(), await service_id.future()
    return own is None or meant is None or own == meant


async def _is_given(value: Any) -> bool:
    """Whether there is a value, or may be: one that is not known yet counts."""
    return await pulumi.Output.from_input(value).future(with_unknowns=True) is not None
