"""The cross-field rules of a ModelArts service: what each refuses, what it lets pass, and when it cannot know."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.modelarts.services.rules import SERVICE_RULES, complete
from pulumi_inference.modelarts.specs.service import ServiceSpec

CPU = "modelarts.vm.cpu.2u"
CUSTOM = {"specification": "custom", "custom_spec": {"cpu": 4, "memory": 8192}}


def _told(values: dict[str, Any]) -> list[str]:
    normal = complete(normalise(ServiceSpec, values))
    return [str(problem) for problem in validate(ServiceSpec, normal, SERVICE_RULES)]


def _service(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    """A service of these items (one plain item when there is none), each with a model of its own."""
    config = [{"model_id": f"m{index}", "specification": CPU, **item} for index, item in enumerate(items or ({},))]
    return {"config": config, **values}


@pytest.mark.parametrize(
    "values",
    [
        _service(),
        _service({"weight": 100}),
        _service({"weight": "70"}, {"weight": 30}),
        _service({"weight": 100}, {"weight": 0}),
        _service(CUSTOM, pool_name="p"),
        _service(CUSTOM, cluster_id="c"),
        _service({**CUSTOM, "pool_name": "q"}, pool_name="p"),
        _service({"custom_spec": {}}),
        _service(vpc_id="v", subnet_network_id="s", security_group_id="g"),
        _service({"specification": "modelarts.vm.gpu.t4u8.container"}),
        _service({"specification": "modelarts.vm.something-new_2"}),
        _service({"envs": {"A": "a"}}, secret_envs={"m0": {"B": "b"}}),
        _service({"additional_properties": {"log_volume": [{"host_path": "/a", "mount_path": "/b"}]}}, pool_name="p"),
        _service(additional_properties={"smn_notification": {"topic_urn": "u", "events": [1, 2, 3, 7, 9, 11]}}),
    ],
)
def test_good_services(values: dict[str, Any]) -> None:
    assert _told(values) == []


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        (
            _service({"weight": 60}, {"weight": 30}),
            ["config: weights add up to 90, must be 100 (config[0]=60, config[1]=30)"],
        ),
        (_service({"weight": 90}), ["config: weights add up to 90, must be 100 (config[0]=90)"]),
        (
            _service({"weight": 100}, {}),
            ["config[1].weight: is required when there are several models; weights add up to 100"],
        ),
        (
            _service({"weight": 50}, {"weight": 50, "model_id": "m0"}),
            ["config[1].model_id: m0 stands in config[0] already; each model only once"],
        ),
        (
            _service({**CUSTOM, "custom_spec": {"cpu": 1, "memory": 1, "gpu_p4": 1, "ascend_a310": 1}}, pool_name="p"),
            ["config[0].custom_spec.ascend_a310: cannot be combined with gpu_p4; remove one of the two"],
        ),
        (
            _service({"specification": "custom"}, pool_name="p"),
            ['config[0].custom_spec: is required, with cpu and memory, when specification is "custom"'],
        ),
        (
            _service({"specification": "custom", "custom_spec": {}}, pool_name="p"),
            ['config[0].custom_spec: is required, with cpu and memory, when specification is "custom"'],
        ),
        (
            _service({"custom_spec": {"cpu": 1, "memory": 1}}),
            [f'config[0].custom_spec: has no effect with specification "{CPU}"; remove it, or choose "custom"'],
        ),
        (
            _service(CUSTOM),
            [
                'config[0].specification: "custom" needs a dedicated pool; '
                "set the service's pool_name (or cluster_id)",
            ],
        ),
        (
            _service({"pool_name": "q"}),
            ["config[0].pool_name: needs a pool at the service too; set the service's pool_name (or cluster_id)"],
        ),
        (
            _service({"cluster_id": "q"}),
            ["config[0].cluster_id: needs a pool at the service too; set the service's pool_name (or cluster_id)"],
        ),
        (
            _service({"additional_properties": {"log_volume": [{"host_path": "/a", "mount_path": "/b"}]}}),
            [
                "config[0].additional_properties.log_volume: needs a dedicated pool; remove it, or set the service's "
                "pool_name (or cluster_id)"
            ],
        ),
        (
            _service(pool_name="p", cluster_id="c"),
            ["cluster_id: has no effect with pool_name; remove one of the two"],
        ),
        (
            _service({"pool_name": "p", "cluster_id": "c"}, pool_name="p"),
            ["config[0].cluster_id: has no effect with pool_name; remove one of the two"],
        ),
        (
            _service(vpc_id="v"),
            ["subnet_network_id: is required with vpc_id", "security_group_id: is required with vpc_id"],
        ),
        (
            _service(subnet_network_id="s", security_group_id="g"),
            ["vpc_id: is required with subnet_network_id and security_group_id"],
        ),
        (
            _service(pool_name="p", vpc_id="v", subnet_network_id="s", security_group_id="g"),
            [
                f"{name}: has no effect with a dedicated pool; remove it, or pool_name and cluster_id"
                for name in ("vpc_id", "subnet_network_id", "security_group_id")
            ],
        ),
        (
            _service({"specification": "modelsarts.vm.ai1.a310"}),
            [
                'config[0].specification: must be "custom" or a flavour such as "modelarts.vm.cpu.2u", not '
                '"modelsarts.vm.ai1.a310"; did you mean `modelarts.vm.ai1.a310`?'
            ],
        ),
        (
            _service({"specification": "2 CPUs"}),
            ['config[0].specification: must be "custom" or a flavour such as "modelarts.vm.cpu.2u", not "2 CPUs"'],
        ),
        (
            _service(secret_envs={"other": {"A": "a"}}),
            ["secret_envs.other: names a model that is not in config; its models: m0"],
        ),
        (
            _service({"envs": {"A": "a"}}, secret_envs={"m0": {"A": "s3cret"}}),
            ["secret_envs.m0.A: stands in the model's envs too; remove one of the two"],
        ),
        (
            _service(additional_properties={"smn_notification": {"topic_urn": "u", "events": [1, 4]}}),
            ["additional_properties.smn_notification.events[1]: must be one of 1, 2, 3, 7, 9, 11, not 4"],
        ),
    ],
)
def test_bad_services(values: dict[str, Any], messages: list[str]) -> None:
    assert _told(values) == messages


@pytest.mark.parametrize("zero", [{"gpu_p4": 0, "ascend_a310": 2}, {"gpu_p4": 2, "ascend_a310": 0}])
def test_no_accelerator_excludes_none(zero: dict[str, int]) -> None:
    assert _told(_service({**CUSTOM, "custom_spec": {"cpu": 1, "memory": 1, **zero}}, pool_name="p")) == []


@pytest.mark.parametrize(
    "values",
    [
        _service({"weight": UNKNOWN}, {"weight": 30}),
        _service({"weight": 60, "model_id": UNKNOWN}, {"weight": 40, "model_id": UNKNOWN}),
        _service(
            {"custom_spec": {"cpu": 1, "memory": 1, "gpu_p4": UNKNOWN, "ascend_a310": 1}, "specification": "custom"},
            pool_name="p",
        ),
        _service({"specification": UNKNOWN, "custom_spec": {"cpu": 1, "memory": 1}}),
        _service({"specification": "custom", "custom_spec": UNKNOWN}, pool_name="p"),
        _service(CUSTOM, pool_name=UNKNOWN),
        _service({"pool_name": "q"}, cluster_id=UNKNOWN),
        _service(vpc_id="v", subnet_network_id=UNKNOWN),
        _service(vpc_id="v", pool_name=UNKNOWN),
        _service({"model_id": UNKNOWN}, secret_envs={"m": {"A": "a"}}),
        _service({"envs": UNKNOWN}, secret_envs={"m0": {"A": "a"}}),
        _service(secret_envs={"m0": UNKNOWN}),
        _service(infer_type=UNKNOWN),
        {"config": UNKNOWN, "secret_envs": {"m": {"A": "a"}}},
    ],
)
def test_what_is_not_known_yet_is_no_mistake(values: dict[str, Any]) -> None:
    assert _told(values) == []


def test_an_unknown_item_hides_no_mistake_of_another() -> None:
    values = _service({"weight": UNKNOWN, "specification": UNKNOWN}, {"weight": 40, "pool_name": "q"})
    assert [message.split(":")[0] for message in _told(values)] == ["config[1].pool_name"]


def test_a_single_model_gets_the_whole_traffic() -> None:
    assert complete(normalise(ServiceSpec, _service()))["config"][0]["weight"] == 100
    assert complete(normalise(ServiceSpec, _service({"weight": UNKNOWN})))["config"][0]["weight"] is UNKNOWN


@pytest.mark.parametrize("config", [UNKNOWN, "none", [], [UNKNOWN], ["none"], [{}, {}]])
def test_completing_leaves_what_it_cannot_complete(config: Any) -> None:
    assert complete({"config": config}) == {"config": config}


def test_completing_changes_no_argument() -> None:
    values = _service({"custom_spec": {}})
    complete(values)
    assert values == _service({"custom_spec": {}})


@pytest.mark.parametrize(("given", "left"), [({"m0": {}}, None), ({"m0": {}, "m1": {"A": "a"}}, {"m1": {"A": "a"}})])
def test_a_model_without_secret_variables_is_as_one_not_named(given: Any, left: Any) -> None:
    assert complete(_service({}, {}, secret_envs=given)).get("secret_envs") == left


def test_completing_survives_any_model_id() -> None:
    for model in ([], {}, UNKNOWN, None, 5):
        values = {"config": [{"model_id": model, "weight": 100}], "secret_envs": {"m": {"A": "a"}}}
        assert complete(values) == values


def test_no_accelerators_are_as_many_as_not_set() -> None:
    values = complete(_service({"custom_spec": {"cpu": 1, "memory": 1, "gpu_p4": 0, "ascend_a310": 1}}))
    assert values["config"][0]["custom_spec"] == {"cpu": 1, "memory": 1, "ascend_a310": 1}


def test_the_variables_of_a_model_with_secret_ones_are_managed_as_a_whole() -> None:
    first, second = complete(_service({}, {}, secret_envs={"m0": {"TOKEN": "t"}}))["config"]
    assert first["envs"] == {}
    assert "envs" not in second
