"""The states of a service (alaya.md section 7.5): what starts a change, and what then happens by itself.

Nothing runs in the background. Each change plans its later steps on the service's timeline; :func:`advance` carries
out, in order and with their own times, those that are due.
"""

import heapq
from collections.abc import Callable
from typing import Final

from ..routing import Call
from ..store import Document
from . import faults
from .service import KIND, Service, children, get, remove, save
from .settings import settings_of

HAS_STOPPED: Final = ("stopped", "failed")
CAN_STOP: Final = ("starting", "running")
USES_GPUS: Final = ("starting", "running", "stopping")
LORA_SWITCH: Final = "VLLM_ALLOW_RUNTIME_LORA_UPDATING"


def start(call: Call, service: Service, phase: faults.Phase) -> None:
    """Begin a deployment: instances appear half-way, and serve at its end."""
    service.status, service.timeline, service.instances = "starting", [], []
    now, nominal = call.now_ms, _deploy_ms(call)
    fault = faults.take(call, service, phase)
    end = now + nominal
    if not service.is_lora:
        service.plan(min(now + nominal // 2, end), "appear")
    if fault is None and _cannot_load(call, service):
        service.plan(end, "fail")
    elif fault is None or fault.outcome == "crash":
        service.plan(end, "ready")
    elif fault.outcome == "fail":
        service.plan(_after(fault, now, nominal), "fail", instances=fault.instances)
    elif fault.instances:
        service.plan(end, "partly", instances=fault.instances)
    if fault is not None and fault.outcome == "crash":
        service.plan(_after(fault, end, nominal), "crash")


def stand(call: Call, service: Service) -> None:
    """Have a service run at once."""
    _appear(call, service, {})
    _ready(call, service, {})


def stop(call: Call, service: Service) -> None:
    """Begin to stop, and with a base all that hangs on it; both are kept."""
    fault = faults.take(call, service, "stop")
    service.status, service.timeline = "stopping", []
    if fault is None:
        service.plan(call.now_ms + _stop_ms(call), "stopped")
    save(call.tx, service)
    for child in children(call.tx, service):
        if child.status in CAN_STOP:
            stop(call, child)


def rescale(call: Call, service: Service) -> None:
    """Begin to replace all instances by as many new ones as are wanted now."""
    fault = faults.take(call, service, "scale")
    service.timeline = [step for step in service.timeline if step["step"] not in ("replaced", "not_replaced")]
    service.instances = [{**one, "old": True} for one in service.instances if one["ready"]]
    _add(service, service.wanted)
    now, nominal = call.now_ms, _deploy_ms(call)
    if fault is None or fault.outcome == "crash":
        service.plan(now + nominal, "replaced")
    elif fault.outcome == "fail":
        service.plan(_after(fault, now, nominal), "not_replaced")
    if fault is not None and fault.outcome == "crash":
        service.plan(_after(fault, now + nominal, nominal), "crash")


def crash(call: Call, service: Service) -> None:
    """Let a service fail now, and with a base all that hangs on it and works; only the latter is kept."""
    service.timeline, service.status = [], "failed"
    service.instances = [{**one, "ready": False} for one in service.instances]
    for child in children(call.tx, service):
        if child.status in CAN_STOP:
            crash(call, child)
            save(call.tx, child)


def delete(call: Call, service: Service) -> None:
    """Let a service go: at once, or after a while."""
    delay = _ms(settings_of(call).delete_seconds)
    if not delay:
        remove(call.tx, service)
        return
    service.deleting, service.timeline = True, []
    if service.status not in HAS_STOPPED:
        service.status = "stopping"
    service.plan(call.now_ms + delay, "deleted")
    save(call.tx, service)


def advance(call: Call) -> None:
    """Carry out every step of every service that is due by now, in the order of time."""
    due = [(document["timeline"][0]["at"], document["serviceId"]) for document in call.tx.due(KIND, call.now_ms)]
    heapq.heapify(due)
    while due:
        _, service_id = heapq.heappop(due)
        # read anew, since a step of its base may have changed it
        service = get(call.tx, service_id)
        if service is None or not service.timeline or service.timeline[0]["at"] > call.now_ms:
            continue
        step = service.timeline.pop(0)
        if step["step"] == "deleted":
            remove(call.tx, service)
            continue
        _STEPS[step["step"]](call, service, step)
        save(call.tx, service)
        if service.timeline and service.timeline[0]["at"] <= call.now_ms:
            heapq.heappush(due, (service.timeline[0]["at"], service_id))


def _appear(_call: Call, service: Service, _step: Document) -> None:
    _add(service, 0 if service.is_lora else service.wanted)


def _ready(_call: Call, service: Service, _step: Document) -> None:
    service.status, service.has_run = "running", True
    service.instances = [{**one, "ready": True} for one in service.instances]


def _partly(_call: Call, service: Service, step: Document) -> None:
    """Some instances serve, which are not enough."""
    service.instances = [{**one, "ready": place < step["instances"]} for place, one in enumerate(service.instances)]


def _fail(call: Call, service: Service, step: Document) -> None:
    _partly(call, service, {"instances": 0, **step})
    service.status, service.timeline = "failed", []


def _crash(call: Call, service: Service, _step: Document) -> None:
    crash(call, service)


def _replaced(_call: Call, service: Service, _step: Document) -> None:
    service.instances = [{**one, "ready": True} for one in service.instances if not one["old"]]


def _not_replaced(_call: Call, service: Service, _step: Document) -> None:
    service.instances = [{**one, "old": False} for one in service.instances if one["old"]]


def _stopped(_call: Call, service: Service, _step: Document) -> None:
    service.status, service.instances = "stopped", []


_STEPS: Final[dict[str, Callable[[Call, Service, Document], None]]] = {
    "appear": _appear,
    "ready": _ready,
    "partly": _partly,
    "fail": _fail,
    "crash": _crash,
    "replaced": _replaced,
    "not_replaced": _not_replaced,
    "stopped": _stopped,
}


def _add(service: Service, count: int) -> None:
    """Add instances that do not serve yet."""
    first = service.instances_made
    service.instances_made += count
    service.instances += [
        {"instanceId": str(number), "ready": False, "old": False} for number in range(first, first + count)
    ]


def _cannot_load(call: Call, service: Service) -> bool:
    """Whether the base's image does not load LoRA models while it runs."""
    if not (service.is_lora and settings_of(call).check_lora):
        return False
    base = get(call.tx, service.baseServiceId)
    if base is None or base.mode != "expert":
        return False
    return (base.spec["headConfig"].get("env") or {}).get(LORA_SWITCH, "").lower() not in ("true", "1")


def _after(fault: faults.DeployFault, at: int, usual: int) -> int:
    return at + (usual if fault.after_seconds is None else _ms(fault.after_seconds))


def _deploy_ms(call: Call) -> int:
    return _ms(call.settings.deploy_seconds)


def _stop_ms(call: Call) -> int:
    seconds = settings_of(call).stop_seconds
    return _ms(min(call.settings.deploy_seconds / 3, 1.0) if seconds is None else seconds)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
