"""Who may call a function, through the verbs of an authorization: both levels, foreign changes, and crashes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.nvcf.authorizations import AUTHORIZATION, AuthorizationLifecycle
from tests.support.nvcf import FUNCTION_URN, Nvcf, function
from tests.support.nvcf_parts import AUTHORIZATION_URN, problems
from tests.support.world import Values

OWNER = "nca-emulator"


@pytest.fixture
def version(nvcf: Nvcf) -> State:
    """The only version of a function; from here on the world is that of an authorization."""
    state = nvcf.function()
    nvcf.world.lifecycle = AuthorizationLifecycle()
    return state


@pytest.fixture
def second(nvcf: Nvcf, version: State) -> State:
    """A second version of the same function."""
    state = nvcf.function(function(function_id=version.id.partition(",")[0], container_image="nvcr.io/acme/echo:2"))
    nvcf.world.lifecycle = AuthorizationLifecycle()
    return state


def of_all(version: State, *accounts: str, **changes: Any) -> Values:
    """What a program says of all versions of a function."""
    return {"function_id": version.id.partition(",")[0], "accounts": list(accounts), **changes}


def of_one(version: State, *accounts: str) -> Values:
    """What a program says of one version."""
    return of_all(version, *accounts, version_id=version.id.partition(",")[2])


def path_of(version: State, *, one: bool = False) -> str:
    """Where its sharing is."""
    function_id, version_id = version.id.split(",")
    return f"/authorizations/functions/{function_id}" + (f"/versions/{version_id}" if one else "")


def callers(nvcf: Nvcf, version: State) -> list[str]:
    """Who may call a version."""
    found = nvcf.api("GET", path_of(version, one=True))["function"]["authorizedParties"]
    return sorted(party["ncaId"] for party in found)


def share(nvcf: Nvcf, version: State, accounts: Sequence[str], *, one: bool = False) -> None:
    """Shares it behind the program's back, with these and no others."""
    if accounts:
        parties = [{"ncaId": one} for one in accounts]
        nvcf.api("POST", path_of(version, one=one), {"authorizedParties": parties})
    else:
        nvcf.api("DELETE", path_of(version, one=one))


def sent(nvcf: Nvcf) -> list[tuple[str, Any]]:
    """The writes of this operation: what, and with whom."""

    def whom(body: Any) -> Any:
        if not body:
            return None
        parties = body.get("authorizedParties")
        return [one["ncaId"] for one in parties] if parties else body["authorizedParty"]["ncaId"]

    return [
        (f"{one.method} {one.path.rpartition('/')[2] if one.method == 'PATCH' else ''}".strip(), whom(one.body))
        for one in nvcf.sent("POST", "PUT", "PATCH", "DELETE")
    ]


LEVELS = pytest.mark.parametrize("program", [of_all, of_one], ids=["function", "version"])


@LEVELS
def test_a_life(nvcf: Nvcf, version: State, program: Any) -> None:
    world = nvcf.world
    state = world.create(program(version, "nca-a", "nca-b"))
    assert sent(nvcf) == [("POST", ["nca-a", "nca-b"])]
    assert state.id == (version.id if program is of_one else version.id.partition(",")[0])
    assert (state.facts["owner"], state.facts["other_accounts"]) == (OWNER, [])
    assert callers(nvcf, version) == ["nca-a", "nca-b"]

    assert world.diff(state, program(version, "nca-b", "nca-a")).changes is False
    assert (world.told, world.warned) == ([], [])
    assert world.read(state) == state

    changed = program(version, "nca-b", "nca-c")
    difference = world.diff(state, changed)
    assert (difference.changes, difference.replaces) == (None, [])
    state = world.update(state, changed)
    assert sent(nvcf) == [("PATCH add", "nca-c"), ("PATCH remove", "nca-a")]
    assert state.inputs["accounts"] == ["nca-b", "nca-c"]
    assert world.diff(state, changed).changes is False

    world.delete(state)
    assert sent(nvcf) == [("DELETE", None)]
    assert callers(nvcf, version) == []
    world.delete(state)
    assert sent(nvcf) == []
    assert world.warned == [
        f"{AuthorizationLifecycle().name_of({}, state.id)} was shared with none of them any more; nothing was deleted"
    ]


def test_no_account_of_the_former_is_left_at_any_moment(nvcf: Nvcf, version: State) -> None:
    """The set is never empty on the way: to nobody, no one can be added."""
    state = nvcf.world.create(of_all(version, "nca-a"))
    nvcf.world.update(state, of_all(version, "nca-b"))
    assert sent(nvcf) == [("PATCH add", "nca-b"), ("PATCH remove", "nca-a")]


@pytest.mark.parametrize(
    ("field", "value"),
    [("function_id", "0b8c1f0e-5d0a-4a53-9e43-2d5d6b7a1c01"), ("version_id", "0b8c1f0e-5d0a-4a53-9e43-2d5d6b7a1c01")],
)
def test_what_is_shared_is_replaced(nvcf: Nvcf, version: State, field: str, value: str) -> None:
    state = nvcf.world.create(of_all(version, "nca-a"))
    nvcf.world.next_operation()
    life = nvcf.world.lifecycle
    changed = {**state.inputs, field: value}
    difference = life.diff(nvcf.world.context(), state.id, state, changed)
    assert (difference.replaces, difference.delete_before_replace) == ([field], False)


def test_an_account_that_was_taken_away_is_drift_of_just_that(nvcf: Nvcf, version: State) -> None:
    world, program = nvcf.world, of_all(version, "nca-a", "nca-b")
    state = world.create(program)
    share(nvcf, version, ["nca-b"])
    difference = world.diff(state, program)
    assert difference.changes is True
    assert world.told == [
        "accounts: changed outside of the program: program ['nca-a', 'nca-b'], live ['nca-b']; `pulumi up` puts it back"
    ]
    found = world.read(state)
    assert found is not None
    assert found.inputs["accounts"] == ["nca-b"]
    world.update(found, program)
    assert sent(nvcf) == [("PATCH add", "nca-a")]


def test_all_that_was_taken_away_is_given_again(nvcf: Nvcf, version: State) -> None:
    world, program = nvcf.world, of_all(version, "nca-a", "nca-b")
    state = world.create(program)
    share(nvcf, version, [])
    assert world.diff(state, program).changes is True
    world.update(state, program)
    assert sent(nvcf) == [("PATCH add", "nca-a"), ("POST", ["nca-a", "nca-b"])]
    assert callers(nvcf, version) == ["nca-a", "nca-b"]


@LEVELS
def test_an_account_that_others_have_let_in_is_told_and_stays(nvcf: Nvcf, version: State, program: Any) -> None:
    world, wanted = nvcf.world, program(version, "nca-a")
    state = world.create(wanted)
    share(nvcf, version, ["nca-a", "nca-x"], one=program is of_one)
    assert world.diff(state, wanted).changes is False
    assert world.told == ["may be called by nca-x too, whom this resource has not let in"]
    found = world.read(state)
    assert found is not None
    assert (found.inputs, found.facts["other_accounts"]) == (state.inputs, ["nca-x"])
    world.delete(found)
    assert sent(nvcf) == [("PATCH remove", "nca-a")]
    assert callers(nvcf, version) == ["nca-x"]


def test_an_account_that_others_have_let_in_is_taken_over_when_the_program_names_it(nvcf: Nvcf, version: State) -> None:
    world = nvcf.world
    state = world.create(of_all(version, "nca-a"))
    share(nvcf, version, ["nca-a", "nca-x"])
    state = world.update(state, of_all(version, "nca-a", "nca-x"))
    assert sent(nvcf) == [("PATCH add", "nca-x")]
    world.delete(state)
    assert callers(nvcf, version) == []


def test_the_two_levels_do_not_see_each_other(nvcf: Nvcf, version: State, second: State) -> None:
    world = nvcf.world
    both = world.create(of_all(version, "nca-a"))
    one = world.create(of_one(version, "nca-b"))
    assert sent(nvcf) == [("PATCH add", "nca-b"), ("POST", ["nca-b"])]
    assert (callers(nvcf, version), callers(nvcf, second)) == (["nca-a", "nca-b"], ["nca-a"])
    assert (world.diff(both, of_all(version, "nca-a")).changes, world.told) == (False, [])
    assert (world.diff(one, of_one(version, "nca-b")).changes, world.told) == (False, [])
    world.delete(one)
    assert callers(nvcf, version) == ["nca-a"]
    world.delete(both)
    assert callers(nvcf, version) == []


@pytest.mark.parametrize("goes_first", ["function", "version"])
def test_an_account_on_both_levels_of_the_only_version_goes_from_each(
    nvcf: Nvcf, version: State, goes_first: str
) -> None:
    """The answers cannot tell where it stands; what NVCF refuses does."""
    world = nvcf.world
    states = {"function": world.create(of_all(version, "nca-a")), "version": world.create(of_one(version, "nca-a"))}
    world.delete(states.pop(goes_first))
    assert callers(nvcf, version) == ["nca-a"]
    [other] = states.values()
    world.delete(other)
    assert callers(nvcf, version) == []


def test_an_account_moves_from_the_function_to_a_version(nvcf: Nvcf, version: State) -> None:
    world = nvcf.world
    both = world.create(of_all(version, "nca-a", "nca-b"))
    world.create(of_one(version, "nca-b"))
    both = world.update(both, of_all(version, "nca-a"))
    assert callers(nvcf, version) == ["nca-a", "nca-b"]
    assert world.diff(both, of_all(version, "nca-a")).changes is False


def test_a_crashed_create_is_gone_on_with(nvcf: Nvcf, version: State) -> None:
    world, program = nvcf.world, of_all(version, "nca-a", "nca-b")
    first = world.create(program)
    again = world.create(program)
    assert again == first
    assert sent(nvcf) == [("PATCH add", "nca-a"), ("PATCH add", "nca-b")]
    assert world.told == [
        "keeps nca-a, nca-b, let in by an earlier run of this program or by somebody else; when this resource goes, "
        "they are let in no more"
    ]


def test_accounts_of_somebody_else_are_not_cut_off_by_a_create(nvcf: Nvcf, version: State) -> None:
    share(nvcf, version, ["nca-x"])
    nvcf.world.create(of_all(version, "nca-a"))
    assert sent(nvcf) == [("PATCH add", "nca-a")]
    assert callers(nvcf, version) == ["nca-a", "nca-x"]


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["reset", "bad gateway"])
@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_change_whose_answer_is_lost_is_made_once(nvcf: Nvcf, version: State, change: str, fault: Values) -> None:
    world = nvcf.world
    state = world.create(of_all(version, "nca-a", "nca-b"))
    world.cloud.fault(method="PATCH", path=f"/{change}$", commit=True, **fault)
    state = world.update(state, of_all(version, "nca-b", "nca-c"))
    assert callers(nvcf, version) == ["nca-b", "nca-c"]
    assert state.inputs["accounts"] == ["nca-b", "nca-c"]


def test_an_update_that_fails_half_way_keeps_all_that_is_let_in(nvcf: Nvcf, version: State) -> None:
    world = nvcf.world
    state = world.create(of_all(version, "nca-a", "nca-b"))
    world.cloud.fault(method="PATCH", path="/remove$", status=403, error_msg="Access Denied", count=None)
    with pytest.raises(InferenceError, match="authorize_clients") as caught:
        world.update(state, of_all(version, "nca-b", "nca-c"))
    kept = caught.value.state  # type: ignore[attr-defined]
    assert callers(nvcf, version) == ["nca-a", "nca-b", "nca-c"]
    assert sorted(kept.inputs["accounts"]) == ["nca-a", "nca-b", "nca-c"]


@LEVELS
def test_a_function_that_is_gone_takes_it_along(nvcf: Nvcf, version: State, program: Any) -> None:
    world, values = nvcf.world, program(version, "nca-a")
    state = world.create(values)
    function_id, version_id = version.id.split(",")
    nvcf.api("DELETE", f"/functions/{function_id}/versions/{version_id}")
    assert world.read(state) is None
    world.next_operation()
    difference = world.lifecycle.diff(world.context(), state.id, state, state.inputs)
    assert (difference.changes, difference.replaces) == (True, ["function_id"])
    world.delete(state)
    assert sent(nvcf) == []
    assert world.warned[0].endswith("is gone; nothing was deleted")
    assert problems(nvcf, values)[0].endswith("compare the id with the settings")


def test_a_function_that_goes_while_its_sharing_is_deleted_is_a_success(nvcf: Nvcf, version: State) -> None:
    world = nvcf.world
    state = world.create(of_all(version, "nca-a"))
    text = f"Function id '{state.id}': Not found in account '{OWNER}'"
    world.cloud.fault(method="DELETE", path="/authorizations/", status=404, error_msg=text)
    world.delete(state)


WRONG: dict[str, tuple[list[str], str]] = {
    "nobody": ([], "accounts: must have at least 1 item, not 0"),
    "everybody": (
        ["*"],
        "accounts[0]: must be the NCA id of an account; only NVIDIA can make a function public, so name each account",
    ),
    "one twice": (["nca-a", "nca-a"], 'accounts[1]: "nca-a" stands in accounts[0] already'),
    "a blank around": (["nca-a "], "accounts[0]: must be the NCA id of an account, without blanks around it"),
    "the owner": (["nca-a", OWNER], "accounts[1]: is the account that has the function; it may call it anyhow"),
}


@pytest.mark.parametrize(("accounts", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_the_preview(nvcf: Nvcf, version: State, accounts: list[str], expected: str) -> None:
    nvcf.world.next_operation()
    assert problems(nvcf, of_all(version, *accounts)) == [expected]
    assert sent(nvcf) == []


def test_ids_are_uuids_in_any_case(nvcf: Nvcf, version: State) -> None:
    assert problems(nvcf, {"function_id": "echo", "accounts": ["nca-a"]})[0].startswith("function_id: must be an id")
    upper = of_all(version, "nca-a", function_id=version.id.partition(",")[0].upper())
    state = nvcf.world.create(upper)
    assert state.id == version.id.partition(",")[0]
    assert nvcf.world.diff(state, upper).changes is False


def test_a_public_function_is_nobodys_to_share(nvcf: Nvcf, version: State) -> None:
    function_id = version.id.partition(",")[0]
    nvcf.world.cloud.admin("PUT", f"/nvcf/authorizations/functions/{function_id}", {"accounts": ["*"]})
    nvcf.world.next_operation()
    [found] = problems(nvcf, of_all(version, "nca-a"))
    assert found == f"function_id: the function {function_id} is public; only NVIDIA can change that"


def test_two_for_the_same_are_refused(nvcf: Nvcf, version: State) -> None:
    world = nvcf.world
    world.next_operation()
    first = world.lifecycle.check(world.context(AUTHORIZATION_URN), None, of_all(version, "nca-a"))
    other = world.lifecycle.check(world.context(FUNCTION_URN), None, of_all(version, "nca-b"))
    level = world.lifecycle.check(world.context(FUNCTION_URN), None, of_one(version, "nca-b"))
    assert (first.problems, level.problems) == ([], [])
    assert [str(one) for one in other.problems] == [
        'function_id: the Authorization "partners" is for the same; put all accounts into one of the two'
    ]


@pytest.mark.parametrize("name", ["function_id", "version_id", "accounts"])
def test_what_is_not_known_yet_is_not_asked_about(nvcf: Nvcf, version: State, name: str) -> None:
    world = nvcf.world
    world.next_operation()
    values = {**of_one(version, "nca-a"), name: UNKNOWN}
    assert world.lifecycle.check(world.context(), None, values).problems == []
    assert bool(nvcf.sent("GET")) is True


def test_what_is_imported_is_all_of_a_function_and_ones_own_of_a_version(
    nvcf: Nvcf, version: State, second: State
) -> None:
    share(nvcf, version, ["nca-a"])
    share(nvcf, version, ["nca-b"], one=True)
    world, life = nvcf.world, AuthorizationLifecycle()
    world.next_operation()
    found = {
        thing: life.fetch(world.context(), thing, {}) for thing in (version.id.partition(",")[0], version.id, second.id)
    }
    accounts = [one.values["accounts"] for one in found.values() if one]
    assert accounts == [["nca-a"], ["nca-b"], []]
    refusals = [AUTHORIZATION.refusal(one) for one in found.values() if one]
    assert refusals[:2] == [None, None]
    assert str(refusals[2]).endswith("is shared with nobody")
    client = life.connect(world.context(), {}).client()
    assert AUTHORIZATION.listed(client, {}) == [(version.id.partition(",")[0], version.inputs["name"])]
