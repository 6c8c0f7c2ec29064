"""The states of a service (modelarts.md section 9): what starts a change, and what then happens by itself.

Nothing runs in the background. Each change plans its later steps on the service's timeline; :func:`advance` carries
out, in order and with their own times, those that are due.
"""

from collections.abc import Callable
from typing import Any, Final

from ..huaweicloud.settings import settle_seconds
from ..routing import Call
from ..store import Document
from . import account, faults, story
from .service import FORMER_KIND, KIND, Config, Service, remove, save
from .servicerules import schedule_ms

DEFAULT_DEPLOY_TIMEOUT_SECONDS: Final = 1200
HANGING_PROGRESS: Final = 60
OUT_OF_RESOURCES: Final = frozenset({"ModelArts.3952", "ModelArts.3976"})

CAN_START: Final = frozenset({"failed", "stopped", "finished", "pending"})
CAN_STOP: Final = frozenset({"running", "concerning", "failed", "deploying", "waiting", "pending"})
CAN_CHANGE: Final = frozenset({"running", "concerning", "failed", "stopped", "finished", "waiting", "pending"})


def deploy(call: Call, service: Service, phase: faults.Phase, config: list[Config] | None = None) -> int:
    """Start a deployment, of a new configuration if there is one; answers its update time.

    Raises:
        HuaweiError: the account may not deploy.
    """
    account.check(call)
    now = call.now_ms
    service.timeline = []
    if config is not None:
        service.former_config = service.serving_config()
        service.config = config
    update_time = now if phase in ("create", "update") else service.update_time
    service.publish_at = now
    service.error_msg = service.due_time = service.running_instances = None
    service.start_time = service.finished_time = None
    service.deployment = {"started_at": now, "update_time": update_time}
    if phase in ("create", "update"):
        story.open_record(service, update_time)
    if phase == "create":
        service.update_time = update_time
    fault = faults.take_for_deployment(call, service.service_name, phase)
    if fault is not None and fault.outcome == "waiting":
        service.enter("waiting", now)
        service.tell(now, "abnormal", "insufficient resources, waiting for resources")
        seconds = call.settings.deploy_seconds if fault.after_seconds is None else fault.after_seconds
        service.plan(now + _ms(seconds), "leave_queue", phase=phase)
    else:
        _begin(call, service, now, fault)
    return update_time


def stop(call: Call, service: Service, at: int, reason: str = "stopping service") -> None:
    """Begin to stop; a roll-out under way is given up."""
    service.timeline = []
    _abandon_deployment(service)
    service.due_time = None
    service.enter("stopping", at)
    service.tell(at, "normal", reason)
    service.plan(at + _ms(settle_seconds(call)), "stopped")


def delete(call: Call, service: Service) -> None:
    """Begin to delete."""
    service.timeline = []
    _abandon_deployment(service)
    service.enter("deleting", call.now_ms)
    service.tell(call.now_ms, "normal", "deleting service")
    service.plan(call.now_ms + _ms(settle_seconds(call)), "deleted")


def due_time(service: Service, schedule: list[Document] | None) -> int | None:
    """When a schedule stops a service that runs; None when it does not."""
    span = schedule_ms(schedule)
    if span is None or service.running_since is None or service.status not in ("running", "concerning"):
        return None
    return service.running_since + span


def reschedule(service: Service, at: int) -> None:
    """Plan the automatic stop anew, after the schedule or the start of running has changed."""
    had_due_time = service.due_time is not None
    service.unplan("auto_stop")
    service.due_time = due_time(service, service.schedule)
    if service.due_time is None:
        if had_due_time:
            service.tell(at, "normal", "auto stop is disabled")
        return
    service.plan(max(service.due_time, at), "auto_stop")
    service.tell(at, "normal", f"auto stop is enabled, the service stops in {(service.due_time - at) // 1000} s")


def advance(call: Call) -> None:
    """Carry out every step of every service that is due by now."""
    for document in call.tx.due(KIND, call.now_ms):
        service = Service(**document)
        while service.timeline and service.timeline[0]["at"] <= call.now_ms:
            step = service.timeline.pop(0)
            _STEPS[step["step"]](call, service, step)
        if service.status == "deleted":
            call.tx.put(FORMER_KIND, service.service_id, document, scope=service.project)
            remove(call.tx, service)
        else:
            save(call.tx, service)


def progress(service: Service, now_ms: int) -> int:
    """How far a deployment is, 0 to 99."""
    if service.deployment is None:
        return 0
    elapsed = now_ms - service.deployment["started_at"]
    return int(min(service.deployment["ceiling"], 100 * elapsed // max(1, service.deployment["nominal_ms"])))


def _begin(call: Call, service: Service, at: int, fault: faults.DeployFault | None) -> None:
    nominal = _ms(call.settings.deploy_seconds)
    ceiling = HANGING_PROGRESS if fault is not None and fault.outcome == "hang" else 99
    service.deployment = {**(service.deployment or {}), "started_at": at, "nominal_ms": nominal, "ceiling": ceiling}
    service.enter("deploying", at)
    ending = _ending(service, at, nominal, fault)
    for moment, info in story.deployment(service.config, at, nominal, starved=_is_starved(fault)):
        if ending is None or moment <= ending["at"]:
            service.plan(moment, "event", info=info)
    if ending is not None:
        service.plan(**ending)


def _ending(service: Service, at: int, nominal: int, fault: faults.DeployFault | None) -> Document | None:
    """The last step of a deployment and its time; None for a deployment that never ends."""
    timeout = _ms(min(item.get("deploy_timeout_in_seconds", DEFAULT_DEPLOY_TIMEOUT_SECONDS) for item in service.config))
    if fault is not None and fault.outcome == "hang":
        return None
    if fault is not None and fault.outcome == "fail":
        end = at + (nominal if fault.after_seconds is None else _ms(fault.after_seconds))
        if _is_starved(fault):
            _plan_retries(service, at, end)
        failure = {"code": fault.error_code, "message": fault.error_msg, "rollback_fails": fault.rollback_fails}
        return {"at": end, "step": "failed", **failure}
    if nominal > timeout:
        failure = {"code": "ModelArts.3501", "message": "deployment timed out", "rollback_fails": False}
        return {"at": at + timeout, "step": "failed", **failure}
    if fault is not None:
        instances = fault.instances if fault.outcome == "partial" else None
        alarm = {"alarm": True, "instances": instances, "heal_seconds": fault.heal_seconds}
        return {"at": at + nominal, "step": "deployed", **alarm}
    return {"at": at + nominal, "step": "deployed"}


def _is_starved(fault: faults.DeployFault | None) -> bool:
    return fault is not None and fault.outcome == "fail" and fault.error_code in OUT_OF_RESOURCES


def _plan_retries(service: Service, start: int, end: int) -> None:
    for attempt in (1, 2, 3):
        moment = start + (end - start) * attempt // 4
        service.plan(moment, "event", kind="abnormal", info=f"insufficient resources, retry {attempt} of 3")


def _abandon_deployment(service: Service) -> None:
    if service.deployment is not None:
        story.close_record(service, "FAIL")
    service.deployment = service.former_config = None


def _step_event(_call: Call, service: Service, step: Document) -> None:
    service.tell(step["at"], step.get("kind", "normal"), step["info"])


def _step_leave_queue(call: Call, service: Service, step: Document) -> None:
    fault = faults.take_for_deployment(call, service.service_name, step["phase"])
    _begin(call, service, step["at"], None if fault is not None and fault.outcome == "waiting" else fault)


def _step_deployed(call: Call, service: Service, step: Document) -> None:
    at = step["at"]
    service.update_time = (service.deployment or {})["update_time"]
    service.deployment = service.former_config = None
    service.access_ready = True
    _run(call, service, at)
    if step.get("instances") is not None:
        failed = story.nodes_of(service.config)[step["instances"] :]
        service.node_status.update(dict.fromkeys(failed, "failed"))
    story.close_record(service, "SUCCESS")
    if step.get("alarm"):
        service.enter("concerning", at)
        service.running_instances = step["instances"]
        service.tell(at, "abnormal", "some instances of the service are unhealthy")
        if step["heal_seconds"] is not None:
            service.plan(at + _ms(step["heal_seconds"]), "healed")


def _step_healed(_call: Call, service: Service, step: Document) -> None:
    service.running_instances = None
    healed = [node for node, status in service.node_status.items() if status == "failed"]
    service.node_status.update(dict.fromkeys(healed, "running"))
    service.enter("running", step["at"])
    service.tell(step["at"], "normal", "all instances of the service are healthy again")


def _step_failed(call: Call, service: Service, step: Document) -> None:
    at, reason = step["at"], f"{step['code']}: {step['message']}"
    story.close_record(service, "FAIL")
    if service.former_config is None:
        service.deployment = None
        service.error_msg = reason
        service.enter("failed", at)
        service.tell(at, "abnormal", f"start service failed, {reason}")
        return
    service.tell(at, "abnormal", f"update service failed, start to roll back, {reason}")
    next_step = "rollback_failed" if step["rollback_fails"] else "rolled_back"
    service.plan(at + _ms(settle_seconds(call)), next_step, reason=reason)


def _step_rolled_back(call: Call, service: Service, step: Document) -> None:
    service.config = service.former_config or service.config
    service.deployment = service.former_config = None
    service.tell(step["at"], "normal", "update service failed and has been rolled back")
    _run(call, service, step["at"])


def _step_rollback_failed(_call: Call, service: Service, step: Document) -> None:
    service.deployment = service.former_config = None
    service.error_msg = step["reason"]
    service.enter("failed", step["at"])
    service.tell(step["at"], "abnormal", "update service failed and roll back failed")


def _run(call: Call, service: Service, at: int) -> None:
    service.enter("running", at)
    service.running_since = at
    service.tell(at, "normal", "start service success")
    service.node_status = dict.fromkeys(story.nodes_of(service.config), "running")
    if service.infer_type == "batch":
        service.start_time = at
        service.plan(at + _ms(call.settings.deploy_seconds), "finished")
    reschedule(service, at)


def _step_finished(_call: Call, service: Service, step: Document) -> None:
    service.finished_time = step["at"]
    service.enter("finished", step["at"])
    service.tell(step["at"], "normal", "batch task executed")


def _step_auto_stop(call: Call, service: Service, step: Document) -> None:
    stop(call, service, step["at"], "stopping service, the auto stop time is due")


def _step_stopped(_call: Call, service: Service, step: Document) -> None:
    service.running_since = service.running_instances = None
    service.enter("stopped", step["at"])
    service.tell(step["at"], "normal", "service stopped")


def _step_deleted(_call: Call, service: Service, step: Document) -> None:
    service.enter("deleted", step["at"])


_STEPS: dict[str, Callable[[Call, Service, Document], Any]] = {
    "event": _step_event,
    "leave_queue": _step_leave_queue,
    "deployed": _step_deployed,
    "healed": _step_healed,
    "failed": _step_failed,
    "rolled_back": _step_rolled_back,
    "rollback_failed": _step_rollback_failed,
    "finished": _step_finished,
    "auto_stop": _step_auto_stop,
    "stopped": _step_stopped,
    "deleted": _step_deleted,
}


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
