"""The gateway for LLM functions."""

import json
from typing import Any

import httpx
import pytest

from .nvcfcalls import Calls, spec

GATEWAY = "https://llm.invocation.api.nvcf.nvidia.com"
PATHS = ["/v1/chat/completions", "/v1/responses", "/v1/embeddings"]
HELLO = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello big world"}]


def put(calls: Calls, *specs: dict[str, Any], uris: list[str] | None = None, **changes: Any) -> str:
    """The name of a model of an LLM function."""
    config = {"uris": PATHS if uris is None else uris, **changes.pop("config", {})}
    model = {"name": "llama", "llmConfig": config}
    version = calls.put(*specs, **{"functionType": "LLM", "inferenceUrl": "/", "models": [model], **changes})
    return f"{version['id']}/llama"


def post(calls: Calls, path: str, body: Any, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return calls.http.post(GATEWAY + path, json=body, headers=named)


def chat(calls: Calls, model: str, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return post(calls, PATHS[0], {"model": model, "messages": HELLO, **body}, **(headers or {}))


def message(answer: httpx.Response) -> tuple[int, str]:
    assert set(answer.json()) == {"message"}
    return answer.status_code, answer.json()["message"]


def events(answer: httpx.Response) -> list[Any]:
    assert answer.headers["Content-Type"] == "text/event-stream"
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: ")]
    return [json.loads(line) for line in lines if line != "[DONE]"]


def test_chat(calls: Calls) -> None:
    model = put(calls)
    answer = chat(calls, model, {"X_Request_ID": "mine"})
    body = answer.json()
    assert (answer.status_code, body["object"], body["model"]) == (200, "chat.completion", model)
    assert body["choices"][0]["message"] == {"role": "assistant", "content": "hello big world"}
    assert body["usage"] == {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
    assert answer.headers["X-Request-ID"] == "mine"
    assert not [name for name in answer.headers if name.startswith("nvcf-")]


def test_chat_streamed(calls: Calls) -> None:
    model = put(calls)
    chunks = events(chat(calls, model, stream=True, stream_options={"include_usage": True}))
    said = "".join(one["choices"][0]["delta"].get("content", "") for one in chunks if one["choices"])
    assert said == "hello big world"
    assert {one["object"] for one in chunks} == {"chat.completion.chunk"}
    assert [one["choices"][0]["finish_reason"] for one in chunks if one["choices"]][-1] == "stop"
    assert chunks[-1]["usage"]["total_tokens"] == 8
    assert {one["model"] for one in chunks} == {"llama"}


def test_responses(calls: Calls) -> None:
    model = put(calls)
    answer = post(calls, PATHS[1], {"model": model, "input": "hello"})
    assert answer.json()["output"][0]["content"][0]["text"] == "hello"
    steps = events(post(calls, PATHS[1], {"model": model, "input": HELLO, "stream": True}))
    assert (steps[0]["type"], steps[-1]["type"]) == ("response.created", "response.completed")
    assert [step["sequence_number"] for step in steps] == list(range(len(steps)))
    assert "".join(step["delta"] for step in steps if "delta" in step) == "hello big world"


@pytest.mark.parametrize(("inputs", "count"), [("a", 1), (["a", "b"], 2), (["a"] * 2048, 2048)])
def test_embeddings(calls: Calls, inputs: Any, count: int) -> None:
    answer = post(calls, PATHS[2], {"model": put(calls), "input": inputs})
    vectors = [one["embedding"] for one in answer.json()["data"]]
    assert len(vectors) == count
    assert "x-multi-turn-session-id" not in answer.headers


@pytest.mark.parametrize("inputs", [None, "", [], ["a", ""], [1], ["a"] * 2049])
def test_wrong_inputs_of_embeddings(calls: Calls, inputs: Any) -> None:
    assert message(post(calls, PATHS[2], {"model": put(calls), "input": inputs}))[0] == 400


@pytest.mark.parametrize(
    ("model", "status", "text"),
    [
        (None, 400, "model is required"),
        ("", 400, "model is required"),
        (7, 400, "model is required"),
        ("llama", 400, "model prefix is required"),
        ("/llama", 400, "routing key is required before model"),
        ("x/", 400, "model suffix is required after routing key"),
        ("x/llama", 400, "invalid request"),
        ("0b8c1f0e-5d0a-4a53-9e43-2d5d6b7a1c01/llama", 404, "not found"),
    ],
)
def test_wrong_models(calls: Calls, model: Any, status: int, text: str) -> None:
    assert message(post(calls, PATHS[0], {"model": model})) == (status, text)


def test_what_the_function_does_not_have(calls: Calls) -> None:
    model = put(calls, uris=["v1/responses/"])
    assert post(calls, PATHS[1], {"model": model, "input": "x"}).status_code == 200
    assert message(chat(calls, model)) == (400, 'model "llama" does not support /v1/chat/completions')
    assert message(chat(calls, f"{model}a")) == (404, "not found")
    assert message(chat(calls, put(calls, functionType="DEFAULT"))) == (404, "not found")
    assert message(chat(calls, put(calls, status="INACTIVE"))) == (404, "not found")
    assert message(chat(calls, put(calls, status="DEGRADED"))) == (400, "invalid request")


def test_who_may_not_come_in(calls: Calls) -> None:
    model = put(calls)
    client = httpx.Client(transport=calls.http._transport)
    nobody = client.post(GATEWAY + PATHS[0], json={"model": model})
    assert message(nobody) == (401, "bearer authorization is required")
    wrong = client.post(GATEWAY + PATHS[0], json={"model": model}, headers={"Authorization": "Bearer nvapi-x"})
    assert message(wrong) == (403, "permission denied")
    assert message(chat(calls, model, {"X_Priority": "1"}))[0] == 400


@pytest.mark.parametrize("content", [b"", b"{", b"[]"])
def test_body_that_is_no_object(calls: Calls, content: bytes) -> None:
    assert message(calls.http.post(GATEWAY + PATHS[0], content=content))[0] == 400


def test_other_paths(calls: Calls) -> None:
    assert message(calls.http.get(GATEWAY + PATHS[0])) == (404, "Not Found")
    assert message(calls.http.post(f"{GATEWAY}/v1/audio/speech", json={})) == (404, "Not Found")
    assert calls.http.get(f"{GATEWAY}/healthz").status_code == 200


def test_container_fails(calls: Calls) -> None:
    model = put(calls)
    assert message(chat(calls, model, {"X_Emulator_Status": "503", "X_Emulator_Error": "busy"})) == (503, "busy")
    assert message(chat(calls, model, {"X_Emulator_Trouble": "connection"}))[0] == 502
    assert message(chat(calls, model, {"X_Emulator_Silent": "request"}))[0] == 504


def test_sessions(calls: Calls) -> None:
    model = put(calls, spec(minInstances=9))
    name = "x-multi-turn-session-id"
    assert chat(calls, model, prompt_cache_key="mine").headers[name] == "mine"
    assert chat(calls, model, {name: "its"}).headers[name] == "its"
    assert chat(calls, model, {name: "its"}, prompt_cache_key="mine").headers[name] == "mine"
    made = chat(calls, model).headers[name]
    assert made.startswith("mt:v1:")
    assert chat(calls, model, {name: made}).headers[name] == made
    conversation = {"model": model, "input": "x", "conversation": {"id": "talk"}}
    assert post(calls, PATHS[1], conversation).headers[name] == "talk"
    assert message(chat(calls, model, prompt_cache_key="x" * 257))[0] == 400
    assert message(chat(calls, model, prompt_cache_key="\n"))[0] == 400


def test_rate_limits(calls: Calls) -> None:
    model = put(calls, config={"tokenRateLimit": "20-M,1000-W"}, rateLimit={"rateLimit": "100-S"})
    first = chat(calls, model)
    assert first.headers["X-Ratelimit-Limit-Tokens"] == "20"
    assert first.headers["X-Ratelimit-Remaining-Tokens"] == "12"
    assert first.headers["X-Ratelimit-Reset-Tokens"] == "60s"
    assert first.headers["X-Ratelimit-Remaining-Requests"] == "99"
    assert chat(calls, model).status_code == 200
    full = chat(calls, model)
    assert message(full) == (429, "rate limit exceeded")
    assert (full.headers["Retry-After"], "X-Should-Retry" in full.headers) == ("60", False)
    calls.clock.advance(60)
    assert chat(calls, model).status_code == 200


def test_rate_limit_that_is_not_worth_a_retry(calls: Calls) -> None:
    full = chat(calls, put(calls, config={"tokenRateLimit": "1-H"}))
    assert (full.status_code, full.headers["X-Should-Retry"]) == (429, "false")


def test_default_function_with_such_a_path(calls: Calls) -> None:
    version = calls.put(inferenceUrl="/v1/chat/completions")
    answer = calls.pexec(version, {"model": "m", "messages": HELLO})
    assert answer.json()["choices"][0]["message"]["content"] == "hello big world"
    assert len(events(calls.pexec(version, {"messages": HELLO, "stream": True}))) > 3
