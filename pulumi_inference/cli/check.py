"""What one check of `pulumi-inference doctor` has found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Check:
    """One check: its outcome, what was found, how to put it right, and how long a request took."""

    name: str
    status: Literal["ok", "note", "failed", "skipped"]
    detail: str
    fix: str | None = None
    seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Its fields, without those that say nothing."""
        return {name: value for name, value in asdict(self).items() if value is not None}
