"""Addresses, keys and answers that nobody may trust: where a deployment's key goes, and where it never does."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import ApiError, ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, send, stream
from tests.support.alaya_calls import API, BASE, KEY, SECRET_KEY, SIGNATURE, Scripted, detail, envelope

CHAT = "/v1/chat/completions"
QUESTION = Call(b'{"model": "demo"}', CHAT)
FINE = httpx.Response(200, json={"choices": []})


def called(answer: httpx.Response = FINE, **changes: Any) -> Scripted:
    """A process in which a deployment with such a detail was called."""
    process = Scripted(detail(**changes), answer)
    send(process.endpoint(BASE), QUESTION)
    return process


def refused(**changes: Any) -> tuple[InferenceError, Scripted]:
    """What is raised for a deployment with such a detail, and the process."""
    process = Scripted(detail(**changes), FINE)
    with pytest.raises(InferenceError) as caught:
        send(process.endpoint(BASE), QUESTION)
    assert KEY not in str(caught.value)
    return caught.value, process


ADDRESSES = {
    "https://demo.example": "https://demo.example/v1/chat/completions",
    "https://demo.example/": "https://demo.example/v1/chat/completions",
    "https://demo.example/svc/": "https://demo.example/svc/v1/chat/completions",
    "https://demo.example:8443/a/b": "https://demo.example:8443/a/b/v1/chat/completions",
    "http://127.0.0.1:3000": "http://127.0.0.1:3000/v1/chat/completions",
    "http://localhost:3000/x": "http://localhost:3000/x/v1/chat/completions",
}


@pytest.mark.parametrize(("url", "target"), ADDRESSES.items(), ids=ADDRESSES)
def test_the_deployments_key_goes_to_its_host_and_the_accounts_does_not(url: str, target: str) -> None:
    account, model = called(serviceUrl=url).server.requests
    assert (account.url.host, account.headers["authorization"]) == ("api.alayanew.com", SIGNATURE)
    assert "apikey" not in account.headers
    assert (str(model.url), model.headers["apikey"]) == (target, KEY)
    assert "authorization" not in model.headers
    assert SECRET_KEY not in str(model.headers)


HOSTILE = {
    "plain http": "http://demo.example/svc",
    "another scheme": "ftp://demo.example",
    "no scheme": "demo.example/svc",
    "a script": "javascript:alert(1)",
    "a file": "file:///etc/passwd",
    "no host": "https:///x",
    "a user": "https://user:pass@demo.example",
    "a query": "https://demo.example/?x=1",
    "a fragment": "https://demo.example/#x",
    "a port that is none": "https://demo.example:99999",
    "a word as a port": "https://demo.example:x",
    "a line": "https://demo.example\r\nx: y",
    "brackets": "https://[::1",
    "half a pair": "https://demo.example/\ud800",
    "nearly loopback": "http://127.0.0.1.demo.example",
    "nearly localhost": "http://localhost.demo.example",
}


@pytest.mark.parametrize("url", HOSTILE.values(), ids=HOSTILE)
def test_an_address_that_is_none_gets_no_key(url: str) -> None:
    _, process = refused(serviceUrl=url)
    assert {one.url.host for one in process.server.requests} == {"api.alayanew.com"}


@pytest.mark.parametrize(
    "changes",
    [
        {"serviceUrl": None},
        {"serviceUrl": ""},
        {"serviceUrl": "  "},
        {"serviceUrl": 7},
        {"serviceUrl": []},
        {"apikey": None},
        {"apikey": ""},
        {"apikey": " "},
        {"apikey": 7},
        {"apikey": {}},
        {"status": None},
        {"name": None},
        {"status": 7, "name": []},
    ],
    ids=str,
)
def test_a_detail_without_what_a_call_needs(changes: dict[str, Any]) -> None:
    error, process = refused(**changes)
    assert isinstance(error, ConfigurationError | ResponseError)
    assert len(process.server.requests) == 1


def test_what_is_missing_is_said() -> None:
    assert str(refused(apikey=None)[0]).startswith("demo runs, and Alaya NeW does not say its key")
    assert str(refused(serviceUrl="")[0]).startswith("demo runs, and Alaya NeW does not say its address")
    assert "credentials are not sent over plain http" in str(refused(serviceUrl="http://demo.example")[0])


@pytest.mark.parametrize("key", ["a\r\nb: c", "key\n", "käy", "a\x00b", "\ud800"])
def test_a_key_that_no_header_takes(key: str) -> None:
    process = Scripted(detail(apikey=key), FINE)
    with pytest.raises(InferenceError):
        send(process.endpoint(BASE), QUESTION)
    assert {one.url.host for one in process.server.requests} == {"api.alayanew.com"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://evil.example/x", "http://demo.example/x", "/elsewhere", "", "//evil"])
def test_redirects_are_not_followed(status: int, location: str) -> None:
    for streamed in (False, True):
        process = Scripted(detail(), httpx.Response(status, headers={"location": location}))
        with pytest.raises((ModelError, ApiError)):
            ask(process.endpoint(BASE), QUESTION, streamed=streamed)
        assert [one.url.host for one in process.server.requests] == ["api.alayanew.com", "demo.example"]


def test_paths_stay_behind_the_address() -> None:
    process = Scripted(detail(serviceUrl="https://demo.example/svc"), FINE)
    endpoint = process.endpoint(BASE)
    for path in ("//evil.example/x", "https://evil.example/x", "@evil.example", "?x=1", "\\evil", "v1/models"):
        send(endpoint, Call(b"{}", path))
    hosts = {one.url.host for one in process.server.requests}
    assert hosts == {"api.alayanew.com", "demo.example"}


@pytest.mark.parametrize("streamed", [False, True])
def test_an_engine_that_quotes_the_key_is_not_quoted(streamed: bool) -> None:
    process = Scripted(detail(), httpx.Response(400, json={"error": {"message": f"bad key {KEY}"}}))
    with pytest.raises(ModelError) as caught:
        ask(process.endpoint(BASE), QUESTION, streamed=streamed)
    assert KEY not in str(caught.value)
    process = Scripted(detail(), envelope(code=-1, msg=f"bad key {KEY}", status=403))
    with pytest.raises(ApiError) as refusal:
        ask(process.endpoint(BASE), QUESTION, streamed=streamed)
    assert KEY not in str(refusal.value)


def test_what_is_asked_by_an_address_is_looked_up_first() -> None:
    """Whoever gives an address cannot have the key sent there: it has to be one that the list has."""
    row = {"serviceId": BASE, "name": "demo", "status": "running", "serviceUrl": "https://demo.example/svc"}
    process = Scripted(envelope({"count": 1, "rows": [row]}), detail(), FINE)
    send(process.endpoint("https://demo.example/svc/"), QUESTION)
    assert [one.url.host for one in process.server.requests] == ["api.alayanew.com", "api.alayanew.com", "demo.example"]
    process = Scripted(envelope({"count": 1, "rows": [row]}), detail(), FINE)
    with pytest.raises(ConfigurationError, match="there is no deployment"):
        process.endpoint("https://evil.example/svc")
    assert len(process.server.requests) == 1


@pytest.mark.parametrize(
    "rows", [[{}], [{"serviceId": BASE}], [{"serviceId": 3, "name": "demo", "status": "running"}], [3], None, {}]
)
def test_lists_that_are_none(rows: Any) -> None:
    process = Scripted(envelope({"count": 1, "rows": rows}))
    with pytest.raises(ResponseError):
        process.endpoint("demo")


def test_a_detail_of_another_deployment_is_not_called() -> None:
    process = Scripted(detail(serviceId="another"), FINE)
    with pytest.raises(ResponseError, match="is not the one that was asked for"):
        process.endpoint(BASE)


def test_events_that_never_end_are_read_one_by_one() -> None:
    chunk = json.dumps({"choices": [{"delta": {"content": "x"}}]})
    events = "".join(f"data: {chunk}\n\n" for _ in range(1000)) + "data: [DONE]\n\n"
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, text=events)
    process = Scripted(detail(), answer)
    with stream(process.endpoint(BASE), QUESTION) as found:
        first = next(iter(found.events()))
    assert first.data == chunk


def test_a_deployment_at_the_accounts_own_host() -> None:
    """An emulator or gateway serves both; each still gets its own key only."""
    process = called(serviceUrl=f"{API}/svc/1")
    model = process.server.requests[1]
    assert (model.headers["apikey"], "authorization" in model.headers) == (KEY, False)
