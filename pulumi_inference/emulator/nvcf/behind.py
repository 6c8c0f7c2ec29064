"""Changes behind the program's back, for the admin door: as if somebody had used NVIDIA's own tools, and at once."""

from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..routing import Call
from ..store import Document
from . import fleets, machine, records, timeline

STATUSES: Final = ("INACTIVE", "DEPLOYING", "ACTIVE", "DEGRADING", "DEGRADED", "ERROR")

_OF_VERSION: Final = (
    *("name", "inferenceUrl", "inferencePort", "containerImage", "containerArgs", "containerEnvironment", "models"),
    *("resources", "helmChart", "helmChartServiceName", "healthUri", "health", "apiBodyFormat", "functionType"),
    *("description", "tags", "secrets", "rateLimit", "telemetries", "llmInvocationConfig", "status"),
)
_OF_DEPLOYMENT: Final = ("status", "healthInfo", "runningRequests")
_OF_FLEET: Final = (*fleets.COUNTS, "error", "held")
_OF_SPEC: Final = (
    *("minInstances", "maxInstances", "maxRequestConcurrency", "autoscalingConfiguration", "clusters", "regions"),
    *("attributes", "availabilityZones", "configuration", "preferredOrder"),
)


def check_status(status: Any) -> None:
    """Refuse a state that there is not.

    Raises:
        RefusedError: it is none.
    """
    if status not in STATUSES:
        raise RefusedError(f"no such state: {status}; there are {', '.join(STATUSES)}")


def overview(call: Call) -> Document:
    """What there is of all accounts, in short."""
    versions = [
        {name: version[name] for name in ("ncaId", "id", "versionId", "name", "status")}
        for version in records.find_versions(call.tx)
    ]
    deployments = [
        {name: one[name] for name in ("ncaId", "deploymentId", "functionId", "functionVersionId")}
        for one in call.tx.find_all(records.DEPLOYMENT)
    ]
    return {"functions": versions, "deployments": deployments}


def find_version(call: Call) -> Document:
    """The version of the path.

    Raises:
        RefusedError: there is none.
    """
    function_id, version_id = call.params["functionId"], call.params["versionId"]
    version = records.find_version(call.tx, function_id, version_id)
    if version is None:
        raise RefusedError(f"there is no version {version_id} of a function {function_id}")
    return version


def find_deployment(call: Call) -> Document:
    """The deployment of the path.

    Raises:
        RefusedError: there is none.
    """
    deployment = records.find_deployment_by_id(call.tx, call.params["deploymentId"])
    if deployment is None:
        raise RefusedError(f"there is no deployment {call.params['deploymentId']}")
    return deployment


def change_version(call: Call, version: Document, changes: Document) -> None:
    """Replace members of a version; no rule is checked. ``secrets`` are a map of names to values.

    Raises:
        RefusedError: unknown member or state.
    """
    refuse_unknown(changes, _OF_VERSION)
    if "status" in changes:
        check_status(changes["status"])
    if not isinstance(changes.get("secrets", {}), dict):
        raise RefusedError("secrets are a map of names to values")
    version.update(changes)
    records.save_version(call.tx, version)


def change_deployment(call: Call, deployment: Document, changes: Document) -> None:
    """Give a deployment a state, which then stays, or words about its health; say how many requests it has.

    Raises:
        RefusedError: unknown member or state.
    """
    refuse_unknown(changes, _OF_DEPLOYMENT)
    function_id, version_id = deployment["functionId"], deployment["functionVersionId"]
    if "status" in changes:
        check_status(changes["status"])
        version = records.find_version(call.tx, function_id, version_id)
        if version is not None:
            version["status"] = changes["status"]
            records.save_version(call.tx, version)
        deployment["timeline"] = []
    if "healthInfo" in changes:
        deployment["health"] = changes["healthInfo"]
    if "runningRequests" in changes:
        records.set_running_requests(call.tx, function_id, version_id, _number("runningRequests", changes))
    records.save_deployment(call.tx, deployment)


def delete_deployment(call: Call, deployment: Document) -> None:
    """Let a deployment vanish at once; its version is INACTIVE then."""
    version = records.find_version(call.tx, deployment["functionId"], deployment["functionVersionId"])
    if version is None:
        records.delete_deployment(call.tx, deployment["functionId"], deployment["functionVersionId"])
    else:
        machine.undeploy(call, version, deployment, graceful=False)


def change_spec(call: Call, deployment: Document, changes: Document) -> None:
    """Change a specification, or how many instances of it there are.

    Raises:
        RefusedError: unknown member or specification.
    """
    refuse_unknown(changes, (*_OF_FLEET, *_OF_SPEC))
    spec_id = call.params["gpuSpecId"]
    spec = next((one for one in deployment["deploymentSpecifications"] if one["gpuSpecificationId"] == spec_id), None)
    if spec is None:
        raise RefusedError(f"the deployment has no specification {spec_id}")
    fleet: Document = {name: changes[name] for name in _OF_FLEET if name in changes}
    for name in fleets.COUNTS:
        if name in fleet:
            fleet[name] = _number(name, changes)
    for name in (name for name in _OF_SPEC if name in changes):
        if changes[name] is None:
            spec.pop(name, None)
        else:
            spec[name] = changes[name]
    if fleet:
        machine.change_fleet(call, deployment, spec_id, fleet)
    else:
        timeline.look_soon(call, deployment, call.now_ms, later=True)
    records.save_deployment(call.tx, deployment)


def share(call: Call, changes: Document) -> None:
    """Set the accounts that a function, or a version of it, is shared with; ``*`` makes it public.

    Raises:
        RefusedError: unknown member, no list of accounts, no such function.
    """
    refuse_unknown(changes, ("accounts",))
    parties = changes["accounts"]
    if parties is not None and not (isinstance(parties, list) and all(isinstance(one, str) for one in parties)):
        raise RefusedError("accounts is a list of account ids, or null")
    function_id, version_id = call.params["functionId"], call.params.get("versionId")
    versions = [
        version for version in records.find_versions(call.tx, function_id) if version_id in (None, version["versionId"])
    ]
    if not versions:
        raise RefusedError(f"there is no function {function_id}, or no such version of it")
    for version in versions:
        version["functionParties" if version_id is None else "versionParties"] = parties
        records.save_version(call.tx, version)


def _number(name: str, changes: Document) -> int:
    value = changes[name]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise RefusedError(f"{name} cannot be {value!r}")
    return value
