"""What ModelArts' lists answer: runtimes, flavours, services and models (reference 7, 8.11, 8.12 and 12)."""

from __future__ import annotations

from typing import Any

import pydantic

from pulumi_inference.core.fields.facts import field
from pulumi_inference.modelarts.specs.detail import Answer, ScheduleDetail

_RUNTIMES = "ShowModelEngineAndRuntime"
_FLAVOURS = "ShowServiceSpecifications"
_SERVICES = "ListServices"
_MODELS = "ListModels"
_MODEL = "ShowModel"


class RuntimeAccelerator(Answer):
    """The accelerator that a runtime is made for. A runtime's name may say something else: this is what counts."""

    type: str = field(description="npu, gpu or none.", source=_RUNTIMES)
    name: str | None = field(None, description="Kind of the chip, for example SNT9.", source=_RUNTIMES)
    cuda_version: str | None = field(None, description="Version of CUDA.", source=_RUNTIMES)
    driver_version_section: str | None = field(None, description="Versions of the driver.", source=_RUNTIMES)


class Runtime(Answer):
    """A runtime that models can be built from. The same name may occur under two engines."""

    engine: str = field(
        description="AI engine, such as TensorFlow, PyTorch or MindSpore.", source=_RUNTIMES, wire="ai_engine"
    )
    runtime: str = field(description="Name, the model's runtime.", source=_RUNTIMES)
    request_mode: str = field(description="sync or async.", source=_RUNTIMES)
    accelerator: RuntimeAccelerator = field(description="What it computes on.", source=_RUNTIMES)
    architecture: str = field(description="x86_64 or aarch64.", source=_RUNTIMES, wire="arch")
    status: str = field(description="normal, deleting or deleted; only normal ones can be used.", source=_RUNTIMES)
    image_source: str = field(description="base_image or uniform_image.", source=_RUNTIMES)


class CpuInfo(Answer):
    """CPU of one instance."""

    arch: str | None = field(None, description="Architecture, for example x86.", source=_FLAVOURS)
    cpu: float | None = field(None, description="CPU.", source=_FLAVOURS, unit="cores")


class MemoryInfo(Answer):
    """Memory of one instance."""

    unit: str | None = field(None, description="Unit of memory, for example GB.", source=_FLAVOURS)
    memory: int | None = field(None, description="Memory, in that unit.", source=_FLAVOURS)


class _ChipInfo(Answer):
    brand: str | None = field(None, description="Maker of the chips.", source=_FLAVOURS)
    version: str | None = field(None, description="Model of the chips.", source=_FLAVOURS)
    unit: str | None = field(None, description="Unit of memory, for example GB.", source=_FLAVOURS)
    memory: int | None = field(None, description="Memory of one chip, in that unit.", source=_FLAVOURS)


class GpuInfo(_ChipInfo):
    """GPUs of one instance; zeros when it has none."""

    gpu: float | None = field(None, description="GPUs.", source=_FLAVOURS, unit="GPUs")


class NpuInfo(_ChipInfo):
    """Ascend chips of one instance; zeros when it has none."""

    npu: int | None = field(None, description="Ascend chips.", source=_FLAVOURS, unit="chips")


class Flavour(Answer):
    """A flavour: what one instance of a model may have."""

    specification: str = field(description="Name, the model's specification in a service.", source=_FLAVOURS)
    billing_spec: str | None = field(None, description="Name in the bill.", source=_FLAVOURS)
    category: str | None = field(None, description="CPU, GPU or NPU.", source=_FLAVOURS)
    cpu_info: CpuInfo | None = field(None, description="CPU of one instance.", source=_FLAVOURS)
    memory_info: MemoryInfo | None = field(None, description="Memory of one instance.", source=_FLAVOURS)
    gpu_info: GpuInfo | None = field(None, description="GPUs of one instance.", source=_FLAVOURS)
    npu_info: NpuInfo | None = field(None, description="Ascend chips of one instance.", source=_FLAVOURS)
    display_en: str | None = field(None, description="What it is, in English.", source=_FLAVOURS)
    display_cn: str | None = field(None, description="What it is, in Chinese.", source=_FLAVOURS)
    is_open: bool | None = field(
        None, description="Whether everybody may use it; if not, a ticket asks for it.", source=_FLAVOURS
    )
    spec_status: str | None = field(None, description="normal or sellout.", source=_FLAVOURS)
    is_free: bool | None = field(None, description="Whether it is free.", source=_FLAVOURS)
    over_quota: bool | None = field(None, description="Whether the quota is used up.", source=_FLAVOURS)
    extend_params: int | None = field(None, description="Not documented; 1 in samples.", source=_FLAVOURS)
    source_type: str | None = field(None, description='"auto" for automatic learning.', source=_FLAVOURS)


class ServiceSummary(Answer):
    """A service as the list shows it: without its models and its address, which get_service answers."""

    service_id: str = field(description="Id of the service.", source=_SERVICES, always_answered=True)
    name: str = field(description="Name of the service.", source=_SERVICES, wire="service_name", always_answered=True)
    description: str | None = field(None, description="What the service is for.", source=_SERVICES)
    tenant: str | None = field(None, description="Id of the account.", source=_SERVICES)
    project: str | None = field(None, description="Id of the project.", source=_SERVICES)
    owner: str | None = field(None, description="Id of the user that owns it.", source=_SERVICES)
    publish_at: int | None = field(None, description="Time of the last deployment.", source=_SERVICES, unit="ms")
    infer_type: str = field(description="real-time, batch or edge.", source=_SERVICES)
    workspace_id: str | None = field(None, description="Workspace of the service.", source=_SERVICES)
    status: str = field(
        description="deploying, running, concerning, failed, stopping, stopped, finished, deleting, pending or "
        "waiting.",
        source=_SERVICES,
        always_answered=True,
    )
    progress: int | None = field(
        None, description="Progress of the deployment.", source=_SERVICES, unit="%", volatile=True
    )
    invocation_times: int | None = field(None, description="Calls so far.", source=_SERVICES, volatile=True)
    failed_times: int | None = field(None, description="Failed calls so far.", source=_SERVICES, volatile=True)
    is_shared: bool | None = field(None, description="Whether it is a subscribed service.", source=_SERVICES)
    shared_count: int | None = field(None, description="Number of subscriptions.", source=_SERVICES, volatile=True)
    schedule: list[ScheduleDetail] | None = field(
        None, description="When the service stops by itself.", source=_SERVICES
    )
    due_time: int | None = field(None, description="When the service stops by itself.", source=_SERVICES, unit="ms")
    start_time: int | None = field(None, description="When a batch service began.", source=_SERVICES, unit="ms")
    finished_time: int | None = field(None, description="When a batch service ended.", source=_SERVICES, unit="ms")
    operation_time: int | None = field(
        None, description="Time of this query.", source=_SERVICES, unit="ms", volatile=True
    )
    transition_at: int | None = field(
        None, description="Time of the last change of state.", source=_SERVICES, unit="ms"
    )
    is_free: bool | None = field(None, description="Whether it uses a free flavour.", source=_SERVICES)
    is_opened_sample_collection: bool | None = field(
        None, description="Whether requests are collected as samples.", source=_SERVICES
    )
    additional_properties: dict[str, Any] | None = field(None, description="As answered.", source=_SERVICES)


class ModelSpecification(Answer):
    """The least that one instance of the model needs, as answered."""

    min_cpu: str | None = field(None, description="CPU.", source=_MODEL)
    min_gpu: str | None = field(None, description="GPUs.", source=_MODEL)
    min_memory: str | None = field(None, description="Memory.", source=_MODEL)
    min_ascend: str | None = field(None, description="Ascend chips.", source=_MODEL)


class ModelSummary(Answer):
    """A model version as the list shows it."""

    model_id: str = field(description="Id of the model version.", source=_MODELS, always_answered=True)
    name: str = field(description="Name of the model.", source=_MODELS, wire="model_name", always_answered=True)
    version: str = field(
        description="Version of the model.", source=_MODELS, wire="model_version", always_answered=True
    )
    type: str | None = field(
        None,
        description="Such as TensorFlow, PyTorch, MindSpore, Image, Custom or Template.",
        source=_MODELS,
        wire="model_type",
    )
    status: str = field(
        description="publishing, published, failed, building or building_failed; only published ones can be deployed.",
        source=_MODELS,
        wire="model_status",
        always_answered=True,
    )
    description: str | None = field(None, description="What the model is for.", source=_MODELS)
    install_type: list[str] | None = field(
        None, description="What it can be deployed as: real-time, batch, edge.", source=_MODELS, unordered=True
    )
    size: int | None = field(None, description="Size of the model.", source=_MODELS, wire="model_size", unit="bytes")
    model_source: str | None = field(None, description="auto, algos or custom.", source=_MODELS)
    source_type: str | None = field(None, description='"auto" for models of automatic learning.', source=_MODELS)
    source_copy: bool | None = field(None, description="Whether the image was copied.", source=_MODELS)
    owner: str | None = field(None, description="Id of the user that owns it.", source=_MODELS)
    tenant: str | None = field(None, description="Id of the account.", source=_MODELS)
    project: str | None = field(None, description="Id of the project.", source=_MODELS)
    workspace_id: str | None = field(None, description="Workspace of the model.", source=_MODELS)
    create_at: int | None = field(None, description="When it was made.", source=_MODELS, unit="ms")
    tunable: bool | None = field(None, description="Whether it can be tuned.", source=_MODELS)
    market_flag: bool | None = field(None, description="Whether it comes from the market.", source=_MODELS)
    publishable_flag: bool | None = field(None, description="Whether it may go to the market.", source=_MODELS)
    specification: ModelSpecification | None = field(None, description="The least that it needs.", source=_MODELS)

    @pydantic.field_validator("install_type")
    @classmethod
    def _as_it_is_sent(cls, kinds: list[str] | None) -> list[str] | None:
        """The API takes real-time and, in a sample, answers realtime."""
        return kinds and ["real-time" if kind == "realtime" else kind for kind in kinds]


class ModelTemplateInput(Answer):
    """An input of a model's template."""

    input_id: str | None = field(None, description="Id of the input.", source=_MODEL)
    input: str | None = field(None, description="Its OBS path or OBS URL.", source=_MODEL)


class ModelTemplate(Answer):
    """The template that a model was made from."""

    template_id: str | None = field(None, description="Id of the template.", source=_MODEL)
    template_inputs: list[ModelTemplateInput] | None = field(
        None, description="Its inputs.", source=_MODEL, keyed_by="input_id"
    )
    infer_format: str | None = field(None, description="Input and output mode.", source=_MODEL)


class ModelHealth(Answer):
    """How a model's instances are checked, as answered."""

    check_method: str | None = field(None, description="HTTP or EXEC.", source=_MODEL)
    protocol: str | None = field(None, description="Protocol.", source=_MODEL)
    url: str | None = field(None, description="Path of the check.", source=_MODEL)
    command: str | None = field(None, description="Command that is run.", source=_MODEL)
    period_seconds: str | None = field(None, description="Time between two checks.", source=_MODEL, unit="s")
    failure_threshold: str | None = field(None, description="Failures until it is unhealthy.", source=_MODEL)
    initial_delay_seconds: str | None = field(None, description="Time before the first check.", source=_MODEL, unit="s")
    timeout_seconds: str | None = field(None, description="Time that a check may take.", source=_MODEL, unit="s")


class ModelPackage(Answer):
    """A package that a model needs."""

    package_name: str | None = field(None, description="Name of the package.", source=_MODEL)
    package_version: str | None = field(None, description="Version of the package.", source=_MODEL)
    restraint: str | None = field(None, description="EXACT, ATLEAST or ATMOST.", source=_MODEL)


class ModelDependency(Answer):
    """Packages that a model needs, by installer."""

    installer: str | None = field(None, description="pip.", source=_MODEL)
    packages: list[ModelPackage] | None = field(
        None, description="The packages.", source=_MODEL, keyed_by="package_name"
    )


class ModelDoc(Answer):
    """A document about a model."""

    doc_name: str | None = field(None, description="Name of the document.", source=_MODEL)
    doc_url: str | None = field(None, description="Its address.", source=_MODEL)


class ModelDetail(ModelSummary):
    """The whole answer to a query of one model version."""

    type: str = field(
        description="Such as TensorFlow, PyTorch, MindSpore, Image, Custom or Template.",
        source=_MODEL,
        wire="model_type",
        always_answered=True,
    )
    source_location: str | None = field(None, description="OBS URL or SWR image it was made from.", source=_MODEL)
    template: ModelTemplate | None = field(None, description="Template that it was made from.", source=_MODEL)
    runtime: str | None = field(None, description="Runtime that it runs in.", source=_MODEL)
    execution_code: str | None = field(None, description="OBS path of its code.", source=_MODEL)
    source_job_id: str | None = field(None, description="Training job it comes from.", source=_MODEL)
    source_job_version: str | None = field(None, description="Version of that job.", source=_MODEL)
    initial_config: str | None = field(None, description="Configuration, as JSON text.", source=_MODEL, wire="config")
    model_metrics: str | None = field(None, description="Precision of the model.", source=_MODEL)
    model_algorithm: str | None = field(None, description="Algorithm of the model.", source=_MODEL)
    dependencies: list[ModelDependency] | None = field(None, description="Packages it needs.", source=_MODEL)
    apis: Any = field(None, description="Its calls, as answered.", source=_MODEL)
    input_params: list[dict[str, Any]] | None = field(None, description="Inputs of its calls.", source=_MODEL)
    output_params: list[dict[str, Any]] | None = field(None, description="Outputs of its calls.", source=_MODEL)
    model_docs: list[ModelDoc] | None = field(None, description="Documents.", source=_MODEL, keyed_by="doc_name")
    image_address: str | None = field(None, description="Image that was built.", source=_MODEL)
    schema_doc: str | None = field(None, description="Address of its schema.", source=_MODEL)
    model_labels: list[str] | None = field(None, description="Labels.", source=_MODEL, unordered=True)
    labels_map: dict[str, Any] | None = field(None, description="Labels, as answered.", source=_MODEL)
    health: ModelHealth | None = field(None, description="How its instances are checked.", source=_MODEL)
    cmd: str | None = field(None, description="Command that starts it.", source=_MODEL)
