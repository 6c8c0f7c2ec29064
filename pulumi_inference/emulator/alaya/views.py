"""What is answered of a service (alaya.md sections 7 and 8), with what its documentation disagrees on."""

from typing import Any, Final

from ..routing import Call
from ..store import Document
from .service import Service, children
from .settings import AlayaSettings, settings_of

PREFIX: Final = "/svc"
"""Where services answer."""
MASK: Final = "******"

_OLD_SPELLING: Final = {"starting": "staring", "stopping": "stoping", "stopped": "stoped"}
_STATUS_OF: Final = {old: status for status, old in _OLD_SPELLING.items()}
_POD: Final = {
    **dict.fromkeys(("image", "labels", "env", "cmd", "args", "pvcMounts")),
    "imagePullSecret": dict.fromkeys(("registry", "username", "password")),
    "resource": {"cpu": None, "mem": None, "gpu": None},
}
_WHOLE: Final = {
    "expert": {"headConfig": _POD, "workerConfig": {"workers": None, **_POD}},
    "quickStart": {"backend": None, "backendVersion": None, "backendArgs": None, "resource": {"workers": None}},
}


def status_of(word: str) -> str:
    """A status in whatever spelling."""
    return _STATUS_OF.get(word.lower(), word.lower())


def detail(call: Call, service: Service) -> Document:
    """The detail."""
    settings = settings_of(call)
    found = {**_common(call, service, in_rows=False), **(_of_lora if service.is_lora else _of_base)(call, service)}
    if settings.detail_has_scale and not service.is_lora:
        found |= {"scale": _numbers(service.scale, settings), "extensions": service.extensions}
    if settings.detail_without_id:
        del found["serviceId"]
    if settings.served_name == "missing" and not service.is_lora:
        del found["servedName"]
    return found


def row(call: Call, service: Service) -> Document:
    """A row of the list."""
    return {**_common(call, service, in_rows=True), "vksId": service.vksId, "type": service.kind}


def _common(call: Call, service: Service, *, in_rows: bool) -> Document:
    settings = settings_of(call)
    as_text = settings.served_name == "text" or (in_rows and settings.served_name != "list")
    nothing = None if settings.null_until_running else ""
    url = f"{call.request.scheme}://{call.request.host}{PREFIX}/{service.serviceId}"
    return {
        "serviceId": service.serviceId,
        "serviceUrl": url if service.has_run else nothing,
        _key_name(service, settings, in_rows=in_rows): service.apikey if service.has_run else nothing,
        "status": _OLD_SPELLING.get(service.status, service.status) if settings.old_spelling else service.status,
        "namespace": service.namespace,
        "name": service.name,
        "servedName": ",".join(service.servedName) if as_text else service.servedName,
        "modelId": service.modelId,
    }


def _key_name(service: Service, settings: AlayaSettings, *, in_rows: bool) -> str:
    if settings.key_name != "documented":
        return settings.key_name
    return "apiKey" if service.is_lora and not in_rows else "apikey"


def _of_lora(_call: Call, service: Service) -> Document:
    return {"baseServiceId": service.baseServiceId}


def _of_base(call: Call, service: Service) -> Document:
    settings = settings_of(call)
    spec = _spec(service, settings)
    found: Document = {"vksId": service.vksId, "mode": service.mode}
    found |= {mode: spec if mode == service.mode else None for mode in ("expert", "quickStart")}
    if not settings.detail_without_instances:
        found["instance"] = _instances(call, service)
    return found


def _instances(call: Call, service: Service) -> list[Document]:
    loaded = [name for child in children(call.tx, service) if child.status == "running" for name in child.servedName]
    return [
        {
            "instanceId": one["instanceId"],
            "loraModels": loaded if one["ready"] else [],
            "baseModelReady": one["ready"],
        }
        for one in service.instances
    ]


def _spec(service: Service, settings: AlayaSettings) -> Document:
    spec = service.spec
    if service.mode == "expert":
        spec = {name: config and _without_password(config, settings) for name, config in spec.items()}
    if settings.absent_as_null:
        spec = _filled(spec, _WHOLE[service.mode])
    if settings.backen_args and "backendArgs" in spec:
        spec = {("backenArgs" if name == "backendArgs" else name): value for name, value in spec.items()}
    return dict(_numbers(spec, settings))


def _without_password(config: Document, settings: AlayaSettings) -> Document:
    secret = config.get("imagePullSecret")
    if settings.password_in_answer == "plain" or not secret or "password" not in secret:  # noqa: S105 - no secret
        return config
    rest = {name: value for name, value in secret.items() if name != "password"}
    masked = {"password": MASK} if settings.password_in_answer == "masked" else {}  # noqa: S105 - no secret
    return {**config, "imagePullSecret": {**rest, **masked}}


def _filled(value: Any, whole: Any) -> Any:
    """The value with null for what was not sent of it."""
    if not isinstance(value, dict) or not isinstance(whole, dict):
        return value
    return {name: _filled(value.get(name), whole.get(name)) for name in {**whole, **value}}


def _numbers(value: Any, settings: AlayaSettings) -> Any:
    return _as_text(value) if settings.numbers_as_text else value


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_as_text(item) for item in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
