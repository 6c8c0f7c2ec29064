"""A small kind of resource with one field of every manner, for tests of what is alike for all resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle import Inputs, Lifecycle, Live, State
from pulumi_inference.core.lifecycle.context import Context

SOURCE = "tests"


class Tuning(Spec):
    """How a wheel is tuned."""

    level: int | None = field(None, description="Level.", source=SOURCE)
    mode: str | None = field("soft", description="Mode.", source=SOURCE, server_default=True)
    recipe: str | None = field(None, description="Never answered.", source=SOURCE, write_only=True)


class Wheel(Spec):
    """A wheel, told from others by its key."""

    key: str = field(description="Which.", source=SOURCE)
    size: int = field(1, description="Size.", source=SOURCE)
    labels: dict[str, str] | None = field(None, description="Labels.", source=SOURCE)
    tuning: Tuning | None = field(None, description="Tuning.", source=SOURCE)


class Stop(Spec):
    """A stop; stops have no identity."""

    place: str = field(description="Where.", source=SOURCE)


class Toy(Spec):
    """A toy."""

    name: str | None = field(None, description="Name.", source=SOURCE, immutable=True)
    colour: str | None = field(None, description="Colour.", source=SOURCE)
    speed: int | None = field(None, description="Speed.", source=SOURCE, server_default=True)
    shop: str | None = field("main", description="Shop.", source=SOURCE, immutable=True, server_default=True)
    material: str | None = field(None, description="Material.", source=SOURCE, immutable=True)
    wheels: list[Wheel] | None = field(None, description="Wheels.", source=SOURCE, keyed_by="key")
    route: list[Stop] | None = field(None, description="Stops in their order.", source=SOURCE)
    tags: list[str] | None = field(None, description="Tags.", source=SOURCE, unordered=True)
    tuning: Tuning | None = field(None, description="Tuning.", source=SOURCE)
    secret: dict[str, str] | None = field(None, description="Secret.", source=SOURCE, secret=True)
    gift: str | None = field(None, description="Never answered.", source=SOURCE, write_only=True)
    state: str | None = field(None, description="Wanted state.", source=SOURCE, local=True, update="state")
    wait: bool = field(True, description="Whether to wait.", source=SOURCE, local=True)
    place: str | None = field(
        None, description="Where it is made.", source=SOURCE, local=True, resolved=True, immutable=True
    )


class ToyOutputs(Spec):
    """What is known of a toy."""

    toy_id: str = field(description="Id.", source=SOURCE)


class ToyLifecycle(Lifecycle):
    """Toys live in a dictionary; `trouble` is what a look at one of them ends with."""

    kind = "toyland.Toy"
    spec = Toy
    outputs = ToyOutputs
    identity = ("toy_id",)

    def __init__(self) -> None:
        self.live: dict[str, Live] = {}
        self.place: str | InferenceError = "here"
        self.trouble: InferenceError | None = None

    def locate(self, context: Context, inputs: Inputs) -> dict[str, Any]:
        """Where toys are made today."""
        if isinstance(self.place, InferenceError):
            raise self.place
        return {"place": self.place}

    def fetch(self, context: Context, thing: str, recorded: Inputs) -> Live | None:
        """The toy in the dictionary."""
        if self.trouble:
            raise self.trouble
        return self.live.get(thing)

    def create(self, context: Context, inputs: Inputs) -> State:
        """Makes the toy with the id `toy-1`."""
        self.live["toy-1"] = Live(dict(inputs), {"toy_id": "toy-1"})
        return self.state_of(context, "toy-1", inputs, self.live["toy-1"])

    def update(self, context: Context, thing: str, recorded: State, inputs: Inputs) -> State:
        """Replaces the values."""
        self.live[thing] = Live(dict(inputs), {"toy_id": thing})
        return self.state_of(context, thing, inputs, self.live[thing])

    def delete(self, context: Context, thing: str, recorded: State) -> None:
        """Removes the toy."""
        self.live.pop(thing, None)


def wheel(key: str, **changes: Any) -> Mapping[str, Any]:
    """A wheel."""
    return {"key": key, **changes}
