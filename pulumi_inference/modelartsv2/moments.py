"""Points in time, in answers that have them as numbers and as texts (modelarts-v2.md, section 2)."""

from __future__ import annotations

from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.lifecycle.memory import Answer


def moment_of(answer: Answer, *names: str) -> int | None:
    """The latest of the points in time that these members say, in ms since the epoch; None where none does."""
    found = (whole_number(answer.get(name)) for name in names)
    return max((one for one in found if isinstance(one, int)), default=None)
