"""How a program asks: once, with a message that names the question."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pulumi
import pytest

from pulumi_inference.core.lifecycle.connections import Connections
from pulumi_inference.engine.lookups import Awaitable, Lookups
from tests.support.toy_lookups import Animal, GetAnimal, GetAnimals, Shops


class AwaitableAnimal(Awaitable, Animal):
    """An animal, awaitable."""


@pytest.fixture
def shops() -> Shops:
    """A cloud that nobody has asked yet."""
    return Shops()


@pytest.fixture
def ask(shops: Shops) -> Lookups:
    """A program's questions to it."""
    return Lookups("toyland", cast("Connections[Any]", shops))


def test_records_are_a_list_that_may_be_awaited(ask: Lookups) -> None:
    found = ask.records(GetAnimals, None, shop_id="s", legs=4)
    assert found == [Animal(name="cat", legs=4), Animal(name="cow", legs=4)]

    async def program() -> list[Animal]:
        return await found

    assert asyncio.run(program()) is found


def test_a_record_is_of_the_class_that_may_be_awaited(ask: Lookups) -> None:
    found = ask.record(GetAnimal, AwaitableAnimal, None, name="ant")
    assert (type(found), found.model_dump()) == (AwaitableAnimal, {"name": "ant", "legs": 6})


def test_questions_that_differ_here_only_share_a_request(ask: Lookups, shops: Shops) -> None:
    for legs in (None, 4, 6):
        ask.records(GetAnimals, None, shop_id="s", legs=legs)
    ask.records(GetAnimals, None, shop_id="s", colour="red")
    assert shops.asked == [
        {"shopId": "s", "order": "name", "winged": False},
        {"shopId": "s", "colour": "red", "order": "name", "winged": False},
    ]


def test_messages_name_the_question(ask: Lookups) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        ask.records(GetAnimals, None, shop_id="nowhere", legs=3)
    question = "shop_id='nowhere', order='name', winged=False"
    assert str(caught.value).startswith(f"toyland.get_animals({question}): there is no shop nowhere")
    with pytest.raises(pulumi.RunError, match=r"toyland\.get_animal\(name='ant'\): there is no connection 'europe'"):
        ask.record(GetAnimal, AwaitableAnimal, "europe", name="ant")
    with pytest.raises(pulumi.RunError, match=r"^toyland\.get_animals: give colour or not_colour, not both"):
        ask.records(GetAnimals, None, shop_id="s", colour="red", not_colour="blue")
