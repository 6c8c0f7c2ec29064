"""What each change of the deployment that stands in a service sends: the service's own calls."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import ConfigurationError
from tests.support.modelartsv2 import ModelArtsV2, group, inline, service, unit
from tests.support.modelartsv2_service_changes import UPDATE, is_settled, sent
from tests.support.world import Values


def test_a_deployment_that_the_engine_ignores_stays(cloud: ModelArtsV2) -> None:
    state = cloud.service(inline())
    program = {**service(), "deployment": state.inputs["deployment"]}  # as the engine hands it in
    assert cloud.world.diff(state, program, ("deployment",)).changes is False


INLINE: dict[str, tuple[Values, Values, Values]] = {
    "count": (inline(), service(deployment=group(count=2)), {"count": 2}),
    "weight": (inline(), service(deployment=group(weight=0)), {"weight": 0}),
    "image": (
        inline(),
        inline(unit(image={"swr_path": "i:2"})),
        {"unit_configs": {"image": {"source": "SWR", "swr_path": "i:2", "id": "", "category": "CPU"}}},
    ),
    "command": (inline(), inline(unit(cmd="/x")), {"unit_configs": {"cmd": "/x"}}),
    "variables": (inline(), inline(unit(envs={"A": "1"})), {"unit_configs": {"envs": "[redacted]"}}),
    "secret variables": (
        inline(),
        inline(secret_envs={"main": {"T": "s3cret"}}),
        {"unit_configs": {"envs": "[redacted]"}},
    ),
    "description": (inline(), service(deployment=group(description="d")), {"description": "d"}),
    "time to deploy": (
        inline(),
        service(deployment=group(advanced_config={"port": 8080, "deploy_timeout_minutes": 40})),
        {"advanced_config": {"deploy_timeout_minutes": 40}},
    ),
    "mirror": (
        inline(),
        service(deployment=group(mirror_traffic_enable=True, mirror_traffic_weight=20)),
        {"mirror_traffic_enable": True, "mirror_traffic_weight": "20"},
    ),
}


@pytest.mark.parametrize(("before", "after", "told"), INLINE.values(), ids=INLINE)
def test_the_deployment_in_a_service_changes_through_the_service(
    cloud: ModelArtsV2, before: Values, after: Values, told: Values
) -> None:
    state = cloud.service(before)
    there = cloud.services()[0]["deployments"][0]
    unit_id = there["versions"][0]["content"]["unit_configs"][0]["id"]
    done = cloud.world.update(state, after)
    [(call, body)] = sent(cloud)
    assert call == UPDATE
    assert body.keys() == {"version", "group_configs"}
    assert body["version"] == "1.0.1"
    [config] = body["group_configs"]
    assert (config["id"], config["name"]) == (there["id"], "default")
    [one] = config["unit_configs"]
    assert one["id"] == unit_id
    for name, value in told.items():
        expected = {**config[name], **value} if name == "advanced_config" else value
        assert config[name] == expected if name != "unit_configs" else {**one, **value} == one
    assert done.facts["status"] == "RUNNING"
    is_settled(cloud, done, after)


@pytest.mark.parametrize("after", [{}, {"count": 2}], ids=["alone", "beside"])
def test_the_priority_of_a_deployment_in_a_service_changes_while_it_is_stopped(
    cloud: ModelArtsV2, after: Values
) -> None:
    state = cloud.service(inline())
    program = service(deployment=group(priority=2, **after))
    with pytest.raises(ConfigurationError) as caught:
        cloud.world.diff(state, program)
    assert caught.value.message == "deployment.priority: cannot change while the deployment runs"
    assert str(caught.value.next_step).startswith('Set desired_status="stopped" for one `pulumi up`')
    assert cloud.writes() == []
    program = {**program, "desired_status": "stopped"}
    done = cloud.world.update(state, program)
    assert cloud.writes() == ["POST ID/stop", UPDATE]
    assert cloud.services()[0]["deployments"][0]["versions"][-1]["content"]["priority"] == 2
    is_settled(cloud, done, program)
    running = {**program, "desired_status": "running"}
    again = cloud.world.update(done, running)
    assert cloud.writes() == ["POST ID/start"]
    is_settled(cloud, again, running)
