"""What a preview asks the cloud about: what is new; what a service has already is a warning at most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.plan_checks import ARM, CPU, GPU, NPU, new_checked_world, seed_model, service, set_, told
from tests.support.world import Values, World, item, through_engine


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud with three flavours, and nothing asked yet."""
    with new_checked_world(tmp_path) as world:
        yield world


OLD = service(item("model-a"), item("model-b"))
UNCHANGED: dict[str, Values] = {
    "nothing": OLD,
    "another order": service(item("model-b"), item("model-a")),
    "variables": service(item("model-a"), item("model-b", envs={"A": "1"})),
    "fewer instances": service(item("model-a", instance_count=1), item("model-b")),
    "a count that is not known yet": service(item("model-a", instance_count=UNKNOWN), item("model-b")),
    "one less": service(item("model-b")),
}


@pytest.mark.parametrize("values", UNCHANGED.values(), ids=UNCHANGED)
def test_what_has_not_changed_is_not_asked_about(world: World, values: Values) -> None:
    assert told(world, values, OLD) == []
    assert world.cloud.sent() == []


ODD = item("model-a", specification="x")
NEW_FLAVOURS: dict[str, Values] = {
    "flavour": service(item("model-a", specification="y")),
    "pool of the model": service({**ODD, "pool_name": "p"}),
    "pool of the service": service(ODD, cluster_id="c"),
    "kind": service(ODD, infer_type="batch"),
    "project": service(ODD, project_id="f" * 32),
    "one more": service(ODD, item("model-b", specification="y")),
}


@pytest.mark.parametrize("values", NEW_FLAVOURS.values(), ids=NEW_FLAVOURS)
def test_a_flavour_that_the_service_does_not_have_yet_is_asked_about(world: World, values: Values) -> None:
    index = len(values["config"]) - 1
    (problem,) = told(world, values, service(ODD))
    assert problem.startswith(f"config[{index}].specification: there is no flavour")
    assert world.warned == []


MORE_OF_THE_SAME: dict[str, Values] = {
    "another model": service(item("model-c")),
    "a model beside it": service(item("model-a", instance_count=1), item("model-c", instance_count=1)),
    "a model that is not known yet": service(item(UNKNOWN)),  # type: ignore[arg-type]
    "more instances": service(item("model-a", instance_count=3)),
}


@pytest.mark.parametrize("values", MORE_OF_THE_SAME.values(), ids=MORE_OF_THE_SAME)
@pytest.mark.parametrize(
    ("setting", "reason"),
    [("sold_out", "is sold out at the moment"), ("over_quota", f'the quota for "{CPU}" is used up')],
)
def test_more_of_a_flavour_that_the_service_has_is_a_warning(
    world: World, values: Values, setting: str, reason: str
) -> None:
    set_(world, **{setting: [CPU]})
    assert told(world, values, service()) == []
    (warning,) = world.warned
    assert reason in warning


def test_recorded_counts_may_be_the_engines_numbers(world: World) -> None:
    """The engine knows no integers."""
    assert told(world, service(item(instance_count=2)), through_engine(service(item(instance_count=2)))) == []
    assert world.cloud.sent() == []


def test_a_flavour_of_a_model_beside_it_is_new_when_it_is_another_one(world: World) -> None:
    set_(world, sold_out=[GPU])
    (problem,) = told(world, service(item(), item("model-b", specification=GPU)), service())
    assert problem.startswith(f'config[1].specification: "{GPU}" is sold out')


def test_a_flavour_that_the_list_no_longer_has_is_a_warning_for_a_service_that_runs_in_it(world: World) -> None:
    assert told(world, service(item("model-c", specification="x")), service(ODD)) == []
    (warning,) = world.warned
    assert warning.startswith('config[0].specification: there is no flavour "x"')


def test_another_flavour_does_not_bring_up_the_model_again(world: World) -> None:
    seed_model(world, install_type=["batch"])
    assert told(world, service(item(specification=GPU)), service()) == []
    assert told(world, service(item("model-a")), service(item("model-b"))) != []


def test_a_service_of_another_kind_has_nothing_yet(world: World) -> None:
    seed_model(world, install_type=["real-time"])
    (problem,) = told(world, service(infer_type="batch"), service())
    assert "is for real-time services, not for batch ones" in problem


def test_whether_they_fit_is_asked_when_either_is_new(world: World) -> None:
    seed_model(world, model_type="PyTorch", runtime=ARM)
    for old in (service(item("model-b", specification=NPU)), service(item(specification=CPU))):
        (problem,) = told(world, service(item("model-a", specification=NPU)), old)
        assert "of the model digits 1.0.0 is for aarch64" in problem
