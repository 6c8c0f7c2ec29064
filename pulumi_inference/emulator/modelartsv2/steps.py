"""What happens when something that was planned is due: the steps of :mod:`.machine`."""

from collections.abc import Callable
from typing import Final

from ..store import Document
from . import pods, schedules
from .deployment import Deployment
from .service import Service


def give_up(deployment: Deployment, at: int) -> None:
    """End a roll-out that is under way; the version that it was to bring has failed."""
    pending, deployment.pending = deployment.pending, None
    if pending and pending.get("version") and pending.get("is_new"):
        attempted = deployment.get_version(pending["version"])
        if attempted:
            attempted |= {"status": "FAILED", "update_at": at}


def run(service: Service, deployment: Deployment, at: int) -> None:
    """Let a deployment run with all its instances."""
    pods.fill(deployment, at)
    pods.enter(deployment, at, status="RUNNING")
    deployment.status, deployment.update_at, deployment.has_run = "RUNNING", at, True
    schedules.arm(service, at)


def break_down(service: Service, deployment: Deployment, at: int, step: Document) -> None:
    """Some instances, or all, run no more."""
    pods.enter(deployment, at, status="RUNNING", first=step["instances"], rest="FAILED")
    deployment.status, deployment.update_at = ("CONCERNING" if step["outcome"] == "concerning" else "ERROR"), at
    service.tell(at, "ABNORMAL", f"Deployment {deployment.name} is abnormal: {step['reason']}.")


def apply(deployment: Deployment, pending: Document, at: int) -> None:
    """Let what was pending be so."""
    if pending.get("version"):
        deployment.activate(pending["version"], at)
    for name in ("count", "weight"):
        if pending.get(name) is not None:
            setattr(deployment, name, pending[name])


def _deployed(service: Service, deployment: Deployment, step: Document) -> None:
    run(service, deployment, step["at"])
    service.tell(step["at"], "NORMAL", f"Deployment {deployment.name} is running.")


def _upgraded(service: Service, deployment: Deployment, step: Document) -> None:
    pending, deployment.pending = deployment.pending or {}, None
    renews = bool(pending.get("version"))
    apply(deployment, pending, step["at"])
    if renews:
        pods.renew(deployment, step["at"], status="RUNNING")
    run(service, deployment, step["at"])
    service.tell(step["at"], "NORMAL", f"Deployment {deployment.name} has been upgraded.")


def _scaled(service: Service, deployment: Deployment, step: Document) -> None:
    run(service, deployment, step["at"])
    service.tell(step["at"], "NORMAL", f"Deployment {deployment.name} has {deployment.count} instances.")


def _failed(service: Service, deployment: Deployment, step: Document) -> None:
    at, reason = step["at"], step["reason"]
    give_up(deployment, at)
    if step["of"] == "upgraded" and step["outcome"] == "rollback":
        deployment.status, deployment.update_at = _former_status(deployment), at
        service.tell(at, "ABNORMAL", f"Upgrade of deployment {deployment.name} failed and was rolled back: {reason}.")
        return
    if step["of"] == "scaled":
        deployment.status, deployment.update_at = "CONCERNING", at
        service.tell(at, "ABNORMAL", f"Deployment {deployment.name} could not be scaled: {reason}.")
        return
    pods.enter(deployment, at, status="RUNNING", first=step["instances"], rest="FAILED")
    deployment.status, deployment.update_at = "FAILED", at
    service.failure_reason = f"Deployment {deployment.name}: {reason}"
    what = "Upgrade roll-back" if step["of"] == "upgraded" else "Deployment"
    service.tell(at, "ABNORMAL", f"{what} of {deployment.name} failed: {reason}.")


def _former_status(deployment: Deployment) -> str:
    """The state after a roll-out that has changed nothing."""
    running = len(deployment.running)
    return "RUNNING" if running == deployment.count else "CONCERNING" if running else "ERROR"


def _alarm(service: Service, deployment: Deployment, step: Document) -> None:
    break_down(service, deployment, step["at"], step)


def _healed(service: Service, deployment: Deployment, step: Document) -> None:
    run(service, deployment, step["at"])
    service.tell(step["at"], "NORMAL", f"Deployment {deployment.name} is healthy again.")


def _stopped(service: Service, deployment: Deployment, step: Document) -> None:
    deployment.status, deployment.update_at, deployment.instances = "STOPPED", step["at"], []
    service.tell(step["at"], "NORMAL", f"Deployment {deployment.name} has stopped.")
    if all(one.status in ("STOPPED", "FAILED") for one in service.deployments):
        schedules.disarm(service)


def _interrupted(service: Service, deployment: Deployment, step: Document) -> None:
    if step["is_scaling"] and deployment.running:
        deployment.instances = deployment.running
        deployment.count = len(deployment.instances)
    deployment.status, deployment.update_at = _former_status(deployment), step["at"]
    service.tell(step["at"], "NORMAL", f"Upgrade of deployment {deployment.name} was interrupted.")


def _deleted(service: Service, deployment: Deployment, step: Document) -> None:
    service.deployments.remove(deployment)
    deployment.status, deployment.instances = "DELETED", []
    deployment.deleted_at = deployment.update_at = step["at"]
    service.deleted.append(deployment)
    service.tell(step["at"], "NORMAL", f"Deployment {deployment.name} has been deleted.")


def _end_failed(service: Service, deployment: Deployment, step: Document) -> None:
    deployment.status, deployment.update_at = "FAILED", step["at"]
    service.failure_reason = f"Deployment {deployment.name}: {step['reason']}"
    what = "Delete" if step["phase"] == "delete" else "Stop"
    service.tell(step["at"], "ABNORMAL", f"{what} of deployment {deployment.name} failed: {step['reason']}.")


def _service_updated(service: Service, step: Document) -> None:
    service.version, service.pending = service.pending or service.version, None
    service.update_at = step["at"]
    service.tell(step["at"], "NORMAL", f"The service has been upgraded to {service.version}.")


def _service_not_updated(service: Service, step: Document) -> None:
    service.pending, service.update_at = None, step["at"]
    service.tell(step["at"], "ABNORMAL", f"Upgrade of the service failed and was rolled back: {step['reason']}.")


def _service_not_deleted(service: Service, step: Document) -> None:
    service.deleting, service.failure_reason = False, step["reason"]
    for one in service.deployments:
        one.status = "FAILED"
        pods.enter(one, step["at"], status="FAILED")
    service.tell(step["at"], "ABNORMAL", f"Delete of the service failed: {step['reason']}.")


OF_SERVICES: Final[dict[str, Callable[[Service, Document], None]]] = {
    "service_updated": _service_updated,
    "service_not_updated": _service_not_updated,
    "service_not_deleted": _service_not_deleted,
}
OF_DEPLOYMENTS: Final[dict[str, Callable[[Service, Deployment, Document], None]]] = {
    "deployed": _deployed,
    "upgraded": _upgraded,
    "scaled": _scaled,
    "failed": _failed,
    "alarm": _alarm,
    "healed": _healed,
    "stopped": _stopped,
    "interrupted": _interrupted,
    "deleted": _deleted,
    "end_failed": _end_failed,
}
