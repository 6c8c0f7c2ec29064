"""Changes behind the program's back, for the admin door: as if somebody had used the console, and at once."""

from dataclasses import asdict
from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..routing import Call
from ..store import Document
from . import machine, models
from .service import KIND, STATUSES, Service, children, get, remove, save

_PLAIN: Final = (
    *("name", "servedName", "modelId", "vksId", "namespace", "scale", "extensions", "apikey", "status"),
    "baseServiceId",
)
_SPECS: Final = {
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
    """Replace fields of a service; no rule is checked. A new ``status`` ends whatever was under way, and stays.

    Raises:
        RefusedError: unknown field, or a status that is no text.
    """
    of_spec = _SPECS[service.mode]
    refuse_unknown(changes, (*_PLAIN, *of_spec))
    for name, value in changes.items():
        if name in of_spec:
            service.spec[name] = value
        elif name == "status":
            enter(call, service, value)
        else:
            setattr(service, name, value)
    save(call.tx, service)


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
