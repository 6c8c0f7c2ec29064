"""API keys through the verbs of their lifecycle."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.lifecycle import State
from pulumi_inference.core.lifecycle.status import Wanted
from pulumi_inference.engine.provider import pack
from pulumi_inference.modelartsv2.apikeys import API_KEY, ApiKeyLifecycle
from tests.support.modelartsv2_keys import KEY_URN, OTHER_SERVICE_ID, SERVICE_ID, Account, api_key
from tests.support.world import Values, World, edited


@pytest.fixture(autouse=True)
def world(v2: Account) -> World:
    """The world of a key."""
    v2.world.lifecycle, v2.world.urn = ApiKeyLifecycle(), KEY_URN
    return v2.world


def made(v2: Account, **changes: Any) -> State:
    """A new one."""
    return v2.world.create(api_key(**changes))


def value_of(state: State) -> str:
    """The key itself."""
    value = state.facts["api_key"]
    assert isinstance(value, str)
    return value


def works(v2: Account, state: State) -> bool:
    """Whether the cloud knows the key by its value."""
    digest = hashlib.sha256(value_of(state).encode()).hexdigest()
    return [one["key_id"].replace("-", "") for one in v2.admin("GET", "/keys")["keys"] if one["digest"] == digest] == [
        state.id.replace("-", "")
    ]


FORMS = ["csv", "csv_bom", "json"]
NAMES = pytest.mark.parametrize("name", [None, "mine"], ids=["automatic name", "own name"])


@pytest.mark.parametrize("key_id", ["hex", "uuid"])
@pytest.mark.parametrize("form", FORMS)
def test_a_life(v2: Account, world: World, form: str, key_id: str) -> None:
    v2.set(key_answer=form, key_id_form=key_id)
    state = made(v2)
    [found] = v2.keys()
    assert v2.writes() == ["POST /services/api-keys"]
    assert (state.id, state.inputs["name"]) == (found["key_id"], found["name"])
    assert state.inputs["description"] == found["description"] == "For the search team."
    assert state.facts == {
        "key_id": state.id,
        "api_key": value_of(state),
        "workspace_id": "0",
        "domain_id": found["domain_id"],
        "created_at": int(found["create_time"]),
    }
    assert works(v2, state)

    difference = world.diff(state, api_key())
    assert (difference.changes, world.told, world.warned) == (False, [], [])
    assert difference.stable == state.facts
    assert world.read(state) == state
    assert world.update(state, api_key()) == state
    assert v2.writes() == []

    world.delete(state)
    assert v2.writes() == [f"DELETE /services/api-keys/{state.id}"]
    assert v2.keys() == []
    assert world.read(state) is None
    world.delete(state)
    assert world.warned == [f"{state.inputs['name']} was gone already; nothing was deleted"]


@NAMES
@pytest.mark.parametrize(("field", "value"), [("scope", "USER"), ("description", "Other."), ("name", "other")])
def test_every_change_makes_another(v2: Account, world: World, name: str | None, field: str, value: str) -> None:
    state = made(v2, name=name)
    difference = world.diff(state, api_key(**{"name": name, field: value}))
    assert field in difference.replaces
    # Only a name that is given and stays has to be given up before.
    assert difference.delete_before_replace is (name is not None and field != "name")


def test_an_own_name_bears_the_mark(v2: Account, world: World) -> None:
    state = made(v2, name="mine")
    [found] = v2.keys()
    assert found["description"].startswith("For the search team. [pulumi:")
    assert state.inputs["description"] == "For the search team."
    assert world.diff(state, api_key(name="mine")).changes is False


def test_a_description_that_leaves_no_room_for_the_mark_stays_whole(v2: Account, world: World) -> None:
    state = made(v2, name="mine", description="x" * 256)
    assert [one["description"] for one in v2.keys()] == ["x" * 256]
    assert world.diff(state, api_key(name="mine", description="x" * 256)).changes is False


def test_the_value_is_in_the_state_and_nowhere_else(v2: Account, world: World) -> None:
    state = made(v2)
    value = value_of(state)
    assert pack(state)["api_key"] == value  # The engine encrypts the output.
    assert value not in repr(v2.keys()) + "".join(world.progress + world.told + world.warned)
    assert world.environment.redactor.redact(f"so it is {value}") == "so it is [secret]"
    for verb in (
        lambda: world.diff(state, api_key()),
        lambda: world.read(state),
        lambda: world.update(state, api_key()),
        lambda: world.delete(state),
    ):
        world.next_operation()
        verb()
        assert world.environment.redactor.redact(value) == "[secret]"


@NAMES
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["reset", "bad gateway"])
def test_a_create_whose_answer_is_lost_leaves_one_whose_value_is_known(
    v2: Account, world: World, fault: Values, form: str, name: str | None
) -> None:
    v2.set(key_answer=form)
    world.cloud.fault(method="POST", path="/api-keys$", commit=True, **fault)
    state = made(v2, name=name)
    assert [one["key_id"] for one in v2.keys()] == [state.id]
    assert works(v2, state)
    assert [one.partition(" ")[0] for one in v2.writes()] == ["POST", "DELETE", "POST"]
    [told] = world.told
    assert told.startswith(f"deletes {state.inputs['name']} (")
    assert "made by a create call whose answer was lost, and makes it anew" in told


@NAMES
def test_one_that_a_crashed_run_has_made_is_made_anew(v2: Account, world: World, name: str | None) -> None:
    left = made(v2, name=name)
    v2.serve()
    v2.api("POST", f"/services/{SERVICE_ID}/api-keys/{left.id}/bind")
    state = made(v2, name=name)
    assert [one["key_id"] for one in v2.keys()] == [state.id]
    assert state.id != left.id
    assert works(v2, state)
    assert v2.writes() == [
        f"POST /services/{SERVICE_ID}/api-keys/{left.id}/unbind",
        f"DELETE /services/api-keys/{left.id}",
        "POST /services/api-keys",
    ]
    [told] = world.told
    assert f"({left.id}), made by a create call of an earlier run of this program, whose state lost it" in told
    assert world.diff(state, api_key(name=name)).changes is False


def test_one_of_somebody_else_is_told_in_the_preview_and_stays(v2: Account, world: World) -> None:
    v2.api("POST", "/services/api-keys", {"name": "mine", "scope": "SERVICE"})
    [other] = v2.keys()
    world.next_operation()
    assert v2.problems(api_key(name="mine")) == [
        f"name: the name is taken by the API key {other['key_id']}, which this resource has not made. Choose another "
        f"name, or manage that API key: `pulumi-inference import modelartsv2 apikey {other['key_id']} --name clients`"
    ]
    inputs = api_key(name="mine")
    with pytest.raises(InferenceError, match="the name is taken by the API key"):
        world.lifecycle.create(world.context(), {**inputs, **world.lifecycle.locate(world.context(), inputs)})
    assert (v2.keys(), v2.writes()) == ([other], [])


def test_a_name_is_taken_by_exactly_that_name(v2: Account) -> None:
    v2.api("POST", "/services/api-keys", {"name": "mine-too", "scope": "SERVICE"})
    assert made(v2, name="mine").inputs["name"] == "mine"


def test_a_name_that_is_taken_meanwhile_is_told_whatever_the_status(v2: Account, world: World) -> None:
    """Which status tells it is not documented; the list is asked for the reason of a 400."""
    refusal = {"error_code": "ModelArts.50004000", "error_msg": "Duplicate."}
    world.cloud.fault(method="POST", path="/api-keys$", status=400, **refusal)
    carry_out = world.transport.handle_request

    def handle(request: Any) -> Any:
        if request.method == "POST" and request.url.path.endswith("/api-keys") and not v2.keys():
            v2.seed(keys=[{"name": "mine", "scope": "SERVICE"}])
        return carry_out(request)

    world.transport.handle_request = handle  # type: ignore[method-assign]
    with pytest.raises(InferenceError, match="the name is taken by the API key") as caught:
        made(v2, name="mine")
    assert "Duplicate." in str(caught.value)
    assert len(v2.keys()) == 1


def test_the_limit_explains_a_refusal(v2: Account, world: World) -> None:
    v2.seed(keys=[{"name": f"key-{number}", "scope": "USER"} for number in range(100)])
    with pytest.raises(InferenceError, match="The quota of 100 API keys is used up") as caught:
        made(v2)
    assert world.warned == [
        "there are 100 API keys, and 100 is what an account may have by default; unless its limit was raised, "
        "ModelArts refuses another one"
    ]
    assert "there are 100 API keys, and 100 is what an account may have by default" in str(caught.value)
    assert "Delete keys that nobody uses, or have the limit raised" in str(caught.value)


def test_a_refusal_of_something_else_is_told_as_it_is(v2: Account, world: World) -> None:
    world.cloud.fault(method="POST", path="/api-keys$", status=400, error_code="X.1", error_msg="No.")
    with pytest.raises(InferenceError, match=r"No\.") as caught:
        made(v2)
    assert "by default" not in str(caught.value)
    assert v2.keys() == []


@pytest.mark.parametrize("scope", ["SERVICE", "USER"])
def test_a_delete_takes_it_from_its_services_first(v2: Account, world: World, scope: str) -> None:
    state = made(v2, scope=scope)
    for service in (SERVICE_ID, OTHER_SERVICE_ID):
        v2.serve(service, name=f"chat-{service[-1]}")
        v2.api("POST", f"/services/{service}/api-keys/{state.id}/bind")
    world.delete(state)
    unbinds = [f"POST /services/{service}/api-keys/{state.id}/unbind" for service in (SERVICE_ID, OTHER_SERVICE_ID)]
    tried = [] if scope == "SERVICE" else [f"DELETE /services/api-keys/{state.id}"]
    assert v2.writes() == [*tried, *unbinds, f"DELETE /services/api-keys/{state.id}"]
    assert v2.keys() == []


def test_a_delete_that_is_refused_is_told(v2: Account, world: World) -> None:
    state = made(v2)
    world.cloud.fault(method="DELETE", path="/api-keys/", status=400, error_code="X.1", error_msg="No.")
    with pytest.raises(InferenceError, match=r"was not deleted.*No"):
        world.delete(state)
    assert len(v2.keys()) == 1


def test_one_that_is_gone_is_made_anew(v2: Account, world: World) -> None:
    state = made(v2)
    v2.api("DELETE", f"/services/api-keys/{state.id}")
    difference = world.diff(state, api_key())
    assert (difference.changes, difference.replaces) == (True, ["key_id"])
    assert world.told == [
        f"the API key {state.id} is gone from the cloud; it will be made anew, with another id and value"
    ]


def test_an_imported_one_has_no_value(v2: Account, world: World) -> None:
    state = made(v2, name="mine")
    world.next_operation()
    spelled = f"{state.id[:8]}-{state.id[8:].upper()}"
    assert [one for one, _ in API_KEY.listed(world.lifecycle.connect(world.context(), {}).client(), {})] == [state.id]
    found = world.lifecycle.read(world.context(), spelled, State(spelled, {}, {}))
    assert found is not None
    assert (found.inputs["name"], found.inputs["description"]) == ("mine", "For the search team.")
    assert "api_key" not in found.facts
    imported = edited(State(spelled, dict(found.inputs), dict(found.facts)))
    assert world.diff(imported, api_key(name="mine")).changes is False
    world.delete(imported)
    assert v2.keys() == []


def test_two_of_a_name_in_one_program_are_refused(v2: Account, world: World) -> None:
    assert world.check(api_key(name="mine")).problems == []
    [found] = world.check(api_key(name="mine"), urn=f"{KEY_URN}-2").problems
    assert str(found) == 'name: "mine" is the name of "clients" in this program too; choose another one'


WRONG: dict[str, tuple[Values, str]] = {
    "no scope": ({"scope": None}, "scope: is required"),
    "another scope": ({"scope": "ALL"}, 'scope: must be "USER" or "SERVICE"'),
    "a name with a blank": ({"name": "my key"}, "name: must be 1 to 64 letters, Chinese characters, digits"),
    "a long name": ({"name": "x" * 65}, "name: must be 1 to 64 letters, Chinese characters, digits"),
    "a long description": ({"description": "x" * 257}, "description: must have at most 256 characters"),
    "a description with a quote": ({"description": "it's"}, "description: must be a text without ! < > = & ' and \""),
    "a value": ({"api_key": "ak-1"}, "unknown property `api_key`; allowed: name, scope"),
}


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_the_preview(v2: Account, changes: Values, expected: str) -> None:
    [found] = v2.problems(api_key(**changes))
    assert found.startswith(expected)
    assert v2.writes() == []


def test_a_chinese_name_is_a_name(v2: Account) -> None:
    assert made(v2, name="客户-1").inputs["name"] == "客户-1"


def test_status_tells_the_scope_and_what_it_may_call(v2: Account, world: World) -> None:
    state = made(v2)
    v2.serve()
    v2.api("POST", f"/services/{SERVICE_ID}/api-keys/{state.id}/bind")
    world.next_operation()
    seen = world.lifecycle.observe(world.context(), state.id, state.inputs, Wanted())
    assert (seen.state, dict(seen.columns)) == ("ready", {"scope": "SERVICE", "services": "chat"})
    assert value_of(state) not in json.dumps([seen.raw, dict(seen.columns)])
