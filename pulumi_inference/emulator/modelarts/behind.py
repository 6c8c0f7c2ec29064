"""Changes behind the program's back, for the admin door: as if somebody had been in the console, and at once."""

import json
from dataclasses import fields
from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..huaweicloud.fields import Fields
from ..routing import Call
from ..store import Document
from ..typed import fits
from . import machine
from .configrules import ITEM_FIELDS, Surroundings, read_config
from .listing import STATUSES
from .model import load, placeholder
from .service import FORMER_KIND, KIND, Config, Service, remove, save
from .servicerules import read_changeable, read_fixed

_INTERNAL: Final = frozenset(
    {"timeline", "deployment", "former_config", "records", "running_since", "access_ready", "recent_calls"}
)
CHANGEABLE: Final = {item.name: item.type for item in fields(Service) if item.name not in _INTERNAL}
_WHOLE_ITEM: Final = frozenset({"model_id", "specification", "instance_count"})


class BehindError(RefusedError):
    """The change makes no sense; the message says why."""


def overview(call: Call) -> list[Document]:
    """All services of all projects, in short."""
    names = ("project", "service_id", "service_name", "infer_type", "status")
    return [{name: document[name] for name in names} for document in call.tx.find_all(KIND)]


def find(call: Call, service_id: str) -> Service:
    """A service of any project.

    Raises:
        BehindError: there is none.
    """
    document = call.tx.get(KIND, service_id)
    if document is None:
        raise BehindError(f"there is no service {service_id}")
    return Service(**document)


def change(call: Call, service: Service, changes: Document) -> None:
    """Merge changes into a service and keep it; no roll-out, no rule is checked.

    Args:
        call: the request.
        service: to be changed.
        changes: fields to replace. ``config`` is the whole array, or an array or an object (from model id or index)
            of the values to replace in single items.

    Raises:
        BehindError: unknown field, state or config item.
    """
    _refuse_misplaced(service, changes)
    refuse_unknown(changes, CHANGEABLE, error=BehindError)
    former = call.tx.get(KIND, service.service_id)
    if former is not None:
        call.tx.put(FORMER_KIND, service.service_id, former, scope=service.project)
    rest = dict(changes)
    config, status = rest.pop("config", None), rest.pop("status", None)
    for name, value in rest.items():
        if not fits(CHANGEABLE[name], value):
            raise BehindError(f"{name} cannot be {value!r}")
        setattr(service, name, value)
    if config is not None:
        service.config = _new_config(call, service, config)
        service.update_time = call.now_ms
    if status is not None:
        _enter(call, service, status)
    if "schedule" in changes or status is not None:
        machine.reschedule(service, call.now_ms)
    save(call.tx, service)


def delete(call: Call, service: Service) -> None:
    """Let a service vanish at once."""
    former = call.tx.get(KIND, service.service_id)
    if former is not None:
        call.tx.put(FORMER_KIND, service.service_id, former, scope=service.project)
    remove(call.tx, service)


def seed_service(call: Call, item: Any) -> Service:
    """Put a service there that is already running.

    Args:
        call: the request.
        item: the body of a create call, ``project_id``, and any other field of :data:`CHANGEABLE`.

    Raises:
        HuaweiError: the create body breaks a rule.
        BehindError: another field is wrong.
    """
    body = Fields(item, "service")
    for one in body.objects("config") or []:
        refuse_unknown(one.value, ITEM_FIELDS, "field of a config item", BehindError)
    project = body.required_text("project_id")
    fixed = read_fixed(call, body)
    infer_type = fixed["infer_type"]
    config = read_config(call, body, Surroundings(project, infer_type, fixed.get("cluster_id"), fixed.get("pool_name")))
    changeable = read_changeable(call, body, infer_type)
    now = call.now_ms
    service = Service(
        project=project, config=config, **fixed, **changeable, publish_at=now, update_time=now, transition_at=now
    )
    extra = {name: value for name, value in item.items() if name not in {*fixed, *changeable, "config", "project_id"}}
    change(call, service, {"status": "running", **extra})
    return service


def _enter(call: Call, service: Service, status: str) -> None:
    if status not in STATUSES:
        raise BehindError(f"no such state: {status}; there are {', '.join(STATUSES)}")
    now = call.now_ms
    service.timeline = []
    service.deployment = service.former_config = None
    service.enter(status, now)
    if status in ("running", "concerning"):
        service.access_ready = True
        service.running_since = now
    elif status == "deploying":
        service.deployment = {"started_at": now, "nominal_ms": 1, "ceiling": machine.HANGING_PROGRESS}


def _refuse_misplaced(service: Service, changes: Document) -> None:
    unknown = set(changes) - set(CHANGEABLE)
    of_items = {name: changes[name] for name in sorted(unknown) if any(name in item for item in service.config)}
    if of_items:
        hint = json.dumps({"config": {"0": of_items}}, ensure_ascii=False)
        raise BehindError(f"no such field: {', '.join(of_items)}; what belongs to a config item goes there: {hint}")


def _new_config(call: Call, service: Service, config: Any) -> list[Config]:
    if isinstance(config, dict):
        changes = list(config.items())
    elif isinstance(config, list) and config and all(isinstance(item, dict) for item in config):
        for item in config:
            refuse_unknown(item, ITEM_FIELDS, "field of a config item", BehindError)
        if all(item.keys() >= _WHOLE_ITEM for item in config):
            return [_completed(call, item) for item in config]
        changes = [(str(place), item) for place, item in enumerate(config)]
    else:
        raise BehindError(
            "config is an array of objects that is not empty, or an object from model id or index to changes"
        )
    items = [dict(item) for item in service.config]
    for key, change in changes:
        places = [place for place, item in enumerate(items) if key in (item["model_id"], str(place))]
        if not places or not isinstance(change, dict):
            raise BehindError(f"the service has no config item {key}")
        refuse_unknown(change, ITEM_FIELDS, "field of a config item", BehindError)
        items[places[0]] |= change
    return items


def _completed(call: Call, item: Config) -> Config:
    model = load(call.tx, item["model_id"]) or placeholder(item["model_id"])
    base: Config = {"model_name": model.model_name, "model_version": model.model_version}
    base |= {"envs": {}, "additional_properties": {}, "support_debug": False, "scaling": False}
    return {**base, **item}
