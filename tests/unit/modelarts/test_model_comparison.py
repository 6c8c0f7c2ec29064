"""What a comparison of a model answers: every change replaces it, and a raised version lets the former one serve on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.models import IMAGE, engine_model, live_models, model, new_model_world
from tests.support.world import Values, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud and the lifecycle of a model, both on one manual clock."""
    with new_model_world(tmp_path) as world:
        yield world


def path_of_the_one(world: World) -> str:
    (found,) = live_models(world)
    return f"/models/{found['model_id']}"


Behind = Callable[[World], None]


def untouched(_world: World) -> None:
    """Nobody has been in the console."""


def console(**changes: object) -> Behind:
    return lambda world: world.cloud.admin("PATCH", path_of_the_one(world), changes)


def vanish(world: World) -> None:
    world.cloud.admin("DELETE", path_of_the_one(world))


CONFIGURED = {"initial_config": {"port": 8080, "metrics": {"f1": 1}}}
BOTH = model(install_type=["real-time", "batch"])

DIFF: dict[str, tuple[Values, Behind, Values, bool | None, list[str], bool]] = {
    "nothing": (model(), untouched, model(), False, [], True),
    "next version": (model(), untouched, model(version="1.0.1"), None, ["version"], False),
    "next version with another source": (
        model(),
        untouched,
        model(version="1.0.1", source_location=f"{IMAGE}1"),
        None,
        ["version", "source_location"],
        False,
    ),
    "another source": (model(), untouched, model(source_location=f"{IMAGE}1"), None, ["source_location"], True),
    "another name": (model(), untouched, model(name="other"), None, ["name"], False),
    "description": (model(description="a"), untouched, model(description="b"), None, ["description"], True),
    "description removed": (model(description="a"), untouched, model(), None, ["description"], True),
    "configuration": (model(**CONFIGURED), untouched, model(**CONFIGURED), False, [], True),
    "a number deep in the configuration": (
        model(**CONFIGURED),
        untouched,
        model(initial_config={"port": 8080, "metrics": {"f1": 2}}),
        None,
        ["initial_config"],
        True,
    ),
    "configuration no longer named": (model(**CONFIGURED), untouched, model(), None, [], True),
    "install types in another order": (BOTH, untouched, model(install_type=["batch", "real-time"]), False, [], True),
    "one install type less": (BOTH, untouched, model(install_type=["batch"]), None, ["install_type"], True),
    "install types as they are": (
        model(),
        untouched,
        model(install_type=["edge", "batch", "real-time"]),
        None,
        [],
        True,
    ),
    "default of the cloud named": (model(), untouched, model(source_copy=True, workspace_id="0"), False, [], True),
    "copied no more": (model(), untouched, model(source_copy=False), None, ["source_copy"], True),
    "only our own ways": (
        engine_model(),
        untouched,
        engine_model(architecture="x86_64", timeouts={"create": "1h"}),
        False,
        [],
        True,
    ),
    "changed in the console": (
        model(description="a"),
        console(description="b"),
        model(description="a"),
        None,
        ["description"],
        True,
    ),
    "changed in the console, unmanaged": (model(), console(model_algorithm="x"), model(), False, [], True),
    "failed later": (model(), console(model_status="failed"), model(), True, ["model_id"], True),
    "vanished": (model(), vanish, model(), True, ["model_id"], False),
}


@pytest.mark.parametrize(("before", "act", "after", "changes", "replaces", "first"), DIFF.values(), ids=DIFF)
def test_comparison(
    world: World,
    before: Values,
    act: Behind,
    after: Values,
    changes: bool | None,
    replaces: list[str],
    first: bool,
) -> None:
    state = world.create(before)
    act(world)
    found = world.diff(state, after)
    assert (found.changes, found.replaces, found.delete_before_replace) == (changes, replaces, first)
    assert world.writes() == []


PACKAGE = {"package_name": "numpy", "package_version": "1.17.0", "restraint": "EXACT"}
PARAMETER = {"url": "/", "method": "post", "protocol": "https", "param_name": "a", "param_type": "int"}


@pytest.mark.parametrize(
    ("name", "unknown"),
    [
        ("input_params", [UNKNOWN]),
        ("dependencies", [UNKNOWN]),
        ("dependencies", [{"installer": "pip", "packages": [UNKNOWN]}]),
    ],
)
def test_an_item_that_nobody_knows_yet_is_a_change(world: World, name: str, unknown: object) -> None:
    dependencies = [{"installer": "pip", "packages": [PACKAGE]}]
    state = world.create(engine_model(input_params=[PARAMETER], dependencies=dependencies))
    world.next_operation()
    found = world.lifecycle.diff(world.context(), state.id, state, {**state.inputs, name: unknown})
    assert found.replaces == [name]
