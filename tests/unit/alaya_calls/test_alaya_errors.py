"""Whose error it is: each answer of the envelope with its own message and next step, and no secret in any of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pulumi_inference.alaya.connection import CONNECTIONS
from pulumi_inference.alaya.errors import is_error, is_refusal, parse_call_error, parse_error
from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InferenceError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from pulumi_inference.core.http.exchange import Response
from tests.support.alaya import INFERENCE, LORA_MODEL, Alaya, changed, expert, head, lora, quick_start
from tests.support.alaya_calls import SECRET_KEY, Scripted, envelope, failure

SECRET = "pl4nted-secret-value"
KEY = "Check access key and secret key (`pulumi-inference doctor` says where they come from)."
OWNER = "Ask the owner of the account, or use the keys of another one."
LATER = "Try again later; if it stays, ask Alaya NeW's support."
ENDPOINT = "Check endpoint (https, no further path)."
SLOWER = "Try again later, or with a smaller --parallel."
THING = "00000000-0000-4000-8000-000000000001"


def told(status: int, body: Any = None) -> Response:
    raw = b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Response(status=status, headers={}, body=raw)


FINE = {
    "as documented": {"code": 0, "data": {}, "msg": ""},
    "a text": {"code": "0", "data": {}, "msg": ""},
    "a text with blanks": {"code": " 0 "},
    "a number with a point": {"code": 0.0},
    "alone": {"code": 0},
    "no envelope": {"serviceId": THING},
    "a list": [],
    "nothing": None,
}


@pytest.mark.parametrize("status", [200, 201, 204])
@pytest.mark.parametrize("body", FINE.values(), ids=FINE)
def test_success(status: int, body: Any) -> None:
    assert not is_error(told(status, body))


WRONG: dict[str, tuple[Response, type[ApiError], str | None, str, str | None, bool]] = {
    "a refusal": (
        told(200, failure("quota exceeded")),
        BadRequestError,
        "-1",
        "quota exceeded",
        None,
        False,
    ),
    "a code as text": (told(200, failure("no", code="-1")), BadRequestError, "-1", "no", None, False),
    "another code": (told(200, failure("no", code=1007)), BadRequestError, "1007", "no", None, False),
    "a word": (told(200, failure("no", code="FAIL")), BadRequestError, "FAIL", "no", None, False),
    "true": (told(200, failure("no", code=True)), BadRequestError, "True", "no", None, False),
    "no code": (told(200, failure("no", code=None)), BadRequestError, "None", "no", None, False),
    "an object": (told(200, failure("no", code={"a": 1})), BadRequestError, "{'a': 1}", "no", None, False),
    "without words": (told(200, {"code": -1}), BadRequestError, "-1", "the server gave no reason", None, False),
    "blank words": (told(200, failure("  ")), BadRequestError, "-1", "the server gave no reason", None, False),
    "words that are none": (
        told(200, failure({"a": "b"})),
        BadRequestError,
        "-1",
        "the server gave no reason",
        None,
        False,
    ),
    "a bad request": (told(400, failure("name is required")), BadRequestError, "-1", "name is required", None, False),
    "a bad request with success in it": (
        told(400, {"code": 0, "data": {}}),
        BadRequestError,
        "0",
        "the server gave no reason",
        None,
        False,
    ),
    "a bad request without envelope": (
        told(400, {"error": "x"}),
        BadRequestError,
        None,
        "the server gave no reason",
        None,
        False,
    ),
    "wrong keys": (told(401, failure("the key is wrong")), AuthenticationError, "-1", "the key is wrong", KEY, False),
    "wrong keys without words": (told(401), AuthenticationError, None, "the keys are not accepted", KEY, False),
    "no right": (told(403, failure("no permission")), PermissionDeniedError, "-1", "no permission", OWNER, False),
    "no right without words": (
        told(403, "<html>WAF</html>"),
        PermissionDeniedError,
        None,
        "the account may not do this",
        OWNER,
        False,
    ),
    "gone": (
        told(404, failure("service x does not exist")),
        NotFoundError,
        "-1",
        "service x does not exist",
        None,
        True,
    ),
    "gone with a code as text": (told(404, failure("gone", code="-1")), NotFoundError, "-1", "gone", None, True),
    "gone without words": (told(404, {"code": -1}), NotFoundError, "-1", "not found", None, True),
    "no such address": (told(404, "<html>nginx</html>"), NotFoundError, None, "not found", ENDPOINT, False),
    "no such route of a gateway": (
        told(404, {"code": 404, "message": "no route"}),
        NotFoundError,
        "404",
        "not found",
        ENDPOINT,
        False,
    ),
    "a conflict": (told(409, failure("exists")), ConflictError, "-1", "exists", None, False),
    "too many": (told(429, failure("slow down")), RateLimitError, "-1", "slow down", SLOWER, False),
    "too many without words": (told(429), RateLimitError, None, "too many requests", SLOWER, False),
    "a server's error": (told(500, failure("boom")), ServerError, "-1", "boom", LATER, False),
    "a page": (told(502, "<html>bad gateway</html>"), ServerError, None, "the server failed", LATER, False),
    "busy": (told(503, failure("busy")), ServerError, "-1", "busy", LATER, False),
    "late": (told(504), ServerError, None, "the server failed", LATER, False),
    **{
        f"redirection {status}": (told(status), ApiError, None, "the server redirects", ENDPOINT, False)
        for status in (301, 302, 303, 307, 308)
    },
}


@pytest.mark.parametrize(("answer", "kind", "code", "message", "next_step", "is_gone"), WRONG.values(), ids=WRONG)
def test_each_answer_has_its_own_message(
    answer: Response, kind: type[ApiError], code: str | None, message: str, next_step: str | None, is_gone: bool
) -> None:
    assert is_error(answer)
    error = parse_error(answer, "GET", f"{INFERENCE}/{THING}")
    assert isinstance(error, kind)
    assert (error.code, error.message, error.next_step, error.is_gone) == (code, message, next_step, is_gone)
    assert is_refusal(error) == (answer.status == 200)


def test_a_call_that_is_not_let_in_is_no_matter_of_the_accounts_keys() -> None:
    error = parse_call_error(told(401, failure("the header apiKey is wrong")), "POST", "/v1/chat/completions")
    assert error.next_step == "The deployment does not take the key that its detail has; look whether it still runs."
    assert not parse_call_error(told(404, failure("service x does not exist")), "POST", "/v1/models").is_gone


# on the way


def ask(*script: httpx.Response, act: Callable[[Any], Any] | None = None) -> tuple[Any, Scripted]:
    """What the client answers, or raises, and the process that has asked."""
    process = Scripted(*script)
    client = CONNECTIONS.today(process.context, None).client()
    try:
        return (act or (lambda one: one.get_deployment(THING)))(client), process
    except InferenceError as error:
        return error, process


def listed(*ids: str, **members: Any) -> httpx.Response:
    rows = [{"serviceId": one, "name": one, "status": "running"} for one in ids]
    return envelope({"count": len(ids), "rows": rows, **members})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_reads_are_tried_again(status: int) -> None:
    found, process = ask(httpx.Response(status), httpx.Response(status), envelope({"name": "demo"}))
    assert found == {"name": "demo", "serviceId": THING}
    assert len(process.server.requests) == 3


@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    found, process = ask(envelope(code=-1, msg="no", status=status), listed(THING))
    assert isinstance(found, ApiError)
    assert found.message == "no"
    assert len(process.server.requests) == (2 if status == 200 else 1)


WRITES: dict[str, Callable[[Any], Any]] = {
    "create": lambda client: client.create_deployment("expert", {}),
    "scale": lambda client: client.scale(THING, {}),
    "update": lambda client: client.update_deployment("lora", THING, {}),
    "delete": lambda client: client.delete_deployment(THING),
    "cancel": lambda client: client.cancel_deployment(THING),
}


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(503), httpx.Response(200, text="<html>")])
def test_a_create_call_is_sent_once(answer: httpx.Response) -> None:
    found, process = ask(answer, act=WRITES["create"])
    assert isinstance(found, InferenceError)
    assert len(process.server.requests) == 1


@pytest.mark.parametrize("act", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("code", [-1, "-1", "FAIL"])
def test_writes_that_are_refused_with_a_status_of_success_are_errors(act: Callable[[Any], Any], code: Any) -> None:
    found, process = ask(envelope(code=code, msg="no"), listed(THING), act=act)
    assert isinstance(found, BadRequestError)
    assert len([one for one in process.server.requests if one.method != "GET"]) == 1


def test_redirects_are_not_followed() -> None:
    found, process = ask(httpx.Response(302, headers={"location": "https://evil.example/x"}))
    assert isinstance(found, ApiError)
    assert found.next_step == ENDPOINT
    assert [one.url.host for one in process.server.requests] == ["api.alayanew.com"]


STRANGE = {
    "a page": httpx.Response(200, text="<html>sign in</html>"),
    "nothing": httpx.Response(200),
    "a list": httpx.Response(200, json=[]),
    "a text": httpx.Response(200, json="x"),
    "data that is a list": envelope([]),
    "data that is a text": envelope("x"),
    "no data": httpx.Response(200, json={"code": 0}),
}


@pytest.mark.parametrize("answer", STRANGE.values(), ids=STRANGE)
def test_an_answer_that_is_no_detail(answer: httpx.Response) -> None:
    found, _ = ask(answer)
    assert isinstance(found, ResponseError)


@pytest.mark.parametrize(
    "answer",
    [
        *STRANGE.values(),
        envelope({"count": 1}),
        envelope({"count": 1, "rows": None}),
        envelope({"count": 1, "rows": {}}),
        envelope({"count": 1, "rows": [3]}),
    ],
)
def test_an_answer_that_is_no_list(answer: httpx.Response) -> None:
    found, _ = ask(answer, act=lambda client: client.list_deployments())
    assert isinstance(found, ResponseError)


# whether it is there


@pytest.mark.parametrize(
    "refusal",
    [
        envelope(code=-1, msg="no such service"),
        httpx.Response(404),
        httpx.Response(404, json={"code": 404, "message": "no route"}),
    ],
    ids=["a refusal", "a page", "a gateway"],
)
def test_the_list_says_whether_it_is_gone(refusal: httpx.Response) -> None:
    gone, process = ask(refusal, listed("other"))
    assert isinstance(gone, NotFoundError)
    assert gone.is_gone
    assert process.server.sent()[1].startswith(f"GET https://api.alayanew.com{INFERENCE}/list?")
    there, _ = ask(refusal, listed("other", THING))
    assert isinstance(there, ApiError)
    assert not there.is_gone


@pytest.mark.parametrize(
    "no_list",
    [httpx.Response(404), envelope(code=-1, msg="no such route", status=404)],
    ids=["without envelope", "with it"],
)
@pytest.mark.parametrize("refusal", [envelope(code=-1, msg="no"), httpx.Response(404)], ids=["a refusal", "a page"])
def test_where_there_is_no_list_either_nothing_is_gone(refusal: httpx.Response, no_list: httpx.Response) -> None:
    found, _ = ask(refusal, no_list)
    assert isinstance(found, ApiError)
    assert not found.is_gone


def test_what_the_envelope_says_with_404_needs_no_list() -> None:
    found, process = ask(envelope(code=-1, msg="service does not exist", status=404))
    assert isinstance(found, NotFoundError)
    assert found.is_gone
    assert len(process.server.requests) == 1


def test_an_id_goes_into_the_path_as_it_is() -> None:
    _, process = ask(envelope({"name": "x"}), act=lambda client: client.get_deployment("../list?x=/ü"))
    assert process.server.requests[0].url.raw_path == f"{INFERENCE}/..%2Flist%3Fx%3D%2F%C3%BC".encode()


# pages


def pages(*sizes: int, **members: Any) -> list[httpx.Response]:
    """Pages of items with consecutive ids."""
    found, start = [], 0
    for size in sizes:
        found.append(listed(*(f"s{number}" for number in range(start, start + size)), **members))
        start += size
    return found


PAGES: dict[str, tuple[list[httpx.Response], int, int]] = {
    "one": (pages(3), 3, 1),
    "none": (pages(0), 0, 1),
    "two": (pages(100, 7, count=107), 107, 2),
    "a full one alone": (pages(100, 0, count=100), 100, 2),
    "no count": (pages(100, 7, count=""), 107, 2),
    "a count of null": (pages(100, 7, count=None), 107, 2),
    "a count as text": (pages(100, 7, count="107"), 107, 2),
    "a count that is too small": (pages(100, 100, 7, count=1), 207, 3),
    "the count of the page": (pages(100, 100, 7, count=100), 207, 3),
    "a count that is too large": (pages(100, 7, 0, count=9999), 107, 3),
    "a count below zero": (pages(100, 7, count=-1), 107, 2),
    "a count that is true": (pages(7, count=True), 7, 1),
    "a count that is a list": (pages(7, count=[]), 7, 1),
    "smaller pages than asked for": (pages(10, 10, 5, count=25), 25, 3),
    "the same page again and again": (pages(100, count=9999), 100, 2),
}


@pytest.mark.parametrize(("script", "count", "requests"), PAGES.values(), ids=PAGES)
def test_all_pages_are_read_and_no_more(script: list[httpx.Response], count: int, requests: int) -> None:
    found, process = ask(*script, act=lambda client: client.list_deployments({"vksId": "v"}))
    assert [one["serviceId"] for one in found] == [f"s{number}" for number in range(count)]
    assert len(process.server.requests) == requests
    assert [dict(one.url.params) for one in process.server.requests] == [
        {"vksId": "v", "page": str(number + 1), "size": "100"} for number in range(requests)
    ]


@pytest.mark.parametrize("identity", [None, 3, [], {"a": []}, True])
def test_items_without_an_id_end_too(identity: Any) -> None:
    rows = [{"id": identity}] * 100
    found, process = ask(envelope({"count": 1000, "rows": rows}), act=lambda client: client.list_models({}))
    assert found == [{"id": identity}]
    assert len(process.server.requests) == 2


# secrets


def fails(act: Callable[[], Any]) -> str:
    with pytest.raises((InferenceError, AssertionError)) as caught:
        act()
    return str(caught.value)


PULLING = head(image_pull_secret={"registry": "https://r.test", "username": "u"})


@pytest.mark.parametrize("call", ["create", "update"])
def test_what_the_api_quotes_is_not_told(alaya: Alaya, call: str) -> None:
    program = expert(
        PULLING,
        secret_env={"head": {"TOKEN": SECRET}},
        image_pull_passwords={"head": f"{SECRET}-password"},
        on_offline_change="restart",
    )
    made = None if call == "create" else alaya.create(expert(on_offline_change="restart"))
    alaya.world.cloud.fault(
        method="POST" if call == "create" else "PUT",
        status=400,
        count=None,
        body=json.dumps(failure(f"env TOKEN={SECRET} and password {SECRET}-password, key {SECRET_KEY}")),
    )
    text = fails(lambda: alaya.create(program) if made is None else alaya.world.update(made, program))
    assert "env TOKEN=[secret]" in text
    assert SECRET not in text
    assert "emulator-secret" not in text


def test_secrets_are_in_no_message_state_or_log(alaya: Alaya) -> None:
    program = expert(
        PULLING, secret_env={"head": {"TOKEN": SECRET}}, image_pull_passwords={"head": SECRET}, name="demo"
    )
    state = alaya.create(program)
    key = alaya.service(state)["apikey"]
    said = [*alaya.world.told, *alaya.world.warned, *alaya.world.progress]
    logged = json.dumps(alaya.world.cloud.admin("GET", "/requests"))
    for secret in (SECRET, key, SECRET_KEY):
        assert secret not in f"{said}{logged}"


@pytest.mark.parametrize("form", ["expert", "quick_start", "lora"])
def test_a_refused_create_call_says_why(alaya: Alaya, form: str) -> None:
    alaya.set(unique_names=True)
    there = alaya.create(quick_start(name="taken"))
    programs = {"expert": expert(), "quick_start": quick_start(model_id=LORA_MODEL), "lora": lora(there)}
    alaya.named(f"{alaya.world.urn}-2")
    text = fails(lambda: alaya.create(changed(programs[form], name="taken")))
    assert "taken" in text
    assert "(HTTP 200, -1)" in text
    assert len(alaya.services()) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("program", [expert(name="one"), quick_start(name="one")], ids=["expert", "quick_start"])
def test_an_error_after_which_it_is_there_all_the_same_makes_no_second_one(
    alaya: Alaya, program: dict[str, Any], status: int
) -> None:
    alaya.world.cloud.fault(method="POST", path="/deployment", status=status, commit=True)
    state = alaya.create(program)
    assert [one["serviceId"] for one in alaya.services()] == [state.id]
