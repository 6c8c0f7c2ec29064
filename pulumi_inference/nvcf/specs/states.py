"""The states of a function version, which are those of its deployment (function-lifecycle page)."""

from __future__ import annotations

from typing import Final

INACTIVE: Final = "INACTIVE"
DEPLOYING: Final = "DEPLOYING"
ACTIVE: Final = "ACTIVE"
DEGRADING: Final = "DEGRADING"
DEGRADED: Final = "DEGRADED"
ERROR: Final = "ERROR"

STATES: Final = (INACTIVE, DEPLOYING, ACTIVE, DEGRADING, DEGRADED, ERROR)

CALLABLE: Final = (ACTIVE, DEGRADING)
"""In which a version can be called."""
