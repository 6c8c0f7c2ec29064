"""What ModelArts has to offer and what there is already: from a client to typed records, without cache and Pulumi.

Errors are those of the client, and ResponseError for an answer that does not fit its record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pydantic

from pulumi_inference.core.errors import NotFoundError, ResponseError
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.wire import from_wire
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.paging import Json
from pulumi_inference.modelarts.specs.detail import Answer
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, ModelSummary, Pool, Runtime, ServiceSummary

R = TypeVar("R", bound=Answer)

_RUNTIME_LISTS = {
    "runtime": "runtimes",
    "request_mode": "request_mode",
    "accelerator": "accelerators",
    "arch": "arch",
    "status": "status_list",
    "image_source": "image_source",
}
"""The member of one runtime, and the list of an engine's entry that has it."""


def record(model: type[R], answer: Mapping[str, Any], what: str) -> R:
    """An answer of the cloud as a record; `what` says in messages what it describes.

    Raises:
        ResponseError: a field is missing or of another type.
    """
    try:
        return model.model_validate(from_wire(model, answer))
    except pydantic.ValidationError as error:
        problems = [f"{render(one['loc'])}: {one['msg']}" for one in error.errors()]
        raise ResponseError(f"what ModelArts answered about {what} cannot be understood", details=problems) from None


def runtimes(client: ModelArtsClient) -> list[Runtime]:
    """All runtimes of all engines, deleted ones too; (engine, runtime) tells them apart (ShowModelEngineAndRuntime).

    An engine's entry has a list per field, and what stands at one place in all of them is one runtime. An engine
    without runtimes, such as Custom, has no record.

    Raises:
        ResponseError: the lists of an engine have unequal lengths, so that nobody can say what belongs together.
    """
    return [runtime for entry in client.list_runtimes() for runtime in _runtimes_of(entry)]


def select_runtimes(
    found: Iterable[Runtime],
    *,
    engine: str | None = None,
    architecture: str | None = None,
    accelerator: str | None = None,
    status: str | None = None,
) -> list[Runtime]:
    """Those of an engine, for an architecture, with a type of accelerator, in a state; None stands for any."""
    return [
        one
        for one in found
        if engine in (None, one.engine)
        and architecture in (None, one.architecture)
        and accelerator in (None, one.accelerator.type)
        and status in (None, one.status)
    ]


def _runtimes_of(entry: Json) -> Iterator[Runtime]:
    engine = entry.get("ai_engine")
    lists = {wire: entry.get(wire) or [] for wire in _RUNTIME_LISTS.values()}
    odd = [wire for wire, values in lists.items() if not isinstance(values, list)]
    if odd:
        raise ResponseError(f"the runtimes of the engine {engine}: {', '.join(odd)} should be a list")
    if len({len(values) for values in lists.values()}) > 1:
        lengths = ", ".join(f"{wire} {len(values)}" for wire, values in lists.items())
        raise ResponseError(
            f"the runtimes of the engine {engine} cannot be told apart: its lists have unequal lengths ({lengths})"
        )
    for index, name in enumerate(lists["runtimes"]):
        one = {member: lists[wire][index] for member, wire in _RUNTIME_LISTS.items()}
        yield record(Runtime, {"ai_engine": engine, **one}, f"the runtime {name} of {engine}")


def flavours(client: ModelArtsClient, *, infer_type: str = "real-time", dedicated_pool: bool = False) -> list[Flavour]:
    """The flavours for services of a kind, in a dedicated pool or in the shared one (ShowServiceSpecifications)."""
    found = client.list_specifications(infer_type=infer_type, dedicated_pool=dedicated_pool)
    return [record(Flavour, item, f"the flavour {item.get('specification')}") for item in found]


def services(client: ModelArtsClient, *, name: str | None = None, **filters: str) -> list[ServiceSummary]:
    """The services that match (ListServices).

    Args:
        client: where to ask.
        name: the exact name. The cloud is asked for it too, but may answer services that only have it in their name.
        filters: those of the API under its own names: `service_id`, `model_id`, `cluster_id`, `workspace_id`,
            `infer_type`, `status`, `tags`, `sort_by`, `order`.
    """
    if name is not None:
        filters["service_name"] = name
    found = [
        record(ServiceSummary, item, f"the service {item.get('service_id')}")
        for item in client.list_services(**filters)
    ]
    return [one for one in found if name is None or one.name == name]


def models(client: ModelArtsClient, *, name: str | None = None, **filters: str) -> list[ModelSummary]:
    """The model versions that match (ListModels).

    Args:
        client: where to ask.
        name: the exact name.
        filters: those of the API under its own names: `model_name` (a part of the name), `model_version`,
            `model_status`, `description` (a part of it), `model_type` or `not_model_type`, `workspace_id`,
            `sort_by`, `order`.
    """
    if name is not None:
        # Without exact_match an underscore in a name stands for any character.
        filters |= {"model_name": name, "exact_match": "true"}
    found = [record(ModelSummary, item, f"the model {item.get('model_id')}") for item in client.list_models(**filters)]
    return [one for one in found if name is None or one.name == name]


def model(client: ModelArtsClient, model_id: str) -> ModelDetail:
    """The whole detail of a model version (ShowModel)."""
    return record(ModelDetail, client.get_model(model_id), f"the model {model_id}")


def pools(client: ModelArtsClient) -> list[Pool]:
    """The dedicated pools, new ones first (ListPools, ListClusters)."""
    new = [_new_pool(item) for item in client.list_pools()]
    return [*new, *(_old_pool(item) for item in _clusters(client))]


def _clusters(client: ModelArtsClient) -> list[Json]:
    """The old pools; where the cloud no longer knows the call, there are none."""
    try:
        return client.list_clusters()
    except NotFoundError:
        return []


def _old_pool(item: Json) -> Pool:
    nodes = item.get("nodes")
    made = whole_number(item.get("created_at"))
    pool = {
        **item,
        "kind": "old",
        # The API page says one object; the plural says that there may be more.
        "nodes": nodes if isinstance(nodes, list) else [nodes] if nodes else [],
        "created_at": _moment(made) if isinstance(made, int) else made,
    }
    return record(Pool, pool, f"the pool {item.get('cluster_id')}")


def _new_pool(item: Json) -> Pool:
    metadata, spec, status = (_member(item, name) for name in ("metadata", "spec", "status"))
    labels, annotations = _member(metadata, "labels"), _member(metadata, "annotations")
    available = {one.get("flavor"): one.get("count") for one in _objects(_member(status, "resources"), "available")}
    pool = {
        "kind": "new",
        "pool_name": metadata.get("name"),
        "cluster_name": labels.get("os.modelarts/name"),
        "description": annotations.get("os.modelarts/description"),
        "status": status.get("phase"),
        "message": status.get("message"),
        "scope": spec.get("scope"),
        "type": spec.get("type"),
        "workspace_id": labels.get("os.modelarts/workspace.id"),
        "created_at": metadata.get("creationTimestamp"),
        "nodes": [
            {**one, "specification": one.get("flavor"), "available_count": available.get(one.get("flavor"))}
            for one in _objects(spec, "resources")
        ],
    }
    return record(Pool, pool, f"the pool {metadata.get('name')}")


def _member(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    member = item.get(name)
    return member if isinstance(member, Mapping) else {}


def _objects(item: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    members = item.get(name)
    return [one for one in members if isinstance(one, Mapping)] if isinstance(members, list) else []


def _moment(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
