"""Functions that speak gRPC, called over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    RateLimitError,
    TransportError,
)
from pulumi_inference.core.invocation.calls import Call, ModelError, ask, send, stream
from pulumi_inference.emulator.rpc import create_rpc_server
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from pulumi_inference.nvcf.grpc import open_channel
from tests.support.nvcf_calls import FUNCTION, KEY, VERSION, FunctionWorld, Scripted, function_world

METHOD = "echo.Echo/Say"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[FunctionWorld]:
    """A world with a gRPC door."""
    with function_world(tmp_path) as made:
        emulator = Emulator(Store(made.database), made.emulated_clock)
        server, port = create_rpc_server(emulator, "127.0.0.1", 0)
        server.start()
        made.configuration.values["nvcfGrpcEndpoint"] = f"http://127.0.0.1:{port}"
        yield made
        server.stop(0).wait()
        emulator.close()


def put(world: FunctionWorld, **changes: object) -> str:
    return world.put(inferenceUrl="/grpc", **changes)


def test_a_message_goes_and_comes_as_it_is(world: FunctionWorld) -> None:
    message = bytes(range(256))
    line = world.endpoint(put(world), grpc=METHOD)
    assert send(line, Call(message)).body == message
    with stream(line, Call(message)) as answer:
        assert list(answer) == [message]


def test_a_channel_is_for_stubs_of_any_kind(world: FunctionWorld) -> None:
    function_id, version_id = put(world).split(",")
    with open_channel(world.account, function_id, version_id) as channel:
        assert channel.unary_unary(f"/{METHOD}")(b"one") == b"one"
        assert list(channel.unary_stream(f"/{METHOD}")(b"one")) == [b"one"]
        assert list(channel.stream_stream(f"/{METHOD}")(iter([b"a", b"b"]))) == [b"a", b"b"]
        assert channel.stream_unary(f"/{METHOD}")(iter([b"a"])) == b"a"


class Listener(grpc.GenericRpcHandler):
    """Answers with what it was sent, and remembers who sent it and with which metadata."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, list[tuple[str, str]]]] = []

    def service(self, _call: object) -> grpc.RpcMethodHandler:
        def answer(message: bytes, context: grpc.ServicerContext) -> bytes:
            self.seen.append((context.peer(), [(name, str(value)) for name, value in context.invocation_metadata()]))
            return message

        return grpc.unary_unary_rpc_method_handler(answer)


@pytest.fixture
def listener() -> Iterator[tuple[Listener, str]]:
    handler, server = Listener(), grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield handler, f"http://127.0.0.1:{port}"
    server.stop(0).wait()


def test_nobody_takes_the_place_of_the_key_or_the_function(listener: tuple[Listener, str]) -> None:
    handler, address = listener
    metadata = (("function-id", VERSION), ("authorization", "Bearer other"), ("x-mine", "1"))
    with open_channel(Scripted(nvcfGrpcEndpoint=address).account, FUNCTION, VERSION) as channel:
        assert channel.unary_unary(f"/{METHOD}")(b"x", metadata=metadata) == b"x"
    [(_, seen)] = handler.seen
    assert [value for name, value in seen if name == "function-id"] == [FUNCTION]
    assert [value for name, value in seen if name == "function-version-id"] == [VERSION]
    assert [value for name, value in seen if name == "authorization"] == [f"Bearer {KEY}"]
    assert ("x-mine", "1") in seen


def test_each_channel_is_a_connection_of_its_own(listener: tuple[Listener, str]) -> None:
    handler, address = listener
    account = Scripted(nvcfGrpcEndpoint=address).account
    with open_channel(account, FUNCTION) as one, open_channel(account, FUNCTION) as other:
        for channel in (one, other, one):
            channel.unary_unary(f"/{METHOD}")(b"x")
    first, second, third = (peer for peer, _ in handler.seen)
    assert first == third != second


def test_the_services_error_is_the_models(world: FunctionWorld) -> None:
    call = Call(b"x", headers={"x-emulator-code": "5", "x-emulator-error": "no such thing"})
    with pytest.raises(ModelError) as caught:
        ask(world.endpoint(put(world), grpc=METHOD), call, streamed=False)
    assert caught.value.status == 404
    assert caught.value.answer.text == "NOT_FOUND: no such thing"
    assert caught.value.answer.headers["grpc-status"] == "5"


def test_what_is_not_deployed_is_the_platforms(world: FunctionWorld) -> None:
    with pytest.raises(NotFoundError, match="it has to be ACTIVE"):
        send(world.endpoint(put(world, status="DEPLOYING"), grpc=METHOD), Call(b"x"))


def test_a_bad_key(world: FunctionWorld) -> None:
    world.configuration.values["nvcfApiKey"] = "nvapi-somebody-elses"
    with pytest.raises(AuthenticationError) as caught:
        send(world.endpoint(put(world), grpc=METHOD), Call(b"x"))
    assert "nvapi-somebody-elses" not in str(caught.value)


def test_too_many_calls(world: FunctionWorld) -> None:
    thing = put(world, rateLimit={"rateLimit": "1-H"})
    send(world.endpoint(thing, grpc=METHOD), Call(b"x"))
    with pytest.raises(RateLimitError, match="rate_limit"):
        send(world.endpoint(thing, grpc=METHOD), Call(b"x"))


def test_nobody_takes_the_call(world: FunctionWorld) -> None:
    with pytest.raises(ApiError, match="No instance took the call") as caught:
        send(world.endpoint(put(world), grpc=METHOD), Call(b"x", headers={"x-emulator-silent": "request"}))
    assert caught.value.code == "DEADLINE_EXCEEDED"


def test_nobody_is_there() -> None:
    process = Scripted(nvcfGrpcEndpoint="http://127.0.0.1:1")
    with pytest.raises(TransportError) as caught:
        send(process.endpoint_of_any(grpc=METHOD), Call(b"x", timeout=30))
    assert not caught.value.sent


def test_the_key_does_not_go_to_another_machine_in_clear() -> None:
    process = Scripted(nvcfGrpcEndpoint="http://grpc.example.com:10081")
    with pytest.raises(ConfigurationError, match=r"the key is not sent to grpc\.example\.com in clear") as caught:
        open_channel(process.account, FUNCTION)
    assert KEY not in str(caught.value)


def test_a_proxy_that_is_not_known() -> None:
    process = Scripted(base_url="https://nvcf.example.com")
    with pytest.raises(ConfigurationError, match="nvcfGrpcEndpoint"):
        open_channel(process.account, FUNCTION)


def test_the_usual_proxy_is_spoken_to_by_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, object]] = []

    def secure(address: str, credentials: object, _options: object) -> grpc.Channel:
        made.append((address, credentials))
        return grpc.insecure_channel("127.0.0.1:1")

    monkeypatch.setattr(grpc, "secure_channel", secure)
    open_channel(Scripted().account, FUNCTION).close()
    open_channel(Scripted(nvcfGrpcEndpoint="grpc.example.com:443").account, FUNCTION).close()
    assert [address for address, _ in made] == ["grpc.nvcf.nvidia.com:443", "grpc.example.com:443"]
    assert all(isinstance(one, grpc.ChannelCredentials) for _, one in made)


@pytest.mark.parametrize("method", ["", "Say", "/a/b/c", "a b/c", "pkg.Service/", "../x"])
def test_what_is_no_method(method: str) -> None:
    with pytest.raises(ConfigurationError, match=r"Write it as pkg\.Service/Method|path"):
        Scripted().endpoint_of_any(grpc=method or "/", path="")


def test_a_call_by_grpc_has_no_path(world: FunctionWorld) -> None:
    with pytest.raises(ConfigurationError, match="has no path"):
        send(world.endpoint(put(world), grpc=METHOD), Call(b"x", path="/x"))
