"""A unit of a deployment (modelarts-v2.md section 4.4)."""

import re
from typing import Any, Final
from uuid import uuid4

from ...huaweicloud.fields import Fields, two_decimals
from ...store import Document
from .common import PROTOCOLS, given, limit

CUSTOM: Final = "custom"
ROLES: Final = ("COMMON", "SCHEDULER", "MANAGER", "WORKER", "PREFILL", "DECODE")

_UNIT_NAME: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_ENV_NAME: Final = r"[A-Za-z_.\-][A-Za-z0-9_.\-]{0,63}"
_MOUNT_PATH: Final = r"/(.*/)?"
_FORBIDDEN_IN_COMMAND: Final = ";|`$<>&"
_PROBES: Final = ("readiness_health", "startup_health", "liveness_health")
_PROBE_TIMES: Final = {"initial_delay_seconds": 30, "timeout_seconds": 30, "period_seconds": 10, "failure_threshold": 3}
_RECOVERIES: Final = ("Instance", "Role", "Pod", "INSTANCE_GROUP", "INSTANCE")


def read_unit(unit: Fields, *, update: bool) -> Document:
    """A unit with what the service fills in.

    Args:
        unit: of the body.
        update: an id that was sent is kept, and probes have to say how they check.
    """
    flavor, custom = unit.text("flavor", longest=128), _custom_spec(unit)
    if flavor == CUSTOM and custom is None:
        raise unit.missing("custom_spec")
    found = {
        "id": (unit.text("id") if update else None) or f"u-{uuid4().hex[:12]}",
        "name": unit.text("name", pattern=_UNIT_NAME, longest=16) or "main",
        "role": unit.choice("role", ROLES) or "COMMON",
        "image": _image(unit),
        "flavor": flavor or (CUSTOM if custom is not None else None),
        "custom_spec": custom,
        "count": _or(unit.integer("count", least=1, most=10_000), 1),
        "group_count": _or(unit.integer("group_count", least=1, most=100), 1),
        "cmd": unit.text("cmd"),
        "envs": _envs(unit),
        "port": unit.integer("port", least=1, most=65535),
        "files": _all(unit, "files", _file),
        "models": _all(unit, "models", _model),
        "codes": _all(unit, "codes", _code),
        "dumps": _dumps(unit),
        **{name: _probe(unit.section(name), strict=update) for name in _PROBES},
        **_surroundings(unit),
    }
    return given(found)


def read_model(model: Fields | None) -> Document | None:
    """The model of a deployment."""
    return None if model is None else _model(model)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


def _all(unit: Fields, name: str, read: Any) -> list[Document] | None:
    items = unit.objects(name)
    return None if items is None else [read(item) for item in items]


def _image(unit: Fields) -> Document:
    image = unit.section("image", required=True)
    if image is None:
        raise unit.missing("image")
    return {
        "id": image.text("id") or "",
        "source": _source(image, ("SWR", "IMAGE")),
        "swr_path": image.required_text("swr_path"),
        "category": image.choice("category", ("CPU", "GPU", "ASCEND")) or "CPU",
    }


def _source(place: Fields, choices: tuple[str, ...]) -> str:
    """A source, in whatever case."""
    source = place.required_text("source").upper()
    if source not in choices:
        raise place.invalid("source", f"must be one of {', '.join(choices)}")
    return source


def _custom_spec(unit: Fields) -> Document | None:
    spec = unit.section("custom_spec")
    if spec is None:
        return None
    cpu, gpu = spec.number("cpu", least=0.01), spec.number("gpu", least=0)
    ascend = spec.integer("ascend", least=0)
    if gpu and ascend:
        raise spec.invalid("gpu", "must not be there together with ascend")
    return given(
        {
            "cpu": None if cpu is None else two_decimals(cpu),
            "memory": spec.integer("memory", least=1),
            "gpu": None if gpu is None else two_decimals(gpu),
            "ascend": ascend,
            "arch": spec.choice("arch", ("x86", "arm64")),
        }
    )


def _envs(unit: Fields) -> dict[str, str] | None:
    envs = unit.text_map("envs")
    for key, value in (envs or {}).items():
        if not re.fullmatch(_ENV_NAME, key):
            raise unit.invalid(f"envs.{key}", "is not the name of an environment variable")
        if re.search(r"<[^>]*>|\^", value):
            raise unit.invalid(f"envs.{key}", "must not have HTML tags")
    return envs


def _file(item: Fields) -> Document:
    warm_up = item.boolean("os_warm_up")
    name = item.text("source_name", longest=64)
    if warm_up and not name:
        raise item.missing("source_name")
    return given(
        {
            "source": _source(item, ("OBS", "OBSFS", "EFS", "LOCAL")),
            "address": item.text("address"),
            "mount_path": _mount_path(item),
            "host_cache": _or(item.boolean("host_cache"), False),
            "efs_sub_path": item.text("efs_sub_path"),
            "read_only": item.boolean("read_only"),
            "os_warm_up": warm_up,
            "source_name": name,
        }
    )


def _model(item: Fields) -> Document:
    return given({**_file(item), "asset_id": item.text("asset_id")})


def _code(item: Fields) -> Document:
    source = _source(item, ("OBS", "OBSFS", "EFS"))
    address, source_id = item.text("address"), item.text("source_id")
    if not address and not source_id:
        raise item.missing("address")
    if source_id and source != "EFS":
        raise item.invalid("source_id", "is for EFS only")
    return given(
        {
            "source": source,
            "address": address,
            "source_id": source_id,
            "mount_path": _mount_path(item),
            "efs_sub_path": item.text("efs_sub_path"),
            "read_only": item.boolean("read_only"),
        }
    )


def _mount_path(item: Fields) -> str:
    return item.required_text("mount_path", pattern=_MOUNT_PATH, longest=255)


def _dumps(unit: Fields) -> list[Document] | None:
    limit(unit, "dumps", 20)
    return _all(unit, "dumps", _dump)


def _dump(item: Fields) -> Document:
    return given(
        {
            "source": _source(item, ("OBS", "OBSFS")),
            "address": item.text("address", pattern="(https|obs)://.*"),
            "mount_path": item.required_text("mount_path"),
            "type": "DUMP",
        }
    )


def _probe(probe: Fields | None, *, strict: bool) -> Document | None:
    if probe is None:
        return None
    method = probe.choice("check_method", ("HTTP", "EXEC"), required=strict) or "HTTP"
    command = probe.text("cmd", longest=1024)
    if method == "EXEC":
        if not command:
            raise probe.missing("cmd")
        if set(command) & set(_FORBIDDEN_IN_COMMAND):
            raise probe.invalid("cmd", f"must not contain any of {_FORBIDDEN_IN_COMMAND}")
    return given(
        {
            "check_method": method,
            "url": probe.text("url", pattern="/.*", required=method == "HTTP"),
            "cmd": command,
            "protocol": probe.choice("protocol", PROTOCOLS),
            **{name: _or(probe.integer(name, least=1), default) for name, default in _PROBE_TIMES.items()},
        }
    )


def _surroundings(unit: Fields) -> Document:
    """How a unit is placed, ended and protected."""
    grace, affinity = unit.section("termination_grace"), unit.section("affinity")
    security, policy = unit.section("security_config"), unit.section("group_policy")
    return {
        "recovery": unit.choice("recovery", _RECOVERIES),
        "termination_grace": grace
        and given(
            {
                "pre_stop_cmd": grace.text("pre_stop_cmd", longest=255),
                "termination_grace_period_seconds": grace.integer("termination_grace_period_seconds", least=0),
            }
        ),
        "affinity": affinity and _affinity(affinity),
        "security_config": security
        and given({name: security.integer(name, least=1, most=60000) for name in ("user_id", "group_id")}),
        "pool_resource_flavor": unit.text("pool_resource_flavor", longest=128, pattern="[A-Za-z0-9._-]*"),
        "group_policy": policy and given({"schedule_scope": policy.choice("schedule_scope", ("HYPERNODE", "SLICE"))}),
        "cpu_affinity": unit.boolean("cpu_affinity"),
        "npu_reset_enable": unit.boolean("npu_reset_enable"),
    }


def _affinity(affinity: Fields) -> Document:
    targets = affinity.section("targets", required=True)
    required = affinity.boolean("required")
    if targets is None or required is None:
        raise affinity.missing("required")
    if len(targets.value) > 20:
        raise affinity.invalid("targets", "must not have more than 20 items")
    return {
        "affinity_type": affinity.choice("affinity_type", ("AFFINITY", "ANTI_AFFINITY"), required=True),
        "required": required,
        "selection_mode": affinity.choice("selection_mode", ("IP",), required=True),
        "targets": dict(targets.value),
    }
