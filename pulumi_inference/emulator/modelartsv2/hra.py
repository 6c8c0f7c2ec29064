"""Advice on the ratio of units: kept and answered, nothing comes of it (modelarts-v2.md section 6.7)."""

from typing import Any
from uuid import uuid4

from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors
from .bodies.common import SCHEMES, given
from .service import find, find_deployment, save


def create(call: Call) -> Response:
    """``POST …/hra``."""
    body = object_body(call)
    workspace = body.required_text("workspace_id")
    rules = [_read(item) for item in body.objects("hra_rules", required=True) or []]
    policy = {"id": str(uuid4()), "workspace_id": workspace, **_limits(body)}
    service = find(call)
    one = find_deployment(call, service)
    if one.hra is not None:
        raise errors.refused(f"Deployment {one.name} has an HRA already.")
    one.hra = {**policy, "policy_status": "ACTIVE", "hra_rules": [_new(rule) for rule in rules]}
    save(call.tx, service)
    return json_response(one.hra)


def read(call: Call) -> Response:
    """``GET …/hra``."""
    one = find_deployment(call, find(call))
    if one.hra is None:
        raise errors.not_found(call, "HRA of deployment", one.id)
    return json_response(one.hra)


def update(call: Call) -> Response:
    """``PUT …/hra``: each rule says what is to become of it."""
    body = object_body(call)
    body.required_text("workspace_id")
    items = body.objects("hra_rules", required=True) or []
    wanted = [
        (item, item.required_text("id"), item.choice("operate", ("UPDATE", "DELETE"), required=True)) for item in items
    ]
    service = find(call)
    one = find_deployment(call, service)
    if one.hra is None:
        raise errors.not_found(call, "HRA of deployment", one.id)
    rules: dict[str, Document] = {rule["id"]: rule for rule in one.hra["hra_rules"]}
    for item, identity, operate in wanted:
        if identity not in rules:
            raise item.invalid("id", f"there is no rule {identity}")
        if operate == "DELETE":
            del rules[identity]
        else:
            rules[identity] = {**rules[identity], **_read(item)}
    sent = {name: value for name, value in _limits(body).items() if body.has(name)}
    status = "ACTIVE" if rules else "INACTIVE"
    one.hra = {**one.hra, **sent, "policy_status": status, "hra_rules": list(rules.values())}
    save(call.tx, service)
    return json_response(one.hra)


def _new(rule: Document) -> Document:
    identity = str(uuid4())
    return {"id": identity, "name": f"hra-{identity[:8]}", "disable": False, "rule_status": "CONFIG_SUCCESS", **rule}


def _limits(body: Fields) -> Document:
    return {
        "disable": body.boolean("disable") or False,
        "min_replicas": _or(body.integer("min_replicas", least=1, most=128), 1),
        "max_replicas": _or(body.integer("max_replicas", least=1, most=128), 128),
        "scale_window": _or(body.integer("scale_window", least=0), 300),
    }


def _read(rule: Fields) -> Document:
    replicas = rule.objects("role_replica")
    return given(
        {
            "scaler_type": rule.choice("scaler_type", ("SIMULATOR_ALGO",)) or "SIMULATOR_ALGO",
            "slo_info": [_slo(item) for item in rule.objects("slo_info", required=True) or []],
            "metrics": [_metric(item) for item in rule.objects("metrics", required=True) or []],
            "role_replica": None
            if replicas is None
            else [
                given(
                    {
                        "name": item.required_text("name"),
                        "min_replicas": item.integer("min_replicas", least=0, most=128),
                        "max_replicas": item.integer("max_replicas", least=0, most=128),
                    }
                )
                for item in replicas
            ],
        }
    )


def _slo(item: Fields) -> Document:
    return {
        "slo_objectives": [
            given(
                {
                    "metric_ttft": _or(one.integer("metric_ttft", least=0, most=10_000), 100),
                    "metric_tpot": _or(one.integer("metric_tpot", least=0, most=1000), 50),
                    "percental": one.integer("percental", least=0, most=100),
                }
            )
            for one in item.objects("slo_objectives", required=True) or []
        ],
        "predict_window_seconds": _or(item.integer("predict_window_seconds", least=60, most=600), 60),
    }


def _metric(item: Fields) -> Document:
    return given(
        {
            "endpoint": item.required_text("endpoint"),
            "port": item.required_text("port", pattern="[0-9]{1,5}"),
            "scheme": item.choice("scheme", SCHEMES, required=True),
            "path": item.text("path"),
            "metrics_source": item.choice("metrics_source", ("CONTAINER", "OTHERS")) or "CONTAINER",
        }
    )


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value
