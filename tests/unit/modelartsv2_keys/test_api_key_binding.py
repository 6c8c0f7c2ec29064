"""Bindings of API keys through the verbs of their lifecycle."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State, UnhealthyError
from pulumi_inference.modelartsv2.apikeybindings import API_KEY_BINDING, ApiKeyBindingLifecycle
from tests.support.modelartsv2_keys import BINDING_URN, OTHER_SERVICE_ID, SERVICE_ID, Account
from tests.support.world import Values, World

KEY, OTHER_KEY = "a" * 32, "b" * 32
BIND = f"POST /services/{SERVICE_ID}/api-keys/{KEY}/bind"
UNBIND = f"POST /services/{SERVICE_ID}/api-keys/{KEY}/unbind"
NAME = f"the binding of the API key {KEY} to the service {SERVICE_ID}"


@pytest.fixture(autouse=True)
def world(v2: Account) -> World:
    """The world of a binding, with two services and two keys, and one of a whole user."""
    v2.serve()
    v2.serve(OTHER_SERVICE_ID, "other")
    v2.seed(
        keys=[
            {"name": "clients", "scope": "SERVICE", "key_id": KEY},
            {"name": "others", "scope": "SERVICE", "key_id": OTHER_KEY},
            {"name": "all", "scope": "USER", "key_id": "c" * 32},
        ]
    )
    v2.world.lifecycle, v2.world.urn = ApiKeyBindingLifecycle(), BINDING_URN
    return v2.world


def binding(**changes: Any) -> Values:
    """What a program says of a binding."""
    return {"service_id": SERVICE_ID, "key_id": KEY, **changes}


def bound(v2: Account, key: str = KEY) -> list[str]:
    """The services that a key is bound to."""
    return [service["id"] for one in v2.keys() if one["key_id"] == key for service in one["services"]]


def test_a_life(v2: Account, world: World) -> None:
    state = world.create(binding())
    assert v2.writes() == [BIND]
    assert (state.id, bound(v2)) == (f"{SERVICE_ID},{KEY}", [SERVICE_ID])
    assert {name: state.inputs[name] for name in binding()} == binding()
    assert state.facts == {"service_name": "chat", "key_name": "clients"}

    difference = world.diff(state, binding())
    assert (difference.changes, world.told, world.warned) == (False, [], [])
    assert world.read(state) == state
    assert world.update(state, binding()) == state
    assert v2.writes() == []

    world.delete(state)
    assert v2.writes() == [UNBIND]
    assert bound(v2) == []
    assert world.read(state) is None
    world.delete(state)
    assert v2.writes() == []
    assert world.warned == [f"{NAME} was gone already; nothing was deleted"]


@pytest.mark.parametrize("changes", [{"service_id": OTHER_SERVICE_ID}, {"key_id": OTHER_KEY}], ids=["service", "key"])
def test_every_change_makes_another_beside_it(v2: Account, world: World, changes: Values) -> None:
    state = world.create(binding())
    difference = world.diff(state, binding(**changes))
    assert (difference.replaces, difference.delete_before_replace) == (list(changes), False)


def test_one_that_is_there_already_is_taken_over(v2: Account, world: World) -> None:
    v2.bind(KEY)
    state = world.create(binding())
    assert v2.writes() == []
    assert world.told == [
        f"{NAME} is there already, made by an earlier run of this program or by somebody else; when this resource "
        "goes, it goes"
    ]
    world.delete(state)
    assert bound(v2) == []


def test_one_that_is_replaced_by_itself_stays(v2: Account, world: World) -> None:
    """The new one comes first, and has the same id: what is deleted then is not it."""
    state = world.create(binding())
    world.next_operation()
    inputs = world.known(world.valid(binding()))
    made = world.lifecycle.create(world.context(), inputs)
    world.lifecycle.delete(world.context(), state.id, state)
    assert (made.id, bound(v2)) == (state.id, [SERVICE_ID])


def test_the_binding_of_another_service_stays(v2: Account, world: World) -> None:
    v2.bind(KEY, OTHER_SERVICE_ID)
    state = world.create(binding())
    assert bound(v2) == [OTHER_SERVICE_ID, SERVICE_ID]
    world.delete(state)
    assert bound(v2) == [OTHER_SERVICE_ID]


def test_one_that_somebody_has_taken_away_is_made_anew(v2: Account, world: World) -> None:
    state = world.create(binding())
    v2.api("POST", f"/services/{SERVICE_ID}/api-keys/{KEY}/unbind")
    difference = world.diff(state, binding())
    assert (difference.changes, difference.replaces) == (True, ["key_id"])
    assert world.told == [f"{NAME} is gone from the cloud; it will be made anew"]


@pytest.mark.parametrize("what", ["key", "service", "both"])
@pytest.mark.parametrize("refuses", [False, True], ids=["404", "400"])
def test_a_delete_after_key_or_service_is_a_success(v2: Account, world: World, what: str, refuses: bool) -> None:
    v2.set(not_found_as_400=refuses)
    state = world.create(binding())
    if what != "service":
        v2.admin("DELETE", f"/keys/{KEY}")
    if what != "key":
        v2.admin("DELETE", f"/services/{SERVICE_ID}")
    world.delete(state)
    assert bound(v2) == []
    assert world.warned == [f"{NAME} was gone already; nothing was deleted"]


def test_a_service_that_goes_meanwhile_leaves_nothing_to_unbind(v2: Account, world: World) -> None:
    state = world.create(binding())
    carry_out = world.transport.handle_request

    def handle(request: Any) -> Any:
        if request.url.path.endswith("/unbind"):
            world.transport.handle_request = carry_out  # type: ignore[method-assign]
            v2.admin("DELETE", f"/services/{SERVICE_ID}")
        return carry_out(request)

    v2.set(not_found_as_400=True)
    world.transport.handle_request = handle  # type: ignore[method-assign]
    world.delete(state)
    assert bound(v2) == []


@pytest.mark.parametrize("spelled", ["hex", "uuid"])
def test_ids_of_keys_are_compared_whatever_their_spelling(v2: Account, world: World, spelled: str) -> None:
    v2.set(key_id_form=spelled)
    written = KEY.upper() if spelled == "uuid" else f"{KEY[:8]}-{KEY[8:]}"
    state = world.create(binding(key_id=written))
    assert world.diff(state, binding(key_id=written)).changes is False
    world.delete(state)
    assert [one["services"] for one in v2.keys()] == [[], [], []]


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["reset", "bad gateway"])
@pytest.mark.parametrize("verb", ["bind", "unbind"])
def test_a_lost_answer_changes_nothing_in_the_end(v2: Account, world: World, verb: str, fault: Values) -> None:
    world.cloud.fault(method="POST", path=f"/{verb}$", commit=True, **fault)
    state = world.create(binding())
    assert bound(v2) == [SERVICE_ID]
    world.delete(state)
    assert bound(v2) == []


def test_a_call_that_is_accepted_and_not_carried_out_is_made_again(v2: Account, world: World) -> None:
    world.cloud.fault(method="POST", path="/bind$", status=200, body="{}", count=2)
    world.create(binding())
    assert v2.writes() == [BIND] * 3
    assert bound(v2) == [SERVICE_ID]


def test_one_that_is_never_carried_out_is_told(v2: Account, world: World) -> None:
    world.cloud.fault(method="POST", path="/bind$", status=200, body="{}", count=None)
    with pytest.raises(UnhealthyError, match="ModelArts was told 4 times to bind the key, and shows no change"):
        world.create(binding())
    world.cloud.admin("DELETE", "/faults")
    state = world.create(binding())
    world.cloud.fault(method="POST", path="/unbind$", status=200, body="{}", count=None)
    with pytest.raises(InferenceError, match="was not deleted: ModelArts was told 4 times to unbind the key"):
        world.delete(state)


def test_a_key_of_a_user_needs_none(v2: Account, world: World) -> None:
    expected = (
        f'the API key "all" ({"c" * 32}) has scope USER: it may call all services of its user and needs no binding; '
        "remove the binding, or make a key with scope SERVICE"
    )
    assert v2.problems(binding(key_id="c" * 32)) == [f"key_id: {expected}"]
    world.configuration.values["modelartsPlanChecks"] = "false"
    world.next_operation()
    with pytest.raises(InferenceError) as caught:
        world.create(binding(key_id="c" * 32))
    assert expected in str(caught.value)
    assert v2.writes() == []


def test_what_is_not_there_is_told_in_the_preview(v2: Account) -> None:
    [found] = v2.problems(binding(key_id="d" * 32))
    assert found.startswith(f"key_id: there is no API key {'d' * 32}; compare the id with the cloud")
    v2.world.next_operation()
    [found] = v2.problems(binding(service_id="00000000-0000-4000-8000-0000000000ff"))
    assert found.startswith("service_id: there is no service 00000000-0000-4000-8000-0000000000ff")


def test_what_is_not_known_yet_is_not_asked_for(v2: Account, world: World) -> None:
    for values in ({"service_id": UNKNOWN, "key_id": UNKNOWN}, binding(key_id=UNKNOWN), binding(service_id=UNKNOWN)):
        assert world.lifecycle.check(world.context(), None, values).problems == []


def test_the_same_twice_in_a_program_is_refused(v2: Account, world: World) -> None:
    assert world.check(binding()).problems == []
    [found] = world.check(binding(), urn=f"{BINDING_URN}-2").problems
    assert str(found) == 'key_id: the ApiKeyBinding "clients-of-chat" is the same; remove one of the two'


@pytest.mark.parametrize("value", ["", "a,b", "a/b"])
def test_ids_are_ids(v2: Account, value: str) -> None:
    assert len(v2.problems(binding(key_id=value))) == 1
    assert len(v2.problems(binding(service_id=value))) == 1


def test_the_import_lists_what_is_bound(v2: Account, world: World) -> None:
    v2.bind(KEY)
    v2.bind(OTHER_KEY, OTHER_SERVICE_ID)
    client = world.lifecycle.connect(world.context(), {}).client()
    listed = list(API_KEY_BINDING.listed(client, {}))
    assert sorted(listed) == [(f"{SERVICE_ID},{KEY}", "clients"), (f"{OTHER_SERVICE_ID},{OTHER_KEY}", "others")]
    assert list(API_KEY_BINDING.listed(client, {"service_id": SERVICE_ID})) == [(f"{SERVICE_ID},{KEY}", "clients")]
    world.next_operation()
    thing = f"{SERVICE_ID},{KEY}"
    found = world.lifecycle.read(world.context(), thing, State(thing, {}, {}))
    assert found is not None
    assert {name: found.inputs[name] for name in binding()} == binding()
