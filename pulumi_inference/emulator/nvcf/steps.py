"""What happens by itself to a deployment: the steps of its timeline, and what the service does when it looks."""

from collections.abc import Callable
from typing import Final

from ..routing import Call
from ..store import Document
from . import catalogue, fleets, records, timeline
from .settings import settings_of

KEPT_IN_ERROR_MS: Final = 7 * 24 * 3600 * 1000
"""How long a failed deployment stays before the service cleans it away."""

_NO_ID: Final = "00000000-0000-0000-0000-000000000000"


def _step_up(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet = deployment["fleet"][step["spec"]]
    fleets.move(fleet, "starting", "running", step["count"])
    timeline.look_soon(call, deployment, step["at"])


def _step_fail(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet = deployment["fleet"][step["spec"]]
    fleets.move(fleet, "starting", "errored", step["count"])
    fleet["error"] = step["error"]
    timeline.look_soon(call, deployment, step["at"])


def _step_lose(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet, fate = deployment["fleet"][step["spec"]], step["fate"]
    lost = fleet["running"] - min(fate["instances"] or 0, fleet["running"])
    if fate["outcome"] == "degrading":
        lost = lost if fate["instances"] is not None else min(1, lost)
        fleets.move(fleet, "running", "starting", lost)
    else:
        fleets.move(fleet, "running", "errored", lost)
        fleet["error"] = fate["error"]
    fleet["held"] = True
    timeline.look_soon(call, deployment, step["at"])


def _step_heal(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet = deployment["fleet"][step["spec"]]
    fleets.move(fleet, "errored", "running", fleet["errored"])
    fleets.move(fleet, "starting", "running", fleet["starting"])
    fleet["held"] = False
    timeline.look_soon(call, deployment, step["at"])


def _step_break(_call: Call, version: Document, deployment: Document, step: Document) -> None:
    """The look at instances that are to come up fails itself."""
    if version["status"] != "DEPLOYING":
        return
    where = f"Function id '{version['id']}', version '{version['versionId']}'"
    text = f"{where}, deployment '{deployment['deploymentId']}': Failed to update deploying function status"
    deployment["health"] = [
        {
            "icmsRequestId": _NO_ID,
            "gpu": spec["gpu"],
            "backend": spec.get("backend") or "UNKNOWN",
            "instanceType": spec["instanceType"],
            "error": f"{text}: {step['error']}",
        }
        for spec in deployment["deploymentSpecifications"]
    ]
    _give_up(version, deployment)


def _step_look(call: Call, version: Document, deployment: Document, step: Document) -> None:
    before = (version["status"], fleets.copy(deployment))
    if version["status"] == "DEPLOYING":
        _look_at_deploying(call, version, deployment, step["at"])
    elif version["status"] in records.DEPLOYED:
        deployment["health"] = _health(call, deployment)
        version["status"] = _status_in_service(version, deployment)
        _allocate(call, deployment, step["at"])
    if version["status"] == "ACTIVE":
        _plan_losses(deployment, step["at"])
    if (version["status"], fleets.copy(deployment)) != before and version["status"] in records.DEPLOYED:
        timeline.look_soon(call, deployment, step["at"], later=True)


def _step_idle(call: Call, version: Document, deployment: Document, step: Document) -> None:
    """Let go what is not needed, if nobody has asked since."""
    idle = settings_of(call).idle_seconds
    if idle is None or version["status"] not in records.DEPLOYED:
        return
    if records.running_requests(call.tx, version["id"], version["versionId"]):
        timeline.plan(deployment, call.now_ms + timeline.ms(idle) + 1, "idle")
        return
    for spec in deployment["deploymentSpecifications"]:
        fleet = deployment["fleet"][spec["gpuSpecificationId"]]
        fleet["running"] = min(fleet["running"], spec["minInstances"])
    timeline.look_soon(call, deployment, step["at"])


def _step_drain(call: Call, version: Document, deployment: Document, step: Document) -> None:
    if is_drained(call, version, deployment, step["at"]):
        deployment["gone"] = True
        return
    timeline.plan(deployment, max(timeline.tick(call, deployment, call.now_ms, later=True), call.now_ms + 1), "drain")


def _step_expire(_call: Call, version: Document, deployment: Document, _step: Document) -> None:
    if version["status"] == "ERROR":
        version["status"] = "INACTIVE"
        deployment["gone"] = True


STEPS: dict[str, Callable[[Call, Document, Document, Document], None]] = {
    "up": _step_up,
    "fail": _step_fail,
    "lose": _step_lose,
    "heal": _step_heal,
    "break": _step_break,
    "look": _step_look,
    "idle": _step_idle,
    "drain": _step_drain,
    "expire": _step_expire,
}


def _look_at_deploying(call: Call, version: Document, deployment: Document, at: int) -> None:
    specs, fleet = deployment["deploymentSpecifications"], deployment["fleet"].values()
    health = _health(call, deployment)
    if health:
        deployment["health"] = health
    errored = sum(one["errored"] for one in fleet)
    if _has_enough(deployment):
        deployment["health"] = health
        version["status"] = "ACTIVE"
    elif errored >= max(1, sum(spec["minInstances"] for spec in specs)) and fleets.is_dead(deployment):
        _give_up(version, deployment)
    elif all(one["running"] for one in fleet):
        _allocate(call, deployment, at)


def _status_in_service(version: Document, deployment: Document) -> str:
    least = [spec["minInstances"] for spec in deployment["deploymentSpecifications"]]
    may_rest = version["status"] == "ACTIVE" and 0 in least
    if fleets.is_dead(deployment) and not may_rest:
        return "DEGRADED"
    return "ACTIVE" if _has_enough(deployment) else "DEGRADING"


def _has_enough(deployment: Document) -> bool:
    return all(
        deployment["fleet"][spec["gpuSpecificationId"]]["running"] >= spec["minInstances"]
        for spec in deployment["deploymentSpecifications"]
    )


def _plan_losses(deployment: Document, at: int) -> None:
    """What is to be lost again is lost once it has been in service."""
    for spec_id, fleet in deployment["fleet"].items():
        fate = fleet["later"]
        if fate is None or not fleet["running"]:
            continue
        fleet["later"] = None
        lost = at + (fate["after_ms"] or 0)
        timeline.plan(deployment, lost, "lose", spec=spec_id, fate=fate)
        if fate["heal_ms"] is not None:
            timeline.plan(deployment, lost + fate["heal_ms"], "heal", spec=spec_id)


def _allocate(call: Call, deployment: Document, at: int) -> None:
    """Start what is missing and end what is too much."""
    for spec in deployment["deploymentSpecifications"]:
        fleet = deployment["fleet"][spec["gpuSpecificationId"]]
        missing = spec["minInstances"] - fleet["running"] - fleet["starting"]
        if missing > 0 and not fleet["held"]:
            fleet["errored"] = 0
            timeline.start(call, deployment, spec, missing, at)
        fleet["running"] = min(fleet["running"], spec["maxInstances"])


def _give_up(version: Document, deployment: Document) -> None:
    version["status"] = "ERROR"
    for fleet in deployment["fleet"].values():
        fleet |= {"running": 0, "starting": 0, "errored": 0, "held": True}
    deployment["timeline"] = []
    timeline.plan(deployment, deployment["updatedAt"] + KEPT_IN_ERROR_MS, "expire")


def _health(call: Call, deployment: Document) -> list[Document]:
    """What is wrong with the specifications none of whose instances starts or runs."""
    found = []
    for spec in deployment["deploymentSpecifications"]:
        fleet = deployment["fleet"][spec["gpuSpecificationId"]]
        if fleet["errored"] and not fleet["running"] + fleet["starting"]:
            found.append(
                {
                    "icmsRequestId": _NO_ID,
                    "gpu": spec["instanceType"],
                    "backend": catalogue.provider_of(call, spec),
                    "instanceType": spec["instanceType"],
                    "error": fleet["error"] or "No error log is available for the instance",
                }
            )
    return found


def is_drained(call: Call, version: Document, deployment: Document, at: int) -> bool:
    waiting = records.running_requests(call.tx, version["id"], version["versionId"])
    return waiting == 0 and at >= deployment["drainUntil"]
