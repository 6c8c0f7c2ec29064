"""What a preview finds in the cloud's list of flavours, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_inference.core.fields.unknown import UNKNOWN
from tests.support.plan_checks import (
    CPU,
    GPU,
    NPU,
    SPECIFICATIONS,
    asked,
    new_checked_world,
    seed,
    seed_model,
    service,
    set_,
    told,
)
from tests.support.world import Values, World, item


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud with three flavours, and nothing asked yet."""
    with new_checked_world(tmp_path) as world:
        yield world


def test_a_flavour_that_can_be_had_is_no_problem(world: World) -> None:
    assert told(world, service(item(specification=CPU))) == []
    assert world.warned == []


@pytest.mark.parametrize("name", ["modelarts.vm.gpu.p4", GPU])
def test_flavours_are_known_by_their_former_names(world: World, name: str) -> None:
    assert told(world, service(item(specification=name))) == []


def test_a_flavour_is_known_by_its_new_name_where_the_list_has_the_former_one(world: World) -> None:
    seed(world, flavours=[{"specification": GPU, "infer_types": []}, {"specification": "modelarts.vm.gpu.p4"}])
    assert told(world, service(item(specification=GPU))) == []


def test_an_unknown_flavour_is_refused_and_the_nearest_named(world: World) -> None:
    assert told(world, service(item(), item("model-b", specification="modelarts.vm.cpu.3u"))) == [
        'config[1].specification: there is no flavour "modelarts.vm.cpu.3u" for real-time services in the shared pool; '
        "did you mean `modelarts.vm.cpu.2u`?"
    ]


def test_without_a_near_one_the_list_is_told(world: World) -> None:
    assert told(world, service(item(specification="xyz"))) == [
        'config[0].specification: there is no flavour "xyz" for real-time services in the shared pool; '
        f"there is {CPU}, {GPU}, {NPU}"
    ]


def test_a_flavour_of_other_services_says_for_which(world: World) -> None:
    seed(world, flavours=[{"specification": "modelarts.vm.b", "infer_types": ["batch", "edge"]}])
    (problem,) = told(world, service(item(specification="modelarts.vm.b")))
    assert '"modelarts.vm.b" is a flavour for batch and edge services, not for real-time ones; there is' in problem
    assert told(world, service(item(specification="modelarts.vm.b"), infer_type="batch")) == []


@pytest.mark.parametrize(
    ("dedicated", "pools", "said"),
    [
        (True, {}, "is a flavour of a dedicated pool, and the service is in the shared pool"),
        (False, {"pool_name": "p"}, "is a flavour of the shared pool, and the service is in a dedicated pool"),
        (False, {"cluster_id": "c"}, "is a flavour of the shared pool, and the service is in a dedicated pool"),
    ],
)
def test_a_flavour_of_another_kind_of_pool(world: World, dedicated: bool, pools: Values, said: str) -> None:
    seed(world, flavours=[{"specification": "modelarts.vm.d", "dedicated": dedicated}])
    (problem,) = told(world, service(item(specification="modelarts.vm.d"), **pools))
    assert said in problem


def test_a_pool_of_edge_nodes_is_no_dedicated_pool(world: World) -> None:
    seed(world, flavours=[{"specification": "modelarts.vm.e", "dedicated": False, "infer_types": ["edge"]}])
    assert told(world, service(item(specification="modelarts.vm.e"), infer_type="edge", cluster_id="c")) == []


def test_custom_resources_are_no_flavour(world: World) -> None:
    assert told(world, service(item(specification="custom"), pool_name="p")) == []
    assert SPECIFICATIONS not in asked(world)


def test_a_flavour_that_is_sold_out_is_refused(world: World) -> None:
    set_(world, sold_out=[GPU])
    assert told(world, service(item(specification="modelarts.vm.gpu.p4"))) == [
        f'config[0].specification: "modelarts.vm.gpu.p4" is sold out at the moment; to be had: {CPU}'
    ]


def test_a_flavour_beyond_the_quota_is_refused(world: World) -> None:
    set_(world, over_quota=[CPU])
    assert told(world, service()) == [
        f'config[0].specification: the quota for "{CPU}" is used up; ask for a higher one; to be had: {GPU}'
    ]


def test_a_flavour_that_is_not_open_is_one_warning(world: World) -> None:
    values = service(item("a", specification=NPU), item("b", specification=NPU))
    assert told(world, values) == []
    assert world.warned == [
        f'the flavour "{NPU}" is not open to everybody: deploying fails until a ticket for it was granted'
    ]


UNKNOWNS: dict[str, Values] = {
    "config": service(config=UNKNOWN),
    "item": service(UNKNOWN),  # type: ignore[arg-type]
    "model": service(item(UNKNOWN)),  # type: ignore[arg-type]
    "flavour": service(item("model-a", specification=UNKNOWN)),
    "kind": service(item("nobody", specification="x"), infer_type=UNKNOWN),
    "pool": service(item("model-a", specification="x"), pool_name=UNKNOWN),
    "pool of the model": service(item("model-a", specification="x", cluster_id=UNKNOWN)),
}


@pytest.mark.parametrize("values", UNKNOWNS.values(), ids=UNKNOWNS)
def test_what_is_not_known_yet_is_not_judged(world: World, values: Values) -> None:
    seed_model(world)
    assert told(world, values) == []
