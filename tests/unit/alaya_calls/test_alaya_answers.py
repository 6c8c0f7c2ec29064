"""Details and lists in which anything may stand anywhere: they are understood or refused, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from pulumi_inference.alaya.connection import CONNECTIONS
from pulumi_inference.alaya.deployments import waits
from pulumi_inference.alaya.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.alaya.observation import with_instances
from pulumi_inference.alaya.specs import lookups
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle.status import Observation
from tests.support.alaya import BASE_MODEL, GPU, VKS
from tests.support.alaya_calls import BASE, KEY, Scripted

Values = dict[str, Any]

COMMON = {
    "serviceId": BASE,
    "name": "n",
    "status": "running",
    "serviceUrl": "https://x.example",
    "apikey": KEY,
    "namespace": "default",
    "modelId": BASE_MODEL,
    "servedName": ["a"],
}
RESOURCE = {"cpu": 1, "mem": 2, "gpu": {"gpuType": GPU, "count": 1}}
POD = {
    "image": "i",
    "imagePullSecret": {"registry": "r", "username": "u", "password": "p"},
    "labels": {"a": "b"},
    "env": {"A": "1"},
    "cmd": ["x"],
    "resource": RESOURCE,
    "pvcMounts": [{"pvcName": "w", "containerPath": "/m", "readOnly": "", "subPath": "a"}],
}
INSTANCES = [{"instanceId": "0", "loraModels": ["a"], "baseModelReady": True}]
ENGINE = {"backend": "vllm", "backendVersion": "1", "backenArgs": ["a"], "resource": {**RESOURCE, "workers": 1}}
DETAILS: Mapping[str, Values] = {
    "Expert": {
        **COMMON,
        "mode": "expert",
        "vksId": VKS,
        "instance": INSTANCES,
        "expert": {"headConfig": POD, "workerConfig": {"workers": 1, "image": "i", "resource": RESOURCE}},
        "quickStart": None,
        "scale": {"min": 1, "max": 2, "rpsValue": 1, "idleTime": 1},
        "extensions": {"a": "b", "pulumi-inference": "pulumi:0123456"},
    },
    "Quick Start": {**COMMON, "mode": "quickStart", "vksId": VKS, "instance": INSTANCES, "quickStart": ENGINE},
    "LoRA": {**COMMON, "baseServiceId": BASE, "servedName": "a", "type": "lora"},
}
WRONG = [None, "x", 3, 1.5, True, [], [3], [{}], {}, {"x": []}, [None], "\ud800", 10**400]


def places_in(value: Any, *at: Any) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for name, one in inside for place in places_in(one, *at, name))]


def replaced(value: Any, place: tuple[Any, ...], by: Any) -> Any:
    """The value with something else at a place."""
    if not place:
        return by
    [name, *rest] = place
    found = dict(value) if isinstance(value, Mapping) else list(value)
    found[name] = replaced(found[name], tuple(rest), by)
    return found


def answered(data: Any) -> Scripted:
    return Scripted(httpx.Response(200, content=json.dumps({"code": 0, "data": data})))


def read(detail: Any) -> None:
    """As previews and waits read it."""
    live = DeploymentLifecycle().fetch(answered(detail).context, BASE, {})
    if live is not None:
        waits.progress(live.raw)
        waits.told(live.raw)
        waits.scaled(1)(live.raw)


def look_up(detail: Any) -> None:
    """As programs ask for it."""
    client = CONNECTIONS.today(answered(detail).context, None).client()
    lookups.GetDeployment(service_id=BASE).ask(client)


def look_up_list(detail: Any) -> None:
    """As an item of the list."""
    client = CONNECTIONS.today(answered({"count": 1, "rows": [detail]}).context, None).client()
    lookups.GetDeployments().ask(client)


def call(detail: Any) -> None:
    """As it is called."""
    answered(detail).endpoint(BASE)


@pytest.mark.parametrize("act", [read, look_up, look_up_list, call])
@pytest.mark.parametrize("detail", DETAILS.values(), ids=DETAILS)
def test_whatever_is_answered(detail: Values, act: Callable[[Any], None]) -> None:
    act(detail)
    refused = 0
    for place in places_in(detail):
        for wrong in WRONG:
            try:
                act(replaced(detail, place, wrong))
            except InferenceError as error:
                refused += 1
                assert KEY not in str(error)
    assert refused


@pytest.mark.parametrize(
    ("ready", "inputs", "shown"),
    [
        ([True], {}, (1, 1)),
        ([True, True, False], {"scale": {"min": 1}}, (2, 3)),
        ([True], {"scale": {"min": 2}}, (1, 2)),
        ([], {"scale": {"min": 2}}, (None, 2)),
        ([], {}, (None, None)),
    ],
    ids=["no scale", "more than the least", "fewer than the least", "none yet", "nothing known"],
)
def test_instances_are_those_that_there_are_or_should_be(
    ready: list[bool], inputs: dict[str, Any], shown: tuple[int | None, int | None]
) -> None:
    answer = {"instance": [{"instanceId": str(index), "baseModelReady": one} for index, one in enumerate(ready)]}
    seen = with_instances(Observation("running", BASE), inputs, answer)
    assert (seen.running, seen.wanted) == shown
