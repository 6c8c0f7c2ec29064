"""A second cloud beside the true one, known by its descriptor alone: marbles in this process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Cloud, Kind
from pulumi_inference.core.errors import ConfigurationError, InferenceError, NotFoundError
from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.connections import PATIENCE, Connection, Connections
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.core.lifecycle.creation import Creating
from pulumi_inference.core.lifecycle.importing import Importing
from pulumi_inference.core.lifecycle.managed import Managed
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.settings import Resolved, Setting, Settings
from pulumi_inference.core.starter import Starter
from pulumi_inference.engine.provider import LifecycleProvider

SOURCE = "tests"
ENDPOINT = "https://toyland.example.com"

MARBLES: dict[str, dict[str, Any]] = {}
"""What there is, by id; a marble with `trouble` cannot be asked for."""


class Marble(Spec):
    """A marble."""

    name: str | None = field(None, description="Name.", source=SOURCE, immutable=True)
    colour: str | None = field(None, description="Colour.", source=SOURCE)
    size: int = field(1, description="Size.", source=SOURCE)
    connection: str | None = field(None, description="Which.", source=SOURCE, local=True)
    endpoint: str | None = field(None, description="Where.", source=SOURCE, local=True, resolved=True, immutable=True)


class MarbleOutputs(Spec):
    """What is known of a marble."""

    marble_id: str = field(description="Id.", source=SOURCE)
    status: str = field(description="State.", source=SOURCE)


class MarbleDetail(Record):
    """A marble as answered."""

    marble_id: str = field(description="Id.", source=SOURCE, always_answered=True)
    name: str = field(description="Name.", source=SOURCE, always_answered=True)


class Toyland:
    """The client."""

    def get(self, thing: str) -> dict[str, Any]:
        """The detail of a marble."""
        if thing not in MARBLES:
            raise NotFoundError(
                status=404, code="", message="none", request_id=None, method="GET", path=thing, is_gone=True
            )
        if "trouble" in MARBLES[thing]:
            raise InferenceError(MARBLES[thing]["trouble"])
        return {"marble_id": thing, **MARBLES[thing]}

    def list(self, filters: Mapping[str, str]) -> Iterable[dict[str, Any]]:
        """All marbles that are so."""
        for thing, one in MARBLES.items():
            if filters.items() <= one.items():
                yield {"marble_id": thing, **one}


SETTINGS = Settings(
    "toyland",
    [
        Setting("api_key", ("TOYLAND_API_KEY",), secret=True, description="Key.", credential=True),
        Setting("org", ("TOYLAND_ORG",), secret=False, description="Organisation."),
        Setting("endpoint", ("TOYLAND_ENDPOINT",), secret=False, description="Where."),
    ],
    first=("api_key", "KEY"),
)


class ToylandConnection:
    """An organisation of Toyland."""

    access_check = "counted marbles"

    def __init__(self, environment: Environment, settings: Resolved) -> None:
        if not settings.get("api_key"):
            raise ConfigurationError("the key of Toyland is not set")
        self.settings, self.redactor = settings, environment.redactor

    def describe(self) -> str:
        """The organisation and where it is."""
        return f"organisation {self.settings.get('org')} at {ENDPOINT}"

    def place(self, *, ask: bool) -> Mapping[str, str]:
        """Where marbles are."""
        return {"endpoint": ENDPOINT}

    def client(self, patience: float = PATIENCE) -> Toyland:
        """The client."""
        return Toyland()

    def check_access(self) -> None:
        """Everybody with a key may."""


CONNECTIONS = Connections("Toyland", SETTINGS, ToylandConnection, Marble, {})


class MarbleLifecycle(Managed[Toyland]):
    """The verbs of a marble."""

    kind = "toyland.Marble"
    spec = Marble
    outputs = MarbleOutputs
    detail = MarbleDetail
    identity = ("marble_id",)
    connections = CONNECTIONS
    operation = Creating  # nobody makes a marble

    def ask(self, client: Toyland, thing: str, patience: float) -> Answer:
        """The detail of the marble."""
        return client.get(thing)

    def lists(self, context: Context, connection: Connection[Toyland], thing: str, recorded: Inputs) -> bool:
        """Whether it is among all marbles."""
        return thing in MARBLES

    def live_of(self, answer: Answer, *known: Inputs) -> Live:
        """The marble in the spec's names."""
        values = {name: answer[name] for name in ("name", "colour", "size") if name in answer}
        facts = {name: answer[name] for name in ("marble_id", "status", "progress") if name in answer}
        return Live(values, facts, problem=answer.get("problem"), raw=answer)

    def is_going(self, answer: Answer) -> bool:
        """Whether it rolls away."""
        return bool(answer.get("status") == "leaving")


class MarbleProvider(LifecycleProvider):
    """`toyland.Marble`."""

    lifecycle = "tests.support.toyland:MarbleLifecycle"


class MarbleImporting(Importing[Toyland]):
    """Marbles, as long as they are whole."""

    filters = ("colour",)

    def listed(self, client: Toyland, filters: Mapping[str, str]) -> Iterable[tuple[str, str]]:
        """All marbles that are so."""
        return [(one["marble_id"], one["name"]) for one in client.list(filters)]

    def refusal(self, live: Live) -> str | None:
        """A broken one is of no use."""
        return live.problem


MARBLE = MarbleImporting()

STARTER = Starter(
    description="Marbles",
    thing="A marble",
    program="marbles of my own\n",
    emulated_program="marbles of nobody\n",
    invoke="pulumi-inference invoke toyland marble",
    credentials=("pulumi config set --secret inference:toylandApiKey",),
)

CLOUD = Cloud(
    name="toyland",
    title="Toyland",
    short="Toyland",
    documented_at="https://toyland.example.com/{page}",
    kinds=(
        Kind(
            name="Marble",
            provider="tests.support.toyland:MarbleProvider",
            importing="tests.support.toyland:MARBLE",
        ),
        Kind(name="Bag", provider="tests.support.toyland:MarbleProvider"),
    ),
    settings="tests.support.toyland:SETTINGS",
    connections="tests.support.toyland:CONNECTIONS",
    starter="tests.support.toyland:STARTER",
)


def open_toyland(monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts the cloud beside the first, without any marble."""
    cloud = clouds.cloud
    monkeypatch.setattr(clouds, "CLOUDS", ("modelarts", CLOUD.name))
    monkeypatch.setattr(clouds, "cloud", lambda name: CLOUD if name == CLOUD.name else cloud(name))
    MARBLES.clear()
