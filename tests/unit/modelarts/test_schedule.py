"""The schedule of a service through the verbs of its lifecycle: its life, foreign changes, and crashes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.modelarts.services.lifecycle import ServiceLifecycle
from tests.support.cloud import OUTSIDER
from tests.support.failures import cut_off, failed
from tests.support.schedules import FIVE_HOURS, MISSING, OTHER_URN, SIX_HOURS, URN, Go, made, schedule, service_of
from tests.support.world import DEPLOY_SECONDS, Values, World, item, program

HOUR_MS = 3_600_000


class Killed(BaseException):
    """The end of the process: no Exception, so that nothing of ours can catch it."""


@pytest.fixture
def service(world: World) -> State:
    """A service that runs, in the world of a schedule."""
    return service_of(world)


def test_a_life(world: World, service: State) -> None:
    state = made(world, service)
    assert world.wrote() == [{"schedule": [FIVE_HOURS]}]
    assert (state.id, state.inputs["duration"]) == (service.id, 5)
    detail = world.cloud.only_service()
    assert state.facts == {"service_name": service.inputs["name"], "due_time": detail["due_time"]}
    assert detail["due_time"] - detail["transition_at"] == 5 * HOUR_MS

    assert world.diff(state, schedule(service)).changes is False
    assert world.details_read(service) == 1
    changed = schedule(service, duration=1, time_unit="DAYS")
    assert world.diff(state, changed).changes is None
    state = world.update(state, changed)
    assert world.wrote() == [{"schedule": [{"type": "stop", "time_unit": "DAYS", "duration": 1}]}]
    assert state.facts["due_time"] - detail["transition_at"] == 24 * HOUR_MS
    assert world.read(state) == state

    world.delete(state)
    assert world.wrote() == [{"schedule": []}]
    detail = world.cloud.only_service()
    assert "schedule" not in detail
    assert "due_time" not in detail
    assert world.read(state) is None
    world.delete(state)
    assert world.writes() == []


def test_a_schedule_replaced_in_the_same_place_in_other_words_stays(world: World, service: State) -> None:
    state = made(world, service)
    world.configuration.values["modelartsEndpoint"] = "emulator:./cloud.db"
    world.next_operation()
    world.lifecycle.create(world.context(URN), world.known(world.valid(schedule(service))))
    world.lifecycle.delete(world.context(URN), state.id, state)
    assert world.cloud.only_service()["schedule"] == [FIVE_HOURS]


def test_the_service_shows_no_drift_for_it(world: World, service: State) -> None:
    made(world, service)
    world.lifecycle = ServiceLifecycle()
    assert world.diff(service, program()).changes is False
    assert world.told == []
    found = world.read(service)
    assert found is not None
    assert found.inputs == service.inputs
    world.update(found, program(description="new"))
    assert world.wrote() == [{"description": "new"}]
    assert world.cloud.only_service()["schedule"] == [FIVE_HOURS]


def test_a_foreign_change_is_drift_of_just_that_field(world: World, service: State) -> None:
    state = made(world, service)
    world.cloud.change(schedule=[{**FIVE_HOURS, "duration": 9}])
    found = world.read(state)
    assert found is not None
    assert found.inputs == {**state.inputs, "duration": 9}
    assert world.diff(state, schedule(service)).changes is True
    assert world.told == ["duration: changed outside of the program: program 5, live 9; `pulumi up` puts it back"]
    world.update(state, schedule(service))
    assert world.cloud.only_service()["schedule"] == [FIVE_HOURS]


def test_an_ignored_foreign_change_stays(world: World, service: State) -> None:
    state = made(world, service)
    world.cloud.change(schedule=[{**FIVE_HOURS, "duration": 9}])
    assert world.diff(state, schedule(service), ignore=("duration",)).changes is False
    world.update(state, schedule(service, time_unit="DAYS"), ignore=("duration",))
    assert world.cloud.only_service()["schedule"] == [{**FIVE_HOURS, "time_unit": "DAYS", "duration": 9}]


def test_one_that_was_removed_is_set_again(world: World, service: State) -> None:
    state = made(world, service)
    world.cloud.change(schedule=[])
    found = world.diff(state, schedule(service))
    assert (found.changes, found.replaces, found.delete_before_replace) == (True, ["service_id"], False)

    # The engine replaces it: the new one first, and then the old one, which is on the same service.
    values = world.known(world.valid(schedule(service), state))
    again = world.lifecycle.create(world.context(), values)
    world.lifecycle.delete(world.context(), state.id, state)
    assert world.read(again) is not None


def test_a_replacement_on_the_same_service_is_not_cleared(world: World, service: State) -> None:
    state = made(world, service)
    world.next_operation()
    values = world.known(world.valid(schedule(service), urn=OTHER_URN))
    again = world.lifecycle.create(world.context(OTHER_URN), values)
    world.lifecycle.delete(world.context(URN), state.id, state)
    assert world.writes() == []
    assert world.read(again) is not None


def test_an_inline_schedule_in_its_place_is_not_cleared(world: World, service: State) -> None:
    state, resource = made(world, service), world.lifecycle
    world.lifecycle = ServiceLifecycle()
    world.update(service, program(schedule=[SIX_HOURS]))
    resource.delete(world.context(URN), state.id, state)
    assert world.cloud.only_service()["schedule"] == [SIX_HOURS]


def test_another_service_replaces_it_new_one_first(world: World, service: State) -> None:
    state = made(world, service)
    for other in ("another", UNKNOWN):
        world.next_operation()
        found = world.lifecycle.diff(world.context(URN), state.id, state, {**state.inputs, "service_id": other})
        assert (found.changes, found.replaces, found.delete_before_replace) == (None, ["service_id"], False)


def test_a_stopped_service_takes_a_schedule_that_counts_from_its_start(world: World, service: State) -> None:
    world.cloud.change(status="stopped")
    state = made(world, service)
    assert "due_time" not in state.facts
    world.cloud.api("PUT", f"/services/{service.id}", {"status": "running"})
    world.clock.advance(DEPLOY_SECONDS)
    found = world.read(state)
    assert found is not None
    assert found.facts["due_time"] - world.cloud.only_service()["transition_at"] == 5 * HOUR_MS


def test_after_its_time_it_is_still_there(world: World, service: State) -> None:
    state = made(world, service)
    world.clock.advance(5 * 3600 + 60)
    assert world.cloud.only_service()["status"] == "stopped"
    assert world.diff(state, schedule(service)).changes is False


def test_a_time_that_is_over_is_refused_with_what_to_do(world: World, service: State) -> None:
    world.clock.advance(6 * 3600)
    with pytest.raises(InferenceError, match="was not created") as caught:
        made(world, service)
    assert "Give the schedule a longer duration." in str(caught.value)
    assert "schedule" not in world.cloud.only_service()


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_it_waits_until_the_service_can_be_changed(world: World, service: State, verb: str) -> None:
    state = None if verb == "create" else made(world, service)
    world.cloud.api("PUT", f"/services/{service.id}", {"config": [item(envs={"A": "1"}, weight=100)]})
    assert world.cloud.only_service()["status"] == "deploying"
    if state is None:
        made(world, service)
    elif verb == "update":
        world.update(state, schedule(service, duration=6))
    else:
        world.delete(state)
    wanted = {"create": [FIVE_HOURS], "update": [SIX_HOURS], "delete": None}[verb]
    assert world.cloud.only_service().get("schedule") == wanted
    assert [one.status for one in world.writes()] == [400, 200]
    assert any("deploying" in text for text in world.progress)


@pytest.mark.parametrize("verb", ["create", "update", "delete"])
def test_a_cloud_that_shows_it_late_is_waited_for(world: World, service: State, verb: str) -> None:
    state = None if verb == "create" else made(world, service)
    stale = {"method": "GET", "path": service.id, "count": 3, "stale": "former"}
    # Reads before the write see what is true: the first one of create and delete, the one of diff in an update.
    world.cloud.fault(**stale, skip=1)
    if state is None:
        made(world, service)
    elif verb == "update":
        world.update(state, schedule(service, duration=6))
    else:
        world.delete(state)
    wanted = {"create": [FIVE_HOURS], "update": [SIX_HOURS], "delete": None}[verb]
    assert world.cloud.only_service().get("schedule") == wanted
    assert len(world.writes()) == 1
    assert world.details_read(service) == 5


def test_a_cloud_that_ignores_it_is_told(world: World, service: State) -> None:
    world.cloud.fault(method="PUT", path=service.id, status=200, body="{}")
    state, text = failed(world, schedule(service), urn=URN)
    assert text.startswith(f"the schedule of {service.id} was sent, but not seen: ")
    assert "the service still shows no schedule" in text
    assert (state.id, state.inputs["duration"]) == (service.id, 5)

    state = made(world, service)
    world.cloud.fault(method="PUT", path=service.id, status=200, body="{}")
    with pytest.raises(InferenceError) as caught:
        world.delete(state)
    name = service.inputs["name"]
    assert str(caught.value).startswith(f"the schedule of {name} was not removed: ")
    assert "the service still shows stop after 5 HOURS" in str(caught.value)


@pytest.mark.parametrize("verb", ["create", "update"])
def test_one_that_was_sent_is_kept_whatever_ends_the_wait_for_it(world: World, service: State, verb: str) -> None:
    before = made(world, service) if verb == "update" else None
    world.cloud.fault(method="GET", path=service.id, skip=1, count=None, stale="former")
    state, text = cut_off(world, schedule(service, duration=6), before, urn=URN)
    assert "was sent, but not seen" in text
    assert "the schedule is kept in the state; run `pulumi up` again" in text
    assert (state.id, state.inputs["duration"]) == (service.id, 6)
    world.cloud.admin("DELETE", "/faults")
    assert world.cloud.only_service()["schedule"] == [SIX_HOURS]

    changed = schedule(service, duration=7)
    state = world.update(state, changed)
    assert world.diff(state, changed).changes is False
    world.delete(state)
    assert "schedule" not in world.cloud.only_service()


@pytest.mark.parametrize("fault", [{"reset": True}, {"reset": True, "commit": True}, {"status": 503}])
def test_an_unsteady_write_is_made_again(world: World, service: State, fault: Values) -> None:
    world.cloud.fault(method="PUT", path=service.id, **fault)
    state = made(world, service)
    assert world.cloud.only_service()["schedule"] == [FIVE_HOURS]
    assert world.diff(state, schedule(service)).changes is False


def test_a_replacement_of_itself_is_no_news(world: World, service: State) -> None:
    state = made(world, service)
    world.next_operation()
    # `pulumi up --replace` after a refresh: it is read, checked without what it was, and made once more.
    world.lifecycle.read(world.context(URN), state.id, state)
    values = world.known(world.valid(schedule(service), urn=URN))
    assert world.lifecycle.create(world.context(URN), values).id == state.id
    assert world.told == []
    assert world.writes() == []


def test_what_a_killed_create_has_set_is_taken_over(world: World, service: State, monkeypatch: Any) -> None:
    real = world.transport.handle_request

    def kill_after_the_write(request: httpx.Request) -> httpx.Response:
        response = real(request)
        if request.method == "PUT" and request.headers["user-agent"] != OUTSIDER:
            raise Killed
        return response

    with monkeypatch.context() as patch:
        patch.setattr(world.transport, "handle_request", kill_after_the_write)
        with pytest.raises(Killed):
            made(world, service)
    assert world.cloud.only_service()["schedule"] == [FIVE_HOURS]

    state = made(world, service)
    assert world.writes() == []
    assert len(world.told) == 1
    assert world.told[0] == (
        f"keeps the schedule that {service.inputs['name']} ({service.id}) has already, stop after 5 HOURS; "
        "if it was set elsewhere, it must not be managed there too"
    )
    world.delete(state)
    assert "schedule" not in world.cloud.only_service()


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_killed_change_is_made_by_the_next_run(world: World, service: State, verb: str, monkeypatch: Any) -> None:
    state = made(world, service)
    real = world.transport.handle_request

    def kill_after_the_write(request: httpx.Request) -> httpx.Response:
        response = real(request)
        if request.method == "PUT":
            raise Killed
        return response

    act = {
        "update": lambda: world.update(state, schedule(service, duration=6)),
        "delete": lambda: world.delete(state),
    }[verb]
    with monkeypatch.context() as patch:
        patch.setattr(world.transport, "handle_request", kill_after_the_write)
        with pytest.raises(Killed):
            act()
    act()
    assert world.writes() == []
    assert world.cloud.only_service().get("schedule") == {"update": [SIX_HOURS], "delete": None}[verb]


@MISSING
def test_without_its_service_there_is_no_schedule(world: World, service: State, go: Go) -> None:
    state = made(world, service)
    go(world, service)
    assert world.read(state) is None
    world.next_operation()
    with pytest.raises(InferenceError, match=f"was not created: there is no service {service.id}"):
        world.lifecycle.create(world.context(URN), state.inputs)
    world.next_operation()
    with pytest.raises(InferenceError, match=f"was not changed: there is no service {service.id}"):
        world.lifecycle.update(world.context(URN), state.id, state, state.inputs)
    world.delete(state)
    assert world.writes() == []


def test_a_service_that_goes_while_the_schedule_is_removed_is_a_success(world: World, service: State) -> None:
    state = made(world, service)
    world.cloud.fault(method="PUT", path=service.id, status=404, error_code="ModelArts.3502")
    world.cloud.fault(method="GET", path=service.id, skip=1, status=404, error_code="ModelArts.3502")
    world.clock.on_wait = lambda _seconds: world.cloud.vanish() if world.cloud.services() else None
    world.delete(state)


def test_a_schedule_that_exists_is_read_by_the_id_of_its_service(world: World, service: State) -> None:
    state = made(world, service)
    found = world.read(State(service.id, {}, {}))
    assert found is not None
    assert (found.inputs, found.facts) == (state.inputs, state.facts)
