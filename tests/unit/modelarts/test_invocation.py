"""`modelarts.invoke` in a script, on the emulator in this process."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pulumi
import pytest

from pulumi_inference import modelarts
from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.engine import lookups
from tests.support.cloud import Cloud
from tests.support.projects import FOREIGN
from tests.support.world import item

Deploy = Callable[..., str]


@pytest.fixture(autouse=True)
def script(monkeypatch: pytest.MonkeyPatch, embedded_cloud: Cloud) -> Iterator[None]:
    """A script whose environment names the emulator, and nothing of this machine's settings."""
    for name in [name for name in os.environ if name.startswith((*FOREIGN, "PULUMI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HW_MODELARTS_ENDPOINT", embedded_cloud.endpoint)
    monkeypatch.setattr(lookups, "_script", lookups._environment())
    # A test before may have left a run of its own behind.
    monkeypatch.setattr(lookups, "get_monitor", lambda: None)


@pytest.fixture
def deploy(embedded_cloud: Cloud) -> Deploy:
    """Makes a service and answers its id; by default it runs."""

    def make(name: str = "classifier", *, started: bool = True, **changes: Any) -> str:
        body = {"service_name": name, "infer_type": "real-time", "config": [item(weight=100)], **changes}
        service_id: str = embedded_cloud.api("POST", "/services", body)["service_id"]
        if started:
            embedded_cloud.pass_time()
        return service_id

    return make


def last_headers(cloud: Cloud) -> dict[str, str]:
    headers: dict[str, str] = cloud.admin("GET", "/requests")["requests"][-1]["headers"]
    return headers


def test_a_service_is_called_by_name_id_and_address(embedded_cloud: Cloud, deploy: Deploy) -> None:
    service_id = deploy()
    for service in ("classifier", service_id, embedded_cloud.service(service_id)["access_address"]):
        answer = modelarts.invoke(service, json={"x": 1}, path="/v1/score", method="PUT", headers={"X-Trace": "t"})
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json()["echo"] == {"x": 1}
        assert json.loads(answer.text)["path"] == "/v1/score"
        assert last_headers(embedded_cloud)["x-trace"] == "t"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"json": {"x": "ä"}}, "application/json"),
        ({"json": []}, "application/json"),
        ({"text": "grüezi"}, "text/plain; charset=utf-8"),
        ({"data": b"\xff\x00"}, "application/octet-stream"),
        ({"file": "image.jpg"}, "image/jpeg"),
        ({"file": Path("nameless")}, "application/octet-stream"),
        ({"text": "a;b", "headers": {"Content-Type": "text/csv"}}, "text/csv"),
    ],
)
def test_bodies(
    embedded_cloud: Cloud,
    deploy: Deploy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: dict[str, Any],
    kind: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("image.jpg", "nameless"):
        Path(name).write_bytes(b"some bytes")
    deploy()
    answer = modelarts.invoke("classifier", **body)
    assert last_headers(embedded_cloud)["content-type"] == kind
    expected = body.get("json", body.get("text", "some bytes" if "file" in body else "�\0"))
    assert answer.json()["echo"] == expected


def test_no_body_at_all(embedded_cloud: Cloud, deploy: Deploy) -> None:
    deploy()
    assert modelarts.invoke("classifier", method="GET").json()["method"] == "GET"
    assert "content-type" not in last_headers(embedded_cloud)


def test_more_than_one_body_is_a_mistake() -> None:
    with pytest.raises(TypeError, match=r"invoke\(\) takes one body, not json and text"):
        modelarts.invoke("classifier", json={}, text="")


def test_an_answer_can_be_streamed(deploy: Deploy) -> None:
    deploy()
    with modelarts.invoke("classifier", json={"stream": True}, stream=True) as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        events = list(answer.events())
    assert [event.json()["index"] for event in events[:-1]] == [0, 1, 2]
    assert events[-1] == modelarts.ServerSentEvent("[DONE]")


def test_a_streamed_answer_can_be_left_in_the_middle(deploy: Deploy) -> None:
    deploy()
    with modelarts.invoke("classifier", json={"stream": True}, stream=True) as answer:
        assert next(answer.lines()).startswith("data: {")
    assert modelarts.invoke("classifier").status == 200


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_of_the_model_has_its_answer(deploy: Deploy, stream: bool) -> None:
    deploy()
    with pytest.raises(modelarts.ModelError) as caught:
        modelarts.invoke("classifier", path="/score", headers={"X-Emulator-Status": "503"}, stream=stream)
    assert caught.value.status == 503
    assert caught.value.answer.json()["error"] == "the model failed with status 503, as asked"
    first, second = str(caught.value).split("\n  ")
    assert first == "classifier (running) was reached, but the model answered POST /score with HTTP 503"
    assert "the model failed with status 503" in second


def test_a_long_error_is_cut_in_the_message_only(deploy: Deploy) -> None:
    deploy()
    with pytest.raises(modelarts.ModelError) as caught:
        modelarts.invoke("classifier", text="x" * 5000, headers={"X-Emulator-Status": "400"})
    assert len(str(caught.value)) < 700
    assert "characters in all)" in str(caught.value)
    assert "x" * 5000 in caught.value.answer.text


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_of_the_platform_is_another_one(embedded_cloud: Cloud, deploy: Deploy, stream: bool) -> None:
    service_id = deploy()
    busy = {"status": 503, "error_code": "ModelArts.4503", "error_msg": "busy"}
    embedded_cloud.fault(method="POST", path=f"/v1/infers/{service_id}", **busy)
    with pytest.raises(ApiError, match=r"classifier \(running\) gave no answer: .*ModelArts\.4503") as caught:
        modelarts.invoke("classifier", stream=stream)
    assert caught.value.code == "ModelArts.4503"


def test_a_stream_that_breaks_off_is_told(embedded_cloud: Cloud, deploy: Deploy) -> None:
    service_id = deploy()
    embedded_cloud.fault(method="POST", path=f"/v1/infers/{service_id}", truncate_bytes=20)
    with (
        pytest.raises(InferenceError, match="broke"),
        modelarts.invoke("classifier", json={"stream": True}, stream=True) as answer,
    ):
        list(answer)


def test_an_answer_that_is_not_json(deploy: Deploy) -> None:
    answer = modelarts.InvokeResult(200, {"content-type": "text/plain"}, b"hello")
    assert repr(answer) == "InvokeResult(status=200)"
    with pytest.raises(InferenceError, match=r"the model's answer \(HTTP 200\) is not JSON \(text/plain, 5 bytes\)"):
        answer.json()


def test_a_batch_service_is_refused_with_where_its_answers_go(deploy: Deploy) -> None:
    config = {
        "model_id": "model-a",
        "specification": "modelarts.vm.cpu.2u",
        "instance_count": 1,
        "src_path": "https://bucket.obs.example.com/in/",
        "dest_path": "https://bucket.obs.example.com/out/",
        "req_uri": "/",
        "mapping_type": "file",
    }
    deploy("nightly", infer_type="batch", config=[config])
    with pytest.raises(ConfigurationError) as caught:
        modelarts.invoke("nightly")
    text = str(caught.value)
    assert text.startswith("nightly is a batch service: it has no address")
    assert "https://bucket.obs.example.com/in/ -> https://bucket.obs.example.com/out/" in text


def test_an_edge_service_is_refused_with_its_nodes(deploy: Deploy) -> None:
    config = {
        "model_id": "model-a",
        "specification": "custom",
        "instance_count": 1,
        "custom_spec": {"cpu": 1, "memory": 512},
    }
    deploy("camera", infer_type="edge", config=[{**config, "nodes": ["node-1", "node-2"]}])
    with pytest.raises(ConfigurationError) as caught:
        modelarts.invoke("camera")
    first, *nodes, _ = str(caught.value).split("\n  ")
    assert first == "camera is an edge service: each of its nodes is called directly, at the node's predict_url"
    assert len(nodes) == 2
    assert all("(running): http" in node for node in nodes)


def test_a_service_that_does_not_run_says_so(embedded_cloud: Cloud, deploy: Deploy) -> None:
    deploy("young", started=False)
    with pytest.raises(ConfigurationError, match="young has no access address yet; its status is deploying"):
        modelarts.invoke("young")
    service_id = deploy("old")
    embedded_cloud.api("PUT", f"/services/{service_id}", {"status": "stopped"})
    embedded_cloud.pass_time()
    with pytest.raises(ConfigurationError, match="old is stopped"):
        modelarts.invoke("old")


def test_only_the_exact_name_counts(deploy: Deploy) -> None:
    deploy("classifier-2")
    with pytest.raises(ConfigurationError, match="there is no service with the id or name 'classifier'"):
        modelarts.invoke("classifier")


def test_with_a_token_over_http(served_cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in {"HW_MODELARTS_ENDPOINT": served_cloud.endpoint, **served_cloud.password}.items():
        monkeypatch.setenv(name, value)
    body = {"service_name": "chat", "infer_type": "real-time", "config": [item(weight=100)]}
    served_cloud.api("POST", "/services", body)
    served_cloud.pass_time()
    (tmp_path / "question.json").write_text('{"stream": true}')
    with modelarts.invoke("chat", file=tmp_path / "question.json", stream=True) as answer:
        assert [event.data for event in answer.events()][-1] == "[DONE]"
    headers = last_headers(served_cloud)
    assert "x-auth-token" in headers
    assert (headers["content-type"], headers["content-length"]) == ("application/json", "16")


def test_it_can_be_called_inside_of_apply(event_loop: None, deploy: Deploy) -> None:
    deploy()
    answer = pulumi.Output.from_input("classifier").apply(lambda name: modelarts.invoke(name, json=[1]).json()["echo"])
    assert asyncio.get_event_loop().run_until_complete(answer.future()) == [1]


def test_an_output_is_no_service() -> None:
    with pytest.raises(TypeError, match="service must be text"):
        modelarts.invoke(UNKNOWN)  # type: ignore[call-overload]


CUSTOM = "https://models.example.com/v1/infers"


@pytest.mark.parametrize("path", ["", "/", "/score"])
def test_an_address_of_a_service_may_be_anywhere(embedded_cloud: Cloud, deploy: Deploy, path: str) -> None:
    service_id = deploy()
    embedded_cloud.admin("PATCH", f"/services/{service_id}", {"bind_access_address": f"{CUSTOM}/{service_id}"})
    answer = modelarts.invoke(f"{CUSTOM}/{service_id}{path}", json={"x": 1})
    assert answer.json()["echo"] == {"x": 1}


def test_a_url_that_only_names_a_service_gets_no_credentials(embedded_cloud: Cloud, deploy: Deploy) -> None:
    service_id = deploy()
    embedded_cloud.admin("PATCH", f"/services/{service_id}", {"bind_access_address": f"{CUSTOM}/{service_id}"})
    nobody = "7c1f0f5e-0000-4000-8000-000000000000"
    for url in (f"https://thief.example.com/{service_id}", f"{CUSTOM}/{service_id}0", f"{CUSTOM}/{nobody}"):
        embedded_cloud.forget_requests()
        with pytest.raises(ConfigurationError, match="the account's credentials are not sent to "):
            modelarts.invoke(url)
        assert embedded_cloud.sent("POST") == []


def test_an_app_code_needs_the_address_for_applications() -> None:
    with pytest.raises(ConfigurationError, match="app_code needs the URL of the service's API for applications"):
        modelarts.invoke("classifier", app_code="code")


def test_an_app_code_goes_out_alone(served_cloud: Cloud) -> None:
    url = f"{served_cloud.endpoint}/v1/infers/5f3c1f0e-8c1e-4d53-9f6c-2d6a4bb0a001"
    with pytest.raises(ApiError):
        modelarts.invoke(url, app_code="the-app-code")
    headers = last_headers(served_cloud)
    assert "x-apig-appcode" in headers
    assert not {"authorization", "x-auth-token"} & headers.keys()
