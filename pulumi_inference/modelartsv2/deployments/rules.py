"""What makes the spec of a deployment wrong as a whole (modelarts-v2.md, sections 4.3 to 4.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.problems import Problem, Rule, rule
from pulumi_inference.core.invocation.smoke_fields import SMOKE_RULES
from pulumi_inference.core.lifecycle.options import timeouts_last
from pulumi_inference.modelartsv2.secret_rules import secrets_are_whole
from pulumi_inference.modelartsv2.unit_rules import group_problems, secret_problems


@rule("unit_configs", "secret_type", "secret_name")
def units_are_whole(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Each unit can be made."""
    yield from group_problems(values)


@rule("unit_configs", "secret_envs")
def secret_envs_fit(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Secret variables belong to a unit."""
    yield from secret_problems(values, values.get("secret_envs"))


RULES: tuple[Rule, ...] = (units_are_whole, secret_envs_fit, secrets_are_whole, *SMOKE_RULES, timeouts_last)
