"""What Alaya NeW answers (alaya.md, sections 7, 8 and 10)."""

from __future__ import annotations

from typing import Any

from pulumi_inference.alaya.specs.detail import DETAIL_PAGE, AlayaRecord, Expert, QuickStart, Scale
from pulumi_inference.core.fields.facts import Spec, field

LIST_PAGE = "serverless/modelservice/servicesearch"
MODELS_PAGE = "serverless/modelmanage/modelsearch"
AIDC_PAGE = "serverless/aidc/aidclist/aidc/"
CLUSTER_PAGE = "serverless/vks/vksdetail"


class Instance(AlayaRecord):
    """One instance: a head pod with its workers."""

    instance_id: str | None = field(
        None, description="Id; another one when the instance is replaced.", source=DETAIL_PAGE, wire="instanceId"
    )
    base_model_ready: bool = field(
        False,
        description="Whether the model is loaded, on all of its pods.",
        source=DETAIL_PAGE,
        wire="baseModelReady",
    )
    lora_models: list[str] = field(
        [], description="The LoRA adapters that are loaded.", source=DETAIL_PAGE, wire="loraModels"
    )


class DeploymentDetail(AlayaRecord):
    """A deployment as its detail has it."""

    service_id: str = field(description="Id.", source=DETAIL_PAGE, wire="serviceId", always_answered=True)
    name: str = field(description="Display name.", source=DETAIL_PAGE, always_answered=True)
    status: str = field(
        description="starting, running, stopping, stopped or failed.", source=DETAIL_PAGE, always_answered=True
    )
    mode: str | None = field(None, description="expert, quickStart or lora.", source=DETAIL_PAGE)
    service_url: str | None = field(
        None, description="Base URL of the deployed model; /v1/… follows.", source=DETAIL_PAGE, wire="serviceUrl"
    )
    api_key: str | None = field(
        None, description="The key of its callers.", source=DETAIL_PAGE, wire="apiKey", secret=True
    )
    instances: list[Instance] = field([], description="What runs.", source=DETAIL_PAGE, wire="instance")
    vks_id: str | None = field(None, description="Cluster.", source=DETAIL_PAGE, wire="vksId")
    namespace: str | None = field(None, description="Namespace.", source=DETAIL_PAGE)
    model_id: str | None = field(None, description="Model.", source=DETAIL_PAGE, wire="modelId")
    served_name: list[str] = field(
        [], description="What callers write as `model`.", source=DETAIL_PAGE, wire="servedName"
    )
    expert: Expert | None = field(None, description="The Expert form.", source=DETAIL_PAGE)
    quick_start: QuickStart | None = field(
        None, description="The Quick Start form.", source=DETAIL_PAGE, wire="quickStart"
    )
    base_service_id: str | None = field(
        None, description="The deployment that an adapter is loaded on.", source=DETAIL_PAGE, wire="baseServiceId"
    )
    scale: Scale | None = field(None, description="How many instances; not documented as answered.", source=DETAIL_PAGE)
    extensions: dict[str, Any] | None = field(
        None, description="Fields of one's own; not documented as answered.", source=DETAIL_PAGE
    )


class DeploymentSummary(AlayaRecord):
    """A deployment as the list has it."""

    service_id: str = field(description="Id.", source=LIST_PAGE, wire="serviceId", always_answered=True)
    name: str = field(description="Display name.", source=LIST_PAGE, always_answered=True)
    status: str = field(
        description="starting, running, stopping, stopped or failed.", source=LIST_PAGE, always_answered=True
    )
    type: str | None = field(None, description="base or lora.", source=LIST_PAGE)
    vks_id: str | None = field(None, description="Cluster.", source=LIST_PAGE, wire="vksId")
    namespace: str | None = field(None, description="Namespace.", source=LIST_PAGE)
    model_id: str | None = field(None, description="Model.", source=LIST_PAGE, wire="modelId")
    served_name: list[str] = field(
        [], description="What callers write as `model`.", source=LIST_PAGE, wire="servedName"
    )
    service_url: str | None = field(
        None, description="Base URL of the deployed model.", source=LIST_PAGE, wire="serviceUrl"
    )
    api_key: str | None = field(
        None, description="The key of its callers.", source=LIST_PAGE, wire="apiKey", secret=True
    )


class ModelMeta(AlayaRecord):
    """What a model is called."""

    name: str | None = field(None, description="Name.", source=MODELS_PAGE)
    description: str | None = field(None, description="What it is.", source=MODELS_PAGE)


class Model(AlayaRecord):
    """A model of the registry."""

    id: str = field(description="Id.", source=MODELS_PAGE, always_answered=True)
    aidc_id: str | None = field(None, description="Data centre.", source=MODELS_PAGE, wire="aidcId")
    model_type: str | None = field(None, description="base or lora.", source=MODELS_PAGE, wire="modelType")
    meta: ModelMeta | None = field(None, description="Name and description.", source=MODELS_PAGE, wire="modelMeta")
    source_path: str | None = field(
        None, description="Where it was taken from.", source=MODELS_PAGE, wire="modelSourcePath"
    )
    path: str | None = field(None, description="Where it lies.", source=MODELS_PAGE, wire="modelPath")
    extensions: dict[str, Any] | None = field(
        None, description="Fields of one's own.", source=MODELS_PAGE, wire="modelExtensions"
    )
    tenant_id: str | None = field(None, description="Owner.", source=MODELS_PAGE, wire="tenantId")
    create_user: str | None = field(None, description="Who made it.", source=MODELS_PAGE, wire="createUser")
    create_at: str | None = field(None, description="When it was made.", source=MODELS_PAGE, wire="createAt")
    update_user: str | None = field(None, description="Who changed it last.", source=MODELS_PAGE, wire="updateUser")
    update_at: str | None = field(None, description="When it was changed last.", source=MODELS_PAGE, wire="updateAt")


class DataCenter(AlayaRecord):
    """A data centre (AIDC)."""

    id: str = field(description="Id.", source=AIDC_PAGE, always_answered=True)
    code: str | None = field(None, description="Code.", source=AIDC_PAGE)
    name: str | None = field(None, description="Name.", source=AIDC_PAGE)
    name_en: str | None = field(None, description="English name.", source=AIDC_PAGE, wire="nameEn")
    country: str | None = field(None, description="Country.", source=AIDC_PAGE)
    address: str | None = field(None, description="Address.", source=AIDC_PAGE)
    endpoint: str | None = field(None, description="Address of its API.", source=AIDC_PAGE, wire="endpoInt")
    osm_endpoint: str | None = field(
        None, description="Address of its object storage.", source=AIDC_PAGE, wire="osmEndpoInt"
    )


class GpuUse(AlayaRecord):
    """GPUs of one type in a cluster."""

    name: str = field(description="Type: what gpu_type says.", source=CLUSTER_PAGE, always_answered=True)
    display_name: str | None = field(None, description="What people call it.", source=CLUSTER_PAGE, wire="displayName")
    hard: int | None = field(None, description="Quota.", source=CLUSTER_PAGE, unit="GPUs")
    used: int | None = field(None, description="Used of it.", source=CLUSTER_PAGE, unit="GPUs")
    ratio: str | None = field(
        None,
        description="Three numbers, which Alaya NeW does not explain: probably the cores, memory and disk that go with "
        "a GPU.",
        source=CLUSTER_PAGE,
    )


class MemUse(AlayaRecord):
    """Memory of a cluster."""

    hard: float | None = field(None, description="Quota.", source=CLUSTER_PAGE, unit="GB")
    used: float | None = field(None, description="Used of it.", source=CLUSTER_PAGE, unit="GB")


class Utilization(AlayaRecord):
    """What of a cluster is used."""

    gpu: list[GpuUse] = field([], description="GPUs by type.", source=CLUSTER_PAGE)
    mem: MemUse | None = field(None, description="Memory.", source=CLUSTER_PAGE)


class Cluster(AlayaRecord):
    """A cluster (VKS)."""

    id: str | None = field(None, description="Id.", source=CLUSTER_PAGE)
    name: str | None = field(None, description="Name.", source=CLUSTER_PAGE)
    utilization_rate: Utilization = field(
        description="What of it is used.", source=CLUSTER_PAGE, wire="utilizationRate", always_answered=True
    )


class ServedModel(AlayaRecord):
    """A model that a deployment serves."""

    id: str = field(description="What callers write as `model`.", source=DETAIL_PAGE, always_answered=True)
    owned_by: str | None = field(None, description="Who has made it, as the engine says.", source=DETAIL_PAGE)
    root: str | None = field(None, description="Where it was loaded from.", source=DETAIL_PAGE)
    parent: str | None = field(None, description="The model that an adapter belongs to.", source=DETAIL_PAGE)


class Untraced(Spec):
    """What is sent and answered besides what is declared elsewhere, and that no trace shows."""

    password: str = field("", description="Password of a pull secret.", source=DETAIL_PAGE, secret=True)
    apikey: str = field(
        "", description="Key of a deployment, as some answers spell it.", source=DETAIL_PAGE, secret=True
    )
    env: dict[str, str] = field({}, description="Environment variables.", source=DETAIL_PAGE, secret=True)
