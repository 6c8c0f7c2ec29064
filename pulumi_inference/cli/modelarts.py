"""`pulumi-inference modelarts`: what ModelArts has to offer, and what there is in the project already."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pulumi_inference.cli.project import open_context, settings_options
from pulumi_inference.cli.tables import table

if TYPE_CHECKING:
    from pulumi_inference.modelarts.client import ModelArtsClient
    from pulumi_inference.modelarts.specs.detail import Answer
    from pulumi_inference.modelarts.specs.records import Flavour, Pool, Runtime

F = TypeVar("F", bound=Callable[..., Any])
Columns = Mapping[str, Callable[[Any], object]]

INFER_TYPES = click.Choice(["real-time", "batch", "edge"])
ORDERS = click.Choice(["asc", "desc"])


@click.group()
def modelarts() -> None:
    """List what ModelArts offers, and what is in the project already.

    Nothing is changed. The tables show what is looked at most; --json has every field.
    """


def _listing(command: F) -> F:
    """Adds the options that all lists have."""
    as_json = click.option("--json", "as_json", is_flag=True, help="A JSON list of objects with all fields.")
    connection = click.option(
        "--connection", metavar="NAME", help="Named section of the configuration: a second account or region."
    )
    return as_json(connection(settings_options(command)))


@modelarts.command()
@click.option("--engine", help="Only of this AI engine, such as PyTorch.")
@click.option("--architecture", metavar="ARCH", help="Only for x86_64 or aarch64.")
@click.option("--accelerator", type=click.Choice(["npu", "gpu", "none"]), help="Only with this type of accelerator.")
@click.option("--status", default="normal", show_default=True, help="Only in this state.")
@click.option("--all", "every", is_flag=True, help="In any state, deleted ones too.")
@_listing
def runtimes(
    *,
    engine: str | None,
    architecture: str | None,
    accelerator: str | None,
    status: str,
    every: bool,
    as_json: bool,
    connection: str | None,
    stack: str | None,
) -> None:
    """List the AI-engine runtimes that models can be built from."""
    from pulumi_inference.modelarts.api import catalogue

    found = catalogue.select_runtimes(
        catalogue.runtimes(_client(stack, connection)),
        engine=engine,
        architecture=architecture,
        accelerator=accelerator,
        status=None if every else status,
    )
    columns: Columns = {
        "engine": lambda one: one.engine,
        "runtime": lambda one: one.runtime,
        "mode": lambda one: one.request_mode,
        "architecture": lambda one: one.architecture,
        "accelerator": _accelerator,
        "status": lambda one: one.status,
        "image": lambda one: one.image_source,
    }
    _show("runtimes", found, columns, as_json=as_json)


@modelarts.command()
@click.option(
    "--infer-type", type=INFER_TYPES, default="real-time", show_default=True, help="For this kind of service."
)
@click.option("--dedicated-pool", is_flag=True, help="Those of dedicated pools, not those of the shared one.")
@click.option("--category", type=click.Choice(["CPU", "GPU", "NPU"], case_sensitive=False), help="Only of this kind.")
@_listing
def flavours(
    *,
    infer_type: str,
    dedicated_pool: bool,
    category: str | None,
    as_json: bool,
    connection: str | None,
    stack: str | None,
) -> None:
    """List the flavours that instances may have."""
    from pulumi_inference.modelarts.api import catalogue

    found = catalogue.flavours(_client(stack, connection), infer_type=infer_type, dedicated_pool=dedicated_pool)
    columns: Columns = {
        "specification": lambda one: one.specification,
        "category": lambda one: one.category,
        "cpu": lambda one: one.cpu_info and one.cpu_info.cpu,
        "memory": lambda one: one.memory_info and _amount(one.memory_info.memory, one.memory_info.unit),
        "accelerator": _chips,
        "status": lambda one: one.spec_status,
        "open": lambda one: one.is_open,
        "free": lambda one: one.is_free,
        "over quota": lambda one: one.over_quota,
    }
    chosen = [one for one in found if category in (None, one.category)]
    _show("flavours", chosen, columns, as_json=as_json)


@modelarts.command()
@click.option("--name", help="Exact name.")
@click.option("--service-id", metavar="ID", help="Id of a service.")
@click.option("--model-id", metavar="ID", help="Only those that use this model version.")
@click.option("--cluster-id", metavar="ID", help="Only those in this old dedicated pool.")
@click.option("--workspace-id", metavar="ID", help="Those of this workspace, not of the default one.")
@click.option("--infer-type", type=INFER_TYPES, help="Only of this kind.")
@click.option("--status", help="Only in this state, such as running.")
@click.option("--tags", help="Only with this tag, as the API writes it.")
@click.option("--sort-by", type=click.Choice(["publish_at", "service_name", "transition_at"]), help="What to sort by.")
@click.option("--order", type=ORDERS, help="Ascending or descending.")
@_listing
def services(
    *, name: str | None, as_json: bool, connection: str | None, stack: str | None, **filters: str | None
) -> None:
    """List the services of the project."""
    from pulumi_inference.modelarts.api import catalogue

    found = catalogue.services(_client(stack, connection), name=name, **_given(filters))
    columns: Columns = {
        "name": lambda one: one.name,
        "service id": lambda one: one.service_id,
        "type": lambda one: one.infer_type,
        "status": lambda one: one.status,
        "calls": lambda one: one.invocation_times,
        "failed": lambda one: one.failed_times,
        "published": lambda one: _moment(one.publish_at),
        "stops": lambda one: _moment(one.due_time),
    }
    _show("services", found, columns, as_json=as_json)


@modelarts.command()
@_listing
def pools(*, as_json: bool, connection: str | None, stack: str | None) -> None:
    """List the dedicated pools, new and old ones."""
    from pulumi_inference.modelarts.api import catalogue

    columns: Columns = {
        "pool": lambda one: one.pool_name or one.cluster_id,
        "kind": lambda one: one.kind,
        "name": lambda one: one.name,
        "status": lambda one: one.status,
        "for": lambda one: one.scope,
        "nodes": _nodes,
    }
    _show("dedicated pools", catalogue.pools(_client(stack, connection)), columns, as_json=as_json)


@modelarts.command()
@click.option("--name", help="Exact name.")
@click.option("--name-contains", "model_name", metavar="TEXT", help="Part of the name.")
@click.option("--version", "model_version", help="Version, such as 0.0.1.")
@click.option("--status", "model_status", help="Only in this state, such as published.")
@click.option("--description", metavar="TEXT", help="Part of the description.")
@click.option("--type", "model_type", help="Only of this type, such as Image.")
@click.option("--not-type", "not_model_type", metavar="TYPE", help="Of all types but this one.")
@click.option("--workspace-id", metavar="ID", help="Those of this workspace, not of the default one.")
@click.option("--sort-by", type=click.Choice(["create_at", "model_version", "model_size"]), help="What to sort by.")
@click.option("--order", type=ORDERS, help="Ascending or descending.")
@_listing
def models(
    *, name: str | None, as_json: bool, connection: str | None, stack: str | None, **filters: str | None
) -> None:
    """List the model versions of the project."""
    if name and filters["model_name"]:
        raise click.UsageError("--name and --name-contains exclude each other.")
    if filters["model_type"] and filters["not_model_type"]:
        raise click.UsageError("--type and --not-type exclude each other.")
    from pulumi_inference.modelarts.api import catalogue

    found = catalogue.models(_client(stack, connection), name=name, **_given(filters))
    columns: Columns = {
        "name": lambda one: one.name,
        "version": lambda one: one.version,
        "model id": lambda one: one.model_id,
        "type": lambda one: one.type,
        "status": lambda one: one.status,
        "deployed as": lambda one: one.install_type,
        "created": lambda one: _moment(one.create_at),
    }
    _show("models", found, columns, as_json=as_json)


def _client(stack: str | None, connection: str | None) -> ModelArtsClient:
    from pulumi_inference.modelarts.connection import CONNECTIONS

    return CONNECTIONS.today(open_context(stack), connection).client()


def _given(filters: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value}


def _show(what: str, found: Sequence[Answer], columns: Columns, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False))
    elif found:
        click.echo(table(list(columns), [[cell(one) for cell in columns.values()] for one in found]))
    else:
        click.echo(f"No {what} found.")


def _accelerator(runtime: Runtime) -> str:
    one = runtime.accelerator
    return " ".join(filter(None, (one.type, one.name, one.cuda_version, one.driver_version_section)))


def _chips(flavour: Flavour) -> str | None:
    """What an instance computes on beside its CPU: `1 x T4 16 GB`."""
    gpu, npu = flavour.gpu_info, flavour.npu_info
    for info, count in ((gpu, gpu and gpu.gpu), (npu, npu and npu.npu)):
        if info and count:
            memory = _amount(info.memory, info.unit) if info.memory else None
            return " ".join(filter(None, (f"{count:g} x", info.brand, info.version, memory)))
    return None


def _nodes(pool: Pool) -> str:
    """The nodes in order and all nodes, by flavour: `2/3 modelarts.vm.cpu.8u`."""
    counts = (("?" if one.available_count is None else one.available_count, one) for one in pool.nodes)
    return ", ".join(f"{available}/{one.count} {one.specification}" for available, one in counts)


def _amount(value: float | None, unit: str | None) -> str | None:
    return None if value is None else " ".join(filter(None, (f"{value:g}", unit)))


def _moment(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
