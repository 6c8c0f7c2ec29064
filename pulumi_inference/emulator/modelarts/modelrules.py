"""The rules of a new model (modelarts.md section 12.1); errors have the numbers of the models side (section 5.9)."""

from typing import Any, Final

from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import Fields
from ..routing import Call
from ..store import Document
from . import catalog, errors, modelconfig, runtimes
from .model import INSTALL_TYPES

MODEL_TYPES: Final = (
    *("TensorFlow", "PyTorch", "MindSpore", "Image", "Custom", "Template"),
    *("MXNet", "Caffe", "Spark_MLlib", "Scikit_Learn", "XGBoost"),
)
RESTRAINTS: Final = ("EXACT", "ATLEAST", "ATMOST")

_NAME = "[A-Za-z0-9_-]{1,64}"
_VERSION = r"(0|[1-9]\d?)\.(0|[1-9]\d?)\.(0|[1-9]\d?)"
_FORBIDDEN = "&!'\"<>="
_TEXTS = ("execution_code", "source_job_id", "source_job_version", "model_metrics", "model_algorithm", "cmd")
_MOST_DOCS = 3


class ModelFields(Fields):
    """A request body of the models side."""

    def missing(self, name: str) -> HuaweiError:
        """400 ModelArts.3036."""
        return errors.refused("3036", f"Parameter verification failed, parameter ({self.path(name)}) is required.")

    def invalid(self, name: str, reason: str) -> HuaweiError:
        """400 ModelArts.3037."""
        value = f":{self.value[name]}" if name in self.value else ""
        return errors.refused("3037", f"Parameter ({self.path(name)}{value}) is invalid: {reason}.")


def read_model(call: Call, body: ModelFields) -> dict[str, Any]:
    """The fields of a new model, checked; what the configuration says stands in for what the body does not.

    Raises:
        HuaweiError: for the first rule that is broken.
    """
    values: dict[str, Any] = {
        "model_name": body.required_text("model_name", pattern=_NAME),
        "model_version": body.required_text("model_version", pattern=_VERSION),
        "model_type": body.choice("model_type", MODEL_TYPES, required=True),
        "description": _description(body),
        "workspace_id": _workspace_id(call, body),
        "source_type": body.choice("source_type", ("auto",)),
        "source_copy": body.choice("source_copy", ("true", "false")),
        "initial_config": body.text("initial_config") or None,
        **{name: body.text(name) for name in _TEXTS},
        **_source(body),
        **_interface(body),
        "dependencies": _dependencies(body),
        "model_docs": _docs(body),
        "install_type": _install_type(body),
        "runtime": body.text("runtime") or None,
    }
    if values["model_type"] == "Image":
        values["source_copy"] = values["source_copy"] or "true"
    configured = modelconfig.read(values["initial_config"])
    values = {**configured, **{name: value for name, value in values.items() if value is not None}}
    values["model_source"] = "auto" if "source_type" in values else "custom"
    if "apis" in values:
        values = {**modelconfig.params_of(values["apis"]), **values}
    runtimes.check(call, body, values["model_type"], values.get("runtime"))
    return values


def _description(body: ModelFields) -> str | None:
    description = body.text("description", longest=100)
    found = sorted(set(description or "") & set(_FORBIDDEN))
    if found:
        raise body.invalid("description", f"must not contain {' '.join(found)}")
    return description


def _workspace_id(call: Call, body: ModelFields) -> str:
    value = body.get("workspace_id")
    workspace_id = str(value) if type(value) is int else body.text("workspace_id") or "0"
    catalog.check_workspace(call, workspace_id)
    return workspace_id


def _source(body: ModelFields) -> Document:
    kind = body.value["model_type"]
    if kind == "Template":
        return {"template": _template(body), "source_location": body.text("source_location") or ""}
    source = body.required_text("source_location")
    in_obs = source.startswith(("https://", "http://", "obs://", "/"))
    if any(character.isspace() for character in source) or not (in_obs or kind in ("Image", "Custom")):
        raise errors.refused("3017", f"Failed to publish model because source location {source} noncompliance.")
    return {"source_location": source}


def _template(body: ModelFields) -> Document:
    if not body.has("template"):
        raise errors.refused("3034", "Template model failed to be published, template field is required.")
    template = body.section("template")
    if template is None or not template.text("template_id"):
        raise errors.refused("3029", "Model publishing failed because the Template model must provide the template ID.")
    template.text("infer_format")
    inputs = template.objects("template_inputs", required=True) or []
    ids = [item.required_text("input_id") for item in inputs]
    for item in inputs:
        item.required_text("input")
    if len(set(ids)) != len(ids):
        raise errors.refused("3039", "Template input input_id cannot be repeated.")
    return template.value


def _interface(body: ModelFields) -> Document:
    """``apis``, ``input_params`` and ``output_params``, those that are there."""
    result: Document = {}
    apis = body.objects("apis")
    for api in apis or ():
        for name in ("url", "method", "protocol"):
            api.text(name)
        for name in ("input_params", "output_params"):
            api.section(name)
    if apis is not None:
        result["apis"] = body.value["apis"]
    for name in ("input_params", "output_params"):
        params = body.objects(name)
        for param in params or ():
            for part in ("url", "method", "protocol", "param_name", "param_type"):
                param.required_text(part)
            param.text("param_desc")
        if params is not None:
            result[name] = body.value[name]
    return result


def _dependencies(body: ModelFields) -> list[Document] | None:
    dependencies = body.objects("dependencies")
    for dependency in dependencies or ():
        dependency.choice("installer", ("pip",), required=True)
        for package in dependency.objects("packages", required=True) or ():
            package.required_text("package_name")
            if package.text("package_version") and package.text("restraint") not in RESTRAINTS:
                message = "When the version packageVersion exists, the version constraint restraint can only be"
                raise errors.refused("3041", f"{package.path('restraint')}: {message} {', '.join(RESTRAINTS)}.")
            package.choice("restraint", RESTRAINTS)
    return None if dependencies is None else body.value["dependencies"]


def _docs(body: ModelFields) -> list[Document] | None:
    docs = body.objects("model_docs")
    if docs is None:
        return None
    if len(docs) > _MOST_DOCS:
        raise body.invalid("model_docs", f"must not have more than {_MOST_DOCS} items")
    for doc in docs:
        doc.required_text("doc_name", pattern="[A-Za-z].{0,47}")
        doc.required_text("doc_url", pattern="https?://.+")
    return [doc.value for doc in docs]


def _install_type(body: ModelFields) -> list[str] | None:
    kinds = body.texts("install_type")
    if any(kind not in INSTALL_TYPES for kind in kinds or ()):
        raise body.invalid("install_type", f"must be some of {', '.join(INSTALL_TYPES)}")
    return kinds or None
