"""The model: what a program may say of it, and what the cloud answers besides (reference 12.1, 12.2)."""

from __future__ import annotations

from typing import Any, Literal

from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.modelarts.specs.detail import Answer
from pulumi_inference.modelarts.specs.model_parts import (
    ModelApi,
    ModelDependency,
    ModelDoc,
    ModelParam,
    ModelTemplate,
    ModelTimeouts,
)
from pulumi_inference.modelarts.specs.records import ModelHealth, ModelSpecification


class ModelSpec(Placed):
    """One version of a ModelArts model (the console's "AI application")."""

    name: str | None = field(
        None,
        description="Name in the cloud, shared by all versions. Left out, it is the resource's name with a hash.",
        source="CreateModel",
        wire="model_name",
        pattern="^[A-Za-z0-9_-]{1,64}$",
        hint='must be 1 to 64 letters, digits, "-" or "_"',
        immutable=True,
        examples=("classifier",),
    )
    version: str = field(
        description="Version of the model, unique with its name.",
        source="CreateModel",
        wire="model_version",
        pattern=r"^(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)\.(0|[1-9][0-9]?)$",
        hint='must be three numbers from 0 to 99 without leading zeros, such as "1.0.2"',
        immutable=True,
        examples=("1.0.0", "0.0.1", "99.10.2"),
    )
    model_type: Literal[
        "TensorFlow",
        "PyTorch",
        "MindSpore",
        "Image",
        "Custom",
        "Template",
        "MXNet",
        "Caffe",
        "Spark_MLlib",
        "Scikit_Learn",
        "XGBoost",
    ] = field(
        description="The engine, or Image for a container image, or Template for a template of ModelArts.",
        source="CreateModel",
        immutable=True,
    )
    source_location: str | None = field(
        None,
        description="OBS folder of the model, or address of its image in SWR; required unless model_type is Template.",
        source="CreateModel",
        min_length=1,
        immutable=True,
        examples=("https://bucket.obs.cn-north-4.myhuaweicloud.com/model/",),
    )
    runtime: str | None = field(
        None,
        description="Runtime of the engine, as `pulumi-inference modelarts runtimes` lists them. "
        "Left out, the model's configuration says it.",
        source="CreateModel",
        min_length=1,
        immutable=True,
        server_default=True,
        examples=("tf1.13-python3.7-gpu",),
    )
    architecture: Literal["x86_64", "aarch64"] | None = field(
        None,
        description="What the runtime has to run on; a preview refuses a runtime for anything else. Never sent.",
        source="ShowModelEngineAndRuntime",
        local=True,
    )
    accelerator: Literal["none", "gpu", "npu"] | None = field(
        None,
        description="What the runtime has to use; a preview refuses a runtime for anything else. Never sent.",
        source="ShowModelEngineAndRuntime",
        local=True,
    )
    template: ModelTemplate | None = field(
        None, description="Template of ModelArts, with model_type Template.", source="CreateModel", immutable=True
    )
    description: str | None = field(
        None,
        description="What the model is for.",
        source="CreateModel",
        min_length=1,
        max_length=100,
        pattern="^[^&!'\"<>=]*$",
        hint="must not contain any of & ! ' \" < > =",
        immutable=True,
        examples=("Sorts pictures.",),
    )
    execution_code: str | None = field(
        None,
        description="OBS path of customize_service.py. Left out, it is looked for in the model's folder.",
        source="CreateModel",
        min_length=1,
        immutable=True,
        server_default=True,
    )
    source_job_id: str | None = field(
        None,
        description="Id of the training job that the model comes from.",
        source="CreateModel",
        min_length=1,
        immutable=True,
    )
    source_job_version: str | None = field(
        None,
        description="Version of the training job that the model comes from.",
        source="CreateModel",
        min_length=1,
        immutable=True,
    )
    source_type: Literal["auto"] | None = field(
        None, description="Set for models of automatic learning.", source="CreateModel", immutable=True
    )
    source_copy: bool | None = field(
        True,
        description="Copy the image, so that changes of it in SWR do not matter; with model_type Image only.",
        source="CreateModel",
        immutable=True,
        server_default=True,
    )
    initial_config: dict[str, Any] | None = field(
        None,
        description="The model's configuration, what else is its config.json: apis, dependencies, health, port …",
        source="CreateModel",
        immutable=True,
        server_default=True,
        examples=({"model_algorithm": "image_classification", "health": {"url": "/health"}},),
    )
    model_metrics: str | None = field(
        None,
        description="Measured quality of the model, as JSON text.",
        source="CreateModel",
        min_length=1,
        immutable=True,
        server_default=True,
    )
    model_algorithm: str | None = field(
        None,
        description="What the model does.",
        source="CreateModel",
        min_length=1,
        immutable=True,
        server_default=True,
        examples=("predict_analysis", "object_detection", "image_classification"),
    )
    dependencies: list[ModelDependency] | None = field(
        None,
        description="Packages that are installed for the model. Left out, the model's configuration says them.",
        source="CreateModel",
        immutable=True,
        server_default=True,
    )
    apis: list[ModelApi] | None = field(
        None,
        description="The model's interfaces. Left out, the model's configuration says them.",
        source="CreateModel",
        immutable=True,
        server_default=True,
    )
    input_params: list[ModelParam] | None = field(
        None,
        description="What the model's interfaces take; batch services need it. "
        "Left out, the model's configuration says it.",
        source="CreateModel",
        immutable=True,
        server_default=True,
    )
    output_params: list[ModelParam] | None = field(
        None,
        description="What the model's interfaces answer. Left out, the model's configuration says it.",
        source="CreateModel",
        immutable=True,
        server_default=True,
    )
    install_type: list[Literal["real-time", "batch", "edge"]] | None = field(
        None,
        description="Kinds of services that may use the model. Left out, all that it is fit for.",
        source="CreateModel",
        min_length=1,
        unordered=True,
        immutable=True,
        server_default=True,
    )
    workspace_id: str | None = field(
        "0",
        description="Workspace of the model.",
        source="CreateModel",
        min_length=1,
        immutable=True,
        server_default=True,
    )
    model_docs: list[ModelDoc] | None = field(
        None, description="Documents about the model.", source="CreateModel", max_length=3, immutable=True
    )
    wait: bool = field(
        True,
        description="Wait until the model is published. A delete is always waited for.",
        source="pulumi-inference",
        local=True,
    )
    timeouts: ModelTimeouts | None = field(None, description="How long to wait.", source="pulumi-inference", local=True)
    connection: str | None = connection_name(", for a second account or region")


class ModelOutputs(Answer):
    """What the cloud answers about a model and the program does not say."""

    model_id: str = field(description="Id of the model version, for a service's config.", source="ShowModel")
    model_status: str = field(
        description="publishing, building, published, failed or building_failed.", source="ShowModel"
    )
    owner: str = field(description="Id of the user that owns it.", source="ShowModel", stable_unless=())
    project: str = field(description="Id of the project, as answered.", source="ShowModel", stable_unless=())
    tenant: str = field(description="Id of the account.", source="ShowModel", stable_unless=())
    create_at: int = field(
        description="Time of creation.", source="ShowModel", unit="ms", moment=True, stable_unless=()
    )
    model_size: int | None = field(None, description="Size of the model.", source="ShowModel", unit="bytes")
    model_source: str | None = field(None, description="auto, algos or custom.", source="ShowModel")
    image_address: str | None = field(
        None, description="Address of the image that was built; none before the first deployment.", source="ShowModel"
    )
    schema_doc: str | None = field(None, description="Address of the schema's document.", source="ShowModel")
    tunable: bool | None = field(None, description="Whether it can be trained further.", source="ShowModel")
    market_flag: bool | None = field(None, description="Whether it comes from the market.", source="ShowModel")
    publishable_flag: bool | None = field(None, description="Whether the market would take it.", source="ShowModel")
    model_labels: list[str] | None = field(None, description="Labels of the model.", source="ShowModel")
    labels_map: dict[str, Any] | None = field(None, description="Labels by their key.", source="ShowModel")
    specification: ModelSpecification | None = field(
        None, description="The least that one instance needs.", source="ShowModel"
    )
    health: ModelHealth | None = field(None, description="How its health is checked.", source="ShowModel")
    cmd: str | None = field(None, description="Command that starts the image.", source="ShowModel")
