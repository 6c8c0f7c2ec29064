"""Intranet connections through the verbs of their lifecycle."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.core.lifecycle.status import Wanted
from pulumi_inference.modelartsv2.intranetconnections import INTRANET_CONNECTION, IntranetConnectionLifecycle
from tests.support.failures import failed
from tests.support.modelartsv2 import POOL
from tests.support.modelartsv2_keys import (
    CONNECTION_URN,
    OTHER_SERVICE_ID,
    SERVICE_ID,
    SUBNET,
    VPC,
    Account,
    from_pool,
    from_vpc,
)
from tests.support.world import Values, World, without_plan_checks

CREATE, DELETE = "POST /intranet-connection", "POST /intranet-connection/delete"
NAME = f"the intranet connection from {VPC} to {SERVICE_ID}"
URL = "https://chat.example.com"


@pytest.fixture(autouse=True)
def world(v2: Account) -> World:
    """The world of a connection, with a service."""
    v2.serve()
    v2.world.lifecycle, v2.world.urn = IntranetConnectionLifecycle(), CONNECTION_URN
    return v2.world


def made(v2: Account, **changes: Any) -> State:
    """A new one from a VPC."""
    return v2.world.create(from_vpc(**changes))


def is_now(v2: Account, state: State, status: str, message: str = "") -> None:
    """Changes a connection behind the program's back."""
    v2.admin("PATCH", f"/intranet-connections/{state.id}", {"status": status, "message": message})


def test_a_life(v2: Account, world: World) -> None:
    state = made(v2, custom_urls=[URL])
    [found] = v2.connections()
    assert v2.writes() == [CREATE]
    [sent] = v2.sent("POST")
    assert sent.body == {
        "scene": "VPC",
        "vpc_id": VPC,
        "subnet_id": SUBNET,
        "type": "SERVICE",
        "service_id": SERVICE_ID,
        "custom_urls": [URL],
    }
    assert (state.id, found["status"]) == (found["id"], "CONNECTED")
    assert state.facts["url_list"] == found["url_list"]
    assert (state.facts["status"], state.facts["service_name"]) == ("CONNECTED", "chat")
    assert state.facts["created_at"] == found["create_at"]
    assert {"CONNECTING", "CONNECTED"} == set(world.progress)

    difference = world.diff(state, from_vpc(custom_urls=[URL]))
    assert (difference.changes, world.told, world.warned) == (False, [], [])
    assert world.read(state) == state
    assert world.update(state, from_vpc(custom_urls=[URL])) == state
    assert v2.writes() == []

    world.delete(state)
    assert v2.writes() == [DELETE]
    assert v2.connections() == []
    assert world.read(state) is None
    world.delete(state)
    assert (v2.writes(), world.warned) == ([], [f"{NAME} was gone already; nothing was deleted"])


@pytest.mark.parametrize(
    "values",
    [from_pool(), from_vpc(type="GLOBAL", service_id=None), from_pool(type="GLOBAL", service_id=None)],
    ids=["pool", "all services", "pool to all services"],
)
def test_every_way_is_made_and_unchanged(v2: Account, world: World, values: Values) -> None:
    state = world.create(values)
    assert world.diff(state, values).changes is False
    assert world.told == []
    assert world.read(state) == state


@pytest.mark.parametrize(
    "changes",
    [
        {"vpc_id": "vpc-0002"},
        {"subnet_id": "subnet-0002"},
        {"service_id": OTHER_SERVICE_ID},
        {"type": "GLOBAL", "service_id": None},
    ],
    ids=["vpc", "subnet", "service", "type"],
)
def test_another_way_is_another_connection(v2: Account, world: World, changes: Values) -> None:
    v2.serve(OTHER_SERVICE_ID, name="other")
    state = made(v2)
    difference = world.diff(state, from_vpc(**changes))
    assert (set(difference.replaces), difference.delete_before_replace) == (set(changes), False)


def test_another_group_of_dispatchers_goes_after_the_old_one(v2: Account, world: World) -> None:
    """Two with the same ends would be in each other's way."""
    state = made(v2, dispatcher_group_id="group-a")
    difference = world.diff(state, from_vpc(dispatcher_group_id="group-b"))
    assert (difference.replaces, difference.delete_before_replace) == (["dispatcher_group_id"], True)
    assert world.diff(made(v2, vpc_id="vpc-3"), from_vpc(vpc_id="vpc-3")).changes is False  # filled in by the cloud


def test_addresses_change_in_place(v2: Account, world: World) -> None:
    state = made(v2, custom_urls=[URL, "wss://a.example.com"])
    reordered = from_vpc(custom_urls=["wss://a.example.com", URL])
    assert world.diff(state, reordered).changes is False
    v2.api("POST", f"/intranet-connection/{state.id}/modify", {"custom_urls": reordered["custom_urls"]})
    world.update(state, from_vpc(custom_urls=[URL, "wss://a.example.com"]))
    assert v2.writes() == []
    for urls in ([URL], []):
        assert world.diff(state, from_vpc(custom_urls=urls)).replaces == []
        state = world.update(state, from_vpc(custom_urls=urls))
        assert v2.writes() == [f"POST /intranet-connection/{state.id}/modify"]
        assert v2.connections()[0].get("custom_url_list", []) == urls
        assert world.diff(state, from_vpc(custom_urls=urls)).changes is False


def test_addresses_of_somebody_else_are_put_back(v2: Account, world: World) -> None:
    state = made(v2, custom_urls=[URL])
    v2.api("POST", f"/intranet-connection/{state.id}/modify", {"custom_urls": ["ws://other.example.com"]})
    assert world.diff(state, from_vpc(custom_urls=[URL])).changes is True
    state = world.update(state, from_vpc(custom_urls=[URL]))
    assert v2.connections()[0]["custom_url_list"] == [URL]


def test_addresses_that_the_program_does_not_name_are_left(v2: Account, world: World) -> None:
    state = made(v2)
    v2.api("POST", f"/intranet-connection/{state.id}/modify", {"custom_urls": [URL]})
    assert world.diff(state, from_vpc()).changes is False
    world.update(state, from_vpc())
    assert v2.writes() == []


# --- states ---


def test_an_approval_is_waited_for(v2: Account, world: World) -> None:
    v2.set(intranet_approval="always")

    def approve(_seconds: float) -> None:
        if world.clock.now() > 1_700_000_000 + 100:
            world.clock.on_wait = None
            [found] = v2.connections()
            v2.admin("POST", f"/intranet-connections/{found['id']}/approve")

    world.clock.on_wait = approve
    state = made(v2)
    assert state.facts["status"] == "CONNECTED"
    assert world.progress[0] == "APPROVING: the account emulator has to approve it"


def test_who_has_to_approve_is_told_when_the_time_is_up(v2: Account, world: World) -> None:
    v2.set(intranet_approval="always")
    state, message = failed(world, from_vpc(timeouts={"create": "90s"}), urn=CONNECTION_URN)
    assert message.splitlines()[0] == f"{NAME} was not connected within 1 min 30 s; it is APPROVING"
    assert (
        "the intranet connection is kept in the state; the account emulator has to approve it, in the console"
        in message
    )
    assert 'more time by timeouts={"create": "1h"}' in message
    values = from_vpc(timeouts={"create": "90s"})
    difference = world.diff(state, values)
    assert (difference.changes, difference.replaces) == (True, [])
    assert world.told == ["waits until the account emulator approves it"]
    with pytest.raises(InferenceError, match="is not connected yet: gave up waiting") as caught:
        world.update(state, values)
    *_, last = str(caught.value).splitlines()
    assert last.startswith("  The account emulator has to approve it, in the console or by API; then run `pulumi up`")
    v2.admin("POST", f"/intranet-connections/{state.id}/approve")
    state = world.update(state, values)
    assert (state.facts["status"], v2.writes()) == ("CONNECTED", [])


def test_one_that_is_still_being_connected_is_not_called_unchanged(v2: Account, world: World) -> None:
    v2.set(connect_seconds=3600)
    values = from_vpc(timeouts={"create": "90s", "update": "90s"})
    state, _ = failed(world, values, urn=CONNECTION_URN)
    assert state.facts["status"] == "CONNECTING"
    with pytest.raises(InferenceError) as caught:
        world.update(state, values)
    assert str(caught.value).startswith(f"{NAME} is not connected yet: gave up waiting")
    assert v2.writes() == []


def test_without_waiting_an_approval_is_left_to_others(v2: Account, world: World) -> None:
    v2.set(intranet_approval="always")
    state = made(v2, wait=False)
    assert state.facts["status"] == "APPROVING"
    assert world.diff(state, from_vpc(wait=False)).changes is False
    assert world.update(state, from_vpc(wait=False)).facts["status"] == "APPROVING"
    assert v2.writes() == []


def test_a_rejection_is_an_error_and_asked_for_anew(v2: Account, world: World) -> None:
    v2.set(intranet_approval="always")

    def reject(_seconds: float) -> None:
        world.clock.on_wait = None
        [found] = v2.connections()
        v2.admin("POST", f"/intranet-connections/{found['id']}/reject", {"reason": "Ask the owner first."})

    world.clock.on_wait = reject
    state, message = failed(world, from_vpc(), urn=CONNECTION_URN)
    assert message.splitlines()[0].startswith(f"{NAME} was not connected: was rejected: Ask the owner first. (after ")
    difference = world.diff(state, from_vpc())
    assert (difference.changes, difference.replaces) == (None, ["intranet_connection_id"])
    assert difference.delete_before_replace
    assert world.told == ["was rejected: Ask the owner first."]
    with pytest.raises(UnhealthyError, match="was rejected: Ask the owner first"):
        world.read(state)
    v2.set(intranet_approval="never")
    world.delete(state)
    assert made(v2).facts["status"] == "CONNECTED"
    assert len(v2.connections()) == 1


def test_a_failure_is_told_and_tried_again_at_the_next_up(v2: Account, world: World) -> None:
    world.cloud.fault(**{"modelartsv2.connect": {"outcome": "fail", "message": "No free address."}})
    state, message = failed(world, from_vpc(), urn=CONNECTION_URN)
    assert f"{NAME} was not connected: could not be connected: No free address." in message
    assert "it tries once more" in message
    assert (world.diff(state, from_vpc()).changes, world.told) == (True, ["could not be connected: No free address."])
    state = world.update(state, from_vpc())
    assert v2.writes() == [f"PUT /intranet-connection/{state.id}"]
    assert v2.sent("PUT")[0].body == {"action": "RETRY"}
    assert state.facts["status"] == "CONNECTED"
    assert world.diff(state, from_vpc()).changes is False


def test_a_former_failure_that_is_still_shown_is_none(v2: Account, world: World) -> None:
    state = made(v2)
    is_now(v2, state, "FAILED")
    former = body_with(v2, "FAILED")
    world.cloud.fault(method="GET", path="/requests$", skip=1, count=2, status=200, body=former)
    assert world.update(state, from_vpc()).facts["status"] == "CONNECTED"
    assert world.progress[:2] == ["FAILED", "FAILED"]


def test_a_failure_that_stays_is_told_again(v2: Account, world: World) -> None:
    world.cloud.fault(**{"modelartsv2.connect": {"outcome": "fail"}, "count": 2})
    state, _ = failed(world, from_vpc(), urn=CONNECTION_URN)
    _, message = failed(world, from_vpc(), state)
    assert f"{NAME} was not connected again: could not be connected: the network cannot be reached" in message


def test_addresses_are_corrected_before_it_is_tried_again(v2: Account, world: World) -> None:
    state = made(v2, custom_urls=[URL])
    is_now(v2, state, "FAILED")
    world.update(state, from_vpc(custom_urls=["https://b.example.com"]))
    assert v2.writes() == [f"POST /intranet-connection/{state.id}/modify", f"PUT /intranet-connection/{state.id}"]


def test_one_that_somebody_has_canceled_is_made_anew(v2: Account, world: World) -> None:
    state = made(v2)
    v2.api("PUT", f"/intranet-connection/{state.id}", {"action": "CANCEL"})
    difference = world.diff(state, from_vpc())
    assert (difference.changes, difference.replaces) == (None, ["intranet_connection_id"])
    assert world.told == ["was canceled; ModelArts gives no reason"]
    world.delete(state)
    assert v2.connections() == []


def test_one_that_is_gone_or_about_to_be_is_made_anew(v2: Account, world: World) -> None:
    state = made(v2)
    for change in (
        lambda: is_now(v2, state, "DELETING"),
        lambda: v2.admin("DELETE", f"/intranet-connections/{state.id}"),
    ):
        change()
        difference = world.diff(state, from_vpc())
        assert (difference.changes, difference.replaces) == (True, ["intranet_connection_id"])
        told = f"the intranet connection {state.id} is gone from the cloud; it will be made anew, with another id"
        assert world.told == [told]


def test_a_delete_that_is_under_way_is_only_waited_for(v2: Account, world: World) -> None:
    state = made(v2)
    v2.set(delete_seconds=5)
    v2.api("POST", "/intranet-connection/delete", {"intranet_connection_ids": [state.id]})
    world.delete(state)
    assert (v2.writes(), v2.connections()) == ([], [])


def test_a_state_that_nobody_knows_is_waited_for(v2: Account, world: World) -> None:
    state = made(v2)
    world.cloud.fault(method="GET", path="/requests", status=200, count=2, body=body_with(v2, "PURRING"))
    world.next_operation()
    found = world.lifecycle.read(world.context(), state.id, state)
    assert found is not None
    assert found.facts["status"] == "PURRING"


def body_with(v2: Account, status: str) -> str:
    """A page of the list with another state."""
    rows = [{**one, "status": status} for one in v2.connections()]
    return json.dumps({"data": rows, "current": 0, "size": 500, "pages": 1, "total": len(rows)})


# --- made once ---


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["reset", "bad gateway"])
def test_a_create_whose_answer_is_lost_makes_one(v2: Account, world: World, fault: Values) -> None:
    world.cloud.fault(method="POST", path="/intranet-connection$", commit=True, **fault)
    state = made(v2)
    assert [one["id"] for one in v2.connections()] == [state.id]
    assert v2.writes() == [CREATE]


def test_one_of_a_crashed_run_is_taken_over_and_gets_its_addresses(v2: Account, world: World) -> None:
    left = made(v2)
    state = made(v2, custom_urls=[URL])
    assert state.id == left.id
    assert v2.writes() == [f"POST /intranet-connection/{state.id}/modify"]
    assert "made by an earlier run of this program whose state lost it" in world.told[0]


@pytest.mark.parametrize("status", ["REJECTED", "CANCELED", "DELETING"])
def test_what_has_come_to_its_end_is_not_taken_over(v2: Account, world: World, status: str) -> None:
    left = made(v2)
    is_now(v2, left, status)
    assert made(v2).id != left.id


def test_one_that_has_failed_is_taken_over_and_tried_again(v2: Account, world: World) -> None:
    left = made(v2)
    is_now(v2, left, "FAILED")
    assert made(v2).id == left.id
    assert v2.writes() == [f"PUT /intranet-connection/{left.id}"]


def test_one_with_other_ends_is_not_taken_over(v2: Account, world: World) -> None:
    left = made(v2)
    assert made(v2, subnet_id="subnet-0002").id != left.id
    assert made(v2, type="GLOBAL", service_id=None).id != left.id
    assert len(v2.connections()) == 3


def test_the_same_twice_in_a_program_is_refused(v2: Account, world: World) -> None:
    assert world.check(from_vpc()).problems == []
    [found] = world.check(from_vpc(), urn=f"{CONNECTION_URN}-2").problems
    assert str(found) == 'scene: "office" is the same connection in this program; remove one of the two'


# --- what is wrong ---

WRONG: dict[str, tuple[Values, str]] = {
    "no VPC": (from_vpc(vpc_id=None), 'vpc_id: is required with scene "VPC"'),
    "no subnet": (from_vpc(subnet_id=None), 'subnet_id: is required with scene "VPC"'),
    "no pool": (from_pool(pool_id=None), 'pool_id: is required with scene "POOL"'),
    "a pool in a VPC": (
        from_vpc(pool_id=POOL),
        'pool_id: has a meaning with scene "POOL" only, and scene is "VPC"; leave it out',
    ),
    "a subnet in a pool": (from_pool(subnet_id=SUBNET), 'subnet_id: has a meaning with scene "VPC" only, and scene is'),
    "no service": (from_vpc(service_id=None), 'service_id: is required with type "SERVICE"'),
    "a service of all": (from_vpc(type="GLOBAL"), 'service_id: has a meaning with type "SERVICE" only, and type is'),
    "another scene": (from_vpc(scene="HOME"), 'scene: must be "VPC" or "POOL"'),
    "another type": (from_vpc(type="MANY"), 'type: must be "SERVICE" or "GLOBAL"'),
    "an address without a scheme": (
        from_vpc(custom_urls=["chat.example.com"]),
        "custom_urls[0]: must be an address that begins with one of http://, https://, ws://, wss://",
    ),
    "an address of a file": (from_vpc(custom_urls=[URL, "ftp://x"]), "custom_urls[1]: must be an address that begins"),
    "an address with a blank": (from_vpc(custom_urls=["http://a b"]), "custom_urls[0]: must be an address"),
    "an address without an end": (from_vpc(custom_urls=["http://[a"]), "custom_urls[0]: must be an address"),
    "a long address": (
        from_vpc(custom_urls=[f"http://{'x' * 1018}"]),
        "custom_urls[0]: must have at most 1024 characters, not 1025",
    ),
    "an address twice": (from_vpc(custom_urls=[URL, URL]), f'custom_urls[1]: "{URL}" stands in custom_urls[0] already'),
    "many addresses": (
        from_vpc(custom_urls=[f"http://{number}" for number in range(11)]),
        "custom_urls: must have at most 10 items",
    ),
    "no time": (from_vpc(timeouts={"create": "0s"}), "timeouts.create: must be longer than nothing"),
}


@pytest.mark.parametrize(("values", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_the_preview(v2: Account, values: Values, expected: str) -> None:
    [found] = v2.problems(values)
    assert found.startswith(expected)


def test_an_address_may_be_as_long_as_it_may(v2: Account) -> None:
    assert v2.problems(from_vpc(custom_urls=[f"http://{'x' * 1017}"])) == []


@pytest.mark.parametrize("name", ["vpc_id", "subnet_id", "service_id", "scene", "type"])
def test_what_is_not_known_yet_is_not_judged(world: World, name: str) -> None:
    assert world.lifecycle.check(world.context(), None, from_vpc(**{name: UNKNOWN})).problems == []


def test_a_refusal_is_told(v2: Account, world: World) -> None:
    without_plan_checks(world)
    with pytest.raises(InferenceError, match=f"service {OTHER_SERVICE_ID} does not exist") as caught:
        made(v2, service_id=OTHER_SERVICE_ID)
    assert "was not created" in str(caught.value)


# --- import and status ---


def test_the_import_lists_what_lives(v2: Account, world: World) -> None:
    state, other = made(v2), made(v2, vpc_id="vpc-0002")
    is_now(v2, other, "REJECTED", "No.")
    client = world.lifecycle.connect(world.context(), {}).client()
    assert list(INTRANET_CONNECTION.listed(client, {})) == [(state.id, "chat")]
    world.next_operation()
    live = world.lifecycle.fetch(world.context(), other.id, {})
    assert live is not None
    assert INTRANET_CONNECTION.refusal(live) == "was rejected: No."
    assert INTRANET_CONNECTION.label(live) == "chat"
    found = world.lifecycle.read(world.context(), state.id, State(state.id, {}, {}))
    assert found is not None
    imported = world.recorded(found)
    values = {name: imported.inputs[name] for name in (*from_vpc(), "type", "dispatcher_group_id", "custom_urls")}
    assert values.items() >= from_vpc().items()
    assert world.diff(imported, values).changes is False


def test_status_tells_both_ends(v2: Account, world: World) -> None:
    state = made(v2)
    world.next_operation()
    seen = world.lifecycle.observe(world.context(), state.id, state.inputs, Wanted())
    assert (seen.state, dict(seen.columns)) == ("CONNECTED", {"from": VPC, "to": "chat"})
