"""The scaling: the one thing that a deployment takes while it runs, and that Quick Start has only afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.alaya import SCALE, Alaya, changed, expert, quick_start
from tests.support.world import Values

WIDER = {**SCALE, "min": 2, "max": 5}
SENT = {"min": 1, "max": 3, "rpsValue": 10, "idleTime": 60}
SENT_WIDER = {**SENT, "min": 2, "max": 5}
ENGINE = {"backend_args": ["--y"]}

CHANGES: dict[str, tuple[Values, Values, Values]] = {
    "least and most": (expert(), expert(scale=WIDER), SENT_WIDER),
    "most": (expert(), expert(scale={**SCALE, "max": 9}), {**SENT, "max": 9}),
    "requests": (expert(), expert(scale={**SCALE, "rps_value": 1}), {**SENT, "rpsValue": 1}),
    "idle time": (expert(), expert(scale={**SCALE, "idle_time": 0}), {**SENT, "idleTime": 0}),
    "none of them when nobody calls": (expert(), expert(scale={**SCALE, "min": 0}), {**SENT, "min": 0}),
    "Quick Start": (quick_start(scale=SCALE), quick_start(scale=WIDER), SENT_WIDER),
    "first one of Quick Start": (quick_start(), quick_start(scale=SCALE), SENT),
}


@pytest.mark.parametrize("policy", ["error", "restart", "replace"])
@pytest.mark.parametrize(("before", "after", "sent"), CHANGES.values(), ids=CHANGES)
def test_a_scale_is_one_call_online(alaya: Alaya, before: Values, after: Values, sent: Values, policy: str) -> None:
    state = alaya.create(before)
    program = {**after, "on_offline_change": policy}
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (None, [])
    assert found.stable.keys() == {"service_url", "api_key"}
    assert alaya.world.told == []
    changed = alaya.world.update(state, program)
    [call] = alaya.world.writes()
    assert (alaya.writes(), call.body) == (["PUT ID/scale"], {"serviceId": state.id, "scale": sent})
    assert alaya.service(state)["scale"] == sent
    assert (changed.id, changed.facts) == (state.id, state.facts)
    ready = [one["ready"] for one in alaya.service(state)["instances"]]
    assert ready == [True] * max(1, sent["min"])
    assert alaya.world.diff(changed, program).changes is False
    assert alaya.world.read(changed) == changed
    assert alaya.writes() == []


def quick(alaya: Alaya, **changes: Any) -> State:
    """A Quick Start deployment with a scale."""
    return alaya.create(quick_start(scale=SCALE, **changes))


def test_quick_start_is_scaled_when_it_runs(alaya: Alaya) -> None:
    state = quick(alaya)
    assert alaya.writes() == ["POST ", "PUT ID/scale"]
    assert "scale" not in alaya.world.wrote()[0]
    assert alaya.service(state)["scale"] == SENT
    assert state.inputs["scale"] == SCALE


def test_quick_start_is_scaled_again_after_a_restart(alaya: Alaya) -> None:
    """Nobody says whether an update, which has no room for it, leaves it as it is."""
    state = quick(alaya)
    changed = alaya.world.update(state, quick_start(ENGINE, scale=SCALE, on_offline_change="restart"))
    assert alaya.writes() == ["POST ID/cancel", "PUT ID", "PUT ID/scale"]
    assert changed.inputs["scale"] == SCALE


def test_a_restart_of_expert_has_the_scale_in_it(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.world.update(state, expert(model_id="other", scale=WIDER, on_offline_change="restart"))
    assert alaya.writes() == ["POST ID/cancel", "PUT expert/ID"]
    assert alaya.service(state)["scale"] == SENT_WIDER


def test_who_does_not_wait_scales_later(alaya: Alaya) -> None:
    program = quick_start(scale=SCALE, wait=False)
    state = alaya.create(program)
    assert alaya.writes() == ["POST "]
    assert alaya.world.told == [
        "its scale is set by the next `pulumi up`, when it runs: wait=False does not wait for that"
    ]
    assert "scale" not in state.inputs
    still = alaya.world.update(state, program)
    assert alaya.writes() == []
    assert "scale" not in still.inputs
    assert alaya.world.told[-1].startswith("its scale is set by the next `pulumi up`")
    alaya.world.clock.advance(60)
    assert alaya.world.diff(still, program).changes is None
    done = alaya.world.update(still, program)
    assert alaya.writes() == ["PUT ID/scale"]
    assert alaya.world.diff(done, program).changes is False


def test_who_does_not_wait_for_a_restart_scales_later(alaya: Alaya) -> None:
    state = quick(alaya)
    program = quick_start(ENGINE, scale=SCALE, wait=False, on_offline_change="restart")
    changed = alaya.world.update(state, program)
    assert alaya.writes() == ["POST ID/cancel", "PUT ID"]
    assert "scale" not in changed.inputs, "nobody knows whether the update has left it there"
    alaya.world.clock.advance(60)
    done = alaya.world.update(changed, program)
    assert alaya.writes() == ["PUT ID/scale"]
    assert done.inputs["scale"] == SCALE
    assert alaya.world.diff(done, program).changes is False


def test_one_that_starts_is_scaled_when_it_runs(alaya: Alaya) -> None:
    state = alaya.create(expert(wait=False))
    assert state.facts["status"] == "starting"
    changed = alaya.world.update(state, expert(scale=WIDER))
    assert alaya.writes() == ["PUT ID/scale"] * 2, "the first one was too early"
    assert alaya.service(state)["scale"] == SENT_WIDER
    assert changed.facts["status"] == "running"


def test_one_that_starts_is_not_waited_for_to_be_scaled(alaya: Alaya) -> None:
    state = alaya.create(expert(wait=False))
    before = alaya.world.clock.monotonic()
    changed = alaya.world.update(state, expert(scale=WIDER, wait=False))
    assert alaya.world.clock.monotonic() == before
    assert changed.inputs["scale"] == SCALE
    alaya.world.clock.advance(60)
    done = alaya.world.update(changed, expert(scale=WIDER, wait=False))
    assert alaya.service(done)["scale"] == SENT_WIDER
    assert done.inputs["scale"] == WIDER


def test_one_that_fails_before_it_is_scaled(alaya: Alaya) -> None:
    alaya.deploy_fault("fail")
    state = alaya.create(expert(wait=False))
    with pytest.raises(InferenceError, match="is failed, not running"):
        alaya.world.update(state, expert(scale=WIDER))
    mended = alaya.world.update(state, expert(scale=WIDER))
    assert alaya.writes() == ["PUT expert/ID"]
    assert alaya.service(mended)["scale"] == SENT_WIDER
    assert mended.facts["status"] == "running"


def test_instances_that_do_not_come_are_a_warning(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.deploy_fault("fail", phase="scale")
    before = alaya.world.clock.monotonic()
    changed = alaya.world.update(state, expert(scale=WIDER))
    name = state.inputs["name"]
    assert alaya.world.warned == [f"{name} runs with 1 instances, and should have at least 2"]
    assert 600 <= alaya.world.clock.monotonic() - before < 700
    assert changed.inputs["scale"] == WIDER
    assert alaya.world.diff(changed, expert(scale=WIDER)).changes is False


def test_instances_that_are_not_ready_are_told(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.deploy_fault("hang", phase="scale")
    alaya.world.update(state, expert(scale=WIDER))
    assert alaya.world.progress[-1] == "running, 1 of 3 instances ready"
    alaya.world.diff(state, expert(scale=WIDER))
    assert alaya.world.told == [f"{state.inputs['name']}: 2 of 3 instances are not ready"]


def test_a_crash_of_new_instances(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.deploy_fault("crash", phase="scale", after_seconds=0)
    with pytest.raises(UnhealthyError) as caught:
        alaya.world.update(state, expert(scale=WIDER))
    assert "did not update: it has failed, and Alaya NeW gives no reason" in str(caught.value)
    kept = alaya.world.recorded(caught.value.state)
    assert (kept.inputs["scale"], kept.facts["status"]) == (WIDER, "failed")
    assert alaya.world.update(kept, expert(scale=WIDER)).facts["status"] == "running"


def test_a_refused_scale_is_not_recorded(alaya: Alaya) -> None:
    state = alaya.create(quick_start())
    alaya.set(allow_min_zero=False)
    with pytest.raises(InferenceError, match="was not changed") as caught:
        alaya.world.update(state, quick_start(scale={**SCALE, "min": 0}))
    assert "min" in str(caught.value)
    assert not isinstance(caught.value, UnhealthyError)


def test_a_refused_scale_of_what_was_just_made_is_not_recorded(alaya: Alaya) -> None:
    alaya.set(allow_min_zero=False)
    with pytest.raises(UnhealthyError) as caught:
        alaya.create(quick_start(scale={**SCALE, "min": 0}))
    kept = alaya.world.recorded(caught.value.state)
    assert "scale" not in kept.inputs
    done = alaya.world.update(kept, quick_start(scale=SCALE))
    assert alaya.writes() == ["PUT ID/scale"]
    assert done.inputs["scale"] == SCALE


def test_what_is_not_answered_cannot_be_watched(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.change(state, scale=SENT_WIDER)
    assert alaya.world.diff(state, expert()).changes is False
    assert alaya.world.read(state) == state


def test_what_is_answered_is_put_back(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.set(detail_has_scale=True)
    alaya.change(state, scale=SENT_WIDER)
    assert alaya.world.diff(state, expert()).changes is True
    read = alaya.world.read(state)
    assert read is not None
    assert read.inputs["scale"] == WIDER
    changed = alaya.world.update(read, expert())
    assert alaya.writes() == ["PUT ID/scale"]
    assert alaya.service(changed)["scale"] == SENT


@pytest.mark.parametrize("values", [expert(), quick_start(scale=SCALE)], ids=["Expert", "Quick Start"])
def test_one_that_the_program_no_longer_names_stays_with_a_word(alaya: Alaya, values: Values) -> None:
    state = alaya.create(values)
    program = changed(values, scale=None)
    assert alaya.world.diff(state, program).changes is None
    assert alaya.world.told == ["scale: no longer in the program; stays as it is in the cloud"]
    done = alaya.world.update(state, program)
    assert alaya.writes() == []
    assert alaya.service(done)["scale"]["max"] == SCALE["max"]
    assert alaya.world.diff(done, program).changes is False
    assert alaya.world.told == []
