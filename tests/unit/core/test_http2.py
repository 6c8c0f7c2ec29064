"""The request function over HTTP/2, where a server has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted import World

from pulumi_inference.core.errors import CancelledError
from pulumi_inference.core.http import sending
from tests.support.h2_server import H2Server, h2_server
from tests.support.patience import PATIENCE


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[H2Server]:
    with h2_server(tmp_path) as made:
        monkeypatch.setattr(sending, "certificates", lambda **_: made.trust())
        yield made


def test_requests_share_one_connection_of_http2(server: H2Server) -> None:
    client = World(base_url=server.url, transport=None).client
    assert [client.request("GET", f"/{number}").json() for number in range(3)] == [{"path": f"/{n}"} for n in range(3)]
    assert client.request("POST", "/x", json={"a": 1}).json() == {"path": "/x"}
    assert (server.connections, {version for version, _ in server.requests}) == (1, {"h2"})
    client.close()


def test_a_server_without_it_is_asked_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with h2_server(tmp_path, "http/1.1") as server:
        monkeypatch.setattr(sending, "certificates", lambda **_: server.trust())
        client = World(base_url=server.url, transport=None).client
        assert client.request("GET", "/1").json() == {"path": "/1"}
        assert server.requests == [("http/1.1", "/1")]
        client.close()


@pytest.mark.parametrize("path", ["/half", "/silent"])
def test_the_server_hears_of_what_is_given_up(server: H2Server, path: str) -> None:
    world = World(base_url=server.url, transport=None)
    server.heard = lambda heard: world.cancelled.set() if heard == path else None
    with pytest.raises(CancelledError):
        world.client.request("GET", path, retry_seconds=0)
    assert server.closed.acquire(timeout=PATIENCE)
    world.cancelled.clear()
    assert world.client.request("GET", "/next", retry_seconds=0).json() == {"path": "/next"}
    assert server.connections == 2
    world.client.close()


def test_a_stream_that_is_left_is_closed_alone(server: H2Server) -> None:
    client = World(base_url=server.url, transport=None).client
    assert client.request("GET", "/1").json() == {"path": "/1"}
    with client.stream("GET", "/half") as other, client.stream("GET", "/half") as answer:
        assert next(answer.chunks()) == b'{"path": "/half"}'
        answer.close()
        assert server.closed.acquire(timeout=PATIENCE)
        assert next(other.chunks()) == b'{"path": "/half"}'
    assert server.requests == [("h2", "/1"), ("http/1.1", "/half"), ("http/1.1", "/half")]
    assert client.request("GET", "/2").json() == {"path": "/2"}
    assert server.connections == 3
    client.close()
