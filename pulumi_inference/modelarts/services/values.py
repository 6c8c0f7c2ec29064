"""Between the spec's values and ModelArts' bodies: secrets merged and split, the live detail, and what to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.fields.shape import fill_unmanaged, observe, project, remember, union
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.ownership import in_text, out_of_text
from pulumi_inference.huaweicloud.variables import SecretVariables
from pulumi_inference.modelarts.specs.detail import ServiceOutputs
from pulumi_inference.modelarts.specs.parts import DESCRIPTION_LIMIT
from pulumi_inference.modelarts.specs.service import ServiceSpec

Detail = Mapping[str, Any]
"""The detail answer of a service, in wire names."""

VARIABLES = SecretVariables("config", "model_id")
"""Each model has secret variables of its own."""

_MILLISECONDS = {"DAYS": 86_400_000, "HOURS": 3_600_000, "MINUTES": 60_000}

SERVING = ("running", "concerning")
STOPPED = ("stopped", "stopping")
ON_THE_WAY = ("deploying", "waiting", "pending")
BUSY = (*ON_THE_WAY, "stopping", "deleting")
FINISHED = "finished"


def create_body(inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body of the create call, with the mark ("" for none) behind the description."""
    values = VARIABLES.merge(inputs)
    description = in_text(values.get("description", ""), mark, DESCRIPTION_LIMIT)
    if description:
        values["description"] = description
    return to_wire(ServiceSpec, values)


def live_of(detail: Detail, *known: Inputs) -> Live:
    """A detail answer as values and facts; `known` says which variables are secret, the first one also the rest."""
    values = VARIABLES.split(merged_of(detail), *known)
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


_CLEARED: Mapping[str, Any] = {"string": "", "array": [], "object": {}}


@dataclass
class Plan:
    """What to send, in wire names, in this order: `fields`, then `config` or `scale`.

    `config_values` is what `config` has to be when the roll-out is over, in the spec's names.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    config: list[dict[str, Any]] = field(default_factory=list)
    scale: list[tuple[str, int]] = field(default_factory=list)
    config_values: list[dict[str, Any]] = field(default_factory=list)

    @property
    def rolls_out(self) -> bool:
        """Whether instances are started or stopped by it."""
        return bool(self.config or self.scale)


def make_plan(program: Inputs, recorded: Inputs, detail: Detail, mark: str) -> Plan:
    """Compares the program with the live detail, and with the record where the cloud never answers.

    `mark` stands behind a description that is sent; "" for none.
    """
    wanted = VARIABLES.merge(program)
    known = VARIABLES.merge(recorded)
    live = remember(ServiceSpec, merged_of(detail), known)
    managed = project(ServiceSpec, live, union(ServiceSpec, wanted, known))
    changed = differences(ServiceSpec, managed, wanted)
    full = fill_unmanaged(ServiceSpec, wanted, known, live)
    body = to_wire(ServiceSpec, full)
    plan = Plan()
    for name in dict.fromkeys(str(path[0]) for path in changed):
        fact = facts_of(ServiceSpec)[name]
        if name == "config" or not _is_sent(fact, wanted):
            continue
        plan.fields[fact.wire] = body.get(fact.wire, _CLEARED.get(fact.type))
    if "description" in plan.fields:
        plan.fields["description"] = in_text(plan.fields["description"], mark, DESCRIPTION_LIMIT)
    of_config = [path for path in changed if path[0] == "config"]
    if of_config:
        plan.config_values = full["config"]
        if _is_scale(of_config) and _can_scale(detail):
            counts = {item["model_id"]: item["instance_count"] for item in full["config"]}
            moved = dict.fromkeys(str(path[1]) for path in of_config)
            plan.scale = [(model_id, counts[model_id]) for model_id in moved]
        else:
            plan.config = body["config"]
    return plan


def _is_sent(fact: FieldFacts, wanted: Inputs) -> bool:
    if fact.local or fact.resolved or fact.immutable:
        return False
    return fact.name in wanted or (not fact.server_default and fact.type in _CLEARED)


def _is_scale(changed: list[paths.Path]) -> bool:
    return all(len(path) == 3 and path[2] == "instance_count" for path in changed)


def _can_scale(detail: Detail) -> bool:
    return detail.get("infer_type") == "real-time" and detail.get("status") in (*SERVING, "failed")


def config_equals(detail: Detail, config: list[dict[str, Any]]) -> bool:
    """Whether a live service has this configuration, as far as the cloud answers it."""
    return equals(detail, {"config": config})


def equals(detail: Detail, wanted: Inputs) -> bool:
    """Whether a live service has all these values, secrets merged, as far as the cloud answers them."""
    return not differences(ServiceSpec, observe(ServiceSpec, merged_of(detail), wanted), wanted)
