"""The states of a deployed version (nvcf.md section 7): what starts a change, and what then happens by itself.

Nothing runs in the background. The service looks at its deployments once in a period; here a look is planned on the
deployment's timeline when there is something to see, and :func:`advance` carries out, in order and with their own
times, those that are due. Instances are kept as numbers for each specification, its fleet.
"""

from bisect import insort
from collections.abc import Callable
from math import ceil
from typing import Final

from ..routing import Call
from ..store import Document
from . import catalogue, fleets, records
from .faults import DeployFault, take_for_deployment
from .settings import settings_of
from .times import iso

KEPT_IN_ERROR_MS: Final = 7 * 24 * 3600 * 1000
"""How long a failed deployment stays before the service cleans it away."""

_NO_ID: Final = "00000000-0000-0000-0000-000000000000"


def begin(call: Call, version: Document, deployment: Document, fault: DeployFault | None) -> None:
    """Start a deployment: the least instances of each specification."""
    now = call.now_ms
    deployment |= {"madeAt": now, "updatedAt": now, "timeline": [], "fleet": {}, "drainUntil": None, "usedAt": None}
    specs = deployment["deploymentSpecifications"]
    for spec in specs:
        fleet = fleets.empty(now)
        deployment["fleet"][spec["gpuSpecificationId"]] = fleet
        if fault is not None and fault.hits(spec):
            fleet["fate"] = fleets.fate(fault)
        _start(call, deployment, spec, spec["minInstances"], now)
    if all(spec["minInstances"] == 0 for spec in specs):
        version["status"] = "ACTIVE"
        return
    version["status"] = "DEPLOYING"
    if fault is not None and fault.outcome == "check_error":
        at = _tick(call, deployment, now + _ms(fault.after_seconds or 0))
        _plan(deployment, at, "break", error=fault.error)


def rescale(call: Call, version: Document, deployment: Document) -> None:
    """See to a change of how many instances there are to be: at the next look, not now."""
    now = call.now_ms
    deployment["updatedAt"], deployment["lastUpdatedAt"] = now, iso(now)
    fault = take_for_deployment(call, version["name"], deployment["deploymentSpecifications"], "update")
    if fault is not None:
        for spec in filter(fault.hits, deployment["deploymentSpecifications"]):
            deployment["fleet"][spec["gpuSpecificationId"]]["fate"] = fleets.fate(fault)
    look_soon(call, deployment, now, later=True)


def look_soon(call: Call, deployment: Document, at: int, *, later: bool = False) -> None:
    """Plan the next look at that time or after it; only after it with ``later``."""
    at = _tick(call, deployment, at, later=later)
    if not any(step["step"] == "look" and step["at"] == at for step in deployment["timeline"]):
        _plan(deployment, at, "look")


def undeploy(call: Call, version: Document, deployment: Document, *, graceful: bool) -> None:
    """Take a version out of service; with requests left, a graceful end keeps the row until they are done."""
    version["status"] = "INACTIVE"
    records.save_version(call.tx, version)
    now = call.now_ms
    if deployment["drainUntil"] is None:
        deployment["drainUntil"] = now + _ms(settings_of(call).drain_seconds)
    if not graceful or _is_drained(call, version, deployment, now):
        records.delete_deployment(call.tx, version["id"], version["versionId"])
        return
    deployment["timeline"] = []
    _plan(deployment, _tick(call, deployment, now), "drain")
    records.save_deployment(call.tx, deployment)


def wake(call: Call, function_id: str, version_id: str) -> int:
    """A request has come: let an instance start if there is none.

    Returns:
        How many requests at once the instances that run can take.
    """
    version = records.find_version(call.tx, function_id, version_id)
    deployment = records.find_deployment(call.tx, function_id, version_id)
    if version is None or deployment is None or not records.is_invocable(version):
        return 0
    specs = deployment["deploymentSpecifications"]
    deployment["usedAt"] = call.now_ms
    if not any(fleet["running"] + fleet["starting"] for fleet in deployment["fleet"].values()):
        first = min(specs, key=lambda spec: int(spec["preferredOrder"]))
        if not deployment["fleet"][first["gpuSpecificationId"]]["held"]:
            _start(call, deployment, first, 1, call.now_ms)
    _plan_idle(call, deployment)
    records.save_deployment(call.tx, deployment)
    return sum(
        int(deployment["fleet"][spec["gpuSpecificationId"]]["running"] * spec["maxRequestConcurrency"])
        for spec in specs
    )


def change_fleet(call: Call, deployment: Document, spec_id: str, changes: Document) -> None:
    """Set how many instances of a specification there are behind the service's back; it sees that at its next look."""
    fleet = deployment["fleet"][spec_id]
    fleet |= {**changes, "fate": None, "since": call.now_ms}
    deployment["timeline"] = [step for step in deployment["timeline"] if step.get("spec") != spec_id]
    if fleet["starting"] and not fleet["held"]:
        _plan(deployment, call.now_ms + _deploy_ms(call), "up", spec=spec_id, count=fleet["starting"])
    look_soon(call, deployment, call.now_ms)


def advance(call: Call) -> None:
    """Carry out every step of every deployment that is due by now."""
    for deployment in call.tx.due(records.DEPLOYMENT, call.now_ms):
        version = records.find_version(call.tx, deployment["functionId"], deployment["functionVersionId"])
        if version is None:
            records.delete_deployment(call.tx, deployment["functionId"], deployment["functionVersionId"])
            continue
        status = version["status"]
        while deployment["timeline"] and deployment["timeline"][0]["at"] <= call.now_ms:
            step = deployment["timeline"].pop(0)
            _STEPS[step["step"]](call, version, deployment, step)
        if version["status"] != status:
            records.save_version(call.tx, version)
        if deployment.get("gone"):
            records.delete_deployment(call.tx, version["id"], version["versionId"])
        else:
            records.save_deployment(call.tx, deployment)


def instances(call: Call, deployment: Document) -> list[Document]:
    """The instances of a deployment, as a function's details have them."""
    name = "sisRequestId" if settings_of(call).older_names else "icmsRequestId"
    return [
        {
            "instanceId": one_id,
            "functionId": deployment["functionId"],
            "functionVersionId": deployment["functionVersionId"],
            "instanceType": spec["instanceType"],
            "instanceStatus": status,
            name: fleets.request_id(deployment, spec),
            "ncaId": deployment["ncaId"],
            "gpu": spec["gpu"],
            "backend": catalogue.provider_of(call, spec),
            "location": next(iter(spec.get("regions", ())), "us-east-1"),
            "instanceCreatedAt": iso(fleet["since"]),
            "instanceUpdatedAt": iso(fleet["since"]),
        }
        for spec in deployment["deploymentSpecifications"]
        for fleet in (deployment["fleet"][spec["gpuSpecificationId"]],)
        for one_id, status in fleets.members(deployment, spec, fleet)
    ]


def _start(call: Call, deployment: Document, spec: Document, count: int, at: int) -> None:
    """Let instances start, and plan what becomes of them."""
    if not count:
        return
    spec_id = spec["gpuSpecificationId"]
    fleet = deployment["fleet"][spec_id]
    fleet["starting"] += count
    fleet["since"] = at
    fate, fleet["fate"] = fleet["fate"], None
    up = at + _deploy_ms(call)
    if fate is None:
        _plan(deployment, up, "up", spec=spec_id, count=count)
        return
    happens = fate["after_ms"]
    if fate["outcome"] in ("error", "hang"):
        some = min(fate["instances"] or 0, count)
        if some:
            _plan(deployment, up, "up", spec=spec_id, count=some)
        fleet["held"] = True
        if fate["outcome"] == "error":
            end = up if happens is None else at + happens
            _plan(deployment, end, "fail", spec=spec_id, count=count - some, error=fate["error"])
            up = end
    else:
        _plan(deployment, up, "up", spec=spec_id, count=count)
        up += happens or 0
        _plan(deployment, up, "lose", spec=spec_id, fate=fate)
    if fate["heal_ms"] is not None:
        _plan(deployment, up + fate["heal_ms"], "heal", spec=spec_id)


def _step_up(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet = deployment["fleet"][step["spec"]]
    fleets.move(fleet, "starting", "running", step["count"])
    look_soon(call, deployment, step["at"])


def _step_fail(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet = deployment["fleet"][step["spec"]]
    fleets.move(fleet, "starting", "errored", step["count"])
    fleet["error"] = step["error"]
    look_soon(call, deployment, step["at"])


def _step_lose(call: Call, version: Document, deployment: Document, step: Document) -> None:
    """Lose instances of a version in service; before that, nobody would see them go."""
    if version["status"] == "DEPLOYING":
        _plan(deployment, _tick(call, deployment, step["at"], later=True), **_without_time(step))
        return
    fleet, fate = deployment["fleet"][step["spec"]], step["fate"]
    lost = fleet["running"] - min(fate["instances"] or 0, fleet["running"])
    if fate["outcome"] == "degrading":
        lost = lost if fate["instances"] is not None else min(1, lost)
        fleets.move(fleet, "running", "starting", lost)
    else:
        fleets.move(fleet, "running", "errored", lost)
        fleet["error"] = fate["error"]
    fleet["held"] = True
    look_soon(call, deployment, step["at"])


def _step_heal(call: Call, _version: Document, deployment: Document, step: Document) -> None:
    fleet = deployment["fleet"][step["spec"]]
    fleets.move(fleet, "errored", "running", fleet["errored"])
    fleets.move(fleet, "starting", "running", fleet["starting"])
    fleet["held"] = False
    look_soon(call, deployment, step["at"])


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
    if (version["status"], fleets.copy(deployment)) != before and version["status"] in records.DEPLOYED:
        look_soon(call, deployment, step["at"], later=True)


def _step_idle(call: Call, version: Document, deployment: Document, step: Document) -> None:
    """Let go what is not needed, if nobody has asked since."""
    idle = settings_of(call).idle_seconds
    if idle is None or version["status"] not in records.DEPLOYED or step["at"] < deployment["usedAt"] + _ms(idle):
        return
    if records.running_requests(call.tx, version["id"], version["versionId"]):
        _plan(deployment, step["at"] + _ms(idle) + 1, "idle")
        return
    for spec in deployment["deploymentSpecifications"]:
        fleet = deployment["fleet"][spec["gpuSpecificationId"]]
        fleet["running"] = min(fleet["running"], spec["minInstances"])
    look_soon(call, deployment, step["at"])


def _step_drain(call: Call, version: Document, deployment: Document, step: Document) -> None:
    if _is_drained(call, version, deployment, step["at"]):
        deployment["gone"] = True
        return
    _plan(deployment, max(_tick(call, deployment, call.now_ms, later=True), call.now_ms + 1), "drain")


def _step_expire(_call: Call, version: Document, deployment: Document, _step: Document) -> None:
    if version["status"] == "ERROR":
        version["status"] = "INACTIVE"
        deployment["gone"] = True


_STEPS: dict[str, Callable[[Call, Document, Document, Document], None]] = {
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


def _allocate(call: Call, deployment: Document, at: int) -> None:
    """Start what is missing and end what is too much."""
    for spec in deployment["deploymentSpecifications"]:
        fleet = deployment["fleet"][spec["gpuSpecificationId"]]
        missing = spec["minInstances"] - fleet["running"] - fleet["starting"]
        if missing > 0 and not fleet["held"]:
            fleet["errored"] = 0
            _start(call, deployment, spec, missing, at)
        fleet["running"] = min(fleet["running"], spec["maxInstances"])


def _give_up(version: Document, deployment: Document) -> None:
    version["status"] = "ERROR"
    for fleet in deployment["fleet"].values():
        fleet |= {"running": 0, "starting": 0, "errored": 0, "held": True}
    deployment["timeline"] = []
    _plan(deployment, deployment["updatedAt"] + KEPT_IN_ERROR_MS, "expire")


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


def _is_drained(call: Call, version: Document, deployment: Document, at: int) -> bool:
    waiting = records.running_requests(call.tx, version["id"], version["versionId"])
    return waiting == 0 and at >= deployment["drainUntil"]


def _plan_idle(call: Call, deployment: Document) -> None:
    idle = settings_of(call).idle_seconds
    if idle is not None:
        deployment["timeline"] = [step for step in deployment["timeline"] if step["step"] != "idle"]
        _plan(deployment, call.now_ms + _ms(idle), "idle")


def _plan(deployment: Document, at: int, step: str, **arguments: object) -> None:
    insort(deployment["timeline"], {"at": at, "step": step, **arguments}, key=lambda item: int(item["at"]))


def _without_time(step: Document) -> Document:
    return {name: value for name, value in step.items() if name != "at"}


def _tick(call: Call, deployment: Document, at: int, *, later: bool = False) -> int:
    """When the service looks at the deployment next: at that time or after it."""
    period = _ms(settings_of(call).period_seconds)
    if not period:
        return at
    made: int = deployment["madeAt"]
    ticks = ceil((at - made) / period)
    tick = made + ticks * period
    return tick + period if later and tick == at else tick


def _deploy_ms(call: Call) -> int:
    return _ms(call.settings.deploy_seconds)


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
