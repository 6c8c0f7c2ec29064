"""The HTTP door: the same answers over a real socket, connections that are really cut."""

import asyncio
import contextlib
import http.client
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_inference.emulator import app, guard
from pulumi_inference.emulator.messages import Request
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .cloud import create_body, error, token_body


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that runs in a thread."""
    emulator = Emulator(Store(tmp_path_factory.mktemp("served") / "emulator.db"), deploy_seconds=0)
    server, listener = app.create_server(emulator, "127.0.0.1", 0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def client(base: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=base, trust_env=False, timeout=PATIENCE) as made:
        made.post("/_emulator/reset")
        answer = made.post("/v3/auth/tokens", json=token_body({"project": {"name": "cn-north-4"}}))
        made.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
        made.base_url = httpx.URL(f"{base}/v1/{answer.json()['token']['project']['id']}/")
        yield made


def test_an_idle_connection_is_closed_by_the_client_first(tmp_path: Path) -> None:
    with contextlib.closing(Emulator(Store(tmp_path / "emulator.db"))) as emulator:
        server, listener = app.create_server(emulator, "127.0.0.1", 0)
        listener.close()
    limits = httpx.Limits()
    assert limits.keepalive_expiry is not None
    assert server.config.timeout_keep_alive > limits.keepalive_expiry


class InterruptingOutput(io.StringIO):
    """Standard output of somebody who connects and presses Ctrl-C the moment the address is read."""

    def write(self, text: str) -> int:
        port = int(text.partition("http://127.0.0.1:")[2].split()[0])
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        signal.raise_signal(signal.SIGINT)
        return super().write(text)


def test_whoever_reads_the_address_can_connect_and_interrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = InterruptingOutput()
    monkeypatch.setattr(sys, "stdout", output)
    app.serve(database=tmp_path / "emulator.db")
    assert "HW_PROJECT_ID" in output.getvalue()


def admin(base: str, path: str, **body: Any) -> None:
    assert httpx.post(f"{base}/_emulator{path}", json=body, trust_env=False, timeout=PATIENCE).is_success


def test_from_create_to_inference(client: httpx.Client, base: str) -> None:
    service_id = client.post("services", json=create_body()).json()["service_id"]
    detail = client.get(f"services/{service_id}")
    assert detail.headers["X-Request-Id"]
    assert detail.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert detail.json()["access_address"] == f"{base}/v1/infers/{service_id}"
    echo = client.post(f"{detail.json()['access_address']}/predict", json={"x": "中"}).json()
    assert (echo["path"], echo["echo"]) == ("/predict", {"x": "中"})


def test_streamed_in_pieces(client: httpx.Client) -> None:
    service_id = client.post("services", json=create_body()).json()["service_id"]
    address = client.get(f"services/{service_id}").json()["access_address"]
    with client.stream("POST", address, json={"stream": True}) as answer:
        assert "Content-Length" not in answer.headers
        assert "".join(answer.iter_text()).endswith("data: [DONE]\n\n")


def test_kernel_holds_no_answer_back(client: httpx.Client) -> None:
    client.get("services")
    sockets = [transport.get_extra_info("socket") for transport in app._connections.values()]
    assert sockets
    assert all(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in sockets)


def test_no_content(client: httpx.Client) -> None:
    service_id = client.post("services", json=create_body()).json()["service_id"]
    answer = client.post(f"services/{service_id}/tags/create", json={"tags": [{"key": "a", "value": "b"}]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get("services").status_code == 200


@pytest.mark.parametrize("status", [204, 205, 304])
@pytest.mark.parametrize("body", [{}, {"stream": True}])
def test_model_answers_a_status_without_a_body(client: httpx.Client, status: int, body: dict[str, Any]) -> None:
    service_id = client.post("services", json=create_body()).json()["service_id"]
    address = client.get(f"services/{service_id}").json()["access_address"]
    answer = client.post(address, json=body, headers={"X-Emulator-Status": str(status)})
    assert (answer.status_code, answer.content) == (status, b"")
    assert client.get("services").status_code == 200


def test_fault_with_a_status_without_a_body(client: httpx.Client, base: str) -> None:
    admin(base, "/faults", method="GET", status=304)
    assert client.get("services").content == b""
    assert client.get("services").status_code == 200


@pytest.mark.parametrize("service_id", ["%0A", "a%0Db", "%00", "%2F", "%FF", "%25", "*", "%F0%9F%98%80", "x" * 3000])
def test_odd_ids_are_unknown_services(client: httpx.Client, service_id: str) -> None:
    for path in (f"services/{service_id}", f"services/{service_id}/events"):
        answer = client.get(path)
        assert error(answer) == (404, "ModelArts.3502")
        assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(("commit", "made"), [(False, 0), (True, 1)])
def test_connection_is_reset(client: httpx.Client, base: str, commit: bool, made: int) -> None:
    admin(base, "/faults", method="POST", reset=True, commit=commit)
    address = httpx.URL(base)
    raw = http.client.HTTPConnection(address.host, address.port, timeout=PATIENCE)
    with pytest.raises(ConnectionResetError):
        path = client.base_url.raw_path.decode() + "services"
        token = client.headers["X-Auth-Token"]
        raw.request("POST", path, json.dumps(create_body()), {"X-Auth-Token": token})
        raw.getresponse()
    assert client.get("services").json()["total_count"] == made


def test_answer_breaks_off(client: httpx.Client, base: str) -> None:
    admin(base, "/faults", method="GET", truncate_bytes=10)
    with pytest.raises(httpx.RemoteProtocolError, match=r"incomplete|closed"):
        client.get("services")
    assert client.get("services").status_code == 200


def test_without_a_server_of_ours_a_reset_is_an_error(tmp_path: Path) -> None:
    emulator = Emulator(Store(tmp_path / "emulator.db"))
    transport = httpx.ASGITransport(app.create_app(emulator))

    async def calls() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://emulator") as client:
            await client.post("/_emulator/faults", json={"reset": True})
            await client.get("/v1/p/services")

    with pytest.raises(ConnectionResetError):
        asyncio.run(calls())


def test_request_that_breaks_off_is_not_carried_out(tmp_path: Path) -> None:
    emulator = Emulator(Store(tmp_path / "emulator.db"))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/_emulator/clock",
        "query_string": b"",
        "headers": [(b"content-length", b"100")],
        "scheme": "http",
    }
    incoming = iter(
        [
            {"type": "http.request", "body": b'{"advance": 60}', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    answer: list[Any] = []

    async def receive() -> Any:
        return next(incoming)

    async def send(message: Any) -> None:
        answer.append(message)

    asyncio.run(app.create_app(emulator)(scope, receive, send))
    assert answer == []
    overview = emulator.handle(Request("GET", "/_emulator"))
    assert json.loads(overview.body)["clock_offset"] == 0


def test_port_in_use(tmp_path: Path) -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(app.ServeError, match=rf"cannot listen on .*:{port}"):
            app.serve("127.0.0.1", port, tmp_path / "emulator.db")


def test_command_prints_where_and_who(tmp_path: Path) -> None:
    code = f"from pulumi_inference.emulator.app import serve; serve('127.0.0.1', 0, {str(tmp_path / 'e.db')!r}, 1)"
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        welcome = process.stdout.readline()
        url = re.search(r"http://127\.0\.0\.1:\d+", welcome)
        assert url is not None
        settings = httpx.get(f"{url[0]}/_emulator/settings", trust_env=False, timeout=PATIENCE).json()
        assert settings["deploy_seconds"] == 1
    finally:
        os.kill(process.pid, signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(timeout=PATIENCE) == 0
    for wanted in ("access key emulator", "secret key emulator-secret", "HW_ACCESS_KEY=emulator", "HW_PROJECT_ID="):
        assert wanted in rest


REFUSED_HOSTS = [
    "evil.example",
    "evil.example:8099",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "x",
]
LOCAL_HOSTS = ["localhost", "LOCALHOST:1", "emulator.localhost", "127.0.0.1:80", "127.8.8.8", "[::1]", "[::1]:80"]


@pytest.mark.parametrize("host", REFUSED_HOSTS)
@pytest.mark.parametrize("path", ["/_emulator", "/v3/projects"])
def test_a_name_that_was_made_to_lead_here_is_refused(base: str, host: str, path: str) -> None:
    answer = httpx.get(f"{base}{path}", headers={"Host": host}, trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 403
    assert "does not answer for the host" in answer.json()["error"]


@pytest.mark.parametrize("host", LOCAL_HOSTS)
def test_names_of_this_machine_are_answered(base: str, host: str) -> None:
    answer = httpx.get(f"{base}/_emulator", headers={"Host": host}, trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "http://localhost:1", ""])
@pytest.mark.parametrize(("method", "path"), [("POST", "/_emulator/reset"), ("OPTIONS", "/_emulator/reset")])
def test_a_web_page_cannot_reset_it(client: httpx.Client, base: str, origin: str, method: str, path: str) -> None:
    client.post("services", json=create_body())
    answer = httpx.request(method, f"{base}{path}", headers={"Origin": origin}, trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 403
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert client.get("services").json()["total_count"] == 1


def test_its_own_origin_is_no_foreign_one(base: str) -> None:
    answer = httpx.get(f"{base}/_emulator", headers={"Origin": base}, trust_env=False, timeout=PATIENCE)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("host", "server", "own", "is_let_in"),
    [
        ("emulator:8099", "172.17.0.2", "0.0.0.0", True),
        ("192.168.1.5:8099", "172.17.0.2", "0.0.0.0", True),
        ("[fe80::1]:8099", "fd00::2", "::", True),
        ("evil.example", "172.17.0.2", "0.0.0.0", False),
        ("box.lan:8099", "192.168.1.5", "box.lan", True),
        ("box.lan:8099", "127.0.0.1", "127.0.0.1", False),
        ("", "127.0.0.1", "127.0.0.1", True),
    ],
)
def test_who_is_let_in_where_it_listens_beyond_this_machine(host: str, server: str, own: str, is_let_in: bool) -> None:
    request = Request("GET", "/", headers={"host": host} if host else {}, host=host, scheme="http")
    assert (guard.find_problem(request, server, own, lambda _host: False) is None) == is_let_in
