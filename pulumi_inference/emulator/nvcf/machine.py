"""The states of a deployed version (nvcf.md section 7): what starts a change.

Nothing runs in the background. The service looks at its deployments once in a period; here a look is planned on the
deployment's timeline when there is something to see, and :func:`advance` carries out, in order and with their own
times, those that are due. Instances are kept as numbers for each specification, its fleet.
"""

from ..routing import Call
from ..store import Document
from . import catalogue, fleets, records, steps, timeline
from .faults import DeployFault, take_for_deployment
from .settings import settings_of
from .times import iso


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
        timeline.start(call, deployment, spec, spec["minInstances"], now)
    if all(spec["minInstances"] == 0 for spec in specs):
        version["status"] = "ACTIVE"
        return
    version["status"] = "DEPLOYING"
    if fault is not None and fault.outcome == "check_error":
        at = timeline.tick(call, deployment, now + timeline.ms(fault.after_seconds or 0))
        timeline.plan(deployment, at, "break", error=fault.error)


def stand(call: Call, version: Document, deployment: Document) -> None:
    """Have a deployment in service at once, with the least instances of each specification."""
    now = call.now_ms
    deployment |= {"madeAt": now, "updatedAt": now, "timeline": [], "drainUntil": None, "usedAt": None}
    deployment["fleet"] = {
        spec["gpuSpecificationId"]: fleets.empty(now) | {"running": spec["minInstances"]}
        for spec in deployment["deploymentSpecifications"]
    }
    version["status"] = "ACTIVE"


def rescale(call: Call, version: Document, deployment: Document) -> None:
    """See to a change of how many instances there are to be: at the next look, not now."""
    now = call.now_ms
    deployment["updatedAt"], deployment["lastUpdatedAt"] = now, iso(now)
    fault = take_for_deployment(call, version["name"], deployment["deploymentSpecifications"], "update")
    if fault is not None:
        for spec in filter(fault.hits, deployment["deploymentSpecifications"]):
            deployment["fleet"][spec["gpuSpecificationId"]]["fate"] = fleets.fate(fault)
    timeline.look_soon(call, deployment, now, later=True)


def undeploy(call: Call, version: Document, deployment: Document, *, graceful: bool) -> None:
    """Take a version out of service; with requests left, a graceful end keeps the row until they are done."""
    version["status"] = "INACTIVE"
    records.save_version(call.tx, version)
    now = call.now_ms
    if deployment["drainUntil"] is None:
        deployment["drainUntil"] = now + timeline.ms(settings_of(call).drain_seconds)
    if not graceful or steps.is_drained(call, version, deployment, now):
        records.delete_deployment(call.tx, version["id"], version["versionId"])
        return
    deployment["timeline"] = []
    timeline.plan(deployment, timeline.tick(call, deployment, now), "drain")
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
            timeline.start(call, deployment, first, 1, call.now_ms)
    timeline.plan_idle(call, deployment)
    records.save_deployment(call.tx, deployment)
    return sum(
        int(deployment["fleet"][spec["gpuSpecificationId"]]["running"] * spec["maxRequestConcurrency"])
        for spec in specs
    )


def change_fleet(call: Call, deployment: Document, spec_id: str, changes: Document) -> None:
    """Set how many instances of a specification there are behind the service's back; it sees that at its next look."""
    fleet = deployment["fleet"][spec_id]
    fleet |= {**changes, "fate": None, "later": None, "since": call.now_ms}
    deployment["timeline"] = [step for step in deployment["timeline"] if step.get("spec") != spec_id]
    if fleet["starting"] and not fleet["held"]:
        timeline.plan(deployment, call.now_ms + timeline.deploy_ms(call), "up", spec=spec_id, count=fleet["starting"])
    timeline.look_soon(call, deployment, call.now_ms, later=True)


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
            steps.STEPS[step["step"]](call, version, deployment, step)
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
