"""What a deployment takes: instances by GPU; instance types end in the number of GPUs and of nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core.footprint import Footprint, whole

_GPUS = re.compile(r"_(\d{1,6})x")
_NODES = re.compile(r"\.x(\d{1,6})$")


def footprint(inputs: Mapping[str, Any]) -> Sequence[Footprint]:
    """One for each specification."""
    specifications = inputs.get("specifications")
    items = [one for one in specifications if isinstance(one, Mapping)] if isinstance(specifications, list) else []
    return [
        Footprint(
            str(one["gpu"]),
            _gpus(one.get("instance_type")),
            whole(one.get("min_instances")),
            whole(one.get("max_instances"), whole(one.get("min_instances"))),
        )
        for one in items
        if isinstance(one.get("gpu"), str)
    ]


def _gpus(instance_type: Any) -> int:
    if not isinstance(instance_type, str):
        return 1
    gpus, nodes = _GPUS.search(instance_type), _NODES.search(instance_type)
    return (int(gpus[1]) if gpus else 1) * (int(nodes[1]) if nodes else 1)
