"""What a preview finds in the cloud's own lists: flavours, models and runtimes, each asked about once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_inference.core.unknown import UNKNOWN
from pulumi_inference.modelarts.checks.entry import check_service
from pulumi_inference.modelarts.places import client_of
from tests.support.cloud import EMBEDDED_PROJECT
from tests.support.models import engine_model, problems_of
from tests.support.world import URN, Values, World, item, new_world

CPU, GPU, NPU = "modelarts.vm.cpu.2u", "modelarts.vm.gpu.pnt004", "modelarts.vm.ai1.snt3"
SPECIFICATIONS = "/services/specifications"
RUNTIMES = "/models/ai-engine-runtimes"
ARM = "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An empty cloud with three flavours, and nothing asked yet."""
    with new_world(tmp_path) as world:
        listed = world.cloud.api("GET", SPECIFICATIONS)["specifications"]
        others = [one["specification"] for one in listed if one["specification"] not in (CPU, GPU, NPU)]
        seed(world, flavours=[{"specification": name, "infer_types": []} for name in others])
        yield world


def seed(world: World, **things: list[Values]) -> None:
    world.cloud.admin("POST", "/seed", things)


def seed_model(world: World, model_id: str = "model-a", **values: Any) -> None:
    seed(world, models=[{"model_id": model_id, "model_name": "digits", "model_version": "1.0.0", **values}])


def set_(world: World, **values: Any) -> None:
    world.cloud.admin("PATCH", "/settings", values)


def service(*config: Values, **changes: Any) -> Values:
    """Checked inputs of a service."""
    where = {"endpoint": "emulator:cloud.db", "project_id": EMBEDDED_PROJECT}
    return {"infer_type": "real-time", "config": list(config) or [item()], **where, **changes}


def told(world: World, values: Values, old: Values | None = None) -> list[str]:
    context = world.context()
    return [str(one) for one in check_service(context, client_of(context, values), old, values)]


def asked(world: World) -> Counter[str]:
    """How often each path was asked for, but for who may ask at all."""
    return Counter(one.path.split("?")[0] for one in world.cloud.sent("GET") if one.path != "/services")


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


def test_an_unknown_model_is_not_judged_where_there_is_none(world: World) -> None:
    assert told(world, service(item("who-knows"))) == []


def test_an_unknown_model_is_refused(world: World) -> None:
    seed_model(world, "11111111-aaaa")
    assert told(world, service(item("11111111-aaab"))) == [
        "config[0].model_id: there is no model 11111111-aaab in this project; did you mean `11111111-aaaa`?"
    ]


def test_a_name_in_place_of_an_id_is_explained(world: World) -> None:
    seed_model(world, "id-1", create_at=1)
    seed_model(world, "id-2", create_at=2, model_version="1.1.0")
    assert told(world, service(item("digits"))) == [
        "config[0].model_id: there is no model digits in this project; "
        "it is the name of a model, whose newest version 1.1.0 has the id id-2"
    ]


@pytest.mark.parametrize("status", ["publishing", "building"])
def test_a_model_that_is_not_ready_yet_is_refused(world: World, status: str) -> None:
    seed_model(world, model_status=status)
    assert told(world, service()) == [
        f"config[0].model_id: digits 1.0.0 (model-a) is still {status}; wait until it is published, then run again"
    ]


@pytest.mark.parametrize("status", ["failed", "building_failed"])
def test_a_model_that_failed_is_refused(world: World, status: str) -> None:
    seed_model(world, model_status=status)
    assert told(world, service()) == [
        f"config[0].model_id: digits 1.0.0 (model-a) is {status} and can never be deployed; make a new version"
    ]


def test_a_model_for_other_services_is_refused(world: World) -> None:
    seed_model(world, install_type=["batch", "edge"])
    assert told(world, service()) == [
        "config[0].model_id: digits 1.0.0 (model-a) is for batch and edge services, not for real-time ones "
        "(its install_type)"
    ]


def test_install_types_as_the_samples_answer_them(world: World) -> None:
    seed_model(world, install_type=["real-time"])
    set_(world, models_as_in_samples=True)
    assert told(world, service()) == []


def test_a_batch_service_needs_input_params(world: World) -> None:
    seed_model(world, input_params=[])
    assert told(world, service(infer_type="batch")) == [
        "config[0].model_id: digits 1.0.0 (model-a) has no input_params, which batch services need; "
        "make a version with apis"
    ]
    assert told(world, service()) == []


def test_where_the_cloud_answers_no_input_params_it_is_a_warning(world: World) -> None:
    seed_model(world)
    assert told(world, service(infer_type="batch")) == []
    assert world.warned == [
        "digits 1.0.0 (model-a) answers no input_params; the cloud refuses batch services of models without them"
    ]


def test_a_runtime_for_another_processor_is_refused(world: World) -> None:
    seed_model(world, model_type="PyTorch", runtime=ARM)
    (problem,) = told(world, service(item(specification=NPU)))
    assert problem == (
        f'config[0].specification: "{NPU}" is x86, and the runtime "{ARM}" of the model digits 1.0.0 is for aarch64'
    )


def test_a_flavour_for_that_processor_is_fine(world: World) -> None:
    seed_model(world, model_type="PyTorch", runtime=ARM)
    seed(
        world,
        flavours=[{"specification": "modelarts.vm.arm", "category": "NPU", "cpu_info": {"arch": "arm", "cpu": 2}}],
    )
    assert told(world, service(item(specification="modelarts.vm.arm"))) == []
    assert world.warned == []


def test_a_runtime_for_another_accelerator_is_a_warning(world: World) -> None:
    seed_model(world, model_type="TensorFlow", runtime="tf1.13-python3.7-gpu")
    assert told(world, service(item(specification=CPU))) == []
    assert world.warned == [
        'the runtime "tf1.13-python3.7-gpu" of the model digits 1.0.0 is listed for gpu, '
        f'and the flavour "{CPU}" is of the category CPU'
    ]


def test_a_runtime_without_an_accelerator_runs_anywhere(world: World) -> None:
    seed_model(world, model_type="TensorFlow", runtime="tf1.13-python3.7-cpu")
    assert told(world, service(item("model-a", specification=CPU))) == []
    assert told(world, service(item("model-a", specification=GPU))) == []
    assert world.warned == []


@pytest.mark.parametrize("kind", ["Image", "Custom", "Template"])
def test_models_without_runtimes_ask_for_none(world: World, kind: str) -> None:
    seed_model(world, model_type=kind, runtime="python3.6")
    assert told(world, service()) == []
    assert RUNTIMES not in asked(world)


OLD = service(item("model-a"), item("model-b"))
UNCHANGED: dict[str, Values] = {
    "nothing": OLD,
    "another order": service(item("model-b"), item("model-a")),
    "another count": service(item("model-a", instance_count=9), item("model-b", envs={"A": "1"})),
    "one less": service(item("model-b")),
}


@pytest.mark.parametrize("values", UNCHANGED.values(), ids=UNCHANGED)
def test_what_has_not_changed_is_not_asked_about(world: World, values: Values) -> None:
    assert told(world, values, OLD) == []
    assert world.cloud.sent() == []


ODD = item("model-a", specification="x")
CHANGED: dict[str, Values] = {
    "model": service(item("model-c", specification="x")),
    "flavour": service(item("model-a", specification="y")),
    "pool of the model": service({**ODD, "pool_name": "p"}),
    "pool of the service": service(ODD, cluster_id="c"),
    "kind": service(ODD, infer_type="batch"),
    "project": service(ODD, project_id="f" * 32),
    "one more": service(ODD, item("model-b", specification="x")),
}


@pytest.mark.parametrize("values", CHANGED.values(), ids=CHANGED)
def test_what_has_changed_is_asked_about(world: World, values: Values) -> None:
    index = len(values["config"]) - 1
    (problem,) = told(world, values, service(ODD))
    assert problem.startswith(f"config[{index}].specification: there is no flavour")


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


def test_each_question_is_asked_once_however_many_services_and_threads(world: World) -> None:
    seed_model(world)
    start = threading.Barrier(8)

    def check(_: int) -> list[str]:
        start.wait(20)
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
        problems = check_service(context, client_of(context, service()), None, service(item(specification="x")))
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
