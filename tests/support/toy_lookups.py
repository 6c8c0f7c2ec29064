"""The lookups of a cloud that is none: a shop with animals in it, as a cloud's room would declare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pulumi_inference.core.cloud import Cloud
from pulumi_inference.core.errors import ConfigurationError, ResponseError
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.lookup import Column, Lookup, Option
from pulumi_inference.engine.answers import Answer, Awaitable, answer

SOURCE = "tests"
CHIP = "planted-in-an-ear"


class Animal(Spec):
    """An animal."""

    name: str = field(description="Name.", source=SOURCE)
    legs: int = field(description="Legs.", source=SOURCE)
    chip: str | None = field(None, description="What its chip says.", source=SOURCE, secret=True)


class GetAnimals(Lookup[list[Animal]]):
    """The Animals of a shop.

    All that are for sale.
    """

    source = "ListAnimals"
    exclusive = (("colour", "not_colour"),)
    command = "animals"
    noun = "animals for sale"
    columns: ClassVar[Mapping[str, Column]] = {"who": "name", "on": lambda animal: f"{animal.legs} legs"}
    options: ClassVar[Mapping[str, Option]] = {
        "not_colour": Option(name="other-than", metavar="COLOUR"),
        "order": Option(off="unordered", off_help="In no order."),
        "size": Option(choices=("S", "L")),
    }

    shop_id: str = field(description="The shop.", source=SOURCE, wire="shopId")
    colour: str | None = field(None, description="Of this colour, e.g. red. Not with not_colour.", source=SOURCE)
    not_colour: str | None = field(None, description="Of any other colour.", source=SOURCE)
    order: Literal["name", "legs"] | None = field("name", description="What to sort by.", source=SOURCE)
    size: str | None = field(None, description="Only of this size.", source=SOURCE)
    winged: bool = field(False, description="Those with wings.", source=SOURCE)
    legs: int | None = field(None, description="With so many legs.", source=SOURCE, local=True)

    def ask(self, client: Shops) -> list[Animal]:
        """As the shop lists them."""
        return [Animal(name=name, legs=legs) for name, legs in client.list_animals(**self.filters()).items()]

    def select(self, found: list[Animal]) -> list[Animal]:
        """Those with so many legs."""
        return [one for one in found if self.legs in (None, one.legs)]


class GetAnimal(Lookup[Animal]):
    """One animal."""

    source = "ShowAnimal"
    subject = "name"

    name: str = field(description="Name.", source=SOURCE)

    def ask(self, client: Shops) -> Animal:
        """The animal."""
        return Animal(name=self.name, legs=client.list_animals()[self.name], chip=CHIP)


@answer(Animal)
class AnimalRecord(Answer):
    """An animal, as a program has it."""

    name: str
    legs: int
    chip: str | None


class AwaitableAnimal(Awaitable[AnimalRecord], AnimalRecord):
    """An animal, awaitable."""


class Shops:
    """The client, and at the same time the connections to it. Remembers what it was asked."""

    title = "Toyland"

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def today(self, _context: object, name: str | None) -> Shops:
        """Itself; there is no connection with a name."""
        if name:
            raise ConfigurationError(f"there is no connection {name!r}")
        return self

    def client(self) -> Shops:
        """Itself."""
        return self

    def list_animals(self, **filters: Any) -> dict[str, int]:
        """How many legs each has."""
        self.asked.append(filters)
        if filters.get("shopId") == "nowhere":
            raise ResponseError("there is no shop nowhere")
        return {} if filters.get("winged") else {"ant": 6, "cat": 4, "cow": 4}


CONNECTIONS = Shops()
CLOUD = Cloud(
    name="toyland",
    title="Toys & Co Toyland",
    short="Toyland",
    documented_at="https://toys.example.com/{page}",
    kinds=(),
    settings="",
    connections=f"{__name__}:CONNECTIONS",
    lookups=__name__,
)
