"""What each kind of service must say, and what has no effect there (reference 5.1, 5.2, 8.8, 8.9)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.paths import render
from pulumi_inference.core.fields.problems import Problem, Rule, item_rule, rule
from pulumi_inference.core.fields.unknown import UNKNOWN

Values = Mapping[str, Any]
Problems = Iterator[Problem]

_REAL_TIME, _BATCH, _EDGE = "real-time", "batch", "edge"

_ONLY: Mapping[str, tuple[str, ...]] = {
    "schedule": (_REAL_TIME,),
    "vpc_id": (_REAL_TIME,),
    "subnet_network_id": (_REAL_TIME,),
    "security_group_id": (_REAL_TIME,),
    "load_balancer_policy": (_REAL_TIME,),
    "tags": (_REAL_TIME,),
    "pool_name": (_REAL_TIME, _BATCH),
    "priority": (_REAL_TIME, _BATCH),
    "rerun_triggers": (_BATCH,),
    "desired_node_status": (_EDGE,),
}
"""The kinds of service that know a field; all know the others."""

_ONLY_IN_CONFIG: Mapping[str, tuple[str, ...]] = {
    "weight": (_REAL_TIME,),
    "pool_name": (_REAL_TIME, _BATCH),
    "affinity": (_REAL_TIME, _BATCH),
    "src_path": (_BATCH,),
    "dest_path": (_BATCH,),
    "req_uri": (_BATCH,),
    "mapping_type": (_BATCH,),
    "mapping_rule": (_BATCH,),
    "src_type": (_BATCH,),
    "nodes": (_EDGE,),
}
_BATCH_NEEDS = ("src_path", "dest_path", "req_uri", "mapping_type")

_TYPES = ("object", "array", "string", "number", "integer", "boolean")
_TAG_KEY = re.compile(r"(?!_sys_)(?! )[\w .:=+@-]{1,128}(?<! )")
_TAG_VALUE = re.compile(r"[\w .:=+@/-]{0,255}")


@rule("infer_type")
def known_to_this_kind(service: Values) -> Problems:
    """The cloud ignores or refuses what belongs to other kinds of service."""
    kind = service.get("infer_type", _REAL_TIME)
    for name in _ONLY:
        if service.get(name) not in (None, [], {}) and kind not in _ONLY[name]:
            yield Problem(name, _misplaced(_ONLY[name], kind))


@item_rule(each="config", around=("infer_type",))
def model_known_to_this_kind(item: Values, service: Values) -> Problems:
    """The same for what stands in `config`."""
    kind = service.get("infer_type", _REAL_TIME)
    for name in _ONLY_IN_CONFIG:
        if item.get(name) is not None and kind not in _ONLY_IN_CONFIG[name]:
            yield Problem(name, _misplaced(_ONLY_IN_CONFIG[name], kind))


def _misplaced(kinds: tuple[str, ...], kind: str) -> str:
    return f"is for {' and '.join(kinds)} services only, and this one is {kind}; remove it"


@rule("infer_type")
def one_model(service: Values) -> Problems:
    """Only real-time services share traffic among models."""
    kind, config = service.get("infer_type"), service.get("config")
    if kind in (_BATCH, _EDGE) and isinstance(config, list) and len(config) > 1:
        yield Problem("config", f"has {len(config)} models, but a {kind} service has exactly one")


@item_rule(each="config", around=("infer_type",))
def batch_complete(item: Values, service: Values) -> Problems:
    """A batch service says what to read, where to write, and how."""
    if service.get("infer_type") != _BATCH:
        return
    for name in _BATCH_NEEDS:
        if name not in item:
            yield Problem(name, "is required for a batch service")


@item_rule("mapping_type", each="config")
def mapping_rule_with_csv(item: Values, _service: Values) -> Problems:
    """Lines of a CSV file need a rule, files have no columns."""
    mapping_type, mapping_rule = item.get("mapping_type"), item.get("mapping_rule")
    if mapping_type == "csv" and mapping_rule is None:
        yield Problem("mapping_rule", 'is required when mapping_type is "csv"')
    if mapping_type == "file" and mapping_rule is not None:
        yield Problem("mapping_rule", 'has no effect with mapping_type "file"; remove it')


@item_rule(each="config")
def mapping_rule_is_a_tree(item: Values, _service: Values) -> Problems:
    """Every branch of a mapping rule ends in a column."""
    tree = item.get("mapping_rule")
    if tree is not None:
        yield from _branch(tree, ("mapping_rule",))


def _branch(node: Any, path: tuple[str | int, ...]) -> Problems:
    if node is UNKNOWN:
        return
    if not isinstance(node, Mapping):
        yield Problem(render(path), "must be an object with a type")
        return
    kind = node.get("type")
    if kind == "object":
        yield from _members(node.get("properties"), (*path, "properties"))
    elif kind == "array":
        yield from _elements(node.get("items"), (*path, "items"))
    elif kind in _TYPES:
        yield from _column(node.get("index"), (*path, "index"))
    elif kind is not UNKNOWN:
        yield Problem(render((*path, "type")), f"must be one of {', '.join(_TYPES)}")


def _members(properties: Any, path: tuple[str | int, ...]) -> Problems:
    if properties is UNKNOWN:
        return
    if not isinstance(properties, Mapping) or not properties:
        yield Problem(render(path), 'is required with type "object": the members by name')
        return
    for name, member in properties.items():
        yield from _branch(member, (*path, name))


def _elements(items: Any, path: tuple[str | int, ...]) -> Problems:
    if items is UNKNOWN:
        return
    if isinstance(items, Mapping):
        yield from _branch(items, path)
    elif isinstance(items, list) and items:
        for index, one in enumerate(items):
            yield from _branch(one, (*path, index))
    else:
        yield Problem(render(path), 'is required with type "array": what the elements are')


def _column(index: Any, path: tuple[str | int, ...]) -> Problems:
    if index is UNKNOWN:
        return
    if not isinstance(index, int) or isinstance(index, bool) or index < -1:
        yield Problem(render(path), "must be the number of a CSV column, from 0 on, or -1 for none")


@rule("infer_type", "config[*].nodes", "cluster_id")
def edge_has_nodes(service: Values) -> Problems:
    """An edge service runs on nodes or on an edge pool."""
    if service.get("infer_type") != _EDGE or service.get("cluster_id"):
        return
    for index, item in enumerate(service.get("config") or ()):
        if isinstance(item, Mapping) and not item.get("nodes"):
            yield Problem(
                f"config[{index}].nodes",
                "is required for an edge service; or set the service's cluster_id to an edge pool",
            )


@rule("infer_type", "config[*].nodes", "desired_node_status", "cluster_id")
def node_status_of_own_nodes(service: Values) -> Problems:
    """Only nodes that are named can be started and stopped, not those of a pool."""
    if service.get("infer_type") != _EDGE:
        return
    if service.get("cluster_id") and service.get("desired_node_status"):
        reason = "nodes of an edge pool (cluster_id) cannot be started or stopped; remove it"
        yield Problem("desired_node_status", reason)
        return
    items = [item for item in service.get("config") or () if isinstance(item, Mapping)]
    nodes = [node for item in items for node in item.get("nodes") or ()]
    if not nodes or UNKNOWN in nodes:
        return
    for node in service.get("desired_node_status") or {}:
        if node not in nodes:
            path = render(("desired_node_status", node))
            yield Problem(path, f"is not one of the nodes in config; its nodes: {', '.join(nodes)}")


@rule("tags", "tags.*")
def tags_are_allowed(service: Values) -> Problems:
    """What the cloud takes as keys and values of tags."""
    for key, value in (service.get("tags") or {}).items():
        path = render(("tags", key))
        if not _TAG_KEY.fullmatch(key):
            yield Problem(
                path,
                "the key must have 1 to 128 letters, digits, spaces or any of _ . : = + - @, without a space at either "
                "end, and not begin with _sys_",
            )
        if isinstance(value, str) and not _TAG_VALUE.fullmatch(value):
            yield Problem(path, "the value must have at most 255 letters, digits, spaces or any of _ . : = + - @ /")


@rule("restart_after_schedule", "desired_status")
def restart_is_wanted(service: Values) -> Problems:
    """Only a wanted status is ever brought about."""
    if service.get("restart_after_schedule") and service.get("desired_status") != "running":
        yield Problem("restart_after_schedule", 'has no effect without desired_status "running"')


@rule("infer_type", "smoke_test")
def smoke_test_of_a_real_time_service(service: Values) -> Problems:
    """Nothing else can be called at an address of its own."""
    infer_type = service.get("infer_type", _REAL_TIME)
    if service.get("smoke_test") is not None and infer_type != _REAL_TIME:
        yield Problem("smoke_test", f"needs a real-time service; a {infer_type} service has no access address")


KIND_RULES: tuple[Rule, ...] = (
    known_to_this_kind,
    model_known_to_this_kind,
    one_model,
    batch_complete,
    mapping_rule_with_csv,
    mapping_rule_is_a_tree,
    edge_has_nodes,
    node_status_of_own_nodes,
    tags_are_allowed,
    restart_is_wanted,
    smoke_test_of_a_real_time_service,
)
