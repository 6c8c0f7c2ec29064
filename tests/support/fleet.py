"""Inputs of one resource of each cloud, as a program's `check` has made them."""

from __future__ import annotations

import copy
from typing import Any

Values = dict[str, Any]

_PLACED: Values = {"region": "cn-north-4", "project_id": "p1", "endpoint": "https://modelarts.cn-north-4.test"}

SERVICE: Values = {
    **_PLACED,
    "name": "classifier-1",
    "description": "first",
    "infer_type": "real-time",
    "pool_name": "pool-a",
    "wait": True,
    "config": [
        {
            "model_id": "m-a",
            "weight": 70,
            "instance_count": 2,
            "specification": "custom",
            "custom_spec": {"cpu": 4, "memory": 8192, "gpu_p4": 1},
            "envs": {"BATCH": "8"},
        },
        {
            "model_id": "m-b",
            "weight": 30,
            "instance_count": 2,
            "specification": "modelarts.vm.gpu.p4",
        },
    ],
}
SERVICE_KIND, FUNCTION_KIND = "modelarts.Service", "nvcf.Function"
DEPLOYMENT_KIND, CHAT_KIND = "nvcf.Deployment", "alaya.Deployment"

FUNCTION: Values = {
    "endpoint": "https://api.nvcf.test",
    "name": "echo-1",
    "container_image": "nvcr.io/acme/echo:1",
    "inference_url": "/echo",
    "inference_port": 8000,
}
DEPLOYMENT: Values = {
    "endpoint": "https://api.nvcf.test",
    "function_id": "00000000-0000-4000-8000-000000000001",
    "version_id": "00000000-0000-4000-8000-000000000002",
    "specifications": [
        {"gpu": "H100", "instance_type": "NCP.GPU.H100_8x.x2", "min_instances": 1, "max_instances": 2},
        {"gpu": "L40", "instance_type": "NCP.GPU.L40_1x", "min_instances": 0, "max_instances": 3},
    ],
}
CHAT: Values = {
    "endpoint": "https://aihpc.alaya.test",
    "name": "chat-1",
    "vks_id": "vc0000000001",
    "namespace": "default",
    "mode": "expert",
    "model_id": "00000000-0000-4000-8000-0000000000aa",
    "served_name": ["chat"],
    "expert": {
        "head_config": {
            "image": "e.test/vllm:1",
            "env": {"A": "1"},
            "resource": {"cpu": 4, "mem": 32, "gpu": {"gpu_type": "nvidia.com/gpu-h800", "count": 8}},
        }
    },
    "scale": {"min": 1, "max": 2, "rps_value": 5, "idle_time": 60},
    "on_offline_change": "restart",
}


def changed(values: Values, *changes: tuple[str, Any]) -> Values:
    """A copy with other values at these paths, such as `config.0.weight`; None takes one away."""
    result = copy.deepcopy(values)
    for path, value in changes:
        *parents, last = path.split(".")
        here: Any = result
        for name in parents:
            here = here[int(name)] if isinstance(here, list) else here[name]
        key: Any = int(last) if isinstance(here, list) else last
        if value is None:
            del here[key]
        else:
            here[key] = value
    return result
