"""What a program asks ModelArts: typed, plain and awaitable, once per run."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pulumi
import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime import test as untyped_test

from pulumi_inference import modelarts
from pulumi_inference.modelarts.client import ModelArtsClient
from tests.support.cloud import Cloud
from tests.support.patience import PATIENCE
from tests.support.runs import begin_run

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
Run = Callable[..., None]

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def begin(event_loop: None, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Begins a run of a program that is configured for the emulator."""
    for name in ("HW_ACCESS_KEY", "HW_SECRET_KEY", "HW_REGION_NAME", "HW_MODELARTS_ENDPOINT", "HW_CLOUD"):
        monkeypatch.delenv(name, raising=False)

    def new_run(**config: str) -> None:
        begin_run({"inference:modelartsEndpoint": embedded_cloud.endpoint, **config})

    new_run()
    yield new_run
    run_program(lambda: None)()
    set_all_config({})


@pytest.fixture
def deploy(embedded_cloud: Cloud) -> Callable[..., str]:
    """Makes a service behind the program's back."""

    def make(name: str, model_id: str = "model-a", **changes: Any) -> str:
        config = [{"model_id": model_id, "specification": "modelarts.vm.cpu.2u", "weight": 100, "instance_count": 1}]
        body = {"service_name": name, "infer_type": "real-time", "config": config, **changes}
        service_id: str = embedded_cloud.api("POST", "/services", body)["service_id"]
        return service_id

    return make


@pytest.fixture
def publish(embedded_cloud: Cloud) -> Callable[..., str]:
    """Makes a model behind the program's back."""

    def make(name: str, version: str = "0.0.1", **changes: Any) -> str:
        body = {"model_name": name, "model_version": version, "model_type": "Image", **changes}
        body.setdefault("source_location", "swr.example.com/group/image:1")
        model_id: str = embedded_cloud.api("POST", "/models", body)["model_id"]
        return model_id

    return make


def requests(cloud: Cloud, path: str) -> int:
    """How often the program asked for this path."""
    return sum(one.path.partition("?")[0] == path for one in cloud.sent("GET"))


# --- plain, awaitable, later ---


def test_a_lookup_answers_plainly(begin: Run, deploy: Callable[..., str]) -> None:
    service_id = deploy("classifier")
    service = modelarts.get_service(service_id)
    assert isinstance(service, modelarts.ServiceDetail)
    assert (service.service_id, service.name, service.config[0].model_id) == (service_id, "classifier", "model-a")
    services = modelarts.get_services(name="classifier")
    assert isinstance(services, list)
    assert [(type(one), one.name) for one in services] == [(modelarts.ServiceSummary, "classifier")]


def test_a_lookup_may_be_awaited(begin: Run, deploy: Callable[..., str], publish: Callable[..., str]) -> None:
    service_id, model_id = deploy("classifier"), publish("resnet")

    async def program() -> None:
        assert (await modelarts.get_service(service_id)).name == "classifier"
        assert (await modelarts.get_model(model_id)).name == "resnet"
        assert [one.name for one in await modelarts.get_services()] == ["classifier"]

    asyncio.run(program())


def test_an_output_form_takes_what_is_known_later(
    begin: Run, deploy: Callable[..., str], publish: Callable[..., str]
) -> None:
    service_id, model_id = deploy("classifier"), publish("resnet")
    seen: dict[str, Any] = {}

    @run_program
    def program() -> pulumi.Output[Any]:
        later = pulumi.Output.from_input
        return pulumi.Output.all(
            service=modelarts.get_service_output(later(service_id)).name,
            services=modelarts.get_services_output(name=later("classifier")).apply(lambda found: found[0].service_id),
            model=modelarts.get_model_output(name=later("resnet"), version="0.0.1").model_id,
            models=modelarts.get_models_output(name_contains=later("res")).apply(len),
            runtimes=modelarts.get_runtimes_output(engine=later("MindSpore")).apply(len),
            flavours=modelarts.get_flavours_output(category=later("NPU")).apply(lambda found: found[0].specification),
        ).apply(seen.update)

    program()
    assert seen == {
        "service": "classifier",
        "services": service_id,
        "model": model_id,
        "models": 1,
        "runtimes": 3,
        "flavours": "modelarts.vm.ai1.snt3",
    }


# --- one request per question and run ---


def test_a_question_is_asked_once_per_run(begin: Run, embedded_cloud: Cloud, deploy: Callable[..., str]) -> None:
    first, second = deploy("first"), deploy("second")
    for _ in range(3):
        modelarts.get_service(first)
        modelarts.get_services(status="deploying")
    modelarts.get_service(second)
    modelarts.get_services()
    assert requests(embedded_cloud, f"/services/{first}") == 1
    assert requests(embedded_cloud, f"/services/{second}") == 1
    assert requests(embedded_cloud, "/services") == 2

    begin()
    modelarts.get_service(first)
    assert requests(embedded_cloud, f"/services/{first}") == 2


def test_what_is_selected_here_needs_no_further_request(begin: Run, embedded_cloud: Cloud) -> None:
    assert len(modelarts.get_runtimes(engine="TensorFlow")) == 10
    assert [one.runtime for one in modelarts.get_runtimes(engine="PyTorch", accelerator="npu")] == [
        "pytorch_1.11.0-cann_7.0.1-py_3.9-euler_2.10.7-aarch64-snt9b"
    ]
    assert len(modelarts.get_runtimes(architecture="aarch64")) == 1
    assert requests(embedded_cloud, "/models/ai-engine-runtimes") == 1
    assert {one.category for one in modelarts.get_flavours()} == {"CPU", "GPU", "NPU"}
    assert {one.category for one in modelarts.get_flavours(category="NPU")} == {"NPU"}
    modelarts.get_flavours(infer_type="batch")
    assert requests(embedded_cloud, "/services/specifications") == 2


def test_an_answer_may_be_changed_without_harm_to_the_next(begin: Run, deploy: Callable[..., str]) -> None:
    deploy("classifier")
    modelarts.get_services().clear()
    assert len(modelarts.get_services()) == 1


def test_two_threads_that_ask_at_once_cause_one_request(begin: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived, answer = threading.Event(), threading.Event()
    asked = []

    def slow(client: ModelArtsClient) -> list[Any]:
        asked.append(client)
        arrived.set()
        assert answer.wait(PATIENCE)
        return []

    monkeypatch.setattr(ModelArtsClient, "list_clusters", slow)
    monkeypatch.setattr(ModelArtsClient, "list_pools", lambda _client: [])
    started = threading.Barrier(8)

    def ask_too() -> Any:
        started.wait(PATIENCE)
        return modelarts.get_pools()

    with ThreadPoolExecutor(8) as pool:
        first: Future[Any] = pool.submit(contextvars.copy_context().run, modelarts.get_pools)
        assert arrived.wait(PATIENCE)
        others = [pool.submit(contextvars.copy_context().run, ask_too) for _ in range(7)]
        started.wait(PATIENCE)
        answer.set()
        assert [one.result() for one in (first, *others)] == [[]] * 8
    assert len(asked) == 1


def test_errors_are_not_kept(begin: Run, embedded_cloud: Cloud, deploy: Callable[..., str]) -> None:
    service_id = deploy("classifier")
    embedded_cloud.fault(method="GET", path=f".*/services/{service_id}", status=400, error_code="ModelArts.0104")
    with pytest.raises(pulumi.RunError, match=r"ModelArts\.0104"):
        modelarts.get_service(service_id)
    assert modelarts.get_service(service_id).name == "classifier"


# --- filters ---


def test_services_by_every_filter(begin: Run, embedded_cloud: Cloud, deploy: Callable[..., str]) -> None:
    plain = deploy("class")
    pooled = deploy("classifier", model_id="model-b", cluster_id="cluster-1")
    embedded_cloud.pass_time()
    deploy("new-class")
    embedded_cloud.api("POST", f"/services/{plain}/tags/create", {"tags": [{"key": "team", "value": "a"}]})

    def names(**filters: Any) -> list[str]:
        return [one.name for one in modelarts.get_services(**filters)]

    assert names(name="class") == ["class"]
    assert names(name="clas") == []
    assert names(service_id=pooled) == ["classifier"]
    assert names(model_id="model-b") == ["classifier"]
    assert names(cluster_id="cluster-1") == ["classifier"]
    assert names(workspace_id="1") == []
    assert names(infer_type="batch") == []
    assert names(status="deploying") == ["new-class"]
    assert names(tags="team=a") == ["class"]
    assert names(sort_by="service_name", order="asc") == ["class", "classifier", "new-class"]
    assert names(sort_by="service_name", order="desc", status="running") == ["classifier", "class"]


def test_models_by_every_filter(begin: Run, embedded_cloud: Cloud, publish: Callable[..., str]) -> None:
    publish("res_net", description="first one")
    publish("res-net", "0.0.2")
    embedded_cloud.pass_time()
    publish("vgg", "0.0.3", model_type="PyTorch", runtime="python3.6", source_location="https://b.obs.example.com/m")

    def names(**filters: Any) -> list[str]:
        return [one.name for one in modelarts.get_models(**filters)]

    assert names(name="res_net") == ["res_net"]
    assert sorted(names(name_contains="res")) == ["res-net", "res_net"]
    assert names(version="0.0.2") == ["res-net"]
    assert sorted(names(status="published")) == ["res-net", "res_net"]
    assert names(description="first") == ["res_net"]
    assert names(model_type="PyTorch") == ["vgg"]
    assert sorted(names(not_model_type="PyTorch")) == ["res-net", "res_net"]
    assert names(workspace_id="1") == []
    assert names(sort_by="model_version", order="asc") == ["res_net", "res-net", "vgg"]
    assert names(sort_by="model_version", order="desc") == ["vgg", "res-net", "res_net"]


def test_a_model_by_id_or_by_name_and_version(begin: Run, publish: Callable[..., str]) -> None:
    first, second = publish("resnet", "0.0.1"), publish("resnet", "0.0.2")
    by_name = modelarts.get_model(name="resnet", version="0.0.2")
    assert isinstance(by_name, modelarts.ModelDetail)
    assert (by_name.model_id, by_name.source_location) == (second, "swr.example.com/group/image:1")
    assert modelarts.get_model(first).version == "0.0.1"
    with pytest.raises(pulumi.RunError) as caught:
        modelarts.get_model(name="resnet", version="0.1.0")
    assert str(caught.value) == (
        "modelarts.get_model(name='resnet', version='0.1.0'): there is no version 0.1.0 of the model resnet; "
        "there are: 0.0.1, 0.0.2"
    )


def test_deleted_runtimes_are_left_out_unless_asked_for(begin: Run, embedded_cloud: Cloud) -> None:
    embedded_cloud.admin(
        "PATCH", "/runtimes/MindSpore/mindspore_1.7.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64", {"status": "deleted"}
    )
    assert len(modelarts.get_runtimes(engine="MindSpore")) == 2
    assert len(modelarts.get_runtimes(engine="MindSpore", status=None)) == 3
    [deleted] = modelarts.get_runtimes(status="deleted")
    assert deleted.runtime.startswith("mindspore_1.7.0")


# --- errors ---


def test_what_is_not_there(begin: Run) -> None:
    with pytest.raises(pulumi.RunError) as caught:
        modelarts.get_service(UNKNOWN_ID)
    assert str(caught.value).startswith(f"modelarts.get_service(service_id='{UNKNOWN_ID}'): GET /v1/")
    assert "ModelArts.3502" in str(caught.value)
    with pytest.raises(pulumi.RunError, match=r"ModelArts\.3001"):
        modelarts.get_model(UNKNOWN_ID)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"name": "a"},
        {"version": "0.0.1"},
        {"model_id": "m", "name": "a", "version": "0.0.1"},
        {"model_id": "m", "name": "a"},
    ],
)
def test_a_model_needs_its_id_or_its_name_and_version(begin: Run, arguments: dict[str, str]) -> None:
    with pytest.raises(pulumi.RunError, match="give the model's id, or its name and version"):
        modelarts.get_model(**arguments)


def test_filters_that_exclude_each_other(begin: Run) -> None:
    with pytest.raises(pulumi.RunError, match="name or name_contains, not both"):
        modelarts.get_models(name="a", name_contains="b")
    with pytest.raises(pulumi.RunError, match="model_type or not_model_type, not both"):
        modelarts.get_models(model_type="a", not_model_type="b")


def test_settings_that_are_missing_or_wrong(begin: Run) -> None:
    begin(**{"inference:modelartsEndpoint": ""})
    with pytest.raises(pulumi.RunError) as caught:
        modelarts.get_runtimes()
    assert "modelarts.get_runtimes(): the ModelArts region is not set" in str(caught.value)
    begin()
    with pytest.raises(pulumi.RunError, match="there is no connection 'europe'"):
        modelarts.get_pools(connection="europe")


def test_a_named_connection_is_asked_for_itself(begin: Run, embedded_cloud: Cloud, deploy: Callable[..., str]) -> None:
    deploy("classifier")
    begin(**{"inference:connections": '{"other": {"projectId": "e0000000000000000000000000000002"}}'})
    assert len(modelarts.get_services()) == 1
    assert modelarts.get_services(connection="other") == []
