"""Previews whose lists cannot be had: each asked for once, soon given up, and no reason to refuse anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pulumi_inference.core.lifecycle.connections import ADVICE_PATIENCE
from pulumi_inference.modelarts.checks.entry import check_service
from tests.support.models import engine_model, problems_of
from tests.support.patience import PATIENCE
from tests.support.plan_checks import (
    CPU,
    GPU,
    NPU,
    RUNTIMES,
    SPECIFICATIONS,
    asked,
    new_checked_world,
    seed,
    seed_model,
    service,
    told,
)
from tests.support.world import URN, World, item


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud with three flavours, and nothing asked yet."""
    with new_checked_world(tmp_path) as world:
        yield world


def test_each_question_is_asked_once_however_many_services_and_threads(world: World) -> None:
    seed_model(world)
    start = threading.Barrier(8)

    def check(_: int) -> list[str]:
        start.wait(PATIENCE)
        return told(world, service(item("model-a", specification="x"), item("other")))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(check, range(8)))
    assert all(answer == answers[0] for answer in answers)
    assert len(answers[0]) == 2
    # The flavours of each kind of service, and of the other kind of pool, because this one was not found.
    assert asked(world) == {SPECIFICATIONS: 4, "/models/model-a": 1, "/models/other": 1, "/models": 1}


@pytest.mark.parametrize("status", [403, 500])
def test_a_list_that_cannot_be_had_is_one_warning_and_no_problem(world: World, status: int) -> None:
    seed_model(world, model_status="failed")
    world.cloud.fault(method="GET", path=SPECIFICATIONS, status=status, error_code="ModelArts.0108", count=None)
    for urn in (URN, f"{URN}-2"):
        context = world.context(urn)
        problems = check_service(context, None, service(item(specification="x")))
        assert [one.path for one in problems] == ["config[0].model_id"]
    (warning,) = world.warned
    assert warning.startswith("the flavours of real-time services could not be looked up, so the preview cannot check")


def test_another_list_that_cannot_be_had_takes_nothing_back(world: World) -> None:
    world.cloud.fault(method="GET", path=SPECIFICATIONS, skip=1, status=403, error_code="ModelArts.0108", count=None)
    (problem,) = told(world, service(item(specification="x")))
    assert "there is no flavour" in problem


def test_lists_with_nothing_in_them_say_nothing(world: World) -> None:
    seed(world, flavours=[{"specification": name, "infer_types": []} for name in (CPU, GPU, NPU)])
    seed(world, runtimes=[{"ai_engine": name} for name in ("TensorFlow", "PyTorch", "MindSpore")])
    assert told(world, service(item(specification="x"))) == []
    assert problems_of(world, engine_model(runtime="x")) == []


def test_a_cloud_that_does_not_answer_is_not_asked_any_further(world: World) -> None:
    world.cloud.fault(path=".", status=503, count=None)
    assert told(world, service()) == []
    assert problems_of(world, engine_model(), {}) == []
    assert len(world.warned) == 1
    assert {one.path.split("?")[0] for one in world.cloud.sent("GET")} == {"/services"}


def test_a_project_that_nobody_may_list_is_one_warning(world: World) -> None:
    world.cloud.fault(path=".", status=403, error_code="ModelArts.0108", count=None)
    assert told(world, service()) == []
    assert told(world, service(item(specification=GPU))) == []
    (warning,) = world.warned
    assert warning.startswith("ModelArts does not let its lists be read")


@pytest.mark.parametrize("value", ["off", "false"])
def test_switched_off_nothing_is_asked(world: World, value: str) -> None:
    world.configuration.values["modelartsPlanChecks"] = value
    assert told(world, service(item("nobody", specification="x"))) == []
    assert world.cloud.sent() == []


def test_a_wrong_switch_is_told(world: World) -> None:
    world.configuration.values["modelartsPlanChecks"] = "maybe"
    (problem,) = told(world, service())
    assert "does not say whether plan checks are made" in problem


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize(
    "path",
    [f"{SPECIFICATIONS}$", "/models/model-a$", "/models$", f"{RUNTIMES}$"],
    ids=["flavours", "model", "models", "runtimes"],
)
def test_a_preview_does_not_wait_for_a_list(world: World, path: str, status: int) -> None:
    seed_model(world, "model-b" if path == "/models$" else "model-a", model_type="TensorFlow", runtime="python3.6")
    world.cloud.fault(method="GET", path=path, status=status, count=None)
    begun = world.clock.monotonic()
    told(world, service(item("model-a")))
    (warning,) = world.warned
    assert "could not be looked up" in warning
    assert world.clock.monotonic() - begun <= ADVICE_PATIENCE
