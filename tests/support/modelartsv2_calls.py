"""Services of ModelArts v2 that are called, as the emulator's admin door is told them."""

from __future__ import annotations

from typing import Any

from tests.support.cloud import EMBEDDED_PROJECT
from tests.support.modelartsv2 import POOL
from tests.support.world import Values

KEYED = "00000000-0000-4000-8000-000000000001"
OPEN = "00000000-0000-4000-8000-000000000002"
TOKENED = "00000000-0000-4000-8000-000000000003"
SOCKET = "00000000-0000-4000-8000-000000000004"
TASKS = "00000000-0000-4000-8000-000000000005"
STOPPED = "00000000-0000-4000-8000-000000000006"
INNER = "00000000-0000-4000-8000-000000000007"
EMPTY = "00000000-0000-4000-8000-000000000008"

KEY_ID, KEY = "0" * 31 + "1", "key-value-of-the-tests-0123456789"


def seeded(project: str = EMBEDDED_PROJECT) -> dict[str, list[Values]]:
    """The services, one of each kind, and a key for the one that wants one."""
    return {
        "modelartsv2.services": [
            _service(project, KEYED, "keyed", [_deployment("blue", "d-blue", 100)], auth_type="API_KEY"),
            _service(project, OPEN, "open", [_deployment("blue", "d-open", 100)]),
            _service(project, TOKENED, "tokened", [_deployment("blue", "d-token", 100)], auth_type="TOKEN"),
            _service(
                project, SOCKET, "socket", [_deployment("blue", "d-socket", 100)], auth_type="NONE", protocol="WS"
            ),
            {
                **_service(project, TASKS, "tasks", [_deployment("blue", "d-tasks", 100)]),
                "type": "ASYNC_REAL_TIME",
            },
            {**_service(project, STOPPED, "stopped", [_deployment("blue", "d-stopped", 100)]), "status": "STOPPED"},
            _service(project, INNER, "inner", [_deployment("blue", "d-inner", 100)], internet_access_enable=False),
            _service(project, EMPTY, "empty", []),
        ],
        "modelartsv2.keys": [
            {
                "key_id": KEY_ID,
                "name": "for-tests",
                "scope": "SERVICE",
                "api_key": KEY,
                "services": [KEYED],
                "project_id": project,
            }
        ],
    }


def _service(project: str, service_id: str, name: str, deployments: list[Values], **invoke: Any) -> Values:
    called = {"port": 8080, "protocol": "HTTP", "auth_type": "NONE", "internet_access_enable": True, **invoke}
    limit = {"rate_limit": {"num": 1000, "unit": "SECONDS"}, "request_size_limit": 10, "request_timeout": 90}
    return {
        "id": service_id,
        "project_id": project,
        "name": name,
        "type": "REAL_TIME",
        "deploy_type": "SINGLE",
        "group_configs": [],
        "runtime_config": {"service_invoke": called, "service_limit": limit},
        "deployments": deployments,
    }


def _deployment(name: str, deployment_id: str, weight: int) -> Values:
    unit = {
        "name": "main",
        "role": "COMMON",
        "count": 1,
        "flavor": "custom",
        "custom_spec": {"cpu": 2, "memory": 4096},
        "image": {"source": "SWR", "swr_path": "swr.example.test/demo/echo:1"},
    }
    rollout = {"type": "ROLLING", "rolling_update": {"max_surge": "1%", "max_unavailable": "1%"}}
    return {
        "id": deployment_id,
        "name": name,
        "pool_id": POOL,
        "weight": weight,
        "count": 1,
        "unit_configs": [unit],
        "advanced_config": {"port": 8080, "protocol": "HTTP", "upgrade_config": rollout},
    }
