"""The request function, seen from both sides: what the caller gets, what the server was sent."""

import json
from collections.abc import Mapping

import httpx
import pytest
from scripted import OK, World, status

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ResponseError,
    TransportError,
)
from pulumi_inference.core.http.exchange import WireRequest, quote_segment


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


def test_every_try_has_the_timeout() -> None:
    world = World(OK, timeout=25.0)
    world.client.request("GET", "/x")
    timeout = world.server.requests[0].extensions["timeout"]
    assert (timeout["connect"], timeout["read"]) == (10.0, 25.0)


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


def test_an_error_may_come_with_a_200() -> None:
    """Some servers wrap their errors: the client says which answers are none."""
    world = World(httpx.Response(200, json={"code": -1}), is_error=lambda answer: answer.json()["code"] != 0)
    with pytest.raises(ApiError) as caught:
        world.client.request("GET", "/x")
    assert (caught.value.status, world.tries) == (200, 1)


def test_a_redirect_may_be_an_answer() -> None:
    moved = httpx.Response(302, headers={"Location": "https://elsewhere.example.com"})
    world = World(moved, is_error=lambda answer: answer.status >= 400)
    assert world.client.request("GET", "/x").headers["location"] == "https://elsewhere.example.com"


def test_each_cloud_has_its_own_header_for_the_id_of_a_request() -> None:
    answer = httpx.Response(200, json={}, headers={"Toy-Request": "t-1", "X-Request-Id": "r-1"})
    assert World(answer, request_id_headers=("toy-request",)).client.request("GET", "/x").request_id == "t-1"
    assert World(answer).client.request("GET", "/x").request_id == "r-1"


@pytest.mark.parametrize("broken", [httpx.CloseError("gone"), httpx.TransportError("gone")])
def test_a_transport_may_break_in_any_way(broken: httpx.TransportError) -> None:
    with pytest.raises(TransportError, match="broke: gone"):
        World(broken).client.request("GET", "/x", retry_seconds=0)
