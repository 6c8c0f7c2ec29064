"""Replicas by clock: rules, what they do when they are due, and what is told of that (modelarts-v2.md section 6.6)."""

from typing import Any, Final
from uuid import uuid4

from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors, listing
from .cron import Cron, CronError
from .deployment import Deployment
from .service import Service, find, find_deployment, save
from .settings import settings_of

STEP: Final = "hpa"
_NAME: Final = r"[a-z][a-z0-9-]{2,62}[a-z0-9]"
_EVENTS_KEPT: Final = 500
_DAY_MS: Final = 86_400_000


def create(call: Call) -> Response:
    """``POST …/hpa``."""
    body, (service, deployment) = object_body(call), _find(call)
    body.choice("type", ("CRON_HPA", "METRIC_HPA"), required=True)
    target = body.required_text("target_resource_id")
    body.choice("target_resource_type", ("GROUP",), required=True)
    workspace = body.text("workspace_id") or service.workspace_id
    if target != deployment.id:
        raise body.invalid("target_resource_id", "must be the id of the deployment")
    rules = [_read(item) for item in body.objects("hpa_rules", required=True) or []]
    _refuse_twins(body, rules)
    if deployment.hpa and deployment.hpa["rules"]:
        raise errors.refused(f"Deployment {deployment.name} has replica rules already.")
    identity = str(uuid4())
    deployment.hpa = {"id": identity, "name": f"hpa-{identity[:8]}", "workspace_id": workspace, "rules": []}
    for rule in rules:
        _add(call, service, deployment, rule)
    save(call.tx, service)
    return json_response(view(deployment))


def read(call: Call) -> Response:
    """``GET …/hpa``."""
    _service, deployment = _find(call)
    _require(call, deployment)
    return json_response(view(deployment))


def update(call: Call) -> Response:
    """``PUT …/hpa``: each rule says what is to become of it."""
    body, (service, deployment) = object_body(call), _find(call)
    named, items = body.required_text("id"), body.objects("hpa_rules", required=True) or []
    wanted = [(item, item.choice("operate", ("ADD", "UPDATE", "DELETE"), required=True)) for item in items]
    policy = _require(call, deployment)
    right = {"policy": (policy["id"],), "deployment": (deployment.id,)}
    if named not in right.get(settings_of(call).hpa_update_id, (policy["id"], deployment.id)):
        raise body.invalid("id", f"{named} is not the id of these rules")
    for item, operate in wanted:
        if operate == "ADD":
            _add(call, service, deployment, _read(item))
            continue
        rule = _rule(policy, item)
        _unplan(service, rule)
        if operate == "DELETE":
            policy["rules"].remove(rule)
        else:
            rule |= {**_read(item, rule), "status": "CONFIG_SUCCESS"}
            _plan(call, service, deployment, rule, call.now_ms)
    _refuse_twins(body, policy["rules"])
    save(call.tx, service)
    return json_response(view(deployment))


def delete(call: Call) -> Response:
    """``DELETE …/hpa``, which is not open to users yet."""
    if not settings_of(call).hpa_delete:
        raise HuaweiError(403, "ModelArts.0211", "This operation is not open to users.")
    service, deployment = _find(call)
    _require(call, deployment)
    shown = {**view(deployment), "status": "DELETED"}
    for rule in (deployment.hpa or {})["rules"]:
        _unplan(service, rule)
    deployment.hpa = None
    save(call.tx, service)
    return json_response(shown)


def events(call: Call) -> Response:
    """``GET …/hpa/events``, the newest first unless it is asked otherwise."""
    _service, deployment = _find(call)
    key = call.request.query_value("sort_key") or "lastProbeTime"
    listing.check_choice("sort_key", key, ("lastProbeTime", "status"))
    names = {"lastProbeTime": "record_time", "status": "status"}
    found = sorted(deployment.hpa_events, key=lambda event: str(event[names[key]]), reverse=listing.is_descending(call))
    return listing.answer(call, found)


def fire(call: Call, service: Service, deployment: Deployment, step: Document) -> int | None:
    """A rule is due: how many replicas there are to be, None when nothing is to be done."""
    policy = deployment.hpa or {"rules": []}
    rule = next((one for one in policy["rules"] if one["id"] == step["rule"]), None)
    if rule is None:
        return None
    _plan(call, service, deployment, rule, step["at"])
    current, target = deployment.count, rule["target_replicas"]
    refused = deployment.status not in ("RUNNING", "CONCERNING")
    rule["status"] = "FAILED" if refused else "EXECUTE_SUCCESS"
    event = {
        "id": str(uuid4()),
        "hpa_id": policy["id"],
        "status": "FAILED" if refused else "SUCCESS",
        "message": f"{rule['name']}: the deployment is {deployment.status}" if refused else f"{rule['name']}: done",
        "current_replicas": current,
        "target_replicas": target,
        "final_replicas": current if refused else target,
        "record_time": listing.date_time(step["at"]),
    }
    deployment.hpa_events = [*deployment.hpa_events[1 - _EVENTS_KEPT :], event]
    return None if refused or target == current else int(target)


def view(deployment: Deployment) -> Document:
    """What is answered of the rules; ``disable`` is text there."""
    policy = deployment.hpa or {}
    rules = policy["rules"]
    return {
        "id": policy["id"],
        "name": policy["name"],
        "target_resource_id": deployment.id,
        "target_resource_type": "GROUP",
        "min_replicas": min((rule["target_replicas"] for rule in rules), default=None),
        "max_replicas": max((rule["target_replicas"] for rule in rules), default=None),
        "status": "ACTIVE" if any(not rule["disable"] for rule in rules) else "INACTIVE",
        "workspace_id": policy["workspace_id"],
        "hpa_rules": [
            {
                "id": rule["id"],
                "hpa_id": policy["id"],
                **{name: rule[name] for name in ("name", "type", "schedule", "target_replicas", "status")},
                "disable": "true" if rule["disable"] else "false",
            }
            for rule in rules
        ],
    }


def _find(call: Call) -> tuple[Service, Deployment]:
    service = find(call)
    return service, find_deployment(call, service)


def _require(call: Call, deployment: Deployment) -> Document:
    if deployment.hpa is None:
        raise errors.not_found(call, "HPA of deployment", deployment.id)
    return deployment.hpa


def _read(item: Fields, former: Document | None = None) -> Document:
    """A rule; what a change of one leaves out stays."""
    former = former or {}
    name = item.text("name", pattern=_NAME, required=not former) or former["name"]
    kind = item.choice("type", ("CRON_HPA", "METRIC_HPA"), required=not former) or former["type"]
    schedule = item.text("schedule", required=not former) or former["schedule"]
    try:
        Cron(schedule)
    except CronError as error:
        raise item.invalid("schedule", str(error)) from error
    for one in ("min_replicas", "max_replicas", "downscale_window", "upscale_window"):
        item.integer(one, least=1, most=128)
    disable = item.boolean("disable")
    return {
        "name": name,
        "type": kind,
        "schedule": schedule,
        "target_replicas": _target(item, former),
        "disable": former.get("disable", False) if disable is None else disable,
    }


def _target(item: Fields, former: Document) -> Any:
    value = item.number("target_replicas", required=not former)
    if value is None:
        return former["target_replicas"]
    if not 1 <= int(value) <= 128:
        raise item.invalid("target_replicas", "must be from 1 to 128")
    return int(value)


def _rule(policy: Document, item: Fields) -> Document:
    wanted = item.required_text("id")
    found: Document | None = next((rule for rule in policy["rules"] if rule["id"] == wanted), None)
    if found is None:
        raise item.invalid("id", f"there is no rule {wanted}")
    return found


def _refuse_twins(body: Fields, rules: list[Document]) -> None:
    names = [rule["name"] for rule in rules]
    if len(set(names)) != len(names):
        raise body.invalid("hpa_rules", "must have different names")


def _add(call: Call, service: Service, deployment: Deployment, rule: Document) -> None:
    kept = {"id": str(uuid4()), **rule, "status": "CONFIG_SUCCESS"}
    (deployment.hpa or {})["rules"].append(kept)
    _plan(call, service, deployment, kept, call.now_ms)


def _unplan(service: Service, rule: Document) -> None:
    service.timeline = [step for step in service.timeline if step.get("rule") != rule["id"]]


def _plan(call: Call, service: Service, deployment: Deployment, rule: Document, after: int) -> None:
    if rule["disable"]:
        return
    cron, zone = Cron(rule["schedule"]), settings_of(call).cron_time_zone
    due = cron.next_ms(after, zone)
    if due is not None and due - after < _DAY_MS and due < call.now_ms - 2 * _DAY_MS:
        # who comes back after a long time has no use for every minute of it
        due = cron.next_ms(call.now_ms - 2 * _DAY_MS, zone)
    if due is not None:
        service.plan(due, STEP, deployment=deployment.id, rule=rule["id"])
