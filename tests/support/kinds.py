"""Programs of batch and edge services."""

from __future__ import annotations

from typing import Any

from tests.support.world import Values, item, program


def batch(**changes: Any) -> Values:
    """What a program says of a batch service."""
    model = item(
        src_path="https://b.obs.example.com/in/",
        dest_path="https://b.obs.example.com/out/",
        req_uri="/",
        mapping_type="csv",
        mapping_rule={"type": "object", "properties": {"x": {"type": "number", "index": 0}}},
    )
    return program(model, infer_type="batch", **changes)


def edge(*nodes: str, **changes: Any) -> Values:
    """What a program says of an edge service on these nodes."""
    return program(item(nodes=list(nodes)), infer_type="edge", **changes)
