"""The bodies of the calls that make and change services (alaya.md sections 4, 5, 6 and 9)."""

from typing import Any, Final

from ..store import Document
from .envelope import without_nulls
from .fields import LONGEST_NAME, Fields
from .settings import AlayaSettings

BACKENDS: Final = ("vllm", "sglang")


def read_expert(body: Fields, settings: AlayaSettings, *, update: bool = False) -> Document:
    """The body of the Expert form; an update need not name the model, and knows no extensions."""
    found = _common(body, model=not update) | {"spec": read_pods(body)}
    found["scale"] = read_scale(body.required_section("scale"), settings)
    if not update:
        extensions = body.section("extensions") or body.section("extension")
        found["extensions"] = {} if extensions is None else extensions.value
    return found


def read_quick_start(body: Fields) -> Document:
    """The body of the Quick Start form, the same for an update."""
    return _common(body) | {"spec": read_engine(body)}


def read_pods(body: Fields) -> Document:
    """What only the Expert form has."""
    worker = body.section("workerConfig")
    return {
        "headConfig": _pod(body.required_section("headConfig")),
        "workerConfig": None if worker is None else {**_pod(worker), **_given(worker, "workers")},
    }


def read_engine(body: Fields) -> Document:
    """What only the Quick Start form has."""
    resource = body.required_section("resource")
    return {
        "backend": body.required_choice("backend", BACKENDS),
        "backendVersion": body.required_text("backendVersion"),
        "backendArgs": body.required_texts("backendArgs"),
        "resource": {**_given(resource, "workers"), **_resource(resource)},
    }


def read_lora(body: Fields) -> Document:
    """The body of a LoRA service, the same for an update."""
    return {"baseServiceId": body.required_text("baseServiceId"), **_named(body), "modelId": _model(body)}


def read_scale(scale: Fields, settings: AlayaSettings) -> Document:
    """The limits between which a service is scaled."""
    least = 0 if settings.allow_min_zero else 1
    found = {
        "min": scale.required_integer("min", least=least),
        "max": scale.required_integer("max", least=1),
        "rpsValue": scale.required_integer("rpsValue", least=1),
        "idleTime": scale.required_integer("idleTime"),
    }
    if found["min"] > found["max"]:
        raise scale.wrong("min", "must not be greater than max")
    return found


def _common(body: Fields, *, model: bool = True) -> Document:
    found: Document = {name: body.required_text(name) for name in ("vksId", "namespace")}
    found |= _named(body)
    if model or body.value.get("modelId") is not None:
        found["modelId"] = _model(body)
    return found


def _named(body: Fields) -> Document:
    name = body.required_text("name", longest=LONGEST_NAME)
    served = body.required_texts("servedName")
    if not served or not all(one.strip() for one in served):
        raise body.wrong("servedName", "must be a list of names that are not empty")
    return {"name": name, "servedName": served}


def _model(body: Fields) -> str:
    return body.required_text("modelId")


def _pod(config: Fields) -> Document:
    secret, mounts = config.section("imagePullSecret"), config.sections("pvcMounts")
    found = {
        "image": config.required_text("image"),
        "imagePullSecret": secret
        and without_nulls({name: secret.text(name) for name in ("registry", "username", "password")}),
        "labels": config.text_map("labels"),
        "env": config.text_map("env"),
        "cmd": config.texts("cmd"),
        "args": config.texts("args"),
        "resource": _resource(config.required_section("resource")),
        "pvcMounts": None if mounts is None else [_mount(mount) for mount in mounts],
    }
    return without_nulls(found)


def _resource(resource: Fields) -> Document:
    gpu = resource.required_section("gpu")
    return {
        "cpu": resource.required_integer("cpu", least=1),
        "mem": resource.required_integer("mem", least=1),
        "gpu": {"gpuType": gpu.required_text("gpuType"), "count": gpu.required_integer("count")},
    }


def _mount(mount: Fields) -> Document:
    return without_nulls(
        {
            "pvcName": mount.required_text("pvcName"),
            "subPath": mount.text("subPath"),
            "containerPath": mount.required_text("containerPath"),
            "readOnly": mount.boolean("readOnly"),
        }
    )


def _given(fields: Fields, name: str) -> dict[str, Any]:
    return without_nulls({name: fields.integer(name)})
