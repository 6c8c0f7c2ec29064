"""What is answered of services and deployments (modelarts-v2.md sections 5 and 6)."""

from typing import Any, Final

from ..huaweicloud.accounts import USER
from ..routing import Call
from ..store import Document
from . import states
from .deployment import Deployment
from .service import Service
from .settings import ModelArtsV2Settings, settings_of

PREFIX: Final = "/v2/infer"
"""Where services answer."""

_OF_VERSION: Final = ("upgrade_config", "lts_strategy", "deploy_timeout_minutes")


def service(call: Call, one: Service, *, created: bool = False) -> Document:
    """The detail; the answer to its creation lacks what is not known yet."""
    settings = settings_of(call)
    found = {
        "id": one.id,
        "name": one.name,
        "workspace_id": one.workspace_id,
        "type": one.type,
        "deploy_type": one.deploy_type,
        "task_type": one.task_type,
        "status": states.status_of(one, settings),
        "failure_reason": one.failure_reason,
        "version": _version(call, one),
        "tags": tags(one),
        "deploy_timeout_minutes": one.current.get("deploy_timeout_minutes"),
        "schedule": one.schedule,
        "create_at": str(one.create_at),
        "update_at": str(one.update_at),
        "provider": one.provider,
        "frozen_infos": one.frozen_infos,
    }
    if not created:
        found |= {"predict_url": _predict_urls(call, one), "dispatcher_group_id": one.dispatcher_group_id}
    return found


def service_row(call: Call, one: Service) -> Document:
    """A row of the list of services."""
    version = one.current
    return {
        "id": one.id,
        "name": one.name,
        "status": states.status_of(one, settings_of(call)),
        "version": one.version,
        "version_count": len(one.versions),
        "description": version["description"],
        "type": one.type,
        "deploy_type": one.deploy_type,
        "user_name": one.user_name,
        "workspace_id": one.workspace_id,
        "create_at": one.create_at,
        "update_at": one.update_at,
        "auth_type": version["runtime_config"]["service_invoke"]["auth_type"],
        "task_type": one.task_type,
        "tags": tags(one),
        "schedule": one.schedule,
        "frozen_infos": one.frozen_infos,
    }


def deployment(call: Call, one: Deployment, number: str | None = None) -> Document:
    """A deployment, as it is or as a version of it was."""
    return _deployment(call, one, number) | {
        "deployment_name": one.name,
        "user_name": USER,
        "agency_name": "",
        "last_used_time": one.last_used_time,
        "create_at": one.create_at,
        "update_at": one.update_at,
    }


def group(call: Call, parent: Service, one: Deployment) -> Document:
    """A deployment in the detail of its service."""
    found = _deployment(call, one)
    return found | {
        "mirror_traffic_weight": str(found["mirror_traffic_weight"]),
        "traffic_ratio": states.ratio_of(parent, one),
        "running_count": len(one.running),
        "lts_state": _log_state(parent.current, "STDOUT"),
        "create_at": one.create_at,
        "update_at": one.update_at,
    }


def deployment_row(parent: Service, one: Deployment) -> Document:
    """A row of the list of deployments."""
    content = one.content
    return {
        "id": one.id,
        "infer_name": one.id,
        "service_group_name": one.name,
        "name": one.name,
        "status": one.status,
        "version": one.version,
        "deploy_type": one.deploy_type,
        "pool_id": one.pool_id,
        "weight": one.weight,
        "traffic_ratio": states.ratio_of(parent, one),
        "lts_state": _log_state(parent.current, "STDOUT"),
        "mirror_traffic_enable": content["mirror_traffic_enable"],
        "mirror_traffic_weight": str(content["mirror_traffic_weight"]),
        "create_at": one.create_at,
        "update_at": one.update_at,
        "frozen_infos": one.frozen_infos,
    }


def version_row(one: Deployment, version: Document) -> Document:
    """A row of the list of versions."""
    return {
        "infer_name": one.id,
        "version": version["version"],
        "version_status": version["status"],
        "description": version["content"]["description"],
        "create_at": version["create_at"],
        "update_at": version["update_at"],
        "deploy_type": one.deploy_type,
    }


def tags(one: Service) -> list[Document]:
    """The tags of a service."""
    return [{"key": key, "value": value} for key, value in one.tags.items()]


def address(call: Call, service_id: str) -> str:
    """Where a service is called, on the host that the client is talking to."""
    return f"{call.request.scheme}://{call.request.host}{PREFIX}/{service_id}"


def _predict_urls(call: Call, one: Service) -> list[Document]:
    if one.type != "REAL_TIME" or not any(each.has_run for each in one.deployments):
        return []
    public = one.current["runtime_config"]["service_invoke"].get("internet_access_enable")
    kinds = (*(("PUBLIC",) if public else ()), "INTERNAL", "CONSOLE")
    return [{"type": kind, "urls": [address(call, one.id)]} for kind in kinds]


def _version(call: Call, one: Service) -> Document:
    version, settings = one.current, settings_of(call)
    urls = _predict_urls(call, one)
    return {
        "id": version["id"],
        "version": version["version"],
        "description": version["description"],
        "predict_url": urls[0]["urls"][0] if urls else "",
        "runtime_config": _without_secrets(_runtime(version["runtime_config"]), settings),
        **{name: version.get(name) for name in _OF_VERSION},
        "instance_groups": [group(call, one, each) for each in one.deployments],
        "lts_status": _log_state(version, "STDOUT"),
        "lts_event_status": _log_state(version, "EVENT"),
        "lts_file_status": _log_state(version, "FILE"),
        "log_configs": [_log(log, each) for each in one.deployments for log in version["log_configs"]],
    }


def _runtime(config: Document) -> Document:
    invoke: dict[str, Any] = {name: value for name, value in config["service_invoke"].items() if name != "custom_urls"}
    elb = invoke.get("elb_connection")
    if elb:
        rest = {name: value for name, value in elb.items() if name != "action"}
        connected = {"listener_id": f"listener-{elb['elb_id']}", "status": "CONNECTED", "message": ""}
        invoke["elb_connection"] = {**rest, **connected, "residual_resources": {}}
    return {**config, "service_invoke": invoke}


def _log_state(version: Document, kind: str) -> str:
    return next((log["status"] for log in version["log_configs"] if log["type"] == kind), "OFF")


def _log(log: Document, one: Deployment) -> Document:
    group_id = log.get("log_group_id") or f"group-{one.id}"
    stream_id = log.get("log_stream_id") or f"stream-{one.id}-{log['type'].lower()}"
    return {
        "type": log["type"],
        "status": log["status"],
        "log_group_id": group_id,
        "log_stream_id": stream_id,
        "deployment_id": one.id,
        "failure_reason": "",
    }


def _deployment(call: Call, one: Deployment, number: str | None = None) -> Document:
    settings = settings_of(call)
    pending = (one.pending or {}) if settings.early_version else {}
    version = one.get_version(number or pending.get("version") or one.version) or one.active
    content = _without_secrets(version["content"], settings)
    return {
        "id": one.id,
        "infer_name": one.id,
        "name": one.name,
        "pool_id": one.pool_id,
        "framework": one.framework,
        "deploy_type": one.deploy_type,
        "workload_type": one.workload_type,
        "status": one.status,
        "version": version["version"],
        "version_id": version["version_id"],
        "version_count": len(one.versions),
        "count": one.count,
        "weight": one.weight,
        "frozen_infos": one.frozen_infos,
        **content,
    }


def _without_secrets(value: Any, settings: ModelArtsV2Settings) -> Any:
    """The value without values of secrets, if they do not come back."""
    if settings.secret_in_answer == "plain":  # noqa: S105 - no secret
        return value
    if isinstance(value, list):
        return [_without_secrets(item, settings) for item in value]
    if isinstance(value, dict):
        return {name: _without_secrets(item, settings) for name, item in value.items() if name != "secret_value"}
    return value
