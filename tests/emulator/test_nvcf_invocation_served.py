"""The invocation plane over a real socket, and with the client that programs use for such an API."""

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from pulumi_inference.emulator import app
from pulumi_inference.emulator.nvcf import accounts
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .nvcfcalls import KEY, Calls

HELLO: Any = [{"role": "user", "content": "hello big world"}]


@pytest.fixture
def base(calls: Calls) -> Iterator[str]:
    """The address of a server over the same file."""
    emulator = Emulator(Store(calls.database), calls.clock)
    server, listener = app.create_server(emulator, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, headers=KEY, trust_env=False, timeout=PATIENCE) as made:
        yield made


def llm(calls: Calls) -> str:
    config = {"uris": ["/v1/chat/completions", "/v1/responses", "/v1/embeddings"]}
    models = [{"name": "llama", "llmConfig": config}]
    return f"{calls.put(functionType='LLM', inferenceUrl='/', models=models)['id']}/llama"


@pytest.fixture
def gateway(base: str) -> Iterator[openai.OpenAI]:
    host = {"Host": "llm.invocation.localhost"}
    options: Any = {"api_key": accounts.API_KEY, "default_headers": host, "max_retries": 0}
    with openai.OpenAI(base_url=f"{base}/v1", **options) as made:
        yield made


def test_by_path_polled_streamed_and_large(calls: Calls, client: httpx.Client, base: str) -> None:
    version = calls.put()
    path = f"/v2/nvcf/pexec/functions/{version['id']}"
    first = client.post(path, json={"x": 1}, headers={"X-Emulator-Seconds": "5"})
    assert first.status_code == 202
    calls.clock.advance(5)
    assert client.get(f"/v2/nvcf/pexec/status/{first.headers['NVCF-REQID']}").json()["echo"] == {"x": 1}
    with client.stream("POST", path, json={}, headers={"Accept": "text/event-stream"}) as answer:
        assert "Content-Length" not in answer.headers
        assert "".join(answer.iter_text()).endswith("data: [DONE]\n\n")
    large = client.post(path, json={}, headers={"X-Emulator-Bytes": str(6 * 1024 * 1024)})
    assert large.headers["Location"].startswith(base)
    assert client.get(large.headers["Location"]).headers["Content-Type"] == "application/zip"


@pytest.mark.parametrize("host", ["{}.invocation.localhost", "{}.invocation.api.nvcf.nvidia.com:443"])
def test_by_host(calls: Calls, client: httpx.Client, host: str) -> None:
    version = calls.put()
    for method in ("GET", "HEAD", "PATCH"):
        answer = client.request(method, "/a%2Fb?x=%20", headers={"Host": host.format(version["id"])})
        assert answer.status_code == 200
        assert method == "HEAD" or (answer.json()["path"], answer.json()["query"]) == ("/a%2Fb", "x=%20")


def test_by_header(calls: Calls, client: httpx.Client) -> None:
    version = calls.put()
    assert client.get("/x", headers={"Function-Id": version["id"]}).json()["version_id"] == version["versionId"]


@pytest.mark.parametrize("host", ["{}.invocation.evil.com", "llm.invocation.nvidia.com", "a.internal"])
def test_hosts_that_others_can_own_are_not_answered(calls: Calls, client: httpx.Client, host: str) -> None:
    answer = client.get("/x", headers={"Host": host.format(calls.put()["id"])})
    assert answer.status_code == 403


def test_upload(calls: Calls, client: httpx.Client) -> None:
    asset = client.post("/v2/nvcf/assets", json={"contentType": "text/plain", "description": "x"}).json()
    headers = {"Content-Type": "text/plain", "x-amz-meta-nvcf-asset-description": "x"}
    assert httpx.put(asset["uploadUrl"], content=b"abc", headers=headers, trust_env=False).status_code == 200
    url = client.get(f"/v2/nvcf/assets/{asset['assetId']}/content-redirect").json()["presignedUrl"]
    assert httpx.get(url, trust_env=False).content == b"abc"


def test_openai_chat(calls: Calls, gateway: openai.OpenAI) -> None:
    model = llm(calls)
    answer = gateway.chat.completions.create(model=model, messages=HELLO)
    assert (answer.choices[0].message.content, answer.model) == ("hello big world", model)
    chunks = gateway.chat.completions.create(model=model, messages=HELLO, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "hello big world"


def test_openai_responses(calls: Calls, gateway: openai.OpenAI) -> None:
    model = llm(calls)
    assert gateway.responses.create(model=model, input="hello").output_text == "hello"
    kinds = [event.type for event in gateway.responses.create(model=model, input="hello", stream=True)]
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")
    with gateway.responses.stream(model=model, input="a b") as stream:
        assert stream.get_final_response().output_text == "a b"


def test_openai_embeddings(calls: Calls, gateway: openai.OpenAI) -> None:
    model = llm(calls)
    packed = gateway.embeddings.create(model=model, input=["a", "b"])
    plain = gateway.embeddings.create(model=model, input="b", encoding_format="float")
    assert packed.data[1].embedding == pytest.approx(plain.data[0].embedding)


def test_openai_errors(calls: Calls, gateway: openai.OpenAI) -> None:
    model = llm(calls)
    with pytest.raises(openai.NotFoundError, match="not found"):
        gateway.chat.completions.create(model=f"{model}a", messages=HELLO)
    with pytest.raises(openai.InternalServerError, match="the container failed with status 503"):
        gateway.chat.completions.create(model=model, messages=HELLO, extra_headers={"X-Emulator-Status": "503"})
    with pytest.raises(openai.PermissionDeniedError, match="permission denied"):
        gateway.with_options(api_key="nvapi-other").chat.completions.create(model=model, messages=HELLO)
