"""Calling what a cloud deployed: answers that are still to come or elsewhere, limits, and whose an error is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    CancelledError,
    ConfigurationError,
    ResponseError,
    ServerError,
    TransportError,
)
from pulumi_inference.core.http.exchange import FileBody
from pulumi_inference.core.invocation.address import Address, check_url
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, call_of, send, stream
from tests.support.toy_calls import HOST, KEY, ToyEndpoint, ToyServer, answered, lies_at, toy_environment, working

FILE = "https://files.example.com/results/7?signature=abc"
CALLED = f"POST {HOST}/v1/car"
POLLED = f"GET {HOST}/tickets/t-1"

Send = Callable[[ToyEndpoint, Call], Any]


def sent_whole(endpoint: ToyEndpoint, call: Call) -> bytes:
    return send(endpoint, call).body


def sent_streamed(endpoint: ToyEndpoint, call: Call) -> bytes:
    with stream(endpoint, call) as answer:
        assert answer.status == 200
        return answer.read()


both_ways = pytest.mark.parametrize("ask_it", [sent_whole, sent_streamed])


def toy(*script: httpx.Response) -> ToyEndpoint:
    return ToyEndpoint(ToyServer(*script), toy_environment())


def waits(endpoint: ToyEndpoint) -> list[float]:
    clock = endpoint.environment.clock
    assert isinstance(clock, ManualClock)
    return clock.waits


@both_ways
def test_an_answer_is_polled_until_it_has_come(ask_it: Send) -> None:
    endpoint = toy(working(), working(40), working(80), answered())
    assert ask_it(endpoint, Call(b"go")) == b"brm"
    assert endpoint.server.sent() == [CALLED, *[POLLED] * 3]
    assert endpoint.server.keys() == [KEY] * 4


def test_the_first_poll_is_at_once_and_no_two_begin_in_one_second() -> None:
    endpoint, told = toy(working(), working(40), working(80), answered()), list[str]()
    send(endpoint, Call(timeout=30), told.append)
    assert waits(endpoint) == [1.0, 1.0]
    assert told == ["0 %", "40 %", "80 %"]
    assert [one.extensions["timeout"]["read"] for one in endpoint.server.requests] == [30, 30, 29, 28]


@both_ways
def test_polling_ends_with_the_time_of_the_call(ask_it: Send) -> None:
    endpoint = toy(working())
    with pytest.raises(TransportError) as caught:
        ask_it(endpoint, Call(path="/x", timeout=5))
    assert str(caught.value) == (
        "car gave no answer: POST /v1/car/x: the answer has not come within 5 s\n  Give it more time by timeout."
    )
    assert waits(endpoint) == [1.0] * 5
    assert len(endpoint.server.requests) == 6


def test_ctrl_c_ends_the_polling() -> None:
    endpoint = toy(working())
    clock = endpoint.environment.clock
    assert isinstance(clock, ManualClock)
    clock.on_wait = lambda _seconds: endpoint.environment.cancelled.set()
    with pytest.raises(CancelledError):
        send(endpoint, Call())
    assert len(endpoint.server.requests) == 2


@both_ways
def test_a_result_at_another_host_is_fetched_without_the_credentials(ask_it: Send) -> None:
    endpoint = toy(working(), lies_at(FILE), httpx.Response(200, text="a large answer"))
    assert ask_it(endpoint, Call(headers={"x-mine": "secret"})) == b"a large answer"
    assert endpoint.server.sent() == [CALLED, POLLED, f"GET {FILE}"]
    assert endpoint.server.keys() == [KEY, KEY, None]
    assert "x-mine" not in endpoint.server.requests[-1].headers


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"{HOST}/tickets/other?region=b", KEY),
        (f"{HOST.upper()}/tickets/other", KEY),
        ("/tickets/other", KEY),
        (f"{HOST}:8443/tickets/other", None),
        (f"{HOST}:443/tickets/other", KEY),
        ("http://127.0.0.1:8080/tickets/other", None),
        (f"{HOST}.example.com/tickets/other", None),
    ],
)
def test_only_its_own_host_gets_the_credentials_again(url: str, key: str | None) -> None:
    endpoint = toy(lies_at(url), answered())
    assert send(endpoint, Call()).text == "brm"
    assert endpoint.server.keys() == [KEY, key]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"{HOST.replace('https', 'http')}/results?signature=abc", "credentials are not sent over plain http"),
        ("http://files.example.com/results?signature=abc", "credentials are not sent over plain http"),
        ("https://user:hunter2@files.example.com/results", "has a user or a password in it"),
        ("https://call.toys.example@files.example.com/results", "has a user or a password in it"),
    ],
)
def test_a_result_is_not_fetched_in_clear_nor_with_anybodys_password(url: str, reason: str) -> None:
    endpoint = toy(lies_at(url), answered())
    with pytest.raises(ConfigurationError, match=reason) as caught:
        send(endpoint, Call())
    assert len(endpoint.server.requests) == 1
    assert "abc" not in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "home", "is_called"),
    [
        ("http://thief.example.com", "", False),
        ("http://thief.example.com", "http://toys.lab", False),
        ("http://toys.lab", "http://toys.lab:8080", False),
        ("http://toys.lab", "http://toys.lab", True),
        ("http://127.0.0.1:8080", "", True),
        ("https://models.example.com", "", True),
    ],
)
def test_credentials_go_in_clear_only_where_they_are_anyway(base_url: str, home: str, is_called: bool) -> None:
    endpoint = toy(answered())
    endpoint.address, endpoint.home = Address(base_url, "/v1/car"), home
    if is_called:
        assert send(endpoint, Call()).text == "brm"
        assert endpoint.server.keys() == [KEY]
        return
    for call_it in (send, stream):
        with pytest.raises(ConfigurationError, match="credentials are not sent over plain http"):
            call_it(endpoint, Call())
    assert endpoint.server.requests == []


def test_a_result_that_may_not_be_had_is_the_platforms_error() -> None:
    endpoint = toy(lies_at(FILE), httpx.Response(403, text="expired"))
    with pytest.raises(ApiError, match=r"car gave no answer: GET /results/7\?\[secret\] failed \(HTTP 403\): expired"):
        send(endpoint, Call())


def test_the_models_own_error_may_come_late() -> None:
    endpoint = toy(working(), answered("out of steam", 500))
    answer = send(endpoint, Call())
    assert (answer.status, answer.text) == (500, "out of steam")
    endpoint = toy(working(), answered("out of steam", 500))
    with pytest.raises(ModelError, match="car was reached, but the model answered POST / with HTTP 500") as caught:
        stream(endpoint, Call())
    assert caught.value.answer.text == "out of steam"


def test_what_only_looks_so_is_an_answer_where_nothing_is_elsewhere() -> None:
    class Plain(ToyEndpoint):
        elsewhere = frozenset()

    for answer in (answered("later", 202), answered("over there", 302)):
        endpoint = Plain(ToyServer(answer), toy_environment())
        assert send(endpoint, Call()).text == answer.text
        assert len(endpoint.server.requests) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 404, 503])
@pytest.mark.parametrize("streamed", [False, True])
def test_the_platforms_errors_are_told_from_the_models(status: int, streamed: bool) -> None:
    class Direct(ToyEndpoint):
        elsewhere = frozenset()

    of_the_model = Direct(ToyServer(answered("hm", status)), toy_environment())
    with pytest.raises(ModelError) as model:
        ask(of_the_model, Call(), streamed=streamed)
    assert (model.value.status, model.value.answer.text) == (status, "hm")
    of_the_platform = Direct(ToyServer(httpx.Response(status, text="busy")), toy_environment())
    with pytest.raises(ApiError, match="car gave no answer: POST /v1/car failed") as platform:
        ask(of_the_platform, Call(), streamed=streamed)
    assert platform.value.status == status
    for endpoint in (of_the_model, of_the_platform):
        assert len(endpoint.server.requests) == 1


def test_a_fixed_header_has_nothing_new_to_say_after_a_401() -> None:
    endpoint = toy(httpx.Response(401))
    with pytest.raises(AuthenticationError):
        send(endpoint, Call())
    assert endpoint.server.keys() == [KEY]


def test_a_refused_poll_is_an_error_and_no_answer() -> None:
    endpoint = toy(working(), httpx.Response(503, text="restarting"))
    with pytest.raises(ServerError, match=r"car gave no answer: GET /tickets/t-1 failed \(HTTP 503\): restarting"):
        send(endpoint, Call())


def test_a_body_over_the_limit_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "fits").write_bytes(b"1234567890")
    (tmp_path / "large").write_bytes(b"12345678901")
    endpoint = toy(answered())
    for ask_it in (sent_whole, sent_streamed):
        for body in (b"12345678901", FileBody.of(tmp_path / "large")):
            with pytest.raises(ConfigurationError) as caught:
                ask_it(endpoint, Call(body))
            refusal = "the body has 0.0 MB; calls of toys carry at most 10 bytes\n  Upload it, and send its number."
            assert str(caught.value) == refusal
    assert endpoint.server.requests == []
    send(endpoint, Call(FileBody.of(tmp_path / "fits")))
    assert endpoint.server.requests[0].content == b"1234567890"


def own(url: str) -> bool:
    return "own.example.com" in url


def keep_out(host: str) -> ConfigurationError:
    return ConfigurationError(f"keep out of {host}")


def test_credentials_go_by_https_to_their_own_hosts_and_to_this_machine() -> None:
    for url in ("https://own.example.com/x", "http://127.0.0.1:8080", "http://localhost/x", "https://[::1]/x"):
        check_url(url, is_own=own)
    with pytest.raises(ConfigurationError, match="credentials are not sent over plain http; write https://"):
        check_url("http://own.example.com/x", is_own=own)
    with pytest.raises(ConfigurationError, match=r"credentials are not sent to thief\.example\.com"):
        check_url("https://thief.example.com/x", is_own=own)
    with pytest.raises(ConfigurationError, match="keep out of thief"):
        check_url(
            "https://thief.example.com", is_own=own, refusal=lambda host: ConfigurationError(f"keep out of {host}")
        )


@both_ways
@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (Call(timeout=float("inf")), "timeout must be more than 0 seconds and at most 1000000, not inf"),
        (Call(timeout=float("nan")), "at most 1000000, not nan"),
        (Call(timeout=1e308), "at most 1000000"),
        (Call(timeout=0), "more than 0 seconds"),
        (Call(method="PÜT"), "no HTTP method"),
        (Call(method="GET / HTTP/1.1\r\nx: y"), "no HTTP method"),
        (Call(method=""), "no HTTP method"),
        (Call(headers={"x-mine": "ü"}), "the header 'x-mine' cannot be sent"),
        (Call(headers={"x-mine": "a\r\nauthorization: b"}), "the header 'x-mine' cannot be sent"),
        (Call(headers={"x mine": "a"}), "the header 'x mine' cannot be sent"),
        (Call(headers={"x-ü": "a"}), "cannot be sent"),
        (Call(headers={"x-mine": 1}), "cannot be sent"),  # type: ignore[dict-item]
        (Call(headers={"Content-Length": "5"}), "is made from the body"),
        (Call(headers={"transfer-encoding": "chunked"}), "the header transfer-encoding is made"),
        (Call(path="/\ud800"), "half of a surrogate pair"),
        (Call(path="/" + "a" * 70_000), "no such address"),
    ],
)
def test_what_no_request_can_say(ask_it: Send, call: Call, reason: str) -> None:
    endpoint = toy(answered())
    with pytest.raises(ConfigurationError, match=reason):
        ask_it(endpoint, call)
    assert endpoint.server.sent() == []


@pytest.mark.parametrize("body", [{"text": "\ud800"}, {"json": {"a": "\ud800"}}])
def test_a_body_that_is_no_text(body: dict[str, Any]) -> None:
    given = {"json": None, "text": None, "data": None, "file": None, **body}
    with pytest.raises(ConfigurationError, match="half of a surrogate pair"):
        call_of(**given, path="", method="POST", headers=None, timeout=60)


def test_a_file_that_has_no_size(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    opened = os.open(tmp_path / "pipe", os.O_RDWR)
    with pytest.raises(ConfigurationError, match=r"pipe cannot be read: .*seek"):
        FileBody.of(tmp_path / "pipe")
    os.close(opened)
    with pytest.raises(ConfigurationError, match="cannot be read: embedded null byte"):
        FileBody.of("a\0b")


def test_a_file_that_changes_while_it_is_sent(tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"12345")
    body = FileBody.of(file)
    file.write_bytes(b"1234567")
    assert b"".join(body) == b"12345"
    file.write_bytes(b"123")
    with pytest.raises(ConfigurationError, match="has become shorter"):
        list(body)
    file.unlink()
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        list(body)


def test_an_answer_that_is_nowhere_says_to_what() -> None:
    class Unusable(ToyEndpoint):
        def follow(self, http: Any, answer: Any, tell: Any, *, streamed: bool) -> Any:
            raise answer.unusable("says nothing")

    endpoint = Unusable(ToyServer(working()), toy_environment())
    with pytest.raises(ResponseError, match="POST /v1/car: the answer"):
        stream(endpoint, Call(b"go"))
