"""No field of a service at work goes unused: the emulator's answers fill its load, its events and its roll-outs."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.modelarts.connection import CONNECTIONS
from pulumi_inference.modelarts.specs.lookups import GetServiceEvents, GetServiceMonitor, GetServiceUpdateRecords
from pulumi_inference.modelarts.specs.monitor import ServiceEvent, ServiceMonitor, UpdateRecord
from tests.support.specs import Values, unfilled
from tests.support.world import World, item

CUSTOM: Values = {
    "specification": "custom",
    "cluster_id": "d",
    "envs": {"A": "1"},
    "additional_properties": {"max_surge": 1.0},
}
SERVICES: list[Values] = [
    {
        **{"service_name": "graphics", "infer_type": "real-time", "cluster_id": "c"},
        "config": [item(weight=100, custom_spec={"cpu": 2.0, "memory": 1024, "gpu_p4": 1.5}, **CUSTOM)],
    },
    {
        **{"service_name": "ascend", "infer_type": "real-time", "cluster_id": "c"},
        "config": [item(weight=100, custom_spec={"cpu": 2.0, "memory": 1024, "ascend_a310": 1}, **CUSTOM)],
    },
    {"service_name": "edge", "infer_type": "edge", "config": [item(nodes=["n-1", "n-2"])]},
]
NOT_ANSWERED = {"extend_config"}
"""Always empty in the emulator: nobody says what it may hold."""


@pytest.fixture
def service_ids(world: World) -> list[str]:
    """Services that run, the edge service after it has left a node."""
    world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 0})
    ids = [world.cloud.api("POST", "/services", service)["service_id"] for service in SERVICES]
    world.clock.advance(1)
    world.cloud.api("PUT", f"/services/{ids[-1]}", {"config": [item(nodes=["n-1"])]})
    return ids


def test_every_field_of_the_load_is_answered_and_read_as_it_is(world: World, service_ids: list[str]) -> None:
    client = CONNECTIONS.today(world.context(), None).client()
    records = []
    for service_id in service_ids:
        answer = world.cloud.api("GET", f"/services/{service_id}/monitor")
        items = answer.pop("monitors")
        record = GetServiceMonitor(service_id=service_id).ask(client).model_dump(exclude_none=True)
        of_nodes = "node_id" in items[0]
        answer |= {"models": [] if of_nodes else items, "nodes": items if of_nodes else []}
        assert record == answer
        records.append(record)
    assert unfilled(ServiceMonitor, records) == set()


def test_every_field_of_the_events_and_the_roll_outs_is_answered_and_read_as_it_is(
    world: World, service_ids: list[str]
) -> None:
    client = CONNECTIONS.today(world.context(), None).client()
    events: list[Values] = []
    roll_outs: list[Values] = []
    for service_id in service_ids:
        events += check(
            GetServiceEvents(service_id=service_id).ask(client), world, f"/services/{service_id}/events", "events"
        )
        roll_outs += check(
            GetServiceUpdateRecords(service_id=service_id).ask(client), world, f"/services/{service_id}/logs", "logs"
        )
    assert unfilled(ServiceEvent, events) == set()
    assert unfilled(UpdateRecord, roll_outs) == NOT_ANSWERED


def check(records: list[Any], world: World, path: str, member: str) -> list[Values]:
    """The records, compared with the answer that they were made from, in any order."""
    found = [one.model_dump(exclude_none=True) for one in records]
    answered: list[Values] = world.cloud.api("GET", path)[member]
    assert len(found) == len(answered)
    assert [one for one in found if one not in answered] == []
    return found
