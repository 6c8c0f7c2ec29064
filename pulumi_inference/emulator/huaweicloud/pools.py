"""New dedicated resource pools, for services of all versions (public API reference, "Obtaining Resource Pools")."""

from typing import Any, Final

from ..store import Document, Transaction
from .accounts import DOMAIN_ID, stable_id

KIND: Final = "modelarts.pools"
FIELDS: Final = (
    *("pool_name", "display_name", "workspace_id", "description", "phase", "scope", "resources", "created_at"),
    *("metadata", "spec", "status"),
)
"""What a seeded pool may say of itself; the first one identifies it."""

DEFAULT: Final[Document] = {"pool_name": "pool-demo-01", "display_name": "demo"}
"""The pool that is there as long as none has been seeded."""

_CREATED_AT: Final = "2024-01-01T00:00:00Z"


def find(tx: Transaction, name: str) -> Document | None:
    """A pool as it was seeded."""
    return next((item for item in find_all(tx) if item["pool_name"] == name), None)


def find_all(tx: Transaction) -> list[Document]:
    """All pools as they were seeded."""
    return tx.find_all(KIND) or [DEFAULT]


def answer(item: Document) -> Document:
    """The answer for a seeded pool; what a seed does not say about itself is filled in.

    A seed has ``pool_name`` and perhaps ``display_name``, ``workspace_id``, ``description``, ``phase``, ``scope``,
    ``resources``, or whole sections ``metadata``, ``spec``, ``status``.
    """
    name = item["pool_name"]
    scope = item.get("scope", ["Train", "Infer"])
    resources = item.get("resources", [{"flavor": "modelarts.vm.cpu.8ud", "count": 2}])
    metadata: dict[str, Any] = {
        "name": name,
        "creationTimestamp": item.get("created_at", _CREATED_AT),
        "labels": {
            "os.modelarts/name": item.get("display_name", name),
            "os.modelarts/workspace.id": item.get("workspace_id", "0"),
            "os.modelarts/resource.id": f"maos-{stable_id('pool', name)[:12]}",
            "os.modelarts/tenant.domain.id": DOMAIN_ID,
        },
        "annotations": {
            "os.modelarts/description": item.get("description", ""),
            "os.modelarts/billing.mode": "0",
        },
    }
    spec = {
        "type": "Dedicate",
        "scope": scope,
        "resources": resources,
        "network": {"name": f"network-{stable_id('network', name)}"},
    }
    status = {
        "phase": item.get("phase", "Running"),
        "root": name,
        "scope": [{"scopeType": kind, "state": "Enabled"} for kind in scope],
        "resources": {"available": resources},
    }
    return {
        "kind": "Pool",
        "apiVersion": "v2",
        "metadata": {**metadata, **item.get("metadata", {})},
        "spec": {**spec, **item.get("spec", {})},
        "status": {**status, **item.get("status", {})},
    }
