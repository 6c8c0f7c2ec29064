"""Deployments: add, list, detail, change, scale, start, stop, interrupt, delete (modelarts-v2.md section 6)."""

from typing import Final

from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import clusters, deployment, errors, flavours, listing, machine, provider, steps, views
from .bodies import groups
from .deployment import BUSY, CAN_CHANGE, CAN_INTERRUPT, CAN_START, CAN_STOP, Deployment
from .service import Service, find, find_deployment, save
from .settings import settings_of

_DAY_MS: Final = 86_400_000


def add(call: Call) -> Response:
    """``POST /services/{service_id}/deployments``."""
    body = object_body(call)
    service = find(call)
    invoke = service.current["runtime_config"]["service_invoke"]
    group = read(body, service.deploy_type, service.workload_type, invoke)
    if any(one.name == group["fixed"]["name"] for one in service.deployments):
        raise errors.taken("deployment", group["fixed"]["name"])
    one = new(call, group)
    if one.is_public or service.is_public:
        raise _public("added")
    _refuse_deleting(service)
    service.deployments.append(one)
    machine.deploy(call, service, one, "create")
    save(call.tx, service)
    return json_response(views.deployment(call, one))


def read_all(call: Call) -> Response:
    """``GET /services/{service_id}/deployments``; ``status=all`` has those that are gone, too."""
    service = find(call)
    found = list(service.deployments)
    status = call.request.query_value("status") or None
    listing.check_choice("status", status, ("all",))
    if status:
        days = listing.number(call, "delete_after", 7)
        found += [one for one in service.deleted if (one.deleted_at or 0) >= call.now_ms - days * _DAY_MS]
    keys = ("create_at", "update_at", "name", "status", "weight")
    return listing.answer(
        call, [views.deployment_row(service, one) for one in listing.ordered(call, found, keys, "create_at")]
    )


def read_one(call: Call) -> Response:
    """``GET …/deployments/{deployment}``."""
    return json_response(views.deployment(call, find_deployment(call, find(call))))


def update(call: Call) -> Response:
    """``PUT …/deployments/{deployment}``."""
    body = object_body(call)
    service = find(call)
    one = find_deployment(call, service)
    change = _checked(call, one, body, groups.read_change(body, one))
    provider.check(call, service)
    _refuse_public(one, "changed")
    _refuse_state(one, CAN_CHANGE | ({"FAILED"} if settings_of(call).put_from_failed else set()))
    apply(call, service, one, change)
    save(call.tx, service)
    return json_response(views.deployment(call, one))


def scale(call: Call) -> Response:
    """``PUT …/deployments/{deployment}/scale``, where the path has the name."""
    count = object_body(call).integer("count", required=True, least=1, most=128) or 1
    service = find(call)
    one = find_deployment(call, service, by="name")
    _refuse_public(one, "scaled")
    if one.status != "RUNNING":
        raise errors.forbids("Deployment", one.name, "be scaled", one.status)
    if count != one.count:
        machine.rescale(call, service, one, count)
    save(call.tx, service)
    return json_response(views.deployment(call, one))


def start(call: Call) -> Response:
    """``POST …/deployments/{deployment}/start``."""
    service, one = _open(call, "started", CAN_START)
    machine.deploy(call, service, one, "start")
    save(call.tx, service)
    return json_response(views.group(call, service, one))


def stop(call: Call) -> Response:
    """``POST …/deployments/{deployment}/stop``."""
    service, one = _open(call, "stopped", CAN_STOP)
    machine.stop(call, service, one, call.now_ms)
    save(call.tx, service)
    return json_response(views.deployment(call, one))


def interrupt(call: Call) -> Response:
    """``POST …/deployments/{deployment}/interrupt``."""
    service, one = _open(call, "interrupted", CAN_INTERRUPT)
    machine.interrupt(call, service, one)
    save(call.tx, service)
    return json_response(views.deployment(call, one))


def delete(call: Call) -> Response:
    """``DELETE …/deployments/{deployment}``."""
    service = find(call)
    one = find_deployment(call, service)
    _refuse_public(one, "deleted")
    if one.status in BUSY and not settings_of(call).busy_delete:
        raise errors.forbids("Deployment", one.name, "be deleted", one.status)
    if one.status != "DELETING":
        machine.delete_deployment(call, service, one)
        save(call.tx, service)
    return json_response(views.deployment(call, one))


def read(group: Fields, deploy_type: str, workload_type: str | None, invoke: Document) -> Document:
    """A deployment that is to be made, see :func:`.bodies.groups.read_new`."""
    return {**groups.read_new(group, deploy_type, workload_type, invoke), "fields": group}


def new(call: Call, group: Document) -> Deployment:
    """A deployment that is in no service yet, from what :func:`read` has read.

    Raises:
        HuaweiError: its pool or flavours cannot be had.
    """
    body: Fields = group["fields"]
    pool_id = group["fixed"]["pool_id"]
    clusters.check(call, pool_id, body.path("pool_id"))
    flavours.check(call, group["content"]["unit_configs"], body.path("unit_configs"))
    return deployment.new(group, call.now_ms)


def change_of(call: Call, service: Service, group: Fields) -> tuple[Deployment, Document]:
    """What an update of a service says about its deployment.

    Raises:
        HuaweiError: there is no such deployment, or the change breaks a rule.
    """
    identity, name = group.text("id"), group.text("name")
    found = next(
        (one for one in service.deployments if identity == one.id or (not identity and name == one.name)), None
    )
    if found is None:
        raise group.invalid("name", "there is no such deployment")
    change = _checked(call, found, group, groups.read_change(group, found, inline=True))
    _refuse_state(found, CAN_CHANGE | {"FAILED"})
    return found, change


def apply(call: Call, service: Service, one: Deployment, change: Document) -> None:
    """Begin a change that has been checked; what has failed is deployed anew by it.

    Raises:
        HuaweiError: the deployment cannot have another version.
    """
    settings, now = settings_of(call), call.now_ms
    content = {**one.content, **change["content"]}
    pending = {name: change[name] for name in ("count", "weight") if change[name] not in (None, getattr(one, name))}
    if settings.every_put_adds_version or _without_ids(content) != _without_ids(one.content):
        if len(one.versions) >= settings.max_versions:
            raise errors.refused(f"Deployment {one.name} has {settings.max_versions} versions; delete one first.")
        pending |= {"version": one.add_version(content, now), "is_new": True}
    if not pending:
        return
    if one.status in ("STOPPED", "FAILED"):
        steps.apply(one, pending, now)
        one.update_at = now
        if one.status == "FAILED" or settings.put_starts:
            machine.deploy(call, service, one, "update")
        return
    machine.roll_out(call, service, one, pending, "update")


def _checked(call: Call, one: Deployment, body: Fields, change: Document) -> Document:
    """The change, once all has been looked at that hangs on what there is."""
    content = change["content"]
    priority = one.content.get("priority")
    if one.status != "STOPPED" and priority is not None and content.get("priority") != priority:
        raise body.invalid("priority", f"has to be sent as it is, {priority}, unless the deployment is STOPPED")
    if one.status != "STOPPED" and priority is None and "priority" in content:
        raise body.invalid("priority", "can only be changed while the deployment is STOPPED")
    former = {unit["id"]: unit for unit in one.content["unit_configs"]}
    for place, unit in enumerate(content.get("unit_configs", ())):
        if unit["id"] in former and unit["role"] != former[unit["id"]]["role"]:
            raise body.invalid(f"unit_configs[{place}].role", "cannot be changed")
    flavours.check(call, content.get("unit_configs", ()), body.path("unit_configs"), former=one.content["unit_configs"])
    return change


def _without_ids(content: Document) -> Document:
    """What tells whether two contents are the same."""
    units = [{name: value for name, value in unit.items() if name != "id"} for unit in content["unit_configs"]]
    return {**content, "unit_configs": units}


def _open(call: Call, verb: str, statuses: frozenset[str]) -> tuple[Service, Deployment]:
    service = find(call)
    one = find_deployment(call, service)
    _refuse_public(one, verb)
    if one.status not in statuses:
        raise errors.forbids("Deployment", one.name, f"be {verb}", one.status)
    return service, one


def _refuse_state(one: Deployment, allowed: frozenset[str]) -> None:
    if one.status not in allowed:
        raise errors.forbids("Deployment", one.name, "be changed", one.status)


def _refuse_public(one: Deployment, verb: str) -> None:
    if one.is_public:
        raise _public(verb)


def _public(verb: str) -> HuaweiError:
    return errors.refused(f"A deployment in the public pool cannot be {verb}; change the service instead.")


def _refuse_deleting(service: Service) -> None:
    if service.deleting:
        raise errors.forbids("Service", service.id, "have a deployment added", "DELETING")
