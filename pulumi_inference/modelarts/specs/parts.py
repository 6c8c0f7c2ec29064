"""A service besides its models: schedule, notifications, logs, secrets, timeouts (reference 5.5, 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import timeout

DESCRIPTION_LIMIT = 100
"""How many characters the description of a service or a model may have (reference 5.1 and 12.1)."""


def workspace_of(inputs: Mapping[str, Any]) -> str:
    """The workspace that a thing is in, the default one when nothing says so; lists answer one workspace only."""
    workspace = inputs.get("workspace_id")
    return workspace if isinstance(workspace, str) else "0"


class ServiceSchedule(Spec):
    """Stops the service some time after it has started to run."""

    type: Literal["stop"] = field("stop", description="What happens then.", source="CreateService")
    time_unit: Literal["DAYS", "HOURS", "MINUTES"] = field(description="Unit of duration.", source="CreateService")
    duration: int = field(description="Number of units.", source="CreateService", ge=1, examples=(10,))


class SmnNotification(Spec):
    """Messages about the service's state, through a topic of the Simple Message Notification service."""

    topic_urn: str = field(description="URN of the topic.", source="CreateService", min_length=1)
    events: list[int] = field(
        description="What is told: 1 failed, 2 stopped, 3 running, 7 concerning, 9 deleted, 11 pending.",
        source="CreateService",
        unordered=True,
        examples=([1, 3, 7],),
    )


class LogReportConfiguration(Spec):
    """The log stream that receives the logs."""

    log_group_id: str = field(description="Id of the log group.", source="CreateService", min_length=1, max_length=64)
    log_stream_id: str = field(description="Id of the log stream.", source="CreateService", min_length=1, max_length=64)


class LogReportChannel(Spec):
    """A channel that receives the service's logs."""

    type: Literal["LTS"] = field("LTS", description="Kind of the channel: Log Tank Service.", source="CreateService")
    configuration: LogReportConfiguration | None = field(
        None, description="Log group and log stream that receive the logs.", source="CreateService"
    )


class AdditionalProperties(Spec):
    """Notifications, logs and WebSocket."""

    smn_notification: SmnNotification | None = field(
        None, description="Messages about the state.", source="CreateService"
    )
    log_report_channels: list[LogReportChannel] | None = field(
        None,
        description="Channels that receive the logs; without one, ModelArts keeps them for 7 days. "
        "Once on it cannot be changed.",
        source="CreateService",
        keyed_by="type",
        max_length=1,
    )
    websocket_upgrade: bool | None = field(
        False,
        description="Serve WebSocket; excludes traffic limiting. Once on it cannot be turned off.",
        source="CreateService",
        server_default=True,
    )


class ServiceSecret(Spec):
    """A secret of the cloud's secret store, mounted as a file."""

    secret_id: str = field(description="Id of the secret.", source="CreateService", wire="secretId", min_length=1)
    mount_path: str = field(
        description="Folder in the container.",
        source="CreateService",
        wire="mouthPath",  # the API's own spelling
        min_length=1,
    )


class Timeouts(Spec):
    """How long to wait. Pulumi's `custom_timeouts` win."""

    create: str | None = timeout(description="For the first deployment.", example="20m")
    update: str | None = timeout(description="For a roll-out, a start or a stop.", example="20m")
    delete: str | None = timeout(description="Until the service is gone.", example="10m")
