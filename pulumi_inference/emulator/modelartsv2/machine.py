"""What starts a change of state, and what then happens by itself (modelarts-v2.md sections 6.3 and 7.1).

Nothing runs in the background. Each change plans its later steps on the service's timeline; :func:`advance` carries
out, in order and with their own times, those that are due.
"""

from typing import Final

from ..routing import Call
from ..store import Document
from . import faults, hpa, pods, schedules, steps
from .deployment import BUSY, CAN_STOP, Deployment
from .service import FORMER, KIND, Service, deployment_of, keep, load, remove
from .settings import delete_ms, scale_ms, settings_of, stop_ms, upgrade_ms

DEFAULT_TIMEOUT_MINUTES: Final = 20
"""How long a deployment may take when nobody has said it."""
HPA_STEP: Final = "hpa"


def deploy(call: Call, service: Service, deployment: Deployment, phase: faults.Phase) -> None:
    """Begin to deploy what has no instances."""
    now = call.now_ms
    _begin(service, deployment, "DEPLOYING", now)
    pods.renew(deployment, now, status="PENDING")
    service.tell(now, "NORMAL", f"Deployment {deployment.name} is being deployed.")
    fault = faults.take(call, service, deployment.name, phase)
    _plan(service, deployment, now, nominal=round(call.settings.deploy_seconds * 1000), fault=fault, done="deployed")


def roll_out(call: Call, service: Service, deployment: Deployment, pending: Document, phase: faults.Phase) -> None:
    """Begin to bring what is pending; what there was serves meanwhile."""
    now = call.now_ms
    _begin(service, deployment, "UPGRADING", now)
    deployment.pending = pending
    service.tell(now, "NORMAL", f"Deployment {deployment.name} is being upgraded.")
    fault = faults.take(call, service, deployment.name, phase)
    _plan(service, deployment, now, nominal=upgrade_ms(call), fault=fault, done="upgraded")


def rescale(call: Call, service: Service, deployment: Deployment, count: int) -> None:
    """Begin to have another number of instances; those that are there go on."""
    now = call.now_ms
    service.unplan(deployment, keep=(HPA_STEP,))
    deployment.count, deployment.update_at = count, now
    fault = faults.take(call, service, deployment.name, "scale")
    if settings_of(call).scale_shows_upgrading:
        deployment.status = "UPGRADING"
    pods.fill(deployment, now)
    service.tell(now, "NORMAL", f"Deployment {deployment.name} is scaled to {count} instances.")
    _plan(service, deployment, now, nominal=scale_ms(call), fault=fault, done="scaled")


def replenish(call: Call, service: Service, deployment: Deployment) -> None:
    """Instances have been taken away, and come back."""
    service.unplan(deployment, keep=(HPA_STEP,))
    pods.fill(deployment, call.now_ms)
    deployment.status = "RUNNING" if len(deployment.running) == deployment.count else "CONCERNING"
    service.plan(call.now_ms + scale_ms(call), "scaled", deployment=deployment.id)


def stop(call: Call, service: Service, deployment: Deployment, at: int) -> None:
    """Begin to stop; a roll-out under way is given up."""
    steps.give_up(deployment, at)
    _begin(service, deployment, "STOPPING", at)
    _plan_end(call, service, deployment, at, delay=stop_ms(call), phase="stop")


def interrupt(call: Call, service: Service, deployment: Deployment) -> None:
    """Begin to end a deployment, which then has stopped, or a roll-out, which leaves the old version."""
    step = "stopped" if deployment.status == "DEPLOYING" else "interrupted"
    is_scaling = deployment.status == "UPGRADING" and deployment.pending is None
    steps.give_up(deployment, call.now_ms)
    _begin(service, deployment, "INTERRUPTING", call.now_ms)
    service.plan(call.now_ms + stop_ms(call), step, is_scaling=is_scaling, **_to(deployment))


def delete_deployment(call: Call, service: Service, deployment: Deployment) -> None:
    """Begin to delete a deployment."""
    steps.give_up(deployment, call.now_ms)
    service.unplan(deployment)
    deployment.status, deployment.update_at = "DELETING", call.now_ms
    _plan_end(call, service, deployment, call.now_ms, delay=delete_ms(call), phase="delete")


def delete_service(call: Call, service: Service) -> None:
    """Begin to delete a service with all that it has."""
    now, delay = call.now_ms, delete_ms(call)
    service.deleting, service.update_at = True, now
    service.timeline = [step for step in service.timeline if step["step"] == HPA_STEP]
    for one in service.deployments:
        steps.give_up(one, now)
        one.status = "DELETING"
    fault = faults.take(call, service, "", "delete")
    if fault is None or fault.outcome == "slow":
        service.plan(now + _after(fault, delay), "service_deleted")
    elif fault.outcome == "fail":
        service.plan(now + _after(fault, delay), "service_not_deleted", reason=fault.reason)


def update_service(call: Call, service: Service, number: str) -> None:
    """Begin to bring a new version of the service; the current one serves meanwhile, where anything serves."""
    now = call.now_ms
    if not any(one.serves for one in service.deployments):
        service.version, service.update_at = number, now
        return
    service.pending, service.update_at = number, now
    service.unplan(None, keep=("auto_stop",))
    fault = faults.take(call, service, "", "service")
    if fault is None or fault.outcome == "slow":
        service.plan(now + _after(fault, upgrade_ms(call)), "service_updated")
    elif fault.outcome != "hang":
        service.plan(now + _after(fault, upgrade_ms(call)), "service_not_updated", reason=fault.reason)


def stop_service(call: Call, service: Service, at: int) -> None:
    """Begin to stop all deployments that have not stopped."""
    for one in service.deployments:
        if one.status in CAN_STOP or one.status in BUSY or one.status == "ERROR":
            stop(call, service, one, at)
    schedules.disarm(service)


def advance(call: Call) -> None:
    """Carry out every step of every service that is due by now."""
    for document in call.tx.due(KIND, call.now_ms):
        service, gone = load(document), False
        while service.timeline and service.timeline[0]["at"] <= call.now_ms:
            step = service.timeline.pop(0)
            if step["step"] == "service_deleted":
                gone = True
                break
            _carry_out(call, service, step)
        call.tx.put(FORMER, service.id, document, scope=service.project)
        if gone:
            remove(call.tx, service)
        else:
            keep(call.tx, service)


def _carry_out(call: Call, service: Service, step: Document) -> None:
    name = step["step"]
    if name == "auto_stop":
        schedules.mark_processed(service, step["at"])
        stop_service(call, service, step["at"])
        return
    if name in steps.OF_SERVICES:
        steps.OF_SERVICES[name](service, step)
        return
    deployment = deployment_of(service, step["deployment"])
    if deployment is None:
        return
    if name == HPA_STEP:
        count = hpa.fire(call, service, deployment, step)
        if count is not None:
            _rescale_at(call, service, deployment, count, step["at"])
        return
    steps.OF_DEPLOYMENTS[name](service, deployment, step)


def _rescale_at(call: Call, service: Service, deployment: Deployment, count: int, at: int) -> None:
    """A rule has fired, perhaps some time ago."""
    now, call.now = call.now, at / 1000
    try:
        rescale(call, service, deployment, count)
    finally:
        call.now = now


def _begin(service: Service, deployment: Deployment, status: str, at: int) -> None:
    service.unplan(deployment, keep=(HPA_STEP,))
    service.status = service.failure_reason = ""
    deployment.status, deployment.update_at, deployment.pending = status, at, None


def _plan(
    service: Service, deployment: Deployment, at: int, *, nominal: int, fault: faults.DeployFault | None, done: str
) -> None:
    """The last step of a deployment, a roll-out or a change of the scale."""
    minutes = deployment.content["advanced_config"].get("deploy_timeout_minutes")
    minutes = minutes or service.current.get("deploy_timeout_minutes") or DEFAULT_TIMEOUT_MINUTES
    too_late = at + minutes * 60_000
    step: Document = {"at": at + nominal, "step": done}
    told: Document = {"instances": 0, "outcome": "rollback", "of": done}
    if fault is not None:
        told = {"reason": fault.reason, "instances": fault.instances, "outcome": fault.outcome, "of": done}
        if fault.outcome in ("fail", "rollback"):
            step = {"at": at + _after(fault, nominal), "step": "failed", **told}
        elif fault.outcome == "slow":
            step["at"] = at + _after(fault, nominal)
        elif fault.outcome == "hang":
            step["at"] = too_late + 1
    if step["at"] > too_late:
        reason = f"the deployment exceeded {minutes} minutes and was set to failed"
        step = {**told, "at": too_late, "step": "failed", "reason": reason, "outcome": "rollback"}
    service.plan(**step, **_to(deployment))
    if fault is not None and step["step"] == done and fault.outcome in ("concerning", "error", "crash"):
        alarm = step["at"] + (_after(fault, 0) if fault.outcome == "crash" else 0)
        service.plan(alarm, "alarm", **told, **_to(deployment))
        if fault.heal_seconds is not None:
            service.plan(alarm + round(fault.heal_seconds * 1000), "healed", **_to(deployment))


def _plan_end(
    call: Call, service: Service, deployment: Deployment, at: int, *, delay: int, phase: faults.Phase
) -> None:
    done = "stopped" if phase == "stop" else "deleted"
    fault = faults.take(call, service, deployment.name, phase)
    if fault is None or fault.outcome == "slow":
        service.plan(at + _after(fault, delay), done, **_to(deployment))
    elif fault.outcome == "fail":
        service.plan(at + _after(fault, delay), "end_failed", reason=fault.reason, phase=phase, **_to(deployment))


def _to(deployment: Deployment) -> Document:
    return {"deployment": deployment.id}


def _after(fault: faults.DeployFault | None, usual: int) -> int:
    return usual if fault is None or fault.after_seconds is None else round(fault.after_seconds * 1000)
