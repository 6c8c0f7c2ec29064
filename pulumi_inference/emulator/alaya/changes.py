"""Changing, stopping and deleting services (alaya.md section 9)."""

from collections.abc import Callable
from dataclasses import fields
from typing import Final

from ..messages import Response
from ..routing import Call
from ..store import Document
from . import bodies, clusters, machine
from .accounts import Caller, caller_of
from .envelope import RefusalError, answer
from .fields import object_body
from .service import Mode, Service, children, find, save
from .services import base_of, check
from .settings import settings_of

_TITLES: Final[dict[Mode, str]] = {"expert": "an Expert", "quickStart": "a Quick Start", "lora": "a LoRA"}


def scale(call: Call) -> Response:
    """``PUT /deployment/{serviceId}/scale``: online, new instances replace the old ones."""
    caller = caller_of(call)
    service, body = find(call, caller.account), object_body(call)
    named = body.text("serviceId")
    if named is not None and named != service.serviceId:
        raise body.wrong("serviceId", "is another one than that of the path")
    wanted = bodies.read_scale(body.required_section("scale"), settings_of(call))
    _refuse_deleting(service)
    if service.is_lora:
        raise RefusalError(f"service {service.serviceId} is a LoRA service, which is not scaled")
    if service.status != "running":
        raise RefusalError(f"service {service.serviceId} is {service.status}, not running")
    caller.check_cluster(service.vksId)
    before, service.scale = service.wanted, wanted
    clusters.check_quota(call, service, max(0, service.wanted - before))
    machine.rescale(call, service)
    save(call.tx, service)
    return answer(call, as_text=True)


def update_quick_start(call: Call) -> Response:
    """``PUT /deployment/{serviceId}``."""
    _update(call, "quickStart", lambda: bodies.read_quick_start(object_body(call)))
    return answer(call)


def update_expert(call: Call) -> Response:
    """``PUT /deployment/expert/{serviceId}``."""
    service = _update(call, "expert", lambda: bodies.read_expert(object_body(call), settings_of(call), update=True))
    return answer(call, {"serviceId": service.serviceId})


def update_lora(call: Call) -> Response:
    """``PUT /deployment/lora/{serviceId}``."""
    _update(call, "lora", lambda: bodies.read_lora(object_body(call)))
    return answer(call)


def cancel(call: Call) -> Response:
    """``POST /deployment/{serviceId}/cancel``."""
    service = find(call, caller_of(call).account)
    _refuse_deleting(service)
    if service.status not in machine.CAN_STOP:
        raise RefusalError(f"service {service.serviceId} is {service.status} and cannot be cancelled")
    machine.stop(call, service)
    return answer(call)


def delete(call: Call) -> Response:
    """``DELETE /deployment/{serviceId}``."""
    service = find(call, caller_of(call).account)
    if service.deleting:
        return answer(call)
    if service.status not in machine.HAS_STOPPED and not settings_of(call).lenient_delete:
        raise RefusalError(f"service {service.serviceId} is {service.status}; cancel it before it is deleted")
    hanging = [child.serviceId for child in children(call.tx, service)]
    if hanging:
        raise RefusalError(f"LoRA services depend on service {service.serviceId}: {', '.join(hanging)}")
    machine.delete(call, service)
    return answer(call)


def replace(call: Call, service: Service, body: Document) -> None:
    """Put what a body says in place of what was there; what it does not know stays.

    Raises:
        RefusalError: the base cannot have a LoRA.
    """
    if service.is_lora:
        base = base_of(call, service.account, body["baseServiceId"])
        body = {**body, "vksId": base.vksId, "namespace": base.namespace}
    known = {item.name for item in fields(Service)}
    for name in known & set(body):
        setattr(service, name, body[name])


def _update(call: Call, mode: Mode, read: Callable[[], Document]) -> Service:
    caller: Caller = caller_of(call)
    service, body = find(call, caller.account), read()
    _refuse_deleting(service)
    if service.mode != mode:
        raise RefusalError(f"service {service.serviceId} is {_TITLES[service.mode]} service, not {_TITLES[mode]} one")
    if service.status not in machine.HAS_STOPPED:
        raise RefusalError(f"service {service.serviceId} is {service.status}; cancel it before it is updated")
    replace(call, service, body)
    check(call, caller, service)
    if settings_of(call).update_starts:
        machine.start(call, service, "update")
    else:
        service.status, service.instances = "stopped", []
    save(call.tx, service)
    return service


def _refuse_deleting(service: Service) -> None:
    if service.deleting:
        raise RefusalError(f"service {service.serviceId} is being deleted")
