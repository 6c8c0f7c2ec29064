"""The bodies that make and change services (modelarts-v2.md sections 4.1, 4.2 and 4.8)."""

from typing import Final

from ...huaweicloud import tags
from ...huaweicloud.fields import Fields, two_decimals
from ...store import Document
from ..settings import ModelArtsV2Settings
from . import common
from .common import given, limit, require
from .groups import DEPLOY_TYPES, WORKLOADS

MOST_TAGS: Final = 20
UNIT_MS: Final = {"MINUTES": 60_000, "HOURS": 3_600_000, "DAYS": 86_400_000}

_LONGEST_SCHEDULE_MS: Final = 7 * UNIT_MS["DAYS"]
_TYPES: Final = ("REAL_TIME", "ASYNC_REAL_TIME")
_AUTHENTICATIONS: Final = ("TOKEN", "API_KEY", "NONE")
_TASKS: Final = (
    *("TEXT_GENERATION", "IMAGE_UNDERSTANDING", "VIDEO_GENERATION", "IMAGE_GENERATION", "RERANK", "VECTOR_MODEL"),
    "EMBEDDING",
)


def read_new(body: Fields, settings: ModelArtsV2Settings) -> Document:
    """A service that is to be made: ``service``, ``version``, ``version_number``, ``groups``."""
    require(body, "name", "type", "deploy_type", "group_configs", "runtime_config")
    if settings.custom_metrics_required:
        require(body, "custom_metrics_path")
    kinds = (*DEPLOY_TYPES, "DIST") if settings.layer_a else DEPLOY_TYPES
    limit(body, "group_configs", 1)
    kind = body.choice("type", _TYPES, required=True)
    service = {
        "name": body.required_text("name", pattern=common.NAME, longest=64),
        "type": kind,
        "deploy_type": body.choice("deploy_type", kinds, required=True),
        "workload_type": body.choice("workload_type", WORKLOADS),
        "workspace_id": _workspace(body) or "0",
        "task_type": body.choice("task_type", _TASKS),
        "tags": read_tags(body),
        "schedule": _schedule(body) or [],
    }
    version = _version(body, str(kind))
    return {
        "service": service,
        "version": {
            "description": "",
            "lts_strategy": "AUTO_CREATE",
            "upgrade_config": common.upgrade_config(None),
            "log_configs": [],
            **version,
        },
        "version_number": body.text("version", pattern=common.VERSION, longest=8) or "1.0.0",
        "groups": body.objects("group_configs") or [],
    }


def read_change(body: Fields, kind: str) -> Document:
    """What a change of a service says, as far as it was sent; the parts are those of :func:`read_new`."""
    limit(body, "group_configs", 1)
    groups = body.objects("group_configs")
    if groups == []:
        raise body.invalid("group_configs", "must have one item")
    if body.has("tags"):
        body.text("tags")
    _workspace(body)
    return {
        "service": given(
            {
                "name": body.text("name", pattern=common.NAME, longest=128),
                "task_type": body.choice("task_type", _TASKS),
                "schedule": _schedule(body),
            }
        ),
        "version": _version(body, kind),
        "version_number": body.text("version", pattern=common.VERSION, longest=8),
        "groups": groups or [],
    }


def read_tags(body: Fields) -> dict[str, str]:
    """The tags that a service gets."""
    limit(body, "tags", MOST_TAGS)
    return {tags.key_of(item): tags.value_of(item, required=False) or "" for item in body.objects("tags") or []}


def _workspace(body: Fields) -> str | None:
    return body.text("workspace_id", pattern="0|[0-9a-z]{32}")


def _version(body: Fields, kind: str) -> Document:
    """What versions of a service are made of."""
    runtime = body.section("runtime_config")
    return given(
        {
            "description": common.description(body),
            "runtime_config": None if runtime is None else _runtime(runtime, kind),
            "upgrade_config": common.upgrade_config(body.section("upgrade_config"))
            if body.has("upgrade_config")
            else None,
            "lts_strategy": body.choice("lts_strategy", ("AUTO_CREATE", "POOL", "DEFAULT")),
            "log_configs": read_logs(body),
            "custom_metrics_path": common.metrics_path(body),
            "deploy_timeout_minutes": common.timeout(body),
        }
    )


def _schedule(body: Fields) -> list[Document] | None:
    limit(body, "schedule", 1)
    items = body.objects("schedule")
    return None if items is None else [_rule(item) for item in items]


def _rule(item: Fields) -> Document:
    rule: Document = {
        "type": item.choice("type", ("STOP",), required=True),
        "time_unit": item.choice("time_unit", tuple(UNIT_MS), required=True),
        "duration": item.integer("duration", required=True, least=1),
    }
    if rule["duration"] * UNIT_MS[rule["time_unit"]] > _LONGEST_SCHEDULE_MS:
        raise item.invalid("duration", "must be at most 7 days")
    return rule


def read_logs(body: Fields) -> list[Document] | None:
    """Where which logs go; None where nothing is said of it."""
    limit(body, "log_configs", 3)
    items = body.objects("log_configs")
    if items is None:
        return None
    found = [_log(item) for item in items]
    if len({log["type"] for log in found}) != len(found):
        raise body.invalid("log_configs", "must have one item per type")
    return found


def _log(item: Fields) -> Document:
    limit(item, "files", 10)
    files = item.objects("files")
    return given(
        {
            "type": item.choice("type", ("STDOUT", "EVENT", "FILE"), required=True),
            "status": item.choice("status", ("ON", "OFF")) or "ON",
            "log_group_id": item.text("log_group_id"),
            "log_stream_id": item.text("log_stream_id"),
            "files": None
            if files is None
            else [
                {
                    "log_path": file.required_text("log_path", pattern="/.*", longest=512),
                    "file_pattern": file.required_text("file_pattern", longest=255),
                }
                for file in files
            ],
        }
    )


def _runtime(runtime: Fields, kind: str) -> Document:
    require(runtime, "service_invoke", "service_limit")
    invoke, limits = runtime.section("service_invoke"), runtime.section("service_limit")
    if invoke is None or limits is None:
        raise runtime.missing("service_invoke")
    tasks = runtime.section("server_task_limit")
    return given(
        {
            "service_invoke": _invoke(invoke, kind),
            "service_limit": _limits(limits),
            "service_secret": common.service_secret(runtime.section("service_secret")),
            "server_task_limit": tasks and given({"max_task": tasks.integer("max_task", least=0, most=10_000)}),
            "smart_routing_enable": runtime.boolean("smart_routing_enable"),
        }
    )


def _invoke(invoke: Fields, kind: str) -> Document:
    fuse, elb = invoke.section("fuse_configs"), invoke.section("elb_connection")
    protocols = common.PROTOCOLS if kind == "REAL_TIME" else common.SCHEMES
    return given(
        {
            "port": invoke.integer("port", required=True, least=1, most=65535),
            "protocol": invoke.choice("protocol", protocols, required=True),
            "auth_type": invoke.choice("auth_type", _AUTHENTICATIONS, required=True),
            "internet_access_enable": invoke.boolean("internet_access_enable"),
            "intranet_approval_enable": invoke.boolean("intranet_approval_enable"),
            "custom_urls": invoke.texts("custom_urls"),
            **common.routing(invoke),
            "request_retry_enable": invoke.boolean("request_retry_enable"),
            "request_retry_cnt_max": invoke.integer("request_retry_cnt_max", least=1, most=10),
            "request_retry_interval_ms": invoke.integer("request_retry_interval_ms", least=1, most=10_000),
            "fuse_configs": fuse and _fuse(fuse),
            "elb_connection": elb and _elb(elb),
        }
    )


def _fuse(fuse: Fields) -> Document:
    threshold = fuse.number("error_rate_threshold")
    if threshold is not None and not 0 < threshold <= 1:
        raise fuse.invalid("error_rate_threshold", "must be greater than 0 and at most 1")
    return given(
        {
            "error_rate_fuse_enable": fuse.boolean("error_rate_fuse_enable") or False,
            "error_rate_threshold": None if threshold is None else two_decimals(threshold),
        }
    )


def _elb(elb: Fields) -> Document:
    return given(
        {
            "elb_id": elb.required_text("elb_id"),
            "m_tls": elb.boolean("m_tls") or False,
            "ca_cert_id": elb.text("ca_cert_id"),
            "server_cert_id": elb.text("server_cert_id"),
            "sni_cert_ids": elb.texts("sni_cert_ids"),
            "action": elb.choice("action", ("RETRY", "SYNC_ADDR")),
        }
    )


def _limits(limits: Fields) -> Document:
    rate = limits.section("rate_limit", required=True)
    if rate is None:
        raise limits.missing("rate_limit")
    return given(
        {
            "rate_limit": {
                "num": rate.integer("num", required=True, least=1, most=10_000),
                "unit": rate.choice("unit", ("SECONDS", "MINUTES"), required=True),
            },
            "request_size_limit": limits.integer("request_size_limit", required=True, least=1, most=50),
            "request_timeout": limits.integer("request_timeout", required=True, least=1, most=7200),
            "ip_white_list": limits.texts("ip_white_list"),
            "ip_black_list": limits.texts("ip_black_list"),
        }
    )
