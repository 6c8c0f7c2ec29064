"""What somebody else has changed, what the cloud fills in, what is ignored, and what is not known yet."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Difference, State
from tests.support.modelartsv2 import (
    POOL,
    ModelArtsV2,
    deployment,
    group,
    inline,
    invoke,
    limit,
    runtime,
    service,
    unit,
)
from tests.support.modelartsv2_drift import SCALE, UPDATE, moved, placed
from tests.support.world import Values

MOUNTED = {"mount_path": "/s/", "secret_key": "key", "secret_value": "czNjcmV0"}
FULL = {
    "description": "first",
    "mirror_traffic_enable": True,
    "mirror_traffic_weight": 20,
    "secret_envs": {"main": {"TOKEN": "s3cret-value"}},
    "schedule_strategy": "HIGH_UTILIZATION",
    "model": {"source": "OBS", "address": "obs://m/", "mount_path": "/m/", "source_name": "s"},
    "deployment_task_limit": {"max_concurrent_task": 3},
    "desired_status": "running",
}
UNIT = unit(envs={"A": "1"}, cmd="/start")


def blue(**changes: Any) -> Values:
    return deployment("SERVICE", UNIT, name="blue", **{**FULL, **changes})


def is_put_back(cloud: ModelArtsV2, state: State, program: Values, told: str) -> State:
    """The preview says it, a refresh between changes nothing of that, and the next run puts it back."""
    world = cloud.world
    assert world.diff(state, program).changes is True
    assert any(told in one for one in world.told), world.told
    assert "s3cret" not in "".join(world.told)
    read = world.read(state)
    assert read is not None
    assert read != state
    done = world.update(read, program)
    assert world.diff(done, program).changes is False
    assert world.told == []
    assert world.read(done) == done
    return done


DRIFTS: dict[str, tuple[Values, str, str]] = {
    "weight": ({"weight": 7}, "weight: changed outside of the program: program 100, live 7", UPDATE),
    "count": ({"count": 3}, "count: changed outside of the program: program 1, live 3", SCALE),
    "description": ({"description": "theirs"}, "description: changed outside of the program", UPDATE),
    "image": (
        {"unit_configs": [{"image": {"swr_path": "i:9"}}]},
        "unit_configs[0].image.swr_path: changed outside",
        UPDATE,
    ),
    "command": ({"unit_configs": [{"cmd": "/theirs"}]}, "unit_configs[0].cmd: changed outside", UPDATE),
    "variable": (
        {"unit_configs": [{"envs": {"A": "2", "TOKEN": "s3cret-value"}}]},
        "unit_configs[0].envs.A: changed outside",
        UPDATE,
    ),
    "secret variable": (
        {"unit_configs": [{"envs": {"A": "1", "TOKEN": "s3cret-other"}}]},
        "secret_envs.main.TOKEN: changed outside of the program: program [secret], live [secret]",
        UPDATE,
    ),
    "memory": (
        {"unit_configs": [{"custom_spec": {"memory": 1}}]},
        "unit_configs[0].custom_spec.memory: changed outside",
        UPDATE,
    ),
    "port": ({"advanced_config": {"port": 9000}}, "advanced_config.port: changed outside", UPDATE),
    "mirror": ({"mirror_traffic_enable": False}, "mirror_traffic_enable: changed outside", UPDATE),
    "share of the mirror": ({"mirror_traffic_weight": 90}, "mirror_traffic_weight: changed outside", UPDATE),
    "placing": ({"schedule_strategy": "HIGH_PERFORMANCE"}, "schedule_strategy: changed outside", UPDATE),
    "model": ({"model": {"address": "obs://x/"}}, "model.address: changed outside", UPDATE),
    "tasks": (
        {"deployment_task_limit": {"max_concurrent_task": 9}},
        "deployment_task_limit.max_concurrent_task: changed outside",
        UPDATE,
    ),
    "status": ({"status": "STOPPED"}, "desired_status: changed outside", "POST ID/deployments/ID/start"),
}


@pytest.mark.parametrize(("change", "told", "call"), DRIFTS.values(), ids=DRIFTS)
def test_what_somebody_has_changed_of_a_deployment_is_put_back(
    cloud: ModelArtsV2, change: Values, told: str, call: str
) -> None:
    program = placed(cloud, blue())
    state = cloud.deployment(program)
    moved(cloud, **change)
    again = cloud.world.update(state, program)
    assert cloud.writes() == [call]
    moved(cloud, **change)
    is_put_back(cloud, again, program, told)


SERVICE = inline(
    UNIT,
    name="chat",
    description="first",
    tags={"team": "ml"},
    schedule={"time_unit": "HOURS", "duration": 2},
    task_type="RERANK",
    deploy_timeout_minutes=60,
    secret_envs={"main": {"TOKEN": "s3cret-value"}},
    desired_status="running",
)
OF_SERVICE: dict[str, tuple[Values, str, list[str]]] = {
    "name": ({"name": "theirs"}, "name: changed outside of the program: program 'chat', live 'theirs'", ["PUT ID"]),
    "description": ({"description": "theirs"}, "description: changed outside", ["PUT ID"]),
    "tag": ({"tags": {"team": "x"}}, "tags.team: changed outside", ["POST "]),
    "tag removed": ({"tags": {}}, "tags", ["POST "]),
    "schedule": (
        {"schedule": [{"type": "STOP", "time_unit": "DAYS", "duration": 1}]},
        "schedule.",
        ["PUT ID"],
    ),
    "no schedule": ({"schedule": []}, "schedule: changed outside", ["PUT ID"]),
    "task": ({"task_type": "EMBEDDING"}, "task_type: changed outside", ["PUT ID"]),
    "time to deploy": ({"deploy_timeout_minutes": 5}, "deploy_timeout_minutes: changed outside", ["PUT ID"]),
    "limit": (
        {"runtime_config": {"service_limit": {"request_timeout": 5}}},
        "runtime_config.service_limit.request_timeout: changed outside",
        ["PUT ID"],
    ),
    "who may call": (
        {"runtime_config": {"service_invoke": {"auth_type": "NONE"}}},
        "runtime_config.service_invoke.auth_type: changed outside",
        ["PUT ID"],
    ),
}


@pytest.mark.parametrize(("change", "told", "calls"), OF_SERVICE.values(), ids=OF_SERVICE)
def test_what_somebody_has_changed_of_a_service_is_put_back(
    cloud: ModelArtsV2, change: Values, told: str, calls: list[str]
) -> None:
    state = cloud.service(SERVICE)
    path = f"/modelartsv2/services/{state.id}"
    cloud.world.cloud.admin("PATCH", path, change)
    again = cloud.world.update(state, SERVICE)
    assert cloud.writes() == calls
    cloud.world.cloud.admin("PATCH", path, change)
    is_put_back(cloud, again, SERVICE, told)


INLINE = {name: DRIFTS[name] for name in ("weight", "count", "image", "variable", "secret variable", "port", "mirror")}


@pytest.mark.parametrize(("change", "told", "call"), INLINE.values(), ids=INLINE)
def test_what_somebody_has_changed_of_the_deployment_in_a_service_is_put_back(
    cloud: ModelArtsV2, change: Values, told: str, call: str
) -> None:
    program = service(
        name="chat",
        deployment=group(UNIT, mirror_traffic_enable=True),
        secret_envs={"main": {"TOKEN": "s3cret-value"}},
    )
    state = cloud.service(program)
    cloud.world.cloud.admin("PATCH", f"/modelartsv2/services/{state.id}/deployments/default", change)
    is_put_back(cloud, state, program, told if told.startswith("secret_envs") else f"deployment.{told}")
    assert call


def test_what_nobody_declared_stays(cloud: ModelArtsV2) -> None:
    program = placed(cloud, deployment("SERVICE", name="blue"))
    state = cloud.deployment(program)
    moved(
        cloud, unit_configs=[{"envs": {"THEIRS": "s3cret-theirs"}, "cmd": "/theirs"}], description="theirs", priority=3
    )
    assert cloud.world.diff(state, program).changes is False
    [told] = cloud.world.told
    assert told.startswith("not managed, because the program says nothing of it: ")
    assert "s3cret" not in told
    after = {**program, "unit_configs": [unit(port=9000)]}
    done = cloud.world.update(state, after)
    content = cloud.services()[0]["deployments"][0]["versions"][-1]["content"]
    assert content["unit_configs"][0]["envs"] == {"THEIRS": "s3cret-theirs"}
    assert (content["unit_configs"][0]["cmd"], content["description"], content["priority"]) == ("/theirs", "theirs", 3)
    assert cloud.world.diff(done, after).changes is False


def test_what_the_cloud_fills_in_is_no_drift(cloud: ModelArtsV2) -> None:
    """Roll-out, flavour, role, groups, probes, and where a service has no schedule: none of it is the program's."""
    probe = {"check_method": "HTTP", "url": "/health"}
    program = placed(cloud, deployment("SERVICE", unit(readiness_health=probe, startup_health=probe), name="blue"))
    state = cloud.deployment(program)
    assert cloud.world.diff(state, program).changes is False
    moved(
        cloud,
        high_avail_switch=False,
        schedule_strategy="HIGH_PERFORMANCE",
        advanced_config={"deploy_timeout_minutes": 33, "strategy": "MIN_CONN"},
        unit_configs=[{"group_count": 1, "recovery": "Pod", "role": "COMMON"}],
    )
    assert cloud.world.diff(state, program).changes is False
    assert cloud.world.told == []
    assert cloud.world.read(state) == state


IGNORED: dict[str, tuple[Values, Values, str]] = {
    "weight": ({}, {"weight": 7}, "weight"),
    "count": ({}, {"count": 4}, "count"),
    "description": ({}, {"description": "other"}, "description"),
    "model": ({}, {"model": {"address": "obs://x/"}}, "model.address"),
    "port": ({}, {"advanced_config": {"port": 9000}}, "advanced_config.port"),
    "units": ({}, {"unit_configs": [{"image": {"swr_path": "i:9"}}]}, "unit_configs"),
    "image by position": ({}, {"unit_configs": [{"image": {"swr_path": "i:9"}}]}, "unit_configs[0].image"),
    "image of each": ({}, {"unit_configs": [{"image": {"swr_path": "i:9"}}]}, "unit_configs[*].image.swr_path"),
}


@pytest.mark.parametrize(("changes", "change", "path"), IGNORED.values(), ids=IGNORED)
def test_drift_that_is_ignored_stays_and_goes_along(
    cloud: ModelArtsV2, changes: Values, change: Values, path: str
) -> None:
    program = placed(cloud, blue(**changes))
    state = cloud.deployment(program)
    moved(cloud, **change)
    assert cloud.world.diff(state, program, (path,)).changes is False
    after = {**program, "mirror_traffic_weight": 55}
    done = cloud.world.update(state, after, (path,))
    assert cloud.writes() == [UPDATE]
    there = cloud.services()[0]["deployments"][0]
    content = {**there["versions"][-1]["content"], "weight": there["weight"], "count": there["count"]}
    for name, value in change.items():
        assert _has(content[name], value), name
    assert content["mirror_traffic_weight"] == 55
    field = path.partition(".")[0].partition("[")[0]
    as_recorded = {**after, field: done.inputs[field]}  # as the engine hands it in
    assert cloud.world.diff(done, as_recorded, (path,)).changes is False


def _has(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_has(found[name], one) for name, one in wanted.items())
    if isinstance(wanted, list):
        return all(_has(one, other) for one, other in zip(found, wanted, strict=True))
    return bool(found == wanted)


def test_a_mounted_secret_is_sent_when_the_program_changes_it_and_never_shown(cloud: ModelArtsV2) -> None:
    program = placed(cloud, blue(service_secret={"secret_volumes": [MOUNTED]}))
    state = cloud.deployment(program)
    after = {**program, "service_secret": {"secret_volumes": [{**MOUNTED, "secret_value": "b3RoZXI="}]}}
    assert cloud.world.diff(state, after).changes is None
    assert "b3RoZXI" not in "".join([*cloud.world.told, *cloud.world.warned])
    done = cloud.world.update(state, after)
    assert cloud.writes() == [UPDATE]
    assert "unit_configs" not in cloud.world.wrote()[0]
    said = "".join([*cloud.world.told, *cloud.world.warned, *cloud.world.progress, repr(done.facts)])
    assert "b3RoZXI" not in said
    content = cloud.services()[0]["deployments"][0]["versions"][-1]["content"]
    assert content["advanced_config"]["service_secret"]["secret_volumes"][0]["secret_value"] == "b3RoZXI="
    assert cloud.world.diff(done, after).changes is False
    again = cloud.world.update(done, {**after, "weight": 7})
    content = cloud.services()[0]["deployments"][0]["versions"][-1]["content"]
    assert content["advanced_config"]["service_secret"]["secret_volumes"][0]["secret_value"] == "b3RoZXI="
    assert again.facts["version"] == done.facts["version"]


def preview(cloud: ModelArtsV2, state: State, after: Values) -> Difference:
    """What a preview says of a program in which something is not known yet."""
    cloud.world.next_operation()
    checked = cloud.world.lifecycle.check(cloud.world.context(), state.inputs, after)
    assert checked.problems == []
    return cloud.world.lifecycle.diff(cloud.world.context(), state.id, state, checked.inputs)


UNKNOWNS: dict[str, Values] = {
    "weight": {"weight": UNKNOWN},
    "count": {"count": UNKNOWN},
    "units": {"unit_configs": UNKNOWN},
    "a unit": {"unit_configs": [UNKNOWN]},
    "image": {"unit_configs": [{**UNIT, "image": UNKNOWN}]},
    "variables": {"unit_configs": [{**UNIT, "envs": UNKNOWN}]},
    "a variable": {"unit_configs": [{**UNIT, "envs": {"A": UNKNOWN}}]},
    "secrets": {"secret_envs": UNKNOWN},
    "a secret": {"secret_envs": {"main": {"TOKEN": UNKNOWN}}},
    "mounted secrets": {"service_secret": UNKNOWN},
    "how it is reached": {"advanced_config": UNKNOWN},
    "priority": {"priority": UNKNOWN},
    "status": {"desired_status": UNKNOWN},
    "pin": {"pinned_version": UNKNOWN},
    "model": {"model": UNKNOWN},
}


@pytest.mark.parametrize("changes", UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_a_change_and_nothing_is_refused(cloud: ModelArtsV2, changes: Values) -> None:
    program = placed(cloud, blue())
    state = cloud.deployment(program)
    found = preview(cloud, state, {**program, **changes})
    assert found.changes is None
    assert found.replaces in ([], ["unit_configs"] if changes.get("unit_configs") in (UNKNOWN, [UNKNOWN]) else [])
    assert cloud.writes() == []
    cloud.deploying(f"{cloud.world.urn}-new")
    cloud.world.next_operation()
    new = {**program, **changes, "name": "new"}
    assert cloud.world.lifecycle.check(cloud.world.context(), None, new).problems == []


@pytest.mark.parametrize("field", ["pool_id", "service_id", "name"])
def test_a_place_that_is_not_known_yet_is_another_one(cloud: ModelArtsV2, field: str) -> None:
    program = placed(cloud, blue(pool_id=POOL))
    state = cloud.deployment(program)
    assert field in preview(cloud, state, {**program, field: UNKNOWN}).replaces


OF_A_SERVICE: dict[str, Values] = {
    "how it is called": {"runtime_config": UNKNOWN},
    "limits": {"runtime_config": runtime(service_limit=limit(request_timeout=UNKNOWN))},
    "who may call": {"runtime_config": runtime(invoke(auth_type=UNKNOWN))},
    "the deployment": {"deployment": UNKNOWN},
    "its units": {"deployment": group(UNKNOWN)},
    "its count": {"deployment": group(UNIT, count=UNKNOWN)},
    "its priority": {"deployment": group(UNIT, priority=UNKNOWN)},
    "tags": {"tags": UNKNOWN},
    "a tag": {"tags": {"team": UNKNOWN}},
    "schedule": {"schedule": UNKNOWN},
    "duration": {"schedule": {"time_unit": "HOURS", "duration": UNKNOWN}},
    "secrets": {"secret_envs": UNKNOWN},
    "mounted secrets": {"service_secret": UNKNOWN},
    "status": {"desired_status": UNKNOWN},
    "description": {"description": UNKNOWN},
}


@pytest.mark.parametrize("changes", OF_A_SERVICE.values(), ids=OF_A_SERVICE)
def test_what_is_not_known_yet_of_a_service_refuses_nothing(cloud: ModelArtsV2, changes: Values) -> None:
    state = cloud.service(SERVICE)
    found = preview(cloud, state, {**SERVICE, **changes})
    assert found.changes is None
    assert cloud.writes() == []
    cloud.world.urn = f"{cloud.world.urn}-new"
    cloud.world.next_operation()
    new = {**SERVICE, **changes, "name": "new"}
    assert cloud.world.lifecycle.check(cloud.world.context(), None, new).problems == []
