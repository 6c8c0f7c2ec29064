"""The versions of a deployment: list, detail, switch, delete (modelarts-v2.md sections 3.2 and 6.3)."""

from ..huaweicloud.fields import object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors, listing, machine, views
from .deployment import Deployment
from .service import Service, find, find_deployment, save


def read_all(call: Call) -> Response:
    """``GET …/versions``, the newest first."""
    _service, one = _find(call)
    key = call.request.query_value("sort_key") or "create_at"
    listing.check_choice("sort_key", key, ("create_at", "update_at"))
    numbered = sorted(enumerate(one.versions), key=lambda item: (item[1][key], item[0]), reverse=True)
    return listing.answer(call, [views.version_row(one, version) for _, version in numbered])


def read(call: Call) -> Response:
    """``GET …/versions/{version}``."""
    _service, one = _find(call)
    return json_response(views.deployment(call, one, _version(call, one)["version"]))


def delete(call: Call) -> Response:
    """``DELETE …/versions/{version}``, which must not be in use."""
    service, one = _find(call)
    version = _version(call, one)
    if one.is_public:
        raise errors.refused("A version of a deployment in the public pool cannot be deleted.")
    if version["version"] in (one.version, (one.pending or {}).get("version")):
        raise errors.refused(f"Version {version['version']} of deployment {one.name} is in use.")
    one.versions.remove(version)
    save(call.tx, service)
    return json_response({"id": one.id})


def switch(call: Call) -> Response:
    """``POST …/versions/{version}/switch``."""
    body = object_body(call)
    named = body.required_text("infer_name")
    sent = {"service_id": body.text("service_id"), "target_deployment_version": body.text("target_deployment_version")}
    service, one = _find(call)
    if named != one.id:
        raise body.invalid("infer_name", "must be the id of the deployment")
    number = call.params["version"]
    for name, right in (("service_id", service.id), ("target_deployment_version", number)):
        if sent[name] and sent[name] != right:
            raise body.invalid(name, f"must be {right}, as in the path")
    if one.is_public:
        raise errors.refused("The version of a deployment in the public pool cannot be switched.")
    if one.status != "RUNNING":
        raise errors.forbids("Deployment", one.name, "be switched", one.status)
    if one.get_version(number) is None:
        raise errors.refused(f"Version {number} of deployment {one.name} does not exist.")
    if number != one.version:
        machine.roll_out(call, service, one, {"version": number}, "switch")
        save(call.tx, service)
    return json_response({"id": one.id})


def _find(call: Call) -> tuple[Service, Deployment]:
    service = find(call)
    return service, find_deployment(call, service)


def _version(call: Call, one: Deployment) -> Document:
    found = one.get_version(call.params["version"])
    if found is None:
        raise errors.not_found(call, "Version", call.params["version"])
    return found
