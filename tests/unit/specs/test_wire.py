"""Our names and values against the API's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.validate import parse
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.modelarts.specs.detail import ServiceDetail, ServiceOutputs
from pulumi_inference.modelarts.specs.service import ServiceSpec
from tests.support.specs import documents

ANSWER = {
    "service_id": "8f0a7d1e-4b43-4a53-8c0d-2f3f2f6f9d10",
    "service_name": "classifier",
    "tenant": "t",
    "project": "p",
    "owner": "o",
    "publish_at": 1711000000000,
    "infer_type": "real-time",
    "workspace_id": 0,
    "cluster_id": None,
    "status": "running",
    "progress": 100,
    "invocation_times": 12,
    "failed_times": 1,
    "is_shared": False,
    "shared_count": 0,
    "is_free": "false",
    "access_address": "https://gateway.example.com/v1/infers/8f0a7d1e",
    "additional_properties": {},
    "some_new_field": {"a": 1},
    "config": [
        {
            "model_id": "m",
            "model_name": "digits",
            "model_version": "1.0.0",
            "specification": "custom",
            "custom_spec": {},
            "weight": "100",
            "instance_count": 2.0,
            "envs": {"A": "a"},
            "scaling": False,
            "support_debug": False,
            "status": "ready",
            "additional_properties": {},
        }
    ],
}


def test_a_request_has_wire_names_and_only_what_is_sent() -> None:
    values = {
        "name": "classifier",
        "description": "",
        "schedule": [],
        "priority": None,
        "service_secrets": [{"secret_id": "s", "mount_path": "/secrets"}],
        "config": [{"model_id": "m", "weight": 0, "envs": {"A": "a"}}],
        "secret_envs": {"m": {"TOKEN": "t"}},
        "timeouts": {"create": "20m"},
        "wait": True,
        "desired_status": "stopped",
        "connection": "other",
        "endpoint": "https://example.com",
        "region": "r",
        "project_id": "p",
        "no_such_field": 1,
    }
    assert to_wire(ServiceSpec, values) == {
        "service_name": "classifier",
        "description": "",
        "schedule": [],
        "service_secrets": [{"secretId": "s", "mouthPath": "/secrets"}],
        "config": [{"model_id": "m", "weight": 0, "envs": {"A": "a"}}],
    }


def test_an_answer_comes_back_in_our_names_and_types() -> None:
    values = from_wire(ServiceSpec, ANSWER)
    assert values["name"] == "classifier"
    assert values["workspace_id"] == "0"
    assert "cluster_id" not in values
    assert "some_new_field" not in values
    item = values["config"][0]
    assert (item["weight"], item["instance_count"]) == (100, 2)
    assert type(item["instance_count"]) is int
    assert "model_name" not in item


def test_the_whole_detail_is_typed() -> None:
    detail = parse(ServiceDetail, from_wire(ServiceDetail, ANSWER))
    assert detail.name == "classifier"
    assert detail.workspace_id == "0"
    assert detail.is_free is False
    assert detail.invocation_times == 12
    assert detail.config[0].weight == 100
    assert detail.config[0].custom_spec is not None
    assert detail.config[0].custom_spec.cpu is None
    assert detail.due_time is None


def test_the_detail_of_a_subscribed_service_has_only_the_models_names() -> None:
    shared = {**ANSWER, "is_shared": True, "config": [{"model_id": "m", "model_name": "n", "model_version": "1.0.0"}]}
    detail = parse(ServiceDetail, from_wire(ServiceDetail, shared))
    assert detail.is_shared
    assert detail.config[0].instance_count is None


def test_outputs_are_what_stays_true() -> None:
    outputs = from_wire(ServiceOutputs, ANSWER)
    assert outputs["deployed"] == [
        {"model_id": "m", "model_name": "digits", "model_version": "1.0.0", "scaling": False, "support_debug": False}
    ]
    assert "invocation_times" not in outputs
    assert "progress" not in outputs


@pytest.mark.parametrize(
    ("answered", "expected"),
    [("true", True), ("false", False), (True, True), ("perhaps", "perhaps")],
)
def test_booleans_come_as_text_too(answered: Any, expected: Any) -> None:
    assert from_wire(ServiceOutputs, {"is_shared": answered})["is_shared"] == expected


@pytest.mark.parametrize(("answered", "expected"), [(0, "0"), (2.0, "2"), (True, "true"), ("x", "x")])
def test_texts_come_as_numbers_too(answered: Any, expected: str) -> None:
    assert from_wire(ServiceSpec, {"workspace_id": answered})["workspace_id"] == expected


def test_an_answer_of_a_wrong_shape_is_kept_for_the_reader_to_refuse() -> None:
    assert from_wire(ServiceSpec, {"config": "none", "schedule": {"type": "stop"}}) == {
        "config": "none",
        "schedule": {"type": "stop"},
    }


@given(documents(ServiceSpec))
def test_what_is_sent_and_answered_unchanged_comes_back_unchanged(document: dict[str, Any]) -> None:
    values = normalise(ServiceSpec, document)
    facts = facts_of(ServiceSpec)
    sent = {name: value for name, value in values.items() if not (facts[name].local or facts[name].resolved)}
    assert from_wire(ServiceSpec, to_wire(ServiceSpec, values)) == sent
