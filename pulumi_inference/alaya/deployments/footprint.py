"""What a deployment takes: instances by GPU type, each with the GPUs of all of its pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.alaya.deployments.rules import gpus_of, gpus_per_instance
from pulumi_inference.core.footprint import Footprint, whole


def footprint(inputs: Mapping[str, Any]) -> Sequence[Footprint]:
    """One, of the GPU type that its pods have in common; an adapter takes none."""
    each = gpus_per_instance(inputs)
    kinds = {str(gpu.get("gpu_type")) for _, gpu in gpus_of(inputs) if gpu.get("count")}
    if each is None or len(kinds) != 1:
        return ()
    scale = inputs.get("scale")
    said = scale if isinstance(scale, Mapping) else {}
    least = whole(said.get("min"), 1)
    return [Footprint(kinds.pop(), each, least, whole(said.get("max"), least))]
