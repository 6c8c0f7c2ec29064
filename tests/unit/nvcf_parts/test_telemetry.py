"""Telemetry endpoints through the verbs of their lifecycle."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_inference.core.errors import ConfigurationError, ConflictError, InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import State
from pulumi_inference.engine.provider import pack
from pulumi_inference.nvcf.telemetries import TelemetryLifecycle
from tests.support.nvcf import Nvcf, function
from tests.support.nvcf_parts import SECRET, TELEMETRY_URN, problems, telemetry
from tests.support.world import Values, World, edited


@pytest.fixture(autouse=True)
def world(nvcf: Nvcf) -> World:
    """The world of a telemetry endpoint."""
    nvcf.world.lifecycle = TelemetryLifecycle()
    return nvcf.world


def live(nvcf: Nvcf) -> list[Values]:
    """All telemetry endpoints of the account."""
    found: list[Values] = nvcf.api("GET", "/telemetries")["telemetries"]
    return found


def made(nvcf: Nvcf, **changes: Any) -> State:
    """A new one."""
    return nvcf.world.create(telemetry(**changes))


def body(nvcf: Nvcf) -> Any:
    """What the one write of this operation has sent."""
    [sent] = nvcf.sent("POST", "PUT", "PATCH", "DELETE")
    return sent.body


def test_a_life(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf)
    [found] = live(nvcf)
    assert nvcf.writes() == ["POST /telemetries"]
    assert body(nvcf).keys() == {"endpoint", "protocol", "provider", "types", "secret"}
    assert state.id == found["telemetryId"]
    assert state.inputs["name"] == found["name"]
    assert state.facts == {"telemetry_id": state.id, "created_at": found["createdAt"]}

    difference = world.diff(state, telemetry())
    assert (difference.changes, world.told, world.warned) == (False, [], [])
    assert world.read(state) == state

    world.delete(state)
    assert nvcf.writes() == [f"DELETE /telemetries/{state.id}"]
    assert live(nvcf) == []
    assert world.read(state) is None
    world.delete(state)
    assert world.warned == [f"{state.inputs['name']} was gone already; nothing was deleted"]


@pytest.mark.parametrize("secret", ["another", {"apiKey": "another", "instanceId": 7}], ids=["text", "object"])
def test_another_secret_is_sent_in_place(nvcf: Nvcf, world: World, secret: Any) -> None:
    state = made(nvcf)
    difference = world.diff(state, telemetry(secret=secret))
    assert (difference.changes, difference.replaces) == (None, [])
    assert difference.stable.keys() == {"telemetry_id", "created_at"}
    state = world.update(state, telemetry(secret=secret))
    assert nvcf.writes() == [f"PUT /secrets/telemetries/{state.id}"]
    assert world.diff(state, telemetry(secret=secret)).changes is False
    assert world.update(state, telemetry(secret=secret)) == state
    assert nvcf.writes() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("telemetry_endpoint", "https://other.example.com"),
        ("protocol", "GRPC"),
        ("provider", "DATADOG"),
        ("types", ["LOGS"]),
        ("name", "other"),
    ],
)
@pytest.mark.parametrize("name", [None, "mine"], ids=["automatic name", "own name"])
def test_all_else_makes_it_anew(nvcf: Nvcf, world: World, name: str | None, field: str, value: Any) -> None:
    state = made(nvcf, name=name)
    difference = world.diff(state, telemetry(**{"name": name, field: value}))
    assert field in difference.replaces
    # Only a name that is given and stays has to be given up before.
    assert difference.delete_before_replace is (name is not None and field != "name")


def test_types_have_no_order(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, types=["TRACES", "LOGS"])
    assert world.diff(state, telemetry(types=["LOGS", "TRACES"])).changes is False


def test_no_answer_and_no_log_has_the_secret(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf)
    assert pack(state)["secret"] == SECRET  # The engine encrypts the input.
    assert SECRET not in json.dumps([live(nvcf), state.facts])
    assert world.environment.redactor.redact(f"so it is {SECRET}") == "so it is [secret]"


@pytest.mark.parametrize("name", [None, "mine"], ids=["automatic name", "own name"])
@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["reset", "bad gateway"])
def test_a_create_whose_answer_is_lost_makes_one(nvcf: Nvcf, world: World, name: str | None, fault: Values) -> None:
    world.cloud.fault(method="POST", path="/telemetries$", commit=True, **fault)
    state = made(nvcf, name=name)
    assert [one["telemetryId"] for one in live(nvcf)] == [state.id]


@pytest.mark.parametrize("name", [None, "mine"], ids=["automatic name", "own name"])
def test_a_crashed_create_is_taken_over_and_gets_the_secret(nvcf: Nvcf, world: World, name: str | None) -> None:
    state = made(nvcf, name=name)
    again = made(nvcf, name=name, secret="newer")
    assert again.id == state.id
    assert nvcf.writes()[-1] == f"PUT /secrets/telemetries/{state.id}"
    assert "made by an earlier run of this program whose state lost it" in world.told[0]
    assert world.diff(again, telemetry(name=name, secret="newer")).changes is False


def test_one_of_somebody_else_is_not_taken_over(nvcf: Nvcf, world: World) -> None:
    other = made(nvcf, name="mine", provider="DATADOG")
    world.next_operation()
    expected = (
        f"name: the name is taken by the telemetry {other.id}, which this resource has not made. Choose another name, "
        f"or manage that telemetry: `pulumi-inference import nvcf telemetry {other.id} --name {world.context().label}`"
    )
    assert problems(nvcf, telemetry(name="mine")) == [expected]


def test_a_name_that_is_taken_meanwhile_is_a_conflict_with_advice(nvcf: Nvcf, world: World) -> None:
    world.configuration.values["nvcfPlanChecks"] = "false"
    other = made(nvcf, name="mine", provider="DATADOG")
    with pytest.raises(InferenceError, match="already exists in the account") as caught:
        made(nvcf, name="mine")
    assert f"pulumi-inference import nvcf telemetry {other.id}" in str(caught.value)
    assert not isinstance(caught.value, ConflictError)


def used_by_a_function(nvcf: Nvcf, state: State) -> State:
    """Makes a version that uses the telemetry; the world's resource is a telemetry again."""
    version = nvcf.function(function(telemetries={"logs_telemetry_id": state.id}))
    nvcf.world.lifecycle = TelemetryLifecycle()
    return version


def test_one_that_a_function_uses_is_kept_and_its_users_told(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, name="mine")
    version = used_by_a_function(nvcf, state)
    function_id, version_id = version.id.split(",")
    with pytest.raises(InferenceError, match="in use by Function id") as caught:
        world.delete(state)
    assert f"Function id '{function_id}', version '{version_id}'" in str(caught.value)
    assert "Delete these versions, or let newer ones use another one" in str(caught.value)

    with pytest.raises(ConfigurationError, match=f"^provider: mine has to be deleted .*{version.id}") as caught:
        world.diff(state, telemetry(name="mine", provider="DATADOG"))
    assert str(caught.value.next_step).startswith("Give the new one another name, or none")
    assert world.diff(state, telemetry(name="other", provider="DATADOG")).replaces == ["name", "provider"]


def test_one_that_versions_use_goes_first_only_when_the_options_say_so(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, name="mine")
    used_by_a_function(nvcf, state)
    world.next_operation()
    world.context().course.deletes_first = True
    inputs = world.known(world.valid(telemetry(name="mine", provider="DATADOG"), state))
    assert world.lifecycle.diff(world.context(), state.id, state, inputs).delete_before_replace
    assert [text.split("; ")[-1] for text in world.warned] == [
        "those of this program go first and come again, as functions with another id where it was the last version, "
        "and for others NVCF keeps it"
    ]


def test_one_that_is_gone_is_made_anew(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf)
    nvcf.api("DELETE", f"/telemetries/{state.id}")
    difference = world.diff(state, telemetry())
    assert (difference.changes, difference.replaces) == (True, ["telemetry_id"])
    assert world.told == [f"the telemetry {state.id} is gone from the cloud; it will be made anew, with another id"]
    with pytest.raises(InferenceError, match="is gone from the cloud"):
        world.update(state, telemetry(secret="newer"))


def test_the_most_that_an_account_may_have(nvcf: Nvcf, world: World) -> None:
    world.cloud.admin("PATCH", "/settings", {"nvcf.max_telemetries": 1})
    made(nvcf)
    with pytest.raises(InferenceError, match=r"maximum allowed telemetries \(1\) exceeded"):
        world.create(telemetry(name="second"), urn=f"{TELEMETRY_URN}-2")


WRONG: dict[str, tuple[Values, str]] = {
    "no secret": ({"secret": None}, "secret: is required to make a telemetry endpoint"),
    "a number as secret": ({"secret": 7}, "secret: must be a text, or a map that is sent as a JSON object"),
    "an empty secret": (
        {"secret": "  "},
        "secret: must have 1 to 32768 characters without blanks around, not 0",
    ),
    "a long secret": (
        {"secret": "x" * 32769},
        "secret: must have 1 to 32768 characters without blanks around, not 32769",
    ),
    "a long object": (
        {"secret": {"k": "x" * 32768}},
        "secret: must have 1 to 32768 characters without blanks around, not 32776",
    ),
    "a type twice": ({"types": ["LOGS", "LOGS"]}, 'types[1]: "LOGS" stands in types[0] already'),
    "no types": ({"types": []}, "types: must have at least 1 item"),
    "an unknown provider": ({"provider": "PIGEON"}, 'provider: must be "PROMETHEUS"'),
    "a name with a blank": ({"name": "my logs"}, "name: must be letters, digits"),
    "a long name": ({"name": "x" * 49}, "name: must have at most 48 characters"),
    "an address with a blank": ({"telemetry_endpoint": "a b"}, "telemetry_endpoint: must be an address without"),
}


@pytest.mark.parametrize(("changes", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_in_the_preview(nvcf: Nvcf, changes: Values, expected: str) -> None:
    [found] = problems(nvcf, telemetry(**changes))
    assert found.startswith(expected)
    assert nvcf.writes() == []


@pytest.mark.parametrize("secret", [UNKNOWN, {"apiKey": UNKNOWN}, {"a": {"b": [UNKNOWN]}}])
def test_a_secret_that_is_not_known_yet_is_not_judged(world: World, secret: Any) -> None:
    assert world.lifecycle.check(world.context(), None, telemetry(secret=secret)).problems == []


def test_an_imported_one_needs_no_secret_until_it_is_made_anew(nvcf: Nvcf, world: World) -> None:
    state = made(nvcf, name="mine")
    imported = edited(state)
    del imported.inputs["secret"]
    assert world.diff(imported, telemetry(name="mine", secret=None)).changes is False
    world.next_operation()
    changed = telemetry(name="mine", secret=None, provider="DATADOG")
    assert problems(nvcf, changed, imported) == ["secret: is required to make a telemetry endpoint"]
    state = world.update(imported, telemetry(name="mine"))
    assert nvcf.writes() == [f"PUT /secrets/telemetries/{state.id}"]
