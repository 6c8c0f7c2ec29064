"""Deployments: made, read, changed and taken away (nvcf.md section 6)."""

from collections.abc import Callable
from typing import Final
from uuid import uuid4

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, artifacts, catalogue, functionviews, lookups, machine, records, specbody
from .accounts import Caller
from .errors import ProblemError, invalid
from .faults import take_for_deployment
from .fields import object_body
from .settings import settings_of
from .times import iso

_MEMBERS: Final = ("deploymentId", "functionId", "functionVersionId", "ncaId", "createdAt", "lastUpdatedAt")


def create(call: Call) -> Response:
    """``POST /deployments/functions/{functionId}/versions/{versionId}``."""
    specs = specbody.read_specs(call, object_body(call, specbody.CREATE))
    caller = accounts.caller_of(call)
    version = _own_version(call, caller, "create")
    _check_undeployed(call, version)
    check_specs(call, version, specs)
    artifacts.check(call, version, "deploy")
    fault = take_for_deployment(call, version["name"], specs, "create")
    if fault is not None and fault.outcome == "refused":
        text = f"Failed to deploy, reverting state to '{version['status']}': {fault.error}"
        raise ProblemError(fault.status, f"{lookups.where(version)}: {text}")
    if fault is not None and fault.outcome == "chart" and version.get("helmChart"):
        raise invalid(f"Helm chart validation error(s) from NVCF ReVal service: {fault.error}")
    deployment = new(call, version, specs)
    machine.begin(call, version, deployment, fault)
    records.save_version(call.tx, version)
    records.save_deployment(call.tx, deployment)
    return _answer(call, version, deployment)


def new(call: Call, version: Document, specs: list[Document]) -> Document:
    """A deployment of a version, not begun yet."""
    now = iso(call.now_ms)
    return {
        "deploymentId": str(uuid4()),
        "functionId": version["id"],
        "functionVersionId": version["versionId"],
        "ncaId": version["ncaId"],
        "createdAt": now,
        "lastUpdatedAt": now,
        # The service keeps them in a map, so that nobody can rely on the order of the request.
        "deploymentSpecifications": [{"gpuSpecificationId": str(uuid4()), **spec} for spec in reversed(specs)],
    }


def read(call: Call) -> Response:
    """``GET /deployments/functions/{functionId}/versions/{versionId}``."""
    version_id = call.params["versionId"]
    deployment = records.find_deployment(call.tx, call.params["functionId"], version_id, call.stale)
    if deployment is None:
        raise _no_deployment(version_id)
    return _read(call, deployment)


def read_by_id(call: Call) -> Response:
    """``GET /deployments/{deploymentId}``."""
    return _read(call, _by_id(call))


def read_all(call: Call) -> Response:
    """``GET /deployments``: those of the account that are in service or have failed."""
    caller = accounts.caller_of(call)
    return json_response({"deployments": _in_service(call, caller.account, caller.covers)})


def read_all_of(call: Call) -> Response:
    """``GET /accounts/{ncaId}/deployments``, for administrators of the service."""
    return json_response({"deployments": _in_service(call, call.params["ncaId"], lambda _version: True)})


def delete(call: Call) -> Response:
    """``DELETE /deployments/functions/{functionId}/versions/{versionId}``; answers the function."""
    caller = accounts.caller_of(call)
    version = _own_version(call, caller, "delete")
    deployment = records.find_deployment(call.tx, version["id"], version["versionId"])
    if deployment is None:
        raise _no_deployment(version["versionId"])
    graceful = (call.request.query_value("graceful") or "false").lower() == "true"
    machine.undeploy(call, version, deployment, graceful=graceful)
    return json_response({"function": functionviews.answer(call, version, caller)})


def replace(call: Call) -> Response:
    """``PUT /deployments/functions/{functionId}/versions/{versionId}``, the older way to change numbers."""
    wanted, caller = specbody.read_replacements(call), accounts.caller_of(call)
    version = _own_version(call, caller, "update")
    _check_deployed(version)
    deployment = records.find_deployment(call.tx, version["id"], version["versionId"])
    if deployment is None:
        raise _no_deployment(version["versionId"])
    pairs = _paired(version, deployment["deploymentSpecifications"], wanted)
    has_changed = False
    for spec, new in pairs:
        numbers = ("minInstances", "maxInstances", "maxRequestConcurrency")
        changes = {name: new[name] for name in numbers if new[name] is not None}
        has_changed = has_changed or any(spec[name] != value for name, value in changes.items())
        spec.update(changes)
    if has_changed:
        artifacts.check(call, version, "deploy")
        machine.rescale(call, version, deployment)
        records.save_deployment(call.tx, deployment)
    return _answer(call, version, deployment)


def patch(call: Call) -> Response:
    """``PATCH /deployments/{deploymentId}/gpu-specifications/{gpuSpecId}``."""
    changes, caller = specbody.read_patch(call), accounts.caller_of(call)
    deployment = _by_id(call)
    version = _version_of(call, caller, deployment, "update")
    _check_deployed(version)
    if not changes:
        raise invalid(
            f"{lookups.where(version)}: Empty update gpu specification request. At least one field should be provided."
        )
    spec_id = call.params["gpuSpecId"]
    spec = next((one for one in deployment["deploymentSpecifications"] if one["gpuSpecificationId"] == spec_id), None)
    if spec is None:
        raise ProblemError(404, f"Invalid request: Unknown gpu-specification-id '{spec_id}'")
    before = dict(spec)
    _apply(spec, changes)
    if spec != before:
        machine.rescale(call, version, deployment)
        records.save_deployment(call.tx, deployment)
    return json_response({"gpuSpecification": _spec_view(call, spec)})


def view(call: Call, version: Document, deployment: Document) -> Document:
    """A deployment as it is answered."""
    found = {name: deployment[name] for name in _MEMBERS}
    found |= {
        "functionName": version["name"],
        "functionStatus": version["status"],
        "deploymentSpecifications": [_spec_view(call, spec) for spec in deployment["deploymentSpecifications"]],
    }
    older = settings_of(call).older_names
    if deployment.get("health"):
        found["healthInfo"] = [_with_older_name(entry) if older else entry for entry in deployment["health"]]
    if older:
        found["requestQueueUrl"] = f"nats://queues/{version['versionId']}"
    return found


def _in_service(call: Call, account: str, is_shown: Callable[[Document], bool]) -> list[Document]:
    found = []
    for version in call.tx.find_all(records.VERSION, account):
        deployment = records.find_deployment(call.tx, version["id"], version["versionId"], call.stale)
        if deployment is not None and version["status"] != "INACTIVE" and is_shown(version):
            found.append(view(call, version, deployment))
    return found


def _answer(call: Call, version: Document, deployment: Document) -> Response:
    return json_response({"deployment": view(call, version, deployment)})


def _read(call: Call, deployment: Document) -> Response:
    version = _version_of(call, accounts.caller_of(call), deployment, "get")
    return _answer(call, version, deployment)


def _spec_view(call: Call, spec: Document) -> Document:
    return {**spec, **catalogue.looked_up(call, spec)}


def _with_older_name(entry: Document) -> Document:
    return {"sisRequestId" if name == "icmsRequestId" else name: value for name, value in entry.items()}


def _no_deployment(version_id: str) -> ProblemError:
    return ProblemError(404, f"Function version '{version_id}': Deployment not found")


def _by_id(call: Call) -> Document:
    deployment_id = call.params["deploymentId"]
    deployment = records.find_deployment_by_id(call.tx, deployment_id, call.stale)
    if deployment is None:
        raise ProblemError(404, f"Deployment id '{deployment_id}': Deployment not found")
    return deployment


def _version_of(call: Call, caller: Caller, deployment: Document, what: str) -> Document:
    """The version of a deployment of the caller's account."""
    function_id, version_id = deployment["functionId"], deployment["functionVersionId"]
    where = f"Function id '{function_id}', version '{version_id}'"
    if deployment["ncaId"] != caller.account:
        raise ProblemError(404, f"{where}: Function deployment not found in account '{caller.account}'")
    version = records.find_version(call.tx, function_id, version_id)
    if version is None:
        raise ProblemError(404, f"{where}: Not found")
    if not caller.covers(version):
        raise lookups.forbidden(version, f"'{what}' deployment")
    return version


def _own_version(call: Call, caller: Caller, what: str) -> Document:
    public = f"Cannot {what} deployment for public function"
    return lookups.own_version(call, caller, f"'{what}' deployment", public=public)


def _check_deployed(version: Document) -> None:
    if version["status"] not in records.DEPLOYED:
        raise invalid(f"{lookups.where(version)}: Invalid status '{version['status']}'")


def _check_undeployed(call: Call, version: Document) -> None:
    status, where = version["status"], lookups.where(version)
    if status == "INACTIVE":
        if records.find_deployment(call.tx, version["id"], version["versionId"]) is not None:
            raise invalid(
                f"{where}: Function deployment found for INACTIVE function. Wait for current deployment to be "
                "gracefully completed and removed."
            )
    elif status == "ERROR":
        raise invalid(f"{where}: Function already has a deployment with errors")
    else:
        raise invalid(f"{where}: Status {status}, use PATCH endpoint to update gpu-specification")


def check_specs(call: Call, version: Document, specs: list[Document]) -> None:
    """Check specifications against the catalogue and against what the version is.

    Raises:
        ProblemError: 400, 502 when there is no catalogue.
    """
    groups, where = catalogue.groups(call), lookups.where(version)
    if not groups:
        raise ProblemError(502, f"{where}: No Backends defined for account '{version['ncaId']}'")
    for spec in specs:
        _check_place(call, where, spec, groups, single_node=bool(version.get("containerImage")))
    if not version.get("helmChart"):
        for spec in specs:
            for name, words in (("configuration", "configuration"), ("helmValidationPolicy", "helmValidationPolicy")):
                if name in spec:
                    text = f"The {words} field in Gpu specification should be empty for container based functions."
                    raise invalid(f"{where}: {text}")


def _check_place(call: Call, where: str, spec: Document, groups: list[Document], *, single_node: bool) -> None:
    """A GPU and an instance type that there are, in the cluster group if one is named."""
    backend, gpu = spec.get("backend"), spec["gpu"].lower()
    if backend:
        if spec.get("clusters"):
            text = f"Backend:['{backend}'] and Clusters:['{', '.join(spec['clusters'])}']"
            raise invalid(f"{where}: {text} could not be specified at the same time.")
        groups = [group for group in groups if group["name"].lower() == backend.lower()]
        if not groups:
            raise invalid(f"{where}: Invalid Backend '{backend}' specified")
        if not groups[0]["gpus"]:
            raise invalid(f"{where}: GPUs missing for Backend '{backend}'")
    if not any(one["name"].lower() == gpu for group in groups for one in group["gpus"]):
        raise invalid(f"{where}: Invalid GPU '{spec['gpu']}' specified")
    names = {kind["name"].lower() for kind in catalogue.instance_types(call, gpu, of=groups)}
    wanted = spec["instanceType"].lower()
    if wanted not in names or (single_node and catalogue.is_multi_node(wanted)):
        raise invalid(f"{where}: Invalid InstanceType '{spec['instanceType']}' specified")


def _paired(version: Document, specs: list[Document], wanted: list[Document]) -> list[tuple[Document, Document]]:
    """Which new values are for which specification."""
    where = f"Function id '{version['id']}', version ='{version['versionId']}'"
    mismatch = f"{where}: GPU / InstanceType specs must match the ones in the original deployment"
    if len(specs) != len(wanted):
        raise invalid(mismatch)
    if len(wanted) > 1 and any(new["gpuSpecificationId"] is None for new in wanted):
        raise invalid(f"{where}: Deployment has multiple GPU specifications. To update deployment use PATCH endpoint.")
    by_id = {spec["gpuSpecificationId"]: spec for spec in specs}
    pairs = []
    for new in wanted:
        spec = specs[0] if new["gpuSpecificationId"] is None else by_id.get(new["gpuSpecificationId"])
        if spec is None:
            raise invalid(mismatch)
        _check_same_place(lookups.where(version), spec, new)
        pairs.append((spec, new))
    return pairs


def _check_same_place(where: str, spec: Document, new: Document) -> None:
    backend, clusters = (new["backend"] or "").strip(), new["clusters"] or []
    if backend != spec.get("backend", ""):
        text = f"Backend '{backend}' field does not match original deployment spec: '{spec.get('backend')}'."
        raise invalid(f"{where}: {text}")
    if set(clusters) != set(spec.get("clusters", ())):
        text = f"Provided clusters: '{clusters}' does not match clusters from original spec: '{spec.get('clusters')}'"
        raise invalid(f"{where}: {text}")


def _apply(spec: Document, changes: Document) -> None:
    wanted: dict[str, int] = {name: {**spec, **changes}[name] for name in ("minInstances", "maxInstances")}
    least, most = wanted.values()
    if least > most:
        raise invalid(f"Invalid request: minInstances '{least}' must be lesser than or equal to maxInstances '{most}'")
    spec.update(wanted)
    if changes.get("autoscalingConfigurationPolicy") == "PLATFORM_CONFIGURATION":
        spec.pop("autoscalingConfiguration", None)
    elif "autoscalingConfiguration" in changes:
        spec["autoscalingConfiguration"] = changes["autoscalingConfiguration"]
