"""Calling Alaya NeW's services: OpenAI's API with the service's own key, in process and over a socket."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from pulumi_inference.emulator import app
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .alayacloud import DEPLOY_SECONDS, HOST, UNKNOWN, Alaya, authorization, refusal

HELLO: Any = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello big world"}]
CHAT = "/v1/chat/completions"


class Caller:
    """A client of one service, by what its detail says."""

    def __init__(self, alaya: Alaya, service: str) -> None:
        found = alaya.detail(service)
        self.http = alaya.http
        self.url = found["serviceUrl"]
        self.headers = {"apiKey": found.get("apikey") or found.get("apiKey"), "Authorization": "Bearer x"}

    def post(self, path: str = CHAT, headers: Any = None, **body: Any) -> httpx.Response:
        given = {"model": "demo", "messages": HELLO, **body}
        return self.http.post(f"{self.url}{path}", json=given, headers=self.headers if headers is None else headers)

    def models(self) -> list[str]:
        answer = self.http.get(f"{self.url}/v1/models", headers=self.headers)
        assert answer.json()["object"] == "list"
        return [one["id"] for one in answer.json()["data"]]


def events(answer: httpx.Response) -> list[dict[str, Any]]:
    """The documents of a stream that ended as it should."""
    assert answer.headers["Content-Type"] == "text/event-stream"
    *parts, last, rest = answer.text.split("\n\n")
    assert (last, rest) == ("data: [DONE]", "")
    return [json.loads(part.removeprefix("data: ")) for part in parts]


def error(answer: httpx.Response, status: int) -> dict[str, Any]:
    """An error in OpenAI's shape."""
    assert answer.status_code == status, answer.text
    found = answer.json()["error"]
    assert set(found) == {"message", "type", "param", "code"}
    return dict(found)


def test_a_chat(alaya: Alaya) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    answer = caller.post()
    assert answer.status_code == 200
    found = answer.json()
    assert (found["object"], found["model"]) == ("chat.completion", "demo")
    assert found["choices"][0]["message"] == {"role": "assistant", "content": "hello big world"}
    assert found["usage"] == {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}


def test_a_chat_as_a_stream(alaya: Alaya) -> None:
    caller = Caller(alaya, alaya.running(alaya.quick_start()))
    parts = events(caller.post(model="quick", stream=True))
    assert {part["object"] for part in parts} == {"chat.completion.chunk"}
    deltas = [part["choices"][0]["delta"] for part in parts]
    assert "".join(delta.get("content", "") for delta in deltas) == "hello big world"
    assert parts[-1]["choices"][0]["finish_reason"] == "stop"
    last = events(caller.post(model="quick", stream=True, stream_options={"include_usage": True}))[-1]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 8)


def test_a_completion(alaya: Alaya) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    found = caller.post("/v1/completions", prompt="once upon").json()
    assert (found["object"], found["model"], found["choices"][0]["text"]) == ("text_completion", "demo", "once upon")
    assert found["usage"] == {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}
    several = caller.post("/v1/completions", prompt=["a b", "c"]).json()
    assert [(one["index"], one["text"]) for one in several["choices"]] == [(0, "a b"), (1, "c")]
    assert caller.post("/v1/completions", prompt=[1, 2]).json()["choices"][0]["text"] == "2"


def test_a_completion_as_a_stream(alaya: Alaya) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    parts = events(caller.post("/v1/completions", prompt=["a b", "c"], stream=True))
    choices = [part["choices"][0] for part in parts]
    for place, text in enumerate(("a b", "c")):
        assert "".join(one["text"] for one in choices if one["index"] == place) == text
    assert [one["finish_reason"] for one in choices] == [None, None, None, "stop", "stop"]
    options = {"include_usage": True}
    last = events(caller.post("/v1/completions", prompt="a", stream=True, stream_options=options))[-1]
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 2)


def test_the_models_that_are_served(alaya: Alaya) -> None:
    base = alaya.running(alaya.expert(servedName=["demo", "alias"]))
    adapter = alaya.lora(base, servedName=["x", "y"])
    assert Caller(alaya, base).models() == ["demo", "alias"]
    alaya.running(adapter)
    assert Caller(alaya, base).models() == ["demo", "alias", "x", "y"]
    assert Caller(alaya, adapter).models() == ["x", "y"]


def test_a_lora_by_the_base_and_by_itself(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    of_base, of_lora = Caller(alaya, base), Caller(alaya, adapter)
    for caller in (of_base, of_lora):
        assert caller.post(model="adapter").json()["model"] == "adapter"
    assert error(of_lora.post(model="demo"), 404)["param"] == "model"
    assert refusal(of_lora.post(model="adapter", headers=of_base.headers), 401)
    alaya.ok("POST", f"/deployment/{adapter}/cancel")
    assert error(of_base.post(model="adapter"), 404)
    assert refusal(of_lora.post(model="adapter"), 503)


def test_a_lora_whose_base_is_gone(alaya: Alaya) -> None:
    base, adapter = alaya.with_lora()
    caller = Caller(alaya, adapter)
    alaya.admin("PATCH", f"/alaya/services/{base}", {"status": "failed"})
    assert alaya.status(adapter) == "running"
    assert refusal(caller.post(model="adapter"), 503)


@pytest.mark.parametrize("headers", [{}, {"apiKey": "x"}, {"apiKey": ""}, {"Authorization": "Bearer KEY"}])
@pytest.mark.parametrize("path", [CHAT, "/v1/completions", "/v1/models"])
def test_only_with_its_key(alaya: Alaya, path: str, headers: dict[str, str]) -> None:
    service = alaya.running(alaya.expert())
    caller = Caller(alaya, service)
    key = caller.headers["apiKey"]
    given = {name: value.replace("KEY", key) for name, value in headers.items()}
    method = "GET" if path == "/v1/models" else "POST"
    answer = alaya.http.request(method, f"{caller.url}{path}", json={}, headers={**authorization(), **given})
    assert refusal(answer, 401) == "the header apiKey is missing or wrong"
    assert caller.post(headers={"APIKEY": key}).status_code == 200


def test_before_and_after_it_runs(alaya: Alaya) -> None:
    service = alaya.expert()
    url = f"{HOST}/svc/{service}"
    assert refusal(alaya.http.post(f"{url}{CHAT}", json={}), 503)
    caller = Caller(alaya, alaya.running(service))
    assert caller.post().status_code == 200
    alaya.ok("PUT", f"/deployment/{service}/scale", {"scale": {"min": 1, "max": 1, "rpsValue": 1, "idleTime": 0}})
    assert caller.post().status_code == 200
    alaya.ok("POST", f"/deployment/{service}/cancel")
    assert refusal(caller.post(), 503)
    alaya.clock.advance(DEPLOY_SECONDS)
    assert refusal(caller.post(), 503)
    assert refusal(caller.post(headers={"apiKey": "x"}), 401)
    alaya.ok("DELETE", f"/deployment/{service}")
    assert refusal(caller.post(), 404)


def test_while_it_is_being_deleted(alaya: Alaya) -> None:
    alaya.settings(delete_seconds=5, lenient_delete=True)
    service = alaya.running(alaya.expert())
    caller = Caller(alaya, service)
    alaya.ok("DELETE", f"/deployment/{service}")
    assert refusal(caller.post(), 503)


def test_an_unknown_service(alaya: Alaya) -> None:
    assert refusal(alaya.http.get(f"/svc/{UNKNOWN}/v1/models"), 404) == f"service {UNKNOWN} does not exist"


@pytest.mark.parametrize(
    ("path", "body", "status", "param"),
    [
        (CHAT, {"model": "other"}, 404, "model"),
        (CHAT, {"model": None}, 400, "model"),
        (CHAT, {"model": ["demo"]}, 400, "model"),
        (CHAT, {"messages": None}, 400, "messages"),
        (CHAT, {"messages": []}, 400, "messages"),
        (CHAT, {"messages": "hello"}, 400, "messages"),
        (CHAT, {"messages": [{"role": "user"}]}, 400, "messages"),
        (CHAT, {"messages": [{"content": "x"}]}, 400, "messages"),
        ("/v1/completions", {}, 400, "prompt"),
    ],
)
def test_wrong_requests_in_the_shape_of_openai(
    alaya: Alaya, path: str, body: dict[str, Any], status: int, param: str
) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    assert error(caller.post(path, **body), status)["param"] == param


def test_a_body_that_is_none(alaya: Alaya) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    for content in (b"", b"{", b"[]"):
        assert error(alaya.http.post(f"{caller.url}{CHAT}", content=content, headers=caller.headers), 400)


def test_a_model_that_fails_as_asked(alaya: Alaya) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    found = error(caller.post(headers={**caller.headers, "X-Emulator-Status": "500"}), 500)
    assert found["message"] == "the model failed with status 500, as asked"
    assert error(caller.post(headers={**caller.headers, "X-Emulator-Status": "soon"}), 400)


@pytest.fixture
def base(alaya: Alaya) -> Iterator[str]:
    """The address of a server over the same file."""
    emulator = Emulator(Store(alaya.database), alaya.clock)
    server, listener = app.create_server(emulator, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()


def client(base: str, service: str) -> openai.OpenAI:
    """The client that programs use, for a service as the server itself tells of it."""
    with httpx.Client(base_url=base, headers=authorization(), trust_env=False, timeout=PATIENCE) as http:
        found = http.get(f"/api/serverless-infer/v1/deployment/{service}").json()["data"]
    assert found["serviceUrl"] == f"{base}/svc/{service}"
    key = found.get("apikey") or found["apiKey"]
    return openai.OpenAI(
        base_url=f"{found['serviceUrl']}/v1", api_key="x", default_headers={"apiKey": key}, max_retries=0
    )


def test_openai_plain_and_streaming_and_a_lora_by_name(alaya: Alaya, base: str) -> None:
    service, adapter = alaya.with_lora()
    with client(base, service) as of_base, client(base, adapter) as of_lora:
        for made, model in ((of_base, "demo"), (of_base, "adapter"), (of_lora, "adapter")):
            answer = made.chat.completions.create(model=model, messages=HELLO)
            assert (answer.choices[0].message.content, answer.model) == ("hello big world", model)
            options: Any = {"include_usage": True}
            chunks = list(
                made.chat.completions.create(model=model, messages=HELLO, stream=True, stream_options=options)
            )
            said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
            assert (said, chunks[-1].usage and chunks[-1].usage.total_tokens) == ("hello big world", 8)
        assert [one.id for one in of_base.models.list()] == ["demo", "adapter"]
        assert of_base.completions.create(model="demo", prompt="a b").choices[0].text == "a b"
        pieces = of_base.completions.create(model="demo", prompt="a b", stream=True)
        assert "".join(piece.choices[0].text for piece in pieces) == "a b"


def test_openai_errors(alaya: Alaya, base: str) -> None:
    service = alaya.running(alaya.expert())
    with client(base, service) as made:
        with pytest.raises(openai.NotFoundError, match="The model `other` does not exist"):
            made.chat.completions.create(model="other", messages=HELLO)
        with pytest.raises(openai.AuthenticationError):
            made.with_options(default_headers={"apiKey": "x"}).models.list()
        alaya.ok("POST", f"/deployment/{service}/cancel")
        with pytest.raises(openai.InternalServerError, match="503"):
            made.chat.completions.create(model="demo", messages=HELLO)


def test_a_service_streams_over_a_socket(alaya: Alaya, base: str) -> None:
    caller = Caller(alaya, alaya.running(alaya.expert()))
    url = caller.url.replace(HOST, base)
    body = {"model": "demo", "messages": HELLO, "stream": True}
    with (
        httpx.Client(trust_env=False, timeout=PATIENCE) as http,
        http.stream("POST", f"{url}{CHAT}", json=body, headers=caller.headers) as answer,
    ):
        assert "Content-Length" not in answer.headers
        assert "".join(answer.iter_text()).endswith("data: [DONE]\n\n")
