"""Functions that speak gRPC, through the emulator's gRPC door."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import grpc
import httpx
import pytest

from pulumi_inference.emulator.nvcf import accounts
from pulumi_inference.emulator.rpc import create_rpc_server
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from tests.support.patience import PATIENCE

from .nvcfcalls import Calls, spec, version_document

METHOD = "/echo.Echo/Say"
BEARER = f"Bearer {accounts.API_KEY}"
LARGE = ("grpc.max_receive_message_length", -1)
Connect = Callable[[], grpc.Channel]


@pytest.fixture
def address(calls: Calls) -> Iterator[str]:
    emulator = Emulator(Store(calls.database), calls.clock)
    server, port = create_rpc_server(emulator, "127.0.0.1", 0)
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()
    emulator.close()


@pytest.fixture
def connect(address: str) -> Iterator[Connect]:
    """Makes connections, each of its own."""
    made: list[grpc.Channel] = []

    def one() -> grpc.Channel:
        options = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1), LARGE]
        made.append(grpc.insecure_channel(address, options))
        return made[-1]

    yield one
    for channel in made:
        channel.close()


def put(calls: Calls, *specs: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return calls.put(*specs, **{"inferenceUrl": "/grpc", **changes})


def metadata(version: dict[str, Any], **more: str | None) -> list[tuple[str, str]]:
    given = {"authorization": BEARER, "function-id": version["id"]}
    given |= {name.replace("_", "-"): value for name, value in more.items()}
    return [(name, value) for name, value in given.items() if value is not None]


def say(channel: grpc.Channel, version: dict[str, Any], message: bytes = b"x", **more: str | None) -> dict[str, str]:
    """The metadata of the answer to a unary call, which has to be an echo."""
    answer, call = channel.unary_unary(METHOD).with_call(message, metadata=metadata(version, **more), timeout=PATIENCE)
    assert answer == message
    return {key: str(value) for key, value in call.initial_metadata()}


def refusal(
    channel: grpc.Channel, version: dict[str, Any], method: str = METHOD, **more: str | None
) -> tuple[int, str, bool]:
    """Code and text of a failed call, and whether it came from the container."""
    with pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(method)(b"x", metadata=metadata(version, **more), timeout=PATIENCE)
    error: Any = caught.value
    answered = {key for key, _ in error.initial_metadata() or ()}
    return error.code().value[0], error.details(), "nvcf-reqid" in answered


def test_unary(calls: Calls, connect: Connect) -> None:
    version = put(calls)
    answered = say(connect(), version, b"\x00\xff" * 3_000_000)
    assert answered["x-emulator-version"] == version["versionId"]
    assert answered["nvcf-reqid"]


def test_streams(calls: Calls, connect: Connect) -> None:
    version, channel = put(calls), connect()
    messages = [b"a", b"", b"c"]
    given = {"metadata": metadata(version), "timeout": PATIENCE}
    assert list(channel.stream_stream(METHOD)(iter(messages), **given)) == messages
    assert list(channel.unary_stream(METHOD)(b"a", **given)) == [b"a"]
    assert channel.stream_unary(METHOD)(iter([b"a"]), **given) == b"a"


def test_version_and_call_credentials(calls: Calls, connect: Connect) -> None:
    first = put(calls)
    second = put(calls, id=first["id"])
    for version in (first, second):
        answered = say(connect(), version, function_version_id=version["versionId"].upper())
        assert answered["x-emulator-version"] == version["versionId"]
    assert len({say(connect(), first)["x-emulator-version"] for _ in range(2)}) == 2


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        ({"authorization": None}, 16, "no authorization was passed in the metadata"),
        ({"authorization": "Basic x"}, 16, "no authorization was passed in the metadata"),
        ({"authorization": "Bearer nvapi-other"}, 7, "Authorization failed"),
        ({"function_id": None}, 3, "no function-id was passed in the metadata"),
        ({"function_id": "x"}, 3, "invalid function-id"),
        ({"function_id": str(uuid4())}, 5, "is not found"),
        ({"function_version_id": str(uuid4())}, 5, "is not found"),
        ({"nvcf_reqid": str(uuid4())}, 5, "no existing session found"),
        ({"cookie": f"nvcf-request-id={uuid4()}"}, 5, "no existing session found"),
        ({"x_emulator_silent": "request"}, 4, "failed to establish link to worker"),
        ({"x_emulator_colour": "blue"}, 3, "x-emulator: no such order: colour"),
    ],
)
def test_platform_refuses(calls: Calls, connect: Connect, more: dict[str, str | None], code: int, text: str) -> None:
    told = refusal(connect(), put(calls), **more)
    assert (told[0], text in told[1], told[2]) == (code, True, False)


@pytest.mark.parametrize(("status", "code"), [("INACTIVE", 5), ("DEGRADED", 3)])
def test_states(calls: Calls, connect: Connect, status: str, code: int) -> None:
    assert refusal(connect(), put(calls, status=status))[0] == code


def test_rate_limit(calls: Calls, connect: Connect) -> None:
    version = put(calls, spec(minInstances=2), rateLimit={"rateLimit": "1-S"})
    say(connect(), version)
    assert refusal(connect(), version) == (8, "exceeded rate limit", False)


def test_container_refuses(calls: Calls, connect: Connect) -> None:
    version, channel = put(calls), connect()
    assert refusal(channel, version, x_emulator_code="13", x_emulator_error="out of memory") == (
        13,
        "out of memory",
        True,
    )
    assert refusal(channel, version, x_emulator_code="5")[2]
    say(channel, version)


def test_container_that_speaks_http_only(calls: Calls, connect: Connect) -> None:
    code, text, is_containers = refusal(connect(), put(calls, inferenceUrl="/echo"))
    assert (code, "/grpc" in text, is_containers) == (14, True, True)


def test_health_and_reflection(calls: Calls, connect: Connect) -> None:
    version, channel = put(calls), connect()
    health = channel.unary_unary("/grpc.health.v1.Health/Check")
    assert health(b"", metadata=metadata(version), timeout=PATIENCE) == b"\x08\x01"
    reflection = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
    assert refusal(channel, version, reflection)[0] == 12


def test_connection_is_a_session_with_one_instance(calls: Calls, connect: Connect) -> None:
    version = put(calls, spec(minInstances=3))
    first, second = connect(), connect()
    one = say(first, version)
    assert say(first, version, authorization="Bearer nvapi-other") == one
    assert say(first, version, authorization=None) == one
    other = say(second, version)
    assert other["nvcf-reqid"] != one["nvcf-reqid"]
    assert other["x-emulator-instance"] != one["x-emulator-instance"]


def test_session_goes_on_over_another_connection(calls: Calls, connect: Connect) -> None:
    version = put(calls, spec(minInstances=3))
    one = say(connect(), version)
    assert say(connect(), version, nvcf_reqid=one["nvcf-reqid"]) == one
    assert say(connect(), version, cookie=f"nvcf-request-id={one['nvcf-reqid']}") == one
    assert refusal(connect(), version, nvcf_reqid=one["nvcf-reqid"], authorization=None)[0] == 16
    assert refusal(connect(), put(calls), nvcf_reqid=one["nvcf-reqid"])[0] == 5
    calls.clock.advance(30)
    assert refusal(connect(), version, nvcf_reqid=one["nvcf-reqid"])[0] == 5


def test_open_stream_keeps_its_place(calls: Calls, connect: Connect) -> None:
    version = put(calls)
    pause = _Pause()
    stream = connect().stream_stream(METHOD)(pause, metadata=metadata(version), timeout=PATIENCE)
    assert next(stream) == b"first"
    calls.clock.advance(60)
    assert refusal(connect(), version) == (4, "failed to establish link to worker", False)
    assert calls.running(version) == 1
    pause.end()
    assert list(stream) == []
    say(connect(), version)


class _Pause:
    """One message, and the end of the stream when it is time."""

    def __init__(self) -> None:
        self._messages = iter([b"first"])
        self._over = threading.Event()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        for message in self._messages:
            return message
        self._over.wait(PATIENCE)
        raise StopIteration

    def end(self) -> None:
        self._over.set()


def test_undeployed_meanwhile(calls: Calls, connect: Connect) -> None:
    version, channel = put(calls), connect()
    before = say(channel, version)
    calls.deploy(version)
    assert say(channel, version)["nvcf-reqid"] != before["nvcf-reqid"]


def test_faults_and_log(calls: Calls, connect: Connect) -> None:
    version, channel = put(calls), connect()
    calls.admin("POST", "/faults", {"path": METHOD, "status": 503, "error_msg": "trouble"})
    assert refusal(channel, version) == (14, "trouble", False)
    say(channel, version)
    failed, done = calls.admin("GET", "/requests")["requests"][-2:]
    assert [(one["path"], one["status"]) for one in (failed, done)] == [(METHOD, 503), (METHOD, 200)]
    assert done["headers"]["authorization"] == "[redacted]"


def test_port_in_use(tmp_path: Path) -> None:
    emulator = Emulator(Store(tmp_path / "emulator.db"))
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        with pytest.raises(OSError, match="in use"):
            create_rpc_server(emulator, "127.0.0.1", taken.getsockname()[1])
    emulator.close()


def test_command(tmp_path: Path) -> None:
    database = str(tmp_path / "e.db")
    command = [
        sys.executable,
        "-c",
        "from pulumi_inference.cli import main; main()",
        "emulator",
        "--port",
        "0",
        "--grpc-port",
        "0",
    ]
    process = subprocess.Popen([*command, "--database", database], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        lines = iter(process.stdout.readline, "")
        url = next(found[1] for line in lines if (found := re.search(r"at (http://127\.0\.0\.1:\d+)", line)))
        address = next(found[1] for line in lines if (found := re.search(r"NVCF_GRPC_ENDPOINT=http://(\S+)", line)))
        with grpc.insecure_channel(address, [("grpc.enable_http_proxy", 0)]) as channel:
            assert refusal(channel, version_document())[0] == 5
        logged = httpx.get(f"{url}/_emulator/requests", trust_env=False, timeout=PATIENCE).json()["requests"]
        assert [one["path"] for one in logged] == [METHOD]
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.stdout.read()
        assert process.wait(timeout=PATIENCE) == 0
