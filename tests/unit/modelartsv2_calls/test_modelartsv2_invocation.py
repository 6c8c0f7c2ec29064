"""Services that are called on the emulator: where, with which credentials, and what comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import ApiError, AuthenticationError, ConfigurationError
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, send, stream
from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.modelartsv2.connection import CONNECTIONS
from pulumi_inference.modelartsv2.endpoint import endpoint_of
from pulumi_inference.modelartsv2.invocation import CALLING
from tests.support.modelartsv2 import ModelArtsV2, inline
from tests.support.modelartsv2_calls import EMPTY, INNER, KEY, KEYED, OPEN, SOCKET, STOPPED, TASKS, TOKENED
from tests.support.world import URL

CHAT = "/v1/chat/completions"
QUESTION = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
AT = f"{URL}/v2/infer"


def endpoint(room: ModelArtsV2, thing: str = OPEN, **options: Any) -> Any:
    return CALLING.endpoint(room.world.context(), thing, options, None)


def call(body: Any = None, path: str = "/predict", method: str = "POST", **headers: str) -> Call:
    given = {name.replace("_", "-"): one for name, one in headers.items()}
    content = json.dumps({"x": 1} if body is None else body).encode() if method == "POST" else b""
    return Call(content, path, method, {"content-type": "application/json", **given})


def sent(room: ModelArtsV2, part: str = "/v2/infer/") -> list[Any]:
    """The requests so far with this in their path, as they were logged."""
    found: list[Any] = room.world.cloud.admin("GET", "/requests")["requests"]
    return [one for one in found if part in one["path"]]


def as_a_user(room: ModelArtsV2) -> None:
    """The account is an IAM user, who gets tokens."""
    room.world.configuration.values |= {
        "modelartsUserName": accounts.USER,
        "modelartsPassword": accounts.PASSWORD,
        "modelartsDomainName": accounts.DOMAIN,
    }
    room.world.next_operation()


# what it is called


@pytest.mark.parametrize("thing", [OPEN, "open", f"{AT}/{OPEN}", f"{AT}/{OPEN}/"])
def test_a_service_is_called(room: ModelArtsV2, thing: str) -> None:
    answer = send(endpoint(room, thing), call()).json()
    assert (answer["deployment"], answer["path"], answer["echo"]) == ("blue", "/predict", {"x": 1})


def test_a_url_below_the_address_goes_on_from_there(room: ModelArtsV2) -> None:
    assert send(endpoint(room, f"{AT}/{OPEN}/deep"), call()).json()["path"] == "/deep/predict"


@pytest.mark.parametrize("thing", ["nothing", "ope", "..", "a/b", "", " open", KEYED[:-1] + "f"])
def test_what_is_no_service(room: ModelArtsV2, thing: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no service with the id or name") as caught:
        endpoint(room, thing)
    assert "`pulumi-inference modelartsv2 services` lists those of the project" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"https://elsewhere.example/v2/infer/{OPEN}",
        f"{AT}/",
        AT,
        f"{AT}/{OPEN}x",
        f"{AT}/{OPEN}/../{KEYED}",
        f"{AT}/{OPEN}/..?",
        f"{AT}/{OPEN}/..#",
        f"{AT}/{OPEN}/.\t./{KEYED}",
    ],
)
def test_a_url_that_the_cloud_does_not_say_gets_no_credentials(room: ModelArtsV2, url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not the address of a service in project"):
        endpoint(room, url)
    assert sent(room) == []


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        (TASKS, "tasks is an asynchronous service: its callers submit tasks and fetch the results"),
        (SOCKET, r"socket talks WebSocket \(WS\)"),
        (STOPPED, 'stopped is stopped; give it or its deployment desired_status="running", and run `pulumi up`'),
        (EMPTY, "empty has no deployment yet; add one"),
    ],
)
def test_what_cannot_be_called(room: ModelArtsV2, thing: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        endpoint(room, thing)
    assert sent(room) == []


def test_the_channels(room: ModelArtsV2) -> None:
    detail = CONNECTIONS.today(room.world.context(), None).client().get_service(OPEN)
    detail["predict_url"] = [
        {"type": "CONSOLE", "urls": ["https://console.example/a"]},
        {"type": "INTERNAL", "urls": ["", "https://internal.example/a/"]},
        {"type": "PUBLIC", "urls": ["https://public.example/a"]},
    ]

    def at(**options: Any) -> str:
        context = room.world.context()
        found = endpoint_of(context, CONNECTIONS.today(context, None), detail, **options).address
        return found.base_url + found.path

    assert at() == "https://public.example/a"
    assert at(channel="INTERNAL") == "https://internal.example/a"
    assert at(channel="CONSOLE") == "https://console.example/a"
    del detail["predict_url"][2]
    assert at() == "https://internal.example/a"
    with pytest.raises(ConfigurationError, match="open has no PUBLIC address; there are: INTERNAL, CONSOLE"):
        at(channel="PUBLIC")
    del detail["predict_url"][1]
    with pytest.raises(ConfigurationError, match="open has no address; there are: CONSOLE"):
        at()
    detail["status"], detail["predict_url"] = "DEPLOYING", None
    with pytest.raises(ConfigurationError, match="open has no address yet; its status is DEPLOYING"):
        at()
    with pytest.raises(ConfigurationError, match="channel must be one of PUBLIC, INTERNAL, CONSOLE"):
        endpoint(room, channel="ETHER")


def test_a_service_without_a_public_address_is_called_at_its_internal_one(room: ModelArtsV2) -> None:
    assert send(endpoint(room, "inner"), call()).json()["deployment_id"] == "d-inner"
    with pytest.raises(ConfigurationError, match="inner has no PUBLIC address; there are: INTERNAL, CONSOLE") as caught:
        endpoint(room, INNER, channel="PUBLIC")
    assert "internet_access_enable=True" in str(caught.value)


# with which credentials


def test_nothing_goes_along_where_nothing_is_wanted(room: ModelArtsV2) -> None:
    send(endpoint(room), call())
    [one] = sent(room)
    assert not {"authorization", "x-auth-token", "x-api-key-type", "x-sdk-date"} & one["headers"].keys()


def test_a_given_key_goes_along(room: ModelArtsV2) -> None:
    assert send(endpoint(room, "keyed", api_key=KEY), call()).json()["deployment"] == "blue"
    [one] = sent(room)
    assert "authorization" in one["headers"]
    assert "x-api-key-type" not in one["headers"]
    assert sent(room, "/api-keys") == []
    assert KEY not in json.dumps(room.world.cloud.admin("GET", "/requests"))


def test_without_a_key_a_temporary_one_is_made_once(room: ModelArtsV2) -> None:
    for _ in range(3):
        assert send(endpoint(room, "keyed"), call()).json()["deployment"] == "blue"
    [made] = sent(room, "/api-keys")
    assert (made["method"], made["path"].rpartition("/")[2], made["body"]) == (
        "POST",
        "temp",
        {"expire_time": 1, "workspace_id": "0"},
    )
    assert {one["headers"]["x-api-key-type"] for one in sent(room)} == {"temp"}
    room.world.clock.advance(3001)
    send(endpoint(room, "keyed"), call())
    assert len(sent(room, "/api-keys")) == 2, "the first one is about to end"


def test_a_key_that_cannot_be_made(room: ModelArtsV2) -> None:
    room.world.cloud.fault(method="POST", path="/api-keys/temp", status=403, error_code="ModelArts.0210")
    with pytest.raises(ConfigurationError) as caught:
        endpoint(room, "keyed")
    text = str(caught.value)
    assert text.startswith("keyed is called with an API key, none was given, and no temporary one could be made: ")
    assert "Give api_key, or let the account make temporary keys (modelarts::createTempApikey)." in text
    for answer in ({}, {"api_key": None}, {"api_key": " "}):
        room.world.cloud.fault(method="POST", path="/api-keys/temp", status=200, body=json.dumps(answer))
        with pytest.raises(ConfigurationError, match="made a temporary API key and did not say it"):
            endpoint(room, "keyed")


def test_a_wrong_key_is_refused_by_the_platform(room: ModelArtsV2) -> None:
    for streamed in (False, True):
        with pytest.raises(AuthenticationError) as caught:
            ask(endpoint(room, "keyed", api_key="wrong-key-value"), call(), streamed=streamed)
        assert str(caught.value).startswith("keyed (RUNNING) gave no answer: ")
    refusal = json.dumps({"error_code": "APIG.0303", "error_msg": "there is no key wrong-key-value"})
    room.world.cloud.fault(path="/v2/infer/", status=401, body=refusal)
    with pytest.raises(AuthenticationError, match="there is no key") as caught:
        send(endpoint(room, "keyed", api_key="wrong-key-value"), call())
    assert "wrong-key-value" not in str(caught.value)


def test_a_key_where_none_is_wanted(room: ModelArtsV2) -> None:
    for thing, kind in (("open", "NONE"), ("tokened", "TOKEN")):
        with pytest.raises(ConfigurationError, match=f"{thing} is called without an API key: its auth_type is {kind}"):
            endpoint(room, thing, api_key=KEY)


def test_a_key_with_a_url_needs_no_account_and_no_plain_http(room: ModelArtsV2) -> None:
    room.world.configuration.values = {}
    room.world.next_operation()
    found = endpoint(room, "https://infer.example/v2/x", api_key=KEY)
    assert (found.address.base_url, found.address.path) == ("https://infer.example", "/v2/x")
    with pytest.raises(ConfigurationError, match="credentials are not sent over plain http"):
        endpoint(room, "http://infer.example/v2/x", api_key=KEY)


def test_a_token_goes_along_where_one_is_wanted(room: ModelArtsV2) -> None:
    as_a_user(room)
    assert send(endpoint(room, "tokened"), call()).json()["deployment_id"] == "d-token"
    [one] = sent(room)
    assert "x-auth-token" in one["headers"]
    assert "authorization" not in one["headers"]


def test_an_access_key_gets_no_token(room: ModelArtsV2) -> None:
    with pytest.raises(
        ConfigurationError, match=r"tokened is called with a token \(its auth_type is TOKEN\)"
    ) as caught:
        endpoint(room, TOKENED)
    assert "Log in as an IAM user (user name, password, domain), or give the service auth_type API_KEY." in str(
        caught.value
    )
    assert sent(room) == []


def test_an_authentication_that_no_page_describes(room: ModelArtsV2) -> None:
    context = room.world.context()
    account = CONNECTIONS.today(context, None)
    detail = account.client().get_service(OPEN)
    detail["version"]["runtime_config"]["service_invoke"]["auth_type"] = "SMILE"
    with pytest.raises(ConfigurationError, match="open is called by SMILE, which no page describes"):
        endpoint_of(context, account, detail)
    detail["version"]["runtime_config"] = None
    with pytest.raises(ConfigurationError, match="open is called by None"):
        endpoint_of(context, account, detail)


def test_plain_http_to_another_machine_gets_no_credentials(room: ModelArtsV2) -> None:
    context = room.world.context()
    account = CONNECTIONS.today(context, None)
    detail = account.client().get_service(KEYED)
    detail["predict_url"] = [{"type": "PUBLIC", "urls": ["http://infer.example/a"]}]
    with pytest.raises(ConfigurationError, match="credentials are not sent over plain http"):
        send(endpoint_of(context, account, detail, api_key=KEY), call())


# what comes back


def test_a_redirect_is_not_followed(room: ModelArtsV2) -> None:
    room.world.cloud.fault(path="/v2/infer/", status=302, headers={"Location": f"{URL}/v2/infer/{OPEN}/x"}, body="")
    answer = send(endpoint(room, "keyed", api_key=KEY), call())
    assert (answer.status, len(sent(room))) == (302, 1)


def test_openai_shaped_paths(room: ModelArtsV2) -> None:
    answer = send(endpoint(room), call(QUESTION, CHAT)).json()
    assert (answer["object"], answer["model"]) == ("chat.completion", "demo")
    listed = send(endpoint(room), call(path="/v1/models", method="GET")).json()
    assert listed["object"] == "list"


def test_events_are_streamed(room: ModelArtsV2) -> None:
    for thing, options in ((OPEN, {}), ("keyed", {"api_key": KEY})):
        with stream(endpoint(room, thing, **options), call({**QUESTION, "stream": True}, CHAT)) as answer:
            events = [one.data for one in answer.events()]
        assert events[-1] == "[DONE]"
        assert json.loads(events[0])["object"] == "chat.completion.chunk"


@pytest.mark.parametrize("status", [400, 404, 422, 429, 500, 503])
def test_the_models_error_is_the_models(room: ModelArtsV2, status: int) -> None:
    with pytest.raises(ModelError) as caught:
        ask(endpoint(room), call(x_emulator_status=str(status)), streamed=False)
    assert caught.value.status == status
    assert str(caught.value).startswith("open (RUNNING) was reached, but the model answered POST /predict with HTTP")
    assert len(sent(room)) == 1, "a call is made once"


def test_the_platforms_error_is_the_platforms(room: ModelArtsV2) -> None:
    with pytest.raises(ApiError, match=r"open \(RUNNING\) gave no answer: .*did not answer within 90 seconds"):
        send(endpoint(room), call(x_emulator_seconds="91"))
    with pytest.raises(ApiError, match="larger than 10 MB"):
        send(endpoint(room), Call(b"x" * (11 * 2**20), "/predict"))
    found = endpoint(room)
    room.world.cloud.admin("PATCH", f"/modelartsv2/services/{OPEN}/deployments/d-open", {"status": "STOPPED"})
    with pytest.raises(ApiError, match="has no deployment that runs") as caught:
        send(found, call())
    assert caught.value.status == 503


# what is made on the way


def test_no_key_is_in_the_trace(room: ModelArtsV2, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trace, real, keys = tmp_path / "trace.jsonl", room.world.transport.handle_request, [KEY]

    def overhear(request: httpx.Request) -> httpx.Response:
        response = real(request)
        if request.url.path.endswith("/temp"):
            keys.append(json.loads(response.read())["api_key"])
        return response

    monkeypatch.setattr(room.world.transport, "handle_request", overhear)
    room.world.environment.environ = {"PULUMI_INFERENCE_TRACE": str(trace)}
    for options in ({}, {"api_key": KEY}):
        send(endpoint(room, "keyed", **options), call())
    assert len(keys) == 2
    text = trace.read_text()
    assert len([line for line in text.splitlines() if "/v2/infer/" in json.loads(line)["url"]]) == 2
    assert not [key for key in keys if key in text]


def test_a_smoke_test_needs_no_copied_key(room: ModelArtsV2) -> None:
    test = {"path": CHAT, "body": QUESTION, "expect_json": {"object": "chat.completion"}}
    state = room.service(inline(smoke_test=test))
    assert state.facts.get("smoke_test_error") is None
    assert state.facts["smoke_tested"]
    assert [one["headers"]["x-api-key-type"] for one in sent(room)] == ["temp"]
