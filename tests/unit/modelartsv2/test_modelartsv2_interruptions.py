"""What comes between a deployment and its goal: the time that is up, somebody else, the end, Ctrl-C."""

from __future__ import annotations

import pytest

from pulumi_inference.core.errors import InferenceError
from tests.support.modelartsv2 import ModelArtsV2, service
from tests.support.modelartsv2_blue import ALARMS, DELETE, INTERRUPT, SCALE, START, STOP, UPDATE, Blue, attempt
from tests.support.world import Values


@pytest.fixture
def blue(cloud: ModelArtsV2) -> Blue:
    return Blue(cloud)


SLOW: dict[str, tuple[Values, Values, str]] = {name: ALARMS[name] for name in ("create", "roll-out", "scale", "start")}


@pytest.mark.parametrize(("before", "after", "phase"), SLOW.values(), ids=SLOW)
def test_the_time_is_up_and_the_next_run_goes_on(blue: Blue, before: Values, after: Values, phase: str) -> None:
    timeouts = {"timeouts": {"create": "2m", "update": "2m"}}
    kept, text = blue.failed(attempt(blue, before, {**after, **timeouts}, phase, "slow", after_seconds=300))
    verb = "deploy" if phase == "create" else "update"
    assert text.startswith(f"blue did not {verb} within 2 min; it is {kept.facts['status']}")
    key = "create" if phase == "create" else "update"
    assert f'run `pulumi up` again to go on waiting, with more time by timeouts={{"{key}": "1h"}}' in text
    blue.is_mended(kept, blue.program(**after), [])


MINUTES: dict[str, tuple[Values, float, str]] = {
    "usual": ({}, 20, "update"),
    "as ModelArts": ({"advanced_config": {"port": 8080, "deploy_timeout_minutes": 30}}, 35, "create"),
    "as ModelArts, a change": ({"advanced_config": {"port": 8080, "deploy_timeout_minutes": 30}}, 35, "update"),
    "less": ({"advanced_config": {"port": 8080, "deploy_timeout_minutes": 3}}, 20, "create"),
    "as the program says": (
        {
            "advanced_config": {"port": 8080, "deploy_timeout_minutes": 60},
            "timeouts": {"create": "7m", "update": "7m"},
        },
        7,
        "create",
    ),
}


@pytest.mark.parametrize(("changes", "minutes", "verb"), MINUTES.values(), ids=MINUTES)
def test_how_long_is_waited(blue: Blue, changes: Values, minutes: float, verb: str) -> None:
    state = None if verb == "create" else blue.make(**changes)
    begun = blue.world.clock.monotonic()

    def never(_seconds: float) -> None:
        """Whatever ModelArts' own limit is, it goes on."""
        if blue.deployments():
            blue.change(status="DEPLOYING" if verb == "create" else "UPGRADING")

    blue.world.clock.on_wait = never
    _, text = blue.failed(
        lambda: blue.make(**changes) if state is None else blue.world.update(state, blue.program(2, **changes))
    )
    blue.world.clock.on_wait = None
    assert " within " in text
    assert minutes * 60 <= blue.world.clock.monotonic() - begun < minutes * 60 + 20


def test_custom_timeouts_win(blue: Blue) -> None:
    blue.cloud.deploy_fault("slow", after_seconds=300)
    blue.world.next_operation()
    inputs = blue.world.known(blue.world.valid(blue.program(timeouts={"create": "2h"})))
    _, text = blue.failed(lambda: blue.world.lifecycle.create(blue.world.context(timeout=60.0), inputs))
    assert "blue did not deploy within 1 min; it is DEPLOYING" in text


@pytest.mark.parametrize("phase", ["create", "update"])
def test_somebody_stops_it_while_it_is_waited_for(blue: Blue, phase: str) -> None:
    state = None if phase == "create" else blue.make()
    blue.cloud.deploy_fault("hang")

    def stop(_seconds: float) -> None:
        blue.change(status="STOPPED")

    blue.world.clock.on_wait = stop
    act = blue.make if state is None else lambda: blue.world.update(state, blue.program(2))
    kept, text = blue.failed(act)
    blue.world.clock.on_wait = None
    reason = "somebody has stopped it" if phase == "create" else "ModelArts went back to version 1.0.0"
    assert reason in text
    number = 1 if phase == "create" else 2
    calls = [START] if phase == "create" else [UPDATE, START]
    blue.is_mended(kept, blue.program(number, desired_status="running"), calls)


def test_what_somebody_has_stopped_is_left_or_started(blue: Blue) -> None:
    state = blue.make()
    blue.change(status="STOPPED")
    assert blue.world.diff(state, blue.program()).changes is False
    running = blue.program(desired_status="running")
    state = blue.world.update(state, running)
    blue.change(status="STOPPED")
    running = blue.program(desired_status="running")
    assert blue.world.diff(state, running).changes is True
    assert blue.world.told == [
        "desired_status: changed outside of the program: program 'running', live 'stopped'; `pulumi up` puts it back"
    ]
    blue.is_mended(state, running, [START])


@pytest.mark.parametrize("as_400", [False, True], ids=["404", "400"])
def test_a_deployment_that_is_gone(blue: Blue, as_400: bool) -> None:
    state = blue.make()
    blue.cloud.set(not_found_as_400=as_400)
    blue.world.cloud.admin("DELETE", f"/modelartsv2/services/{blue.service.id}/deployments/blue")
    assert blue.world.read(state) is None
    found = blue.world.diff(state, blue.program())
    assert (found.changes, found.replaces) == (True, ["deployment_id"])
    assert blue.world.told == [
        f"the deployment {state.id} is gone from the cloud; it will be made anew, with another id"
    ]
    with pytest.raises(InferenceError, match="is gone from the cloud"):
        blue.world.update(state, blue.program(2))
    blue.world.delete(state)
    assert blue.world.warned == ["blue was gone already; nothing was deleted"]


@pytest.mark.parametrize("as_400", [False, True], ids=["404", "400"])
def test_a_service_that_is_gone(blue: Blue, as_400: bool) -> None:
    state = blue.make()
    blue.cloud.set(not_found_as_400=as_400)
    blue.world.cloud.admin("DELETE", f"/modelartsv2/services/{blue.service.id}")
    assert blue.world.read(state) is None
    blue.world.delete(state)
    assert blue.world.warned == ["blue was gone already; nothing was deleted"]
    blue.cloud.serving()
    assert blue.world.read(blue.service) is None
    assert blue.world.diff(blue.service, service(name="chat")).replaces == ["service_id"]
    blue.world.delete(blue.service)
    assert blue.world.warned == ["chat was gone already; nothing was deleted"]


def test_failed_on_the_way_of_a_delete_is_no_failure(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.set(delete_seconds=30)
    blue.world.clock.on_wait = lambda _seconds: blue.deployments() and blue.change(status="FAILED")
    blue.cloud.deploy_fault("fail", phase="delete", after_seconds=2)
    blue.world.next_operation()
    blue.world.clock.on_wait = None
    blue.world.lifecycle.delete(blue.world.context(), state.id, state)
    assert blue.deployments() == []
    assert blue.cloud.writes() == [DELETE, DELETE]


@pytest.mark.parametrize("phase", ["create", "update"])
def test_what_is_deployed_just_now_is_interrupted_to_be_deleted(blue: Blue, phase: str) -> None:
    blue.cloud.set(busy_delete=False)
    state = blue.make(wait=phase != "create")
    if phase == "update":
        state = blue.world.update(state, blue.program(2, wait=False))
    blue.cloud.world.cloud.admin("PATCH", "/settings", {"deploy_seconds": 600})
    if phase == "create":
        blue.cloud.deploy_fault("hang")
        blue.change(status="DEPLOYING")
    else:
        blue.change(status="UPGRADING")
    blue.world.delete(state)
    assert blue.cloud.writes() == [DELETE, INTERRUPT, DELETE]
    assert "is interrupted, to be deleted" in blue.world.progress
    assert blue.deployments() == []


def test_what_restarts_just_now_is_waited_for_to_be_deleted(blue: Blue) -> None:
    blue.cloud.set(busy_delete=False)
    state = blue.make()
    blue.change(status="RESTARTING")

    def restarted(_seconds: float) -> None:
        if [one["status"] for one in blue.deployments()] == ["RESTARTING"]:
            blue.change(status="RUNNING")

    blue.world.clock.on_wait = restarted
    blue.world.delete(state)
    assert blue.cloud.writes() == [DELETE, DELETE]
    assert blue.deployments() == []


def test_the_end_takes_its_time(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.set(delete_seconds=600)
    blue.world.delete(state)
    assert blue.cloud.writes() == [DELETE]
    state = blue.make()
    blue.cloud.deploy_fault("hang", phase="delete")
    with pytest.raises(InferenceError, match=r"blue was not deleted: gave up waiting for blue to be gone after 20 min"):
        blue.world.delete(state)


CANCELLED: dict[str, tuple[str, str, list[str]]] = {
    "create, leave": ("create", "leave", ["POST ID/deployments"]),
    "create, interrupt": ("create", "interrupt", ["POST ID/deployments", INTERRUPT]),
    "roll-out, leave": ("update", "leave", [UPDATE]),
    "roll-out, interrupt": ("update", "interrupt", [UPDATE, INTERRUPT]),
    "scale, interrupt": ("scale", "interrupt", [SCALE]),
    "stop, interrupt": ("stop", "interrupt", [STOP]),
}

AFTER = {
    "create": ("the deployment is stopped", 'give it desired_status="running" and run `pulumi up` to start it'),
    "update": ("the former version goes on", "run `pulumi up` again to roll it out"),
}
"""What is said of a roll-out that was interrupted, and what to do next."""


@pytest.mark.parametrize(("phase", "on_cancel", "calls"), CANCELLED.values(), ids=CANCELLED)
def test_nobody_wants_to_wait_any_more(blue: Blue, phase: str, on_cancel: str, calls: list[str]) -> None:
    before = None if phase == "create" else blue.make()
    changes: dict[str, Values] = {
        "create": blue.program(),
        "update": blue.program(2),
        "scale": blue.program(count=3),
        "stop": blue.program(desired_status="stopped"),
    }
    program = {**changes[phase], "on_cancel": on_cancel}
    blue.cloud.deploy_fault("slow", after_seconds=60, phase="stop" if phase == "stop" else "any")
    blue.world.next_operation()
    inputs = blue.world.known(blue.world.valid(program, before))
    context = blue.world.context()
    context.progress = lambda _text: blue.world.cancelled.set()
    life = blue.world.lifecycle
    kept, text = blue.failed(
        lambda: life.create(context, inputs) if before is None else life.update(context, before.id, before, inputs)
    )
    assert blue.cloud.writes() == calls
    is_interrupted = INTERRUPT in calls
    assert ("blue: no longer waited for, as asked; it is " in text) is not is_interrupted
    if is_interrupted:
        after, next_step = AFTER[phase]
        assert f"blue: the roll-out was interrupted, as on_cancel says; {after}\n" in text
        assert f"the deployment is kept in the state; {next_step}" in text
    blue.world.next_operation()  # what is cancelled stays so
    blue.world.clock.advance(5)
    assert blue.world.read(kept) is not None
    if is_interrupted:
        assert [one["status"] for one in blue.deployments()] == ["STOPPED" if phase == "create" else "RUNNING"]
    program |= {"desired_status": "running"} if phase == "create" else {}
    if is_interrupted and phase == "update":
        assert blue.world.diff(kept, program).changes is not False
        assert not [one for one in blue.world.told if "outside" in one], blue.world.told
        blue.world.next_operation()
    done = blue.world.update(kept, program)
    expected = ([START] if phase == "create" else [UPDATE]) if is_interrupted else []
    assert blue.cloud.writes() == expected
    assert blue.world.diff(done, program).changes is False


def test_a_roll_out_that_cannot_be_interrupted_goes_on(blue: Blue) -> None:
    state = blue.make()
    program = blue.program(2, on_cancel="interrupt")
    blue.cloud.deploy_fault("slow", after_seconds=60)
    blue.world.cloud.fault(path="/interrupt$", status=403, count=None)
    blue.world.next_operation()
    inputs = blue.world.known(blue.world.valid(program, state))
    context = blue.world.context()
    context.progress = lambda _text: blue.world.cancelled.set()
    kept, _ = blue.failed(lambda: blue.world.lifecycle.update(context, state.id, state, inputs))
    [warning] = blue.world.warned
    assert warning.startswith("the roll-out could not be interrupted, and goes on: ")
    blue.is_mended(kept, program, [])


@pytest.mark.parametrize("status", ["RESTARTING", "INTERRUPTING", "STOPPING"])
def test_a_passing_state_is_waited_for(blue: Blue, status: str) -> None:
    state = blue.make()
    blue.change(status=status)
    found = blue.world.diff(state, blue.program())
    assert (found.changes, found.replaces) == (True, [])
    assert blue.world.told == [f"blue is {status}; `pulumi up` waits for it"]
    blue.world.clock.on_wait = lambda _seconds: blue.change(status="RUNNING")
    assert blue.world.update(state, blue.program()).facts["status"] == "RUNNING"
    assert blue.cloud.writes() == []


def test_nobody_waits(blue: Blue) -> None:
    begun = blue.world.clock.monotonic()
    state = blue.make(wait=False)
    assert state.facts["status"] == "DEPLOYING"
    assert blue.world.diff(state, blue.program(wait=False)).changes is False
    assert blue.world.diff(state, blue.program()).changes is True
    assert blue.world.told == ["blue is DEPLOYING; `pulumi up` waits for it"]
    assert blue.world.clock.monotonic() == begun
    state = blue.is_mended(state, blue.program(), [])
    for program, calls in (
        (blue.program(2, wait=False), [UPDATE]),
        (blue.program(2, count=3, wait=False), [SCALE]),
        (blue.program(2, count=3, weight=7, wait=False), [UPDATE]),
        (blue.program(2, count=3, weight=7, wait=False, desired_status="stopped"), [STOP]),
        (blue.program(2, count=3, weight=7, wait=False, desired_status="running"), [START]),
    ):
        state = blue.world.update(state, program)
        assert blue.cloud.writes() == calls
        assert state.facts["status"] not in ("RUNNING", "STOPPED")
        state = blue.is_mended(state, program, [])


def test_a_new_one_that_is_to_be_stopped_is_waited_for_anyway(blue: Blue) -> None:
    state = blue.make(wait=False, desired_status="stopped")
    assert blue.cloud.writes() == ["POST ID/deployments", STOP]
    assert blue.world.diff(state, blue.program(wait=False, desired_status="stopped")).changes is False
