"""What a service of ModelArts v1 becomes can be deployed, and nothing of it is a change afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.conversion import Found
from pulumi_inference.modelartsv2.migration.conversion import FROM_V1
from tests.support.modelartsv2 import POOL, ModelArtsV2, new_modelartsv2

MODEL = {
    "name": "resnet",
    "version": "1.0.0",
    "model_type": "Image",
    "source_location": "swr.example.test/vision/resnet:1",
    "initial_config": {
        "port": 8085,
        "apis": [{"protocol": "https"}],
        "health": {"url": "/health", "period_seconds": "5"},
    },
}
ITEM = {
    "model_id": "m-1",
    "specification": "modelarts.vm.cpu.2u",
    "weight": 100,
    "instance_count": 3,
    "envs": {"BATCH": "8"},
    "additional_properties": {
        "max_surge": 2,
        "max_unavailable": 0.25,
        "termination_grace_period_seconds": 45,
        "persistent_volumes": [{"mount_path": "/mnt/data", "source_address": "turbo-1"}],
    },
}
SERVICE = {
    "name": "classifier",
    "infer_type": "real-time",
    "description": "Sorts pictures",
    "priority": 2,
    "config": [ITEM],
    "secret_envs": {"m-1": {"TOKEN": "hunter2"}},
    "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 10}],
    "additional_properties": {
        "log_report_channels": [{"type": "LTS", "configuration": {"log_group_id": "g" * 36, "log_stream_id": "s" * 36}}]
    },
}


@pytest.fixture
def v2(tmp_path: Path) -> Iterator[ModelArtsV2]:
    with new_modelartsv2(tmp_path) as found:
        yield found


def converted(**service: Any) -> list[dict[str, Any]]:
    facts = {"cmd": "python serve.py"}
    source = Found("7c1f0f5e", {**SERVICE, **service}, {"status": "running"})
    found = FROM_V1.convert(source, {"m-1": Found("m-1", MODEL, facts)}, {"auth": "API_KEY"})
    return [dict(one.values) for one in found.made]


def test_with_its_deployment_in_it(v2: ModelArtsV2) -> None:
    [values] = converted()
    state = v2.service(values)
    assert state.facts["status"] == "RUNNING"
    v2.world.next_operation()
    assert v2.world.diff(state, values).changes is False


def test_with_a_deployment_of_its_own(v2: ModelArtsV2) -> None:
    node = {"pool_name": POOL, "nodes": [{"name": "10.0.0.7"}]}
    affinity = {"node_affinity": {"mode": "preferred", "pool_infos": [node]}}
    own = {"specification": "custom", "custom_spec": {"cpu": 1.5, "memory": 2048, "gpu_p4": 1}, "affinity": affinity}
    service, deployment = converted(pool_name=POOL, load_balancer_policy="LEAST_CONNECTIONS", config=[{**ITEM, **own}])
    of = v2.service(service)
    values = {**deployment, "service_id": of.id}
    state = v2.deployment(values)
    assert (state.facts["status"], state.facts["running_count"]) == ("RUNNING", 3)
    assert state.facts["url"].endswith(of.id)
    v2.world.next_operation()
    assert v2.world.diff(state, values).changes is False
