"""What the admin door puts there: what the calls make, with ids and states of one's choice."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..admincalls import RefusedError
from ..huaweicloud.accounts import HOME_PROJECT
from ..huaweicloud.fields import Fields
from ..messages import ApiError
from ..routing import Call
from ..store import Document
from . import behind, deployments, flavours, keys, machine, services, steps
from .service import Service, save

_OWN_OF_SERVICES: Final = ("id", "project_id", "status", "deployments")
_OWN_OF_KEYS: Final = ("key_id", "project_id", "api_key", "services")


def seed(call: Call, items: Mapping[str, Any]) -> Document:
    """Put things there; keys last, since they may need services."""
    machine.advance(call)
    made: Document = {}
    for name, put in _COLLECTIONS.items():
        for item in items[name]:
            if not isinstance(item, dict):
                raise RefusedError(f"the items of {name} are objects")
            try:
                given = put(call, item)
            except ApiError as error:
                raise RefusedError(error.message) from error
            if given is not None:
                made.setdefault(name, []).append(given)
    return made


def _seed_flavour(call: Call, item: Document) -> None:
    flavours.seed(call, item)


def _seed_service(call: Call, item: Document) -> Document:
    """A service whose deployments run at once; ``deployments`` has bodies that would be added, ``status`` ends it."""
    body = {name: value for name, value in item.items() if name not in _OWN_OF_SERVICES}
    service = services.make(call, Fields(body, ""), str(item.get("project_id", HOME_PROJECT)))
    service.id = str(item.get("id", service.id))
    invoke = service.current["runtime_config"]["service_invoke"]
    for position, one in enumerate(item.get("deployments", ())):
        fields = Fields(one, f"deployments[{position}]")
        group = deployments.read(fields, service.deploy_type, service.workload_type, invoke)
        service.deployments.append(_with_id(deployments.new(call, group), one))
    for deployment in service.deployments:
        steps.run(service, deployment, call.now_ms)
    if "status" in item:
        _enter(call, service, item["status"])
    save(call.tx, service)
    return {"id": service.id, "deployments": [one.id for one in service.deployments]}


def _with_id(deployment: Any, item: Document) -> Any:
    deployment.id = str(item.get("id", deployment.id))
    return deployment


def _enter(call: Call, service: Service, status: Any) -> None:
    if not service.deployments:
        behind.change(call, service, {"status": status})
    for deployment in service.deployments:
        behind.change_deployment(call, service, deployment, {"status": status})


def _seed_key(call: Call, item: Document) -> Document:
    """A key with a value and services of one's choice."""
    body = {name: value for name, value in item.items() if name not in _OWN_OF_KEYS}
    project = str(item.get("project_id", HOME_PROJECT))
    key, _value = keys.make(call, Fields(body, ""), project, item.get("api_key"))
    call.tx.delete(keys.KIND, key["key_id"])
    key |= {"key_id": str(item.get("key_id", key["key_id"])), "services": list(item.get("services", ()))}
    call.tx.put(keys.KIND, key["key_id"], key, scope=project)
    return {"key_id": key["key_id"]}


_COLLECTIONS: Final[dict[str, Callable[[Call, Document], Document | None]]] = {
    "flavors": _seed_flavour,
    "services": _seed_service,
    "keys": _seed_key,
}

COLLECTIONS: Final = tuple(_COLLECTIONS)
"""What can be seeded."""
