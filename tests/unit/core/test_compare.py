"""Three-way comparison: one verdict per path, at the path where people look for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pulumi_inference.core.fields.compare import Verdict, additions, compare
from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.ignoring import follow, keep_ignored, without
from pulumi_inference.core.fields.paths import parse, render
from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.specs import documents
from tests.support.toys import Toy, Wheel, wheel

VERDICTS: dict[str, tuple[Any, Any, Any, dict[str, Verdict]]] = {
    "all the same": ({"colour": "red"}, {"colour": "red"}, {"colour": "red"}, {}),
    "program moved": ({"colour": "blue"}, {"colour": "red"}, {"colour": "red"}, {"colour": Verdict.CHANGE}),
    "live moved": ({"colour": "red"}, {"colour": "red"}, {"colour": "blue"}, {"colour": Verdict.DRIFT}),
    "live lost it": ({"colour": "red"}, {"colour": "red"}, {}, {"colour": Verdict.DRIFT}),
    "both to the same": ({"colour": "blue"}, {"colour": "red"}, {"colour": "blue"}, {"colour": Verdict.CONVERGED}),
    "both apart": ({"colour": "blue"}, {"colour": "red"}, {"colour": "green"}, {"colour": Verdict.CONFLICT}),
    "nobody set it": ({}, {}, {"colour": "red", "speed": 3}, {}),
    "default of the cloud, dropped": ({}, {"speed": 3}, {"speed": 3}, {"speed": Verdict.UNMANAGED}),
    "dropped": ({}, {"colour": "red"}, {"colour": "red"}, {"colour": Verdict.CHANGE}),
    "unknown": ({"colour": UNKNOWN}, {"colour": "red"}, {"colour": "red"}, {"colour": Verdict.CHANGE}),
    "unknown in a map": (
        {"secret": {"a": UNKNOWN, "b": "1"}},
        {"secret": {"a": "1", "b": "1"}},
        {"secret": {"a": "1", "b": "1"}},
        {"secret.a": Verdict.CHANGE},
    ),
    "never answered": ({"gift": "b"}, {"gift": "a"}, {}, {"gift": Verdict.CHANGE}),
    "never answered, inside": (
        {"tuning": {"recipe": "b"}},
        {"tuning": {"recipe": "a"}},
        {"tuning": {}},
        {"tuning.recipe": Verdict.CHANGE},
    ),
    "empty and absent": ({"colour": "", "tags": []}, {}, {"wheels": []}, {}),
    "default and absent": ({"shop": "main"}, {}, {"shop": "main"}, {}),
    "order without a meaning": ({"tags": ["a", "b"]}, {"tags": ["b", "a"]}, {"tags": ["a", "b"]}, {}),
    "order with a meaning": (
        {"route": [{"place": "a"}, {"place": "b"}]},
        {"route": [{"place": "b"}, {"place": "a"}]},
        {"route": [{"place": "b"}, {"place": "a"}]},
        {"route[0].place": Verdict.CHANGE, "route[1].place": Verdict.CHANGE},
    ),
    "keyed list in another order": (
        {"wheels": [wheel("a", size=2), wheel("b", size=3)]},
        {"wheels": [wheel("b", size=3), wheel("a", size=2)]},
        {"wheels": [wheel("b", size=3), wheel("a", size=9)]},
        {"wheels[0].size": Verdict.DRIFT},
    ),
    "item too many": (
        {"wheels": [wheel("a", size=2)]},
        {"wheels": [wheel("a", size=2)]},
        {"wheels": [wheel("x", size=2), wheel("a", size=2)]},
        {"wheels.x": Verdict.DRIFT},
    ),
    "another item": (
        {"wheels": [wheel("b", size=2)]},
        {"wheels": [wheel("a", size=2)]},
        {"wheels": [wheel("a", size=2)]},
        {"wheels[0]": Verdict.CHANGE, "wheels.a": Verdict.CHANGE},
    ),
    "map with hidden-looking keys": (
        {"secret": {"__a": "2"}},
        {"secret": {"__a": "1"}},
        {"secret": {"__a": "1"}},
        {"secret.__a": Verdict.CHANGE},
    ),
    "whole numbers as the engine sends them": ({"speed": 3}, {"speed": 3.0}, {"speed": 3}, {}),
}


@pytest.mark.parametrize(("program", "recorded", "live", "expected"), VERDICTS.values(), ids=VERDICTS)
def test_verdicts(program: Any, recorded: Any, live: Any, expected: dict[str, Verdict]) -> None:
    assert {one.text: one.verdict for one in compare(Toy, program, recorded, live)} == expected


def test_what_python_takes_for_the_same_does_not_hide_what_differs_beside_it() -> None:
    program, recorded = {"wait": True, "speed": 1}, {"wait": 1, "speed": 1.0}
    assert compare(Toy, program, recorded, {"speed": 1}) == []
    assert [one.text for one in compare(Toy, program, recorded, {"speed": 2})] == ["speed"]


def test_an_unknown_value_is_a_difference_from_all_but_itself() -> None:
    wheels = {"wheels": [wheel("a", size=UNKNOWN)]}  # type: ignore[arg-type]
    assert differences(Toy, wheels, {"wheels": [wheel("a", size=1)]}) == [("wheels", "a", "size")]
    assert differences(Toy, wheels, wheels) == []


def test_what_is_ignored_twice_is_the_live_value_and_stays_there() -> None:
    program, live = {"wheels": [wheel("a", labels={"l": "mine"})]}, {"wheels": [wheel("a", labels={"l": "live"})]}
    kept = keep_ignored(Toy, program, live, ("wheels[*].labels", "wheels[*].labels.l"))
    assert kept == live == {"wheels": [wheel("a", labels={"l": "live"})]}


def test_where_nothing_is_ignored_the_program_is_left_to_its_owner() -> None:
    program = {"colour": "red"}
    kept = keep_ignored(Toy, program, {"colour": "blue"}, ())
    kept["colour"] = "green"
    assert program == {"colour": "red"}


def test_one_finding_says_all_three_values() -> None:
    (one,) = compare(Toy, {"colour": "blue"}, {"colour": "red"}, {})
    assert (one.program, one.recorded, repr(one.live)) == ("blue", "red", "not set")


class Axle(Spec):
    """An object with a keyed list in it."""

    wheels: list[Wheel] | None = field(None, description="Its wheels.", source="page", keyed_by="key")


class Cart(Spec):
    """Objects in objects."""

    axle: Axle | None = field(None, description="Its axle.", source="page")
    load: Axle | None = field(None, description="What it carries.", source="page", sometimes_answered=True)


def test_an_item_of_a_list_in_an_object_is_told_by_its_position() -> None:
    was, now = ({"axle": {"wheels": [wheel("b"), wheel("a", size=size)]}} for size in (1, 2))
    assert [one.text for one in compare(Cart, now, was, was)] == ["axle.wheels[1].size"]
    assert [one.text for one in compare(Cart, {"axle": {"wheels": [wheel("b")]}}, was, was)] == ["axle.wheels.a"]
    sized = {"axle": {"wheels": [wheel("b"), wheel("a", size=2)]}}
    plain = {"axle": {"wheels": [wheel("b"), wheel("a")]}}
    assert [one.text for one in additions(Cart, plain, plain, sized)] == ["axle.wheels[1].size"]


@pytest.mark.parametrize("path", ["load", "load.wheels", "*"])
def test_what_is_ignored_and_not_answered_is_as_it_was(path: str) -> None:
    program = {"load": {"wheels": [wheel("a", size=1)]}}
    assert keep_ignored(Cart, program, {}, (path,)) == program
    live = {"load": {"wheels": [wheel("a", size=2)]}}
    assert keep_ignored(Cart, program, live, (path,)) == (program if path == "*" else live)


def test_many_new_fields_are_many_paths() -> None:
    new = {"colour": "red", "material": "wood", "tags": ["a"], "gift": "card", "state": "on", "secret": {"a": "1"}}
    found = [render(path) for path in differences(Toy, {"name": "n"}, {"name": "n", **new})]
    assert sorted(found) == sorted(new)


def test_few_shared_keys_of_a_map_are_single_paths() -> None:
    before, after = {"a": "1", "b": "1"}, {"a": "2", "c": "1", "d": "1", "e": "1"}
    found = {render(path) for path in differences(Toy, {"secret": before}, {"secret": after})}
    assert found == {f"secret.{key}" for key in "abcde"}


TOYS = documents(Toy)


@given(TOYS)
def test_nothing_differs_from_itself(values: dict[str, Any]) -> None:
    assert differences(Toy, values, values) == []
    assert compare(Toy, values, values, values) == []


@given(TOYS, TOYS)
def test_the_same_fields_differ_from_both_sides(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = differences(Toy, one, other), differences(Toy, other, one)
    assert {path[0] for path in there} == {path[0] for path in back}


@given(TOYS, TOYS, TOYS)
def test_a_finding_is_there_exactly_when_the_sides_differ(program: Any, recorded: Any, live: Any) -> None:
    found = compare(Toy, program, recorded, live)
    assert bool(differences(Toy, program, recorded)) <= bool(found)


@pytest.mark.parametrize(
    ("ignored", "left"),
    [
        ((), {"colour", "secret.a", "wheels[0].size"}),
        (("colour",), {"secret.a", "wheels[0].size"}),
        (("secret",), {"colour", "wheels[0].size"}),
        (('secret["a"]', "wheels[*].size"), {"colour"}),
        (("wheels[1].size", "nothing"), {"colour", "secret.a", "wheels[0].size"}),
        (("*",), set()),
    ],
)
def test_ignored_findings(ignored: tuple[str, ...], left: set[str]) -> None:
    program = {"colour": "red", "secret": {"a": "1"}, "wheels": [wheel("a", size=2)]}
    live = {"colour": "blue", "secret": {"a": "2"}, "wheels": [wheel("a", size=3)]}
    assert {one.text for one in without(compare(Toy, program, program, live), ignored)} == left


KEPT: dict[str, tuple[str, Any, Any, Any]] = {
    "a field": ("colour", {"colour": "red"}, {"colour": "blue"}, {"colour": "blue"}),
    "a field that is not there": ("colour", {"colour": "red"}, {}, {}),
    "inside an object": ("tuning.level", {"tuning": {"level": 1}}, {"tuning": {"level": 2}}, {"tuning": {"level": 2}}),
    "a map's entry": ("secret.a", {"secret": {"a": "1"}}, {"secret": {"a": "2", "b": "3"}}, {"secret": {"a": "2"}}),
    "a map's entry that is gone": (
        "secret.a",
        {"secret": {"a": "1", "b": "2"}},
        {"secret": {}},
        {"secret": {"b": "2"}},
    ),
    "of an item, wherever it is": (
        "wheels[0].size",
        {"wheels": [wheel("a", size=1)]},
        {"wheels": [wheel("x", size=8), wheel("a", size=9)]},
        {"wheels": [wheel("a", size=9)]},
    ),
    "of another item": (
        "wheels[1].size",
        {"wheels": [wheel("a", size=1)]},
        {"wheels": [wheel("a", size=9)]},
        {"wheels": [wheel("a", size=1)]},
    ),
    "a whole item": (
        "wheels[*]",
        {"wheels": [wheel("a", size=1)]},
        {"wheels": [wheel("a", size=9, labels={"l": "1"})]},
        {"wheels": [wheel("a", size=9, labels={"l": "1"})]},
    ),
    "a whole list": ("tags[*]", {"tags": ["a"]}, {"tags": ["b", "c"]}, {"tags": ["b", "c"]}),
    "what is never answered": ("gift", {"gift": "card"}, {}, {"gift": "card"}),
    "no such field": ("colours", {"colour": "red"}, {"colour": "blue"}, {"colour": "red"}),
}


class Train(Spec):
    """What has a plain list in an order."""

    cars: list[str] = field([], description="Cars in their order.", source="test")


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("cars[0]", ["x", "b", "c"]),
        ("cars[1]", ["a", "y", "c"]),
        ("cars[2]", ["a", "b", "c"]),
        ("cars[*]", ["x", "y"]),
        ("cars", ["x", "y"]),
    ],
)
def test_an_ignored_position_of_a_plain_list_is_the_live_one(path: str, kept: list[str]) -> None:
    assert keep_ignored(Train, {"cars": ["a", "b", "c"]}, {"cars": ["x", "y"]}, [path]) == {"cars": kept}


@pytest.mark.parametrize(("path", "program", "live", "expected"), KEPT.values(), ids=KEPT)
def test_ignored_values_are_the_live_ones(path: str, program: Any, live: Any, expected: Any) -> None:
    before = repr(program)
    assert keep_ignored(Toy, program, live, [path]) == expected
    assert repr(program) == before


# --- what somebody has added, and where an ignored item went ---


@pytest.mark.parametrize(
    ("program", "live", "added"),
    [
        ({}, {"colour": "red"}, {"colour": "red"}),
        ({"colour": "red"}, {"colour": "blue"}, {}),
        ({}, {"speed": 3, "colour": "", "tags": []}, {}),
        ({"colour": UNKNOWN}, {"colour": "blue"}, {}),
        ({"wheels": UNKNOWN}, {"wheels": [wheel("a", size=2)]}, {}),
        (
            {"wheels": [wheel("b"), wheel("a")]},
            {"wheels": [wheel("a", size=2), wheel("b"), wheel("c", size=9)]},
            {"wheels[1].size": 2},
        ),
    ],
)
def test_what_somebody_has_added_is_found_where_it_stands(program: Any, live: Any, added: Any) -> None:
    assert {one.text: one.live for one in additions(Toy, program, {}, live)} == added
    assert additions(Toy, {}, live, live) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("wheels[0].size", "wheels[1].size"),
        ("wheels[1]", "wheels[0]"),
        ("wheels[7].size", "wheels[7].size"),
        ("wheels[*].size", "wheels[*].size"),
        ("colour", "colour"),
    ],
)
def test_an_index_goes_along_when_a_list_is_put_in_another_order(path: str, expected: str) -> None:
    before, after = {"wheels": [wheel("x"), wheel("a")]}, {"wheels": [wheel("a"), wheel("x")]}
    assert follow(Toy, parse(path), before, after) == parse(expected)


def test_a_wildcard_stands_for_all_keys_of_a_map() -> None:
    kept = keep_ignored(Toy, {"secret": {"a": "1"}}, {"secret": {"a": "2", "b": "3"}}, ["secret.*"])
    assert kept == {"secret": {"a": "2", "b": "3"}}


def test_a_wildcard_stands_for_all_keys_of_a_map_on_the_way_to_others() -> None:
    program = {"secret": {"m": {"A": "1", "B": "1"}, "n": {"B": "1"}, "o": {"A": "1"}, "p": "1"}}
    live = {"secret": {"m": {"A": "2", "B": "2"}, "n": {"A": "2"}, "p": {"A": "2"}, "q": {"A": "2"}}}
    kept = keep_ignored(Toy, program, live, ["secret[*].A"])
    maps = {"m": {"A": "2", "B": "1"}, "n": {"A": "2", "B": "1"}, "o": {"A": "1"}}
    assert kept == {"secret": {**maps, "p": "1"}}
