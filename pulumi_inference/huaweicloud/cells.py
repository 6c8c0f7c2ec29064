"""What stands in the tables of lookups of several services where a field alone does not say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pulumi_inference.huaweicloud.pools import Pool


def nodes(pool: Pool) -> str:
    """The nodes in order and all nodes, by flavour: `2/3 modelarts.vm.cpu.8u`."""
    counts = (("?" if one.available_count is None else one.available_count, one) for one in pool.nodes)
    return ", ".join(f"{available}/{one.count} {one.specification}" for available, one in counts)


def moment(field: str) -> Callable[[Any], str | None]:
    """The time that a field says in milliseconds."""

    def cell(record: Any) -> str | None:
        milliseconds = getattr(record, field)
        if milliseconds is None:
            return None
        return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

    return cell
