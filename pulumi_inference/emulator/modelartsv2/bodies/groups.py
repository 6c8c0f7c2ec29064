"""A deployment in a body: to be made (modelarts-v2.md section 4.3), and to be changed (section 6.2)."""

from typing import Any, Final

from ...huaweicloud import refusals
from ...huaweicloud.fields import Fields
from ...store import Document
from . import common, units
from .common import given, require

DEPLOY_TYPES: Final = ("SINGLE", "MULTI")
FRAMEWORKS: Final = ("COMMON", "VLLM", "MINDIE")
WORKLOADS: Final = ("DEPLOYMENT", "LWS")
FIXED: Final = ("name", "pool_id", "framework", "deploy_type")
"""What cannot change, although a change has it (section 13.12)."""

_STRATEGIES: Final = ("HIGH_AVAILABILITY", "HIGH_UTILIZATION", "HIGH_PERFORMANCE")
_DEFAULTS: Final = {
    "description": "",
    "schedule_strategy": "HIGH_AVAILABILITY",
    "high_avail_switch": True,
    "system_log_dump_enable": False,
    "mirror_traffic_enable": False,
    "mirror_traffic_weight": 50,
}


def read_new(group: Fields, deploy_type: str, workload_type: str | None, invoke: Document) -> Document:
    """A deployment that is to be made: ``fixed``, ``count``, ``weight``, ``version``, ``content``.

    Args:
        group: the body, or an item of ``group_configs``.
        deploy_type: that of the service.
        workload_type: that of the service, if it has any.
        invoke: how the service is called, which is what the deployment listens to unless it says otherwise.
    """
    require(group, "name", "weight")
    fixed = {
        "name": group.required_text("name", pattern=common.NAME, longest=64),
        "pool_id": group.text("pool_id") or "",
        "framework": group.choice("framework", FRAMEWORKS) or "COMMON",
        "deploy_type": group.choice("deploy_type", DEPLOY_TYPES) or deploy_type,
        "workload_type": group.choice("workload_type", WORKLOADS) or workload_type or "DEPLOYMENT",
    }
    content = _content(group, update=False)
    if not content.get("unit_configs"):
        raise group.missing("unit_configs")
    _check_units(group, fixed["deploy_type"], content)
    advanced = {"port": invoke["port"], "protocol": invoke["protocol"], "upgrade_config": common.upgrade_config(None)}
    return {
        "fixed": fixed,
        "count": group.integer("count", least=1, most=128) or 1,
        "weight": group.integer("weight", least=0, most=100),
        "version": group.text("version", pattern=common.VERSION, longest=8) or "1.0.0",
        "content": {**_DEFAULTS, "advanced_config": advanced, **content},
    }


def read_change(body: Fields, deployment: Any, *, inline: bool = False) -> Document:
    """What a change of a deployment says: ``count`` and ``weight`` (None: as it is), ``content`` (what was sent).

    Args:
        body: the body, or the item of ``group_configs``.
        deployment: what there is.
        inline: it came with its service, which needs no ``advanced_config``.
    """
    require(body, "name", "weight", *(() if inline else ("advanced_config",)))
    for name in FIXED:
        sent = body.text(name)
        if sent and sent != getattr(deployment, name):
            raise body.invalid(name, "cannot be changed")
    content = _content(body, update=True)
    if "unit_configs" in content:
        if not content["unit_configs"]:
            raise body.missing("unit_configs")
        _check_units(body, deployment.deploy_type, content)
    return {
        "count": body.integer("count", least=1, most=128),
        "weight": body.integer("weight", least=0, most=100),
        "content": content,
    }


def _content(group: Fields, *, update: bool) -> Document:
    """What versions of a deployment are made of, as far as it was sent."""
    items, secret_type = group.objects("unit_configs"), group.choice("secret_type", ("dew", "agency"))
    secret_name = group.text("secret_name")
    if secret_type == "dew" and not secret_name:  # noqa: S105 - no secret
        raise group.missing("secret_name")
    limits = group.section("deployment_task_limit")
    return given(
        {
            "unit_configs": None if items is None else [units.read_unit(item, update=update) for item in items],
            "description": common.description(group),
            "priority": group.integer("priority", least=1, most=3),
            "schedule_strategy": group.choice("schedule_strategy", _STRATEGIES),
            "high_avail_switch": group.boolean("high_avail_switch"),
            "system_log_dump_enable": group.boolean("system_log_dump_enable"),
            "secret_type": secret_type,
            "secret_name": secret_name,
            "mirror_traffic_enable": group.boolean("mirror_traffic_enable"),
            "mirror_traffic_weight": _mirror_weight(group),
            "model": units.read_model(group.section("model")),
            "advanced_config": _advanced(group.section("advanced_config")),
            "deployment_task_limit": limits
            and given({"max_concurrent_task": limits.integer("max_concurrent_task", least=1, most=100)}),
        }
    )


def _mirror_weight(group: Fields) -> int | None:
    """A number, which is text where deployments are made."""
    value = group.get("mirror_traffic_weight")
    if isinstance(value, str):
        if not (value.isascii() and value.isdigit() and int(value) <= 100):
            raise group.invalid("mirror_traffic_weight", "must be a number from 0 to 100")
        return int(value)
    return group.integer("mirror_traffic_weight", least=0, most=100)


def _advanced(config: Fields | None) -> Document | None:
    if config is None:
        return None
    require(config, "port", "protocol", "upgrade_config")
    return given(
        {
            "port": config.integer("port", least=1, most=65535),
            "protocol": config.choice("protocol", (*common.PROTOCOLS, "TCP", "NA")),
            "upgrade_config": common.upgrade_config(config.section("upgrade_config")),
            "deploy_timeout_minutes": common.timeout(config),
            "service_secret": common.service_secret(config.section("service_secret")),
            **common.routing(config),
            "custom_metrics_path": common.metrics_path(config),
            "mooncake_enable": config.boolean("mooncake_enable"),
        }
    )


def _check_units(group: Fields, deploy_type: str, content: Document) -> None:
    if deploy_type == "SINGLE" and len(content["unit_configs"]) != 1:
        raise group.invalid("unit_configs", "must have one item for SINGLE")
    names = [unit["name"] for unit in content["unit_configs"]]
    if len(set(names)) != len(names):
        raise refusals.invalid(group.path("unit_configs"), "must have different names")
