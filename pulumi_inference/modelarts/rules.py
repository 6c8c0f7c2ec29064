"""The rules that several resources share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.fields.problems import Problem, rule


@rule("timeouts.create", "timeouts.update", "timeouts.delete")
def timeouts_last(values: Mapping[str, Any]) -> Iterator[Problem]:
    """A wait of no time at all would give up before it has begun."""
    timeouts = values.get("timeouts") or {}
    for verb in ("create", "update", "delete"):
        if verb in timeouts and not re.search("[1-9]", timeouts[verb]):
            yield Problem(f"timeouts.{verb}", 'must be longer than nothing, such as "20m"')
