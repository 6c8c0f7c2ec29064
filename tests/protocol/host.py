"""Pulumi's dynamic provider host as a process, spoken to as the engine does, with an engine that only listens."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent import futures
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2, struct_pb2
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import rpc
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from pulumi_inference.providers import ModelArtsServiceProvider
from tests.support.patience import PATIENCE

UNKNOWN = rpc.UNKNOWN
PROVIDER = {"__provider": serialize_provider(ModelArtsServiceProvider())}

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Logged:
    """A line that the provider sent to the engine."""

    urn: str
    text: str
    passing: bool


@dataclass(frozen=True)
class Kept:
    """What a failed call leaves in the state."""

    id: str
    outputs: dict[str, Any]
    inputs: dict[str, Any]
    reasons: list[str]


class CallError(Exception):
    """A call of the provider ended with an error; `kept` when the thing exists all the same."""

    def __init__(self, text: str, kept: Kept | None) -> None:
        super().__init__(text)
        self.text = text
        self.kept = kept


class _Engine(engine_pb2_grpc.EngineServicer):
    def __init__(self) -> None:
        self.logged: list[Logged] = []

    def Log(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: N802 - the protocol's name
        self.logged.append(Logged(request.urn, request.message, request.ephemeral))
        return empty_pb2.Empty()


class DynamicHost:
    """One host process. Calls take and answer plain values; `__provider` is put in and left out here."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._engine = _Engine()
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
        engine_pb2_grpc.add_EngineServicer_to_server(self._engine, self._server)
        address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pulumi.dynamic", address],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        port = int(self.process.stdout.readline())
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def close(self) -> None:
        """Ends the process."""
        self._channel.close()
        self.process.kill()
        self.process.communicate()
        self._server.stop(None)

    @property
    def logged(self) -> list[Logged]:
        """All lines so far."""
        return self._engine.logged

    def configure(self, config: Values) -> None:
        """Gives the stack's configuration."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=_struct(config)))

    def check(
        self, name: str, news: Values, olds: Values | None = None
    ) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """The normalised inputs, and the failures as pairs of property and reason."""
        old = _struct({**olds, **PROVIDER}) if olds else None
        request = provider_pb2.CheckRequest(urn=urn(name), olds=old, news=_struct({**news, **PROVIDER}))
        answer = self._call(self.stub.Check, request)
        return _values(answer.inputs), [(one.property, one.reason) for one in answer.failures]

    def invoke(self, token: str, arguments: Values) -> dict[str, Any]:
        """What a function answers."""
        answer = self._call(self.stub.Invoke, provider_pb2.InvokeRequest(tok=token, args=_struct(arguments)))
        return _values(getattr(answer, "return"))

    def diff(self, name: str, id_: str, olds: Values, news: Values, ignore: list[str] | None = None) -> Any:
        """The answer as it is."""
        request = provider_pb2.DiffRequest(
            urn=urn(name),
            id=id_,
            olds=_struct({**olds, **PROVIDER}),
            news=_struct({**news, **PROVIDER}),
            ignoreChanges=ignore or [],
        )
        return self._call(self.stub.Diff, request)

    def create(self, name: str, inputs: Values, timeout: float = 0) -> tuple[str, dict[str, Any]]:
        """The id and the outputs."""
        properties = _struct({**inputs, **PROVIDER})
        request = provider_pb2.CreateRequest(urn=urn(name), properties=properties, timeout=timeout)
        answer = self._call(self.stub.Create, request)
        return answer.id, _values(answer.properties)

    def read(self, name: str, id_: str, outputs: Values) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """The id (empty when it is gone), the outputs and the inputs."""
        properties = _struct({**outputs, **PROVIDER})
        answer = self._call(self.stub.Read, provider_pb2.ReadRequest(urn=urn(name), id=id_, properties=properties))
        return answer.id, _values(answer.properties), _values(answer.inputs)

    def update(self, name: str, id_: str, olds: Values, news: Values) -> dict[str, Any]:
        """The outputs."""
        request = provider_pb2.UpdateRequest(
            urn=urn(name), id=id_, olds=_struct({**olds, **PROVIDER}), news=_struct({**news, **PROVIDER})
        )
        return _values(self._call(self.stub.Update, request).properties)

    def delete(self, name: str, id_: str, outputs: Values) -> None:
        """Removes the thing."""
        properties = _struct({**outputs, **PROVIDER})
        self._call(self.stub.Delete, provider_pb2.DeleteRequest(urn=urn(name), id=id_, properties=properties))

    def cancel(self) -> None:
        """What the engine sends on Ctrl-C."""
        self.stub.Cancel(empty_pb2.Empty())

    def _call(self, method: Any, request: Any) -> Any:
        try:
            return method(request, timeout=PATIENCE)
        except grpc.RpcError as error:
            metadata = {one.key: one.value for one in error.trailing_metadata() or ()}
            raise CallError(error.details() or "", _kept(metadata.get("grpc-status-details-bin"))) from None


def urn(name: str) -> str:
    """The urn of a service of that name."""
    return f"urn:pulumi:test::trial::pulumi-python:dynamic/modelarts:Service::{name}"


def _kept(details: bytes | None) -> Kept | None:
    if not details:
        return None
    failure = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failure)
    return Kept(failure.id, _values(failure.properties), _values(failure.inputs), list(failure.reasons))


def _struct(values: Values) -> struct_pb2.Struct:
    return asyncio.run(rpc.serialize_properties(dict(values), {}))


def _values(struct: struct_pb2.Struct) -> dict[str, Any]:
    values = rpc.deserialize_properties(struct, keep_unknowns=True)
    return {name: value for name, value in values.items() if name != "__provider"}
