"""The rules of one ``config`` item (modelarts.md sections 5.2 to 5.4 and 5.7)."""

import posixpath
import re
from dataclasses import dataclass
from typing import Any, Final

from ..huaweicloud.fields import Fields, two_decimals, whole_number
from ..routing import Call
from . import catalog, errors, flavours
from .service import Config
from .settings import settings_of

ITEM_FIELDS: Final = (
    *("model_id", "model_name", "model_version", "specification", "instance_count", "weight", "envs", "cluster_id"),
    *("pool_name", "custom_spec", "additional_properties", "deploy_timeout_in_seconds", "src_path", "dest_path"),
    *("req_uri", "mapping_type", "mapping_rule", "src_type", "nodes", "affinity", "support_debug", "scaling"),
    *("source_type", "status", "start_time", "finished_time"),
)
"""All that an item can have, sent or answered."""

_DEPLOY_TIMEOUT = (180, 7200)
_SYSTEM_DIRECTORIES = frozenset(
    {
        "/",
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/lib",
        "/lib64",
        "/proc",
        "/run",
        "/sbin",
        "/sys",
        "/usr",
        "/var",
        "/var/run",
    }
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the service says about all of its items."""

    project: str
    infer_type: str
    cluster_id: str | None
    pool_name: str | None

    @property
    def dedicated(self) -> bool:
        """Whether the service runs in a pool of its own."""
        return bool(self.cluster_id or self.pool_name)


def read_config(call: Call, body: Fields, surroundings: Surroundings) -> list[Config]:
    """The whole ``config`` array, checked and in the form that the detail answers.

    Raises:
        HuaweiError: for the first rule that is broken.
    """
    items = body.objects("config", required=True) or []
    if surroundings.infer_type != "real-time" and len(items) != 1:
        raise errors.invalid("config", f"a {surroundings.infer_type} service has exactly one item")
    config = [_read_item(call, item, surroundings) for item in items]
    models = [item["model_id"] for item in config]
    if len(set(models)) != len(models):
        message = "the version of the model that is used for deploying services is the same."
        raise errors.refused("3516", f"Failed to deploy services because {message}")
    if surroundings.infer_type == "real-time" and sum(item["weight"] for item in config) != 100:
        raise errors.invalid("config", "the weights must add up to 100")
    return config


def _read_item(call: Call, item: Fields, surroundings: Surroundings) -> Config:
    infer_type = surroundings.infer_type
    model_id = item.required_text("model_id")
    specification = item.required_text("specification")
    config: Config = {
        "specification": specification,
        "instance_count": item.integer("instance_count", required=True, least=1),
    }
    if config["instance_count"] > settings_of(call).max_instance_count:
        raise errors.refused(
            "3522", f"A maximum of {settings_of(call).max_instance_count} {infer_type} service instances are allowed."
        )
    if infer_type == "real-time":
        config["weight"] = _weight(item)
    config["envs"] = item.text_map("envs") or {}
    config |= _pools(call, item, surroundings)
    flavours.check(call, specification, infer_type, item.path("specification"))
    config |= _custom_spec(item, specification, surroundings, config)
    config["additional_properties"] = _additional_properties(item, surroundings, config)
    item.integer("deploy_timeout_in_seconds", least=_DEPLOY_TIMEOUT[0], most=_DEPLOY_TIMEOUT[1])
    if item.has("deploy_timeout_in_seconds"):
        config["deploy_timeout_in_seconds"] = item.integer("deploy_timeout_in_seconds")
    if infer_type == "batch":
        config |= _batch(item)
    if infer_type == "edge":
        config |= _edge(call, item, surroundings, config)
    else:
        config |= _affinity(item)
    model = catalog.find_model(call, model_id, infer_type, surroundings.project)
    names = {"model_id": model_id, "model_name": model.model_name, "model_version": model.model_version}
    extra = {"source_type": model.source_type} if model.source_type else {}
    return {**names, **config, "support_debug": model.support_debug, "scaling": False, **extra}


def _weight(item: Fields) -> int:
    value = item.get("weight", required=True)
    if isinstance(value, str):
        if not re.fullmatch("[0-9]{1,3}", value):
            raise errors.invalid(item.path("weight"), "must be an integer from 0 to 100")
        value = int(value)
    weight = whole_number(value, item.path("weight"))
    if not 0 <= weight <= 100:
        raise errors.invalid(item.path("weight"), "must be from 0 to 100")
    return weight


def _pools(call: Call, item: Fields, surroundings: Surroundings) -> Config:
    if surroundings.infer_type == "edge" and item.has("pool_name"):
        raise errors.invalid(item.path("pool_name"), "an edge service takes the edge pool in cluster_id")
    pools = {name: item.text(name) for name in ("cluster_id", "pool_name") if item.has(name)}
    for name, value in pools.items():
        if not surroundings.dedicated:
            raise errors.invalid(item.path(name), "the service itself must have a resource pool, too")
        catalog.check_pool(call, "pools" if name == "pool_name" else "clusters", value)
    return pools


def _custom_spec(item: Fields, specification: str, surroundings: Surroundings, config: Config) -> Config:
    if specification != flavours.CUSTOM:
        return {}
    pooled = surroundings.dedicated or "cluster_id" in config or "pool_name" in config
    if surroundings.infer_type != "edge" and not pooled:
        raise errors.invalid(item.path("specification"), "custom needs a dedicated resource pool")
    spec = item.section("custom_spec", required=True)
    if spec is None:
        return {}
    cpu = spec.number("cpu", required=True, least=0.01)
    memory = spec.integer("memory", required=True, least=1)
    gpu = two_decimals(spec.number("gpu_p4", least=0) or 0.0)
    ascend = spec.integer("ascend_a310", least=0)
    if gpu and ascend:
        raise errors.invalid(spec.path("gpu_p4"), "cannot be combined with ascend_a310")
    result: Config = {"cpu": two_decimals(cpu or 0.0), "memory": memory}
    if gpu:
        result["gpu_p4"] = gpu
    if ascend:
        result["ascend_a310"] = ascend
    return {"custom_spec": result}


def _additional_properties(item: Fields, surroundings: Surroundings, config: Config) -> Config:
    properties = item.section("additional_properties")
    if properties is None:
        return {}
    pooled = surroundings.dedicated or "cluster_id" in config or "pool_name" in config
    volumes = properties.objects("log_volume") or []
    if volumes and not pooled:
        raise errors.invalid(properties.path("log_volume"), "needs a dedicated resource pool")
    for volume in volumes:
        volume.required_text("host_path")
        volume.required_text("mount_path")
    surge = properties.number("max_surge")
    if surge is not None and surge <= 0:
        raise errors.invalid(properties.path("max_surge"), "must be greater than 0")
    properties.number("max_unavailable", least=0)
    properties.integer("termination_grace_period_seconds", least=0)
    for volume in properties.objects("persistent_volumes") or []:
        if posixpath.normpath(volume.required_text("mount_path")) in _SYSTEM_DIRECTORIES:
            raise errors.invalid(volume.path("mount_path"), "must not be a system directory")
        volume.choice("storage_type", ("sfs_turbo",))
        volume.text("name")
        volume.text("source_address")
    return dict(properties.value)


def _batch(item: Fields) -> Config:
    result: Config = {}
    for name in ("src_path", "dest_path"):
        result[name] = item.required_text(name)
        if not result[name].startswith(("https://", "http://", "obs://", "/")):
            raise errors.refused("3572", f"Invalid OBS URL {result[name]} in {item.path(name)}.")
    result["req_uri"] = item.required_text("req_uri")
    result["mapping_type"] = item.choice("mapping_type", ("file", "csv"), required=True)
    if result["mapping_type"] == "csv":
        rule = item.get("mapping_rule", required=True)
        _check_mapping_rule(rule, item.path("mapping_rule"))
        result["mapping_rule"] = rule
    if item.value.get("src_type"):
        result["src_type"] = item.choice("src_type", ("ManifestFile",))
    return result


def _check_mapping_rule(rule: Any, path: str) -> None:
    fields = Fields(rule, path)
    kind = fields.choice("type", ("object", "array", "string", "number", "integer", "boolean"), required=True)
    if kind == "object":
        properties = fields.section("properties", required=True)
        for name, child in (properties.value if properties else {}).items():
            _check_mapping_rule(child, f"{path}.properties.{name}")
    elif kind == "array":
        items = fields.get("items", required=True)
        for child in items if isinstance(items, list) else [items]:
            _check_mapping_rule(child, f"{path}.items")
    else:
        fields.integer("index", required=True, least=-1)


def _edge(call: Call, item: Fields, surroundings: Surroundings, config: Config) -> Config:
    pooled = bool(surroundings.cluster_id or config.get("cluster_id"))
    nodes = item.texts("nodes", required=not pooled) or []
    category = flavours.category_of(call.tx, config["specification"], config.get("custom_spec"))
    for node_id in nodes:
        catalog.check_node(call, node_id, category)
    return {"nodes": nodes}


def _affinity(item: Fields) -> Config:
    affinity = item.section("affinity")
    if affinity is None:
        return {}
    node_affinity = affinity.section("node_affinity")
    if node_affinity is not None:
        node_affinity.choice("mode", ("required", "preferred"), required=True)
        for pool in node_affinity.objects("pool_infos") or []:
            pool.required_text("pool_name")
            for node in pool.objects("nodes") or []:
                node.text("name")
    return {"affinity": affinity.value}
