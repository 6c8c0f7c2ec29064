"""Events, load and roll-outs of a service: as records, and as lookups of a program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pulumi
import pytest
from pulumi.runtime import test as untyped_test
from pulumi.runtime.config import set_all_config

from pulumi_inference import modelarts
from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ResponseError
from pulumi_inference.core.fields.facts import facts_of
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.redact import Redactor
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.errors import ERRORS
from pulumi_inference.modelarts.specs.lookups import GetServiceEvents, GetServiceMonitor, GetServiceUpdateRecords
from pulumi_inference.modelarts.specs.monitor import (
    ModelMonitor,
    NodeMonitor,
    NodeResult,
    ServiceMonitor,
    UpdateRecord,
    UpdateRecordConfig,
)
from tests.support import runs
from tests.support.cloud import Cloud

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test

ITEM = {"model_id": "model-a", "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 2}

# reference/modelarts.md, 8.6 and 8.7, with a value for each field.
LOAD = {
    "cpu_core_usage": 0.5,
    "cpu_core_total": 2.0,
    "cpu_memory_usage": 1024,
    "cpu_memory_total": 8192,
    "gpu_usage": 0.25,
    "gpu_total": 1.0,
    "gpu_memory_usage": 512.5,
    "gpu_memory_total": 16384.0,
    "npu_usage": 0.75,
    "npu_total": 1.0,
    "npu_memory_usage": 256.0,
    "npu_memory_total": 16384.0,
    "model_running_instance_count": 1,
    "model_instance_count": 2,
}
MODEL = {"model_id": "m", "model_name": "resnet", "model_version": "0.0.1"}
CALLS = {"invocation_times": 12, "failed_times": 3}
NODE = {"node_id": "n-1", "node_name": "gate"}
COUNTS = {"service_running_instance_count": 1, "service_instance_count": 2, "req_count_per_min": 7}
NAMES = {"service_id": "s", "service_name": "classifier"}
RECORD = {
    "update_time": 1_710_000_000_000,
    "result": "FAIL",
    "config": [
        {
            **MODEL,
            "weight": 100,
            "specification": "custom",
            "custom_spec": {"cpu": 1.5, "memory": 2048, "gpu_p4": 0.5, "ascend_a310": 1},
            "envs": {"BATCH": "8"},
            "cluster_id": "c",
            "instance_count": 2,
            "additional_properties": {"max_surge": 0.5},
        }
    ],
    "cluster_id": "c",
    "extend_config": ["x"],
    "success_num": 1,
    "failed_num": 1,
    "result_detail": [{**NODE, "operation": "deploy", "result": True}],
}


def client(answer: Any) -> ModelArtsClient:
    """A client whose every request is answered alike."""
    http = HttpClient(
        "http://modelarts.example.com",
        clock=ManualClock(),
        cancelled=threading.Event(),
        redactor=Redactor(),
        parse_error=ERRORS.parse_error,
        transport=httpx.MockTransport(lambda _request: httpx.Response(200, json=answer)),
    )
    return ModelArtsClient(http, "p1")


def test_every_documented_field_of_the_monitor_is_read() -> None:
    items = [{**MODEL, **CALLS, **LOAD}, {**NODE, **LOAD}]
    found = GetServiceMonitor(service_id="s").ask(client({**NAMES, **COUNTS, "monitors": items}))
    assert found.model_dump() == {**NAMES, **COUNTS, "models": items[:1], "nodes": items[1:]}
    assert set(facts_of(ModelMonitor)) == {*MODEL, *CALLS, *LOAD}
    assert set(facts_of(NodeMonitor)) == {*NODE, *LOAD}
    assert set(facts_of(ServiceMonitor)) == {*NAMES, *COUNTS, "models", "nodes"}


def test_every_documented_field_of_a_record_is_read() -> None:
    [found] = GetServiceUpdateRecords(service_id="s").ask(client({**NAMES, "logs": [RECORD]}))
    assert found.model_dump() == RECORD
    assert set(facts_of(UpdateRecord)) == set(RECORD)
    assert set(facts_of(UpdateRecordConfig)) == set(RECORD["config"][0])  # type: ignore[index]
    assert set(facts_of(NodeResult)) == set(RECORD["result_detail"][0])  # type: ignore[index]


def test_events_and_records_come_newest_last() -> None:
    events = [{"event_type": "normal", "event_info": str(time), "occur_time": time} for time in (3, 1, 2)]
    found = GetServiceEvents(service_id="s").ask(client({"events": events, "total_count": 3, "count": 3}))
    assert [one.occur_time for one in found] == [1, 2, 3]
    logs = [{**RECORD, "update_time": time} for time in (2, 1)]
    assert [one.update_time for one in GetServiceUpdateRecords(service_id="s").ask(client({"logs": logs}))] == [1, 2]


def test_what_the_cloud_leaves_out_is_absent() -> None:
    found = GetServiceMonitor(service_id="s").ask(client({"service_id": "s"}))
    assert (found.models, found.nodes, found.service_running_instance_count) == ([], [], None)


def test_an_answer_of_another_shape_names_the_field() -> None:
    with pytest.raises(ResponseError, match=r"(?s)load of the service s.*req_count_per_min"):
        GetServiceMonitor(service_id="s").ask(client({"service_id": "s", "req_count_per_min": "many"}))


@pytest.fixture
def begin_run(event_loop: None, embedded_cloud: Cloud) -> Iterator[Callable[[], None]]:
    """Begins a run of a program on the emulator."""

    def begin() -> None:
        runs.begin_run({"inference:modelartsEndpoint": embedded_cloud.endpoint})
        # The stack itself is registered when the loop runs.
        run_program(lambda: None)()

    begin()
    yield begin
    set_all_config({})


@pytest.fixture
def service_id(begin_run: Callable[[], None], embedded_cloud: Cloud) -> str:
    """A running service."""
    body = {"service_name": "classifier", "infer_type": "real-time", "config": [ITEM]}
    made: str = embedded_cloud.api("POST", "/services", body)["service_id"]
    embedded_cloud.pass_time()
    embedded_cloud.forget_requests()
    return made


def test_a_program_asks(service_id: str) -> None:
    events = modelarts.get_service_events(service_id)
    assert (events[0].event_info, events[-1].event_info) == ("start to deploy service", "start service success")
    assert all(type(one) is modelarts.ServiceEvent for one in events)
    monitor = modelarts.get_service_monitor(service_id)
    assert isinstance(monitor, modelarts.ServiceMonitor)
    assert (monitor.service_running_instance_count, monitor.models[0].model_id) == (2, "model-a")
    [record] = modelarts.get_service_update_records(service_id)
    assert (record.result, record.config and record.config[0].instance_count) == ("SUCCESS", 2)


def test_answers_may_be_awaited(service_id: str) -> None:
    async def ask() -> tuple[int, int | None, str]:
        events = await modelarts.get_service_events(service_id)
        monitor = await modelarts.get_service_monitor(service_id)
        records = await modelarts.get_service_update_records(service_id)
        return len(events), monitor.service_instance_count, records[-1].result

    count, instances, result = asyncio.run(ask())
    assert count > 5
    assert (instances, result) == (2, "SUCCESS")


def test_each_is_asked_once_in_a_run_and_anew_in_the_next(
    service_id: str, begin_run: Callable[[], None], embedded_cloud: Cloud
) -> None:
    def calls() -> int | None:
        return modelarts.get_service_monitor(service_id).models[0].invocation_times

    assert calls() == 0
    embedded_cloud.admin("PATCH", f"/services/{service_id}", {"invocations": {"model-a": [12, 3]}})
    assert calls() == 0
    assert len(embedded_cloud.sent("GET")) == 1
    begin_run()
    assert calls() == 12


def test_the_output_forms(service_id: str) -> None:
    seen: list[object] = []

    @run_program
    def program() -> Any:
        thing = pulumi.Output.from_input(service_id)
        return pulumi.Output.all(
            modelarts.get_service_events_output(thing).apply(lambda events: seen.append(events[-1].event_type)),
            modelarts.get_service_monitor_output(thing).apply(lambda one: seen.append(one.service_instance_count)),
            modelarts.get_service_update_records_output(thing).apply(lambda found: seen.append(found[-1].result)),
        )

    program()
    assert sorted(map(str, seen)) == ["2", "SUCCESS", "normal"]


@pytest.mark.parametrize(
    "lookup", ["get_service_events", "get_service_monitor", "get_service_update_records"], ids=lambda name: name[12:]
)
def test_a_service_that_does_not_exist(begin_run: Callable[[], None], lookup: str) -> None:
    with pytest.raises(pulumi.RunError, match=rf"modelarts\.{lookup}\(service_id='nobody'\): .*does not exist"):
        getattr(modelarts, lookup)("nobody")
