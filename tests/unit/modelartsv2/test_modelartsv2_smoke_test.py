"""A smoke test in the life of services and deployments: when it runs, what its failure leaves, when it runs again."""

from __future__ import annotations

import pytest

from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.emulator.huaweicloud import accounts
from tests.support.cloud import EMBEDDED_PROJECT
from tests.support.modelartsv2 import ModelArtsV2, changed, deployment, inline, invoke, runtime, service, unit
from tests.support.world import Values

PASSES: Values = {"path": "/v1/score", "body": {"x": 1}, "expect_json": {"path": "/v1/score"}, "attempts": 1}
FAILS: Values = {**PASSES, "expect_json": {"path": "/other"}}
ROLLED = [unit(envs={"A": "1"})]
WAYS = ("NONE", "API_KEY", "TOKEN")


def called_by(auth_type: str) -> Values:
    """How a service is called."""
    return runtime(invoke(auth_type=auth_type))


def asked(cloud: ModelArtsV2) -> int:
    """How often this operation has called a model."""
    return sum(one.path.endswith("/v1/score") for one in cloud.world.cloud.sent())


def log_in(cloud: ModelArtsV2) -> None:
    """The program goes by a user's password, which gets a token."""
    cloud.world.configuration.values |= {
        "modelartsUserName": accounts.USER,
        "modelartsPassword": accounts.PASSWORD,
        "modelartsDomainName": accounts.DOMAIN,
        "modelartsProjectId": EMBEDDED_PROJECT,
    }


@pytest.fixture(params=WAYS)
def parent(request: pytest.FixtureRequest, cloud: ModelArtsV2) -> State:
    """A service that is called in one of the ways."""
    if request.param == "TOKEN":
        log_in(cloud)
    return cloud.service(service(runtime_config=called_by(request.param)))


def test_it_runs_after_a_create_and_after_a_roll_out(cloud: ModelArtsV2, parent: State) -> None:
    program = deployment(parent, smoke_test=PASSES)
    state = cloud.deployment(program)
    assert asked(cloud) == 1
    assert "smoke_test_error" not in state.facts
    assert cloud.world.diff(state, program).changes is False
    assert cloud.world.read(state) == state
    assert asked(cloud) == 0
    rolled = changed(program, unit_configs=ROLLED)
    state = cloud.world.update(state, rolled)
    assert asked(cloud) == 1
    assert cloud.world.diff(state, rolled).changes is False


def test_a_temporary_key_is_made_where_one_is_wanted(cloud: ModelArtsV2, parent: State) -> None:
    cloud.deployment(deployment(parent, smoke_test=PASSES))
    wants = parent.inputs["runtime_config"]["service_invoke"]["auth_type"] == "API_KEY"
    made = [one for one in cloud.world.cloud.sent("POST") if one.path.endswith("/api-keys/temp")]
    assert len(made) == wants


@pytest.mark.parametrize("auth_type", WAYS)
def test_a_service_with_a_deployment_inside_is_tested(cloud: ModelArtsV2, auth_type: str) -> None:
    if auth_type == "TOKEN":
        log_in(cloud)
    program = inline(runtime_config=called_by(auth_type), smoke_test=PASSES)
    state = cloud.service(program)
    assert asked(cloud) == 1
    described = changed(program, description="other")
    state = cloud.world.update(state, described)
    assert asked(cloud) == 0
    other = changed(described, deployment={**program["deployment"], "unit_configs": ROLLED})
    state = cloud.world.update(state, other)
    assert asked(cloud) == 1
    stopped = {**other, "desired_status": "stopped"}
    state = cloud.world.update(state, stopped)
    assert asked(cloud) == 0
    assert cloud.world.diff(state, stopped).changes is False
    state = cloud.world.update(state, {**other, "desired_status": "running"})
    assert asked(cloud) == 1


def test_a_failure_keeps_the_deployment_and_shows_the_answer(cloud: ModelArtsV2, parent: State) -> None:
    program = deployment(parent, smoke_test=FAILS)
    with pytest.raises(UnhealthyError) as caught:
        cloud.deployment(program)
    state, text = cloud.world.recorded(caught.value.state), str(caught.value)
    assert "was deployed, but the smoke test (POST /v1/score) failed after 1 attempt" in text
    assert "the deployment is kept in the state" in text
    assert state.facts["smoke_test_error"].startswith("the smoke test (POST /v1/score) failed")

    assert cloud.world.diff(state, program).changes is True
    assert any("has not passed its smoke test" in one for one in cloud.world.told)
    with pytest.raises(UnhealthyError, match="has not passed its smoke test"):
        cloud.world.read(state)
    with pytest.raises(UnhealthyError, match="the smoke test"):
        cloud.world.update(state, program)
    assert asked(cloud) == 1
    done = cloud.world.update(state, deployment(parent, smoke_test=PASSES))
    assert "smoke_test_error" not in done.facts
    assert [one for one in cloud.writes() if one.startswith("PUT")] == []
    assert cloud.world.diff(done, deployment(parent, smoke_test=PASSES)).changes is False


CHANGES: dict[str, tuple[Values, int]] = {
    "scale": ({"count": 2}, 0),
    "our own ways": ({"timeouts": {"create": "2h"}}, 0),
    "description": ({"description": "other"}, 0),
    "less weight": ({"weight": 50}, 0),
    "roll-out": ({"unit_configs": ROLLED}, 1),
    "roll-out with less weight": ({"unit_configs": ROLLED, "weight": 50}, 1),
    "test": ({"smoke_test": {**PASSES, "body": {"x": 2}}}, 1),
    "stop": ({"desired_status": "stopped"}, 0),
}


@pytest.mark.parametrize(("changes", "times"), CHANGES.values(), ids=CHANGES)
def test_it_runs_again_with_what_it_is_about(cloud: ModelArtsV2, changes: Values, times: int) -> None:
    program = deployment(cloud.service(), smoke_test=PASSES)
    state = cloud.deployment(program)
    done = cloud.world.update(state, {**program, **changes})
    assert asked(cloud) == times
    assert cloud.world.diff(done, {**program, **changes}).changes is False


def test_it_runs_after_a_start_and_after_a_switch(cloud: ModelArtsV2) -> None:
    program = deployment(cloud.service(), smoke_test=PASSES)
    state = cloud.deployment(program)
    state = cloud.world.update(state, {**program, "desired_status": "stopped"})
    assert asked(cloud) == 0
    state = cloud.world.update(state, {**program, "desired_status": "running"})
    assert asked(cloud) == 1
    rolled = {**program, "unit_configs": ROLLED}
    state = cloud.world.update(state, rolled)
    pinned = {**rolled, "pinned_version": "1.0.0"}
    state = cloud.world.update(state, pinned)
    assert asked(cloud) == 1
    assert cloud.world.diff(state, pinned).changes is False


def test_what_is_made_stopped_is_not_tested(cloud: ModelArtsV2) -> None:
    program = deployment(cloud.service(), smoke_test=PASSES, desired_status="stopped")
    state = cloud.deployment(program)
    assert asked(cloud) == 0
    assert cloud.world.diff(state, program).changes is False


def test_what_was_not_waited_for_is_tested_by_the_next_run(cloud: ModelArtsV2) -> None:
    program = deployment(cloud.service(), smoke_test=PASSES, timeouts={"create": "1m"})
    cloud.deploy_fault("slow", after_seconds=90)
    with pytest.raises(UnhealthyError, match="did not deploy within 1 min") as caught:
        cloud.deployment(program)
    state = cloud.world.recorded(caught.value.state)
    assert asked(cloud) == 0
    cloud.world.clock.advance(60)
    done = cloud.world.update(state, program)
    assert asked(cloud) == 1
    assert cloud.world.diff(done, program).changes is False
