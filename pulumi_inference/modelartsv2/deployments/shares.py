"""Which share of a service's requests each of its deployments gets, by their weights (modelarts-v2.md, section 1.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context
from pulumi_inference.core.lifecycle.memory import Answer, Thing
from pulumi_inference.modelartsv2.deployments.values import groups_of
from pulumi_inference.modelartsv2.specs.states import SERVING

KIND = "modelartsv2.Deployment"


@dataclass(frozen=True)
class Shares:
    """The weights of the deployments of one service, by name, before and after what the program has asked so far.

    Args:
        before: as they are.
        after: as they are to be.
        heard: the deployments of which the program has said it; of the others it may say it later.
    """

    before: Mapping[str, int]
    after: Mapping[str, int]
    heard: Collection[str] = ()

    def moves(self, name: str) -> bool:
        """Whether one of them gets another share."""
        return bool(self.before) and share_of(self.before, name) != share_of(self.after, name)

    def told(self, name: str) -> str:
        """The share of one of them before and after, with the weights of all."""
        weights = ", ".join(
            f"{one} {weight}{'' if one in self.heard else ' as now'}" for one, weight in sorted(self.after.items())
        )
        was, now = share_of(self.before, name), share_of(self.after, name)
        return f"gets {was} of the requests, and {now} with the weights then ({weights})"


def plan(context: Context, inputs: Inputs) -> None:
    """Keeps what the program wants of a deployment, for the others of its service."""
    service_id, name = inputs.get("service_id"), inputs.get("name")
    if isinstance(service_id, str) and isinstance(name, str):
        planned, course = context.environment.memory.planned, context.course
        if course.planned is not None:
            planned.pop(course.planned, None)  # what is replaced may get another name
        course.planned = _key(service_id, name)
        planned[course.planned] = inputs


def shares_of(context: Context, answer: Answer) -> Shares:
    """The weights as a deployment's answer and the program so far have them."""
    service_id, planned = str(answer["service_id"]), context.environment.memory.planned
    before = {str(one["name"]): _weight(one.get("weight")) for one in _groups(answer)}
    after, heard = dict(before), set()
    for key, inputs in planned.items():
        is_known = inputs.get("weight") is not UNKNOWN
        if key.kind == KIND and inputs.get("service_id") == service_id and is_known:
            after[str(inputs["name"])] = _weight(inputs.get("weight"))
            heard.add(str(inputs["name"]))
    return Shares(before, after, heard)


def successors(context: Context, answer: Answer) -> list[str]:
    """The other deployments of the service to which the program gives a weight, by name."""
    service_id, name = str(answer["service_id"]), str(answer["name"])
    return sorted(
        str(one["name"])
        for key, one in context.environment.memory.planned.items()
        if key.kind == KIND
        and one.get("service_id") == service_id
        and one["name"] != name
        and _weight(one.get("weight"))
    )


def unheard(context: Context, answer: Answer) -> list[str]:
    """The deployments of the service of which the program has not said yet what it wants, by name."""
    service_id, planned = str(answer["service_id"]), context.environment.memory.planned
    return sorted(str(one["name"]) for one in _groups(answer) if _key(service_id, str(one["name"])) not in planned)


def others_weigh(answer: Answer) -> bool:
    """Whether some other deployment of the service has a weight and serves, as the cloud says now."""
    others = [one for one in _groups(answer) if one["name"] != answer["name"]]
    return any(_weight(one.get("weight")) and one.get("status") in (None, *SERVING) for one in others)


def share_of(weights: Mapping[str, int], name: str) -> str:
    """A share as a percentage with two decimals, as ModelArts writes it."""
    total = sum(weights.values())
    return f"{100 * weights.get(name, 0) / total if total else 0:.2f}%"


def _key(service_id: str, name: str) -> Thing:
    return Thing(KIND, (("service_id", service_id),), name)


def _groups(answer: Answer) -> list[Mapping[str, Any]]:
    return [one for one in groups_of(answer) if one.get("name")]


def _weight(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
