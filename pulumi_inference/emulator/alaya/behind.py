"""Changes behind the program's back, for the admin door: as if somebody had used the console, and at once."""

from dataclasses import asdict
from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..routing import Call
from ..store import Document
from ..typed import fits
from . import bodies, machine, models
from .envelope import EnvelopeError
from .fields import Fields
from .service import KIND, STATUSES, Mode, Service, children, get, remove, save
from .settings import settings_of

_PLAIN: Final[dict[str, Any]] = {
    **dict.fromkeys(("name", "modelId", "vksId", "namespace", "apikey", "baseServiceId"), str),
    "servedName": list[str],
    "extensions": dict[str, Any],
}
_SPECS: Final[dict[Mode, tuple[str, ...]]] = {
    "expert": ("headConfig", "workerConfig"),
    "quickStart": ("backend", "backendVersion", "backendArgs", "resource"),
    "lora": (),
}
_OF_MODEL: Final = ("modelSourcePath", "modelPath", "modelMeta", "modelType", "modelExtensions")


def overview(call: Call) -> Document:
    """What there is of all accounts, in short."""
    names = ("account", "serviceId", "name", "mode", "status")
    return {"services": [{name: one[name] for name in names} for one in call.tx.find_all(KIND)]}


def shown(call: Call, service: Service) -> Document:
    """Everything about a service, what is secret included."""
    found = asdict(service)
    found |= found.pop("spec")
    return {**found, "loraServices": [child.serviceId for child in children(call.tx, service)]}


def find_service(call: Call) -> Service:
    """The service of the path.

    Raises:
        RefusedError: there is none.
    """
    service = get(call.tx, call.params["serviceId"])
    if service is None:
        raise RefusedError(f"there is no service {call.params['serviceId']}")
    return service


def change_service(call: Call, service: Service, changes: Document) -> None:
    """Replace fields of a service, in whatever state. A new ``status`` ends whatever was under way, and stays.

    Raises:
        RefusedError: unknown field, or a value that the field cannot have.
    """
    of_spec = _SPECS[service.mode]
    refuse_unknown(changes, (*_PLAIN, "scale", "status", *of_spec))
    for name in _PLAIN.keys() & changes.keys():
        if not fits(_PLAIN[name], changes[name]):
            raise RefusedError(f"{name} cannot be {changes[name]!r}")
        setattr(service, name, changes[name])
    try:
        _change_spec(call, service, changes)
    except EnvelopeError as error:
        raise RefusedError(error.message) from error
    if "status" in changes:
        enter(call, service, changes["status"])
    save(call.tx, service)


def _change_spec(call: Call, service: Service, changes: Document) -> None:
    if changes.get("scale") is not None:
        service.scale = bodies.read_scale(Fields(changes["scale"], "scale"), settings_of(call))
    elif "scale" in changes:
        service.scale = None
    merged = {**service.spec, **{name: changes[name] for name in _SPECS[service.mode] if name in changes}}
    if service.mode == "expert":
        service.spec = bodies.read_pods(Fields(merged))
    elif service.mode == "quickStart":
        service.spec = bodies.read_engine(Fields(merged))


def enter(call: Call, service: Service, status: Any) -> None:
    """Put a service into a state; one that the documentation does not have is taken, too.

    Raises:
        RefusedError: it is no text.
    """
    if not (isinstance(status, str) and status):
        raise RefusedError(f"status is a text, such as {', '.join(STATUSES)}, not {status!r}")
    service.timeline = []
    if status == "running" and not service.instances:
        machine.stand(call, service)
    elif status == "running":
        service.instances = [{**one, "ready": True} for one in service.instances]
        service.has_run = True
    elif status == "stopped":
        service.instances = []
    service.status = status


def crash(call: Call, service: Service) -> None:
    """Let a service fail at once, with the LoRA services on it."""
    machine.crash(call, service)
    save(call.tx, service)


def delete_service(call: Call, service: Service) -> None:
    """Let a service vanish at once, with the LoRA services on it."""
    for one in (*children(call.tx, service), service):
        remove(call.tx, one)


def find_model(call: Call) -> Document:
    """The model of the path.

    Raises:
        RefusedError: there is none.
    """
    model = models.find_of_any(call, call.params["modelId"])
    if model is None:
        raise RefusedError(f"there is no model {call.params['modelId']}")
    return model


def change_model(call: Call, model: Document, changes: Document) -> None:
    """Replace fields of a model.

    Raises:
        RefusedError: unknown field.
    """
    refuse_unknown(changes, _OF_MODEL)
    models.keep(call, {**model, **changes})
