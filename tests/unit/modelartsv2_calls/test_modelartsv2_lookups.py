"""What a program asks ModelArts v2: plain, awaited and as outputs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelartsv2
from pulumi_inference.core.errors import InferenceError, ResponseError
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.specs import lookups as specs
from tests.support.cloud import Cloud
from tests.support.modelartsv2 import POOL, ModelArtsV2
from tests.support.modelartsv2_calls import EMPTY, KEY, KEY_ID, KEYED, OPEN, seeded
from tests.support.modelartsv2_schedules import EVENING, MORNING, outside, wire
from tests.support.runs import begin_run

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
Begin = Callable[..., None]

NOWHERE = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture
def begin(event_loop: None, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins a run of a program that is configured for the emulator, where a service of each kind is."""
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_REGION_NAME", "HW_MODELARTS_ENDPOINT", "HW_CLOUD"):
        monkeypatch.delenv(name, raising=False)
    embedded_cloud.admin("POST", "/seed", seeded())

    def new_run(**config: str) -> None:
        begin_run({"inference:modelartsEndpoint": embedded_cloud.endpoint, **config})

    new_run()
    yield new_run
    run_program(lambda: None)()
    set_all_config({})


def paths(cloud: Cloud) -> list[str]:
    return [one.path.partition("/services")[2] for one in cloud.sent("GET") if "/services" in one.path]


# services


def test_services(begin: Begin) -> None:
    found = {one.name: one for one in modelartsv2.get_services()}
    assert {name: (one.status, one.type, one.auth_type) for name, one in found.items()} == {
        "keyed": ("RUNNING", "REAL_TIME", "API_KEY"),
        "open": ("RUNNING", "REAL_TIME", "NONE"),
        "tokened": ("RUNNING", "REAL_TIME", "TOKEN"),
        "socket": ("RUNNING", "REAL_TIME", "NONE"),
        "tasks": ("RUNNING", "ASYNC_REAL_TIME", "NONE"),
        "stopped": ("STOPPED", "REAL_TIME", "NONE"),
        "inner": ("RUNNING", "REAL_TIME", "NONE"),
        "empty": ("INIT", "REAL_TIME", "NONE"),
    }
    keyed = found["keyed"]
    assert (keyed.service_id, keyed.version, keyed.version_count, keyed.workspace_id) == (KEYED, "1.0.0", 1, "0")
    assert isinstance(keyed.created_at, int)


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"name": "open"}, ["open"]),
        ({"name": "ope"}, []),
        ({"service_type": "ASYNC_REAL_TIME"}, ["tasks"]),
        ({"auth_type": "API_KEY"}, ["keyed"]),
        ({"status": "STOPPED"}, ["stopped"]),
        ({"status": "INIT"}, ["empty"]),
        ({"workspace_id": "0" * 32}, []),
        ({"pool_id": "another"}, []),
        ({"description": "nothing"}, []),
    ],
)
def test_services_are_chosen(begin: Begin, filters: dict[str, Any], names: list[str]) -> None:
    assert sorted(one.name for one in modelartsv2.get_services(**filters)) == names


def test_each_question_is_asked_once_in_a_run(begin: Begin, embedded_cloud: Cloud) -> None:
    for status in (None, "RUNNING", "STOPPED"):
        modelartsv2.get_services(status=status)
    assert len(paths(embedded_cloud)) == 1


def test_a_service(begin: Begin) -> None:
    keyed = modelartsv2.get_service(KEYED)
    assert (keyed.name, keyed.status, keyed.type) == ("keyed", "RUNNING", "REAL_TIME")
    assert keyed.version.runtime_config.service_invoke.auth_type == "API_KEY"
    assert keyed.predict_url
    assert [one.type for one in keyed.predict_url] == ["PUBLIC", "INTERNAL", "CONSOLE"]
    assert keyed.version.instance_groups
    assert [(one.name, one.weight, one.running_count) for one in keyed.version.instance_groups] == [("blue", 100, 1)]
    assert keyed.dispatcher_group_id
    assert isinstance(keyed.created_at, int)
    empty = modelartsv2.get_service(service_id=EMPTY)
    assert (empty.status, empty.version.instance_groups) == ("INIT", [])


def test_what_is_not_there(begin: Begin) -> None:
    for ask in (
        lambda: modelartsv2.get_service(NOWHERE),
        lambda: modelartsv2.get_deployments(NOWHERE),
        lambda: modelartsv2.get_deployment_versions(service_id=OPEN, deployment_id="d-none"),
        lambda: modelartsv2.get_cluster("pool-none"),
    ):
        with pytest.raises(pulumi.RunError):
            ask()


# deployments


def test_deployments_and_their_versions(begin: Begin) -> None:
    [one] = modelartsv2.get_deployments(OPEN)
    assert (one.deployment_id, one.name, one.status, one.version) == ("d-open", "blue", "RUNNING", "1.0.0")
    assert (one.pool_id, one.weight, one.traffic_ratio, one.mirror_traffic_enable) == (POOL, 100, "100.00%", False)
    assert isinstance(one.mirror_traffic_weight, int)
    assert modelartsv2.get_deployments(service_id=EMPTY) == []
    [version] = modelartsv2.get_deployment_versions(service_id=OPEN, deployment_id="d-open")
    assert (version.version, version.status, version.deployment_id) == ("1.0.0", "ACTIVE", "d-open")


# flavours and pools


def test_flavours(begin: Begin) -> None:
    found = modelartsv2.get_flavours()
    assert {one.category for one in found} == {"CPU", "GPU", "ASCEND"}
    [gpu, *_] = [one for one in found if one.category == "GPU"]
    assert gpu.gpu
    assert gpu.gpu.gpu
    assert gpu.arch
    assert any(one.sold_out for one in found)
    assert {one.category for one in modelartsv2.get_flavours(category="ASCEND")} == {"ASCEND"}


def test_pools(begin: Begin) -> None:
    [pool] = modelartsv2.get_pools()
    assert (pool.pool_name, pool.kind, pool.status) == (POOL, "new", "Running")
    cluster = modelartsv2.get_cluster(POOL)
    assert (cluster.pool_id, cluster.status, cluster.type) == (POOL, "ACTIVE", "DEDICATED")
    assert cluster.flavors


# keys


def test_api_keys_have_no_value(begin: Begin) -> None:
    [key] = modelartsv2.get_api_keys()
    assert (key.key_id.replace("-", ""), key.name, key.scope) == (KEY_ID, "for-tests", "SERVICE")
    assert [(one.id, one.name) for one in key.services or ()] == [(KEYED, "keyed")]
    assert KEY not in repr(key)
    assert modelartsv2.get_api_keys(name="for-test") == []
    assert len(modelartsv2.get_api_keys(name="for-tests", scope="SERVICE", service_id=KEYED)) == 1
    assert modelartsv2.get_api_keys(service_id=OPEN) == modelartsv2.get_api_keys(scope="USER") == []


# replica schedules


@pytest.fixture
def schedule(room: ModelArtsV2) -> ModelArtsV2:
    """A replica schedule of one deployment."""
    body = {
        "type": "CRON_HPA",
        "target_resource_id": "d-open",
        "target_resource_type": "GROUP",
        "hpa_rules": wire(MORNING, {**EVENING, "disabled": True}),
    }
    outside(room.world, "POST", f"/services/{OPEN}/deployments/d-open/hpa", body)
    return room


def test_replica_schedules(schedule: ModelArtsV2) -> None:
    client = CONNECTIONS.today(schedule.world.context(), None).client()
    [one] = specs.GetReplicaSchedules(service_id=OPEN).ask(client)
    assert (one.deployment_id, one.deployment_name, one.status) == ("d-open", "blue", "ACTIVE")
    assert [(rule.name, rule.schedule, rule.target_replicas, rule.disabled) for rule in one.rules] == [
        ("morning", "0 8 * * 1-5", 4, False),
        ("evening", "0 20 * * 1-5", 1, True),
    ]
    assert specs.GetReplicaSchedules(service_id=KEYED).ask(client) == []
    assert specs.GetReplicaSchedules(service_id=EMPTY).ask(client) == []


# all of them


def test_awaited_and_as_outputs(begin: Begin) -> None:
    found: list[Any] = []

    async def program() -> None:
        found.append((await modelartsv2.get_service(OPEN)).name)
        found.append(await modelartsv2.get_service_output(pulumi.Output.from_input(OPEN)).name.future())

    run_program(program)()
    assert found == ["open", "open"]


ASKED: dict[str, tuple[specs.Lookup[Any], str]] = {
    "services": (specs.GetServices(), "/services$"),
    "service": (specs.GetService(service_id=OPEN), f"/services/{OPEN}$"),
    "deployments": (specs.GetDeployments(service_id=OPEN), "/deployments$"),
    "versions": (specs.GetDeploymentVersions(service_id=OPEN, deployment_id="d-open"), "/versions$"),
    "flavours": (specs.GetFlavours(), "/flavors$"),
    "pools": (specs.GetPools(), "/pools$"),
    "cluster": (specs.GetCluster(pool_id=POOL), "/clusters/"),
    "keys": (specs.GetApiKeys(), "/api-keys$"),
    "replica schedules": (specs.GetReplicaSchedules(service_id=OPEN), "/hpa$"),
}

ODD = ([], "text", 7, None, {}, {"data": [None]}, {"data": ["x"]}, {"data": [{}]}, {"items": 7})


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("body", ODD, ids=json.dumps)
def test_an_answer_that_is_none_is_an_error_that_says_so(schedule: ModelArtsV2, name: str, body: Any) -> None:
    lookup, path = ASKED[name]
    client = CONNECTIONS.today(schedule.world.context(), None).client()
    assert lookup.ask(client) is not None
    schedule.world.cloud.fault(method="GET", path=path, count=None, status=200, body=json.dumps(body))
    with pytest.raises(InferenceError) as caught:
        lookup.ask(client)
    assert isinstance(caught.value, ResponseError), caught.value
