"""`pulumi-inference status` of a stack with all kinds of things of ModelArts v2: narrow, and nothing told twice."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.support.cloud import EMBEDDED_PROJECT, OUTSIDER, Cloud
from tests.support.modelartsv2_calls import KEY_ID, KEYED, seeded
from tests.support.modelartsv2_schedules import EVENING, MORNING, wire
from tests.support.states import State
from tests.unit.cli.conftest import Status

WIDEST = 100
DEPLOYMENT = f"{KEYED},d-blue"


@pytest.fixture(autouse=True)
def stack(state: State, embedded_cloud: Cloud) -> State:
    """A stack with one thing of each kind; the replicas of its service were changed, of which there are events."""
    embedded_cloud.admin("POST", "/seed", seeded())
    path = f"/v2/{EMBEDDED_PROJECT}/services/{KEYED}"
    headers = {"X-Auth-Token": embedded_cloud.token(), "User-Agent": OUTSIDER}
    rules = {"type": "CRON_HPA", "target_resource_id": "d-blue", "target_resource_type": "GROUP"}
    for method, end, body in (
        ("POST", "/deployments/d-blue/hpa", {**rules, "hpa_rules": wire(MORNING, EVENING)}),
        ("POST", "/stop", None),
    ):
        assert embedded_cloud.client.request(method, f"{path}{end}", json=body, headers=headers).is_success
        embedded_cloud.pass_time()
    for name, thing, kind in (
        ("chat-completions-green", DEPLOYMENT, "Deployment"),
        ("chat-completions", KEYED, "Service"),
        ("office-hours", DEPLOYMENT, "ReplicaSchedule"),
        ("application", KEY_ID, "ApiKey"),
        ("application-chat", f"{KEYED},{KEY_ID}", "ApiKeyBinding"),
    ):
        state.add(name, thing, kind, cloud="modelartsv2", scope="SERVICE")
    return state


def test_no_table_is_wider_than_a_window(status: Status) -> None:
    result = status()
    assert result.exit_code == 0, result.output
    tables = [part for part in result.stdout.split("\n\n") if part.startswith("RESOURCE")]
    assert max(len(line) for part in tables for line in part.splitlines()) <= WIDEST
    assert [part.splitlines()[0].split() for part in tables] == [
        ["RESOURCE", "KIND", "STATE", "SCOPE", "SERVICES"],
        ["RESOURCE", "KIND", "STATE"],
        ["RESOURCE", "KIND", "STATE", "INSTANCES", "DEPLOYMENTS"],
        ["RESOURCE", "KIND", "STATE", "INSTANCES", "VERSION", "SHARE"],
        ["RESOURCE", "KIND", "STATE", "NEXT", "RUN"],
    ]
    assert "  rules: morning (0 8 * * 1-5: 4), evening (0 20 * * 1-5: 1)\n" in f"{result.stdout}\n"


def test_one_thing_has_one_table(status: Status) -> None:
    parts = status("chat-completions", "--events", "0").stdout.rstrip().split("\n\n")
    assert len(parts) == 2


def test_each_event_is_told_once_and_under_its_service(status: Status) -> None:
    blocks = {part.split(" ")[0]: part.splitlines()[1:] for part in status().stdout.split("\n\n")[1:]}
    assert len(blocks["chat-completions"]) > 0
    assert "chat-completions-green" not in blocks
    told = Counter(line for lines in blocks.values() for line in lines if line.startswith("  20"))
    assert told and set(told.values()) == {1}


def test_a_deployment_alone_tells_the_events_of_its_service(status: Status) -> None:
    [only] = json.loads(status("chat-completions-green", "--json").stdout)["resources"]
    assert only["events"] and set(only["events"][0]) == {"time", "text"}
    assert only["events"][-1]["text"] in status("chat-completions-green").stdout
