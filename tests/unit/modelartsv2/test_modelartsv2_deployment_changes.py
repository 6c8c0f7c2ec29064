"""What each change of a deployment sends: one scale call by name, one update, or a switch, and nothing else."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.lifecycle import State
from tests.support.modelartsv2 import GREEN_URN, ModelArtsV2, deployment, service, unit
from tests.support.modelartsv2_blue import blue
from tests.support.world import Values

ADVANCED = {
    "port": 8080,
    "protocol": "HTTP",
    "upgrade_config": {"type": "ROLLING", "rolling_update": {"max_surge": "1%", "max_unavailable": "1%"}},
}
NEEDED = {"name": "blue", "weight": 100, "advanced_config": ADVANCED}
"""What no update can be without."""

UNIT = {
    "id": "UNIT",
    "name": "main",
    "role": "COMMON",
    "image": {"source": "SWR", "swr_path": "swr.example.test/demo/echo:1", "id": "", "category": "CPU"},
    "flavor": "custom",
    "custom_spec": {"cpu": 2.0, "memory": 4096},
    "count": 1,
    "group_count": 1,
    "port": 8080,
}
OTHER_IMAGE = {**UNIT, "image": {**UNIT["image"], "swr_path": "i:2"}}
UPDATE, SCALE = "PUT ID/deployments/ID", "PUT ID/deployments/NAME/scale"
START, STOP = "POST ID/deployments/ID/start", "POST ID/deployments/ID/stop"


def second(number: int = 2) -> Values:
    return unit(image={"swr_path": f"i:{number}"})


CHANGES: dict[str, tuple[Values, Values, list[tuple[str, Values]], str]] = {
    "count": (blue(), blue(count=3), [(SCALE, {"count": 3})], "1.0.0"),
    "fewer": (blue(count=3), blue(count=1), [(SCALE, {"count": 1})], "1.0.0"),
    "count, with a priority": (blue(priority=2), blue(priority=2, count=3), [(SCALE, {"count": 3})], "1.0.0"),
    "image": (blue(), blue(second()), [(UPDATE, {**NEEDED, "unit_configs": [OTHER_IMAGE]})], "1.0.1"),
    "image, with a priority": (
        blue(priority=2),
        blue(second(), priority=2),
        [(UPDATE, {**NEEDED, "priority": 2, "unit_configs": [OTHER_IMAGE]})],
        "1.0.1",
    ),
    "image and count": (
        blue(),
        blue(second(), count=3),
        [(UPDATE, {**NEEDED, "unit_configs": [OTHER_IMAGE], "count": 3})],
        "1.0.1",
    ),
    "image, count and weight": (
        blue(),
        blue(second(), count=3, weight=40),
        [(UPDATE, {**NEEDED, "weight": 40, "unit_configs": [OTHER_IMAGE], "count": 3})],
        "1.0.1",
    ),
    "weight": (blue(), blue(weight=40), [(UPDATE, {**NEEDED, "weight": 40})], "1.0.0"),
    "weight, with a priority": (
        blue(priority=3),
        blue(priority=3, weight=40),
        [(UPDATE, {**NEEDED, "priority": 3, "weight": 40})],
        "1.0.0",
    ),
    "weight and count": (blue(), blue(weight=40, count=2), [(UPDATE, {**NEEDED, "weight": 40, "count": 2})], "1.0.0"),
    "no weight": (blue(), blue(weight=0), [(UPDATE, {**NEEDED, "weight": 0})], "1.0.0"),
    "mirror": (
        blue(),
        blue(mirror_traffic_enable=True, mirror_traffic_weight=20),
        [(UPDATE, {**NEEDED, "mirror_traffic_enable": True, "mirror_traffic_weight": 20})],
        "1.0.1",
    ),
    "share of the mirror": (
        blue(mirror_traffic_enable=True, mirror_traffic_weight=20),
        blue(mirror_traffic_enable=True, mirror_traffic_weight=0),
        [(UPDATE, {**NEEDED, "mirror_traffic_weight": 0})],
        "1.0.1",
    ),
    "description": (
        blue(),
        blue(description="first"),
        [(UPDATE, {**NEEDED, "description": "first [MARK]"})],
        "1.0.1",
    ),
    "port": (
        blue(),
        blue(advanced_config={"port": 9000}),
        [(UPDATE, {**NEEDED, "advanced_config": {**ADVANCED, "port": 9000}})],
        "1.0.1",
    ),
    "roll-out": (
        blue(),
        blue(advanced_config={"port": 8080, "upgrade_config": {"rolling_update": {"max_surge": "50%"}}}),
        [
            (
                UPDATE,
                {
                    **NEEDED,
                    "advanced_config": {
                        **ADVANCED,
                        "upgrade_config": {
                            "type": "ROLLING",
                            "rolling_update": {"max_surge": "50%", "max_unavailable": "1%"},
                        },
                    },
                },
            )
        ],
        "1.0.1",
    ),
    "variables": (
        blue(unit(envs={"A": "1"})),
        blue(unit(envs={"A": "2"})),
        [(UPDATE, {**NEEDED, "unit_configs": [{**UNIT, "envs": "[redacted]"}]})],
        "1.0.1",
    ),
    "no variables": (blue(unit(envs={"A": "1"})), blue(), [(UPDATE, {**NEEDED, "unit_configs": [UNIT]})], "1.0.1"),
    "secret variables": (
        blue(secret_envs={"main": {"T": "s3cret"}}),
        blue(secret_envs={"main": {"T": "other"}}),
        [(UPDATE, {**NEEDED, "unit_configs": [{**UNIT, "envs": "[redacted]"}]})],
        "1.0.1",
    ),
    "no command": (
        blue(unit(cmd="/x")),
        blue(),
        [(UPDATE, {**NEEDED, "unit_configs": [UNIT]})],
        "1.0.1",
    ),
    "model": (
        blue(),
        blue(model={"source": "OBS", "address": "obs://m/", "mount_path": "/m/", "source_name": "s"}),
        [
            (
                UPDATE,
                {
                    **NEEDED,
                    "model": {"source": "OBS", "address": "obs://m/", "mount_path": "/m/", "source_name": "s"},
                },
            )
        ],
        "1.0.1",
    ),
    "tasks": (
        blue(deployment_task_limit={"max_concurrent_task": 3}),
        blue(deployment_task_limit={"max_concurrent_task": 4}),
        [(UPDATE, {**NEEDED, "deployment_task_limit": {"max_concurrent_task": 4}})],
        "1.0.2",
    ),
    "stop": (blue(), blue(desired_status="stopped"), [(STOP, {})], "1.0.0"),
    "start": (blue(desired_status="stopped"), blue(desired_status="running"), [(START, {})], "1.0.0"),
    "image while stopped": (
        blue(desired_status="stopped"),
        blue(second(), desired_status="stopped"),
        [(UPDATE, {**NEEDED, "unit_configs": [OTHER_IMAGE]})],
        "1.0.1",
    ),
    "count while stopped": (
        blue(desired_status="stopped"),
        blue(count=2, desired_status="stopped"),
        [(UPDATE, {**NEEDED, "count": 2})],
        "1.0.0",
    ),
    "image, count and start": (
        blue(desired_status="stopped"),
        blue(second(), count=2, desired_status="running"),
        [(UPDATE, {**NEEDED, "unit_configs": [OTHER_IMAGE], "count": 2}), (START, {})],
        "1.0.1",
    ),
    "image and stop": (
        blue(),
        blue(second(), desired_status="stopped"),
        [(UPDATE, {**NEEDED, "unit_configs": [OTHER_IMAGE]}), (STOP, {})],
        "1.0.1",
    ),
}


def placed(cloud: ModelArtsV2, program: Values) -> Values:
    """The program with the service that there is."""
    found = cloud.services()
    made = found[0]["id"] if found else cloud.service().id
    cloud.deploying()
    return {**program, "service_id": made}


def unit_ids(cloud: ModelArtsV2) -> dict[str, str]:
    """The ids of the units, by name."""
    there = cloud.services()[0]["deployments"][0]
    active = next(one for one in there["versions"] if one["version"] == there["version"])
    return {one["name"]: one["id"] for one in active["content"]["unit_configs"]}


def bodies(calls: list[tuple[str, Values]], mark: str, ids: dict[str, str]) -> list[tuple[str, Values]]:
    """The calls with the mark and the ids that there are."""

    def filled(body: Values) -> Values:
        result = dict(body)
        if "description" in body:
            result["description"] = body["description"].replace("[MARK]", f"[{mark}]")
        if "unit_configs" in body:
            result["unit_configs"] = [{**one, "id": ids[one["name"]]} for one in body["unit_configs"]]
        return result

    return [(call, filled(body)) for call, body in calls]


def sent(cloud: ModelArtsV2) -> list[tuple[str, Values]]:
    """The writes with their bodies."""
    return list(zip(cloud.writes(), [body or {} for body in cloud.world.wrote()], strict=True))


def mark_of(cloud: ModelArtsV2) -> str:
    """The mark of the world's resource."""
    return cloud.world.lifecycle.mark(cloud.world.context(), {})  # type: ignore[attr-defined,no-any-return]


def is_settled(cloud: ModelArtsV2, state: State, program: Values) -> None:
    """Nothing is left to do, and what is read is what is recorded."""
    assert cloud.world.diff(state, program).changes is False
    assert cloud.world.read(state) == state
    assert cloud.writes() == []


@pytest.mark.parametrize(("before", "after", "calls", "version"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_the_smallest_call(
    cloud: ModelArtsV2, before: Values, after: Values, calls: list[tuple[str, Values]], version: str
) -> None:
    before, after = placed(cloud, before), placed(cloud, after)
    state = cloud.deployment(before)
    ids = unit_ids(cloud)
    found = cloud.world.diff(state, after)
    assert (found.changes, found.replaces) == (None, [])
    assert cloud.writes() == []
    done = cloud.world.update(state, after)
    assert sent(cloud) == bodies(calls, mark_of(cloud), ids)
    assert unit_ids(cloud) == ids, "they would be made anew"
    there = cloud.services()[0]["deployments"][0]
    assert (done.id, done.facts["version"], there["version"]) == (state.id, version, version)
    assert (there["count"], there["weight"]) == (after.get("count", 1), after.get("weight", 100))
    is_settled(cloud, done, after)


def test_the_units_of_a_distributed_set_up_keep_their_ids(cloud: ModelArtsV2) -> None:
    made = cloud.service(service(deploy_type="MULTI"))
    before = deployment(made, unit(name="prefill"), unit(name="decode"), name="blue", deploy_type="MULTI")
    state = cloud.deployment(before)
    ids = unit_ids(cloud)
    after = deployment(
        made, unit(name="decode", cmd="/x"), unit(name="spare"), unit(name="prefill"), name="blue", deploy_type="MULTI"
    )
    done = cloud.world.update(state, after)
    [(call, body)] = sent(cloud)
    assert call == UPDATE
    assert {one["name"]: one.get("id") for one in body["unit_configs"]} == {**ids, "spare": None}
    assert {name: one for name, one in unit_ids(cloud).items() if name != "spare"} == ids
    is_settled(cloud, done, after)
    fewer = deployment(made, unit(name="prefill"), name="blue", deploy_type="MULTI")
    done = cloud.world.update(done, fewer)
    assert unit_ids(cloud) == {"prefill": ids["prefill"]}
    is_settled(cloud, done, fewer)


def test_a_task_limit_follows_the_create_call(cloud: ModelArtsV2) -> None:
    """Only a change takes it."""
    state = cloud.deployment(placed(cloud, blue(deployment_task_limit={"max_concurrent_task": 3})))
    [first, second_] = sent(cloud)
    assert first[0] == "POST ID/deployments"
    assert "deployment_task_limit" not in first[1]
    assert second_ == (UPDATE, {**NEEDED, "deployment_task_limit": {"max_concurrent_task": 3}})
    is_settled(cloud, state, placed(cloud, blue(deployment_task_limit={"max_concurrent_task": 3})))


@pytest.mark.parametrize("before", [{}, {"priority": 1}], ids=["none", "another"])
@pytest.mark.parametrize("beside", [{}, {"count": 3}, {"weight": 7}], ids=["alone", "count", "weight"])
def test_a_priority_changes_only_while_it_is_stopped(cloud: ModelArtsV2, before: Values, beside: Values) -> None:
    state = cloud.deployment(placed(cloud, blue(**before)))
    program = placed(cloud, blue(priority=2, **beside))
    with pytest.raises(ConfigurationError) as caught:
        cloud.world.diff(state, program)
    assert str(caught.value) == (
        "priority: cannot change while the deployment runs\n"
        '  Set desired_status="stopped" for one `pulumi up`, which takes it offline, and change it then; or leave it '
        "as it is."
    )
    assert cloud.writes() == []
    stopped = {**program, "desired_status": "stopped"}
    done = cloud.world.update(state, stopped)
    assert sent(cloud) == [(STOP, {}), (UPDATE, {**NEEDED, "priority": 2, **beside})]
    is_settled(cloud, done, stopped)
    running = {**program, "desired_status": "running"}
    again = cloud.world.update(done, running)
    assert cloud.writes() == [START]
    is_settled(cloud, again, running)


def test_a_priority_no_longer_in_the_program_stays(cloud: ModelArtsV2) -> None:
    state = cloud.deployment(placed(cloud, blue(priority=2)))
    done = cloud.world.update(state, placed(cloud, blue(second())))
    assert sent(cloud)[0][1]["priority"] == 2
    is_settled(cloud, done, placed(cloud, blue(second())))


NOTHING: dict[str, tuple[Values, Values]] = {
    "a variable becomes a secret": (
        blue(unit(envs={"A": "1", "T": "s3cret"})),
        blue(unit(envs={"A": "1"}), secret_envs={"main": {"T": "s3cret"}}),
    ),
    "the only variable becomes a secret": (
        blue(unit(envs={"T": "s3cret"})),
        blue(secret_envs={"main": {"T": "s3cret"}}),
    ),
    "a secret becomes a variable": (blue(secret_envs={"main": {"T": "s3cret"}}), blue(unit(envs={"T": "s3cret"}))),
    "the name of the only unit": (blue(), blue(unit(name="main"))),
    "the custom flavour": (blue(), blue(unit(flavor="custom"))),
    "no accelerators": (blue(), blue(unit(custom_spec={"cpu": 2, "memory": 4096, "gpu": 0, "ascend": 0}))),
    "a third decimal": (
        blue(unit(custom_spec={"cpu": 1.125, "memory": 4096})),
        blue(unit(custom_spec={"cpu": 1.13, "memory": 4096})),
    ),
    "defaults": (blue(), blue(weight=100, count=1, framework="COMMON", deploy_type="SINGLE", on_cancel="leave")),
    "a default of the cloud": (blue(), blue(schedule_strategy="HIGH_AVAILABILITY", high_avail_switch=True)),
    "nothing in maps": (blue(), blue(unit(envs={}), secret_envs={"main": {}})),
    "our own ways": (blue(), blue(wait=False, timeouts={"update": "2h"}, on_cancel="interrupt")),
}


@pytest.mark.parametrize(("before", "after"), NOTHING.values(), ids=NOTHING)
def test_what_means_the_same_sends_nothing(cloud: ModelArtsV2, before: Values, after: Values) -> None:
    before, after = placed(cloud, before), placed(cloud, after)
    state = cloud.deployment(before)
    assert cloud.world.diff(state, after).replaces == []
    done = cloud.world.update(state, after)
    assert cloud.writes() == []
    is_settled(cloud, done, after)


def test_two_deployments_of_a_service_have_lives_of_their_own(cloud: ModelArtsV2) -> None:
    before = placed(cloud, blue())
    first = cloud.deployment(before)
    green = cloud.deployment({**before, "name": "green", "weight": 50}, GREEN_URN)
    assert green.facts["traffic_ratio"] == "33.33%"
    cloud.world.delete(green)
    cloud.deploying()
    assert cloud.world.read(first) == first
