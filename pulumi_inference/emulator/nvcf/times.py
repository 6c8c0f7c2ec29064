"""Moments as the service writes them."""

from datetime import UTC, datetime


def iso(at_ms: int) -> str:
    """Milliseconds since the epoch as ISO-8601 with ``Z``."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
