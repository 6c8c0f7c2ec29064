"""The forms of a deployment as its detail has them: any part may be left out (alaya.md, section 7.2)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.record import Record

DETAIL_PAGE = "serverless/modelservice/servicedeploydetailexpert/expert"
QUICK_START_DETAIL_PAGE = "serverless/modelservice/servicedeploydetail/quickstart"


class AlayaRecord(Record):
    """Base of what Alaya NeW answers."""

    answered_by = "Alaya NeW"


class Gpu(AlayaRecord):
    """The GPUs of one pod."""

    gpu_type: str | None = field(None, description="Kind of GPU.", source=DETAIL_PAGE, wire="gpuType")
    count: int | None = field(None, description="How many of them one pod has.", source=DETAIL_PAGE, unit="GPUs")


class Resource(AlayaRecord):
    """What one pod, or one node, has."""

    cpu: int | None = field(None, description="CPU.", source=DETAIL_PAGE, unit="cores")
    mem: int | None = field(None, description="Memory.", source=DETAIL_PAGE, unit="GB")
    gpu: Gpu | None = field(None, description="GPUs.", source=DETAIL_PAGE)


class ImagePullSecret(AlayaRecord):
    """Who may pull an image."""

    registry: str | None = field(None, description="Address of the registry.", source=DETAIL_PAGE)
    username: str | None = field(None, description="User name.", source=DETAIL_PAGE)


class PvcMount(AlayaRecord):
    """A volume claim, mounted into a pod."""

    pvc_name: str | None = field(None, description="Name of the claim.", source=DETAIL_PAGE, wire="pvcName")
    container_path: str | None = field(
        None, description="Where it is mounted.", source=DETAIL_PAGE, wire="containerPath"
    )
    sub_path: str | None = field(
        None, description="The folder of the claim that is mounted.", source=DETAIL_PAGE, wire="subPath"
    )
    read_only: bool | None = field(
        None, description="Whether nothing can be written there.", source=DETAIL_PAGE, wire="readOnly"
    )


class HeadConfig(AlayaRecord):
    """The head pod."""

    image: str | None = field(None, description="Container image.", source=DETAIL_PAGE)
    image_pull_secret: ImagePullSecret | None = field(
        None, description="Who may pull the image.", source=DETAIL_PAGE, wire="imagePullSecret"
    )
    labels: dict[str, str] | None = field(None, description="Labels of the pods.", source=DETAIL_PAGE)
    env: dict[str, str] | None = field(
        None, description="Environment variables, secret ones among them.", source=DETAIL_PAGE, secret=True
    )
    cmd: list[str] | None = field(None, description="Command.", source=DETAIL_PAGE)
    args: list[str] | None = field(None, description="Arguments.", source=DETAIL_PAGE)
    resource: Resource | None = field(None, description="CPU, memory and GPUs of a pod.", source=DETAIL_PAGE)
    pvc_mounts: list[PvcMount] | None = field(None, description="Volume claims.", source=DETAIL_PAGE, wire="pvcMounts")


class WorkerConfig(HeadConfig):
    """The worker pods of each instance."""

    workers: int | None = field(
        None, description="Number of worker pods of each instance.", source=DETAIL_PAGE, unit="pods"
    )


class Expert(AlayaRecord):
    """Containers of one's own."""

    head_config: HeadConfig | None = field(None, description="The head pod.", source=DETAIL_PAGE, wire="headConfig")
    worker_config: WorkerConfig | None = field(
        None, description="The worker pods.", source=DETAIL_PAGE, wire="workerConfig"
    )


class QuickStartResource(Resource):
    """What one node of an instance has, and how many nodes there are."""

    workers: int | None = field(
        None, description="Nodes of one instance.", source=QUICK_START_DETAIL_PAGE, unit="nodes"
    )


class QuickStart(AlayaRecord):
    """An engine of the platform's."""

    backend: str | None = field(None, description="Engine.", source=QUICK_START_DETAIL_PAGE)
    backend_version: str | None = field(
        None, description="Version of the engine.", source=QUICK_START_DETAIL_PAGE, wire="backendVersion"
    )
    backend_args: list[str] | None = field(
        None, description="Arguments of the engine.", source=QUICK_START_DETAIL_PAGE, wire="backendArgs"
    )
    resource: QuickStartResource | None = field(
        None, description="CPU, memory and GPUs of a node.", source=QUICK_START_DETAIL_PAGE
    )


class Scale(AlayaRecord):
    """How many instances there are."""

    min: int | None = field(None, description="Least instances.", source=DETAIL_PAGE, unit="instances")
    max: int | None = field(None, description="Most instances.", source=DETAIL_PAGE, unit="instances")
    rps_value: int | None = field(
        None,
        description="Requests a second of one instance, above which another one is started.",
        source=DETAIL_PAGE,
        wire="rpsValue",
        unit="requests/s",
    )
    idle_time: int | None = field(
        None,
        description="How long an instance may have nothing to do before it is taken away.",
        source=DETAIL_PAGE,
        wire="idleTime",
        unit="s",
    )
