"""The extensions of the dynamic host: each alone, against a server and an engine on the loopback."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_inference.engine.host import INFO, WARNING, WORKERS, CleanError, Host, request_local
from tests.support.patience import PATIENCE

URN = "urn:pulumi:test::trial::modelarts:Service::classifier"


class Engine(engine_pb2_grpc.EngineServicer):
    """Keeps what is logged."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str, str, bool]] = []

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name that the protocol has
        """One line."""
        self.lines.append((request.severity, request.message, request.urn, request.ephemeral))
        return empty_pb2.Empty()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine whose address stands where the host expects it."""
    engine, server = Engine(), grpc.server(futures.ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(engine, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    monkeypatch.setattr(sys, "argv", ["host", f"127.0.0.1:{port}"])
    yield engine
    server.stop(None).wait(PATIENCE)


@pytest.fixture
def ended() -> threading.Event:
    """Set when the host would end its process."""
    return threading.Event()


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch, ended: threading.Event) -> Host:
    monkeypatch.delenv("PULUMI_INFERENCE_HOST", raising=False)
    return Host(end=ended.set)


def run_as_the_dynamic_host(host: Host) -> tuple[Any, int]:
    """Installs the extensions as the dynamic host would have them: below a `main` with a local `server`."""

    def main() -> tuple[Any, int]:
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider_pb2_grpc.ResourceProviderServicer(), server)
        port = server.add_insecure_port("127.0.0.1:0")
        host.install()
        server.start()
        return server, port

    return main()


def test_more_workers_and_a_cancel_that_is_heard(engine: Engine, host: Host) -> None:
    server, port = run_as_the_dynamic_host(host)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert server._state.thread_pool._max_workers == WORKERS
        provider_pb2_grpc.ResourceProviderStub(channel).Cancel(empty_pb2.Empty(), timeout=PATIENCE)
    assert host.cancelled.is_set()
    server.stop(None).wait(PATIENCE)


def test_lines_reach_the_resources_row(engine: Engine, host: Host) -> None:
    server, _port = run_as_the_dynamic_host(host)
    host.progress(URN, "deploying 60 %")
    host.note(URN, "drift")
    host.warn(URN, "careful")
    assert engine.lines == [
        (INFO, "deploying 60 %", URN, True),
        (INFO, "drift", URN, False),
        (WARNING, "careful", URN, False),
    ]
    server.stop(None).wait(PATIENCE)


def test_plain_mode_changes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_INFERENCE_HOST", "Plain")
    host = Host()
    server, _port = run_as_the_dynamic_host(host)
    host.progress(URN, "deploying")
    assert (server._state.thread_pool._max_workers, engine.lines, host.keeps_failures) == (4, [], False)
    server.stop(None).wait(PATIENCE)


def test_without_the_host_that_we_know_everything_is_left_as_it_is(
    engine: Engine, host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    """No server is found and the main module is another one, but progress needs neither."""
    host.install()
    assert (host.keeps_failures, host.cancelled.is_set()) == (False, False)
    host.progress(URN, "deploying")
    assert len(engine.lines) == 1


def test_without_an_engine_warnings_go_to_stderr_and_the_rest_nowhere(
    host: Host, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["host"])
    host.install()
    host.progress(URN, "deploying")
    host.warn(URN, "careful")
    assert capsys.readouterr().err == "warning: careful\n"


def test_a_lost_line_ends_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "argv", ["host", "127.0.0.1:1"])
    host.install()
    caplog.set_level("DEBUG", "pulumi_inference.engine.host")
    host.progress(URN, "deploying")
    assert caplog.messages[-1].startswith("could not log to the engine: ")


def test_it_ends_when_nobody_listens_any_more(
    host: Host, ended: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A living engine may close the connection that watches it; only one that takes no other is gone."""
    with socket.create_server(("127.0.0.1", 0)) as engine:
        monkeypatch.setattr(sys, "argv", ["host", f"127.0.0.1:{engine.getsockname()[1]}"])
        host.install()
        for _ in range(3):
            connection, _ = engine.accept()
            connection.close()
        connection, _ = engine.accept()
        assert not (ended.is_set() or host.cancelled.is_set())
    connection.close()
    assert ended.wait(PATIENCE)
    assert host.cancelled.is_set()


def test_it_is_installed_once(engine: Engine, host: Host) -> None:
    server, _port = run_as_the_dynamic_host(host)
    handlers = len(server._state.generic_handlers)
    host.install()
    assert len(server._state.generic_handlers) == handlers
    server.stop(None).wait(PATIENCE)


def test_an_error_is_its_text(host: Host) -> None:
    with pytest.raises(CleanError, match=r"^the region is not set$"):
        host.fail("the region is not set")


class CallContext:
    """The context of a call, as far as a failure needs it."""

    def __init__(self) -> None:
        self.metadata: dict[str, bytes] = {}

    def set_trailing_metadata(self, pairs: Any) -> None:
        """Keeps the metadata."""
        self.metadata = dict(pairs)


def call(host_context: CallContext, action: Any) -> Any:
    """Calls as the host does: below a frame named `wrapper` with the call's request and context."""

    def wrapper(request: Any, context: Any) -> Any:
        return action()

    return wrapper("the request", host_context)


def test_a_failure_that_keeps_the_state_carries_it_along(host: Host) -> None:
    context = CallContext()
    outputs, inputs = {"status": "failed", "count": 2}, {"name": "demo"}
    with pytest.raises(CleanError, match="it broke"):
        call(context, lambda: host.fail_but_keep("s-1", outputs, inputs, ["it broke", "last event"]))
    status = status_pb2.Status.FromString(context.metadata["grpc-status-details-bin"])
    detail = provider_pb2.ErrorResourceInitFailed()
    assert status.details[0].Unpack(detail)
    assert (detail.id, list(detail.reasons)) == ("s-1", ["it broke", "last event"])
    assert (dict(detail.properties), dict(detail.inputs)) == ({"status": "failed", "count": 2.0}, {"name": "demo"})


def test_the_request_of_the_call_under_way_is_found_in_its_own_thread() -> None:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(call(CallContext(), lambda: request_local("request"))))
    thread.start()
    thread.join(PATIENCE)
    assert found == ["the request"]
    assert request_local("request") is None
