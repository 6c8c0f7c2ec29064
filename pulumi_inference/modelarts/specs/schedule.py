"""The schedule of a service as a resource of its own (reference 5.5, 6.1)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelarts.specs.detail import Answer


class ScheduleSpec(Placed):
    """When a ModelArts real-time service stops by itself, managed apart from the service."""

    service_id: str = field(
        description="Id of the real-time service, which must not be given a schedule of its own.",
        source="UpdateService",
        min_length=1,
        immutable=True,
    )
    time_unit: Literal["DAYS", "HOURS", "MINUTES"] = field(
        description="Unit of duration.", source="UpdateService", update="property", effect=("schedule",)
    )
    duration: int = field(
        description="Number of units that the service runs, counted from its start.",
        source="UpdateService",
        ge=1,
        update="property",
        effect=("schedule",),
        examples=(10,),
    )
    type: Literal["stop"] = field("stop", description="What happens then.", source="UpdateService", update="property")
    connection: str | None = connection_name(": that of the service")


class ScheduleOutputs(Answer):
    """What stays true about a schedule until somebody changes it, or the service is started anew."""

    service_id: str = field(description="Id of the service.", source="ShowService")
    service_name: str = field(description="Name of the service.", source="ShowService", stable_unless=())
    due_time: int | None = field(
        None,
        description="When the service stops; absent while it does not run.",
        source="ShowService",
        unit="ms",
        moment=True,
        effect=("downtime",),
    )
