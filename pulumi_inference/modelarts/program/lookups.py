"""Questions that a program asks ModelArts about runtimes, flavours, services and pools.

Each lookup answers at once, may be awaited all the same, and is asked once per run. Its `_output` form takes inputs
that may not be known yet, and answers an output.
"""

from __future__ import annotations

from typing import Literal

import pulumi

from pulumi_inference.modelarts.api import catalogue
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.program.questions import Awaitable, Records, ask, given, later
from pulumi_inference.modelarts.specs.detail import ServiceDetail
from pulumi_inference.modelarts.specs.records import Flavour, Pool, Runtime, ServiceSummary

InferType = Literal["real-time", "batch", "edge"]
Order = Literal["asc", "desc"]
SortBy = Literal["publish_at", "service_name", "transition_at"]


class AwaitableServiceDetail(Awaitable, ServiceDetail):
    """The whole answer to a query of one service, counters included."""


def get_runtimes(
    *,
    engine: str | None = None,
    architecture: str | None = None,
    accelerator: str | None = None,
    status: str | None = "normal",
    connection: str | None = None,
) -> Records[Runtime]:
    """The runtimes that models can be built from, one record each (reference 12.4; ShowModelEngineAndRuntime).

    Args:
        engine: only of this AI engine, such as `PyTorch`.
        architecture: only for `x86_64` or `aarch64`.
        accelerator: only with this type of accelerator: `npu`, `gpu` or `none`.
        status: only in this state; None for all, deleted ones too.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, ModelArts cannot be asked, or its answer is no list of runtimes.
    """
    found = ask("get_runtimes", {}, connection, catalogue.runtimes)
    return Records(
        catalogue.select_runtimes(
            found, engine=engine, architecture=architecture, accelerator=accelerator, status=status
        )
    )


def get_runtimes_output(
    *,
    engine: pulumi.Input[str | None] = None,
    architecture: pulumi.Input[str | None] = None,
    accelerator: pulumi.Input[str | None] = None,
    status: pulumi.Input[str | None] = "normal",
    connection: pulumi.Input[str | None] = None,
) -> pulumi.Output[Records[Runtime]]:
    """Like `get_runtimes`, for arguments that are known only later."""
    return later(
        get_runtimes,
        engine=engine,
        architecture=architecture,
        accelerator=accelerator,
        status=status,
        connection=connection,
    )


def get_flavours(
    *,
    infer_type: InferType = "real-time",
    dedicated_pool: bool = False,
    category: str | None = None,
    connection: str | None = None,
) -> Records[Flavour]:
    """The flavours that instances may have (reference 8.12; ShowServiceSpecifications).

    Args:
        infer_type: for services of this kind.
        dedicated_pool: those of dedicated pools instead of those of the shared one.
        category: only `CPU`, `GPU` or `NPU`.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, or ModelArts cannot be asked.
    """

    def request(client: ModelArtsClient) -> list[Flavour]:
        return catalogue.flavours(client, infer_type=infer_type, dedicated_pool=dedicated_pool)

    arguments = {"infer_type": infer_type, "dedicated_pool": dedicated_pool}
    found = ask("get_flavours", arguments, connection, request)
    return Records(one for one in found if category in (None, one.category))


def get_flavours_output(
    *,
    infer_type: pulumi.Input[InferType] = "real-time",
    dedicated_pool: pulumi.Input[bool] = False,
    category: pulumi.Input[str | None] = None,
    connection: pulumi.Input[str | None] = None,
) -> pulumi.Output[Records[Flavour]]:
    """Like `get_flavours`, for arguments that are known only later."""
    return later(
        get_flavours, infer_type=infer_type, dedicated_pool=dedicated_pool, category=category, connection=connection
    )


def get_services(
    *,
    name: str | None = None,
    service_id: str | None = None,
    model_id: str | None = None,
    cluster_id: str | None = None,
    workspace_id: str | None = None,
    infer_type: InferType | None = None,
    status: str | None = None,
    tags: str | None = None,
    sort_by: SortBy | None = None,
    order: Order | None = None,
    connection: str | None = None,
) -> Records[ServiceSummary]:
    """The services that match, without their models and addresses (reference 7; ListServices).

    Args:
        name: exact name. The cloud does not say how it compares names, so they are compared here once more.
        service_id: id of a service.
        model_id: services that use this model version.
        cluster_id: services in this old dedicated pool.
        workspace_id: services of this workspace; left out, of the default one.
        infer_type: kind of the services.
        status: state of the services, such as `running`.
        tags: services with this tag, as the cloud writes it.
        sort_by: what they are sorted by; `publish_at` when left out.
        order: `desc` when left out.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, or ModelArts cannot be asked.
    """
    filters = {
        "service_id": service_id,
        "model_id": model_id,
        "cluster_id": cluster_id,
        "workspace_id": workspace_id,
        "infer_type": infer_type,
        "status": status,
        "tags": tags,
        "sort_by": sort_by,
        "order": order,
    }

    def request(client: ModelArtsClient) -> list[ServiceSummary]:
        return catalogue.services(client, name=name, **given(filters))

    return Records(ask("get_services", {"name": name, **filters}, connection, request))


def get_services_output(
    *,
    name: pulumi.Input[str | None] = None,
    service_id: pulumi.Input[str | None] = None,
    model_id: pulumi.Input[str | None] = None,
    cluster_id: pulumi.Input[str | None] = None,
    workspace_id: pulumi.Input[str | None] = None,
    infer_type: pulumi.Input[InferType | None] = None,
    status: pulumi.Input[str | None] = None,
    tags: pulumi.Input[str | None] = None,
    sort_by: pulumi.Input[SortBy | None] = None,
    order: pulumi.Input[Order | None] = None,
    connection: pulumi.Input[str | None] = None,
) -> pulumi.Output[Records[ServiceSummary]]:
    """Like `get_services`, for arguments that are known only later."""
    return later(
        get_services,
        name=name,
        service_id=service_id,
        model_id=model_id,
        cluster_id=cluster_id,
        workspace_id=workspace_id,
        infer_type=infer_type,
        status=status,
        tags=tags,
        sort_by=sort_by,
        order=order,
        connection=connection,
    )


def get_service(service_id: str, *, connection: str | None = None) -> AwaitableServiceDetail:
    """The whole detail of a service, counters included (reference 6; ShowService).

    Args:
        service_id: id of the service, a UUID.
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, the service does not exist, or ModelArts cannot be asked.
    """

    def request(client: ModelArtsClient) -> AwaitableServiceDetail:
        answer = client.get_service(service_id)
        return catalogue.record(AwaitableServiceDetail, answer, f"the service {service_id}")

    return ask("get_service", {"service_id": service_id}, connection, request)


def get_service_output(
    service_id: pulumi.Input[str], *, connection: pulumi.Input[str | None] = None
) -> pulumi.Output[AwaitableServiceDetail]:
    """Like `get_service`, for ids that are known only later."""
    return later(get_service, service_id=service_id, connection=connection)


def get_pools(*, connection: str | None = None) -> Records[Pool]:
    """The dedicated pools, old and new (reference 8.11; ListClusters, ListPools).

    Args:
        connection: name of the configuration section to use; the default connection when left out.

    Raises:
        pulumi.RunError: settings are missing, or ModelArts cannot be asked.
    """
    return Records(ask("get_pools", {}, connection, catalogue.pools))


def get_pools_output(*, connection: pulumi.Input[str | None] = None) -> pulumi.Output[Records[Pool]]:
    """Like `get_pools`, for a connection that is known only later."""
    return later(get_pools, connection=connection)
