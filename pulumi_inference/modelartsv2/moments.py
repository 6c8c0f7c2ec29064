"""Points in time, in answers that have them as numbers and as texts (modelarts-v2.md, section 2)."""

from __future__ import annotations

from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.lifecycle.memory import Answer


def moment_of(answer: Answer) -> int | None:
    """When the cloud last changed something of it, in ms since the epoch."""
    found = whole_number(answer.get("update_at"))
    return found if isinstance(found, int) else None
