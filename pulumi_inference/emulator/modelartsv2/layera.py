"""The first release of the API, in which versions belong to services (modelarts-v2.md section 3.7); off by default."""

from ..huaweicloud import gateway
from ..huaweicloud.fields import object_body
from ..messages import Response, json_response
from ..routing import Call
from . import errors, listing, machine, states, views
from .deployment import CAN_INTERRUPT
from .service import find, save
from .settings import settings_of


def authenticate(call: Call) -> None:
    """There is no such path unless the release is chosen; then as everywhere."""
    if not settings_of(call).layer_a:
        raise gateway.not_found()
    gateway.authenticate(call)


def versions(call: Call) -> Response:
    """``GET /services/{service_id}/versions``."""
    service = find(call)
    names = ("id", "version", "description", "create_at", "update_at")
    return listing.answer(call, [{name: one[name] for name in names} for one in service.versions])


def switch(call: Call) -> Response:
    """``POST /services/{service_id}/versions/switch``."""
    body = object_body(call)
    target = body.required_text("target_version_id")
    service = find(call)
    status = states.status_of(service, settings_of(call))
    if status != "RUNNING":
        raise errors.forbids("Service", service.id, "be switched", status)
    found = next((one for one in service.versions if one["id"] == target), None)
    if found is None:
        raise body.invalid("target_version_id", f"there is no version {target}")
    if found["version"] != service.version:
        machine.update_service(call, service, found["version"])
        save(call.tx, service)
    return json_response(views.service(call, service))


def interrupt(call: Call) -> Response:
    """``POST /services/{service_id}/interrupt``: all roll-outs."""
    service = find(call)
    found = [one for one in service.deployments if one.status in CAN_INTERRUPT]
    if not found:
        raise errors.forbids("Service", service.id, "be interrupted", states.status_of(service, settings_of(call)))
    for one in found:
        machine.interrupt(call, service, one)
    save(call.tx, service)
    return json_response(views.service(call, service))
