"""What is derived from the declaration of a lookup."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pulumi_inference import clouds
from tests.support.toy_lookups import CLOUD, Animal, GetAnimal, GetAnimals, Shops


def test_a_lookup_says_its_function_its_summary_and_its_answer() -> None:
    assert (GetAnimals.function(), GetAnimals.summary(), GetAnimals.answers()) == (
        "get_animals",
        "The Animals of a shop.",
        (Animal, True),
    )
    assert (GetAnimal.function(), GetAnimal.answers()) == ("get_animal", (Animal, False))


def test_a_cloud_has_the_lookups_that_its_module_declares() -> None:
    assert clouds.lookups(CLOUD) == [GetAnimals, GetAnimal]
    assert clouds.lookups(replace(CLOUD, lookups="")) == []


def test_what_is_selected_here_is_no_part_of_the_question() -> None:
    lookup = GetAnimals(shop_id="s", colour="", legs=4)
    assert lookup.question() == {"shop_id": "s", "colour": "", "order": "name", "winged": False}
    assert lookup.filters() == {"shopId": "s", "order": "name", "winged": False}
    assert [one.name for one in lookup.ask(Shops())] == ["ant", "cat", "cow"]
    assert [one.name for one in lookup.select(lookup.ask(Shops()))] == ["cat", "cow"]


@pytest.mark.parametrize("given", [{}, {"colour": "red"}, {"not_colour": "red"}])
def test_one_of_two_may_be_given(given: dict[str, str]) -> None:
    assert GetAnimals(shop_id="s", **given).find_problem() is None


def test_two_that_exclude_each_other_are_a_problem() -> None:
    found = GetAnimals(shop_id="s", colour="red", not_colour="").find_problem()
    assert found == "give colour or not_colour, not both"
