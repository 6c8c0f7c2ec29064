"""What replaces a thing, what goes first, and what is only told: the cases that one cloud alone does not show."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.compare import compare
from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.facts import Spec, facts_of, field
from pulumi_inference.core.fields.shape import identities, observe
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Difference, Inputs, Live, State
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.difference import replaced_by
from pulumi_inference.core.lifecycle.naming import Policy, unique
from tests.support.toycloud import Process
from tests.support.toys import ToyLifecycle

SOURCE = "tests"


class Lock(Spec):
    """A lock; what it is made of is for good."""

    metal: str | None = field(None, description="Metal.", source=SOURCE, immutable=True)
    maker: str | None = field(None, description="Maker.", source=SOURCE, immutable=True, server_default=True)
    code: int | None = field(None, description="Code.", source=SOURCE)


class Note(Spec):
    """A note that nobody may read."""

    name: str = field(description="Which.", source=SOURCE)
    text: str | None = field(None, description="Text.", source=SOURCE, secret=True)


class Gpu(Spec):
    """One kind of machine."""

    gpu: str = field(description="Accelerator.", source=SOURCE)
    instance_type: str | None = field(None, description="Machine.", source=SOURCE)
    clusters: list[str] | None = field(None, description="Where.", source=SOURCE, unordered=True)
    count: int = field(1, description="How many.", source=SOURCE)
    lock: Lock | None = field(None, description="Lock.", source=SOURCE)


class Chest(Spec):
    """A chest."""

    drawers: dict[str, Lock] | None = field(None, description="Drawers.", source=SOURCE)
    notes: list[Note] | None = field(None, description="Notes.", source=SOURCE, keyed_by="name")
    word: str | None = field(None, description="Word.", source=SOURCE, secret=True, server_default=True)

    lock: Lock | None = field(None, description="Lock.", source=SOURCE)
    gpus: list[Gpu] | None = field(
        None, description="Machines.", source=SOURCE, keyed_by=("gpu", "instance_type", "clusters")
    )
    scale: int | None = field(None, description="Scale.", source=SOURCE, sometimes_answered=True)


class NamelessLifecycle(ToyLifecycle):
    """Of these two may have everything in common."""

    unique_by = ()


class ParticularLifecycle(ToyLifecycle):
    """A toy that can be painted once; after that it has to be another one."""

    identity: ClassVar[tuple[str, ...]] = ("maker_id", "toy_id")

    def must_replace(self, recorded: Inputs, live: Live, program: Inputs) -> list[str]:
        """Whether it has a colour already."""
        return ["colour"] if live.values.get("colour") and program.get("colour") != recorded.get("colour") else []

    def foresee(self, context: Context, recorded: State, live: Live, program: Inputs, found: Difference) -> None:
        """Says what will be lost."""
        if found.replaces:
            context.note(f"{live.values['colour']} paint will be lost")


@pytest.fixture
def process() -> Process:
    return Process()


def recorded(**inputs: Any) -> State:
    return State("toy-1", {"place": "here", **inputs}, {})


# --- what goes first ---


def test_where_nothing_is_unique_the_new_one_comes_first(process: Process) -> None:
    """Else whoever calls it would find nothing there while it is made anew."""
    toys = NamelessLifecycle()
    toys.live["toy-1"] = Live({"material": "wood"}, {})
    found = toys.diff(process.context(), "toy-1", recorded(material="wood"), {"place": "here", "material": "tin"})
    assert found == Difference(None, ["material"], delete_before_replace=False)


# --- what replaces ---


@pytest.mark.parametrize(
    ("before", "after", "replaces"),
    [
        ({"lock": {"metal": "iron"}}, {"lock": {"metal": "iron", "code": 2}}, []),
        ({"lock": {"metal": "iron"}}, {"lock": {"metal": "gold"}}, ["lock"]),
        ({"lock": {"metal": "iron"}}, {"lock": {"code": 2}}, ["lock"]),
        ({"lock": {"metal": "iron"}}, {}, ["lock"]),
        ({}, {"lock": {"metal": "iron"}}, ["lock"]),
        ({}, {"lock": {"code": 2}}, []),
        ({"lock": {"metal": "iron"}}, {"lock": {"metal": UNKNOWN}}, ["lock"]),
        ({"lock": {"metal": "iron"}}, {"lock": UNKNOWN}, ["lock"]),
        ({"lock": {"code": 1}}, {"lock": {"code": UNKNOWN}}, []),
        ({"lock": {"maker": "a"}}, {"lock": {}}, []),
        ({"lock": {"maker": "a"}}, {"lock": {"maker": "b"}}, ["lock"]),
        ({"drawers": {"a": {"metal": "iron"}}}, {"drawers": {"a": {"metal": "gold"}}}, ["drawers"]),
        ({"drawers": {"a": {"metal": "iron"}}}, {"drawers": {"b": {"metal": "gold"}}}, []),
        ({"gpus": [{"gpu": "T4"}]}, {"gpus": [{"gpu": "T4"}, {"gpu": "L4", "lock": {"metal": "iron"}}]}, []),
        (
            {"gpus": [{"gpu": "T4"}, {"gpu": "L4", "lock": {"metal": "iron"}}]},
            {"gpus": [{"gpu": "L4", "lock": {"metal": "gold"}}, {"gpu": "T4"}]},
            ["gpus"],
        ),
    ],
)
def test_what_is_immutable_inside_replaces_like_what_is_so_itself(before: Any, after: Any, replaces: list[str]) -> None:
    assert replaced_by(Chest, before, after) == replaces


def test_drift_in_what_is_immutable_inside_is_beyond_repair() -> None:
    values = {"lock": {"metal": "iron"}}
    (finding,) = compare(Chest, values, values, {"lock": {"metal": "gold"}})
    assert (finding.text, finding.is_for_good) == ("lock.metal", True)
    (finding,) = compare(Chest, {"lock": {"code": 1}}, {"lock": {"code": 1}}, {"lock": {"code": 2}})
    assert not finding.is_for_good


def test_a_room_says_what_its_values_replace(process: Process) -> None:
    toys = ParticularLifecycle()
    toys.live["toy-1"] = Live({"colour": "red"}, {})
    found = toys.diff(process.context(), "toy-1", recorded(colour="red"), {"place": "here", "colour": "blue"})
    assert (found.changes, found.replaces) == (None, ["colour"])
    assert process.told == ["red paint will be lost"]


def test_nothing_more_is_replaced_than_has_to_be(process: Process) -> None:
    toys = ParticularLifecycle()
    toys.live["toy-1"] = Live({}, {})
    found = toys.diff(process.context(), "toy-1", recorded(), {"place": "here", "colour": "blue"})
    assert (found.changes, found.replaces, process.told) == (None, [], [])


def test_a_vanished_thing_is_named_by_the_last_part_of_its_id(process: Process) -> None:
    toys = ParticularLifecycle()
    found = toys.diff(process.context(), "maker-1,toy-1", recorded(), {"place": "here"})
    assert found == Difference(True, ["toy_id"])
    assert toys.identify("maker-1,toy-1") == {"maker_id": "maker-1", "toy_id": "toy-1"}


def test_a_remark_is_told_and_changes_nothing(process: Process) -> None:
    toys = ToyLifecycle()
    toys.live["toy-1"] = Live({}, {}, remark="one of its wheels squeaks")
    found = toys.diff(process.context(), "toy-1", recorded(), {"place": "here"})
    assert (found.changes, process.told) == (False, ["one of its wheels squeaks"])


# --- which item is which ---


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        ([{"gpu": "T4", "instance_type": "small"}, {"gpu": "T4"}], ["T4/small/", "T4//"]),
        ([{"gpu": "T4", "clusters": ["b", "a"]}], ["T4//a,b"]),
        ([{"gpu": "T4"}, {"gpu": "L4"}, {"gpu": "T4"}], ["T4//", "L4//", "T4//#2"]),
        ([{"gpu": UNKNOWN, "instance_type": "small"}, {"count": 1}], [None, None]),
        ([{"gpu": "T4", "clusters": ["a", UNKNOWN]}], [None]),
    ],
)
def test_absent_parts_lists_and_twins_have_an_identity_too(items: Any, expected: list[str | None]) -> None:
    assert identities(facts_of(Chest)["gpus"], items) == expected


def test_items_in_another_order_are_no_difference() -> None:
    small, large = {"gpu": "T4", "instance_type": "small"}, {"gpu": "T4", "count": 3}
    assert differences(Chest, {"gpus": [small, large]}, {"gpus": [large, small]}) == []
    paths = differences(Chest, {"gpus": [small, large]}, {"gpus": [{**large, "count": 4}, small]})
    assert paths == [("gpus", "T4//", "count")]


def test_twins_are_compared_one_by_one() -> None:
    one, other = {"gpu": "T4", "count": 1}, {"gpu": "T4", "count": 2}
    assert differences(Chest, {"gpus": [one, other]}, {"gpus": [one, {**other, "count": 5}]}) == [
        ("gpus", "T4//#2", "count")
    ]


def test_a_made_up_identity_is_nobody_elses() -> None:
    items = [{"name": "a"}, {"name": "a"}, {"name": "a#2"}]
    assert identities(facts_of(Chest)["notes"], items) == ["a", "a#3", "a#2"]


# --- secrets ---


class ChestLifecycle(ToyLifecycle):
    """A chest that is there already."""

    spec = Chest
    unique_by = ()


def test_secrets_at_any_depth_are_not_told(process: Process) -> None:
    chests = ChestLifecycle()
    values = {"notes": [{"name": "a", "text": "first-secret"}], "word": "second-secret"}
    chests.live["toy-1"] = Live({"notes": [{"name": "a", "text": "third-secret"}], "word": "fourth-secret"}, {})
    chests.diff(process.context(), "toy-1", State("toy-1", values, {}), {"notes": values["notes"]})
    assert len(process.told) == 2
    assert "secret'" not in " ".join(process.told)
    assert all("[secret]" in text for text in process.told)


# --- what is not always answered ---


@pytest.mark.parametrize(("answered", "seen"), [({}, 3), ({"scale": 5}, 5)])
def test_what_an_answer_leaves_out_is_as_recorded(answered: dict[str, int], seen: int) -> None:
    assert observe(Chest, answered, {"scale": 3}) == {"scale": seen}


# --- names ---


@pytest.mark.parametrize(
    ("label", "length", "start", "expected"),
    [
        ("classifier", 64, "[A-Za-z0-9_-]", "classifier-"),
        ("_classifier", 64, "[A-Za-z0-9_-]", "_classifier-"),
        ("_classifier", 63, "[A-Za-z0-9]", "classifier-"),
        ("--", 63, "[A-Za-z]", "x-"),
        ("c" * 70, 63, "[A-Za-z]", "c" * 55 + "-"),
    ],
)
def test_automatic_names_keep_to_the_clouds_limits(label: str, length: int, start: str, expected: str) -> None:
    name = unique(f"urn:pulumi:test::trial::toys:Toy::{label}", {}, length, start)
    assert name.startswith(expected)
    assert len(name) == len(expected) + 7


def test_a_lifecycle_says_what_its_names_are(process: Process) -> None:
    toys = ToyLifecycle()
    toys.name_length, toys.name_start = 20, "[a-z]"  # type: ignore[misc]
    inputs = toys.check(process.context(urn=f"urn:pulumi:test::trial::toys:Toy::__{'c' * 30}"), None, {}).inputs
    assert inputs["name"].startswith("cccccccccccc-")
    assert len(inputs["name"]) == 20
    assert toys.proves_ownership(inputs, f"urn:pulumi:test::trial::toys:Toy::__{'c' * 30}")
    assert Policy("given", enforced=True).name("urn", {}, 3) == "given"


# --- what an update leaves as it is ---


class Labels(Spec):
    """What is known of a toy that has an address."""

    toy_id: str = field(description="Id.", source=SOURCE)
    address: str | None = field(None, description="Address.", source=SOURCE, stable_unless=())
    picture: str | None = field(None, description="Picture.", source=SOURCE, stable_unless=("colour",))
    mood: str | None = field(None, description="Mood.", source=SOURCE)


class AddressedLifecycle(ToyLifecycle):
    """A toy that has an address."""

    outputs = Labels


FACTS = {"toy_id": "toy-1", "address": "shelf", "picture": "red.png", "mood": "good"}


@pytest.mark.parametrize(
    ("program", "stable"),
    [
        ({"colour": "red", "speed": 2}, {"address": "shelf", "picture": "red.png"}),
        ({"colour": "blue"}, {"address": "shelf"}),
        ({"colour": UNKNOWN}, {"address": "shelf"}),
        ({"colour": "red", "material": "tin"}, {}),
    ],
)
def test_the_outputs_that_stay_are_those_whose_facts_say_so(process: Process, program: Any, stable: Any) -> None:
    toys = AddressedLifecycle()
    toys.live["toy-1"] = Live({"colour": "red"}, FACTS)
    state = State("toy-1", {"place": "here", "colour": "red"}, {**FACTS, "address": "table"})
    found = toys.diff(process.context(), "toy-1", state, {"place": "here", **program})
    assert found.stable == stable


def test_without_an_answer_what_stays_is_as_recorded(process: Process) -> None:
    toys = AddressedLifecycle()
    toys.trouble = InferenceError("nobody answers")
    state = State("toy-1", {"place": "here", "colour": "red"}, {"address": "table"})
    assert toys.diff(process.context(), "toy-1", state, {"place": "here", "colour": "blue"}).stable == {
        "address": "table"
    }


# --- drift after a refresh ---


def test_after_a_refresh_drift_is_told_once_the_program_is_heard(process: Process) -> None:
    toys = ToyLifecycle()
    toys.live["toy-1"] = Live({"colour": "blue"}, {})
    refreshed = toys.read(process.context(), "toy-1", recorded(colour="red"))
    assert refreshed is not None
    toys.diff(process.context(), "toy-1", refreshed, {"place": "here", "colour": "red"})
    assert process.told == [], "that is the refresh itself"
    program = toys.check(process.context(), refreshed.inputs, {"name": "mine", "colour": "red"}).inputs
    toys.diff(process.context(), "toy-1", refreshed, program)
    assert process.told == [
        "colour: changed outside of the program: program 'red', live 'blue'; `pulumi up` puts it back"
    ]


def test_drift_is_told_of_what_is_there_at_the_second_look(process: Process) -> None:
    toys = ToyLifecycle()
    toys.live["toy-1"] = Live({"colour": "red"}, {})
    refreshed = toys.read(process.context(), "toy-1", recorded(colour="red"))
    assert refreshed is not None
    toys.diff(process.context(), "toy-1", refreshed, refreshed.inputs)
    program = toys.check(process.context(), refreshed.inputs, {"name": "mine", "colour": "red"}).inputs
    toys.live["toy-1"] = Live({"colour": "blue"}, {})
    toys.diff(process.context(), "toy-1", refreshed, program)
    assert process.told == [
        "colour: changed outside of the program: program 'red', live 'blue'; `pulumi up` puts it back"
    ]


def test_what_was_added_is_told_once_the_program_has_said_what_it_ignores(process: Process) -> None:
    toys = ToyLifecycle()
    toys.live["toy-1"] = Live({"colour": "blue"}, {})
    refreshed = toys.read(process.context(), "toy-1", recorded())
    assert refreshed is not None
    toys.diff(process.context(), "toy-1", refreshed, {"place": "here"})
    assert process.told == []
    for ignored in (("colour",), ()):
        process.context().course.ignored = ignored
        program = toys.check(process.context(), refreshed.inputs, {"name": "mine"}).inputs
        toys.diff(process.context(), "toy-1", refreshed, program)
        told = "not managed, because the program says nothing of it: colour ('blue')"
        assert process.told == ([] if ignored else [told])


def test_positions_that_the_engine_ignores_are_warned_of_when_items_come(process: Process) -> None:
    toys = ToyLifecycle()
    before = [{"key": "a", "size": 1}]
    toys.live["toy-1"] = Live({"wheels": before}, {})
    context = process.context(ignored_by_engine=("wheels[*].size",))
    toys.diff(context, "toy-1", recorded(wheels=before), {"place": "here", "wheels": before})
    assert process.warned == []
    toys.diff(context, "toy-1", recorded(wheels=before), {"place": "here", "wheels": [*before, {"key": "b"}]})
    assert "wheels[*].size: ignored by position, and items of wheels have come or gone" in process.warned[0]


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("colur", "unknown property `colur`; did you mean `colour`?"),
        ("wheels[0].sise", "unknown property `sise`; did you mean `size`?"),
        ("wheels[*].tuning.levle", "unknown property `levle`; did you mean `level`?"),
        ("wheels", None),
        ("wheels[*].labels.anything", None),
        ("secret.key", None),
        ("*", None),
    ],
)
def test_a_path_that_ignores_nothing_is_warned_of(process: Process, path: str, problem: str | None) -> None:
    toys = ToyLifecycle()
    toys.live["toy-1"] = Live({"colour": "red"}, {})
    context = process.context(ignored_by_engine=(path,))
    toys.diff(context, "toy-1", recorded(colour="red"), {"place": "here", "colour": "red"})
    assert process.warned == ([f"ignore_changes: {path} ignores nothing: {problem}"] if problem else [])


# --- what is gone ---


def test_what_is_gone_is_told_by_the_refresh_too(process: Process) -> None:
    toys = ToyLifecycle()
    assert toys.read(process.context(), "toy-1", recorded(colour="red")) is None
    assert process.told == ["the toy toy-1 is gone from the cloud"], "in a destroy nothing more is asked"
    toys.check(process.context(), None, {"name": "mine", "colour": "red"})
    assert process.told[1:] == ["it will be made anew, with another id"]


def test_without_a_refresh_the_diff_tells_what_is_gone(process: Process) -> None:
    toys = ToyLifecycle()
    toys.diff(process.context(), "toy-1", recorded(colour="red"), {"place": "here", "colour": "red"})
    assert process.told == ["the toy toy-1 is gone from the cloud; it will be made anew, with another id"]


def test_an_item_that_comes_is_found_by_where_it_is_and_is_no_drift() -> None:
    before, after = ({"gpus": [{"gpu": "T4", "clusters": clusters}]} for clusters in (["a"], ["b", "a"]))
    found = compare(Chest, after, before, before)
    assert [(one.text, one.verdict) for one in found] == [("gpus.T4//a", "change"), ("gpus[0]", "change")]
