"""From the answers of ModelArts' lists to typed records."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import NotFoundError, ResponseError
from pulumi_inference.core.facts import facts_of
from pulumi_inference.core.http import HttpClient
from pulumi_inference.core.redact import Redactor
from pulumi_inference.modelarts import catalogue
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.errors import parse_error
from pulumi_inference.modelarts.places import connection_of
from pulumi_inference.modelarts.specs.detail import Answer
from pulumi_inference.modelarts.specs.records import (
    Flavour,
    ModelDetail,
    ModelSummary,
    PoolServices,
    ServiceSummary,
)
from tests.support.world import World

Values = dict[str, Any]

GPUS = {
    "ai_engine": "PyTorch",
    "runtimes": ["python3.6", "pytorch-snt9b"],
    "request_mode": ["async", "sync"],
    "accelerators": [
        {"type": "gpu", "cuda_version": "cuda 10.2"},
        {"type": "npu", "name": "SNT9", "driver_version_section": "C8x"},
    ],
    "arch": ["x86_64", "aarch64"],
    "status_list": ["deleting", "normal"],
    "image_source": ["base_image", "uniform_image"],
}

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

POOL = {
    "apiVersion": "v2",
    "kind": "Pool",
    "metadata": {
        "name": "pool-a1b2",
        "creationTimestamp": "2021-11-01T03:49:41Z",
        "labels": {"os.modelarts/name": "mine", "os.modelarts/workspace.id": "0"},
        "annotations": {"os.modelarts/description": "for all"},
    },
    "spec": {
        "type": "Dedicate",
        "scope": ["Train", "Infer"],
        "resources": [{"flavor": "cpu.8u", "count": 2, "maxCount": 4}, {"flavor": "gpu.8u", "count": 1}],
    },
    "status": {"phase": "Running", "message": "fine", "resources": {"available": [{"flavor": "cpu.8u", "count": 1}]}},
}

CLUSTER = {
    "cluster_id": "c-1",
    "cluster_name": "old one",
    "status": "running",
    "description": "d",
    "created_at": 1635738581000,
    "allocatable_cpu_cores": 7.5,
    "allocatable_memory": 32768,
    "allocatable_gpus": 0,
    "nodes": {"specification": "cpu.8u", "count": 2, "available_count": 1},
    "services_count": {"realtime_count": 3, "batch_count": 0},
    "owner": "o",
    "tenant": "t",
    "project": "p",
}


class Server:
    """Answers paths below the project, and keeps the requests; what it does not know is 404, as at a gateway."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {f"/v1/p/{name.replace('__', '/').replace('_', '-')}": body for name, body in answers.items()}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.path not in self.answers:
            return httpx.Response(404, json={"error_code": "APIG.0101", "error_msg": "no such API"})
        return httpx.Response(200, json=self.answers[request.url.path])

    @property
    def client(self) -> ModelArtsClient:
        http = HttpClient(
            "https://modelarts.example.com",
            clock=ManualClock(),
            cancelled=threading.Event(),
            redactor=Redactor(),
            parse_error=parse_error,
            transport=httpx.MockTransport(self),
        )
        return ModelArtsClient(http, "p")


def engines(*entries: Values) -> ModelArtsClient:
    body = {"count": len(entries), "total_count": len(entries), "engine_runtimes": list(entries)}
    return Server(models__ai_engine_runtimes=body).client


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


# --- runtimes ---


def test_what_stands_at_one_place_of_all_lists_is_one_runtime() -> None:
    first, second = catalogue.runtimes(engines(GPUS))
    assert first.model_dump() == {
        "engine": "PyTorch",
        "runtime": "python3.6",
        "request_mode": "async",
        "accelerator": {
            "type": "gpu",
            "name": None,
            "cuda_version": "cuda 10.2",
            "driver_version_section": None,
        },
        "architecture": "x86_64",
        "status": "deleting",
        "image_source": "base_image",
    }
    assert (second.accelerator.type, second.accelerator.name, second.accelerator.driver_version_section) == (
        "npu",
        "SNT9",
        "C8x",
    )
    assert (second.request_mode, second.architecture, second.status) == ("sync", "aarch64", "normal")


@pytest.mark.parametrize("name", [name for name in GPUS if name != "ai_engine"])
@pytest.mark.parametrize("length", [0, 1, 3, None])
def test_unequal_lengths_are_an_error_and_never_a_guess(name: str, length: int | None) -> None:
    values = GPUS[name]
    changed = {**GPUS, name: [*values, *values][:length]} if length is not None else {**GPUS, name: None}
    with pytest.raises(ResponseError) as caught:
        catalogue.runtimes(engines(changed))
    assert "the runtimes of the engine PyTorch cannot be told apart" in str(caught.value)
    assert f"{name} {length or 0}" in str(caught.value)
    other = "arch" if name == "runtimes" else "runtimes"
    assert f"{other} 2" in str(caught.value)


@pytest.mark.parametrize("entry", [{"ai_engine": "Custom"}, {**{name: [] for name in GPUS}, "ai_engine": "Custom"}])
def test_an_engine_without_runtimes_has_no_record(entry: Values) -> None:
    assert catalogue.runtimes(engines(entry)) == []


def test_a_list_that_is_none_and_a_runtime_without_accelerator_are_errors() -> None:
    with pytest.raises(ResponseError, match="PyTorch: arch should be a list"):
        catalogue.runtimes(engines({**GPUS, "arch": "x86_64"}))
    with pytest.raises(ResponseError) as caught:
        catalogue.runtimes(engines({**GPUS, "accelerators": [{"type": "gpu"}, None]}))
    assert "the runtime pytorch-snt9b of PyTorch" in str(caught.value)
    assert "accelerator: Field required" in str(caught.value)


def test_the_same_name_under_two_engines_is_two_runtimes() -> None:
    found = catalogue.runtimes(engines(GPUS, {**GPUS, "ai_engine": "TensorFlow"}))
    assert [one.engine for one in found if one.runtime == "python3.6"] == ["PyTorch", "TensorFlow"]


def test_runtimes_are_selected_by_what_is_given() -> None:
    found = catalogue.runtimes(engines(GPUS, {**GPUS, "ai_engine": "TensorFlow"}))

    def keys(**wanted: str | None) -> list[tuple[str, str]]:
        return [(one.engine, one.runtime) for one in catalogue.select_runtimes(found, **wanted)]

    assert len(keys()) == 4
    assert len(keys(engine="PyTorch")) == 2
    assert keys(engine="PyTorch", status="normal") == [("PyTorch", "pytorch-snt9b")]
    assert keys(engine="TensorFlow", accelerator="gpu") == [("TensorFlow", "python3.6")]
    assert keys(engine="PyTorch", architecture="aarch64") == [("PyTorch", "pytorch-snt9b")]
    assert keys(engine="pytorch") == []


def test_the_runtimes_of_the_emulator(world: World) -> None:
    found = catalogue.runtimes(connection_of(world.context(), None).client())
    counts = {name: sum(one.engine == name for one in found) for name in ("TensorFlow", "PyTorch", "MindSpore")}
    assert counts == {"TensorFlow": 10, "PyTorch": 6, "MindSpore": 3}
    assert len(found) == 19
    assert len({(one.engine, one.runtime) for one in found}) == 19
    [asynchronous] = [one for one in found if one.request_mode == "async"]
    assert asynchronous.runtime == "tf1.13-python3.7-gpu-async"
    [npu] = [one for one in found if one.accelerator.type == "npu"]
    assert (npu.accelerator.name, npu.accelerator.driver_version_section, npu.architecture) == (
        "SNT9",
        "C8x",
        "aarch64",
    )
    assert sum(one.accelerator.cuda_version == "cuda 10.2" for one in found) == 4


# --- flavours, services, models: every field ---


def test_every_field_of_a_flavour() -> None:
    server = Server(services__specifications={"total_count": 1, "count": 1, "specifications": [FLAVOUR]})
    [flavour] = catalogue.flavours(server.client, infer_type="batch", dedicated_pool=True)
    assert_complete(flavour, FLAVOUR)
    assert (flavour.spec_status, flavour.cpu_info and flavour.cpu_info.cpu, flavour.over_quota) == (
        "sellout",
        8.0,
        True,
    )
    asked = server.requests[0].url.params
    assert (asked["infer_type"], asked["is_personal_cluster"]) == ("batch", "true")


def test_every_field_of_a_listed_service() -> None:
    server = Server(services={"total_count": 1, "count": 1, "services": [SERVICE]})
    [service] = catalogue.services(server.client)
    assert_complete(service, SERVICE)
    assert (service.workspace_id, service.is_opened_sample_collection) == ("0", False)


def test_every_field_of_a_listed_model_and_of_its_detail() -> None:
    server = Server(models={"total_count": 1, "count": 1, "models": [MODEL]}, models__m_1=DETAIL)
    [model] = catalogue.models(server.client)
    assert_complete(model, MODEL)
    assert (model.install_type, model.size, model.source_copy) == (["real-time", "batch"], 1024, True)
    detail = catalogue.model(server.client, "m-1")
    assert_complete(detail, DETAIL)
    assert (detail.initial_config, detail.health and detail.health.timeout_seconds) == ('{"health": {}}', "2")


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        (Flavour, {"specification": "f"}),
        (ServiceSummary, {"service_id": "s", "service_name": "n", "infer_type": "edge", "status": "running"}),
        (ModelSummary, {"model_id": "m", "model_name": "n", "model_version": "1.0.0", "model_status": "published"}),
        (ModelDetail, {"model_id": "m", "model_name": "n", "model_version": "1.0.0", "model_status": "published"}),
    ],
)
def test_a_record_needs_no_more_than_what_identifies_it(kind: type[Answer], least: Values) -> None:
    record = catalogue.record(kind, {**least, "what_nobody_knows": {}, "description": None}, "it")
    assert set(record.model_dump(exclude_none=True)) == {
        facts.name for facts in facts_of(kind).values() if facts.required
    }
    for name in least:
        with pytest.raises(ResponseError, match="about it cannot be understood"):
            catalogue.record(kind, {key: value for key, value in least.items() if key != name}, "it")


def test_a_field_of_another_type_is_named_with_its_path() -> None:
    with pytest.raises(ResponseError) as caught:
        catalogue.record(Flavour, {**FLAVOUR, "cpu_info": {"cpu": "many"}}, "the flavour x")
    assert "what ModelArts answered about the flavour x cannot be understood" in str(caught.value)
    assert "cpu_info.cpu: " in str(caught.value)


def test_a_name_is_compared_exactly_however_the_server_does() -> None:
    items = [{**SERVICE, "service_id": name, "service_name": name} for name in ("class", "classifier", "my-class")]
    server = Server(services={"total_count": 3, "services": items})
    assert [one.service_id for one in catalogue.services(server.client, name="class", status="running")] == ["class"]
    asked = server.requests[0].url.params
    assert (asked["service_name"], asked["status"]) == ("class", "running")

    listed = [{**MODEL, "model_id": name, "model_name": name} for name in ("res_net", "res-net")]
    server = Server(models={"total_count": 2, "models": listed})
    assert [one.model_id for one in catalogue.models(server.client, name="res_net")] == ["res_net"]
    asked = server.requests[0].url.params
    assert (asked["model_name"], asked["exact_match"]) == ("res_net", "true")


# --- pools ---


def pools_of(new: Any, old: Any) -> Server:
    server = Server(**({} if old is None else {"clusters": {"total_count": 1, "count": 1, "clusters": old}}))
    if new is not None:
        server.answers["/v2/p/pools"] = {"kind": "PoolList", "items": new}
    return server


def test_new_and_old_pools() -> None:
    new, old = catalogue.pools(pools_of([POOL], [CLUSTER]).client)
    assert new.model_dump(exclude_none=True) == {
        "kind": "new",
        "pool_name": "pool-a1b2",
        "name": "mine",
        "description": "for all",
        "status": "Running",
        "message": "fine",
        "scope": ["Train", "Infer"],
        "type": "Dedicate",
        "workspace_id": "0",
        "created_at": "2021-11-01T03:49:41Z",
        "nodes": [
            {"specification": "cpu.8u", "count": 2, "max_count": 4, "available_count": 1},
            {"specification": "gpu.8u", "count": 1},
        ],
    }
    assert old.model_dump(exclude_none=True) == {
        **{name: value for name, value in CLUSTER.items() if name != "cluster_name"},
        "kind": "old",
        "name": "old one",
        "created_at": "2021-11-01T03:49:41Z",
        "nodes": [CLUSTER["nodes"]],
    }
    assert old.services_count == PoolServices(realtime_count=3, batch_count=0)


def test_a_pool_with_nothing_but_its_id() -> None:
    new, old = catalogue.pools(pools_of([{"metadata": {"name": "a"}}], [{"cluster_id": "c", "nodes": []}]).client)
    assert (new.pool_name, new.nodes, new.status) == ("a", [], None)
    assert (old.cluster_id, old.nodes, old.created_at) == ("c", [], None)


def test_a_cloud_that_no_longer_knows_old_pools_has_none() -> None:
    [only] = catalogue.pools(pools_of([POOL], None).client)
    assert only.kind == "new"


def test_an_address_that_knows_no_pools_at_all_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        catalogue.pools(pools_of(None, []).client)
