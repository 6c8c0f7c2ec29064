"""The rules of the fields beside ``config`` (modelarts.md sections 5.1, 5.5 and 5.6)."""

from collections.abc import Callable
from typing import Any

from ..huaweicloud.fields import Fields
from ..routing import Call
from ..store import Document
from . import catalog, errors
from .settings import settings_of

INFER_TYPES = ("real-time", "batch", "edge")
UNIT_MS = {"DAYS": 86_400_000, "HOURS": 3_600_000, "MINUTES": 60_000}

_NAME = r"[A-Za-z0-9_\-\u4e00-\u9fa5]{1,64}"
_FORBIDDEN = "<>&\"'"
_FORBIDDEN_STRICTLY = "!<>=&\"'+"
_LOAD_BALANCER_POLICIES = ("ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP")
_SMN_EVENTS = frozenset({1, 2, 3, 7, 9, 11})
_LONGEST_LTS_ID = 64


def read_fixed(call: Call, body: Fields) -> dict[str, Any]:
    """The fields that cannot be changed later: name, type, workspace, pools and network."""
    fixed: dict[str, Any] = {
        "service_name": body.required_text("service_name", pattern=_NAME),
        "infer_type": body.choice("infer_type", INFER_TYPES, required=True),
        "workspace_id": _workspace_id(body),
    }
    catalog.check_workspace(call, fixed["workspace_id"])
    pool_name, cluster_id = body.text("pool_name") or None, body.text("cluster_id") or None
    if pool_name and fixed["infer_type"] == "edge":
        raise errors.invalid("pool_name", "an edge service takes the edge pool in cluster_id")
    catalog.check_pool(call, "pools", pool_name)
    catalog.check_pool(call, "clusters", cluster_id)
    fixed |= {"pool_name": pool_name} if pool_name else {"cluster_id": cluster_id}
    return fixed | _network(call, body, fixed)


def read_changeable(call: Call, body: Fields, infer_type: str) -> dict[str, Any]:
    """The fields that the body has of those that an update may change, ``config`` aside."""
    readers: dict[str, Callable[[], Any]] = {
        "description": lambda: _description(call, body),
        "schedule": lambda: _schedule(body, infer_type),
        "additional_properties": lambda: _additional_properties(body),
        "load_balancer_policy": lambda: _load_balancer_policy(body, infer_type),
        "service_secrets": lambda: _service_secrets(body),
        "priority": lambda: _priority(body, infer_type),
    }
    return {name: read() for name, read in readers.items() if body.has(name)}


def merge_additional_properties(current: Document, wanted: Document) -> Document:
    """The new map: replaced as a whole but for the two switches that only turn on.

    Raises:
        HuaweiError: 400 when LTS logging or the WebSocket upgrade would be changed once it is on.
    """
    result = dict(wanted)
    channels = current.get("log_report_channels")
    if channels and wanted.get("log_report_channels", channels) != channels:
        raise errors.invalid("additional_properties.log_report_channels", "cannot be changed once LTS is enabled")
    if current.get("websocket_upgrade") and wanted.get("websocket_upgrade") is False:
        raise errors.invalid("additional_properties.websocket_upgrade", "cannot be disabled once it is enabled")
    if channels:
        result["log_report_channels"] = channels
    if "websocket_upgrade" in current:
        result.setdefault("websocket_upgrade", current["websocket_upgrade"])
    return result


def schedule_ms(schedule: list[Document] | None) -> int | None:
    """How long a service runs until its schedule stops it; None is for ever."""
    return min((UNIT_MS[item["time_unit"]] * item["duration"] for item in schedule or ()), default=None)


def _workspace_id(body: Fields) -> str:
    value = body.get("workspace_id")
    return str(value) if type(value) is int else body.text("workspace_id") or "0"


def _network(call: Call, body: Fields, fixed: dict[str, Any]) -> dict[str, Any]:
    vpc_id = body.text("vpc_id")
    if not vpc_id:
        return {}
    if fixed["infer_type"] != "real-time":
        raise errors.invalid("vpc_id", "is for real-time services only")
    if fixed.get("pool_name") or fixed.get("cluster_id"):
        return {}
    subnet, group = body.required_text("subnet_network_id"), body.required_text("security_group_id")
    catalog.check_security_group(call, group)
    return {"vpc_id": vpc_id, "subnet_network_id": subnet, "security_group_id": group}


def _description(call: Call, body: Fields) -> str:
    description = body.text("description", longest=100) or ""
    forbidden = _FORBIDDEN_STRICTLY if settings_of(call).strict_descriptions else _FORBIDDEN
    found = sorted(set(description) & set(forbidden))
    if found:
        raise errors.invalid("description", f"must not contain {' '.join(found)}")
    return description


def _schedule(body: Fields, infer_type: str) -> list[Document]:
    items = body.objects("schedule") or []
    if items and infer_type != "real-time":
        raise errors.invalid("schedule", "is for real-time services only")
    return [_schedule_item(item) for item in items]


def _schedule_item(item: Fields) -> Document:
    kind = item.choice("type", ("stop",), required=True)
    unit = item.choice("time_unit", tuple(UNIT_MS), required=True)
    duration = item.integer("duration", required=True)
    if duration is None or duration < 1:
        raise errors.due_time_over(item.path("duration"))
    return {"type": kind, "time_unit": unit, "duration": duration}


def _additional_properties(body: Fields) -> Document:
    properties = body.section("additional_properties")
    if properties is None:
        return {}
    smn = properties.section("smn_notification")
    if smn is not None:
        smn.required_text("topic_urn")
        events = smn.array("events", required=True) or []
        if any(type(event) is not int or event not in _SMN_EVENTS for event in events):
            raise errors.invalid(smn.path("events"), f"must be numbers of {sorted(_SMN_EVENTS)}")
    for channel in properties.objects("log_report_channels") or []:
        channel.choice("type", ("LTS",), required=True)
        configuration = channel.section("configuration")
        if configuration is not None:
            configuration.required_text("log_group_id", longest=_LONGEST_LTS_ID)
            configuration.required_text("log_stream_id", longest=_LONGEST_LTS_ID)
    properties.boolean("websocket_upgrade")
    return {name: value for name, value in properties.value.items() if value is not None}


def _load_balancer_policy(body: Fields, infer_type: str) -> str | None:
    if infer_type != "real-time":
        raise errors.invalid("load_balancer_policy", "is for real-time services only")
    return body.choice("load_balancer_policy", _LOAD_BALANCER_POLICIES)


def _service_secrets(body: Fields) -> list[Document]:
    items = body.objects("service_secrets") or []
    return [{name: item.required_text(name) for name in ("secretId", "mouthPath")} for item in items]


def _priority(body: Fields, infer_type: str) -> int | None:
    if infer_type == "edge":
        raise errors.invalid("priority", "is for real-time and batch services only")
    return body.integer("priority", least=1, most=3)
