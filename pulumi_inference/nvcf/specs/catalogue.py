"""The catalogue: cluster groups with their GPUs and instance types (function-deployment page)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.record import Record

CATALOGUE = "function-deployment"


class InstanceType(Record):
    """An instance type of a GPU."""

    answered_by = "NVCF"

    name: str = field(description="Name.", source=CATALOGUE, always_answered=True)
    description: str | None = field(None, description="Description.", source=CATALOGUE)
    default: bool | None = field(None, description="Whether it is the usual one.", source=CATALOGUE)


class Gpu(Record):
    """A GPU of a cluster group."""

    answered_by = "NVCF"

    name: str = field(description="Name.", source=CATALOGUE, always_answered=True)
    instance_types: list[InstanceType] | None = field(
        None, description="Instance types with it.", source=CATALOGUE, wire="instanceTypes"
    )


class Cluster(Record):
    """A cluster of a group."""

    answered_by = "NVCF"

    id: str | None = field(None, description="Id.", source=CATALOGUE)
    name: str = field(description="Name.", source=CATALOGUE, always_answered=True)
    k8s_version: str | None = field(None, description="Version of Kubernetes.", source=CATALOGUE, wire="k8sVersion")


class ClusterGroup(Record):
    """A group of clusters, and the GPUs that they have."""

    answered_by = "NVCF"

    id: str | None = field(None, description="Id.", source=CATALOGUE)
    name: str = field(description="Name.", source=CATALOGUE, always_answered=True)
    nca_id: str | None = field(None, description="Account that owns it.", source=CATALOGUE, wire="ncaId")
    authorized_nca_ids: list[str] | None = field(
        None, description='Accounts that may use it; "*" is all.', source=CATALOGUE, wire="authorizedNcaIds"
    )
    gpus: list[Gpu] | None = field(None, description="GPUs.", source=CATALOGUE)
    clusters: list[Cluster] | None = field(None, description="Clusters.", source=CATALOGUE)
