"""What a model is made of: template, documents, packages, interfaces and their parameters (reference 12.1)."""

from __future__ import annotations

from typing import Any, Literal

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.lifecycle.options import timeout

_PROTOCOL = "^(https?|HTTPS?)$"
_PROTOCOL_HINT = 'must be "http" or "https"'
_METHOD = "^(get|post|GET|POST)$"
_METHOD_HINT = 'must be "get" or "post"'
_PACKAGE = "^[^&!'\"<>=]+$"
_PACKAGE_HINT = "must not be empty, nor contain any of & ! ' \" < > ="


class TemplateInput(Spec):
    """One input of a template."""

    input_id: str = field(description="Id of the input, from the template.", source="CreateModel", min_length=1)
    input: str = field(
        description="OBS path of a file or a folder.",
        source="CreateModel",
        min_length=1,
        examples=("https://bucket.obs.cn-north-4.myhuaweicloud.com/model/",),
    )


class ModelTemplate(Spec):
    """A template of ModelArts, and what goes into it."""

    template_id: str = field(description="Id of the template.", source="CreateModel", min_length=1)
    template_inputs: list[TemplateInput] = field(
        description="Inputs of the template.", source="CreateModel", min_length=1, keyed_by="input_id"
    )
    infer_format: str | None = field(
        None,
        description="Id of the input and output mode; wins over the one that the template has.",
        source="CreateModel",
        min_length=1,
    )


class ModelDoc(Spec):
    """A document about the model."""

    doc_name: str = field(
        description="Name of the document.",
        source="CreateModel",
        pattern="^[A-Za-z][A-Za-z0-9_-]{0,47}$",
        hint='must be 1 to 48 letters, digits, "-" or "_", and start with a letter',
        examples=("guide", "Manual-2", "a"),
    )
    doc_url: str = field(
        description="Address of the document.",
        source="CreateModel",
        pattern="^https?://.+$",
        hint='must begin with "http://" or "https://"',
        examples=("https://example.com/guide",),
    )


class ModelPackage(Spec):
    """A package, and which of its versions will do."""

    package_name: str = field(
        description="Name of the package.",
        source="CreateModel",
        pattern=_PACKAGE,
        hint=_PACKAGE_HINT,
        examples=("numpy", "h5py", "scikit-learn"),
    )
    package_version: str | None = field(
        None,
        description="Version of the package, with restraint. Left out, the latest one.",
        source="CreateModel",
        pattern=_PACKAGE,
        hint=_PACKAGE_HINT,
        examples=("1.17.0", "2.8.0"),
    )
    restraint: Literal["EXACT", "ATLEAST", "ATMOST"] | None = field(
        None, description="Which versions will do, with package_version.", source="CreateModel"
    )


class ModelDependency(Spec):
    """Packages that one installer installs."""

    installer: Literal["pip"] = field("pip", description="What installs them.", source="CreateModel")
    packages: list[ModelPackage] = field(description="The packages.", source="CreateModel", min_length=1)


class ModelApi(Spec):
    """One interface of the model."""

    url: str | None = field(None, description="Path of the interface.", source="CreateModel", examples=("/",))
    method: str | None = field(
        None,
        description="Method of a request.",
        source="CreateModel",
        pattern=_METHOD,
        hint=_METHOD_HINT,
        examples=("post", "get"),
    )
    protocol: str | None = field(
        None,
        description="Protocol of a request.",
        source="CreateModel",
        pattern=_PROTOCOL,
        hint=_PROTOCOL_HINT,
        examples=("https", "http"),
    )
    input_params: dict[str, Any] | None = field(
        None, description="What a request holds, as a JSON Schema.", source="CreateModel"
    )
    output_params: dict[str, Any] | None = field(
        None, description="What an answer holds, as a JSON Schema.", source="CreateModel"
    )


class ModelParam(Spec):
    """One parameter of an interface."""

    url: str = field(description="Path of the interface.", source="CreateModel", min_length=1, examples=("/",))
    method: str = field(
        description="Method of a request.",
        source="CreateModel",
        pattern=_METHOD,
        hint=_METHOD_HINT,
        examples=("post", "get"),
    )
    protocol: str = field(
        description="Protocol of a request.",
        source="CreateModel",
        pattern=_PROTOCOL,
        hint=_PROTOCOL_HINT,
        examples=("https", "http"),
    )
    param_name: str = field(description="Name of the parameter.", source="CreateModel", min_length=1, max_length=64)
    param_type: str = field(
        description="Type of the parameter: int, string, float, timestamp, date or file.",
        source="CreateModel",
        min_length=1,
        examples=("int", "file"),
    )
    min: float | None = field(
        None, description="Least value, of numbers only.", source="CreateModel", examples=(0, -1.5)
    )
    max: float | None = field(None, description="Greatest value, of numbers only.", source="CreateModel", examples=(9,))
    param_desc: str | None = field(None, description="What the parameter is.", source="CreateModel")


class ModelTimeouts(Spec):
    """How long to wait. Pulumi's `custom_timeouts` win."""

    create: str | None = timeout(description="Until the model is published.", example="20m")
    delete: str | None = timeout(description="Until the model is gone.", example="10m")
