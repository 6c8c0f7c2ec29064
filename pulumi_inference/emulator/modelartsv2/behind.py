"""Changes behind the program's back, for the admin door: at once, without a roll-out and without rules."""

from dataclasses import asdict
from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..huaweicloud.fields import Fields
from ..messages import ApiError
from ..routing import Call
from ..store import Document
from ..typed import fits
from . import intranet, keys, machine, pods, schedules, states, steps
from .bodies.services import read_logs
from .bodies.units import read_unit
from .deployment import STATUSES, Deployment
from .service import KIND, Service, deployment_of, get, remove, save
from .settings import settings_of

_OF_SERVICE: Final[dict[str, Any]] = {
    "name": str,
    "failure_reason": str,
    "task_type": str | None,
    "tags": dict[str, str],
    "schedule": list[dict[str, Any]],
    "frozen_infos": list[dict[str, Any]],
    "provider": str,
}
_OF_VERSION: Final[dict[str, Any]] = {
    "description": str,
    "runtime_config": dict[str, Any],
    "upgrade_config": dict[str, Any],
    "lts_strategy": str,
    "log_configs": list[dict[str, Any]],
    "deploy_timeout_minutes": int | None,
    "custom_metrics_path": str,
}
_OF_DEPLOYMENT: Final[dict[str, Any]] = {
    "weight": int,
    "count": int,
    "pool_id": str,
    "framework": str,
    "frozen_infos": list[dict[str, Any]],
}
_OF_CONTENT: Final[dict[str, Any]] = {
    "unit_configs": list[dict[str, Any]],
    "advanced_config": dict[str, Any],
    "model": dict[str, Any],
    "description": str,
    "priority": int,
    "schedule_strategy": str,
    "high_avail_switch": bool,
    "system_log_dump_enable": bool,
    "secret_type": str,
    "secret_name": str,
    "mirror_traffic_enable": bool,
    "mirror_traffic_weight": int,
    "deployment_task_limit": dict[str, Any],
}


def overview(call: Call) -> Document:
    """What there is, in short."""
    settings = settings_of(call)
    services = [get(call.tx, document["id"]) for document in call.tx.find_all(KIND)]
    return {
        "services": [
            {
                "project": one.project,
                "id": one.id,
                "name": one.name,
                "status": states.status_of(one, settings),
                "deployments": [each.name for each in one.deployments],
            }
            for one in services
            if one
        ],
        "keys": [key["name"] for key in call.tx.find_all(keys.KIND)],
        "intranet_connections": [one["id"] for one in call.tx.find_all(intranet.KIND)],
    }


def find(call: Call) -> Service:
    """The service of the path, of whatever project.

    Raises:
        RefusedError: there is none.
    """
    service = get(call.tx, call.params["service_id"])
    if service is None:
        raise RefusedError(f"there is no service {call.params['service_id']}")
    return service


def find_deployment(call: Call, service: Service) -> Deployment:
    """The deployment of the path, by id or name.

    Raises:
        RefusedError: there is none.
    """
    wanted = call.params["deployment"]
    found = deployment_of(service, wanted) or next((one for one in service.deployments if one.name == wanted), None)
    if found is None:
        raise RefusedError(f"there is no deployment {wanted}")
    return found


def view(call: Call, service: Service) -> Document:
    """Everything about a service, with its state."""
    return {**asdict(service), "status": states.status_of(service, settings_of(call))}


def change(call: Call, service: Service, changes: Document) -> None:
    """Replace fields of a service, or merge into its objects; a ``status`` stays until something happens to it.

    Raises:
        RefusedError: there is no such field, value or state.
    """
    refuse_unknown(changes, (*_OF_SERVICE, *_OF_VERSION, "status"))
    _check(changes, {**_OF_SERVICE, **_OF_VERSION})
    for name, value in changes.items():
        if name == "schedule":
            schedules.replace(service, value, call.now_ms)
        elif name == "log_configs":
            service.current[name] = _logs(value)
        elif name in _OF_VERSION:
            service.current[name] = _merged(service.current.get(name), value)
        elif name != "status":
            setattr(service, name, value)
    if "status" in changes:
        _refuse_status(changes["status"], states.STATUSES)
        service.status, service.pending = changes["status"], None
        service.unplan(None, keep=(schedules.STEP,))
    service.update_at = call.now_ms
    save(call.tx, service)


def change_deployment(call: Call, service: Service, deployment: Deployment, changes: Document) -> None:
    """Replace fields of a deployment, or merge into its objects; a ``status`` ends what was under way.

    Raises:
        RefusedError: there is no such field, value or state.
    """
    refuse_unknown(changes, (*_OF_DEPLOYMENT, *_OF_CONTENT, "status"))
    _check(changes, {**_OF_DEPLOYMENT, **_OF_CONTENT})
    now, content = call.now_ms, deployment.active["content"]
    for name, value in changes.items():
        if name in _OF_DEPLOYMENT:
            setattr(deployment, name, value)
        elif name == "unit_configs":
            content[name] = _units(content[name], value)
        elif name in _OF_CONTENT:
            content[name] = _merged(content.get(name), value)
    if "count" in changes and deployment.instances:
        pods.fill(deployment, now)
        pods.enter(deployment, now, status="RUNNING")
    if "status" in changes:
        _enter(service, deployment, changes["status"], now)
    deployment.update_at = now
    save(call.tx, service)


def crash(call: Call, service: Service, deployment: Deployment, options: Document) -> None:
    """Let instances fail: all but ``instances`` of them; after ``heal_seconds`` all is well again.

    Raises:
        RefusedError: an option makes no sense.
    """
    refuse_unknown(options, ("instances", "heal_seconds", "reason"))
    _check(options, {"instances": int, "heal_seconds": float, "reason": str})
    left, now = options.get("instances", 0), call.now_ms
    service.unplan(deployment, keep=(machine.HPA_STEP,))
    steps.give_up(deployment, now)
    told = {"instances": left, "outcome": "concerning" if left else "error"}
    steps.break_down(service, deployment, now, {**told, "reason": options.get("reason", "the containers have crashed")})
    if "heal_seconds" in options:
        service.plan(now + round(options["heal_seconds"] * 1000), "healed", deployment=deployment.id)
    save(call.tx, service)


def delete(call: Call, service: Service) -> None:
    """Let a service vanish with all that it has."""
    keys.forget(call, service.id)
    remove(call.tx, service)


def delete_deployment(call: Call, service: Service, deployment: Deployment) -> None:
    """Let a deployment vanish."""
    service.unplan(deployment)
    service.deployments.remove(deployment)
    save(call.tx, service)


def auto_stop(call: Call, service: Service) -> None:
    """Let the time of the auto-stop be over.

    Raises:
        RefusedError: the service has no such rule.
    """
    if not service.schedule:
        raise RefusedError(f"service {service.id} has no schedule")
    schedules.disarm(service)
    schedules.mark_processed(service, call.now_ms)
    machine.stop_service(call, service, call.now_ms)
    save(call.tx, service)


def _enter(service: Service, deployment: Deployment, status: str, now: int) -> None:
    _refuse_status(status, STATUSES)
    service.unplan(deployment, keep=(machine.HPA_STEP,))
    service.status = ""
    steps.give_up(deployment, now)
    if status == "RUNNING":
        steps.run(service, deployment, now)
    elif status in ("STOPPED", "DELETED"):
        deployment.instances = []
    elif status in ("FAILED", "ERROR"):
        pods.enter(deployment, now, status="FAILED")
    deployment.status = status


def _refuse_status(status: Any, known: tuple[str, ...]) -> None:
    if status not in known:
        raise RefusedError(f"status cannot be {status!r}; there are {', '.join(known)}")


def _check(changes: Document, types: dict[str, Any]) -> None:
    for name, value in changes.items():
        if name in types and not fits(types[name], value):
            raise RefusedError(f"{name} cannot be {value!r}")


def _units(former: list[Document], given: list[Document]) -> list[Document]:
    """The units, by position: what is not said of one that there is stays."""
    if not given:
        raise RefusedError("unit_configs needs a unit")
    kept = [_merged(one, unit) for one, unit in zip(former, given, strict=False)]
    try:
        added = [read_unit(Fields(unit, "unit_configs"), update=False) for unit in given[len(former) :]]
    except ApiError as error:
        raise RefusedError(error.message) from error
    return [*kept, *added]


def _logs(given: list[Document]) -> list[Document]:
    try:
        return read_logs(Fields({"log_configs": given}, "")) or []
    except ApiError as error:
        raise RefusedError(error.message) from error


def _merged(former: Any, value: Any) -> Any:
    """The value, with what it does not name of an object as it was."""
    if not isinstance(former, dict) or not isinstance(value, dict):
        return value
    return {**former, **{name: _merged(former.get(name), item) for name, item in value.items()}}
