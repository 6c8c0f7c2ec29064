"""Questions that a program asks about a service at work; see `lookups` for how they are asked.

The answers move by themselves. A run keeps each for as long as it lasts, so that a program sees one picture of it, and
no longer: the next run asks anew. They are to look at; as inputs of resources they would be changes in each run.
"""

from __future__ import annotations

import pulumi

from pulumi_inference.modelarts.api import telemetry
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.program.questions import Awaitable, Records, ask, later
from pulumi_inference.modelarts.specs.monitor import ServiceEvent, ServiceMonitor, UpdateRecord


class AwaitableServiceMonitor(Awaitable, ServiceMonitor):
    """How many instances run, what they are asked and what they use, at the moment of the query."""


def get_service_events(service_id: str, *, connection: str | None = None) -> Records[ServiceEvent]:
    """What happened to a service in the last month, newest last (reference 8.5; ShowServiceEvents).

    Args:
        service_id: id of the service, a UUID.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, the service does not exist, or ModelArts cannot be asked.
    """

    def request(client: ModelArtsClient) -> list[ServiceEvent]:
        return telemetry.events(client, service_id)

    return Records(ask("get_service_events", {"service_id": service_id}, connection, request))


def get_service_events_output(
    service_id: pulumi.Input[str], *, connection: pulumi.Input[str | None] = None
) -> pulumi.Output[Records[ServiceEvent]]:
    """Like `get_service_events`, for ids that are known only later."""
    return later(get_service_events, service_id=service_id, connection=connection)


def get_service_monitor(service_id: str, *, connection: str | None = None) -> AwaitableServiceMonitor:
    """Instances, calls and load of a service (reference 8.7; ShowServiceMonitorInfo).

    Args:
        service_id: id of the service, a UUID.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, the service does not exist, or ModelArts cannot be asked.
    """

    def request(client: ModelArtsClient) -> AwaitableServiceMonitor:
        return AwaitableServiceMonitor.model_validate(telemetry.monitor(client, service_id).model_dump())

    return ask("get_service_monitor", {"service_id": service_id}, connection, request)


def get_service_monitor_output(
    service_id: pulumi.Input[str], *, connection: pulumi.Input[str | None] = None
) -> pulumi.Output[AwaitableServiceMonitor]:
    """Like `get_service_monitor`, for ids that are known only later."""
    return later(get_service_monitor, service_id=service_id, connection=connection)


def get_service_update_records(service_id: str, *, connection: str | None = None) -> Records[UpdateRecord]:
    """The roll-outs of a real-time or edge service, newest last (reference 8.6; ShowServiceUpdateLogs).

    A record has the environment variables of its models, secret ones too.

    Args:
        service_id: id of the service, a UUID.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, the service does not exist, or ModelArts cannot be asked.
    """

    def request(client: ModelArtsClient) -> list[UpdateRecord]:
        return telemetry.update_records(client, service_id)

    return Records(ask("get_service_update_records", {"service_id": service_id}, connection, request))


def get_service_update_records_output(
    service_id: pulumi.Input[str], *, connection: pulumi.Input[str | None] = None
) -> pulumi.Output[Records[UpdateRecord]]:
    """Like `get_service_update_records`, for ids that are known only later."""
    return later(get_service_update_records, service_id=service_id, connection=connection)
