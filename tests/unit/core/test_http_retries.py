"""What is tried again, when, and how often."""

import time
from contextlib import nullcontext

import httpx
import pytest
from scripted import LOST, OK, RESET, UNREACHABLE, Answer, World, parse_error, status

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import ApiError, CancelledError, RateLimitError, ServerError, TransportError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.retry import RetryQuota, Tries, parse_retry_after


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        ("GET", status(500)),
        ("GET", status(502)),
        ("PUT", status(504)),
        ("DELETE", LOST),
        ("GET", RESET),
        ("POST", status(429)),
        ("POST", status(503)),
        ("PATCH", status(503)),
        ("POST", UNREACHABLE),
        ("POST", httpx.ConnectTimeout("slow")),
        ("POST", httpx.PoolTimeout("busy")),
        ("POST", httpx.ProxyError("no proxy")),
    ],
)
def test_tried_again(method: str, failure: Answer) -> None:
    world = World(failure, failure, OK)
    assert world.client.request(method, "/x").status == 200
    assert world.tries == 3
    assert world.clock.waits == [1.0, 2.0]


@pytest.mark.parametrize(
    ("method", "failure"),
    [
        ("POST", status(500)),
        ("POST", status(502)),
        ("PATCH", status(504)),
        ("POST", LOST),
        ("POST", RESET),
        ("POST", httpx.RemoteProtocolError("server disconnected")),
        ("GET", status(400)),
        ("GET", status(404)),
        ("GET", status(409)),
    ],
)
def test_not_tried_again(method: str, failure: Answer) -> None:
    world = World(failure, OK)
    with pytest.raises((ApiError, TransportError)):
        world.client.request(method, "/x")
    assert world.tries == 1


def test_where_one_try_was_wanted_nothing_is_said_of_giving_up() -> None:
    with pytest.raises(ServerError) as caught:
        World(status(503)).client.request("GET", "/x", retry_seconds=0)
    assert caught.value.details == ()


def test_the_caller_can_say_what_may_be_repeated() -> None:
    world = World(LOST, OK)
    assert world.client.request("POST", "/x", idempotent=True).status == 200
    world = World(LOST, OK)
    with pytest.raises(TransportError):
        world.client.request("GET", "/x", idempotent=False)
    assert world.tries == 1


@pytest.mark.parametrize(("code", "tries"), [(503, 1), (429, 2)])
def test_what_must_not_be_done_twice_is_tried_again_only_when_it_was_refused(code: int, tries: int) -> None:
    world = World(status(code), OK)
    with nullcontext() if code == 429 else pytest.raises(ServerError):
        world.client.request("POST", "/x", idempotent=False)
    assert world.tries == tries
    world = World(status(code), OK)
    assert world.client.request("POST", "/x").status == 200


@pytest.mark.parametrize(("failure", "sent"), [(UNREACHABLE, False), (LOST, True), (RESET, True)])
def test_a_transport_error_says_whether_the_server_may_have_got_it(failure: Exception, sent: bool) -> None:
    with pytest.raises(TransportError) as caught:
        World(failure).client.request("POST", "/v1/x", retry_seconds=0)
    assert caught.value.sent is sent
    assert "POST /v1/x" in str(caught.value)
    assert "api.example.com" in str(caught.value)


def test_the_pause_grows_to_its_ceiling_and_the_last_try_is_at_the_deadline() -> None:
    world = World(status(503))
    with pytest.raises(ServerError) as caught:
        world.client.request("GET", "/x")
    assert world.clock.waits == [1, 2, 4, 8, 8, 8, 8, 8, 8, 5]
    assert world.clock.monotonic() == 60
    assert "given up after 11 tries in 60 s" in str(caught.value)


def test_the_pause_is_fully_jittered() -> None:
    asked: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    World(status(503), status(503), OK, uniform=uniform).client.request("GET", "/x")
    assert asked == [(0.0, 1.0), (0.0, 2.0)]


def test_an_unreachable_host_is_given_up_sooner() -> None:
    world = World(UNREACHABLE)
    with pytest.raises(TransportError, match=r"cannot connect to api\.example\.com: connection refused") as caught:
        world.client.request("GET", "/x")
    assert world.clock.monotonic() == 15
    assert "HTTPS_PROXY" in str(caught.value)


@pytest.mark.parametrize("value", ["7", "Tue, 14 Nov 2023 22:13:27 GMT", "Tue, 14 Nov 2023 22:13:27 -0000"])
def test_retry_after_is_obeyed(value: str) -> None:
    world = World(status(429, Retry_After=value), OK, uniform=lambda low, _high: low)
    world.client.request("POST", "/x")
    assert world.clock.waits == [7.0]


@pytest.mark.parametrize("value", ["soon", "", "-3", "Tue, 14 Nov 1999 22:13:27 GMT", "0"])
def test_a_useless_retry_after_changes_nothing(value: str) -> None:
    world = World(status(429, Retry_After=value), OK)
    world.client.request("POST", "/x")
    assert world.clock.waits == [1.0]


def test_a_retry_after_longer_than_the_time_left_fails_now_and_says_so() -> None:
    world = World(status(503), status(429, Retry_After="120"), OK)
    with pytest.raises(RateLimitError) as caught:
        world.client.request("GET", "/x")
    assert world.tries == 2
    assert "the server asks to wait 120 s, but only 59 s are left for retries" in str(caught.value)


def test_a_retry_after_that_just_fits_is_obeyed() -> None:
    world = World(status(429, Retry_After="60"), OK)
    assert world.client.request("GET", "/x").status == 200
    assert world.clock.waits == [60.0]


def test_no_time_for_retries_means_one_try() -> None:
    world = World(status(503), OK)
    with pytest.raises(ServerError):
        world.client.request("GET", "/x", retry_seconds=0)
    assert (world.tries, world.clock.waits) == (1, [])


def test_a_storm_uses_up_the_shared_quota_and_then_retries_queue() -> None:
    world = World(status(503), uniform=lambda _low, _high: 0.0)
    with pytest.raises(ServerError):
        world.client.request("GET", "/x", retry_seconds=3.0)
    assert world.clock.waits[:64] == [0.0] * 64
    assert world.clock.waits[64:70] == pytest.approx([0.1] * 6)
    assert 90 <= world.tries <= 97


def test_cancel_ends_a_retry_wait() -> None:
    world = World(status(503), OK)
    world.clock.on_wait = lambda _seconds: world.cancelled.set()
    with pytest.raises(CancelledError):
        world.client.request("GET", "/x")
    assert world.tries == 1


def test_nothing_is_sent_after_cancel() -> None:
    world = World(OK)
    world.cancelled.set()
    with pytest.raises(CancelledError):
        world.client.request("GET", "/x")
    assert world.tries == 0


def test_an_answer_that_arrives_while_cancelled_is_kept() -> None:
    world = World(OK)
    world.server.script = [OK]
    original = world.server.__call__

    def answer(request: httpx.Request) -> httpx.Response:
        world.cancelled.set()
        return original(request)

    client = HttpClient(
        "https://api.example.com",
        clock=world.clock,
        cancelled=world.cancelled,
        redactor=world.redactor,
        parse_error=parse_error,
        transport=httpx.MockTransport(answer),
    )
    assert client.request("POST", "/x").json() == {"fine": True}


def test_an_http_date_without_a_zone_is_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        assert parse_retry_after("Tue, 14 Nov 2023 22:13:27 -0000", 1_700_000_000.0) == 7.0
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_token_that_is_given_back_is_there_for_the_next() -> None:
    quota = RetryQuota(ManualClock(), burst=1, per_second=10)
    assert quota.reserve() == 0
    assert quota.reserve() == pytest.approx(0.1)
    quota.give_back()
    assert quota.reserve() == pytest.approx(0.1)


def test_a_try_that_has_no_time_to_queue_gives_its_token_back() -> None:
    clock = ManualClock()
    quota = RetryQuota(clock, burst=1, per_second=0.1)
    quota.reserve()
    for _ in range(3):
        tries = Tries(clock, quota, lambda _low, high: high, 5.0)
        assert tries.pause() is None
        assert "retried at the same time" in tries.notes[0]
    assert quota.reserve() == pytest.approx(10)
