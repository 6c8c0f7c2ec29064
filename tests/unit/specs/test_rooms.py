"""Mistakes in a cloud's room are told before anything is generated of it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from importlib import import_module
from typing import ClassVar

import pytest

from pulumi_inference import clouds
from pulumi_inference.core.cloud import Kind
from pulumi_inference.core.fields.facts import Spec, field, secret_members, walk
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.waiting import Verdict
from pulumi_inference.engine.provider import LifecycleProvider
from pulumi_inference.modelarts.cloud import CLOUD
from pulumi_inference.modelarts.models.lifecycle import ModelLifecycle, ModelOperation
from pulumi_inference.modelarts.specs.lookups import GetModel, GetPools
from tests.support.toycloud import BoxLifecycle
from tools.generators import rooms

ROOM = "pulumi_inference.modelarts"


class Unsettled(ModelOperation):
    """An operation that does not say when a state has settled."""

    @abstractmethod
    def settled(self, answer: Answer) -> Verdict:
        """As in the base."""


class Loose(ModelLifecycle):
    """A lifecycle with such an operation, and an id that nobody answers."""

    operation = Unsettled
    identity = ("id",)


class Undeclared(Spec):
    """A spec with a field that says nothing of itself."""

    size: int = 3


class Bare(ModelLifecycle):
    """A lifecycle of that spec."""

    spec: ClassVar[type[Spec]] = Undeclared


class Nowhere(Spec):
    """A spec that does not say where a thing is."""

    name: str = field(description="Name.", source="tests")


class Placeless(ModelLifecycle):
    """A lifecycle of that spec."""

    spec: ClassVar[type[Spec]] = Nowhere


class Loaded(LifecycleProvider):
    """A provider that remembers something."""

    lifecycle = "pulumi_inference.modelarts.models.lifecycle:ModelLifecycle"
    key = "mine"

    def __init__(self) -> None:
        self.more = "mine too"


def provider_of(lifecycle: type) -> str:
    """The import string of a provider of that lifecycle."""
    name = f"{lifecycle.__name__}Provider"
    globals()[name] = type(name, (LifecycleProvider,), {"lifecycle": f"{__name__}:{lifecycle.__name__}"})
    return f"{__name__}:{name}"


def told(**kind: str) -> list[str]:
    """What is told of a room with this one model."""
    return list(rooms.problems_of(replace(CLOUD, kinds=(Kind(name="Model", **kind),)), "modelarts"))


def test_all_is_well_with_the_rooms_that_there_are() -> None:
    assert rooms.find_problems() == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": "models"}, "name='models' in cloud.py is not the folder's"),
        ({"settings": f"{ROOM}.nowhere:SETTINGS"}, f"there is no module {ROOM}.nowhere"),
        ({"starter": f"{ROOM}.starter:STARTED"}, "STARTED': the module has no STARTED"),
        ({"connections": f"{ROOM}.connection.CONNECTIONS"}, "CONNECTIONS' is not of the form module:name"),
        ({"lookups": f"{ROOM}.specs.lookups:GetPools"}, "GetPools' is not of the form module"),
    ],
)
def test_a_descriptor_that_points_to_nothing(changes: dict[str, str], problem: str) -> None:
    [found] = rooms.problems_of(replace(CLOUD, kinds=(), **changes), "modelarts")
    assert found.startswith(f"{next(iter(changes))}=")
    assert found.endswith(problem)


def test_a_conversion_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    lost = replace(CLOUD, kinds=(), conversions=(f"{ROOM}.migration:NONE",))
    [found] = rooms.problems_of(lost, "modelarts")
    assert found.startswith("conversions=")
    reference = "pulumi_inference.modelartsv2.migration.conversion:FROM_V1"
    right = replace(CLOUD, kinds=(), conversions=(reference,))
    assert list(rooms.problems_of(right, "modelarts")) == []
    monkeypatch.setattr("pulumi_inference.modelartsv2.migration.conversion.FromV1.source", "modelarts.Thing")
    assert list(rooms.problems_of(right, "modelarts")) == ["from-v1: there is no kind modelarts.Thing"]


def test_a_name_in_the_list_without_a_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms.clouds, "CLOUDS", ("nowhere",))
    [found] = rooms.find_problems()
    assert found.startswith("nowhere in clouds.py: ")
    assert found.endswith("there is no module pulumi_inference.nowhere")


def test_a_kind_that_points_to_nothing() -> None:
    provider = "pulumi_inference.providers:ModelArtsModelProvider"
    assert told(provider=f"{ROOM}.providers:Any")[0].startswith("Model: provider='")
    assert told(provider=provider, importing=f"{ROOM}.importing:NONE") == [
        f"Model: importing='{ROOM}.importing:NONE': the module has no NONE"
    ]
    assert told(provider=provider) == []
    assert told(provider=provider, lifecycle=f"{ROOM}.models.lifecycle:ModelLifecycle") == []
    [found] = told(provider=provider, lifecycle=f"{ROOM}.services.lifecycle:ServiceLifecycle")
    assert found.startswith(
        f"Model: lifecycle='{ROOM}.services.lifecycle:ServiceLifecycle': ModelArtsModelProvider has"
    )


def test_a_provider_has_its_lifecycle_only() -> None:
    [found] = told(provider=f"{__name__}:Loaded")
    assert found.startswith("Model: Loaded has key, __init__: ")


def test_a_table_of_what_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GetPools, "columns", {"name": "nmae", "kind": lambda _one: "any"})
    [found] = rooms.problems_of(replace(CLOUD, kinds=()), "modelarts")
    assert found.startswith("GetPools.columns: Pool has no nmae; it has ")
    monkeypatch.setattr(GetPools, "columns", {})
    monkeypatch.setattr(GetModel, "command", "model")
    assert list(rooms.problems_of(replace(CLOUD, kinds=()), "modelarts")) == [
        "GetModel has a command, but does not answer a list"
    ]


def test_a_lifecycle_that_is_not_complete() -> None:
    lacking, identity = told(provider=provider_of(Loose))
    assert lacking == "Model: Unsettled lacks settled"
    assert identity.startswith("Model: Loose.identity: ModelOutputs has no id; it has model_id, ")
    [undeclared] = told(provider=provider_of(Bare))
    assert undeclared.startswith("Model: Undeclared.size is not declared with")
    assert told(provider=provider_of(Placeless)) == [
        "Model: Nowhere has no resolved field endpoint, which says where a thing is"
    ]


def test_a_lifecycle_of_another_kind() -> None:
    globals()["BoxLifecycle"] = BoxLifecycle
    found = told(provider=provider_of(BoxLifecycle))
    assert "Model: BoxLifecycle.kind is 'toys.Box', not 'modelarts.Model'" in found
    assert "Model: BoxLifecycle lacks connections" in found


def test_what_goes_wrong_inside_of_a_module_comes_out_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_module: str) -> None:
        raise ModuleNotFoundError("No module named 'frogs'", name="frogs")

    monkeypatch.setattr(rooms, "import_module", fail)
    with pytest.raises(ModuleNotFoundError, match="frogs"):
        rooms.load(f"{ROOM}.cloud:CLOUD")


@pytest.mark.parametrize("name", clouds.CLOUDS)
def test_no_trace_shows_what_a_cloud_declares_as_secret(name: str) -> None:
    cloud = clouds.cloud(name)
    module = import_module(cloud.connections.partition(":")[0])
    [connection] = {
        one
        for one in vars(module).values()
        if getattr(one, "__module__", "") == module.__name__ and hasattr(one, "records")
    }
    lifecycles = [rooms.load(rooms.load(kind.provider).lifecycle) for kind in cloud.kinds]
    declared = [model for one in lifecycles for model in (one.spec, one.outputs)]
    declared += [lookup.answers()[0] for lookup in clouds.lookups(cloud)]
    sent = {facts.wire for model in declared for _path, facts in walk(model) if facts.secret and not facts.local}
    assert sent <= secret_members(*connection.records())
