"""What NVCF's own lists say against a deployment: its GPUs, and what the function takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pulumi_inference.core.errors import AuthenticationError, PermissionDeniedError, unless_gone
from pulumi_inference.core.fields.messages import did_you_mean
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.validate import Problem
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.plan_checks import Advice, find_problems
from pulumi_inference.nvcf.client import NvcfClient
from pulumi_inference.nvcf.connection import CONNECTIONS
from pulumi_inference.nvcf.specs.catalogue import ClusterGroup
from pulumi_inference.nvcf.specs.function import FunctionDetail
from pulumi_inference.nvcf.spelling import same_word

Specification = Mapping[str, Any]

USUAL_CONCURRENCY = 1024
_NODES = re.compile(r"\.x(\d+)$")


def check_deployment(context: Context, old: Inputs | None, values: Inputs) -> list[Problem]:
    """The problems of what is new or has changed; what may be meant all the same is a warning."""
    for text in _doubts(values):
        context.warn(text)
    is_same_place = old is not None and old.get("specifications") == values.get("specifications")
    catalogue = [] if is_same_place else [partial(_catalogue, context, values)]
    return find_problems(
        CONNECTIONS,
        context,
        lambda: Advice[NvcfClient](CONNECTIONS, context, values),
        [partial(_function, values), *catalogue],
    )


def _doubts(values: Inputs) -> Iterator[str]:
    items = list(_items(values))
    for path, one in items:
        concurrency = one.get("max_request_concurrency")
        if isinstance(concurrency, int) and concurrency > USUAL_CONCURRENCY:
            yield (
                f"{path}.max_request_concurrency: {concurrency} is more than {USUAL_CONCURRENCY}, which older versions "
                "of NVCF refuse"
            )
    scaling = [one.get("autoscaling_configuration") for _, one in items]
    if any(one != scaling[0] for one in scaling):
        yield "specifications: NVCF scales a version as a whole; give all of them the same autoscaling_configuration"


def _catalogue(context: Context, values: Inputs, advice: Advice[NvcfClient]) -> Iterator[Problem]:
    groups = advice.ask("GPUs", "cluster groups", lambda client: _groups(context, client))
    types = _types(groups)
    if not types:
        return
    for path, one in _items(values):
        yield from _placed(path, one, groups, types)


def _groups(context: Context, client: NvcfClient) -> list[ClusterGroup]:
    """The cluster groups; none where the key may not read them, as no key of NGC may, which is no reason to worry."""
    try:
        return [ClusterGroup.read(one, "a cluster group") for one in client.list_cluster_groups()]
    except AuthenticationError:
        raise
    except PermissionDeniedError:
        context.tell(
            "GPUs and instance types are not checked in previews: no API key may read the cluster groups. "
            "`pulumi-inference nvcf instance-types` lists those of an organisation"
        )
        return []


def _types(groups: Iterable[ClusterGroup]) -> dict[str, set[str]]:
    """The instance types of each GPU."""
    types: dict[str, set[str]] = {}
    for group in groups:
        for gpu in group.gpus or []:
            names = types.setdefault(gpu.name, set())
            names.update(kind.name for kind in gpu.instance_types or [])
    return types


def _placed(
    path: str, one: Specification, groups: Sequence[ClusterGroup], types: Mapping[str, set[str]]
) -> Iterator[Problem]:
    gpu, kind = one.get("gpu"), one.get("instance_type")
    known = next((name for name in types if same_word(name, gpu)), None)
    if isinstance(gpu, str) and known is None:
        yield _unknown(f"{path}.gpu", "GPU", gpu, types)
    elif known is not None and isinstance(kind, str) and not any(same_word(name, kind) for name in types[known]):
        yield _unknown(f"{path}.instance_type", f"instance type with {known}", kind, types[known])
    backends = [group.name for group in groups]
    if isinstance(one.get("backend"), str) and one["backend"] not in backends:
        yield _unknown(f"{path}.backend", "cluster group", one["backend"], backends)
    clusters = {cluster.name for group in groups for cluster in group.clusters or []}
    for index, name in enumerate(one.get("clusters") or []):
        if clusters and isinstance(name, str) and name not in clusters:
            yield _unknown(f"{path}.clusters[{index}]", "cluster", name, clusters)


def _function(values: Inputs, advice: Advice[NvcfClient]) -> Iterator[Problem]:
    ids = values.get("function_id"), values.get("version_id")
    if UNKNOWN in ids:
        return
    thing = ",".join(map(str, ids))
    version: Answer | None = advice.ask(
        "function version",
        ("version", thing),
        lambda client: unless_gone(lambda: FunctionDetail.recognise(client.get_version(thing), "a function version")),
    )
    if version is None:
        yield Problem("version_id", f"there is no version {ids[1]} of a function {ids[0]} in this account")
        return
    is_helm, has_container = bool(version.get("helmChart")), bool(version.get("containerImage"))
    for path, one in _items(values):
        for name in ("configuration", "helm_validation_policy"):
            if name in one and not is_helm:
                yield Problem(f"{path}.{name}", "is for functions with a helm_chart only; this one has none")
        nodes = _NODES.search(one["instance_type"]) if isinstance(one.get("instance_type"), str) else None
        if nodes and int(nodes[1]) > 1 and has_container:
            yield Problem(
                f"{path}.instance_type",
                f"{one['instance_type']} has {nodes[1]} nodes, and a container function runs on a single one",
            )


def _items(values: Inputs) -> Iterator[tuple[str, Specification]]:
    specifications = values.get("specifications")
    for index, one in enumerate(specifications if isinstance(specifications, list) else ()):
        if isinstance(one, Mapping):
            yield f"specifications[{index}]", one


def _unknown(path: str, what: str, given: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    there_are = f"; there are {', '.join(names)}" if names else ""
    return Problem(path, f'there is no {what} "{given}"{did_you_mean(given, names) or there_are}')
