"""What a service does at this moment and what has happened to it: from a client to records, nothing kept.

Errors are those of the client, and ResponseError for an answer that does not fit its record.
"""

from __future__ import annotations

from pulumi_inference.modelarts.api.catalogue import record
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.specs.monitor import ServiceEvent, ServiceMonitor, UpdateRecord


def events(client: ModelArtsClient, service_id: str) -> list[ServiceEvent]:
    """The events of the last month, newest last (ShowServiceEvents)."""
    what = f"the events of the service {service_id}"
    return [record(ServiceEvent, one, what) for one in client.list_events(service_id)]


def monitor(client: ModelArtsClient, service_id: str) -> ServiceMonitor:
    """Instances, calls and load (ShowServiceMonitorInfo).

    One array of the answer holds the models of a real-time service or the nodes of an edge service; the record has
    one list for each.
    """
    answer = client.get_monitor(service_id)
    items = answer.get("monitors") or []
    parts = {
        "models": [one for one in items if "node_id" not in one],
        "nodes": [one for one in items if "node_id" in one],
    }
    return record(ServiceMonitor, {**answer, **parts}, f"the load of the service {service_id}")


def update_records(client: ModelArtsClient, service_id: str) -> list[UpdateRecord]:
    """The roll-outs of a real-time or edge service, newest last (ShowServiceUpdateLogs)."""
    what = f"the update records of the service {service_id}"
    records = [record(UpdateRecord, one, what) for one in client.list_update_records(service_id)]
    return sorted(records, key=lambda one: one.update_time)
