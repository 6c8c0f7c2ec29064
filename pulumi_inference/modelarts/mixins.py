"""What a program can be told about its schedules before anything is deployed. Light, as the resource classes are."""

from __future__ import annotations

from typing import Any

import pulumi

from pulumi_inference.engine.oneeach import OneEach
from pulumi_inference.engine.resource import InferenceResource


class OneSchedule(OneEach):
    """Part of `modelarts.Schedule`: refuses a service that has a schedule of its own, or another Schedule."""

    _owner_id = "service_id"

    def _owner(self) -> type[InferenceResource]:
        from pulumi_inference.modelarts.resources import Service

        return Service

    async def _objection(self, resource_name: str, owner: Any) -> str | None:
        if await _is_given(owner._given.get("schedule")):
            return (
                f'service_id: the Service "{owner._name}" has a schedule= of its own; remove that one, or the '
                f'Schedule "{resource_name}"'
            )
        return None


async def _is_given(value: Any) -> bool:
    """Whether there is a value, or may be: one that is not known yet counts."""
    return await pulumi.Output.from_input(value).future(with_unknowns=True) is not None
