"""Deployments that are called on the emulator: what comes back, whose an error is, and which key goes where."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pulumi_inference.alaya.invocation import CALLING
from pulumi_inference.core.errors import ApiError, AuthenticationError, ConfigurationError, InferenceError, ServerError
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, send, stream
from tests.support.alaya import Alaya, lora, quick_start
from tests.support.alaya_calls import ADAPTER, ADAPTER_KEY, BASE, BIG, KEY, SECRET_KEY, deployments
from tests.support.world import URL

CHAT, COMPLETIONS, MODELS = "/v1/chat/completions", "/v1/completions", "/v1/models"
QUESTION = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture(autouse=True)
def seeded(alaya: Alaya) -> None:
    """A base that runs, an adapter on it, and another deployment that is stopped."""
    alaya.seed(services=deployments())


def endpoint(alaya: Alaya, thing: str = BASE) -> Any:
    return CALLING.endpoint(alaya.world.context(), thing, {}, None)


def call(body: Any = None, path: str = CHAT, method: str = "POST", **headers: str) -> Call:
    given = {name.replace("_", "-"): one for name, one in headers.items()}
    content = json.dumps(QUESTION if body is None else body).encode() if method == "POST" else b""
    return Call(content, path, method, {"content-type": "application/json", **given})


def sent(alaya: Alaya) -> list[Any]:
    found: list[Any] = alaya.world.cloud.admin("GET", "/requests")["requests"]
    return found


# what it is called


@pytest.mark.parametrize("thing", [BASE, "base", f"{URL}/svc/{BASE}", f"{URL}/svc/{BASE}/"])
def test_a_deployment_is_called(alaya: Alaya, thing: str) -> None:
    answer = send(endpoint(alaya, thing), call()).json()
    assert (answer["object"], answer["model"]) == ("chat.completion", "demo")
    assert "hello" in answer["choices"][0]["message"]["content"]


@pytest.mark.parametrize("thing", ["nothing", "list", "expert", "..", "a/b", "https://nowhere.example/x", "", " base"])
def test_what_is_no_deployment(alaya: Alaya, thing: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no deployment with the id, name or address") as caught:
        endpoint(alaya, thing)
    assert "`pulumi-inference alaya deployments` lists those of the account" in str(caught.value)


@pytest.mark.parametrize("name", ["list", "expert", "lora", "x/../y", "Größe", BIG])
def test_whatever_its_name_is(alaya: Alaya, name: str) -> None:
    alaya.change(BASE, name=name)
    if name == BIG:
        alaya.world.cloud.admin("DELETE", f"/alaya/services/{BIG}")
    assert send(endpoint(alaya, name), call()).json()["model"] == "demo"


def test_whatever_its_id_is(alaya: Alaya) -> None:
    """Samples have UUIDs; nothing says that there is nothing else."""
    alaya.seed(services=[{**deployments()[0], "serviceId": "svc-1", "name": "another"}])
    assert send(endpoint(alaya, "svc-1"), call()).json()["model"] == "demo"
    assert sent(alaya)[-1]["path"] == f"/svc/svc-1{CHAT}"


def test_of_several_with_a_name_it_is_the_one_that_runs(alaya: Alaya) -> None:
    alaya.change(BIG, name="base")
    assert send(endpoint(alaya, "base"), call()).json()["model"] == "demo"
    alaya.change(ADAPTER, name="base")
    with pytest.raises(ConfigurationError, match="there are 2 deployments 'base'") as caught:
        endpoint(alaya, "base")
    assert f"{ADAPTER} (running)" in str(caught.value)
    assert f"{BASE} (running)" in str(caught.value)


@pytest.mark.parametrize("status", ["starting", "stopping", "stopped", "failed"])
@pytest.mark.parametrize("thing", [BASE, "base"])
def test_what_does_not_run(alaya: Alaya, thing: str, status: str) -> None:
    alaya.change(BASE, status=status)
    with pytest.raises(ConfigurationError, match=f"base is {status}") as caught:
        endpoint(alaya, thing)
    assert "`pulumi up` starts it; wait until it runs." in str(caught.value)
    assert all("/svc/" not in one["path"] for one in sent(alaya))


def test_states_in_another_spelling(alaya: Alaya) -> None:
    alaya.set(old_spelling=True)
    alaya.change(BASE, status="stopped")
    with pytest.raises(ConfigurationError, match="base is stopped"):
        endpoint(alaya)


# what is asked


def test_completions_and_models(alaya: Alaya) -> None:
    answer = send(endpoint(alaya), call({"model": "demo-2", "prompt": "once"}, COMPLETIONS)).json()
    assert (answer["object"], answer["model"]) == ("text_completion", "demo-2")
    listed = send(endpoint(alaya), call(path=MODELS, method="GET")).json()
    assert [one["id"] for one in listed["data"]] == ["demo", "demo-2", "style"]


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_events_are_streamed(alaya: Alaya, path: str) -> None:
    body = {**QUESTION, "prompt": "hello", "stream": True}
    with stream(endpoint(alaya), call(body, path)) as answer:
        events = [one.data for one in answer.events()]
    assert events[-1] == "[DONE]"
    first = json.loads(events[0])
    assert first["object"] in ("chat.completion.chunk", "text_completion")
    assert sent(alaya)[-1]["headers"]["accept"] == "text/event-stream"


def test_an_adapter_is_called_at_its_own_address_and_by_its_name_on_the_base(alaya: Alaya) -> None:
    body = {**QUESTION, "model": "style"}
    assert send(endpoint(alaya, "style"), call(body)).json()["model"] == "style"
    assert sent(alaya)[-1]["path"] == f"/svc/{ADAPTER}{CHAT}"
    assert send(endpoint(alaya, "base"), call(body)).json()["model"] == "style"
    assert sent(alaya)[-1]["path"] == f"/svc/{BASE}{CHAT}"


def test_an_adapter_whose_base_is_stopped(alaya: Alaya) -> None:
    alaya.change(BASE, status="stopped")
    with pytest.raises(ServerError, match="or its base is not running"):
        send(endpoint(alaya, ADAPTER), call({**QUESTION, "model": "style"}))
    alaya.change(ADAPTER, status="stopped")
    alaya.change(BASE, status="running")
    with pytest.raises(ModelError, match="`style` does not exist") as caught:
        ask(endpoint(alaya), call({**QUESTION, "model": "style"}), streamed=False)
    assert caught.value.status == 404


# whose an error is


def test_a_model_that_there_is_not(alaya: Alaya) -> None:
    for streamed in (False, True):
        with pytest.raises(ModelError) as caught:
            ask(endpoint(alaya), call({**QUESTION, "model": "huge", "stream": streamed}), streamed=streamed)
        assert caught.value.status == 404
        assert caught.value.answer.json()["error"]["code"] == "model_not_found"
        first = str(caught.value).splitlines()[0]
        assert first == f"base (running) was reached, but the model answered POST {CHAT} with HTTP 404"


@pytest.mark.parametrize("status", [400, 422, 429, 500, 503])
def test_the_engines_error_is_the_models(alaya: Alaya, status: int) -> None:
    with pytest.raises(ModelError) as caught:
        ask(endpoint(alaya), call(x_emulator_status=str(status)), streamed=False)
    assert caught.value.status == status
    assert len([one for one in sent(alaya) if "/svc/" in one["path"]]) == 1, "a call is made once"


def test_a_key_that_is_not_taken_any_more(alaya: Alaya) -> None:
    called = endpoint(alaya)
    alaya.change(BASE, apikey="another")
    for streamed in (False, True):
        with pytest.raises(AuthenticationError) as caught:
            ask(called, call(), streamed=streamed)
        text = str(caught.value)
        assert text.startswith("base (running) gave no answer: ")
        assert "The deployment does not take the key that its detail has; look whether it still runs." in text
        assert KEY not in text


def test_a_deployment_that_stops_in_between(alaya: Alaya) -> None:
    called = endpoint(alaya)
    alaya.change(BASE, status="stopped")
    with pytest.raises(ServerError, match=r"base \(running\) gave no answer: .*is not running") as caught:
        send(called, call())
    assert caught.value.status == 503


def test_a_deployment_that_is_gone_in_between(alaya: Alaya) -> None:
    called = endpoint(alaya)
    alaya.world.cloud.admin("DELETE", f"/alaya/services/{BASE}")
    with pytest.raises(ApiError, match="does not exist") as caught:
        send(called, call())
    assert not caught.value.is_gone


def test_a_refusal_of_the_platform_with_a_status_of_success(alaya: Alaya) -> None:
    alaya.world.cloud.fault(path="/svc/", status=200, body=json.dumps({"code": -1, "data": {}, "msg": "quota"}))
    with pytest.raises(ApiError, match=r"base \(running\) gave no answer: .*\(HTTP 200, -1\): quota"):
        send(endpoint(alaya), call())


@pytest.mark.parametrize(
    "body",
    [
        {"code": 0, "msg": "fine", "data": {}},
        {"code": -1, "msg": "x", "choices": []},
        {"code": -1},
        {"code": 1, "msg": "x"},
        [],
        "x",
    ],
    ids=str,
)
def test_what_an_engine_may_answer(alaya: Alaya, body: Any) -> None:
    alaya.world.cloud.fault(path="/svc/", status=200, body=json.dumps(body))
    assert send(endpoint(alaya), call()).json() == body


def test_an_older_engines_error(alaya: Alaya) -> None:
    body = {"object": "error", "message": "no such model", "type": "NotFoundError", "param": None, "code": 404}
    alaya.world.cloud.fault(path="/svc/", status=404, body=json.dumps(body))
    with pytest.raises(ModelError, match="no such model"):
        ask(endpoint(alaya), call(), streamed=False)


# whose key goes where


def test_each_key_goes_to_its_own_place(alaya: Alaya) -> None:
    send(endpoint(alaya, "style"), call({**QUESTION, "model": "style"}))
    logged = sent(alaya)
    for one in logged:
        is_call = one["path"].startswith("/svc/")
        assert ("authorization" in one["headers"]) == (not is_call)
        assert ("apikey" in one["headers"]) == is_call
    assert logged[-1]["path"] == f"/svc/{ADAPTER}{CHAT}"
    text = json.dumps(logged)
    for secret in (KEY, ADAPTER_KEY, SECRET_KEY):
        assert secret not in text


def test_what_the_caller_sets_does_not_displace_the_key(alaya: Alaya) -> None:
    assert send(endpoint(alaya), call(apiKey="mine", Authorization="Bearer x")).status == 200


# smoke tests


def test_a_deployment_is_tested_before_it_counts(alaya: Alaya) -> None:
    test = {"path": CHAT, "body": QUESTION, "expect_json": {"object": "chat.completion", "model": "demo"}}
    state = alaya.create(quick_start(name="tested", smoke_test=test))
    assert state.facts.get("smoke_test_error") is None
    asked = [one for one in sent(alaya) if "/svc/" in one["path"]]
    assert [(one["method"], one["path"]) for one in asked] == [("POST", f"/svc/{state.id}{CHAT}")]


@pytest.mark.parametrize("form", ["quick start", "lora"])
def test_a_test_that_fails_says_what_the_model_said(alaya: Alaya, form: str) -> None:
    test = {"path": CHAT, "body": {**QUESTION, "model": "huge"}}
    program = quick_start(smoke_test=test) if form == "quick start" else lora(BASE, smoke_test=test)
    with pytest.raises(InferenceError) as caught:
        alaya.create({**program, "name": "tested"})
    text = str(caught.value)
    assert text.startswith(
        "tested was deployed, but the smoke test (POST /v1/chat/completions) failed after 3 attempts: expected was "
        "HTTP 200, n"
    )
    assert "`huge` does not exist" in text


@pytest.mark.parametrize(
    ("test", "is_passed"),
    [
        ({"path": MODELS, "expect_json": {"object": "list"}}, True),
        ({"path": MODELS, "expect_json": {"object": "model"}}, False),
        ({"path": COMPLETIONS, "body": {"model": "demo", "prompt": "x"}}, True),
        ({"path": "/v2/models"}, False),
    ],
)
def test_what_is_tested(alaya: Alaya, test: dict[str, Any], is_passed: bool) -> None:
    program = quick_start(name="tested", smoke_test=test)
    if is_passed:
        assert alaya.create(program).facts.get("smoke_test_error") is None
    else:
        with pytest.raises(InferenceError, match="smoke test"):
            alaya.create(program)


def test_a_key_that_is_not_taken_is_told_by_the_test(alaya: Alaya) -> None:
    refusal = json.dumps({"code": -1, "msg": f"the key {KEY} is wrong"})
    alaya.world.cloud.fault(path="/svc/", status=401, count=None, body=refusal)
    with pytest.raises(InferenceError) as caught:
        alaya.create(quick_start(name="tested", smoke_test={"path": MODELS}))
    assert "The deployment does not take the key that its detail has" in str(caught.value)
