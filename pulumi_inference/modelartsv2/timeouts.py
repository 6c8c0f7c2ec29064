"""How long a deployment may take: no less than ModelArts itself gives it (modelarts-v2.md, section 7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.context import Context

DEFAULTS: Mapping[str, str] = {"create": "20m", "update": "20m", "delete": "20m"}
EXTRA_MINUTES = 5


def timeout_of(seconds: float, context: Context, inputs: Inputs, verb: str, minutes: Any) -> float:
    """The seconds that a verb has: what somebody says, else no less than `minutes`, ModelArts' own limit, and some."""
    is_given = context.timeout or (inputs.get("timeouts") or {}).get(verb)
    if is_given or verb == "delete" or not isinstance(minutes, int):
        return seconds
    return max(seconds, (minutes + EXTRA_MINUTES) * 60.0)


def minutes_of(group: Any) -> Any:
    """How many minutes a deployment with these values has by ModelArts; None when they do not say it, or not yet."""
    advanced = group.get("advanced_config") if isinstance(group, Mapping) else None
    return advanced.get("deploy_timeout_minutes") if isinstance(advanced, Mapping) else None
