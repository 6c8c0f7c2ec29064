"""One model of a service: the items of `config` (reference 5.2, 5.3, 5.7)."""

from __future__ import annotations

from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field


class CustomSpec(Spec):
    """Resources of one instance, with the flavour `custom` (dedicated pools only)."""

    cpu: float = field(
        description="CPU of one instance; a third decimal is rounded half-up.",
        source="CreateService",
        unit="cores",
        decimals=2,
        ge=0.01,
        examples=(4, 1.5),
    )
    memory: int = field(
        description="Memory of one instance.", source="CreateService", unit="MB", ge=1, examples=(8192,)
    )
    gpu_p4: float | None = field(
        None,
        description="GPUs of one instance, of any kind despite the name. Cannot be combined with ascend_a310.",
        source="CreateService",
        unit="GPUs",
        decimals=2,
        ge=0,
        examples=(1,),
    )
    ascend_a310: int | None = field(
        None,
        description="Ascend chips of one instance. Cannot be combined with gpu_p4.",
        source="CreateService",
        unit="chips",
        ge=0,
        examples=(1,),
    )


class LogVolume(Spec):
    """A folder of the node that an instance writes its logs to (dedicated pools only)."""

    host_path: str = field(description="Folder on the node.", source="CreateService", min_length=1)
    mount_path: str = field(description="Folder in the container.", source="CreateService", min_length=1)


class PersistentVolume(Spec):
    """An SFS Turbo file system in the container."""

    name: str | None = field(None, description="Name of the volume.", source="CreateService")
    mount_path: str = field(
        description="Folder in the container; no system directory.",
        source="CreateService",
        min_length=1,
        examples=("/mnt/data",),
    )
    storage_type: Literal["sfs_turbo"] = field("sfs_turbo", description="Kind of the storage.", source="CreateService")
    source_address: str | None = field(None, description="Id of the SFS Turbo file system.", source="CreateService")


class ConfigAdditionalProperties(Spec):
    """How one model's instances are rolled out, stopped and mounted."""

    log_volume: list[LogVolume] | None = field(
        None,
        description="Folders of the node for logs. Dedicated pools only.",
        source="CreateService",
        keyed_by="mount_path",
        effect=("restart",),
    )
    max_surge: float | None = field(
        1,
        description="Instances added while rolling: below 1 a fraction of them, from 1 on a count.",
        source="CreateService",
        gt=0,
        server_default=True,
    )
    max_unavailable: float | None = field(
        0,
        description="Instances that may be missing while rolling: below 1 a fraction of them, from 1 on a count.",
        source="CreateService",
        ge=0,
        server_default=True,
    )
    termination_grace_period_seconds: int | None = field(
        None, description="Time for a graceful stop.", source="CreateService", unit="s", ge=0, server_default=True
    )
    persistent_volumes: list[PersistentVolume] | None = field(
        None,
        description="SFS Turbo file systems in the container.",
        source="CreateService",
        keyed_by="mount_path",
        effect=("restart",),
    )


class AffinityNode(Spec):
    """A node of a pool."""

    name: str = field(description="Private IP address of the node.", source="CreateService", min_length=1)


class AffinityPool(Spec):
    """Nodes of one pool that instances should run on."""

    pool_name: str = field(description="Id of the pool.", source="CreateService", min_length=1)
    nodes: list[AffinityNode] | None = field(
        None, description="Nodes of the pool.", source="CreateService", keyed_by="name"
    )


class NodeAffinity(Spec):
    """Which nodes instances run on."""

    mode: Literal["required", "preferred"] = field(
        description="required: only on these nodes; preferred: there first.", source="CreateService"
    )
    pool_infos: list[AffinityPool] | None = field(
        None, description="Pools and their nodes.", source="CreateService", keyed_by="pool_name"
    )


class Affinity(Spec):
    """Where instances prefer or have to run."""

    node_affinity: NodeAffinity | None = field(None, description="Affinity to nodes.", source="CreateService")


class ServiceConfig(Spec):
    """One model of the service, with its resources and its share of the traffic."""

    model_id: str = field(
        description="Id of the model version; it must be published. Each only once in a service.",
        source="CreateService",
        min_length=1,
        effect=("traffic", "restart"),
    )
    specification: str = field(
        description="Flavour of one instance; `custom` needs custom_spec and, but for edge, a dedicated pool.",
        source="CreateService",
        min_length=1,
        effect=("capacity", "restart"),
        examples=("modelarts.vm.cpu.2u", "custom"),
    )
    weight: int | None = field(
        None,
        description="Share of the traffic; real-time only. All weights add up to 100; 100 for a single model.",
        source="CreateService",
        unit="%",
        ge=0,
        le=100,
        effect=("traffic",),
        examples=(100,),
    )
    instance_count: int = field(
        1, description="Number of instances.", source="CreateService", ge=1, update="scale", effect=("capacity",)
    )
    custom_spec: CustomSpec | None = field(
        None,
        description="Resources of one instance, with the flavour `custom` only.",
        source="CreateService",
        effect=("capacity", "restart"),
    )
    envs: dict[str, str] | None = field(
        None,
        description="Environment variables of the model. Secret ones belong to the service's secret_envs.",
        source="CreateService",
        hidden_in="secret_envs",
        effect=("restart",),
        examples=({"BATCH": "8"},),
    )
    pool_name: str | None = field(
        None,
        description="Id of a dedicated pool for this model; wins over the service's. Needs a pool there too.",
        source="CreateService",
        min_length=1,
        effect=("restart",),
    )
    cluster_id: str | None = field(
        None,
        description="Id of an old dedicated pool for this model. Needs a pool at the service too.",
        source="CreateService",
        min_length=1,
        effect=("restart",),
    )
    deploy_timeout_in_seconds: int | None = field(
        1200,
        description="How long one instance may take to deploy. The cloud does not return it.",
        source="CreateService",
        unit="s",
        ge=180,
        le=7200,
        write_only=True,
        server_default=True,
    )
    additional_properties: ConfigAdditionalProperties | None = field(
        None, description="Roll-out, graceful stop and volumes.", source="CreateService"
    )
    affinity: Affinity | None = field(
        None,
        description="Where instances prefer or have to run; real-time and batch only.",
        source="CreateService",
        effect=("restart",),
    )
    src_path: str | None = field(
        None,
        description="OBS path of the input; batch only.",
        source="CreateService",
        min_length=1,
        examples=("https://bucket.obs.cn-north-4.myhuaweicloud.com/in/",),
    )
    dest_path: str | None = field(
        None,
        description="OBS path of the output; batch only.",
        source="CreateService",
        min_length=1,
        examples=("https://bucket.obs.cn-north-4.myhuaweicloud.com/out/",),
    )
    req_uri: str | None = field(
        None,
        description="Path of the model's API that the input is sent to; batch only.",
        source="CreateService",
        min_length=1,
        examples=("/",),
    )
    mapping_type: Literal["file", "csv"] | None = field(
        None,
        description="What one request is made of: a whole file, or a line of a CSV file; batch only.",
        source="CreateService",
    )
    mapping_rule: dict[str, Any] | None = field(
        None,
        description="How the columns of a CSV file become a request: a tree like a JSON Schema (`type`, `properties`, "
        "`items`) whose leaves have the `index` of their column, -1 for none; with mapping_type csv.",
        source="CreateService",
        examples=({"type": "object", "properties": {"x": {"type": "number", "index": 0}}},),
    )
    src_type: Literal["ManifestFile"] | None = field(
        None, description="Set when src_path is one manifest file; batch only.", source="CreateService"
    )
    nodes: list[str] | None = field(
        None,
        description="Ids of the edge nodes; edge only. Left out, the edge pool in the service's cluster_id is used.",
        source="CreateService",
        min_length=1,
        unordered=True,
        effect=("capacity",),
    )
