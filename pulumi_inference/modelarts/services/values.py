"""Between the spec's values and ModelArts' bodies: secrets merged and split, the live detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.fields.shape import union
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.ownership import in_text, out_of_text
from pulumi_inference.modelarts.specs.detail import ServiceOutputs
from pulumi_inference.modelarts.specs.parts import DESCRIPTION_LIMIT
from pulumi_inference.modelarts.specs.service import ServiceSpec

Detail = Mapping[str, Any]
"""The detail answer of a service, in wire names."""

SECRETS = "secret_envs"

_MILLISECONDS = {"DAYS": 86_400_000, "HOURS": 3_600_000, "MINUTES": 60_000}

SERVING = ("running", "concerning")
STOPPED = ("stopped", "stopping")
ON_THE_WAY = ("deploying", "waiting", "pending")
BUSY = (*ON_THE_WAY, "stopping", "deleting")
FINISHED = "finished"


def merge_secrets(values: Inputs) -> dict[str, Any]:
    """The values with the secret variables among the others of their model, as the cloud knows them."""
    merged = {name: value for name, value in values.items() if name != SECRETS}
    secrets: Mapping[str, Mapping[str, str]] = values.get(SECRETS) or {}
    if secrets and "config" in merged:
        merged["config"] = [
            {**item, "envs": {**item.get("envs", {}), **secrets[item["model_id"]]}}
            if item.get("model_id") in secrets
            else item
            for item in merged["config"]
        ]
    return merged


def split_secrets(values: Inputs, *known: Inputs) -> dict[str, Any]:
    """The reverse of `merge_secrets`: variables that `known` keeps as secrets go back there.

    The first of `known` that names a variable of a model decides; a name that is secret at any other model stays so.
    """
    names = {name for one in known for secrets in (one.get(SECRETS) or {}).values() for name in secrets}
    if not names or "config" not in values:
        return dict(values)
    secrets: dict[str, dict[str, str]] = {}
    config = []
    for item in values["config"]:
        model = item.get("model_id")
        hidden = {name for name in names if _is_secret(name, model, known)}
        found = {name: value for name, value in item.get("envs", {}).items() if name in hidden}
        if found:
            secrets[model] = found
        config.append({**item, "envs": {name: one for name, one in item.get("envs", {}).items() if name not in hidden}})
    return {**values, "config": config, SECRETS: secrets}


def _is_secret(name: str, model: str, known: Sequence[Inputs]) -> bool:
    for one in known:
        if name in (one.get(SECRETS) or {}).get(model, {}):
            return True
        items = [item for item in one.get("config") or () if item.get("model_id") == model]
        if any(name in (item.get("envs") or {}) for item in items):
            return False
    return True


def create_body(inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body of the create call, with the mark ("" for none) behind the description."""
    values = merge_secrets(inputs)
    description = in_text(values.get("description", ""), mark, DESCRIPTION_LIMIT)
    if description:
        values["description"] = description
    return to_wire(ServiceSpec, values)


def live_of(detail: Detail, *known: Inputs) -> Live:
    """A detail answer as values and facts; `known` says which variables are secret, the first one also the rest."""
    values = split_secrets(merged_of(detail), *known)
    if detail.get("is_shared"):
        # Of a subscribed service the cloud answers less: what is missing is no change.
        values = union(ServiceSpec, values, known[0])
    status = str(detail.get("status", ""))
    wanted = _desired_status(detail, known[0])
    if wanted:
        values["desired_status"] = wanted
    if known[0].get("desired_node_status"):
        values["desired_node_status"] = _desired_node_status(detail, known[0]["desired_node_status"])
    facts = from_wire(ServiceOutputs, detail)
    name = detail.get("service_name", detail.get("service_id"))
    problem = f"{name} has failed: {detail.get('error_msg') or 'no reason given'}" if status == "failed" else None
    busy = f"{name} is {status}; `pulumi up` waits for it" if status in BUSY else None
    return Live(values, facts, problem, busy, detail)


def _desired_status(detail: Detail, known: Inputs) -> Any:
    """The wanted status that the service has; where its state says nothing of that, the recorded one."""
    status, recorded = detail.get("status"), known.get("desired_status")
    if status in SERVING:
        return "running"
    if status not in STOPPED:
        return recorded
    # That its schedule stops it is what the program asked for, so it contradicts no wanted status.
    is_meant = stopped_by_schedule(detail) and not known.get("restart_after_schedule")
    return recorded if is_meant and recorded else "stopped"


def _desired_node_status(detail: Detail, known: Mapping[str, str]) -> dict[str, str]:
    """The wanted status that each node of `known` has; nodes of a service that does not serve say nothing of that."""
    found, serves = node_status(detail), detail.get("status") in SERVING
    return {node: found[node] if serves else wanted for node, wanted in known.items() if node in found}


def stopped_by_schedule(detail: Detail) -> bool:
    """Whether the service has stopped because it was due, as far as its answer tells; in doubt it has.

    A stopped service may have no due time; then it was due its duration after its last deployment at the earliest.
    """
    if detail.get("status") not in STOPPED or not detail.get("schedule"):
        return False
    due, stopped = detail.get("due_time") or _earliest_due_time(detail), detail.get("transition_at")
    return not due or not stopped or int(stopped) >= int(due)


def _earliest_due_time(detail: Detail) -> int | None:
    schedule = detail["schedule"][0]
    deployed = max(int(detail.get("publish_at") or 0), int(detail.get("update_time") or 0))
    unit, duration = _MILLISECONDS.get(schedule.get("time_unit")), whole_number(schedule.get("duration"))
    return deployed + duration * unit if deployed and unit and isinstance(duration, int) else None


def node_status(detail: Detail) -> dict[str, str]:
    """Whether each edge node is to run the service, by node id; one that is not ready yet is to."""
    nodes = [node for item in detail.get("config") or () for node in item.get("nodes") or ()]
    return {
        str(node["id"]): "stopped" if node.get("instance_status") == "stopped" else "running"
        for node in nodes
        if isinstance(node, Mapping) and "id" in node
    }


def merged_of(detail: Detail) -> dict[str, Any]:
    """The values in a detail answer, secrets still among the variables, edge nodes by their id."""
    config = {"config": [_with_node_ids(item) for item in detail["config"]]} if detail.get("config") else {}
    values = from_wire(ServiceSpec, {**detail, **config})
    if "description" in values:
        values["description"] = out_of_text(values["description"])
    return values


def _with_node_ids(item: Mapping[str, Any]) -> dict[str, Any]:
    nodes = item.get("nodes")
    if not nodes:
        return {name: value for name, value in item.items() if name != "nodes"}
    return {**item, "nodes": [node.get("id") if isinstance(node, Mapping) else node for node in nodes]}
