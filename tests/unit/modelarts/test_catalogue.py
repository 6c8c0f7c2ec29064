"""Flavours, services and models as typed records: every field that the cloud answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.modelarts.specs.detail import Answer
from pulumi_inference.modelarts.specs.lookups import GetFlavours, GetModel, GetModels, GetServices
from pulumi_inference.modelarts.specs.records import (
    Flavour,
    ModelDetail,
    ModelSummary,
    ServiceSummary,
)
from tests.support.answers import Answers

Values = dict[str, Any]

FLAVOUR = {
    "specification": "modelarts.vm.gpu.pnt004",
    "billing_spec": "modelarts.vm.gpu.pnt004.ms",
    "category": "GPU",
    "cpu_info": {"arch": "x86", "cpu": 8},
    "memory_info": {"unit": "GB", "memory": 32},
    "gpu_info": {"brand": "NVIDIA", "version": "T4", "unit": "GB", "memory": 16, "gpu": 1},
    "npu_info": {"brand": "Ascend", "version": "310", "unit": "GB", "memory": 0, "npu": 0},
    "display_en": "GPU: 1*T4",
    "display_cn": "GPU：1*T4",
    "is_open": True,
    "spec_status": "sellout",
    "is_free": False,
    "over_quota": True,
    "extend_params": 1,
    "source_type": "",
}

SERVICE = {
    "service_id": "s-1",
    "service_name": "classifier",
    "description": "",
    "tenant": "t",
    "project": "p",
    "owner": "o",
    "publish_at": 1711000000000,
    "infer_type": "batch",
    "workspace_id": 0,
    "status": "deploying",
    "progress": 20,
    "invocation_times": 7,
    "failed_times": 1,
    "is_shared": False,
    "shared_count": 0,
    "schedule": [{"type": "stop", "time_unit": "HOURS", "duration": 2}],
    "due_time": 1711007200000,
    "start_time": 1711000000001,
    "finished_time": 1711000000002,
    "operation_time": 1711000000003,
    "transition_at": 1711000000004,
    "is_free": True,
    "is_opened_sample_collection": "false",
    "additional_properties": {"websocket_upgrade": True},
}

MODEL = {
    "model_id": "m-1",
    "model_name": "resnet",
    "model_version": "0.0.1",
    "model_type": "Image",
    "model_status": "published",
    "description": "d",
    "install_type": ["realtime", "batch"],
    "model_size": "1024",
    "model_source": "custom",
    "source_type": "auto",
    "source_copy": "true",
    "owner": "o",
    "tenant": "t",
    "project": "p",
    "workspace_id": "0",
    "create_at": 1711000000000,
    "tunable": False,
    "market_flag": False,
    "publishable_flag": True,
    "specification": {"min_cpu": 2, "min_gpu": "0", "min_memory": "4GB", "min_ascend": "0"},
}

DETAIL = {
    **MODEL,
    "source_location": "https://bucket.obs.example.com/model",
    "template": {
        "template_id": "t",
        "template_inputs": [{"input_id": "i", "input": "/bucket/model"}],
        "infer_format": "0",
    },
    "runtime": "python3.6",
    "execution_code": "https://bucket.obs.example.com/customize_service.py",
    "source_job_id": "1",
    "source_job_version": "2",
    "config": '{"health": {}}',
    "model_metrics": "{}",
    "model_algorithm": "image_classification",
    "dependencies": [
        {
            "installer": "pip",
            "packages": [{"package_name": "numpy", "package_version": "1.0", "restraint": "EXACT"}],
        }
    ],
    "apis": [{"method": "post", "url": "/"}],
    "input_params": [{"url": "/", "param_name": "x", "min": 0}],
    "output_params": [{"url": "/", "param_name": "y"}],
    "model_docs": [{"doc_name": "d", "doc_url": "https://example.com/d"}],
    "image_address": "swr.example.com/o/i:1",
    "schema_doc": "https://example.com/schema",
    "model_labels": ["a"],
    "labels_map": {"labels": ["a"]},
    "health": {
        "protocol": "HTTP",
        "check_method": "HTTP",
        "command": "true",
        "url": "/health",
        "initial_delay_seconds": 12,
        "timeout_seconds": "2",
        "period_seconds": 10,
        "failure_threshold": 3,
    },
    "cmd": "python app.py",
}


def assert_complete(record: Answer, sample: Mapping[str, Any]) -> None:
    """Every field of the sample has a field in the record, at every depth, and every field has its value."""
    facts = facts_of(type(record))
    assert {one.wire for one in facts.values()} == set(sample)
    for name, one in facts.items():
        value = getattr(record, name)
        assert value is not None, name
        inner, given = ([value], [sample[one.wire]]) if isinstance(value, Answer) else (value, sample[one.wire])
        if one.item is not None:
            for item, item_given in zip(inner, given, strict=True):
                assert_complete(item, item_given)


def test_every_field_of_a_flavour() -> None:
    server = Answers({"/services/specifications": {"total_count": 1, "count": 1, "specifications": [FLAVOUR]}})
    [flavour] = GetFlavours(infer_type="batch", dedicated_pool=True).ask(server.client)
    assert_complete(flavour, FLAVOUR)
    assert (flavour.spec_status, flavour.cpu_info and flavour.cpu_info.cpu, flavour.over_quota) == (
        "sellout",
        8.0,
        True,
    )
    asked = server.requests[0].url.params
    assert (asked["infer_type"], asked["is_personal_cluster"]) == ("batch", "true")


def test_every_field_of_a_listed_service() -> None:
    server = Answers({"/services": {"total_count": 1, "count": 1, "services": [SERVICE]}})
    [service] = GetServices().ask(server.client)
    assert_complete(service, SERVICE)
    assert (service.workspace_id, service.is_opened_sample_collection) == ("0", False)


def test_every_field_of_a_listed_model_and_of_its_detail() -> None:
    server = Answers({"/models": {"total_count": 1, "count": 1, "models": [MODEL]}, "/models/m-1": DETAIL})
    [model] = GetModels().ask(server.client)
    assert_complete(model, MODEL)
    assert (model.install_type, model.size, model.source_copy) == (["real-time", "batch"], 1024, True)
    detail = GetModel(model_id="m-1").ask(server.client)
    assert_complete(detail, DETAIL)
    assert (detail.initial_config, detail.health and detail.health.timeout_seconds) == ('{"health": {}}', "2")


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Flavour, {"specification": "f"}),
        (ServiceSummary, {"service_id": "s", "service_name": "n", "infer_type": "edge", "status": "running"}),
        (ModelSummary, {"model_id": "m", "model_name": "n", "model_version": "1.0.0", "model_status": "published"}),
        (
            ModelDetail,
            {
                "model_id": "m",
                "model_name": "n",
                "model_version": "1.0.0",
                "model_status": "published",
                "model_type": "Image",
            },
        ),
    ],
)
def test_a_record_needs_no_more_than_what_identifies_it(kind: type[Answer], least: Values) -> None:
    record = kind.read({**least, "what_nobody_knows": {}, "description": None}, "it")
    assert set(record.model_dump(exclude_none=True)) == {
        facts.name for facts in facts_of(kind).values() if facts.required
    }
    for name in least:
        with pytest.raises(ResponseError, match="about it cannot be understood"):
            kind.read({key: value for key, value in least.items() if key != name}, "it")


def test_a_field_of_another_type_is_named_with_its_path() -> None:
    with pytest.raises(ResponseError) as caught:
        Flavour.read({**FLAVOUR, "cpu_info": {"cpu": "many"}}, "the flavour x")
    assert "what ModelArts answered about the flavour x cannot be understood" in str(caught.value)
    assert "cpu_info.cpu: " in str(caught.value)


def test_a_name_is_compared_exactly_however_the_server_does() -> None:
    items = [{**SERVICE, "service_id": name, "service_name": name} for name in ("class", "classifier", "my-class")]
    server = Answers({"/services": {"total_count": 3, "services": items}})
    assert [one.service_id for one in GetServices(name="class", status="running").ask(server.client)] == ["class"]
    asked = server.requests[0].url.params
    assert (asked["service_name"], asked["status"]) == ("class", "running")

    listed = [{**MODEL, "model_id": name, "model_name": name} for name in ("res_net", "res-net")]
    server = Answers({"/models": {"total_count": 2, "models": listed}})
    assert [one.model_id for one in GetModels(name="res_net").ask(server.client)] == ["res_net"]
    asked = server.requests[0].url.params
    assert (asked["model_name"], asked["exact_match"]) == ("res_net", "true")
