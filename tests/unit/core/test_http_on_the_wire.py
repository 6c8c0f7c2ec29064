"""The request function over real sockets."""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from scripted import OK, World

from pulumi_inference.core.errors import ConfigurationError, TransportError
from pulumi_inference.core.http.exchange import FixedHeader, WireRequest
from pulumi_inference.core.http.sending import certificates
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

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the names that the server looks for

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


@pytest.mark.parametrize(
    ("method", "content", "given", "length"),
    [
        ("GET", None, {}, None),
        ("DELETE", b"", {}, None),
        ("POST", None, {}, "0"),
        ("PUT", b"", {}, "0"),
        ("PATCH", b"{}", {}, "2"),
        ("DELETE", b"{}", {}, "2"),
        ("POST", b"{}", {"Content-Length": "2"}, "2"),
    ],
)
def test_each_request_has_one_host_and_the_length_that_it_needs(
    serve: Callable[..., str], method: str, content: bytes | None, given: Mapping[str, str], length: str | None
) -> None:
    seen: list[tuple[list[str] | None, list[str] | None]] = []

    def answer(handler: BaseHTTPRequestHandler) -> bytes:
        seen.append((handler.headers.get_all("Host"), handler.headers.get_all("Content-Length")))
        handler.rfile.read(int(length or 0))
        return b"{}"

    base_url = serve(answer)
    world = World(OK, base_url=base_url, transport=None)
    for headers, host in (({}, base_url.removeprefix("http://")), ({"HOST": "other"}, "other")):
        world.client.request(method, "/x", content=content, headers={**given, **headers}, retry_seconds=0)
        assert seen.pop() == ([host], length and [length])
    world.client.close()


def test_clients_share_the_certificates_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    usual = certificates(by_environment=True)
    assert usual is certificates(by_environment=True)
    assert usual.get_ca_certs()
    monkeypatch.setenv("SSL_CERT_DIR", "/nowhere")
    assert certificates(by_environment=True).get_ca_certs() == []
    assert certificates(by_environment=False).get_ca_certs()
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at.all")
    with pytest.raises(ConfigurationError, match="SSL_CERT_FILE"):
        World(OK, base_url="https://api.example.com", transport=None)


def test_the_connections_of_a_thread_end_with_it(serve: Callable[..., str]) -> None:
    ended = threading.Event()

    def answer(handler: BaseHTTPRequestHandler) -> bytes:
        handler.finish = lambda: (type(handler).finish(handler), ended.set())[0]  # type: ignore[method-assign]
        return b"{}"

    world = World(OK, base_url=serve(answer), transport=None)
    thread = threading.Thread(target=lambda: world.client.request("GET", "/x", retry_seconds=0))
    thread.start()
    thread.join()
    assert ended.wait(PATIENCE)
    world.client.close()


def test_a_key_that_no_header_can_carry() -> None:
    for key in ("nvapi-ü", "nvapi-a\nb"):
        with pytest.raises(ConfigurationError, match="a character that no header can carry") as caught:
            FixedHeader("authorization", f"Bearer {key}")
        assert key not in str(caught.value)
