"""The verbs on the wire, and errors with a meaning."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.modelarts.client import PAGE_SIZE, Created, ModelArtsClient
from pulumi_inference.modelarts.error_codes import BY_CODE
from pulumi_inference.modelarts.errors import ERRORS, SERVICE_NAME_EXISTS, SERVICE_NOT_FOUND, STATE_FORBIDS_UPDATE
from tests.support.answers import client_on


class Recorder:
    """Answers every request alike and keeps them."""

    def __init__(self, body: Any = None, status: int = 200) -> None:
        self.requests: list[httpx.Request] = []
        self.status = status
        self.body = {} if body is None else body

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.status, json=self.body) if self.status != 204 else httpx.Response(204)


VERBS: list[tuple[Callable[[ModelArtsClient], Any], int, str, str, Any]] = [
    (lambda c: c.create_service({"service_name": "a"}), 200, "POST", "/v1/p1/services", {"service_name": "a"}),
    (lambda c: c.get_service("s/1"), 200, "GET", "/v1/p1/services/s%2F1", None),
    (lambda c: c.update_service("s", {"description": ""}), 200, "PUT", "/v1/p1/services/s", {"description": ""}),
    (
        lambda c: c.scale_service("s", [("m1", 3), ("m2", 1)]),
        200,
        "PUT",
        "/v1/p1/services/s/property",
        {
            "changed_property": "instance_count",
            "configs": [{"model_id": "m1", "changed_value": "3"}, {"model_id": "m2", "changed_value": "1"}],
        },
    ),
    (lambda c: c.delete_service("s"), 200, "DELETE", "/v1/p1/services/s", None),
    (lambda c: c.list_update_records("s"), 200, "GET", "/v1/p1/services/s/logs", None),
    (lambda c: c.get_monitor("s"), 200, "GET", "/v1/p1/services/s/monitor", None),
    (
        lambda c: c.add_tags("s", {"k": "v"}),
        204,
        "POST",
        "/v1/p1/services/s/tags/create",
        {"tags": [{"key": "k", "value": "v"}]},
    ),
    (lambda c: c.remove_tags("s", ["k"]), 204, "DELETE", "/v1/p1/services/s/tags/delete", {"tags": [{"key": "k"}]}),
    (
        lambda c: c.set_node_status("s", "n/1", "stopped"),
        200,
        "PUT",
        "/v1/p1/services/s/nodes/n%2F1/status",
        {"status": "stopped"},
    ),
    (lambda c: c.create_model({"model_name": "a"}), 200, "POST", "/v1/p1/models", {"model_name": "a"}),
    (lambda c: c.get_model("m/1"), 200, "GET", "/v1/p1/models/m%2F1", None),
    (lambda c: c.delete_model("m"), 200, "DELETE", "/v1/p1/models/m?cascade=false", None),
    (lambda c: c.delete_model("m", cascade=True), 200, "DELETE", "/v1/p1/models/m?cascade=true", None),
    (lambda c: c.list_models(), 200, "GET", "/v1/p1/models?offset=0&limit=1000", None),
    (lambda c: c.list_runtimes(), 200, "GET", "/v1/p1/models/ai-engine-runtimes?offset=0&limit=1000", None),
    (lambda c: c.list_clusters(), 200, "GET", "/v1/p1/clusters?offset=0&limit=1000", None),
    (lambda c: c.list_pools(), 200, "GET", "/v2/p1/pools", None),
]

LISTS = ("logs", "tags", "models", "engine_runtimes", "clusters", "items")


@pytest.mark.parametrize(("call", "status", "method", "path", "body"), VERBS)
def test_verbs(call: Callable[[ModelArtsClient], Any], status: int, method: str, path: str, body: Any) -> None:
    server = Recorder({"service_id": "s", "model_id": "m", **{name: [] for name in LISTS}}, status)
    call(client_on(server))
    (request,) = server.requests
    assert (request.method, request.url.raw_path.decode()) == (method, path)
    assert (json.loads(request.content) if request.content else None) == body


def test_status_and_config_never_go_together() -> None:
    server = Recorder()
    with pytest.raises(ValueError, match="two calls"):
        client_on(server).update_service("s", {"status": "running", "config": []})
    assert server.requests == []


def test_a_create_answers_the_id_and_the_request() -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"service_id": "s", "model_id": "m"}, headers={"x-request-id": "r"})

    assert client_on(answer).create_service({}) == Created("s", "r")
    assert client_on(answer).create_model({}) == Created("m", "r")


def test_create_is_never_sent_twice_blindly_but_put_and_delete_are() -> None:
    calls = 0

    def lost(_request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx.ReadError("reset")
        return httpx.Response(200, json={})

    with pytest.raises(TransportError) as caught:
        client_on(lost).create_service({})
    assert caught.value.sent
    assert calls == 1
    calls = 0
    with pytest.raises(TransportError):
        client_on(lost).create_model({})
    assert calls == 1
    verbs: list[Callable[[ModelArtsClient], object]] = [
        lambda c: c.delete_service("s"),
        lambda c: c.update_service("s", {}),
        lambda c: c.add_tags("s", {}),
    ]
    for verb in verbs:
        calls = 0
        verb(client_on(lost))
        assert calls == 2


def test_a_create_without_an_id_is_an_error() -> None:
    with pytest.raises(ResponseError, match="no service_id"):
        client_on(Recorder({"resource_ids": []})).create_service({})
    with pytest.raises(ResponseError, match="no model_id"):
        client_on(Recorder({"service_id": "s"})).create_model({})


@pytest.mark.parametrize("body", [[], "text", None, {"services": None}, {"services": {}}, {"services": ["s"]}, {}])
def test_a_list_that_is_none(body: Any) -> None:
    with pytest.raises(ResponseError):
        client_on(lambda _request: httpx.Response(200, json=body)).list_services()


def test_filters_are_passed_on() -> None:
    server = Recorder({"total_count": 0, "services": []})
    client_on(server).list_services(service_name="a b", status="running")
    params = dict(server.requests[0].url.params)
    assert params == {"service_name": "a b", "status": "running", "offset": "0", "limit": str(PAGE_SIZE)}


def test_events_are_oldest_first_whatever_the_server_does() -> None:
    events = [{"occur_time": time, "event_type": "normal", "event_info": str(time)} for time in (30, 10, 20)]
    server = Recorder({"total_count": 3, "events": events})
    answered = client_on(server).list_events("s", event_type="abnormal", since=5)
    assert [event["occur_time"] for event in answered] == [10, 20, 30]
    params = dict(server.requests[0].url.params)
    assert (params["event_type"], params["start_time"], params["order"]) == ("abnormal", "5", "asc")


def test_an_event_whose_time_nobody_can_read_is_answered_too() -> None:
    server = Recorder({"total_count": 2, "events": [{"occur_time": "10"}, {"occur_time": "yesterday"}]})
    assert [event["occur_time"] for event in client_on(server).list_events("s")] == ["yesterday", "10"]


def test_specifications() -> None:
    server = Recorder({"total_count": 1, "specifications": [{"specification": "modelarts.vm.cpu.2u"}]})
    assert client_on(server).list_specifications(dedicated_pool=True) == [{"specification": "modelarts.vm.cpu.2u"}]
    assert server.requests[0].url.params["is_personal_cluster"] == "true"


# --- errors ---


def error_of(status: int, body: Any, headers: Mapping[str, str] | None = None) -> ApiError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ERRORS.parse_error(
        Response(status, headers or {}, content, (headers or {}).get("x-request-id")), "GET", "/v1/x"
    )


def test_the_envelope_of_modelarts() -> None:
    error = error_of(409, {"error_code": SERVICE_NAME_EXISTS, "error_msg": "Dup."}, {"x-request-id": "r-1"})
    assert isinstance(error, ConflictError)
    assert str(error).splitlines() == [
        "GET /v1/x failed (HTTP 409, ModelArts.3503): a service of this name exists: Dup.",
        "  request id r-1",
        "  Choose another name, or leave the name out for an automatic one.",
    ]


@pytest.mark.parametrize("prefix", ["APIG", "APIGW"])
@pytest.mark.parametrize(
    ("tail", "meaning"),
    [
        ("x-auth-token not found", "no credentials in the request"),
        ("decrypt token fail", "invalid token"),
        ("token expires, expires_at: 2024", "the token has expired"),
        ("verify aksk signature fail", "15 minutes"),
        ("Get secretKey failed,ak:AK,err:ak not exist", "unknown access key"),
        ("AK access failed to reach the limit,forbidden", "Wait five minutes"),
        ("something new", "Check the credentials"),
    ],
)
def test_the_envelope_of_the_gateway(prefix: str, tail: str, meaning: str) -> None:
    text = f"Incorrect IAM authentication information: {tail}"
    error = error_of(401, {"error_code": f"{prefix}.0301", "error_msg": text, "request_id": "r-2"})
    assert isinstance(error, AuthenticationError)
    assert error.request_id == "r-2"
    assert meaning in str(error)
    assert tail in str(error)


def test_the_envelope_of_iam() -> None:
    error = error_of(
        401, {"error": {"code": 401, "message": "The username or password is wrong.", "title": "Unauthorized"}}
    )
    assert (error.code, error.status) == ("Unauthorized", 401)
    assert "The username or password is wrong." in str(error)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"null", b"{}", b'{"error": "x"}', b"\xff"])
def test_an_unreadable_body_does_not_hide_the_status(body: bytes) -> None:
    error = error_of(502, body)
    assert isinstance(error, ServerError)
    assert "HTTP 502" in str(error)
    assert "the server failed" in str(error)


def test_only_the_clouds_own_code_says_that_a_service_is_gone() -> None:
    gone = error_of(404, {"error_code": SERVICE_NOT_FOUND, "error_msg": "no such service"})
    gateway = error_of(404, {"error_code": "APIG.0101", "error_msg": "The API does not exist"})
    other = error_of(404, {"error_code": "ModelArts.3507", "error_msg": "no such model"})
    assert isinstance(gone, NotFoundError)
    assert isinstance(gateway, NotFoundError)
    assert [gone.is_gone, gateway.is_gone, other.is_gone] == [True, False, False]
    assert not error_of(400, {"error_code": SERVICE_NOT_FOUND, "error_msg": ""}).is_gone


def test_the_status_counts_before_the_number() -> None:
    assert ERRORS.explain(401, "ModelArts.0203").meaning == "invalid token"
    assert ERRORS.explain(400, "ModelArts.0204").meaning == "the token is for no project"
    assert ERRORS.explain(401, "ModelArts.0204").meaning == "the token cannot be read"
    assert ERRORS.explain(403, "ModelArts.0210").meaning == "the credentials belong to another project"
    assert ERRORS.explain(418, "ModelArts.0210").meaning == ""


def test_a_meaning_is_not_said_twice() -> None:
    error = error_of(404, {"error_code": SERVICE_NOT_FOUND, "error_msg": "The service does not exist."})
    assert error.message == "The service does not exist."


def test_every_code_has_a_meaning_and_a_next_step() -> None:
    assert (400, STATE_FORBIDS_UPDATE.rpartition(".")[2]) in BY_CODE
    assert len(BY_CODE) >= 90
    for (status, number), explanation in BY_CODE.items():
        assert len(number) == 4
        assert 400 <= status <= 500
        assert explanation.meaning
        assert explanation.next_step


def test_too_many_requests_after_all_retries() -> None:
    with pytest.raises(RateLimitError) as caught:
        client_on(Recorder({"error_code": "ModelArts.2799", "error_msg": "busy"}, 429)).get_service("s")
    assert "--parallel" in str(caught.value)
    assert "given up after" in str(caught.value)
