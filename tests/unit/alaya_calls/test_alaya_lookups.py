"""What a program asks Alaya NeW: plain, awaited and as outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pulumi
import pytest
from pulumi.runtime import set_all_config
from pulumi.runtime import test as untyped_test

from pulumi_inference import alaya
from pulumi_inference.alaya.connection import CONNECTIONS
from pulumi_inference.alaya.specs import lookups as specs
from pulumi_inference.core.errors import InferenceError, ResponseError
from tests.support.alaya import BASE_MODEL, GPU, INFERENCE, LORA_MODEL, VKS
from tests.support.alaya_calls import ADAPTER, BASE, KEY, Scripted, deployments, detail, envelope, models
from tests.support.cloud import Cloud
from tests.support.runs import begin_run

run_program: Callable[[Callable[[], Any]], Callable[[], None]] = untyped_test
Begin = Callable[..., None]


@pytest.fixture
def begin(event_loop: None, embedded_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    """Begins a run of a program that is configured for the emulator, where a base, an adapter and others are."""
    for name in ("ALAYA_ENDPOINT", "ALAYA_ACCESS_KEY", "ALAYA_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    embedded_cloud.admin("POST", "/seed", {"alaya.services": deployments(), "alaya.models": models()})

    def new_run(**config: str) -> None:
        named = {f"inference:alaya{name}": value for name, value in config.items()}
        begin_run({"inference:alayaEndpoint": embedded_cloud.endpoint, **named})

    new_run()
    yield new_run
    run_program(lambda: None)()
    set_all_config({})


def paths(cloud: Cloud) -> list[str]:
    return [one.path for one in cloud.sent("GET")]


# deployments


def test_deployments(begin: Begin) -> None:
    found = {one.name: one for one in alaya.get_deployments()}
    assert {name: (one.status, one.type) for name, one in found.items()} == {
        "base": ("running", "base"),
        "big": ("stopped", "base"),
        "style": ("running", "lora"),
    }
    base = found["base"]
    assert (base.service_id, base.served_name, base.vks_id) == (BASE, ["demo", "demo-2"], VKS)
    assert base.service_url
    assert base.service_url.endswith(f"/svc/{BASE}")
    assert base.api_key == KEY


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"name": "base"}, ["base"]),
        ({"name": "bas"}, []),
        ({"vks_id": VKS}, ["base", "big", "style"]),
        ({"vks_id": "vc0000000009"}, []),
        ({"namespace": "default"}, ["base", "big", "style"]),
        ({"model_id": LORA_MODEL}, ["style"]),
        ({"model_type": "lora"}, ["style"]),
        ({"aidc_id": "1"}, ["base", "big", "style"]),
        ({"mode": "expert"}, ["big"]),
        ({"mode": "quickstart"}, ["base"]),
        ({"mode": "lora"}, ["style"]),
        ({"status": "stopped"}, ["big"]),
        ({"extensions": "team=search"}, ["big"]),
        ({"extensions": "team=search, tier=gold"}, ["big"]),
        ({"extensions": "team=search,tier=iron"}, []),
        ({"extensions": ""}, ["base", "big", "style"]),
    ],
)
def test_deployments_are_chosen(begin: Begin, filters: dict[str, str], names: list[str]) -> None:
    assert sorted(one.name for one in alaya.get_deployments(**filters)) == names


def test_states_are_chosen_however_they_are_spelt(begin: Begin, embedded_cloud: Cloud) -> None:
    embedded_cloud.admin("PATCH", "/settings", {"alaya.old_spelling": True})
    [found] = alaya.get_deployments(status="stopped")
    assert (found.name, found.status) == ("big", "stopped")


@pytest.mark.parametrize("extensions", ["team", "=x", "a=b,c"])
def test_extensions_are_pairs(begin: Begin, embedded_cloud: Cloud, extensions: str) -> None:
    text = "extensions must be written as key=value, with commas between several"
    for ask in (
        lambda: alaya.get_deployments(extensions=extensions),
        lambda: alaya.get_models("1", extensions=extensions),
    ):
        with pytest.raises(pulumi.RunError, match=text):
            ask()
    assert paths(embedded_cloud) == []


def test_each_question_is_asked_once_in_a_run(begin: Begin, embedded_cloud: Cloud) -> None:
    for status in (None, "running", "stopped"):
        alaya.get_deployments(status=status)
    assert paths(embedded_cloud) == [f"{INFERENCE}/list"]


def test_a_deployment(begin: Begin) -> None:
    base = alaya.get_deployment(BASE)
    assert (base.mode, base.status, base.api_key) == ("quickStart", "running", KEY)
    assert base.quick_start
    assert base.quick_start.resource
    assert base.quick_start.resource.gpu
    assert base.quick_start.resource.gpu.gpu_type == GPU
    assert [(one.base_model_ready, one.lora_models) for one in base.instances] == [(True, ["style"])]
    adapter = alaya.get_deployment(service_id=ADAPTER)
    assert (adapter.mode, adapter.base_service_id, adapter.served_name) == ("lora", BASE, ["style"])
    assert adapter.instances == []


@pytest.mark.parametrize("given", [{}, {"image": "i"}, {"resource": {}}, {"resource": {"gpu": {"count": "2"}}}])
def test_a_form_of_which_parts_are_left_out(given: dict[str, Any]) -> None:
    process = Scripted(detail(mode="expert", expert={"headConfig": given, "workerConfig": None}))
    found = specs.GetDeployment(service_id=BASE).ask(CONNECTIONS.today(process.context, None).client())
    assert found.expert
    assert found.expert.worker_config is None
    assert found.expert.head_config
    assert found.expert.head_config.image == given.get("image")


QUIRKS = (
    {"served_name": "text"},
    {"key_name": "apikey"},
    {"key_name": "apiKey"},
    {"bare_lora_detail": True},
    {"absent_as_null": True},
    {"numbers_as_text": True},
    {"detail_without_id": True},
    {"detail_without_instances": True},
    {"detail_has_scale": True},
    {"backen_args": True},
    {"count_as_text": True},
    {"code_as_text": False},
    {"without_msg": True},
)


@pytest.mark.parametrize("quirk", QUIRKS, ids=str)
def test_however_it_is_answered(begin: Begin, embedded_cloud: Cloud, quirk: dict[str, Any]) -> None:
    embedded_cloud.admin("PATCH", "/settings", {f"alaya.{name}": one for name, one in quirk.items()})
    assert sorted(one.name for one in alaya.get_deployments()) == ["base", "big", "style"]
    assert [alaya.get_deployment(one).service_id for one in (BASE, ADAPTER)] == [BASE, ADAPTER]
    assert alaya.get_deployment(BASE).api_key == KEY
    engine = alaya.get_deployment(BASE).quick_start
    assert engine
    assert engine.resource
    assert (engine.resource.cpu, engine.backend_args) == (4, ["--max-model-len", "8192"])


@pytest.mark.parametrize("setting", [{}, {"always_200": True}, {"not_found_as_code": True}], ids=str)
def test_a_deployment_that_there_is_not(begin: Begin, embedded_cloud: Cloud, setting: dict[str, Any]) -> None:
    embedded_cloud.admin("PATCH", "/settings", {f"alaya.{name}": one for name, one in setting.items()})
    with pytest.raises(pulumi.RunError, match=r"alaya.get_deployment\(service_id='nothing'\): .*does not exist"):
        alaya.get_deployment("nothing")


# what is secret


def test_keys_stay_secret_in_a_program(begin: Begin) -> None:
    seen: dict[str, bool] = {}

    @run_program
    def program() -> Any:
        found = {
            "deployments": alaya.get_deployments_output(),
            "deployment": alaya.get_deployment_output(pulumi.Output.from_input(BASE)),
            "models": alaya.get_models_output("1"),
            "served": alaya.get_served_models_output(BASE),
            "gpus": alaya.get_gpus_output(VKS),
        }
        return [
            pulumi.Output.from_input(one.is_secret()).apply(lambda secret, name=name: seen.update({name: secret}))
            for name, one in found.items()
        ]

    program()
    assert seen == {"deployments": True, "deployment": True, "models": False, "served": False, "gpus": False}


def test_a_program_can_wait_for_an_answer(begin: Begin) -> None:
    names: list[str] = []

    @run_program
    def program() -> Any:
        async def ask() -> None:
            names.append((await alaya.get_deployment(BASE)).name)
            names.extend(one.id for one in await alaya.get_served_models(BASE))
            names.extend(one.name for one in await alaya.get_gpus(VKS) if one.name == GPU)

        return pulumi.Output.from_input(ask())

    program()
    assert names == ["base", "demo", "demo-2", "style", GPU]


def test_outputs_are_what_is_asked(begin: Begin) -> None:
    found: list[Any] = []

    @run_program
    def program() -> Any:
        asked = alaya.get_deployment_output(pulumi.Output.from_input(BASE))
        return asked.apply(lambda one: found.append((one.name, one.api_key)))

    program()
    assert found == [("base", KEY)]


# what is served


def test_what_a_deployment_serves(begin: Begin, embedded_cloud: Cloud) -> None:
    assert [(one.id, one.owned_by) for one in alaya.get_served_models(BASE)] == [
        (name, "alaya") for name in ("demo", "demo-2", "style")
    ]
    [*_, asked] = embedded_cloud.admin("GET", "/requests")["requests"]
    assert asked["path"] == f"/svc/{BASE}/v1/models"
    assert "authorization" not in asked["headers"]
    assert [one.id for one in alaya.get_served_models(ADAPTER)] == ["style"]


def test_what_does_not_run_serves_nothing(begin: Begin) -> None:
    stopped = next(one for one in alaya.get_deployments() if one.name == "big")
    with pytest.raises(pulumi.RunError, match="big is stopped"):
        alaya.get_served_models(stopped.service_id)
    with pytest.raises(pulumi.RunError, match="does not exist"):
        alaya.get_served_models("nothing")


def answered(body: Any, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


def served(*script: Any) -> tuple[Any, Scripted]:
    process = Scripted(detail(), *script)
    try:
        return specs.GetServedModels(service_id=BASE).ask(CONNECTIONS.today(process.context, None).client()), process
    except InferenceError as error:
        return error, process


def test_the_key_of_a_deployment_goes_to_its_own_host() -> None:
    found, process = served(answered({"data": [{"id": "demo", "parent": None}]}))
    assert [one.id for one in found] == ["demo"]
    first, second = process.server.requests
    assert (first.url.host, "apikey" in first.headers) == ("api.alayanew.com", False)
    assert (str(second.url), second.headers["apikey"]) == ("https://demo.example/svc/v1/models", KEY)
    assert "authorization" not in second.headers


@pytest.mark.parametrize(
    "body", [[], "x", {}, {"data": {}}, {"data": [3]}, {"data": [{}]}, {"data": [{"id": 3.5}]}, {"data": [{"id": ""}]}]
)
def test_an_engine_that_answers_something_else(body: Any) -> None:
    found, _ = served(answered(body))
    assert isinstance(found, ResponseError)


@pytest.mark.parametrize("status", [401, 404, 500])
def test_an_engine_that_answers_with_an_error(status: int) -> None:
    found, process = served(answered({"error": {"message": f"no {KEY}"}}, status))
    assert isinstance(found, InferenceError)
    assert KEY not in str(found)
    assert len(process.server.requests) == 2


def test_no_engine_is_asked_at_another_place() -> None:
    found, process = served(answered({}, 302, location="https://evil.example/v1/models"))
    assert isinstance(found, InferenceError)
    assert [one.url.host for one in process.server.requests] == ["api.alayanew.com", "demo.example"]


# models, data centres, clusters


def test_models(begin: Begin) -> None:
    found = {one.id: one for one in alaya.get_models("1")}
    assert {one.meta.name for one in found.values() if one.meta} == {"qwen", "qwen-style"}
    base = found[BASE_MODEL]
    assert (base.model_type, base.aidc_id, base.source_path) == ("base", "1", f"{VKS}/qwen")
    assert base.extensions == {"team": "search"}


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"model_type": "lora"}, [LORA_MODEL]),
        ({"name": "style"}, [LORA_MODEL]),
        ({"name": "qwen"}, [BASE_MODEL, LORA_MODEL]),
        ({"extensions": "team=search"}, [BASE_MODEL]),
        ({"extensions": "team=none"}, []),
    ],
)
def test_models_are_chosen(begin: Begin, filters: dict[str, str], ids: list[str]) -> None:
    assert sorted(one.id for one in alaya.get_models("1", **filters)) == ids
    assert alaya.get_models(aidc_id="2", **filters) == []


def test_data_centers(begin: Begin) -> None:
    [found] = alaya.get_data_centers()
    assert (found.id, found.name_en, found.country) == ("1", "Emulated data centre", "CN")
    assert found.endpoint == "https://api.alayanew.com"


def test_clusters(begin: Begin) -> None:
    found = alaya.get_cluster(VKS)
    assert found.utilization_rate.mem
    assert found.utilization_rate.mem.hard == 65536
    gpus = {one.name: one for one in alaya.get_gpus(VKS)}
    assert gpus.keys() == {one.name for one in found.utilization_rate.gpu}
    assert (gpus[GPU].hard, gpus[GPU].used, gpus[GPU].ratio) == (512, 1, "16:128:500")
    for ask in (alaya.get_cluster, alaya.get_gpus):
        with pytest.raises(pulumi.RunError, match="cluster nowhere does not exist"):
            ask("nowhere")


def test_numbers_that_are_text_and_ids_that_are_numbers() -> None:
    process = Scripted(
        envelope({"utilizationRate": {"gpu": [{"name": GPU, "hard": "8", "used": "2"}], "mem": {"hard": "710"}}}),
        envelope([{"id": 1, "code": "a", "osmEndpoInt": "https://osm.example"}]),
        envelope(
            {"count": 1, "rows": [{"id": "m", "aidcId": 1, "modelMeta": None, "modelExtensions": {"a": {"b": 1}}}]}
        ),
    )
    client = CONNECTIONS.today(process.context, None).client()
    [gpu] = specs.GetGpus(vks_id=VKS).ask(client)
    assert (gpu.hard, gpu.used) == (8, 2)
    [center] = specs.GetDataCenters().ask(client)
    assert (center.id, center.osm_endpoint) == ("1", "https://osm.example")
    [model] = specs.GetModels(aidc_id="1").ask(client)
    assert (model.aidc_id, model.extensions) == ("1", {"a": {"b": 1}})


# who asks


def test_wrong_keys(begin: Begin) -> None:
    begin(AccessKey="ak", SecretKey="hush")
    for ask in (alaya.get_deployments, alaya.get_data_centers, lambda: alaya.get_cluster(VKS)):
        with pytest.raises(pulumi.RunError, match="the access key or the secret key is wrong") as caught:
            ask()
        assert "hush" not in str(caught.value)


def test_a_cluster_of_somebody_else(begin: Begin, embedded_cloud: Cloud) -> None:
    account = {"accessKey": "ak", "secretKey": "hush", "account": "other", "clusters": []}
    embedded_cloud.admin("POST", "/seed", {"alaya.accounts": [account]})
    begin(AccessKey="ak", SecretKey="hush")
    assert alaya.get_deployments() == []
    with pytest.raises(pulumi.RunError, match=f"no permission on cluster {VKS}") as caught:
        alaya.get_gpus(VKS)
    assert "Ask the owner of the account" in str(caught.value)
    with pytest.raises(pulumi.RunError, match="does not exist"):
        alaya.get_deployment(BASE)
