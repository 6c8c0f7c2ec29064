"""The request function over real sockets."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from scripted import OK, World

from pulumi_inference.core.errors import ConfigurationError, TransportError
from pulumi_inference.core.http.exchange import WireRequest
from tests.support.patience import PATIENCE


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], bytes]], str]]:
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[BaseHTTPRequestHandler], bytes]) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
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
    together = threading.Barrier(64, timeout=PATIENCE)

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
