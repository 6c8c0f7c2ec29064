"""Services: create, detail, list, change, delete, start, stop (modelarts-v2.md sections 3.1, 4 and 5)."""

from typing import Any, Final

from ..huaweicloud import refusals
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import deployments, errors, keys, listing, machine, provider, schedules, states, views
from .bodies import services as bodies
from .deployment import BUSY, CAN_START, Deployment
from .service import KIND, Service, find, find_all, get, save
from .settings import settings_of

_CAN_CHANGE: Final = ("STOPPED", "FAILED", "RUNNING", "INIT")
_EXACT: Final = ("id", "user_name", "status", "type", "auth_type", "workspace_id")
_OF_VERSIONS: Final = (
    *("runtime_config", "upgrade_config", "lts_strategy", "log_configs", "custom_metrics_path"),
    "deploy_timeout_minutes",
)


def create(call: Call) -> Response:
    """``POST /services``."""
    service = make(call, object_body(call), call.params["project_id"])
    for one in service.deployments:
        machine.deploy(call, service, one, "create")
    save(call.tx, service)
    return json_response(views.service(call, service, created=True))


def make(call: Call, body: Fields, project: str) -> Service:
    """A service that is not kept yet, with its deployment, which has nothing to do yet.

    Raises:
        HuaweiError: the body breaks a rule, the name is taken, there are too many, or a deployment cannot be had.
    """
    settings = settings_of(call)
    made = bodies.read_new(body, settings)
    invoke = made["version"]["runtime_config"]["service_invoke"]
    kind, workload = made["service"]["deploy_type"], made["service"]["workload_type"]
    groups = [deployments.read(group, kind, workload, invoke) for group in made["groups"]]
    check_name(call, project, made["service"]["name"])
    if settings.max_services is not None and len(call.tx.find_all(KIND, project)) >= settings.max_services:
        raise errors.refused(f"The quota of {settings.max_services} services is used up.")
    now = call.now_ms
    schedule = made["service"].pop("schedule")
    service = Service(
        project=project,
        **made["service"],
        schedule=[],
        versions=[],
        version=made["version_number"],
        create_at=now,
        update_at=now,
        provider=provider.account_of(call),
    )
    service.add_version(made["version"], now, made["version_number"])
    schedules.replace(service, schedule, now)
    service.deployments = [deployments.new(call, group) for group in groups]
    return service


def read(call: Call) -> Response:
    """``GET /services/{service_id}``."""
    return json_response(views.service(call, find(call)))


def read_all(call: Call) -> Response:
    """``GET /services``."""
    settings, given = settings_of(call), listing.query(call)
    listing.check_choice("status", given.get("status"), [one for one in states.STATUSES if one != "INIT"])
    tags = _tags(given.get("tags", ""))
    shown_until = call.now_ms - round(settings.list_seconds * 1000)
    found = [
        one
        for one in find_all(call)
        if one.create_at <= shown_until and _fits(call, one, given) and tags.items() <= one.tags.items()
    ]
    keys_to_sort = ("create_at", "update_at")
    rows = [views.service_row(call, one) for one in listing.ordered(call, found, keys_to_sort, "update_at")]
    return listing.answer(call, rows)


def update(call: Call) -> Response:
    """``PUT /services/{service_id}``."""
    body = object_body(call)
    service = find(call)
    change = bodies.read_change(body, service.type)
    provider.check(call, service)
    groups = [(group, deployments.change_of(call, service, group)) for group in change["groups"]]
    name = change["service"].get("name", service.name)
    if name != service.name:
        check_name(call, service.project, name)
    status = states.status_of(service, settings_of(call))
    if status not in _CAN_CHANGE:
        raise errors.forbids("Service", service.id, "be changed", status)
    number, brought = change["version_number"], _brought(service, change["version"])
    only_description = not brought and not groups and not change["service"]
    if number is not None and not only_description and any(one["version"] == number for one in service.versions):
        raise body.invalid("version", f"{number} exists already")
    _change(call, service, change, brought, bool(groups))
    for _group, (deployment, wanted) in groups:
        deployments.apply(call, service, deployment, wanted)
    save(call.tx, service)
    return json_response(views.service(call, service))


def delete(call: Call) -> Response:
    """``POST /services/delete``: all of them or none."""
    identities = object_body(call).texts("service_ids", required=True) or []
    found = []
    for identity in dict.fromkeys(identities):
        service = get(call.tx, identity)
        if service is None or service.project != call.params["project_id"]:
            raise refusals.invalid("service_ids", f"service {identity} does not exist")
        found.append(service)
    if not settings_of(call).busy_delete:
        for service in found:
            _refuse_busy(call, service)
    for service in found:
        if not service.deleting:
            keys.forget(call, service.id)
            machine.delete_service(call, service)
            save(call.tx, service)
    return json_response({"service_responses": [views.service(call, one) for one in found]})


def start(call: Call) -> Response:
    """``POST /services/{service_id}/start``: all deployments that do not run."""
    service = find(call)
    _refuse_other(call, service, "be started", ("STOPPED", "FAILED"))
    for one in _some(service, "be started"):
        if one.status in CAN_START:
            machine.deploy(call, service, one, "start")
    save(call.tx, service)
    return json_response(views.service(call, service))


def stop(call: Call) -> Response:
    """``POST /services/{service_id}/stop``: all deployments."""
    service = find(call)
    _refuse_other(call, service, "be stopped", ("RUNNING", "DEPLOYING", "UPGRADING", "FAILED", "CONCERNING", "ERROR"))
    _some(service, "be stopped")
    machine.stop_service(call, service, call.now_ms)
    save(call.tx, service)
    return json_response(views.service(call, service))


def check_name(call: Call, project: str, name: str) -> None:
    """Refuse the name of another service.

    Raises:
        HuaweiError: 409.
    """
    if call.tx.find_all(KIND, project, name=name):
        raise errors.taken("service", name)


def _change(call: Call, service: Service, change: Document, brought: Document, has_groups: bool) -> None:
    """Carry out what a change says beside deployments."""
    now, description = call.now_ms, change["version"].get("description")
    for name, value in change["service"].items():
        if name == "schedule":
            if not description:  # the documented trap: dropped, and nothing says so
                schedules.replace(service, value, now)
        else:
            setattr(service, name, value)
    number = change["version_number"]
    is_new = number is not None and all(one["version"] != number for one in service.versions)
    if not brought and not has_groups and not is_new:
        if description is not None:
            service.current["description"] = description
        service.update_at = now
        return
    content = {name: value for name, value in service.current.items() if name in (*_OF_VERSIONS, "description")}
    content |= brought | ({} if description is None else {"description": description})
    added = service.add_version(content, now, number)
    service.status = service.failure_reason = ""
    machine.update_service(call, service, added)


def _brought(service: Service, version: Document) -> Document:
    """What of the settings that were sent is another value than the present one."""
    current = service.current
    return {name: version[name] for name in _OF_VERSIONS if name in version and version[name] != current.get(name)}


def _some(service: Service, verb: str) -> list[Deployment]:
    if not service.deployments:
        raise errors.forbids("Service", service.id, verb, "without a deployment")
    return service.deployments


def _refuse_other(call: Call, service: Service, verb: str, statuses: tuple[str, ...]) -> None:
    status = states.status_of(service, settings_of(call))
    if status not in statuses:
        raise errors.forbids("Service", service.id, verb, status)


def _refuse_busy(call: Call, service: Service) -> None:
    status = states.status_of(service, settings_of(call))
    if status in BUSY:
        raise errors.forbids("Service", service.id, "be deleted", status)


def _tags(text: str) -> dict[str, str]:
    """The filter ``k1|v1,k2|v2``."""
    if not text:
        return {}
    pairs = [part.split("|") for part in text.split(",")]
    if any(len(pair) != 2 or not pair[0] for pair in pairs):
        raise refusals.invalid("tags", "must be pairs such as k1|v1,k2|v2")
    return {pair[0]: pair[1] for pair in pairs}


def _fits(call: Call, one: Service, given: dict[str, str]) -> bool:
    settings = settings_of(call)
    row: dict[str, Any] = views.service_row(call, one)
    name = given.get("name", "")
    pools = {each.pool_id for each in one.deployments}
    return (
        all(given[key] == row[key] for key in _EXACT if key in given)
        and (name in one.name if settings.fuzzy_names else name in ("", one.name))
        and given.get("description", "") in row["description"]
        and all(given[key] in pools for key in ("pool_id", "pool_name") if key in given)
        and ("node_ip" not in given or given["node_ip"] in _node_ips(one))
        and ("asset_id" not in given or given["asset_id"] in _assets(one))
    )


def _node_ips(one: Service) -> set[str]:
    return {pod["pod_node_ip"] for each in one.deployments for instance in each.instances for pod in instance["pods"]}


def _assets(one: Service) -> set[str]:
    models = [each.content.get("model") for each in one.deployments]
    models += [
        model for each in one.deployments for unit in each.content["unit_configs"] for model in unit.get("models", ())
    ]
    return {model["asset_id"] for model in models if model and "asset_id" in model}
