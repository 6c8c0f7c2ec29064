"""One unit of a deployment: a role inside a replica (modelarts-v2.md, section 4.4)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.modelartsv2.specs.parts import CREATE_DEPLOYMENT as PAGE

RESTARTS = ("restart",)


class Image(Spec):
    """The container image."""

    source: Literal["SWR", "IMAGE"] = field("SWR", description="Where it comes from.", source=PAGE)
    swr_path: str = field(
        description="Path of the image in the registry SWR.",
        source=PAGE,
        min_length=1,
        examples=("swr.cn-north-4.myhuaweicloud.com/demo/echo:1",),
    )
    id: str | None = field(
        None, description="Id of a registered image, with source IMAGE.", source=PAGE, server_default=True
    )
    category: Literal["CPU", "GPU", "ASCEND"] | None = field(
        None, description="What it runs on; left out, CPU.", source=PAGE, server_default=True
    )


class CustomSpec(Spec):
    """What one pod has, with the flavour `custom`."""

    cpu: float = field(
        description="CPU; a third decimal is rounded half-up.",
        source=PAGE,
        unit="cores",
        decimals=2,
        ge=0.01,
        effect=("capacity", "restart"),
        examples=(4, 1.5),
    )
    memory: int = field(
        description="Memory.", source=PAGE, unit="MB", ge=1, effect=("capacity", "restart"), examples=(8192,)
    )
    gpu: float | None = field(
        None,
        description="GPUs; a third decimal is rounded half-up. Cannot be combined with ascend.",
        source=PAGE,
        unit="GPUs",
        decimals=2,
        ge=0,
        effect=("capacity", "restart"),
        examples=(1,),
    )
    ascend: int | None = field(
        None,
        description="Ascend chips. Cannot be combined with gpu.",
        source=PAGE,
        unit="chips",
        ge=0,
        effect=("capacity", "restart"),
        examples=(1,),
    )
    arch: Literal["x86", "arm64"] | None = field(
        None, description="Architecture of the CPU.", source=PAGE, server_default=True
    )


class MountedFiles(Spec):
    """Files in the container: a model, code or data."""

    source: Literal["OBS", "OBSFS", "EFS", "LOCAL"] = field(
        description="Kind of the storage: object storage, its file system, SFS Turbo, or the node.", source=PAGE
    )
    address: str | None = field(
        None, description="Where they are.", source=PAGE, min_length=1, examples=("obs://models/chat/",)
    )
    mount_path: str = field(
        description="Folder in the container.",
        source=PAGE,
        pattern="^/(.*/)?$",
        hint='must begin and end with "/"',
        max_length=255,
        examples=("/models/",),
    )
    host_cache: bool | None = field(
        None, description="Whether nodes keep them; left out, not.", source=PAGE, server_default=True
    )
    efs_sub_path: str | None = field(None, description="Folder of the SFS Turbo file system.", source=PAGE)
    read_only: bool | None = field(
        None, description="Whether nothing can be written there.", source=PAGE, server_default=True
    )
    os_warm_up: bool | None = field(None, description="Whether they are read ahead.", source=PAGE, server_default=True)
    source_name: str | None = field(
        None,
        description="Name of the storage; needed with os_warm_up.",
        source=PAGE,
        min_length=1,
        max_length=64,
        server_default=True,
    )


class Model(MountedFiles):
    """The model of a deployment."""

    asset_id: str | None = field(None, description="Id of a preset asset.", source=PAGE, min_length=1)


class Dump(Spec):
    """A folder of the container that is kept in object storage."""

    source: Literal["OBS", "OBSFS"] = field(description="Kind of the storage.", source=PAGE)
    address: str | None = field(
        None,
        description="Where it is kept.",
        source=PAGE,
        pattern="^(https|obs)://.+$",
        hint='must be an address such as "obs://bucket/folder/" or "https://…"',
    )
    mount_path: str = field(description="Folder in the container.", source=PAGE, min_length=1)


class Health(Spec):
    """A probe of a container."""

    check_method: Literal["HTTP", "EXEC"] = field(
        "HTTP", description="A request, or a command in the container.", source=PAGE
    )
    url: str | None = field(
        None, description="Path of the request.", source=PAGE, pattern="^/.*$", hint='must begin with "/"'
    )
    cmd: str | None = field(None, description="The command.", source=PAGE, min_length=1, max_length=1024)
    protocol: Literal["HTTP", "HTTPS", "WS", "WSS"] | None = field(
        None, description="Protocol of the request.", source=PAGE, server_default=True
    )
    initial_delay_seconds: int = field(30, description="Before the first probe.", source=PAGE, unit="s", ge=1)
    timeout_seconds: int = field(30, description="That a probe may take.", source=PAGE, unit="s", ge=1)
    period_seconds: int = field(10, description="Between two probes.", source=PAGE, unit="s", ge=1)
    failure_threshold: int = field(3, description="Failures in a row that count.", source=PAGE, ge=1)


class TerminationGrace(Spec):
    """How a container ends."""

    pre_stop_cmd: str | None = field(
        None, description="Command that is run before.", source=PAGE, min_length=1, max_length=255
    )
    termination_grace_period_seconds: int | None = field(
        None, description="Time for a graceful end.", source=PAGE, unit="s", ge=0, server_default=True
    )


class Affinity(Spec):
    """Which nodes pods run on, or not."""

    affinity_type: Literal["AFFINITY", "ANTI_AFFINITY"] = field(
        description="On these nodes, or on others.", source=PAGE
    )
    required: bool = field(description="Whether it must be so, or is preferred.", source=PAGE)
    selection_mode: Literal["IP"] = field("IP", description="How nodes are named.", source=PAGE)
    targets: dict[str, str] = field(description="The nodes.", source=PAGE, max_length=20)


class SecurityConfig(Spec):
    """Whom the container runs as."""

    user_id: int | None = field(None, description="User.", source=PAGE, ge=1, le=60000)
    group_id: int | None = field(None, description="Group.", source=PAGE, ge=1, le=60000)


class GroupPolicy(Spec):
    """How close together the pods of an LWS replica are placed."""

    schedule_scope: Literal["HYPERNODE", "SLICE"] = field(description="What they share.", source=PAGE)


class UnitConfig(Spec):
    """One role inside a replica: what its pods run and have."""

    name: str | None = field(
        None,
        description="Name, by which units are told apart; left out, main.",
        source=PAGE,
        pattern="^[a-z0-9]([-a-z0-9]{0,14}[a-z0-9])?$",
        hint='must be 1 to 16 lower-case letters, digits or "-", with a letter or digit at both ends',
    )
    role: str | None = field(
        None,
        description="COMMON; SCHEDULER, MANAGER, WORKER (MINDIE); PREFILL, DECODE (VLLM). Cannot change.",
        source=PAGE,
        server_default=True,
        immutable=True,
        examples=("COMMON",),
    )
    image: Image = field(description="What runs.", source=PAGE, effect=RESTARTS)
    flavor: str | None = field(
        None,
        description='Id of the flavour that a pod has; "custom" with custom_spec.',
        source=PAGE,
        server_default=True,
        min_length=1,
        effect=("capacity", "restart"),
        examples=("custom",),
    )
    custom_spec: CustomSpec | None = field(
        None, description="What a pod has, with the flavour custom.", source=PAGE, effect=("capacity", "restart")
    )
    count: int = field(
        1, description="Pods of the unit in each group.", source=PAGE, unit="pods", ge=1, effect=("capacity", "restart")
    )
    group_count: int | None = field(
        None,
        description="Groups of the unit in each replica, with workload type LWS; left out, 1.",
        source=PAGE,
        unit="groups",
        ge=1,
        le=100,
        server_default=True,
        effect=("capacity", "restart"),
    )
    cmd: str | None = field(None, description="Start command.", source=PAGE, min_length=1, effect=RESTARTS)
    envs: dict[str, str] | None = field(
        None,
        description="Environment variables; secret ones belong in secret_envs.",
        source=PAGE,
        hidden_in="secret_envs",
        effect=RESTARTS,
        examples=({"LOG_LEVEL": "info"},),
    )
    port: int | None = field(
        None, description="Port of the container.", source=PAGE, ge=1, le=65535, server_default=True, effect=RESTARTS
    )
    files: list[MountedFiles] | None = field(
        None, description="Files in the container.", source=PAGE, keyed_by="mount_path", effect=RESTARTS
    )
    dumps: list[Dump] | None = field(
        None,
        description="Folders that are kept in object storage.",
        source=PAGE,
        keyed_by="mount_path",
        max_length=20,
        effect=RESTARTS,
    )
    readiness_health: Health | None = field(
        None, description="Whether a pod takes requests.", source=PAGE, effect=RESTARTS
    )
    startup_health: Health | None = field(None, description="Whether a pod has started.", source=PAGE, effect=RESTARTS)
    liveness_health: Health | None = field(
        None, description="Whether a pod is to be started anew.", source=PAGE, effect=RESTARTS
    )
    recovery: str | None = field(
        None,
        description="What is built again when a pod fails: Instance, Role or Pod; left out, nothing.",
        source=PAGE,
        server_default=True,
        effect=RESTARTS,
    )
    termination_grace: TerminationGrace | None = field(
        None, description="How a container ends.", source=PAGE, server_default=True, effect=RESTARTS
    )
    affinity: Affinity | None = field(
        None, description="Which nodes pods run on, or not.", source=PAGE, effect=RESTARTS
    )
    security_config: SecurityConfig | None = field(
        None, description="Whom the container runs as.", source=PAGE, effect=RESTARTS
    )
    pool_resource_flavor: str | None = field(
        None,
        description="Flavour of the nodes of the pool.",
        source=PAGE,
        pattern="^[A-Za-z0-9._-]{1,128}$",
        hint='must be 1 to 128 letters, digits, ".", "-" or "_"',
        server_default=True,
        effect=RESTARTS,
    )
    group_policy: GroupPolicy | None = field(
        None, description="How close together pods are placed; LWS only.", source=PAGE, effect=RESTARTS
    )
    cpu_affinity: bool | None = field(
        None, description="Whether pods keep to CPUs of their own.", source=PAGE, server_default=True, effect=RESTARTS
    )
    npu_reset_enable: bool | None = field(
        None, description="Whether chips are reset when they fail.", source=PAGE, server_default=True, effect=RESTARTS
    )
