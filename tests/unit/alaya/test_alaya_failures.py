"""What becomes of a deployment that fails, hangs, is stopped, vanishes or is in a state that nobody knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.alaya import LORA_URN, SCALE, Alaya, expert, lora, quick_start
from tests.support.world import Values

UPDATES = {"expert": "PUT expert/ID", "quickStart": "PUT ID", "lora": "PUT lora/ID"}
FORMS: dict[str, Values] = {"Expert": expert(), "Quick Start": quick_start(), "LoRA": lora("BASE")}


def made(alaya: Alaya, values: Values, **changes: Any) -> tuple[Callable[[], State], Values]:
    """How a deployment is made, and its program; the base of an adapter is there."""
    if "lora" in values:
        base = alaya.create(quick_start())
        alaya.named(LORA_URN)
        values = {**values, "lora": {"base_service_id": base.id}}
    program = {**values, **changes}
    return lambda: alaya.create(program), program


def failed(alaya: Alaya, act: Callable[[], Any]) -> tuple[State, str]:
    """The state that a failed verb leaves behind, and what it says."""
    with pytest.raises(UnhealthyError) as caught:
        act()
    return alaya.world.recorded(caught.value.state), str(caught.value)


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_one_that_fails_is_kept_and_started_by_the_next_run(alaya: Alaya, values: Values) -> None:
    create, program = made(alaya, values)
    alaya.deploy_fault("fail")
    state, text = failed(alaya, create)
    instances = "none" if "lora" in values else "0 not ready"
    assert text.startswith(
        f"{state.inputs['name']} did not deploy: it has failed, and Alaya NeW gives no reason; service {state.id}, "
        f"instances: {instances} (after "
    )
    assert "the deployment is kept in the state; correct the program or run `pulumi up` again" in text
    assert state.facts["status"] == "failed"
    assert "api_key" not in state.facts

    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (True, [])
    assert alaya.world.told == [
        f"{state.inputs['name']} has failed, and Alaya NeW gives no reason; `pulumi up` updates it, which starts it "
        "again"
    ]
    done = alaya.world.update(state, program)
    assert alaya.writes() == [UPDATES[state.inputs["mode"]]]
    assert (done.id, done.facts["status"]) == (state.id, "running")
    assert done.facts["api_key"]
    assert alaya.world.diff(done, program).changes is False


def test_one_that_fails_again_is_told_again(alaya: Alaya) -> None:
    create, program = made(alaya, expert())
    alaya.deploy_fault("fail")
    alaya.deploy_fault("fail")
    state, _ = failed(alaya, create)
    again, text = failed(alaya, lambda: alaya.world.update(state, program))
    assert "did not update: it has failed, and Alaya NeW gives no reason" in text
    assert again == state
    assert alaya.world.update(again, program).facts["status"] == "running"


@pytest.mark.parametrize("policy", ["error", "restart"])
@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_what_is_offline_takes_any_change(alaya: Alaya, status: str, policy: str) -> None:
    state = alaya.create(expert())
    alaya.change(state, status=status)
    program = expert(model_id="other", scale={**SCALE, "max": 9}, on_offline_change=policy)
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (None, [])
    done = alaya.world.update(state, program)
    assert alaya.writes() == ["PUT expert/ID"]
    assert alaya.service(done)["modelId"] == "other"
    assert alaya.service(done)["scale"]["max"] == 9
    assert alaya.world.diff(done, program).changes is False


@pytest.mark.parametrize("changes", [{}, {"model_id": "other"}], ids=["same", "other"])
@pytest.mark.parametrize("status", ["failed", "stopped"])
def test_what_is_offline_is_replaced_where_the_program_says_so(alaya: Alaya, status: str, changes: Values) -> None:
    state = alaya.create(expert())
    alaya.change(state, status=status)
    program = expert(**changes, on_offline_change="replace")
    found = alaya.world.diff(state, program)
    assert found.replaces == ["service_id"]
    assert not found.delete_before_replace
    new = alaya.replaced(state, program)
    assert new.id != state.id
    alaya.world.delete(state)
    assert alaya.writes() == ["DELETE ID"]
    assert alaya.world.diff(new, program).changes is False


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_what_somebody_has_stopped_is_started(alaya: Alaya, values: Values) -> None:
    create, program = made(alaya, values)
    state = create()
    alaya.change(state, status="stopped")
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (True, [])
    name = state.inputs["name"]
    assert alaya.world.told == [f"{name} is stopped; `pulumi up` starts it, by an update"]
    kept, text = failed(alaya, lambda: alaya.world.read(state))
    assert text == f"{name} is stopped; `pulumi up` starts it, by an update"
    assert kept.inputs == state.inputs
    done = alaya.world.update(state, program)
    assert alaya.writes() == [UPDATES[state.inputs["mode"]]]
    assert done == state


def test_what_is_being_stopped_is_waited_for_and_started(alaya: Alaya) -> None:
    state = alaya.create(quick_start())
    alaya.set(stop_seconds=30)
    cancel(alaya, state)
    assert alaya.world.diff(state, quick_start()).changes is True
    done = alaya.world.update(state, quick_start())
    assert alaya.writes() == ["PUT ID"]
    assert done.facts["status"] == "running"


def cancel(alaya: Alaya, state: State) -> None:
    """Somebody stops it in the console."""
    alaya.world.next_operation()
    alaya.world.lifecycle.connect(alaya.world.context(), state.inputs).client().cancel_deployment(state.id)  # type: ignore[attr-defined]


def test_a_crash_later_is_mended(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.world.cloud.admin("POST", f"/alaya/services/{state.id}/crash")
    assert alaya.world.diff(state, expert()).changes is True
    assert alaya.world.update(state, expert()) == state
    assert alaya.writes() == ["PUT expert/ID"]


def test_one_that_is_not_started_by_an_update(alaya: Alaya) -> None:
    """No call is known that starts a deployment: that the update does it is an assumption."""
    state = alaya.create(expert())
    alaya.set(update_starts=False)
    before = alaya.world.clock.monotonic()
    program = expert(model_id="other", on_offline_change="restart")
    kept, text = failed(alaya, lambda: alaya.world.update(state, program))
    assert (
        f"did not update: it was updated, and is still stopped 60 s later; service {state.id}, instances: none. Alaya "
        'NeW has no call that starts it: set on_offline_change="replace", and `pulumi up` makes another one in its '
        "place"
    ) in text
    assert 60 <= alaya.world.clock.monotonic() - before < 70
    assert kept.facts["status"] == "stopped"
    program["on_offline_change"] = "replace"
    assert alaya.world.diff(kept, program).replaces == ["service_id"]
    new = alaya.replaced(kept, program)
    alaya.world.delete(kept)
    assert [one["serviceId"] for one in alaya.services()] == [new.id]
    assert alaya.world.diff(new, program).changes is False


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_the_time_is_up_and_the_next_run_goes_on(alaya: Alaya, values: Values) -> None:
    create, program = made(alaya, values, timeouts={"create": "2m"})
    alaya.deploy_fault("hang")
    state, text = failed(alaya, create)
    assert text.startswith(f"{state.inputs['name']} did not deploy within 2 min; it is starting")
    assert 'run `pulumi up` again to go on waiting, with more time by timeouts={"create": "1h"}' in text
    alaya.change(state, status="running")
    done = alaya.world.update(state, program)
    assert alaya.writes() == []
    assert done.facts["status"] == "running"


def test_the_usual_times(alaya: Alaya) -> None:
    alaya.deploy_fault("hang")
    state, text = failed(alaya, lambda: alaya.create(expert()))
    assert "did not deploy within 1 h; it is starting" in text
    assert 'timeouts={"create": "2h"}' in text
    alaya.deploy_fault("hang", phase="stop")
    with pytest.raises(InferenceError, match="was not deleted") as caught:
        alaya.world.delete(state)
    assert "20 min" in str(caught.value)


def test_nobody_wants_to_wait_any_more(alaya: Alaya) -> None:
    alaya.deploy_fault("hang")
    alaya.world.next_operation()
    inputs = alaya.world.known(alaya.world.valid(expert()))
    context = alaya.world.context()
    context.progress = lambda _text: alaya.world.cancelled.set()
    state, text = failed(alaya, lambda: alaya.world.lifecycle.create(context, inputs))
    assert "no longer waited for, as asked; it is starting" in text
    assert [one["serviceId"] for one in alaya.services()] == [state.id]
    alaya.change(state, status="running")
    assert alaya.world.update(state, expert()).facts["status"] == "running"


def test_nobody_wants_to_wait_for_the_stop_any_more(alaya: Alaya) -> None:
    state = alaya.create(expert())
    program = expert(model_id="other", on_offline_change="restart")
    alaya.set(stop_seconds=600)
    alaya.world.next_operation()
    inputs = alaya.world.known(alaya.world.valid(program, state))
    context = alaya.world.context()

    def stop(text: str) -> None:
        if text.startswith("stopping, 1"):
            alaya.world.cancelled.set()

    context.progress = stop
    kept, text = failed(alaya, lambda: alaya.world.lifecycle.update(context, state.id, state, inputs))
    assert "no longer waited for, as asked; it is stopping" in text
    assert alaya.writes() == ["POST ID/cancel"]
    alaya.set(stop_seconds=1)
    done = alaya.world.update(kept, program)
    assert alaya.writes() == ["PUT expert/ID"]
    assert alaya.service(done)["modelId"] == "other"
    assert done.facts["status"] == "running"


def test_one_that_never_gets_ready_is_changed(alaya: Alaya) -> None:
    """It serves nobody, so that nothing has to be allowed."""
    alaya.deploy_fault("hang")
    state, _ = failed(alaya, lambda: alaya.create(expert(timeouts={"create": "1m"})))
    done = alaya.world.update(state, expert(model_id="other"))
    assert alaya.writes() == ["POST ID/cancel", "PUT expert/ID"]
    assert done.facts["status"] == "running"


@pytest.mark.parametrize("values", FORMS.values(), ids=FORMS)
def test_one_that_never_gets_ready_is_deleted(alaya: Alaya, values: Values) -> None:
    create, _ = made(alaya, values, wait=False)
    alaya.deploy_fault("hang")
    state = create()
    alaya.world.delete(state)
    assert alaya.writes() == ["POST ID/cancel", "DELETE ID"]
    assert state.id not in [one["serviceId"] for one in alaya.services()]


@pytest.mark.parametrize("status", ["stopped", "failed"])
def test_what_does_not_run_is_deleted_at_once(alaya: Alaya, status: str) -> None:
    state = alaya.create(quick_start())
    alaya.change(state, status=status)
    alaya.world.delete(state)
    assert alaya.writes() == ["DELETE ID"]


def test_what_is_being_stopped_is_waited_for_and_deleted(alaya: Alaya) -> None:
    state = alaya.create(quick_start())
    alaya.set(stop_seconds=30)
    cancel(alaya, state)
    alaya.world.delete(state)
    assert alaya.writes() == ["DELETE ID"]


def test_the_end_takes_its_time(alaya: Alaya) -> None:
    state = alaya.create(quick_start())
    alaya.set(delete_seconds=120)
    before = alaya.world.clock.monotonic()
    alaya.world.delete(state)
    assert alaya.world.clock.monotonic() - before >= 120
    assert alaya.services() == []
    assert alaya.writes() == ["POST ID/cancel", *["DELETE ID"] * 4]


def test_somebody_stops_it_while_it_is_waited_for(alaya: Alaya) -> None:
    alaya.deploy_fault("hang")
    alaya.world.next_operation()
    inputs = alaya.world.known(alaya.world.valid(expert()))
    context = alaya.world.context()
    told: list[str] = []

    def stop(text: str) -> None:
        if not told:
            alaya.change(alaya.services()[0]["serviceId"], status="stopped")
        told.append(text)

    context.progress = stop
    _, text = failed(alaya, lambda: alaya.world.lifecycle.create(context, inputs))
    assert "did not deploy: somebody has stopped it" in text


def test_a_state_that_nobody_knows_is_waited_for(alaya: Alaya) -> None:
    state = alaya.create(expert(timeouts={"update": "3m"}))
    alaya.change(state, status="PURRING")
    found = alaya.world.diff(state, state.inputs)
    assert (found.changes, found.replaces) == (True, [])
    assert alaya.world.told == [f"{state.inputs['name']} is purring; `pulumi up` waits for it"]
    read = alaya.world.read(state)
    assert read is not None
    assert read.facts["status"] == "purring"
    _, text = failed_or_not(alaya, lambda: alaya.world.update(state, state.inputs))
    assert "within 3 min" in text
    assert "purring" in text
    alaya.change(state, status="running")
    assert alaya.world.diff(state, state.inputs).changes is False


def failed_or_not(alaya: Alaya, act: Callable[[], Any]) -> tuple[None, str]:
    """What an error says of which nothing has to be kept, since nothing was written."""
    with pytest.raises(InferenceError) as caught:
        act()
    return None, str(caught.value).replace("after 3 min", "within 3 min")


@pytest.mark.parametrize("word", ["Running", " RUNNING ", "running"])
def test_states_are_understood_however_they_are_spelled(alaya: Alaya, word: str) -> None:
    state = alaya.create(expert())
    alaya.change(state, status=word)
    assert alaya.world.read(state) == state
    assert alaya.world.diff(state, expert()).changes is False


def _read(alaya: Alaya, state: State) -> Any:
    return alaya.world.read(state)


def _diff(alaya: Alaya, state: State) -> Any:
    found = alaya.world.diff(state, expert(name="chat"))
    return found.changes, found.replaces, found.delete_before_replace, alaya.world.told


def _update(alaya: Alaya, state: State) -> Any:
    with pytest.raises(InferenceError) as caught:
        alaya.world.update(state, expert(name="chat", scale={**SCALE, "max": 7}))
    return str(caught.value).splitlines()[0]


def _delete(alaya: Alaya, state: State) -> Any:
    alaya.world.delete(state)
    return alaya.world.warned


GONE: dict[str, tuple[Callable[[Alaya, State], Any], Any]] = {
    "read": (_read, None),
    "diff": (
        _diff,
        (
            True,
            ["service_id"],
            False,
            ["the deployment ID is gone from the cloud; it will be made anew, with another id, address and key"],
        ),
    ),
    "update": (_update, "chat was not changed: chat (ID) is gone from the cloud"),
    "delete": (_delete, ["chat was gone already; nothing was deleted"]),
}


@pytest.mark.parametrize("as_code", [False, True], ids=["404", "200"])
@pytest.mark.parametrize(("act", "expected"), GONE.values(), ids=GONE)
def test_a_deployment_that_is_gone(
    alaya: Alaya, act: Callable[[Alaya, State], Any], expected: Any, as_code: bool
) -> None:
    state = alaya.create(expert(name="chat"))
    alaya.set(not_found_as_code=as_code)
    alaya.world.cloud.admin("DELETE", f"/alaya/services/{state.id}")
    assert repr(act(alaya, state)) == repr(expected).replace("ID", state.id)


def test_a_deployment_that_is_gone_is_made_anew(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.world.cloud.admin("DELETE", f"/alaya/services/{state.id}")
    new = alaya.replaced(state, expert())
    alaya.world.delete(state)
    assert [one["serviceId"] for one in alaya.services()] == [new.id]


def test_nobody_waits(alaya: Alaya) -> None:
    before = alaya.world.clock.monotonic()
    state = alaya.create(expert(wait=False))
    assert alaya.world.clock.monotonic() == before
    assert state.facts["status"] == "starting"
    assert alaya.world.diff(state, expert(wait=False)).changes is False
    assert alaya.world.diff(state, expert()).changes is True
    assert alaya.world.told == [f"{state.inputs['name']} is starting; `pulumi up` waits for it"]
    waited = alaya.world.update(state, expert())
    assert alaya.writes() == []
    assert waited.facts["status"] == "running"
    program = expert(model_id="other", on_offline_change="restart", wait=False)
    changed = alaya.world.update(waited, program)
    assert alaya.writes() == ["POST ID/cancel", "PUT expert/ID"]
    assert changed.facts["status"] == "starting"
    assert alaya.world.diff(changed, program).changes is False


def test_a_refused_creation_leaves_nothing(alaya: Alaya) -> None:
    alaya.set(check_models=True)
    with pytest.raises(InferenceError, match="was not created") as caught:
        alaya.create(expert(model_id="nope"))
    assert not isinstance(caught.value, UnhealthyError)
    assert alaya.services() == []


def test_a_refused_update_is_kept_as_stopped(alaya: Alaya) -> None:
    state = alaya.create(expert())
    alaya.set(check_models=True)
    program = expert(model_id="nope", on_offline_change="restart")
    kept, text = failed(alaya, lambda: alaya.world.update(state, program))
    assert "nope" in text
    assert kept.facts["status"] == "stopped"
    done = alaya.world.update(kept, expert())
    assert alaya.writes() == ["PUT expert/ID"]
    assert done.facts["status"] == "running"
    assert alaya.world.diff(done, expert()).changes is False


def test_one_that_starts_is_not_replaced_but_changed(alaya: Alaya) -> None:
    """Nobody is served by it yet, so that nothing is won by another one beside it."""
    state = alaya.create(expert(wait=False))
    program = expert(model_id="other", on_offline_change="replace")
    found = alaya.world.diff(state, program)
    assert (found.changes, found.replaces) == (None, [])
    done = alaya.world.update(state, program)
    assert alaya.writes() == ["POST ID/cancel", "PUT expert/ID"]
    assert done.facts["status"] == "running"
