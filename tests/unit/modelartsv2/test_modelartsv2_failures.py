"""What becomes of what fails, hangs, is stopped, vanishes or is in a state that nobody knows; and of a cancel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State, UnhealthyError
from tests.support.modelartsv2 import ModelArtsV2, deployment, inline, limit, runtime, service, unit
from tests.support.world import Values

UPDATE, SCALE = "PUT ID/deployments/ID", "PUT ID/deployments/NAME/scale"
START, STOP = "POST ID/deployments/ID/start", "POST ID/deployments/ID/stop"
DELETE, INTERRUPT = "DELETE ID/deployments/ID", "POST ID/deployments/ID/interrupt"
NO_GPU = "no GPU is free"
KEPT = "the deployment is kept in the state; correct the program or run `pulumi up` again"


def image(number: int = 1) -> Values:
    return unit(image={"swr_path": f"i:{number}"})


class Blue:
    """A deployment of the only service."""

    def __init__(self, cloud: ModelArtsV2) -> None:
        self.cloud, self.world = cloud, cloud.world
        self.service = cloud.service(service(name="chat"))
        cloud.deploying()

    def program(self, number: int = 1, **changes: Any) -> Values:
        return deployment(self.service, image(number), **{"name": "blue", **changes})

    def make(self, number: int = 1, **changes: Any) -> State:
        return self.cloud.deployment(self.program(number, **changes))

    def change(self, **changes: Any) -> None:
        """Somebody changes it."""
        self.world.cloud.admin("PATCH", f"/modelartsv2/services/{self.service.id}/deployments/blue", changes)

    def crash(self, **options: Any) -> None:
        path = f"/modelartsv2/services/{self.service.id}/deployments/blue/crash"
        self.world.cloud.admin("POST", path, options)

    def failed(self, act: Callable[[], Any]) -> tuple[State, str]:
        """The state that a failed verb leaves behind, and what it says."""
        with pytest.raises(UnhealthyError) as caught:
            act()
        return self.world.recorded(caught.value.state), str(caught.value)

    def is_mended(self, state: State, program: Values, calls: list[str]) -> State:
        """The next run makes it what the program says, by these calls."""
        done = self.world.update(state, program)
        assert self.cloud.writes() == calls
        self.world.diff(done, program)
        assert self.world.diff(done, program).changes is False
        assert self.world.read(done) == done
        return done

    def deployments(self) -> list[Values]:
        found: list[Values] = self.cloud.services()[0]["deployments"]
        return found


@pytest.fixture
def blue(cloud: ModelArtsV2) -> Blue:
    return Blue(cloud)


def test_one_that_fails_is_kept_and_started_by_the_next_run(blue: Blue) -> None:
    blue.cloud.deploy_fault("fail", reason=NO_GPU)
    state, text = blue.failed(blue.make)
    assert text.startswith(f"blue did not deploy: Deployment blue: {NO_GPU} (after ")
    assert f"  last event: Deployment of blue failed: {NO_GPU}.\n" in text
    assert text.endswith(KEPT)
    assert state.facts["status"] == "FAILED"
    assert blue.world.diff(state, blue.program()).changes is True
    assert blue.world.told == [f"blue is FAILED: Deployment blue: {NO_GPU}"]
    done = blue.is_mended(state, blue.program(), [START])
    assert (done.id, done.facts["status"]) == (state.id, "RUNNING")


@pytest.mark.parametrize("takes", [False, True], ids=["documented", "takes updates"])
def test_one_that_failed_takes_the_corrected_program(blue: Blue, takes: bool) -> None:
    """No update is taken from FAILED, so that it is stopped before."""
    blue.cloud.set(put_from_failed=takes)
    blue.cloud.deploy_fault("fail")
    state, _ = blue.failed(blue.make)
    blue.is_mended(state, blue.program(2, count=2, weight=7), [STOP, UPDATE, START])
    assert [(one["count"], one["weight"], one["status"]) for one in blue.deployments()] == [(2, 7, "RUNNING")]


def test_one_that_failed_and_is_to_be_stopped(blue: Blue) -> None:
    blue.cloud.deploy_fault("fail")
    state, _ = blue.failed(blue.make)
    blue.is_mended(state, blue.program(desired_status="stopped"), [STOP])


def test_a_roll_out_that_is_taken_back_is_an_error_and_the_former_version_serves(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("rollback", phase="update", reason=NO_GPU)
    kept, text = blue.failed(lambda: blue.world.update(state, blue.program(2)))
    assert text.startswith("blue did not update: ModelArts went back to version 1.0.0 (after ")
    assert f"  last event: Upgrade of deployment blue failed and was rolled back: {NO_GPU}.\n" in text
    assert text.endswith(KEPT)
    assert (kept.facts["status"], kept.facts["version"], kept.facts["running_count"]) == ("RUNNING", "1.0.0", 1)
    assert kept.inputs["unit_configs"][0]["image"]["swr_path"] == "i:1"
    done = blue.is_mended(kept, blue.program(2), [UPDATE])
    assert done.facts["version"] == "1.0.2"


def test_a_roll_out_that_fails_with_its_roll_back_is_mended(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("fail", phase="update", reason=NO_GPU)
    kept, text = blue.failed(lambda: blue.world.update(state, blue.program(2)))
    assert text.startswith(f"blue did not update: Deployment blue: {NO_GPU} (after ")
    assert f"Upgrade roll-back of blue failed: {NO_GPU}." in text
    assert kept.facts["status"] == "FAILED"
    blue.is_mended(kept, blue.program(2), [STOP, UPDATE, START])


def test_only_events_of_now_are_quoted(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("rollback", phase="update", reason="an old reason")
    kept, _ = blue.failed(lambda: blue.world.update(state, blue.program(2)))
    blue.world.clock.advance(60)
    blue.cloud.deploy_fault("rollback", phase="update", reason="a new reason")
    _, text = blue.failed(lambda: blue.world.update(kept, blue.program(2)))
    assert "a new reason" in text
    assert blue.world.update(kept, blue.program(2)).facts["version"] == "1.0.3"


ALARMS: dict[str, tuple[Values, Values, str]] = {
    "create": ({}, {}, "create"),
    "roll-out": ({}, {"number": 2}, "update"),
    "scale": ({}, {"count": 3}, "scale"),
    "start": ({"desired_status": "stopped"}, {"desired_status": "running"}, "start"),
    "switch": ({"number": 2}, {"number": 2, "pinned_version": "1.0.0"}, "switch"),
}


def attempt(blue: Blue, before: Values, after: Values, phase: str, outcome: str, **fault: Any) -> Callable[[], State]:
    """The step in which something goes wrong."""
    if phase == "create":
        blue.cloud.deploy_fault(outcome, phase=phase, **fault)
        return lambda: blue.make(**after)
    state = blue.make(**({} if phase == "switch" else before))
    if phase == "switch":
        state = blue.world.update(state, blue.program(**before))
    blue.cloud.deploy_fault(outcome, phase=phase, **fault)
    return lambda: blue.world.update(state, blue.program(**after))


@pytest.mark.parametrize(("before", "after", "phase"), ALARMS.values(), ids=ALARMS)
def test_an_alarm_that_stays_is_a_warning_in_the_end(blue: Blue, before: Values, after: Values, phase: str) -> None:
    act = attempt(blue, before, after, phase, "concerning", instances=1)
    begun = blue.world.clock.monotonic()
    done = act()
    assert done.facts["status"] == "CONCERNING"
    assert 120 <= blue.world.clock.monotonic() - begun < 135
    assert blue.world.warned == ["blue is CONCERNING: some of its replicas are not healthy"]
    assert blue.world.diff(done, blue.program(**after)).changes is False
    assert "blue is CONCERNING: some of its replicas are not healthy" in blue.world.told


@pytest.mark.parametrize(("before", "after", "phase"), ALARMS.values(), ids=ALARMS)
def test_an_alarm_that_heals_is_waited_for(blue: Blue, before: Values, after: Values, phase: str) -> None:
    done = attempt(blue, before, after, phase, "concerning", heal_seconds=30, instances=1)()
    assert done.facts["status"] == "RUNNING"
    assert blue.world.warned == []


@pytest.mark.parametrize(("before", "after", "phase"), ALARMS.values(), ids=ALARMS)
def test_one_that_breaks_is_an_error_with_the_event(blue: Blue, before: Values, after: Values, phase: str) -> None:
    act = attempt(blue, before, after, phase, "error", reason=NO_GPU)
    kept, text = blue.failed(act)
    verb = "deploy" if phase == "create" else "update"
    assert text.startswith(f"blue did not {verb}: ModelArts gives no reason (after ")
    assert f"  last event: Deployment blue is abnormal: {NO_GPU}." in text
    assert kept.facts["status"] == "ERROR"
    program = blue.program(**after)
    assert blue.world.diff(kept, program).changes is not False
    assert "blue is ERROR: ModelArts gives no reason" in blue.world.told
    begun = blue.world.clock.monotonic()
    with pytest.raises(InferenceError, match="waiting for blue to be well again ended with ERROR"):
        blue.world.update(kept, program)
    assert 120 <= blue.world.clock.monotonic() - begun < 135
    assert blue.cloud.writes() == []
    blue.change(status="RUNNING")
    blue.is_mended(kept, program, [])


def test_one_that_is_broken_gets_well_while_it_is_waited_for(blue: Blue) -> None:
    state = blue.make()
    blue.crash(heal_seconds=40)
    assert blue.world.diff(state, blue.program()).changes is True
    blue.is_mended(state, blue.program(), [])


def test_one_that_is_broken_takes_a_change(blue: Blue) -> None:
    state = blue.make()
    blue.crash()
    blue.is_mended(state, blue.program(2), [UPDATE])


def test_the_scale_call_that_an_alarm_forbids_is_an_update(blue: Blue) -> None:
    state = blue.make(count=2)
    blue.crash(instances=1)
    done = blue.world.update(state, blue.program(count=3))
    assert blue.cloud.writes() == [SCALE, UPDATE]
    assert (blue.deployments()[0]["count"], done.facts["version"]) == (3, "1.0.0")


def test_too_few_replicas_come_up(blue: Blue) -> None:
    state = blue.make()
    blue.cloud.deploy_fault("fail", phase="scale", reason=NO_GPU)
    done = blue.world.update(state, blue.program(count=3))
    assert done.facts["running_count"] == 1
    assert blue.world.warned == ["blue is CONCERNING: some of its replicas are not healthy"]


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


def test_a_service_that_is_deployed_just_now_is_stopped_to_be_deleted(cloud: ModelArtsV2) -> None:
    cloud.set(busy_delete=False)
    cloud.deploy_fault("hang")
    state = cloud.service(inline(name="chat", wait=False))
    cloud.world.delete(state)
    assert cloud.writes() == ["POST delete", "POST ID/stop", "POST delete"]
    assert cloud.services() == []


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


SHORTER = runtime(service_limit=limit(request_timeout=60))


@pytest.mark.parametrize("outcome", ["rollback", "fail"])
def test_settings_that_are_taken_back_are_an_error_and_the_next_run_mends(cloud: ModelArtsV2, outcome: str) -> None:
    """The number of the version that could not be rolled out is taken."""
    state = cloud.service(inline(name="chat"))
    cloud.deploy_fault(outcome, phase="service", reason=NO_GPU)
    program = inline(name="chat", runtime_config=SHORTER)
    with pytest.raises(UnhealthyError) as caught:
        cloud.world.update(state, program)
    text = str(caught.value)
    assert text.startswith("chat did not update: ModelArts went back to version 1.0.0 (after ")
    assert f"last event: Upgrade of the service failed and was rolled back: {NO_GPU}." in text
    kept = cloud.world.recorded(caught.value.state)
    assert kept.inputs["runtime_config"]["service_limit"]["request_timeout"] == 90
    done = cloud.world.update(kept, program)
    assert [body["version"] for body in cloud.world.wrote()] == ["1.0.1", "1.0.2"]
    assert cloud.world.diff(done, program).changes is False


def test_a_number_that_stays_refused_is_told(cloud: ModelArtsV2) -> None:
    state = cloud.service(inline(name="chat"))
    code = '{"error_code": "ModelArts.0104", "error_msg": "the version is not good"}'
    cloud.world.cloud.fault(method="PUT", path="/services/", status=400, body=code, count=None)
    with pytest.raises(InferenceError, match="the version is not good"):
        cloud.world.update(state, inline(name="chat", runtime_config=SHORTER))
    assert cloud.writes() == ["PUT ID"] * 5


INLINE: dict[str, tuple[str, str, list[str]]] = {
    "create": ("create", "fail", ["POST ID/start"]),
    "change": ("update", "fail", ["PUT ID"]),
    "change taken back": ("update", "rollback", ["PUT ID"]),
}


@pytest.mark.parametrize(("phase", "outcome", "calls"), INLINE.values(), ids=INLINE)
def test_the_deployment_in_a_service_that_fails(cloud: ModelArtsV2, phase: str, outcome: str, calls: list[str]) -> None:
    before, after = inline(image(), name="chat"), inline(image(2), name="chat")
    state = None if phase == "create" else cloud.service(before)
    cloud.deploy_fault(outcome, phase=phase, reason=NO_GPU)
    program = before if state is None else after
    with pytest.raises(UnhealthyError) as caught:
        cloud.service(before) if state is None else cloud.world.update(state, after)
    text = str(caught.value)
    assert NO_GPU in text
    assert "the service is kept in the state" in text
    kept = cloud.world.recorded(caught.value.state)
    assert kept.facts["status"] == ("RUNNING" if outcome == "rollback" else "FAILED")
    done = cloud.world.update(kept, program)
    assert cloud.writes() == calls
    assert done.facts["status"] == "RUNNING"
    assert cloud.world.diff(done, program).changes is False


def test_a_service_that_its_schedule_stops_while_nobody_wants_it_to_run_again(cloud: ModelArtsV2) -> None:
    schedule = {"time_unit": "HOURS", "duration": 1}
    program = inline(name="chat", schedule=schedule, desired_status="running")
    state = cloud.service(program)
    assert state.facts["due_time"]
    cloud.world.cloud.admin("POST", f"/modelartsv2/services/{state.id}/auto-stop")
    cloud.world.clock.advance(5)
    assert cloud.world.diff(state, program).changes is False
    assert cloud.world.update(state, program).facts["status"] == "STOPPED"
    assert cloud.writes() == []
    again = {**program, "restart_after_schedule": True}
    assert cloud.world.diff(state, again).changes is True
    assert "was stopped by its schedule; `pulumi up` starts it again" in cloud.world.told
    done = cloud.world.update(state, again)
    assert cloud.writes() == ["POST ID/start"]
    assert cloud.world.diff(done, again).changes is False


@pytest.mark.parametrize("status", ["UPGRADING", "STOPPING"])
def test_a_service_in_a_passing_state_is_waited_for(cloud: ModelArtsV2, status: str) -> None:
    state = cloud.service(inline(name="chat", timeouts={"update": "3m"}))
    program = inline(name="chat", timeouts={"update": "3m"})
    path = f"/modelartsv2/services/{state.id}"
    cloud.world.cloud.admin("PATCH", path, {"status": status})
    assert cloud.world.diff(state, program).changes is True
    assert cloud.world.told == [f"chat is {status}; `pulumi up` waits for it"]
    with pytest.raises(InferenceError, match=f"gave up waiting for chat to come to rest after 3 min; .*{status}"):
        cloud.world.update(state, program)
    cloud.world.cloud.admin("PATCH", path, {"status": "RUNNING"})
    assert cloud.world.diff(state, program).changes is False


def test_a_service_that_is_broken_is_an_error_until_it_is_well(cloud: ModelArtsV2) -> None:
    state = cloud.service(inline(name="chat"))
    path = f"/modelartsv2/services/{state.id}"
    cloud.world.cloud.admin("PATCH", path, {"status": "ERROR"})
    assert cloud.world.diff(state, inline(name="chat")).changes is True
    with pytest.raises(InferenceError, match="waiting for chat to be well again ended with ERROR"):
        cloud.world.update(state, inline(name="chat"))
    cloud.world.clock.on_wait = lambda _seconds: cloud.world.cloud.admin("PATCH", path, {"status": "RUNNING"})
    assert cloud.world.update(state, inline(name="chat")).facts["status"] == "RUNNING"
