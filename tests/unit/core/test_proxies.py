"""Which way a request goes, and what is said when the proxy on it does not let it through."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from scripted import OK, World

from pulumi_inference.core.errors import TransportError
from pulumi_inference.core.http.proxies import direct_hosts, is_loopback, proxy_of


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    "entries", ["[::1]", "::1", "fd00::/8", "[fd00::]/8", "10.0.0.0/8", "10.1.2.3", "*", "nonsense:::", "1/2/3", " , ,"]
)
@pytest.mark.parametrize("proxy", [None, "http://127.0.0.1:9"])
def test_no_entry_stops_a_client(monkeypatch: pytest.MonkeyPatch, entries: str, proxy: str | None) -> None:
    monkeypatch.setenv("NO_PROXY", f"localhost,{entries},127.0.0.1")
    if proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy)
    World(OK, transport=None).client.close()


@pytest.mark.parametrize(
    ("host", "entries", "is_direct"),
    [
        ("https://api.example.com", "", False),
        ("https://api.example.com", "*", True),
        ("https://api.example.com", "example.com", True),
        ("https://api.example.com", ".example.com", True),
        ("https://api.example.com", "*.example.com", True),
        ("https://api.example.com", "API.Example.COM", True),
        ("https://api.example.com", "https://api.example.com", True),
        ("https://api.example.com", "other.com api.example.com", True),
        ("https://api.example.com", "ample.com", False),
        ("https://api.example.com", "api.example.com:443", True),
        ("https://api.example.com", "api.example.com:8443", False),
        ("https://api.example.com:8443", "api.example.com:8443", True),
        ("https://10.1.2.3", "10.0.0.0/8", True),
        ("https://11.1.2.3", "10.0.0.0/8", False),
        ("https://10.1.2.3", "10.1.2.3", True),
        ("https://10.1.2.3:8443", "10.1.2.3:8443", True),
        ("https://10.1.2.3", "2.3", False),
        ("https://[fd12::1]", "fd00::/8", True),
        ("https://[fd12::1]", "[fd00::]/8", True),
        ("https://[fe12::1]", "fd00::/8", False),
        ("https://[fd12::1]", "[fd12::1]", True),
        ("https://[fd12:0:0::1]:8443", "[fd12::1]:8443", True),
        ("https://[fd12::1]", "[fd12::1]:8443", False),
        ("https://[fd12::1]", "10.0.0.0/8", False),
        ("https://[::1]", "", True),
        ("http://127.0.0.2", "", True),
        ("http://localhost", "", True),
    ],
)
def test_which_hosts_go_by_the_proxy(monkeypatch: pytest.MonkeyPatch, host: str, entries: str, is_direct: bool) -> None:
    monkeypatch.setenv("ALL_PROXY", "proxy.example.com:3128")
    monkeypatch.setenv("NO_PROXY", entries)
    proxy = proxy_of(host)
    assert (proxy is None) is is_direct
    if proxy is not None:
        assert str(proxy) == "the proxy proxy.example.com:3128 (ALL_PROXY)"


def test_what_cannot_be_understood_is_told_apart() -> None:
    understood, others = direct_hosts("::1, 10.0.0.0/99 fd00::/8,1.2.3.*,a*b.com,example.com,[x")
    assert others == ["10.0.0.0/99", "1.2.3.*", "a*b.com", "[x"]
    assert len(understood) == 3


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LOCALHOST", "localhost."])
def test_this_machine_has_several_names(host: str) -> None:
    assert is_loopback(host)
    assert not is_loopback(f"{host}.example.com")


@pytest.fixture
def refusing_proxy() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            self.send_error(407)

        def do_GET(self) -> None:
            self.send_error(407)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", "http://user:hunter2@127.0.0.1:9")
    world = World(OK, transport=None, base_url=f"{scheme}://api.example.com")
    with pytest.raises(TransportError) as caught:
        world.client.request("GET", "/x", retry_seconds=0)
    text = str(caught.value)
    assert f"the proxy 127.0.0.1:9 ({scheme.upper()}_PROXY) does not connect to api.example.com" in text
    assert "refused" in text
    assert "hunter2" not in text
    assert not caught.value.sent


def test_a_proxy_that_wants_a_password_is_named(monkeypatch: pytest.MonkeyPatch, refusing_proxy: str) -> None:
    for scheme in ("http", "https"):
        monkeypatch.setenv(f"{scheme}_proxy", refusing_proxy)
        world = World(OK, transport=None, base_url=f"{scheme}://api.example.com")
        with pytest.raises(TransportError, match=f"the proxy {refusing_proxy} .* 407 ") as caught:
            world.client.request("GET", "/x", retry_seconds=0)
        assert not caught.value.sent
