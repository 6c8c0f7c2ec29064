"""Questions that a program asks ModelArts: in the program's process, with the stack's settings."""

from __future__ import annotations

import asyncio
import os
import threading
from functools import cache
from typing import Any

import pulumi
import pydantic

from pulumi_inference.core.errors import InferenceError
from pulumi_inference.core.wire import from_wire
from pulumi_inference.engine.settings import ProgramConfiguration, connect_transport
from pulumi_inference.modelarts.auth import ModelArtsConnection, connect
from pulumi_inference.modelarts.specs import ServiceDetail

_guard = threading.Lock()


@cache
def _open(name: str | None) -> ModelArtsConnection:
    return connect(ProgramConfiguration(), os.environ, connect_transport, name)


def _connection(name: str | None) -> ModelArtsConnection:
    # `cache` lets several first calls through, and each connection would log in for itself.
    with _guard:
        return _open(name)


def get_service(service_id: str, *, connection: str | None = None) -> ServiceDetail:
    """The whole detail of a service, counters included (reference/modelarts.md, section 6; API page ShowService).

    Args:
        service_id: id of the service, a UUID.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, the service does not exist, or ModelArts cannot be asked.
    """
    try:
        answer = _connection(connection).client().get_service(service_id)
        return ServiceDetail.model_validate(from_wire(ServiceDetail, answer))
    except (InferenceError, pydantic.ValidationError) as error:
        raise pulumi.RunError(f"modelarts.get_service({service_id!r}): {error}") from None


def get_service_output(
    service_id: pulumi.Input[str], *, connection: pulumi.Input[str] | None = None
) -> pulumi.Output[ServiceDetail]:
    """Like `get_service`, for ids that are known only later; asks when the id is known."""

    async def ask(values: list[Any]) -> ServiceDetail:
        return await asyncio.to_thread(get_service, values[0], connection=values[1])

    return pulumi.Output.all(service_id, connection).apply(ask)
