"""What becomes of a deployment that fails, is short of instances, waits, is told to go, or is stopped by somebody."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.nvcf import Nvcf, deployment, function, specification
from tests.support.world import Values

S = specification
CODE = "Inference container exited with code 1: out of memory"
PATH = "/deployments/functions/f/versions/v1"


def failed(nvcf: Nvcf, act: Any) -> tuple[State, str]:
    """The state that a failed verb leaves behind, and what it says."""
    with pytest.raises(UnhealthyError) as caught:
        act()
    return nvcf.world.recorded(caught.value.state), str(caught.value)


def begun(nvcf: Nvcf, *specifications: Values, **changes: Any) -> tuple[State, State, str]:
    """A version whose deployment has failed, what is recorded of that, and what was said."""
    version = nvcf.function()
    state, text = failed(nvcf, lambda: nvcf.deployment(version, *specifications, **changes))
    return version, state, text


def test_a_deployment_that_fails_is_kept_with_its_reason(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("error", error=CODE)
    version, state, text = begun(nvcf)
    assert text.startswith(f"version {version.id.split(',')[1]} did not deploy: {CODE} (after ")
    assert "the deployment is kept in the state; " in text
    assert state.id == version.id
    assert state.facts["status"] == "ERROR"
    assert state.facts["deployment_id"] == nvcf.live(version)["deploymentId"]
    assert nvcf.writes() == [f"POST {PATH}"]


def test_the_instances_that_have_failed_are_named(nvcf: Nvcf) -> None:
    """While one instance starts, the deployment goes on, and its failed ones are there to be asked."""
    nvcf.deploy_fault("error", instances=1, error=CODE)
    _, _, text = begun(nvcf, S(min_instances=2), timeouts={"create": "1m"})
    assert "did not deploy within 1 min; it is DEPLOYING" in text
    assert "(NCP.GPU.L40_1x, L40): ERRORED" in text


@pytest.mark.parametrize("outcome", ["error", "check_error"])
def test_the_next_update_mends_what_has_failed(nvcf: Nvcf, outcome: str) -> None:
    nvcf.deploy_fault(outcome)
    version, state, _ = begun(nvcf)
    found = nvcf.world.diff(state, deployment(version))
    assert (found.changes, found.replaces) == (True, [])
    assert nvcf.world.told[-1] == "has failed; `pulumi up` undeploys it and deploys it anew"
    mended = nvcf.world.update(state, deployment(version))
    assert nvcf.writes() == [f"DELETE {PATH}", f"POST {PATH}"]
    assert mended.facts["status"] == "ACTIVE"
    assert mended.facts["deployment_id"] != state.facts["deployment_id"]
    assert nvcf.world.diff(mended, deployment(version)).changes is False


def test_what_has_failed_is_mended_with_other_specifications(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("error")
    version, state, _ = begun(nvcf)
    program = deployment(version, S(gpu="H100", instance_type="NCP.GPU.H100_1x"))
    assert nvcf.world.diff(state, program).changes is None, "nothing is online that a redeploy would take away"
    mended = nvcf.world.update(state, program)
    assert nvcf.live(mended)["deploymentSpecifications"][0]["gpu"] == "H100"


def test_a_refresh_keeps_what_has_failed(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("error")
    _, state, _ = begun(nvcf)
    read, text = failed(nvcf, lambda: nvcf.world.read(state))
    assert "did not deploy: Inference container exited" in text
    assert read.id == state.id
    assert read.inputs == state.inputs


def test_a_mending_that_fails_again_is_kept(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("error", error="one")
    nvcf.deploy_fault("error", error="two")
    version, state, _ = begun(nvcf)
    again, text = failed(nvcf, lambda: nvcf.world.update(state, deployment(version)))
    assert "did not update: two" in text
    assert again.facts["deployment_id"] == nvcf.live(version)["deploymentId"]
    assert nvcf.world.update(again, deployment(version)).facts["status"] == "ACTIVE"


def test_what_has_failed_is_deleted(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("error")
    version, state, _ = begun(nvcf)
    nvcf.world.delete(state)
    assert nvcf.versions()[0]["status"] == "INACTIVE"
    nvcf.be_function()
    nvcf.world.delete(version)
    assert nvcf.versions() == []


def test_a_refused_allocation_leaves_nothing(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("refused", error="no capacity")
    version = nvcf.function()
    with pytest.raises(InferenceError, match="was not deployed: ") as caught:
        nvcf.deployment(version)
    assert not isinstance(caught.value, UnhealthyError)
    assert "no capacity" in str(caught.value)
    assert nvcf.versions()[0]["status"] == "INACTIVE"


def test_a_short_deployment_that_heals_is_no_warning(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.deploy_fault("error", phase="update", instances=0, after_seconds=1, heal_seconds=30)
    changed = nvcf.world.update(state, deployment(version, S(min_instances=2)))
    assert changed.facts["status"] == "ACTIVE"
    assert nvcf.world.warned == []
    assert "degrading, 1 of 2 instances" in nvcf.world.progress


@pytest.mark.parametrize("left", ["DEGRADING", "DEGRADED"])
def test_a_deployment_that_stays_short_is_a_warning_after_a_while(nvcf: Nvcf, left: str) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    before = nvcf.world.clock.monotonic()
    nvcf.deploy_fault("hang", phase="update")
    if left == "DEGRADED":
        nvcf.change_specification(state, running=0, held=True)
    changed = nvcf.world.update(state, deployment(version, S(min_instances=2)))
    assert changed.facts["status"] == left
    name = state.facts["function_name"]
    [warning] = nvcf.world.warned
    assert warning.startswith(f"version {version.id.split(',')[1]} is {left}: fewer instances run than it should have")
    assert 600 <= nvcf.world.clock.monotonic() - before < 800
    found = nvcf.world.diff(changed, deployment(version, S(min_instances=2)))
    assert found.changes is False, "it is deployed, and nothing that `up` could do would mend it"
    assert nvcf.world.told[0].startswith(f"{name} is {left}: fewer instances run than it should have")


def test_a_short_deployment_is_told_and_read(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.change_deployment(state, status="DEGRADED")
    read = nvcf.world.read(state)
    assert read is not None
    assert read.facts["status"] == "DEGRADED"
    assert nvcf.world.diff(read, deployment(version)).changes is False


def test_a_deployment_without_instances_is_active_at_once(nvcf: Nvcf) -> None:
    version = nvcf.function()
    before = nvcf.world.clock.monotonic()
    state = nvcf.deployment(version, S(min_instances=0))
    assert state.facts["status"] == "ACTIVE"
    assert nvcf.world.clock.monotonic() == before


def test_growth_where_instances_may_not_be_seen(nvcf: Nvcf) -> None:
    """A key without list_functions_details: done when the deployment was short and is no more, else after a while."""
    scopes = ["list_functions", "register_function", "update_function", "delete_function", "deploy_function"]
    nvcf.seed(keys=[{"key": "nvapi-small", "scopes": scopes}])
    nvcf.world.configuration.values["nvcfApiKey"] = "nvapi-small"
    version = nvcf.function()
    state = nvcf.deployment(version)
    before = nvcf.world.clock.monotonic()
    changed = nvcf.world.update(state, deployment(version, S(min_instances=2)))
    assert changed.facts["status"] == "ACTIVE"
    assert list(dict.fromkeys(nvcf.world.progress)) == ["active", "degrading"]
    assert nvcf.world.clock.monotonic() - before < 90

    nvcf.world.clock.advance(10)
    nvcf.live(version)
    nvcf.set(period_seconds=3600)
    before = nvcf.world.clock.monotonic()
    nvcf.world.update(changed, deployment(version, S(min_instances=3, max_instances=3)))
    assert 90 <= nvcf.world.clock.monotonic() - before < 100, "nobody notices: it is waited for no longer"


def test_growth_that_is_there_at_once_is_done_at_once(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.change_specification(state, running=2)
    before = nvcf.world.clock.monotonic()
    nvcf.world.update(state, deployment(version, S(min_instances=2)))
    assert nvcf.world.clock.monotonic() - before < 1


def test_a_change_that_asks_for_no_more_waits_for_nothing(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, S(max_instances=5))
    before = nvcf.world.clock.monotonic()
    nvcf.world.update(state, deployment(version, S(max_instances=3)))
    assert nvcf.world.clock.monotonic() == before


def test_nobody_waits(nvcf: Nvcf) -> None:
    version = nvcf.function()
    before = nvcf.world.clock.monotonic()
    state = nvcf.deployment(version, wait=False)
    assert nvcf.world.clock.monotonic() == before
    assert state.facts["status"] == "DEPLOYING"
    assert nvcf.world.diff(state, deployment(version, wait=False)).changes is False
    assert nvcf.world.diff(state, deployment(version)).changes is True
    assert nvcf.world.told == [f"{state.facts['function_name']} is being deployed"]
    waited = nvcf.world.update(state, deployment(version))
    assert waited.facts["status"] == "ACTIVE"
    assert nvcf.writes() == []
    assert nvcf.world.update(waited, deployment(version, S(min_instances=2), wait=False)).facts["status"] == "ACTIVE"


def test_the_time_is_up(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("hang")
    version, state, text = begun(nvcf, timeouts={"create": "2m"})
    assert text.startswith(f"version {version.id.split(',')[1]} did not deploy within 2 min; it is DEPLOYING")
    assert 'with more time by timeouts={"create": "1h"}' in text
    assert state.facts["status"] == "DEPLOYING"
    nvcf.change_specification(state, running=1, starting=0, held=False)
    assert nvcf.world.update(state, deployment(version)).facts["status"] == "ACTIVE"
    assert nvcf.writes() == []


def test_nobody_wants_to_wait_any_more(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("hang")
    version = nvcf.function()
    nvcf.be_deployment()
    nvcf.world.next_operation()
    inputs = nvcf.world.known(nvcf.world.valid(deployment(version)))
    context = nvcf.world.context()
    context.progress = lambda _text: nvcf.world.cancelled.set()
    state, text = failed(nvcf, lambda: nvcf.world.lifecycle.create(context, inputs))
    assert "no longer waited for, as asked; it is DEPLOYING" in text
    assert state.id == version.id
    assert nvcf.live(version)["functionStatus"] == "DEPLOYING"


def test_the_end_waits_for_the_last_request(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.set(drain_seconds=120)
    before = nvcf.world.clock.monotonic()
    nvcf.world.delete(state)
    assert 120 <= nvcf.world.clock.monotonic() - before < 140
    assert nvcf.writes() == [f"DELETE {PATH}"]
    assert requests(nvcf, "DELETE")[0].endswith("?{'graceful': 'true'}")
    assert list(dict.fromkeys(nvcf.world.progress)) == ["inactive"]


def requests(nvcf: Nvcf, method: str) -> list[str]:
    """The requests of this operation with their queries."""
    logged = nvcf.world.cloud.admin("GET", "/requests")["requests"]
    return [f"{one['path']}?{dict(one['query'])}" for one in logged if one["method"] == method]


def test_the_end_can_be_at_once(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, graceful=False)
    nvcf.set(drain_seconds=120)
    before = nvcf.world.clock.monotonic()
    nvcf.world.delete(state)
    assert nvcf.world.clock.monotonic() - before < 1
    assert requests(nvcf, "DELETE")[0].endswith("?{}")


def test_the_end_takes_too_long(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version, timeouts={"delete": "1m"})
    nvcf.set(drain_seconds=3600)
    with pytest.raises(InferenceError, match="was not deleted") as caught:
        nvcf.world.delete(state)
    assert "1 min" in str(caught.value)
    assert nvcf.live(version)["functionStatus"] == "INACTIVE"
    # The next one finds it going, and goes on waiting.
    nvcf.set(drain_seconds=0)
    nvcf.world.clock.advance(7200)
    nvcf.world.delete(state)


def test_a_redeployment_waits_for_the_last_request(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.set(drain_seconds=30)
    program = deployment(version, S(gpu="H100", instance_type="NCP.GPU.H100_1x"), on_redeploy="redeploy")
    before = nvcf.world.clock.monotonic()
    changed = nvcf.world.update(state, program)
    assert nvcf.world.clock.monotonic() - before >= 30
    assert nvcf.writes() == [f"DELETE {PATH}", f"POST {PATH}"]
    assert changed.facts["status"] == "ACTIVE"


def test_undeployed_by_somebody_and_still_going(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.set(drain_seconds=60)
    function_id, version_id = version.id.split(",")
    nvcf.api("DELETE", f"/deployments/functions/{function_id}/versions/{version_id}?graceful=true")
    assert nvcf.live(version)["functionStatus"] == "INACTIVE"
    assert nvcf.world.read(state) is None, "it is as good as gone"
    found = nvcf.world.diff(state, deployment(version))
    assert (found.changes, found.replaces) == (True, ["version_id"])
    before = nvcf.world.clock.monotonic()
    new = nvcf.replaced(state, deployment(version))
    assert nvcf.world.clock.monotonic() - before >= 50, "a new deployment has to wait for the end of the old one"
    assert new.facts["status"] == "ACTIVE"


def test_undeployed_by_somebody_while_it_is_changed(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.set(drain_seconds=600)
    nvcf.world.next_operation()
    program = deployment(version, S(min_instances=2))
    inputs = nvcf.world.known(nvcf.world.valid(program, state))
    nvcf.world.lifecycle.diff(nvcf.world.context(), state.id, state, inputs)
    function_id, version_id = version.id.split(",")
    nvcf.api("DELETE", f"/deployments/functions/{function_id}/versions/{version_id}?graceful=true")
    with pytest.raises(InferenceError) as caught:
        nvcf.world.lifecycle.update(nvcf.world.context(), state.id, state, inputs)
    assert "Invalid status 'INACTIVE'" in str(caught.value) or "undeployed" in str(caught.value)


def test_undeployed_by_somebody_while_it_is_waited_for(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("hang")
    nvcf.set(drain_seconds=600)
    version = nvcf.function()
    function_id, version_id = version.id.split(",")
    nvcf.be_deployment()
    nvcf.world.next_operation()
    inputs = nvcf.world.known(nvcf.world.valid(deployment(version)))
    context = nvcf.world.context()
    path = f"/deployments/functions/{function_id}/versions/{version_id}?graceful=true"
    told: list[str] = []

    def undeploy(text: str) -> None:
        if not told:
            nvcf.api("DELETE", path)
        told.append(text)

    context.progress = undeploy
    _, text = failed(nvcf, lambda: nvcf.world.lifecycle.create(context, inputs))
    assert "did not deploy: somebody has undeployed it" in text


def test_a_version_deleted_by_somebody_takes_its_deployment_along(nvcf: Nvcf) -> None:
    version = nvcf.function()
    state = nvcf.deployment(version)
    nvcf.lose_version(version)
    assert nvcf.world.read(state) is None
    nvcf.world.delete(state)
    assert nvcf.world.warned == [f"version {version.id.split(',')[1]} was gone already; nothing was deleted"]
    nvcf.be_function()
    assert nvcf.world.read(version) is None


def test_a_deployed_version_is_deleted_with_what_runs_of_it(nvcf: Nvcf) -> None:
    version = nvcf.function()
    nvcf.deployment(version)
    nvcf.be_function()
    nvcf.world.delete(version)
    assert nvcf.versions() == []


def test_a_new_image_is_ready_before_the_old_one_goes(nvcf: Nvcf) -> None:
    """The order of the engine: what replaces is made, with its deployment, before anything is deleted."""
    old = nvcf.function()
    old_deployment = nvcf.deployment(old)
    nvcf.set(drain_seconds=10)
    nvcf.be_function()
    new = nvcf.replaced(old, function(container_image="nvcr.io/acme/echo:2"))
    nvcf.be_deployment()
    new_deployment = nvcf.replaced(old_deployment, deployment(new))
    assert {nvcf.live(one)["functionStatus"] for one in (old, new)} == {"ACTIVE"}
    nvcf.remove(old_deployment)
    nvcf.be_function()
    nvcf.remove(old)
    [left] = nvcf.versions()
    assert f"{left['id']},{left['versionId']}" == new.id == new_deployment.id
    assert left["status"] == "ACTIVE"


def test_more_time_is_more_than_there_was(nvcf: Nvcf) -> None:
    nvcf.deploy_fault("hang")
    _, _, text = begun(nvcf)
    assert "did not deploy within 1 h; it is DEPLOYING" in text
    assert 'with more time by timeouts={"create": "2h"}' in text
