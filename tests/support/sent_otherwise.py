"""What is sent by something else than a client's methods, driven once for each cloud: calls, logins, uploads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from pulumi_inference.alaya import connection as alaya_connection
from pulumi_inference.alaya import invocation as alaya_calls
from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.invocation.calls import Call, send
from pulumi_inference.core.lifecycle.connections import Connections
from pulumi_inference.core.lifecycle.context import Context, Environment
from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.emulator.rpc import create_rpc_server
from pulumi_inference.emulator.shell import Emulator
from pulumi_inference.emulator.store import Store
from pulumi_inference.modelarts import connection as modelarts
from pulumi_inference.modelarts import invocation as modelarts_calls
from pulumi_inference.modelartsv2 import connection as modelartsv2
from pulumi_inference.modelartsv2 import invocation as modelartsv2_calls
from tests.support.alaya import new_alaya
from tests.support.alaya_calls import BASE, deployments, models
from tests.support.modelartsv2 import new_modelartsv2
from tests.support.modelartsv2_calls import OPEN, seeded
from tests.support.nvcf_calls import FunctionWorld, function_world
from tests.support.world import StackConfig, World, new_world, program

JSON = {"content-type": "application/json"}


def _call(body: Any = None, *, path: str = "", method: str = "POST", **headers: str) -> Call:
    content = json.dumps({"x": 1} if body is None else body).encode()
    return Call(content, path, method, {**JSON, **headers}, 60.0)


def _log_in(world: World, connections: Connections[Any]) -> None:
    """Once with a password, and once with a key and no project id."""
    password = {
        "modelartsUserName": accounts.USER,
        "modelartsPassword": accounts.PASSWORD,
        "modelartsDomainName": accounts.DOMAIN,
    }
    keys = {"modelartsAccessKey": accounts.ACCESS_KEY, "modelartsSecretKey": accounts.SECRET_KEY}
    for given in (password, keys):
        # Not as `emulator:`, for which the project is known.
        values = {"modelartsEndpoint": "http://emulator.localhost", "modelartsProjectName": "cn-north-4", **given}
        connection = connections.today(Context(_environment(world, values)), None)
        connection._transport = world.transport
        connection.check_access()


def _environment(world: World, values: Mapping[str, str]) -> Environment:
    there = world.environment
    return Environment(StackConfig(values), there.transports, environ={}, clock=there.clock)


def _drive_modelarts(folder: Path) -> bool:
    with new_world(folder) as world:
        state = world.create(program())
        send(modelarts_calls.CALLING.endpoint(world.context(), state.id, {}, None), _call())
        _log_in(world, modelarts.CONNECTIONS)
    return False


def _drive_modelartsv2(folder: Path) -> bool:
    with new_modelartsv2(folder) as room:
        room.world.cloud.admin("POST", "/seed", seeded())
        send(modelartsv2_calls.CALLING.endpoint(room.world.context(), OPEN, {}, None), _call())
        _log_in(room.world, modelartsv2.CONNECTIONS)
    return False


def _drive_nvcf(folder: Path) -> bool:
    file = folder / "asset.bin"
    file.write_bytes(b"asset")
    with function_world(folder) as world:
        thing = world.put()
        function_id = thing.partition(",")[0]
        for via in ("pexec", "exec"):
            body = {"x": 1, "emulator": {"seconds": 2}} if via == "exec" else None
            send(world.endpoint(thing, via=via), _call(body, **{"x-emulator-seconds": "2"}))
            called = world.endpoint(thing, via=via)
            called.version_id = ""
            called.address = called._address()
            send(called, _call())
        send(world.endpoint(thing, assets=[str(file)]), _call())
        send(world.endpoint(thing), _call(**{"x-emulator-bytes": "6000000"}))
        send(world.endpoint(function_id, path="/v1/score"), _call(path="/v1/score", method="PUT"))
        _drive_llm(world)
        return _drive_rpc(world)


def _drive_llm(world: FunctionWorld) -> None:
    function_id = world.put_llm()
    chat = {"model": "tiny", "messages": [{"role": "user", "content": "hello"}]}
    for path, body in (
        ("/v1/chat/completions", chat),
        ("/v1/responses", {"model": "tiny", "input": "hello"}),
        ("/v1/embeddings", {"model": "tiny", "input": "hello"}),
    ):
        with suppress(InferenceError):  # the function does not serve each of them: that they are sent is what counts
            send(world.endpoint(function_id, via="llm"), _call(body, path=path))


def _drive_rpc(world: FunctionWorld) -> bool:
    """Whether a message got there and back."""
    with closing(Emulator(Store(world.database), world.emulated_clock)) as emulator:
        server, port = create_rpc_server(emulator, "127.0.0.1", 0)
        server.start()
        world.configuration.values["nvcfGrpcEndpoint"] = f"http://127.0.0.1:{port}"
        world.environment.memory.connections = type(world.environment.memory.connections)()
        try:
            line = world.endpoint(world.put(inferenceUrl="/grpc"), grpc="echo.Echo/Say")
            return bool(send(line, Call(b"hello")).body == b"hello")
        finally:
            server.stop(0).wait()


def _drive_alaya(folder: Path) -> bool:
    with new_alaya(folder) as alaya:
        world = alaya.world
        world.cloud.admin("POST", "/seed", {"alaya.models": models(), "alaya.services": deployments()})
        chat = {"model": "demo", "messages": [{"role": "user", "content": "hello"}]}
        for path, body in (("/v1/chat/completions", chat), ("/v1/completions", {"model": "demo", "prompt": "hello"})):
            send(alaya_calls.CALLING.endpoint(world.context(), BASE, {}, None), _call(body, path=path))
        alaya_connection.CONNECTIONS.today(world.context(), None).client().list_served_models(BASE)
    return False


DRIVES: Mapping[str, Callable[[Path], bool]] = {
    "modelarts": _drive_modelarts,
    "modelartsv2": _drive_modelartsv2,
    "nvcf": _drive_nvcf,
    "alaya": _drive_alaya,
}
"""For each cloud; answered is whether it spoke gRPC."""
