"""The smallest set of calls that makes a live service what the program says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.fields import paths
from pulumi_inference.core.fields.compare import differences
from pulumi_inference.core.fields.facts import FieldFacts, facts_of
from pulumi_inference.core.fields.shape import fill_unmanaged, observe, project, remember, union
from pulumi_inference.core.fields.wire import to_wire
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.ownership import in_text
from pulumi_inference.modelarts.services.values import SERVING, Detail, merge_secrets, merged_of
from pulumi_inference.modelarts.specs.parts import DESCRIPTION_LIMIT
from pulumi_inference.modelarts.specs.service import ServiceSpec

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
    wanted = merge_secrets(program)
    known = merge_secrets(recorded)
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
