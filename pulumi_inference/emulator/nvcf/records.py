"""What the account of the emulated NVCF has: versions of functions, and their deployments.

A version is one document: what the create call said in canonical wire form, with the ids and the state beside it. A
deployment is a document of its own under the same key, there as long as its row is there.
"""

from typing import Any, Final

from ..store import Document, Transaction

VERSION: Final = "nvcf.version"
DEPLOYMENT: Final = "nvcf.deployment"
SHARING: Final = "nvcf.sharing"
WORK: Final = "nvcf.work"

INVOCABLE: Final = ("ACTIVE", "DEGRADING")
"""The states in which a version answers calls."""


def key_of(function_id: str, version_id: str) -> str:
    """The key of a version, and of its deployment."""
    return f"{function_id}/{version_id}"


def find_version(tx: Transaction, function_id: str, version_id: str) -> Document | None:
    """The version, whoever owns it.

    Returns:
        ``id``, ``versionId``, ``ncaId``, ``name``, ``status``, ``createdAt`` and the other members of the create body
        in wire form; ``secrets`` is a map of names to values here, and never answered.
    """
    return tx.get(VERSION, key_of(function_id, version_id))


def find_versions(tx: Transaction, function_id: str) -> list[Document]:
    """All versions of a function, oldest first."""
    return [one for one in tx.find_all(VERSION) if one["id"] == function_id]


def save_version(tx: Transaction, version: Document) -> None:
    """Keep a version."""
    tx.put(VERSION, key_of(version["id"], version["versionId"]), version, scope=version["ncaId"])


def find_deployment(tx: Transaction, function_id: str, version_id: str) -> Document | None:
    """The deployment of a version: ``deploymentId``, ``deploymentSpecifications`` and so on, in wire form."""
    return tx.get(DEPLOYMENT, key_of(function_id, version_id))


def save_deployment(tx: Transaction, deployment: Document) -> None:
    """Keep a deployment."""
    key = key_of(deployment["functionId"], deployment["functionVersionId"])
    tx.put(DEPLOYMENT, key, deployment, scope=deployment["ncaId"])


def share(tx: Transaction, key: str, accounts: list[str]) -> None:
    """Say whom a function (its id) or a version (its :func:`key_of`) is shared with, ``*`` for everybody."""
    tx.put(SHARING, key, {"accounts": accounts})


def shared_with(tx: Transaction, function_id: str, version_id: str) -> list[str]:
    """The accounts that a version is shared with, as such and with its function."""
    levels = [tx.get(SHARING, key) for key in (function_id, key_of(function_id, version_id))]
    return [account for level in levels if level for account in level["accounts"]]


def running_requests(tx: Transaction, function_id: str, version_id: str) -> int:
    """How many requests of a version are waiting, being worked on, or finished and not fetched yet."""
    return len([work for work in tx.find_all(WORK, scope=key_of(function_id, version_id)) if not work["over"]])


def may_call(version: Document, account: str, shared_with: list[str]) -> bool:
    """Whether an account may see and call a version: its own, and what is shared with it."""
    return version["ncaId"] == account or account in shared_with or "*" in shared_with


def is_invocable(version: Document) -> bool:
    """Whether a version answers calls."""
    status: Any = version["status"]
    return status in INVOCABLE
