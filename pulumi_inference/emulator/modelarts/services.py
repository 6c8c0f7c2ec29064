"""Create, read, update and delete services (modelarts.md sections 5 to 8.4)."""

from typing import Any

from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from . import errors, listing, machine, model, quotas, runtimes, views
from .configrules import Surroundings, read_config
from .service import KIND, Config, Service, find, find_all, find_for_change, save
from .servicerules import merge_additional_properties, read_changeable, read_fixed


def create(call: Call) -> Response:
    """``POST /services``: register, then deploy at once."""
    body = object_body(call)
    fixed = read_fixed(call, body)
    project, infer_type = call.params["project_id"], fixed["infer_type"]
    config = read_config(call, body, Surroundings(project, infer_type, fixed.get("cluster_id"), fixed.get("pool_name")))
    changeable = read_changeable(call, body, infer_type)
    _check_synchronous(call, config, changeable)
    _check_name(call, fixed["service_name"])
    quotas.check_new(call, infer_type, config)
    service = Service(project=project, config=config, **fixed, **changeable)
    machine.deploy(call, service, "create")
    save(call.tx, service)
    return json_response({"service_id": service.service_id, "resource_ids": resource_ids(call, service)})


def read(call: Call) -> Response:
    """``GET /services/{service_id}``."""
    return json_response(views.detail(call, find(call, call.params["service_id"])))


def read_all(call: Call) -> Response:
    """``GET /services``."""
    services = listing.select(call, find_all(call))
    page = listing.page(call, services)
    return json_response(
        {
            "total_count": len(services),
            "count": len(page),
            "services": [views.list_item(call, service) for service in page],
        }
    )


def update(call: Call) -> Response:
    """``PUT /services/{service_id}``; with ``status`` in the body, ``config`` is dropped without a word."""
    body = object_body(call)
    service = find_for_change(call, call.params["service_id"])
    if service.is_shared:
        raise errors.shared(service.service_name)
    status = body.choice("status", ("running", "stopped"))
    _check_state(service, status)
    changes = read_changeable(call, body, service.infer_type)
    config = None if status or not body.has("config") else _new_config(call, body, service)
    _check_synchronous(call, config or service.config, changes)
    if not status and config is None:
        _check_due_time(call, service, changes)
    _apply(call, service, changes)
    if status == "stopped":
        machine.stop(call, service, call.now_ms)
    elif status == "running":
        quotas.check_start(call, service)
        machine.deploy(call, service, "start")
    elif config is not None:
        machine.deploy(call, service, "update", config)
    save(call.tx, service)
    return json_response({})


def delete(call: Call) -> Response:
    """``DELETE /services/{service_id},…``: all of them or none."""
    wanted = dict.fromkeys(call.params["service_id"].split(","))
    services = [find_for_change(call, service_id) for service_id in wanted]
    for service in services:
        if service.is_shared:
            raise errors.not_owner(service.service_name)
    bound = next((service for service in services if service.bound_to_ai_service), None)
    if bound:
        message = "because it has been associated with an AI service. Please disassociate it and try again."
        raise errors.refused("3953", f"Failed to delete online service {bound.service_id} {message}")
    for service in services:
        if service.status != "deleting":
            machine.delete(call, service)
            save(call.tx, service)
    return json_response({})


def resource_ids(call: Call, service: Service) -> list[str]:
    """One resource for each config item."""
    return [f"INF-{service.service_id}@{call.now_ms}" for _ in service.config]


def surroundings_of(service: Service) -> Surroundings:
    """What the config rules need to know of a service that exists."""
    return Surroundings(service.project, service.infer_type, service.cluster_id, service.pool_name)


def _new_config(call: Call, body: Fields, service: Service) -> list[dict[str, Any]]:
    return read_config(call, body, surroundings_of(service))


def _check_name(call: Call, name: str) -> None:
    if call.tx.find_all(KIND, call.params["project_id"], service_name=name):
        raise HuaweiError(409, "ModelArts.3503", f"Service {name} already exists.")


def _check_state(service: Service, status: str | None) -> None:
    if status == "running":
        allowed, what = machine.CAN_START, "be started"
    elif status == "stopped":
        allowed, what = machine.CAN_STOP, "be stopped"
    else:
        allowed, what = machine.CAN_CHANGE, "be updated"
    if service.status not in allowed:
        raise errors.state_forbids(what, service.status)


def _check_due_time(call: Call, service: Service, changes: dict[str, Any]) -> None:
    """Refuse a new schedule whose time is over already; a deployment would let it begin anew."""
    due_time = machine.due_time(service, changes.get("schedule"))
    if due_time is not None and due_time <= call.now_ms:
        raise errors.due_time_over("due_time")


def _check_synchronous(call: Call, config: list[Config], changes: dict[str, Any]) -> None:
    """Requests of an asynchronous model are not balanced."""
    if changes.get("load_balancer_policy") is None:
        return
    models = filter(None, (model.load(call.tx, item["model_id"]) for item in config))
    if any(runtimes.is_asynchronous(call.tx, found.model_type, found.runtime) for found in models):
        raise errors.invalid("load_balancer_policy", "is for synchronous real-time services only")


def _apply(call: Call, service: Service, changes: dict[str, Any]) -> None:
    wanted = changes.pop("additional_properties", None)
    if wanted is not None:
        service.additional_properties = merge_additional_properties(service.additional_properties, wanted)
    for name, value in changes.items():
        setattr(service, name, value)
    if "schedule" in changes:
        machine.reschedule(service, call.now_ms)
