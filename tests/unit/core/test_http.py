"""The request function, seen from both sides: what the caller gets, what the server was sent."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    CancelledError,
    ConfigurationError,
    RateLimitError,
    ResponseError,
    ServerError,
    TransportError,
    api_error_class,
)
from pulumi_inference.core.http import HttpClient, Response, WireRequest, quote_segment
from pulumi_inference.core.redact import Redactor

Answer = httpx.Response | Exception


class Server:
    """Answers from a script, the last entry for ever; keeps what it was sent."""

    def __init__(self, *script: Answer) -> None:
        self.script = list(script)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


class World:
    """A client on a manual clock, talking to a scripted server."""

    def __init__(self, *script: Answer, **options: Any) -> None:
        self.server = Server(*script)
        self.clock = ManualClock()
        self.cancelled = threading.Event()
        self.redactor = Redactor()
        settings: dict[str, Any] = {
            "clock": self.clock,
            "cancelled": self.cancelled,
            "redactor": self.redactor,
            "parse_error": parse_error,
            "transport": httpx.MockTransport(self.server),
            "uniform": lambda _low, high: high,
        }
        base_url = options.pop("base_url", "https://api.example.com")
        self.client = HttpClient(base_url, **{**settings, **options})

    @property
    def tries(self) -> int:
        return len(self.server.requests)


def parse_error(response: Response, method: str, path: str) -> ApiError:
    return api_error_class(response.status)(
        status=response.status,
        code="E1",
        message=response.body.decode() or "no reason",
        request_id=response.request_id,
        method=method,
        path=path,
    )


OK = httpx.Response(200, json={"fine": True}, headers={"X-Request-Id": "r-1"})
LOST = httpx.ReadTimeout("slow")
RESET = httpx.ReadError("reset by peer")
UNREACHABLE = httpx.ConnectError("connection refused")


def status(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(code, text=f"answer {code}", headers={name.replace("_", "-"): v for name, v in headers.items()})


def test_an_answer_carries_status_headers_body_and_request_id() -> None:
    answer = World(OK).client.request("get", "/v1/things")
    assert (answer.status, answer.request_id, answer.json()) == (200, "r-1", {"fine": True})
    assert answer.headers["content-type"] == "application/json"


def test_path_query_and_body_arrive_as_they_were_meant() -> None:
    world = World(OK, base_url="http://host:8080/prefix/", headers={"X-Always": "1"})
    path = f"/v1/{quote_segment('a/b c')}"
    world.client.request("PUT", path, params=[("name", "a b/中+&"), ("empty", "")], json={"text": "中"})
    sent = world.server.requests[0]
    assert sent.url.raw_path.decode() == "/prefix/v1/a%2Fb%20c?name=a%20b%2F%E4%B8%AD%2B%26&empty="
    assert json.loads(sent.content) == {"text": "中"}
    assert (sent.headers["content-type"], sent.headers["x-always"]) == ("application/json", "1")


def test_without_json_there_is_no_body_and_no_content_type() -> None:
    world = World(OK)
    world.client.request("DELETE", "/v1/x")
    assert world.server.requests[0].content == b""
    assert "content-type" not in world.server.requests[0].headers


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


def test_the_caller_can_say_what_may_be_repeated() -> None:
    world = World(LOST, OK)
    assert world.client.request("POST", "/x", idempotent=True).status == 200
    world = World(LOST, OK)
    with pytest.raises(TransportError):
        world.client.request("GET", "/x", idempotent=False)
    assert world.tries == 1


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
    with pytest.raises(TransportError, match="cannot connect to api.example.com: connection refused") as caught:
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


class Tickets:
    """An authenticator with numbered tickets."""

    def __init__(self, renewable: bool = True) -> None:
        self.seen: list[WireRequest] = []
        self.rejected: list[Mapping[str, str]] = []
        self.number = 1
        self.renewable = renewable

    def authenticate(self, request: WireRequest) -> Mapping[str, str]:
        self.seen.append(request)
        return {"X-Ticket": str(self.number)}

    def refresh(self, rejected: Mapping[str, str]) -> bool:
        self.rejected.append(rejected)
        self.number += 1
        return self.renewable


def test_the_authenticator_sees_what_goes_over_the_wire_and_adds_headers() -> None:
    tickets = Tickets()
    world = World(OK, authenticator=tickets, base_url="http://host:81/base")
    world.client.request("POST", "/a%2Fb", params=[("q", "x y")], json=[1])
    assert tickets.seen[0] == WireRequest(
        "POST", "/base/a/b", (("q", "x y"),), tickets.seen[0].headers, b"[1]", "host:81"
    )
    assert tickets.seen[0].headers["content-type"] == "application/json"
    assert world.server.requests[0].headers["x-ticket"] == "1"


def test_a_401_is_tried_once_more_with_a_new_ticket() -> None:
    tickets = Tickets()
    world = World(status(401), OK, authenticator=tickets)
    assert world.client.request("POST", "/x").status == 200
    assert [request.headers["x-ticket"] for request in world.server.requests] == ["1", "2"]
    assert tickets.rejected == [{"X-Ticket": "1"}]
    assert world.clock.waits == []


def test_a_second_401_is_final() -> None:
    world = World(status(401), authenticator=Tickets())
    with pytest.raises(AuthenticationError):
        world.client.request("GET", "/x")
    assert world.tries == 2


def test_a_401_is_final_when_there_is_no_new_ticket() -> None:
    world = World(status(401), OK, authenticator=Tickets(renewable=False))
    with pytest.raises(AuthenticationError):
        world.client.request("GET", "/x")
    assert world.tries == 1


def test_every_retry_is_authenticated_anew() -> None:
    tickets = Tickets()
    World(status(503), OK, authenticator=tickets).client.request("GET", "/x")
    assert len(tickets.seen) == 2


def test_an_answer_that_is_cut_off_counts_as_lost() -> None:
    short = httpx.Response(200, headers={"Content-Length": "100"}, content=b'{"a"')
    world = World(short, OK)
    assert world.client.request("GET", "/x").status == 200
    world = World(short, OK)
    with pytest.raises(TransportError, match="cut off after 4 of 100 bytes") as caught:
        world.client.request("POST", "/x")
    assert caught.value.sent


def test_an_answer_that_is_not_json_is_described_but_not_quoted() -> None:
    page = httpx.Response(200, headers={"Content-Type": "text/html", "X-Request-Id": "r-9"}, text="<p>hunter2</p>")
    with pytest.raises(ResponseError) as caught:
        World(page).client.request("GET", "/v1/x").json()
    text = str(caught.value)
    assert "GET /v1/x" in text
    assert "text/html" in text
    assert "r-9" in text
    assert "hunter2" not in text


def test_a_redirect_is_an_error_and_is_not_followed() -> None:
    world = World(httpx.Response(302, headers={"Location": "https://elsewhere.example.com"}), OK)
    with pytest.raises(ApiError) as caught:
        world.client.request("PUT", "/x")
    assert (caught.value.status, world.tries) == (302, 1)


def test_known_secrets_do_not_reach_the_error() -> None:
    world = World(httpx.Response(400, text="bad value hunter22"))
    world.redactor.add("hunter22")
    with pytest.raises(BadRequestError) as caught:
        world.client.request("GET", "/x")
    assert "bad value [secret]" in str(caught.value)
    assert "hunter22" not in repr(caught.value)


@pytest.mark.parametrize("url", ["api.example.com", "ftp://x", "https://", "http://host:99999", "", "nonsense"])
def test_a_wrong_endpoint_is_a_configuration_error(url: str) -> None:
    with pytest.raises(ConfigurationError, match="is not an endpoint"):
        World(OK, base_url=url)


def test_an_untrusted_certificate_is_not_tried_again() -> None:
    world = World(httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), OK)
    with pytest.raises(ConfigurationError, match="not trusted"):
        world.client.request("GET", "/x")
    assert world.tries == 1


def test_wrong_proxy_settings_are_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "nonsense://proxy")
    with pytest.raises(ConfigurationError, match="proxy"):
        World(OK, transport=None)


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], bytes]], str]]:
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[BaseHTTPRequestHandler], bytes]) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # noqa: N802 - named by the base class
                body = answer(self)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.socket.listen(128)
        servers.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_64_threads_are_on_the_wire_at_once(serve: Callable[..., str]) -> None:
    together = threading.Barrier(64, timeout=20)

    def answer(_handler: BaseHTTPRequestHandler) -> bytes:
        together.wait()
        return b"{}"

    world = World(OK, base_url=serve(answer), transport=None)
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda _: world.client.request("GET", "/x", retry_seconds=0).status, range(64)))
    world.client.close()
    assert answers == [200] * 64


def test_connections_are_kept_and_a_loopback_endpoint_needs_no_proxy(
    serve: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    ports: set[int] = set()

    def answer(handler: BaseHTTPRequestHandler) -> bytes:
        ports.add(handler.client_address[1])
        return b"{}"

    world = World(OK, base_url=serve(answer), transport=None)
    for _ in range(3):
        world.client.request("GET", "/x", retry_seconds=0)
    world.client.close()
    assert len(ports) == 1


def test_a_real_refused_connection_was_not_sent() -> None:
    world = World(OK, base_url="http://127.0.0.1:9", transport=None)
    with pytest.raises(TransportError) as caught:
        world.client.request("POST", "/x", retry_seconds=0)
    assert caught.value.sent is False


def test_a_line_break_in_a_secret_is_told_without_the_secret(serve: Callable[..., str]) -> None:
    class Broken:
        def authenticate(self, request: WireRequest) -> Mapping[str, str]:
            return {"X-Key": "hunter2\nhunter3"}

        def refresh(self, rejected: Mapping[str, str]) -> bool:
            return False

    world = World(OK, base_url=serve(lambda _handler: b"{}"), transport=None, authenticator=Broken())
    with pytest.raises(ConfigurationError, match="forbidden character") as caught:
        world.client.request("GET", "/x")
    world.client.close()
    assert "hunter" not in str(caught.value)
