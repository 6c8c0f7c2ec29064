"""The create call: sent once whatever happens to its answer, and never taking over what is somebody else's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import CancelledError, InferenceError
from pulumi_inference.core.lifecycle.naming import Policy
from tests.support.world import URN, Values, World, item, program, without_plan_checks

POSTS = "/services$"
OWN_NAME = program(name="demo", description="mine")
LONG = program(name="demo", description="x" * 95)


def stranger(world: World, name: str, **changes: Any) -> str:
    """A service that somebody made by hand."""
    config = [{"model_id": "x", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 1}]
    body = {"service_name": name, "infer_type": "real-time", "config": config, **changes}
    return str(world.cloud.api("POST", "/services", body)["service_id"])


def test_one_call_and_the_state_has_what_was_made(world: World) -> None:
    state = world.create(program(item(envs={"A": "1"}), description="mine"))
    live = world.cloud.only_service()
    assert [one.method for one in world.writes()] == ["POST"]
    assert (state.id, state.facts["status"]) == (live["service_id"], "running")
    assert (live["service_name"], live["description"]) == (state.inputs["name"], "mine")
    assert live["config"][0]["envs"] == {"A": "1"}


@pytest.mark.parametrize(
    "values", [program(), OWN_NAME, LONG], ids=["automatic name", "own name", "no room for a mark"]
)
@pytest.mark.parametrize(
    "fault",
    [
        {"reset": True, "commit": True},
        {"status": 500, "commit": True},
        {"status": 503, "commit": True},
        {"truncate_bytes": 5},
    ],
    ids=["reset", "500", "503", "truncated"],
)
def test_an_answer_that_was_lost_is_looked_for(world: World, values: Values, fault: dict[str, Any]) -> None:
    world.cloud.fault(method="POST", path=POSTS, **fault)
    state = world.create(values)
    assert state.id == world.cloud.only_service()["service_id"]
    assert state.facts["status"] == "running"
    assert world.diff(state, values).changes is False


def test_a_create_call_that_was_stopped_before_its_answer_may_have_been_carried_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = world.transport.handle_request

    def stop(request: httpx.Request) -> httpx.Response:
        answer = send(request)
        if request.method == "POST":
            world.cancelled.set()
            raise httpx.ReadError("cut off")
        return answer

    monkeypatch.setattr(world.transport, "handle_request", stop)
    with pytest.raises(CancelledError) as caught:
        world.create(OWN_NAME)
    assert str(caught.value).splitlines() == [
        "demo may have been created: stopped, as asked",
        "  run `pulumi up` again: it looks for it, and takes it over",
    ]
    monkeypatch.undo()
    assert world.create(OWN_NAME).id == world.cloud.only_service()["service_id"]


def test_an_answer_that_was_lost_is_looked_for_in_the_things_own_workspace(world: World) -> None:
    world.cloud.admin("POST", "/seed", {"workspaces": [{"workspace_id": "workspace-1"}]})
    world.cloud.fault(method="POST", path=POSTS, reset=True, commit=True)
    state = world.create(program(workspace_id="workspace-1"))
    assert world.cloud.service(state.id)["workspace_id"] == "workspace-1"
    assert len(world.cloud.sent("POST")) == 1


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 500}, {"status": 503}, {"status": 429}])
def test_what_was_not_made_is_made_again(world: World, fault: dict[str, Any]) -> None:
    world.cloud.fault(method="POST", path=POSTS, count=2, **fault)
    state = world.create(OWN_NAME)
    assert state.id == world.cloud.only_service()["service_id"]
    assert len(world.cloud.sent("POST")) == 3


def test_a_cloud_that_keeps_failing_ends_it(world: World) -> None:
    world.cloud.fault(method="POST", path=POSTS, count=None, status=500, error_msg="down")
    with pytest.raises(InferenceError, match=r"demo was not created: POST .*down"):
        world.create(OWN_NAME)
    assert world.cloud.services() == []


def test_a_refusal_is_not_repeated(world: World) -> None:
    world.cloud.admin("PATCH", "/settings", {"strict_pools": True})
    with pytest.raises(InferenceError, match=r"demo was not created: .*nowhere"):
        world.create(program(name="demo", pool_name="nowhere"))
    assert len(world.cloud.sent("POST")) == 1


@pytest.mark.parametrize("values", [program(), OWN_NAME], ids=["automatic name", "own name"])
def test_what_a_crashed_run_left_behind_is_taken_over_and_brought_up_to_date(world: World, values: Values) -> None:
    left = world.create(values)
    taken = world.create({**values, "config": [item(envs={"A": "1"})]})
    assert taken.id == left.id
    assert world.cloud.only_service()["config"][0]["envs"] == {"A": "1"}
    assert [left.id in line for line in world.told] == [True]
    assert world.diff(taken, {**values, "config": [item(envs={"A": "1"})]}).changes is False


@pytest.mark.parametrize("description", [None, "theirs", "[pulumi:0000000]"])
def test_a_name_that_is_taken_by_somebody_else_is_an_error(world: World, description: str | None) -> None:
    theirs = stranger(world, "demo", **({"description": description} if description else {}))
    without_plan_checks(world)
    with pytest.raises(InferenceError) as caught:
        world.create(OWN_NAME)
    text = str(caught.value)
    assert f"the name is taken by the service {theirs}" in text
    assert f"pulumi-inference import modelarts service {theirs} --name classifier" in text
    assert [one.method for one in world.writes()] == ["POST"]


def test_the_same_name_in_another_program_of_ours_is_not_taken_over(world: World) -> None:
    world.create(OWN_NAME, urn=URN.replace("classifier", "other"))
    without_plan_checks(world)
    with pytest.raises(InferenceError, match="the name is taken"):
        world.create(OWN_NAME)


def test_other_immutable_fields_are_another_thing(world: World) -> None:
    world.create({**OWN_NAME, "pool_name": "pool-a"})
    with pytest.raises(InferenceError, match="the name is taken"):
        world.create({**OWN_NAME, "pool_name": "pool-b"})


def test_an_enforced_name_that_anybody_may_choose_is_no_proof(world: World) -> None:
    theirs = stranger(world, "classifier")
    inputs = world.known(world.valid(program(), autoname=Policy("classifier", enforced=True)))
    with pytest.raises(InferenceError, match=f"the name is taken by the service {theirs}"):
        world.lifecycle.create(world.context(), inputs)
    assert world.cloud.service(theirs)["config"][0]["model_id"] == "x"


def test_one_whose_id_was_seen_may_be_the_one_that_is_replaced(world: World) -> None:
    state = world.create(OWN_NAME)
    world.read(state)
    inputs = world.known(world.valid(OWN_NAME))
    with pytest.raises(InferenceError, match="still has the name"):
        world.lifecycle.create(world.context(), inputs)


@pytest.mark.parametrize(
    "moved",
    [{"modelartsEndpoint": "emulator:./cloud.db"}, {"modelartsRegion": "cn-north-4"}],
    ids=["endpoint", "region"],
)
def test_the_same_place_in_other_words_is_where_the_older_one_is(world: World, moved: dict[str, str]) -> None:
    """It is replaced, because it says so; but neither taken over nor lost."""
    state = world.create(program(name="demo"))
    world.configuration.values |= moved
    world.next_operation()
    inputs = world.known(world.valid(program(name="demo"), state))
    assert world.lifecycle.diff(world.context(), state.id, state, inputs).replaces != []
    with pytest.raises(InferenceError, match=f"its older service {state.id} still has the name"):
        world.lifecycle.create(world.context(), inputs)
    assert world.cloud.only_service()["service_id"] == state.id


def test_nothing_is_taken_over_while_an_older_one_was_never_seen(world: World) -> None:
    """As in a forced replacement, where check hears of old inputs and diff is not asked."""
    state = world.create(OWN_NAME)
    world.next_operation()
    world.check(OWN_NAME, state)
    inputs = world.known(world.valid(OWN_NAME))
    with pytest.raises(InferenceError, match="the name is taken"):
        world.lifecycle.create(world.context(), inputs)


def test_a_name_becomes_free_when_its_service_is_gone(world: World) -> None:
    theirs = stranger(world, "demo")
    world.clock.advance(10)
    world.cloud.api("DELETE", f"/services/{theirs}")
    assert world.create(OWN_NAME).id != theirs
    assert len(world.cloud.sent("POST")) > 1


def test_a_longer_name_that_begins_alike_is_not_meant(world: World) -> None:
    stranger(world, "demo-2")
    world.cloud.fault(method="POST", path=POSTS, reset=True)
    state = world.create(OWN_NAME)
    assert world.cloud.service(state.id)["service_name"] == "demo"


def test_the_mark_stands_in_the_cloud_and_nowhere_else(world: World) -> None:
    state = world.create(OWN_NAME)
    description = world.cloud.only_service()["description"]
    assert description.startswith("mine [pulumi:")
    assert state.inputs["description"] == "mine"
    world.update(state, {**OWN_NAME, "description": "still mine"})
    assert world.cloud.only_service()["description"] == description.replace("mine", "still mine")


def test_an_automatic_name_needs_no_mark(world: World) -> None:
    world.create(program())
    assert "description" not in world.cloud.only_service()


def test_a_mark_alone_is_not_a_description(world: World) -> None:
    values = program(name="demo")
    state = world.create(values)
    assert world.cloud.only_service()["description"].startswith("[pulumi:")
    assert "description" not in state.inputs
    assert world.diff(state, values).changes is False


def test_cancel_before_anything_was_made(world: World) -> None:
    inputs = world.known(world.valid(OWN_NAME))
    world.cancelled.set()
    with pytest.raises(CancelledError, match="demo was not created: stopped, as asked"):
        world.lifecycle.create(world.context(), inputs)
    assert world.cloud.services() == []


def test_an_endless_outage_is_told_as_long_as_it_was_waited_for(world: World) -> None:
    world.cloud.fault(method="POST", path=POSTS, count=None, status=503, error_msg="down")
    started = world.clock.monotonic()
    with pytest.raises(InferenceError) as caught:
        world.create(program())
    elapsed = world.clock.monotonic() - started
    assert 60 <= elapsed < 62
    assert "tries in 60 s" in str(caught.value)
    assert world.cloud.services() == []


def test_calls_that_are_made_again_are_counted_in_the_message(world: World) -> None:
    world.cloud.fault(method="POST", path=POSTS, count=None, status=500, error_msg="down")
    started = world.clock.monotonic()
    with pytest.raises(InferenceError) as caught:
        world.create(program())
    assert f"made 4 times in {world.clock.monotonic() - started:.0f} s" in str(caught.value)
