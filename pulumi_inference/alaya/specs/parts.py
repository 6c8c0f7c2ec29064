"""The parts of a deployment: pods with their resources, scaling, and the three forms (alaya.md, sections 4 to 6)."""

from __future__ import annotations

from typing import Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import timeout

EXPERT_PAGE = "serverless/modelservice/servicedeployexpert"
QUICK_START_PAGE = "serverless/modelservice/servicedeploy"
LORA_PAGE = "serverless/modelservice/servicelora"
SCALE_PAGE = "serverless/modelservice/servicescale"

GPU_TYPE = r"^[a-z0-9.-]+/[a-z0-9.-]+$"
GPU_TYPE_HINT = 'must be the name of a Kubernetes resource, such as "nvidia.com/gpu-l40s"'


class Gpu(Spec):
    """The GPUs of one pod."""

    gpu_type: str = field(
        description="Kind of GPU: the name of its Kubernetes resource.",
        source=EXPERT_PAGE,
        wire="gpuType",
        pattern=GPU_TYPE,
        hint=GPU_TYPE_HINT,
        sometimes_answered=True,
        effect=("capacity", "downtime"),
        examples=("nvidia.com/gpu-l40s", "nvidia.com/gpu-h800"),
    )
    count: int = field(
        description="How many of them one pod has.",
        source=EXPERT_PAGE,
        unit="GPUs",
        ge=0,
        sometimes_answered=True,
        effect=("capacity", "downtime"),
    )


class Resource(Spec):
    """What one pod has."""

    cpu: int = field(
        description="CPU of one pod.",
        source=EXPERT_PAGE,
        unit="cores",
        ge=1,
        sometimes_answered=True,
        effect=("capacity", "downtime"),
    )
    mem: int = field(
        description="Memory of one pod.",
        source=EXPERT_PAGE,
        unit="GB",
        ge=1,
        sometimes_answered=True,
        effect=("capacity", "downtime"),
    )
    gpu: Gpu = field(description="GPUs of one pod.", source=EXPERT_PAGE, sometimes_answered=True)


class ImagePullSecret(Spec):
    """Who may pull an image. The password stands in `image_pull_passwords`."""

    registry: str | None = field(
        None,
        description="Address of the registry.",
        source=EXPERT_PAGE,
        sometimes_answered=True,
        examples=("https://registry.example.com:8443",),
    )
    username: str | None = field(None, description="User name.", source=EXPERT_PAGE, sometimes_answered=True)


class PvcMount(Spec):
    """A volume claim of the namespace, mounted into a pod."""

    pvc_name: str = field(
        description="Name of the claim.", source=EXPERT_PAGE, wire="pvcName", min_length=1, sometimes_answered=True
    )
    container_path: str = field(
        description="Where it is mounted: an absolute path.",
        source=EXPERT_PAGE,
        wire="containerPath",
        pattern=r"^/.*$",
        hint="must be an absolute path",
        examples=("/models",),
    )
    sub_path: str | None = field(
        None,
        description="The folder of the claim that is mounted; left out, all of it.",
        source=EXPERT_PAGE,
        wire="subPath",
        sometimes_answered=True,
    )
    read_only: bool | None = field(
        None,
        description="Whether nothing can be written there.",
        source=EXPERT_PAGE,
        wire="readOnly",
        server_default=True,
        sometimes_answered=True,
    )


class HeadConfig(Spec):
    """The head pod of each instance: it serves HTTP, by convention on port 3000."""

    image: str = field(
        description="Container image.",
        source=EXPERT_PAGE,
        min_length=1,
        sometimes_answered=True,
        effect=("downtime",),
        examples=("registry.example.com/acme/vllm:0.9.0.1",),
    )
    image_pull_secret: ImagePullSecret | None = field(
        None,
        description="Who may pull the image; its password stands in image_pull_passwords.",
        source=EXPERT_PAGE,
        wire="imagePullSecret",
        sometimes_answered=True,
    )
    labels: dict[str, str] | None = field(
        None, description="Labels of the pods.", source=EXPERT_PAGE, sometimes_answered=True
    )
    env: dict[str, str] | None = field(
        None,
        description="Environment variables. Secret ones belong to secret_env.",
        source=EXPERT_PAGE,
        hidden_in="secret_env",
        sometimes_answered=True,
        examples=({"VLLM_ALLOW_RUNTIME_LORA_UPDATING": "true"},),
    )
    cmd: list[str] | None = field(None, description="Command.", source=EXPERT_PAGE, sometimes_answered=True)
    args: list[str] | None = field(None, description="Arguments.", source=EXPERT_PAGE, sometimes_answered=True)
    resource: Resource = field(
        description="CPU, memory and GPUs of a pod.", source=EXPERT_PAGE, sometimes_answered=True
    )
    pvc_mounts: list[PvcMount] | None = field(
        None,
        description="Volume claims, each at a path of its own.",
        source=EXPERT_PAGE,
        wire="pvcMounts",
        keyed_by="container_path",
        sometimes_answered=True,
    )


class WorkerConfig(HeadConfig):
    """The worker pods of each instance, which join the head."""

    workers: int = field(
        description="Number of worker pods of each instance, the head not counted; 0 is a single node.",
        source=EXPERT_PAGE,
        unit="pods",
        ge=0,
        sometimes_answered=True,
        effect=("capacity", "downtime"),
    )


class Expert(Spec):
    """Containers of one's own: an instance is one head pod and its worker pods."""

    head_config: HeadConfig = field(
        description="The head pod.", source=EXPERT_PAGE, wire="headConfig", sometimes_answered=True
    )
    worker_config: WorkerConfig | None = field(
        None,
        description="The worker pods; left out, an instance is the head alone.",
        source=EXPERT_PAGE,
        wire="workerConfig",
        sometimes_answered=True,
    )


class QuickStartResource(Resource):
    """What one node of an instance has, and how many nodes there are."""

    workers: int | None = field(
        None,
        description="Nodes of one instance; left out, one.",
        source=QUICK_START_PAGE,
        unit="nodes",
        ge=0,
        server_default=True,
        sometimes_answered=True,
        effect=("capacity", "downtime"),
    )


class QuickStart(Spec):
    """An engine of the platform's."""

    backend: Literal["vllm", "sglang"] = field(
        description="Engine.", source=QUICK_START_PAGE, sometimes_answered=True, effect=("downtime",)
    )
    backend_version: str = field(
        description="Version of the engine; Alaya NeW names 0.9.0.1 of vllm and 0.4.6 of sglang.",
        source=QUICK_START_PAGE,
        wire="backendVersion",
        min_length=1,
        sometimes_answered=True,
        effect=("downtime",),
        examples=("0.9.0.1",),
    )
    backend_args: list[str] = field(
        [],
        description="Arguments of the engine.",
        source=QUICK_START_PAGE,
        wire="backendArgs",
        sometimes_answered=True,
        examples=(["--max-model-len", "8192"],),
    )
    resource: QuickStartResource = field(
        description="CPU, memory and GPUs of a node.", source=QUICK_START_PAGE, sometimes_answered=True
    )


class Lora(Spec):
    """A LoRA adapter on the instances of another deployment."""

    base_service_id: str = field(
        description="Id of the deployment that it is loaded on, an Expert or a Quick Start one.",
        source=LORA_PAGE,
        wire="baseServiceId",
        immutable=True,
        min_length=1,
    )


class Scale(Spec):
    """How many instances there are."""

    min: int = field(
        description="Least instances.", source=SCALE_PAGE, unit="instances", ge=0, effect=("capacity",), examples=(1,)
    )
    max: int = field(
        description="Most instances.", source=SCALE_PAGE, unit="instances", ge=1, effect=("capacity",), examples=(3,)
    )
    rps_value: int = field(
        description="Requests a second of one instance, above which another one is started.",
        source=SCALE_PAGE,
        wire="rpsValue",
        unit="requests/s",
        ge=1,
        effect=("capacity",),
        examples=(10,),
    )
    idle_time: int = field(
        description="How long an instance may have nothing to do before it is taken away.",
        source=SCALE_PAGE,
        wire="idleTime",
        unit="s",
        ge=0,
        effect=("capacity",),
        examples=(300,),
    )


class DeploymentTimeouts(Spec):
    """How long to wait."""

    create: str | None = timeout(description="For the first start; 1h by default.", example="2h")
    update: str | None = timeout(description="For a change, with all restarts; 1h by default.", example="2h")
    delete: str | None = timeout(description="Until it is stopped and gone; 20m by default.", example="40m")
