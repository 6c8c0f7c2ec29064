"""Usage of a running service (modelarts.md section 8.7)."""

from typing import Any

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import catalog, flavours
from .service import MINUTE_MS, Config, Service, find

_CPU_AND_MEMORY = {"CPU": (2.0, 8192), "GPU": (8.0, 32768), "NPU": (2.0, 8192)}
_ACCELERATOR_MEMORY = 16384.0


def read(call: Call) -> Response:
    """``GET /services/{service_id}/monitor``."""
    service = find(call, call.params["service_id"])
    counts = [_instances(service, item) for item in service.config]
    return json_response(
        {
            "service_id": service.service_id,
            "service_name": service.service_name,
            "service_running_instance_count": sum(running for running, _ in counts),
            "service_instance_count": sum(wanted for _, wanted in counts),
            "req_count_per_min": sum(at > call.now_ms - MINUTE_MS for at in service.recent_calls),
            "monitors": _monitors(call, service),
        }
    )


def _monitors(call: Call, service: Service) -> list[Document]:
    if service.infer_type == "edge":
        node_id = call.request.query_value("node_id")
        return [
            {"node_id": node, "node_name": catalog.node_of(call.tx, node)["name"], **_usage(call, service, item, node)}
            for item in service.config
            for node in item.get("nodes", ())
            if node_id in (None, "", node)
        ]
    return [{**_calls(service, item), **_usage(call, service, item)} for item in service.config]


def _calls(service: Service, item: Config) -> Document:
    times, failed = service.invocations.get(item["model_id"], (0, 0))
    names = {name: item[name] for name in ("model_id", "model_name", "model_version")}
    return {**names, "invocation_times": times, "failed_times": failed}


def _usage(call: Call, service: Service, item: Config, node: str | None = None) -> Document:
    running, wanted = _instances(service, item)
    if node is not None and service.node_status.get(node) != "running":
        running = 0
    spec: dict[str, Any] = item.get("custom_spec", {})
    category = flavours.category_of(call.tx, item["specification"], spec)
    cpu, memory = spec.get("cpu"), spec.get("memory")
    default_cpu, default_memory = _CPU_AND_MEMORY[category]
    gpus = float(spec.get("gpu_p4", 1.0)) if category == "GPU" else 0.0
    npus = float(spec.get("ascend_a310", 1)) if category == "NPU" else 0.0
    return {
        "cpu_core_usage": 0.1 * running,
        "cpu_core_total": float(cpu or default_cpu) * running,
        "cpu_memory_usage": 256 * running,
        "cpu_memory_total": int(memory or default_memory) * running,
        "gpu_usage": 0.0,
        "gpu_total": gpus * running,
        "gpu_memory_usage": 0.0,
        "gpu_memory_total": gpus * _ACCELERATOR_MEMORY * running,
        "npu_usage": 0.0,
        "npu_total": npus * running,
        "npu_memory_usage": 0.0,
        "npu_memory_total": npus * _ACCELERATOR_MEMORY * running,
        "model_running_instance_count": running,
        "model_instance_count": wanted,
    }


def _instances(service: Service, item: Config) -> tuple[int, int]:
    """How many instances of an item run, and how many should."""
    wanted = item["instance_count"]
    if service.serving_config() is None:
        return 0, wanted
    if service.running_instances is not None:
        return min(service.running_instances, wanted), wanted
    serving = {entry["model_id"]: entry["instance_count"] for entry in service.serving_config() or ()}
    return min(serving.get(item["model_id"], 0), wanted), wanted
