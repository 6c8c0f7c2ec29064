"""What each kind of service must say, and what is refused there."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import validate
from pulumi_inference.modelarts.services.rules import SERVICE_RULES, complete
from pulumi_inference.modelarts.specs.service import ServiceSpec

CPU = "modelarts.vm.cpu.2u"
BATCH = {
    "src_path": "https://b.obs.example.com/in/",
    "dest_path": "https://b.obs.example.com/out/",
    "req_uri": "/",
    "mapping_type": "file",
}
TREE = {
    "type": "object",
    "properties": {
        "rows": {"type": "array", "items": [{"type": "object", "properties": {"x": {"type": "number", "index": 0.0}}}]},
        "label": {"type": "string", "index": -1},
    },
}


def told(values: dict[str, Any]) -> list[str]:
    known = complete(normalise(ServiceSpec, values))
    return [str(problem) for problem in validate(ServiceSpec, known, SERVICE_RULES)]


def service(kind: str, *models: dict[str, Any], **values: Any) -> dict[str, Any]:
    items = [{"model_id": f"m{index}", "specification": CPU, **model} for index, model in enumerate(models or ({},))]
    return {"infer_type": kind, "config": items, **values}


def batch(**model: Any) -> dict[str, Any]:
    return service("batch", {**BATCH, **model})


def csv(tree: Any) -> dict[str, Any]:
    return batch(mapping_type="csv", mapping_rule=tree)


@pytest.mark.parametrize(
    "values",
    [
        batch(),
        batch(src_type="ManifestFile"),
        csv(TREE),
        csv({"type": "object", "properties": {"x": {"type": "array", "items": {"type": "integer", "index": 3}}}}),
        service("batch", BATCH, pool_name="p", priority=2, rerun_triggers={"day": "1"}),
        service("edge", {"nodes": ["n1"]}),
        service("edge", cluster_id="edge-pool"),
        service("edge", {"nodes": ["n1"], "specification": "custom", "custom_spec": {"cpu": 1, "memory": 1}}),
        service("edge", {"nodes": ["n1", "n2"]}, desired_node_status={"n2": "stopped"}),
        service("real-time", tags={"team": "视觉 1", "a.b:c=d+e@f-g_h": "x/y", "empty": ""}),
        service("real-time", restart_after_schedule=True, desired_status="running"),
    ],
)
def test_right_services(values: dict[str, Any]) -> None:
    assert told(values) == []


def test_columns_arrive_as_floats_and_are_integers() -> None:
    values = normalise(ServiceSpec, csv(TREE))
    column = values["config"][0]["mapping_rule"]["properties"]["rows"]["items"][0]["properties"]["x"]["index"]
    assert (column, type(column)) == (0, int)


@pytest.mark.parametrize("name", list(BATCH))
def test_a_batch_service_is_complete(name: str) -> None:
    model = {key: value for key, value in BATCH.items() if key != name}
    assert told(service("batch", model)) == [f"config[0].{name}: is required for a batch service"]


@pytest.mark.parametrize("kind", ["batch", "edge"])
def test_only_real_time_services_have_several_models(kind: str) -> None:
    model = BATCH if kind == "batch" else {"nodes": ["n"]}
    assert told(service(kind, model, model)) == [f"config: has 2 models, but a {kind} service has exactly one"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (service("real-time", rerun_triggers={"a": "b"}), "rerun_triggers: is for batch services only, and this one"),
        (service("real-time", desired_node_status={"a": "stopped"}), "desired_node_status: is for edge services only"),
        (service("real-time", {"src_path": "x"}), "config[0].src_path: is for batch services only"),
        (service("real-time", {"nodes": ["n"]}), "config[0].nodes: is for edge services only"),
        (batch(weight=100), "config[0].weight: is for real-time services only, and this one is batch; remove it"),
        (batch(nodes=["n"]), "config[0].nodes: is for edge services only"),
        (service("batch", BATCH, schedule=[{"time_unit": "DAYS", "duration": 1}]), "schedule: is for real-time"),
        (service("batch", BATCH, tags={"a": "b"}), "tags: is for real-time services only"),
        (service("batch", BATCH, load_balancer_policy="SOURCE_IP"), "load_balancer_policy: is for real-time"),
        (service("edge", {"nodes": ["n"]}, priority=1), "priority: is for real-time and batch services only"),
        (service("edge", {"nodes": ["n"]}, pool_name="p"), "pool_name: is for real-time and batch services only"),
        (service("edge", {"nodes": ["n"], "affinity": {}}), "config[0].affinity: is for real-time and batch"),
        (service("edge"), "config[0].nodes: is required for an edge service; or set the service's cluster_id"),
        (
            service("edge", {"nodes": ["n1", "n2"]}, desired_node_status={"n3": "stopped"}),
            "desired_node_status.n3: is not one of the nodes in config; its nodes: n1, n2",
        ),
        (
            service("edge", cluster_id="c", desired_node_status={"n3": "stopped"}),
            "desired_node_status: nodes of an edge pool (cluster_id) cannot be started or stopped; remove it",
        ),
        (service("real-time", restart_after_schedule=True), "restart_after_schedule: has no effect without desired"),
        (service("real-time", smoke_test={}, wait=False), "smoke_test: needs a service that runs, so it cannot"),
        (service("batch", BATCH, smoke_test={}), "smoke_test: needs a real-time service"),
    ],
)
def test_what_belongs_to_another_kind_is_refused(values: dict[str, Any], message: str) -> None:
    assert len(told(values)) == 1
    assert told(values)[0].startswith(message)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"mapping_type": "csv"}, 'config[0].mapping_rule: is required when mapping_type is "csv"'),
        ({"mapping_rule": TREE}, 'config[0].mapping_rule: has no effect with mapping_type "file"; remove it'),
    ],
)
def test_a_mapping_rule_is_for_csv(model: dict[str, Any], message: str) -> None:
    assert told(batch(**model)) == [message]


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ({}, "type: must be one of object, array, string, number, integer, boolean"),
        ({"type": "text", "index": 0}, "type: must be one of object, array"),
        ({"type": "object"}, "properties: is required"),
        ({"type": "object", "properties": {}}, "properties: is required"),
        ({"type": "object", "properties": {"x": 3}}, "properties.x: must be an object with a type"),
        ({"type": "object", "properties": {"x": {"type": "number"}}}, "properties.x.index: must be the number"),
        ({"type": "object", "properties": {"x": {"type": "number", "index": -2}}}, "properties.x.index: must be"),
        ({"type": "object", "properties": {"x": {"type": "number", "index": 0.5}}}, "properties.x.index: must be"),
        ({"type": "object", "properties": {"x": {"type": "number", "index": True}}}, "properties.x.index: must be"),
        ({"type": "array"}, "items: is required"),
        ({"type": "array", "items": []}, "items: is required"),
        ({"type": "array", "items": [{"type": "number"}]}, "items[0].index: must be"),
    ],
)
def test_a_mapping_rule_is_a_tree_of_columns(tree: Any, path: str) -> None:
    assert [text.startswith(f"config[0].mapping_rule.{path}") for text in told(csv(tree))] == [True]


@pytest.mark.parametrize(
    ("tags", "refused"),
    [
        ({"": "x"}, True),
        ({"k" * 128: "x"}, False),
        ({"k" * 129: "x"}, True),
        ({" k": "x"}, True),
        ({"k ": "x"}, True),
        ({"_sys_a": "x"}, True),
        ({"a/b": "x"}, True),
        ({"a": "v" * 255}, False),
        ({"a": "v" * 256}, True),
        ({"a": "x#y"}, True),
    ],
)
def test_tags_have_an_alphabet_and_a_length(tags: dict[str, str], refused: bool) -> None:
    assert bool(told(service("real-time", tags=tags))) is refused


@pytest.mark.parametrize(
    "values",
    [
        service("batch", {**BATCH, "mapping_type": UNKNOWN}),
        csv(UNKNOWN),
        csv({"type": UNKNOWN}),
        csv({"type": "object", "properties": UNKNOWN}),
        csv({"type": "object", "properties": {"x": {"type": "number", "index": UNKNOWN}}}),
        csv({"type": "array", "items": UNKNOWN}),
        service("edge", {"nodes": UNKNOWN}),
        service("edge", {"nodes": [UNKNOWN]}, desired_node_status={"n": "stopped"}),
        service("edge", cluster_id=UNKNOWN),
        service("real-time", tags=UNKNOWN),
        service("real-time", tags={"a": UNKNOWN}),
        {"infer_type": UNKNOWN, "config": [{"model_id": "m", "specification": CPU, **BATCH}]},
    ],
)
def test_what_is_not_known_yet_is_no_mistake_of_a_kind(values: dict[str, Any]) -> None:
    assert told(values) == []
