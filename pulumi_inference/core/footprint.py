"""What a resource takes while it runs: what a review counts, and a price table puts a price on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

HOURS_A_MONTH = 730.0
MOST = 10**9
"""What no cloud has; a number beyond it is a mistake that nothing is to be multiplied with."""


@dataclass(frozen=True)
class Footprint:
    """Instances of one kind.

    Args:
        what: accelerator or flavour, as a price table names it.
        each: accelerators of one instance; None where the name is a flavour's, which says them.
        least: instances that always run.
        most: instances that may run.
        hours: how long they run in a month; None where nobody knows.
        why_untimed: why nobody knows that, in words.
    """

    what: str
    each: int | None
    least: int
    most: int
    hours: float | None = HOURS_A_MONTH
    why_untimed: str = ""


Footprints: TypeAlias = Callable[[Mapping[str, Any]], Sequence[Footprint]]
"""What a resource with these inputs takes; of what is unknown or not said, nothing."""


def whole(value: Any, otherwise: int = 0) -> int:
    """A value as a count; `otherwise` for what is none, or not known."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST else otherwise
