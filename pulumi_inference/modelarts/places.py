"""Which client talks to which service: where it was made, with whose credentials, and what was already asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pulumi_inference.core.errors import ConfigurationError, NotFoundError
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.modelarts.api.auth import ModelArtsConnection, connect, connect_to
from pulumi_inference.modelarts.api.client import RETRY_SECONDS, ModelArtsClient
from pulumi_inference.modelarts.api.paging import Json
from pulumi_inference.modelarts.services.values import secret_values

Kind = Literal["service", "model"]
"""What has a detail answer of its own."""


def connection_of(context: Context, name: str | None) -> ModelArtsConnection:
    """The connection of today's settings, opened once per process."""
    environment = context.environment

    def open_it() -> ModelArtsConnection:
        return connect(
            environment.configuration,
            environment.environ,
            environment.transports,
            name,
            clock=environment.clock,
            cancelled=environment.cancelled,
            redactor=environment.redactor,
        )

    connection: ModelArtsConnection = environment.cache.get(("modelarts.connection", name), open_it)
    return connection


def client_of(context: Context, inputs: Inputs) -> ModelArtsClient:
    """The client for where a thing was made, or, when nothing says so, for where today's settings point."""
    return connection_for(context, inputs).client()


def connection_for(context: Context, inputs: Inputs) -> ModelArtsConnection:
    """The connection to where a thing was made, or, when nothing says so, to where today's settings point."""
    environment, name = context.environment, inputs.get("connection")
    environment.redactor.add(*secret_values(inputs))
    where = where_of(inputs)
    if not {"endpoint", "project_id"} <= where.keys():
        return connection_of(context, name)
    today = _connection_today(context, name)
    if today is not None and where == today.place:
        return today

    def open_it() -> ModelArtsConnection:
        return connect_to(
            where["endpoint"],
            where.get("region"),
            where["project_id"],
            environment.configuration,
            environment.environ,
            environment.transports,
            name,
            clock=environment.clock,
            cancelled=environment.cancelled,
            redactor=environment.redactor,
        )

    key = ("modelarts.place", name, *where.items())
    connection: ModelArtsConnection = environment.cache.get(key, open_it)
    return connection


def _connection_today(context: Context, name: str | None) -> ModelArtsConnection | None:
    """Today's connection; None when the settings describe none any more."""
    try:
        return connection_of(context, name)
    except ConfigurationError:
        return None


def where_of(inputs: Inputs) -> dict[str, Any]:
    """The fields that say where a thing was made."""
    return {name: inputs[name] for name in ("endpoint", "region", "project_id") if inputs.get(name)}


def workspace_of(inputs: Inputs) -> str:
    """The workspace that a thing is in, the default one when nothing says so; lists answer one workspace only."""
    workspace = inputs.get("workspace_id")
    return workspace if isinstance(workspace, str) else "0"


def answer_of(get: Callable[..., Json], thing: str, *, retry_seconds: float = RETRY_SECONDS) -> Json | None:
    """The detail answer that the client's verb `get` brings; None when the thing is gone."""
    try:
        return get(thing, retry_seconds=retry_seconds)
    except NotFoundError as error:
        if error.is_gone:
            return None
        raise


def kept_detail(
    context: Context, kind: Kind, client: ModelArtsClient, thing: str, *, retry_seconds: float = RETRY_SECONDS
) -> Json | None:
    """The newest detail answer that this process has, asked for when it has none; None when the thing is gone."""
    found: Json | None = context.environment.cache.get(
        detail_key(kind, client, thing), lambda: answer_of(_getter(kind, client), thing, retry_seconds=retry_seconds)
    )
    return found


def new_detail(
    context: Context, kind: Kind, client: ModelArtsClient, thing: str, *, retry_seconds: float
) -> Json | None:
    """The detail answer of now, kept for whoever reads next; None when the thing is gone."""
    detail = answer_of(_getter(kind, client), thing, retry_seconds=retry_seconds)
    context.environment.cache.put(detail_key(kind, client, thing), detail)
    return detail


def _getter(kind: Kind, client: ModelArtsClient) -> Callable[..., Json]:
    return client.get_service if kind == "service" else client.get_model


def detail_key(kind: Kind, client: ModelArtsClient, thing: str) -> tuple[str, str, str]:
    """Where the newest detail answer of a thing is kept."""
    return (f"modelarts.{kind}", client.project_id, thing)


def seen_key(thing: str) -> tuple[str, str]:
    """Where it is kept that this process was asked about a service."""
    return ("modelarts.seen", thing)


def schedule_owner_key(client: ModelArtsClient, thing: str) -> tuple[str, str, str]:
    """Where the urn of the Schedule resource of a service is kept."""
    return ("modelarts.schedule of", client.project_id, thing)


def inline_schedule_key(client: ModelArtsClient, thing: str) -> tuple[str, str, str]:
    """Where the program's name of a Service that has a schedule of its own is kept."""
    return ("modelarts.inline schedule", client.project_id, thing)


def seen_schedule_key(client: ModelArtsClient, thing: str) -> tuple[str, str, str]:
    """Where it is kept that this process was asked about a Schedule of a service."""
    return ("modelarts.seen schedule", client.project_id, thing)


def schedule_key(client: ModelArtsClient, thing: str) -> tuple[str, str, str]:
    """Where it is kept that this process has set a service's schedule, which a delete must then leave alone."""
    return ("modelarts.schedule", client.project_id, thing)
