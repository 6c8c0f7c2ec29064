"""What the account of the emulated NVCF has: versions of functions, and their deployments.

A version is one document: what the create call said in canonical wire form, with the ids and the state beside it. A
deployment is a document of its own under the same key, there as long as its row is there.
"""

from typing import Any, Final

from ..store import Document, Transaction

VERSION: Final = "nvcf.version"
DEPLOYMENT: Final = "nvcf.deployment"
RUNNING: Final = "nvcf.running"

INVOCABLE: Final = ("ACTIVE", "DEGRADING")
"""The states in which a version answers calls."""
DEPLOYED: Final = ("ACTIVE", "DEPLOYING", "DEGRADING", "DEGRADED")
"""The states in which a version has a deployment that works or may come to."""

EVERYBODY: Final = "*"
"""The account with which a function is shared that is public."""


def key_of(function_id: str, version_id: str) -> str:
    """The key of a version, and of its deployment."""
    return f"{function_id}/{version_id}"


def find_version(tx: Transaction, function_id: str, version_id: str, stale: str | None = None) -> Document | None:
    """The version, whoever owns it.

    Args:
        tx: the store.
        function_id: of the function.
        version_id: of the version.
        stale: of the call, for a read of the past.

    Returns:
        ``id``, ``versionId``, ``ncaId``, ``name``, ``status``, ``createdAt`` and the other members of the create body
        in wire form; ``secrets`` is a map of names to values here, and never answered. ``functionParties`` and
        ``versionParties`` are the accounts that it is shared with, through the function and by itself.
    """
    return _seen(tx, VERSION, key_of(function_id, version_id), stale)


def find_versions(tx: Transaction, function_id: str | None = None, stale: str | None = None) -> list[Document]:
    """All versions, or those of one function, oldest first."""
    kind = _kind_seen(VERSION, stale)
    if kind is None:
        return []
    return tx.find_all(kind) if function_id is None else tx.find_all(kind, id=function_id)


def save_version(tx: Transaction, version: Document) -> None:
    """Keep a version; what it was becomes its past."""
    key = key_of(version["id"], version["versionId"])
    _remember(tx, VERSION, key)
    tx.put(VERSION, key, version, scope=version["ncaId"])


def delete_version(tx: Transaction, version: Document) -> None:
    """Forget a version and its deployment."""
    key = key_of(version["id"], version["versionId"])
    _remember(tx, VERSION, key)
    tx.delete(VERSION, key)
    delete_deployment(tx, version["id"], version["versionId"])


def find_deployment(tx: Transaction, function_id: str, version_id: str, stale: str | None = None) -> Document | None:
    """The deployment of a version: ``deploymentId``, ``deploymentSpecifications`` and so on, in wire form."""
    return _seen(tx, DEPLOYMENT, key_of(function_id, version_id), stale)


def find_deployment_by_id(tx: Transaction, deployment_id: str, stale: str | None = None) -> Document | None:
    """The deployment with that id."""
    kind = _kind_seen(DEPLOYMENT, stale)
    return next(iter(tx.find_all(kind, deploymentId=deployment_id)), None) if kind else None


def save_deployment(tx: Transaction, deployment: Document) -> None:
    """Keep a deployment; its ``timeline`` says when something is due."""
    key = key_of(deployment["functionId"], deployment["functionVersionId"])
    _remember(tx, DEPLOYMENT, key)
    due = deployment["timeline"][0]["at"] if deployment["timeline"] else None
    tx.put(DEPLOYMENT, key, deployment, scope=deployment["ncaId"], due_ms=due)


def delete_deployment(tx: Transaction, function_id: str, version_id: str) -> None:
    """Forget a deployment, with the requests that wait for it or run in it."""
    key = key_of(function_id, version_id)
    _remember(tx, DEPLOYMENT, key)
    tx.delete(DEPLOYMENT, key)
    tx.delete(RUNNING, key)


def running_requests(tx: Transaction, function_id: str, version_id: str) -> int:
    """How many requests to a version are waiting or running, as :func:`set_running_requests` said last."""
    document = tx.get(RUNNING, key_of(function_id, version_id))
    return int(document["count"]) if document else 0


def set_running_requests(tx: Transaction, function_id: str, version_id: str, count: int) -> None:
    """Say how many requests to a version are waiting or running; a graceful undeployment waits for them."""
    if count:
        tx.put(RUNNING, key_of(function_id, version_id), {"count": count})
    else:
        tx.delete(RUNNING, key_of(function_id, version_id))


def shared_with(version: Document) -> list[str]:
    """The accounts that a version is shared with, through its function or by itself."""
    return [*dict.fromkeys([*(version.get("functionParties") or ()), *(version.get("versionParties") or ())])]


def is_public(version: Document) -> bool:
    """Whether everybody may see and call a version."""
    return EVERYBODY in shared_with(version)


def may_call(version: Document, account: str, shared_with: list[str]) -> bool:
    """Whether an account may see and call a version: its own, and what is shared with it."""
    return version["ncaId"] == account or account in shared_with or EVERYBODY in shared_with


def is_invocable(version: Document) -> bool:
    """Whether a version answers calls."""
    status: Any = version["status"]
    return status in INVOCABLE


def _former(kind: str) -> str:
    return f"{kind}.former"


def _kind_seen(kind: str, stale: str | None) -> str | None:
    """Where a read looks; None when it is to find nothing."""
    return {None: kind, "former": _former(kind)}.get(stale)


def _seen(tx: Transaction, kind: str, key: str, stale: str | None) -> Document | None:
    seen = _kind_seen(kind, stale)
    return tx.get(seen, key) if seen else None


def _remember(tx: Transaction, kind: str, key: str) -> None:
    former = tx.get(kind, key)
    if former is not None:
        tx.put(_former(kind), key, former, scope=former["ncaId"])
