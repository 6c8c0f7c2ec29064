"""What is alike for all resources: check, diff, read, and what one process remembers."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ConfigurationError, ServerError, TransportError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Live, State, UnhealthyError
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.memory import Once
from pulumi_inference.core.lifecycle.naming import DEFAULTS, Policy
from tests.support.patience import PATIENCE
from tests.support.toys import ToyLifecycle
from tests.support.world import StackConfig

URN = "urn:pulumi:test::trial::toys:Toy::car"
UNREACHABLE = TransportError("GET /: cannot connect", sent=False)
DOWN = ServerError(status=503, code=None, message="down", request_id=None, method="GET", path="/")


class Row:
    """A resource's row: the context of its calls, and what was said there."""

    def __init__(self) -> None:
        self.environment = Environment(StackConfig(), lambda _endpoint: ("", None), {}, ManualClock())
        self.told: list[str] = []
        self.warned: list[str] = []

    def context(self, urn: str = URN, **options: Any) -> Context:
        return Context(self.environment, urn, tell=self.told.append, warn=self.warned.append, **options)


@pytest.fixture
def row() -> Row:
    return Row()


@pytest.fixture
def toys() -> ToyLifecycle:
    return ToyLifecycle()


def recorded(**inputs: Any) -> State:
    return State("toy-1", {"place": "here", **inputs}, {})


def test_check_fills_in_defaults_the_place_and_a_name(row: Row, toys: ToyLifecycle) -> None:
    checked = toys.check(row.context(), None, {"colour": "red", "speed": 3.0})
    assert checked.problems == []
    name = checked.inputs.pop("name")
    assert name.startswith("car-")
    assert checked.inputs == {"colour": "red", "speed": 3, "wait": True, "place": "here", DEFAULTS: ["name"]}


def test_check_finds_every_problem_and_never_raises(row: Row, toys: ToyLifecycle) -> None:
    toys.place = ConfigurationError("the region is not set")
    checked = toys.check(row.context(), None, {"colour": 3, "sped": 1})
    assert [problem.path for problem in checked.problems] == ["colour", "", ""]
    assert "speed" in str(checked.problems[1])
    assert str(checked.problems[2]) == "the region is not set"


def test_a_name_is_kept_while_nothing_immutable_moves(row: Row, toys: ToyLifecycle) -> None:
    first = toys.check(row.context(), None, {"material": "wood"}).inputs
    again = toys.check(row.context(), first, {"material": "wood", "colour": "red"}).inputs
    other = toys.check(row.context(), first, {"material": "tin"}).inputs
    assert again["name"] == first["name"] != other["name"]


def test_a_name_of_an_older_scheme_is_kept_too(row: Row, toys: ToyLifecycle) -> None:
    old = {"name": "car-by-an-older-version", DEFAULTS: ["name"], "place": "here"}
    assert toys.check(row.context(), old, {"colour": "red"}).inputs["name"] == "car-by-an-older-version"


def test_the_programs_own_name_leaves_no_trace_of_ours(row: Row, toys: ToyLifecycle) -> None:
    checked = toys.check(row.context(), {"name": "car-1", DEFAULTS: ["name"]}, {"name": "mine"})
    assert checked.inputs["name"] == "mine"
    assert DEFAULTS not in checked.inputs


@pytest.mark.parametrize("changes", [{"material": UNKNOWN}, {"shop": UNKNOWN}])
def test_a_name_that_hangs_on_unknown_values_is_unknown(row: Row, toys: ToyLifecycle, changes: Any) -> None:
    assert toys.check(row.context(), None, changes).inputs["name"] is UNKNOWN


def test_a_name_that_cannot_be_made_is_a_problem(row: Row, toys: ToyLifecycle) -> None:
    checked = toys.check(row.context(autoname=Policy(disabled=True)), None, {})
    assert [problem.path for problem in checked.problems] == ["name"]


@pytest.mark.parametrize("trouble", [UNREACHABLE, DOWN], ids=["unreachable", "503"])
def test_a_place_that_cannot_be_looked_up_is_taken_from_the_record(row: Row, toys: ToyLifecycle, trouble: Any) -> None:
    toys.place = trouble
    checked = toys.check(row.context(), {"place": "there", "name": "car"}, {"name": "car"})
    assert (checked.problems, checked.inputs["place"]) == ([], "there")
    assert len(row.warned) == 1


def test_a_place_that_cannot_be_looked_up_at_first_is_a_problem(row: Row, toys: ToyLifecycle) -> None:
    toys.place = UNREACHABLE
    assert len(toys.check(row.context(), None, {}).problems) == 1


DIFFS: dict[str, tuple[Any, Any, Any, tuple[bool | None, list[str]]]] = {
    "nothing": ({"colour": "red"}, {"colour": "red"}, {"colour": "red"}, (False, [])),
    "change": ({"colour": "blue"}, {"colour": "red"}, {"colour": "red"}, (None, [])),
    "drift": ({"colour": "red"}, {"colour": "red"}, {"colour": "blue"}, (True, [])),
    "converged": ({"colour": "blue"}, {"colour": "red"}, {"colour": "blue"}, (None, [])),
    "immutable": ({"material": "tin"}, {"material": "wood"}, {"material": "wood"}, (None, ["material"])),
    "immutable set": ({"material": "tin"}, {}, {}, (None, ["material"])),
    "immutable unset": ({}, {"material": "tin"}, {"material": "tin"}, (None, ["material"])),
    "immutable default named": ({"shop": "main"}, {}, {"shop": "main"}, (False, [])),
    "immutable default no longer named": ({}, {"shop": "main"}, {"shop": "main"}, (False, [])),
    "elsewhere": ({"place": "there"}, {}, {}, (None, ["place"])),
    "only our own ways": ({"wait": False}, {"wait": True}, {}, (False, [])),
    "wanted state": ({"state": "on"}, {"state": "off"}, {"state": "off"}, (None, [])),
}


@pytest.mark.parametrize(("program", "record", "live", "expected"), DIFFS.values(), ids=DIFFS)
def test_diff(row: Row, toys: ToyLifecycle, program: Any, record: Any, live: Any, expected: Any) -> None:
    toys.live["toy-1"] = Live(live, {})
    found = toys.diff(row.context(), "toy-1", recorded(**record), {"place": "here", **program})
    assert (found.changes, found.replaces) == expected


@pytest.mark.parametrize(
    ("live", "program", "changes"),
    [
        (Live({}, {}, problem="it broke"), {}, True),
        (Live({}, {}, busy="it rolls out"), {}, True),
        (Live({}, {}, busy="it rolls out"), {"wait": False}, False),
        (Live({}, {}), {}, False),
    ],
)
def test_diff_of_what_is_not_ready(row: Row, toys: ToyLifecycle, live: Live, program: Any, changes: bool) -> None:
    toys.live["toy-1"] = live
    found = toys.diff(row.context(), "toy-1", recorded(), {"place": "here", **program})
    assert found.changes is changes
    assert row.told == [text for text in (live.problem, live.busy) if text and changes]


def test_drift_that_is_ignored_is_none(row: Row, toys: ToyLifecycle) -> None:
    toys.live["toy-1"] = Live({"colour": "blue"}, {})
    state = recorded(colour="red")
    found = toys.diff(row.context(ignored_by_engine=("colour",)), "toy-1", state, dict(state.inputs))
    assert (found.changes, row.told) == (False, [])


def test_drift_of_a_secret_is_told_without_its_values(row: Row, toys: ToyLifecycle) -> None:
    toys.live["toy-1"] = Live({"secret": {"key": "stolen"}}, {})
    state = recorded(secret={"key": "hidden"})
    assert toys.diff(row.context(), "toy-1", state, dict(state.inputs)).changes is True
    assert "stolen" not in row.told[0]
    assert "hidden" not in row.told[0]
    assert "secret" in row.told[0]


def test_a_thing_that_is_gone_is_made_anew(row: Row, toys: ToyLifecycle) -> None:
    found = toys.diff(row.context(), "toy-1", recorded(), recorded().inputs)
    assert (found.changes, found.replaces, found.delete_before_replace) == (True, ["toy_id"], False)
    assert len(row.told) == 1


def test_without_live_state_the_record_is_compared(row: Row, toys: ToyLifecycle) -> None:
    toys.trouble = DOWN
    state = recorded(colour="red", material="wood")
    changes = {"colour": "blue", "material": "tin"}
    same = toys.diff(row.context(), "toy-1", state, dict(state.inputs))
    other = toys.diff(row.context(), "toy-1", state, {**state.inputs, **changes})
    assert (same.changes, other.changes, other.replaces) == (False, None, ["material"])
    assert len(row.warned) == 2


def test_read_projects_and_keeps_what_is_hidden(row: Row, toys: ToyLifecycle) -> None:
    toys.live["toy-1"] = Live({"colour": "blue", "speed": 3}, {"toy_id": "toy-1"})
    state = toys.read(row.context(), "toy-1", recorded(colour="red", gift="card", **{DEFAULTS: ["name"]}))
    assert state == State(
        "toy-1", {"colour": "blue", "gift": "card", "place": "here", DEFAULTS: ["name"]}, {"toy_id": "toy-1"}
    )


def test_read_without_inputs_answers_everything(row: Row, toys: ToyLifecycle) -> None:
    toys.live["toy-1"] = Live({"colour": "blue", "speed": 3}, {})
    state = toys.read(row.context(), "toy-1", State("toy-1", {}, {}))
    assert state is not None
    assert {"colour": "blue", "speed": 3, "place": "here"}.items() <= state.inputs.items()


def test_read_of_what_is_gone_broken_or_not_to_be_seen(row: Row, toys: ToyLifecycle) -> None:
    assert toys.read(row.context(), "toy-1", recorded()) is None
    toys.live["toy-1"] = Live({"colour": "blue"}, {}, problem="it broke")
    with pytest.raises(UnhealthyError, match="it broke") as caught:
        toys.read(row.context(), "toy-1", recorded(colour="red"))
    assert caught.value.state.inputs["colour"] == "blue"
    toys.trouble = DOWN
    with pytest.raises(ServerError):
        toys.read(row.context(), "toy-1", recorded())


@pytest.mark.parametrize(
    ("old", "seen", "hides"), [(None, False, False), ({"name": "a"}, False, True), ({"name": "a"}, True, False)]
)
def test_whether_an_older_one_may_hide(row: Row, toys: ToyLifecycle, old: Any, seen: bool, hides: bool) -> None:
    toys.check(row.context(), old, {})
    if seen:
        toys.diff(row.context(), "toy-1", recorded(), recorded().inputs)
    toys.check(row.context(), None, {})
    assert row.context().may_hide_an_old_one() is hides
    assert row.context(urn=URN + "2").may_hide_an_old_one() is False


def test_a_text_is_told_once_per_resource(row: Row) -> None:
    for urn in (URN, URN, URN + "2"):
        row.context(urn=urn).note("hello")
    assert row.told == ["hello", "hello"]


def test_what_is_asked_once_asks_once_however_many_want_it() -> None:
    once, gate = Once[str, str](), threading.Barrier(8)
    asked: list[str] = []

    def ask() -> str:
        asked.append("key")
        return "value"

    def want() -> None:
        gate.wait(PATIENCE)
        once.get("key", ask)

    threads = [threading.Thread(target=want) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert (len(asked), once.peek("key")) == (1, "value")


def test_what_is_asked_once_keeps_no_error_and_forgets_what_is_dropped() -> None:
    once: Once[str, object] = Once()
    with pytest.raises(ZeroDivisionError):
        once.get("key", lambda: 1 / 0)
    assert once.get("key", lambda: None) is None
    assert once.get("key", lambda: "not asked again") is None
    once.drop("key")
    assert once.get("key", lambda: "new") == "new"
