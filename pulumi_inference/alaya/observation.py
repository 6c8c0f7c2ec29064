"""What Alaya NeW says of a deployment at this moment. Loaded when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pulumi_inference.alaya.deployments.values import adapters_of, count_ready
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.status import Observation

_UNSAID = frozenset({"apiKey", "expert"})
"""Members of a detail that `--json` leaves out: the key, and environments, which may hold secrets."""


def with_instances(seen: Observation, inputs: Inputs, answer: Answer | None) -> Observation:
    """How many instances are ready, of those that there are or should be at least, and which adapters are loaded."""
    if answer is None:
        return seen
    ready, count = count_ready(answer)
    scale = answer.get("scale") or inputs.get("scale")
    least = scale.get("min") if isinstance(scale, Mapping) else None
    return replace(
        seen,
        running=ready if count else None,
        wanted=max(count, least if isinstance(least, int) else 0) or None,
        columns={"form": answer.get("mode"), "adapters": ", ".join(adapters_of(answer)) or None},
        raw={name: one for name, one in answer.items() if name not in _UNSAID},
    )
