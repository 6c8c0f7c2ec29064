"""What is asked about GPUs and where there are any (reference 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import PermissionDeniedError, ResponseError
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup
from pulumi_inference.nvcf.specs.catalogue import ClusterGroup
from pulumi_inference.nvcf.specs.records import DEPLOYMENT, GpuOffer, GpuQuota, InstanceTypeOffer

if TYPE_CHECKING:
    from pulumi_inference.nvcf.client import NvcfClient

_TEXTS = ("gpuMemory", "systemMemory", "storage", "driverVersion")
"""Sizes and versions: texts, also where NVCF answers a number."""

_UNREADABLE = (
    "the cluster groups are not known: the API has them for JWTs only, and refuses every API key. With an "
    "organisation, get_instance_types has the instance types"
)


class GetClusterGroups(Lookup[list[ClusterGroup]]):
    """The cluster groups that functions may be deployed to, with their GPUs and instance types.

    The API has them for JWTs only. With an API key a program gets an empty list and a warning.
    """

    source = DEPLOYMENT
    command = "clusters"
    noun = "cluster groups"
    unless_refused = _UNREADABLE
    columns: ClassVar[Mapping[str, Column]] = {
        "group": "name",
        "gpus": lambda one: [gpu.name for gpu in one.gpus or ()],
        "clusters": lambda one: [cluster.name for cluster in one.clusters or ()],
        "kubernetes": lambda one: sorted({each.k8s_version for each in one.clusters or () if each.k8s_version}),
    }

    def ask(self, client: NvcfClient) -> list[ClusterGroup]:
        """All of them."""
        return _groups(client)


class GetGpus(Lookup[list[GpuOffer]]):
    """The GPUs that functions may be deployed on.

    They are those of the cluster groups, or, with a key that may not read these, those of the instance types of the
    organisation. Without both a program gets an empty list and a warning.
    """

    source = DEPLOYMENT
    command = "gpus"
    noun = "GPUs"
    unless_refused = _UNREADABLE
    columns: ClassVar[Mapping[str, Column]] = {
        "gpu": "name",
        "instance types": "instance_types",
        "cluster groups": "cluster_groups",
    }

    def ask(self, client: NvcfClient) -> list[GpuOffer]:
        """Each once, in the order of the names."""
        try:
            seen = [(gpu.name, group.name, kinds) for group, gpu, kinds in _gpus(_groups(client))]
        except PermissionDeniedError:
            if not client.has_organisation:
                raise
            seen = [(one.gpu or "", "", [one.name]) for one in _instance_types(client, {})]
        names = sorted({name for name, _, _ in seen if name})
        return [_offer(name, [(group, kinds) for each, group, kinds in seen if each == name]) for name in names]


class GetInstanceTypes(Lookup[list[InstanceTypeOffer]]):
    """The instance types of the organisation, with the capacity that is free.

    The API has them on the paths of an organisation only.
    """

    source = DEPLOYMENT
    command = "instance-types"
    noun = "instance types"
    columns: ClassVar[Mapping[str, Column]] = {
        "instance type": "name",
        "gpu": "gpu",
        "gpus": "gpu_count",
        "gpu memory": "gpu_memory",
        "cpu": "cpu_cores",
        "memory": "system_memory",
        "nodes": "node_type",
        "free": "available_capacity",
        "regions": "regions",
    }

    gpu: str | None = field(None, description="Only with this GPU, such as L40.", source=DEPLOYMENT, wire="gpus")
    region: str | None = field(
        None, description="Only in this region, such as us-east-1.", source=DEPLOYMENT, wire="regions"
    )

    def ask(self, client: NvcfClient) -> list[InstanceTypeOffer]:
        """Those that match."""
        return _instance_types(client, self.filters())


class GetGpuQuota(Lookup[list[GpuQuota]]):
    """How many instances of which type the organisation may have.

    The API has it on the paths of an organisation only.
    """

    source = DEPLOYMENT
    command = "quota"
    noun = "quota rules"
    columns: ClassVar[Mapping[str, Column]] = {
        "gpu": "gpu",
        "instance type": "instance_type",
        "allowed": "max_instances",
        "used": "used",
    }

    def ask(self, client: NvcfClient) -> list[GpuQuota]:
        """All rules."""
        rules = list(_objects(client.get_gpu_quota()))
        return [GpuQuota.read({**one, "rule": one}, "a rule of the GPU quota") for one in rules]


def _groups(client: NvcfClient) -> list[ClusterGroup]:
    return [ClusterGroup.read(one, f"the cluster group {one.get('name')}") for one in client.list_cluster_groups()]


def _gpus(groups: list[ClusterGroup]) -> Iterator[tuple[ClusterGroup, Any, list[str]]]:
    for group in groups:
        for gpu in group.gpus or ():
            yield group, gpu, [one.name for one in gpu.instance_types or ()]


def _offer(name: str, places: list[tuple[str, list[str]]]) -> GpuOffer:
    kinds = dict.fromkeys(kind for _, each in places for kind in each)
    groups = dict.fromkeys(group for group, _ in places if group)
    return GpuOffer(name=name, instance_types=list(kinds), cluster_groups=list(groups))


def _instance_types(client: NvcfClient, filters: Mapping[str, str]) -> list[InstanceTypeOffer]:
    found = []
    for one in _objects(client.list_instance_types(filters)):
        texts = {name: str(one[name]) for name in _TEXTS if isinstance(one.get(name), int | float)}
        found.append(InstanceTypeOffer.read({**one, **texts}, f"the instance type {one.get('name')}"))
    return found


def _objects(answer: Any, gpu: str = "") -> Iterator[dict[str, Any]]:
    """The objects of an answer of NGC: it has them by the name of the GPU, as a list, or under one more name."""
    if isinstance(answer, list):
        for one in answer:
            if not isinstance(one, dict):
                raise ResponseError("what NVCF answered is no list of objects")
            yield {"gpuName": gpu, **one} if gpu else one
    elif isinstance(answer, dict):
        is_wrapped = len(answer) == 1 and next(iter(answer)) in ("instanceTypes", "rules", "gpus")
        for name, inner in answer.items():
            if isinstance(inner, list | dict):
                yield from _objects(inner, "" if is_wrapped or isinstance(inner, dict) else name)
