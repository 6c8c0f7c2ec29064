"""Live values in the shape of a program: which count, which are kept, in which order."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.shape import (
    canonical,
    fill_unmanaged,
    identity,
    observe,
    pair,
    project,
    remember,
    reorder,
    union,
)
from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.toys import Toy, wheel

WHEELS = facts_of(Toy)["wheels"]


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"key": "a"}, "a"),
        ({"key": ""}, None),
        ({"key": UNKNOWN}, None),
        ({}, None),
        (UNKNOWN, None),
        ("a", None),
    ],
)
def test_what_tells_items_apart(item: Any, expected: str | None) -> None:
    assert identity(WHEELS, item) == expected


PROJECTIONS: dict[str, tuple[Any, Any, Any]] = {
    "live value of what is set": ({"colour": "red"}, {"colour": "blue"}, {"colour": "red"}),
    "not what is unset": ({"colour": "red", "speed": 3}, {"colour": "blue"}, {"colour": "red"}),
    "gone from the cloud": ({}, {"colour": "blue"}, {}),
    "empty says no more than absence": ({}, {"colour": "", "tags": [], "tuning": {}}, None),
    "default says no more than absence": ({}, {"shop": "main"}, None),
    "never answered": ({}, {"gift": "card", "place": "here", "wait": False}, None),
    "wanted state is answered in another form": ({"state": "on"}, {"state": "off"}, {"state": "on"}),
    "map counts whole": ({"secret": {"a": "1", "b": "2"}}, {"secret": {"a": "1"}}, {"secret": {"a": "1", "b": "2"}}),
    "object by its set fields": (
        {"tuning": {"level": 2, "mode": "hard"}},
        {"tuning": {"level": 1, "recipe": "r"}},
        {"tuning": {"level": 2, "recipe": "r"}},
    ),
    "items by identity, in our order": (
        {"wheels": [wheel("b", size=2), wheel("a", size=3, labels={})]},
        {"wheels": [wheel("a", size=1), wheel("b", size=1)]},
        {"wheels": [wheel("a", size=3), wheel("b", size=2)]},
    ),
    "item too many comes last and whole": (
        {"wheels": [wheel("x", size=1, labels={"l": "1"}, tuning={}), wheel("a", size=1)]},
        {"wheels": [wheel("a", size=1)]},
        {"wheels": [wheel("a", size=1), wheel("x", labels={"l": "1"})]},
    ),
    "item that is not there": (
        {"wheels": [wheel("a", size=1)]},
        {"wheels": [wheel("z", size=1), wheel("a", size=1)]},
        {"wheels": [wheel("a", size=1)]},
    ),
    "list without identity by position": (
        {"route": [{"place": "x"}, {"place": "y"}]},
        {"route": [{"place": "y"}]},
        {"route": [{"place": "x"}, {"place": "y"}]},
    ),
    "order without a meaning": ({"tags": ["c", "a", "b"]}, {"tags": ["b", "a"]}, {"tags": ["b", "a", "c"]}),
    "unknown": ({"wheels": [wheel("a")], "colour": "red"}, {"wheels": UNKNOWN, "colour": UNKNOWN}, "live"),
}


@pytest.mark.parametrize(("live", "onto", "expected"), PROJECTIONS.values(), ids=PROJECTIONS)
def test_the_record_as_it_is_now(live: Any, onto: Any, expected: Any) -> None:
    assert observe(Toy, live, onto) == (onto if expected is None else live if expected == "live" else expected)


def test_a_projection_remembers_nothing() -> None:
    assert project(Toy, {"colour": "red"}, {"colour": "blue", "gift": "card"}) == {"colour": "red"}


def test_a_union_has_the_keys_of_both_at_every_depth() -> None:
    first = {"colour": "red", "wheels": [wheel("a", size=2), wheel("b")], "tuning": {"level": 1}}
    second = {"speed": 1, "wheels": [wheel("c"), wheel("a", labels={"l": "1"})], "tuning": {"level": 2, "mode": "m"}}
    both = union(Toy, first, second)
    assert both["tuning"] == {"level": 1, "mode": "m"}
    assert both["wheels"][:2] == [wheel("a", size=2, labels={"l": "1"}), wheel("b")]
    assert (both["colour"], both["speed"]) == ("red", 1)


def test_where_both_say_the_same_a_union_has_the_first_ones_word() -> None:
    first, second = {"wait": True, "wheels": [wheel("a", size=1)]}, {"wait": 1, "wheels": [wheel("a", size=True)]}
    both = union(Toy, first, second)
    assert (both["wait"], both["wheels"][0]["size"]) == (True, 1)
    assert (type(both["wait"]), type(both["wheels"][0]["size"])) == (bool, int)


def test_equal_items_that_do_not_say_which_they_are_stay_apart() -> None:
    items = {"wheels": [{"size": 2}, {"size": 1, "labels": {"l": "1"}}]}
    assert union(Toy, items, items) == items


def test_items_that_say_which_they_are_are_pairs_where_they_stand_and_others_are_none() -> None:
    mine, theirs = [wheel("a", size=1), wheel("b")], [wheel("a"), wheel("b", size=2)]
    assert pair(WHEELS, mine, theirs) == [(mine[0], theirs[0]), (mine[1], theirs[1])]
    assert pair(WHEELS, mine[::-1], theirs) == pair(WHEELS, mine, theirs)
    assert pair(WHEELS, [{"size": 1}], [{"size": 2}]) == [({"size": 1}, None)]
    assert pair(WHEELS, [*mine, {"size": 1}], [*theirs, {"size": 2}])[-1] == ({"size": 1}, None)


def test_canonical_form_leaves_out_what_says_no_more_than_absence() -> None:
    values = {
        "colour": "",
        "speed": 0,
        "shop": "main",
        "tags": [],
        "wheels": [wheel("a", size=1, tuning={"mode": "soft"}), wheel("b", size=2, labels={})],
        "wait": True,
    }
    assert canonical(Toy, values) == {"speed": 0, "wheels": [{"key": "a"}, {"key": "b", "size": 2}]}


def test_a_required_value_stays_even_when_it_is_empty_looking() -> None:
    assert canonical(Toy, {"route": [{"place": "main"}]}) == {"route": [{"place": "main"}]}


ORDERS: dict[str, tuple[Any, Any, Any]] = {
    "as before": (["b", "a"], ["a", "b"], ["a", "b"]),
    "new ones last": (["x", "b", "a"], ["a", "b"], ["a", "b", "x"]),
    "one is gone": (["c", "b"], ["a", "b", "c"], ["b", "c"]),
    "nothing before": (["b", "a"], [], ["b", "a"]),
}


@pytest.mark.parametrize(("new", "old", "expected"), ORDERS.values(), ids=ORDERS)
def test_order_of_keyed_and_of_unordered_lists(new: Any, old: Any, expected: Any) -> None:
    values, before = ({"wheels": [wheel(key) for key in keys], "tags": keys} for keys in (new, old))
    assert reorder(Toy, values, before) == {"wheels": [wheel(key) for key in expected], "tags": expected}


def test_an_order_with_a_meaning_stays() -> None:
    values = {"route": [{"place": "b"}, {"place": "a"}]}
    assert reorder(Toy, values, {"route": [{"place": "a"}, {"place": "b"}]}) == values


@pytest.mark.parametrize("wheels", [UNKNOWN, [UNKNOWN], [], None])
def test_order_when_not_all_is_known(wheels: Any) -> None:
    assert reorder(Toy, {"wheels": wheels}, {"wheels": [wheel("a")]}) == {"wheels": wheels}
    assert reorder(Toy, {"wheels": [wheel("a")]}, {"wheels": wheels}) == {"wheels": [wheel("a")]}


def test_an_item_whose_identity_is_not_known_yet_keeps_its_place() -> None:
    """In the preview of a new model version, the other items must not look as if they had moved."""
    new = {"wheels": [wheel(UNKNOWN, size=1), wheel("b", size=2)]}  # type: ignore[arg-type]
    assert reorder(Toy, new, {"wheels": [wheel("a", size=1), wheel("b", size=2)]}) == new


def test_what_is_in_order_keeps_its_own_values() -> None:
    ordered = reorder(
        Toy, {"wait": True, "wheels": [wheel("a", size=1)]}, {"wait": 1, "wheels": [wheel("a", size=1.0)]}
    )  # type: ignore[arg-type]
    assert (type(ordered["wait"]), type(ordered["wheels"][0]["size"])) == (bool, int)


def test_order_touches_nothing_else_and_keeps_its_arguments() -> None:
    values = {"wheels": [wheel("b"), wheel("a")], "colour": "red"}
    before = {"wheels": [wheel("a"), wheel("b")], "colour": "blue", "speed": 1}
    assert reorder(Toy, values, before)["colour"] == "red"
    assert values["wheels"] == [wheel("b"), wheel("a")]


def test_what_is_never_answered_is_remembered_at_every_depth() -> None:
    live = {"wheels": [wheel("b"), wheel("a", tuning={"level": 1})], "tuning": {}, "colour": "red"}
    recorded = {
        "gift": "card",
        "colour": "blue",
        "tuning": {"recipe": "r", "level": 3},
        "wheels": [wheel("a", tuning={"recipe": "s"}), wheel("z", tuning={"recipe": "t"})],
    }
    remembered = remember(Toy, live, recorded)
    assert (remembered["gift"], remembered["colour"], remembered["tuning"]) == ("card", "red", {"recipe": "r"})
    by_key = {one["key"]: one for one in remembered["wheels"]}
    assert by_key == {"a": wheel("a", tuning={"level": 1, "recipe": "s"}), "b": wheel("b")}


FILLED: dict[str, tuple[Any, Any, Any, Any]] = {
    "nobody ever set it": ({}, {}, {"colour": "red"}, {"colour": "red"}),
    "the program dropped it": ({}, {"colour": "red"}, {"colour": "red"}, {}),
    "a dropped default of the cloud": ({}, {"speed": 3}, {"speed": 3}, {"speed": 3}),
    "the program's own": ({"colour": "blue"}, {"colour": "red"}, {"colour": "red"}, {"colour": "blue"}),
    "inside an object": (
        {"tuning": {"level": 1}},
        {"tuning": {"level": 1}},
        {"tuning": {"level": 2, "mode": "hard"}},
        {"tuning": {"level": 1, "mode": "hard"}},
    ),
    "dropped inside an object": (
        {"tuning": {"mode": "hard"}},
        {"tuning": {"mode": "hard", "level": 2}},
        {"tuning": {"mode": "hard", "level": 2}},
        {"tuning": {"mode": "hard"}},
    ),
    "inside an item": (
        {"wheels": [wheel("a", size=2)]},
        {"wheels": [wheel("a", size=1)]},
        {"wheels": [wheel("a", size=1, labels={"l": "1"})]},
        {"wheels": [wheel("a", size=2, labels={"l": "1"})]},
    ),
    "item that nobody declared": (
        {"wheels": [wheel("a")]},
        {"wheels": [wheel("a")]},
        {"wheels": [wheel("a"), wheel("x")]},
        {"wheels": [wheel("a")]},
    ),
    "map counts whole": ({"secret": {"a": "1"}}, {}, {"secret": {"b": "2"}}, {"secret": {"a": "1"}}),
    "plain list counts whole": ({"route": []}, {}, {"route": [{"place": "x"}]}, {"route": []}),
    "never answered": ({}, {"gift": "card"}, {"gift": "card"}, {}),
}


@pytest.mark.parametrize(("program", "recorded", "live", "expected"), FILLED.values(), ids=FILLED)
def test_what_a_call_that_replaces_all_carries_along(program: Any, recorded: Any, live: Any, expected: Any) -> None:
    assert fill_unmanaged(Toy, program, recorded, live) == expected
