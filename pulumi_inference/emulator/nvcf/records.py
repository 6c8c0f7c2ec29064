"""What the account of the emulated NVCF has: versions of functions, and their deployments.

A version is one document: what the create call said in canonical wire form, with the ids and the state beside it. A
deployment is a document of its own under the same key, there as long as its row is there.
"""

from typing import Any, Final

from ..store import Document, Transaction

VERSION: Final = "nvcf.version"
DEPLOYMENT: Final = "nvcf.deployment"

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


def may_call(version: Document, account: str, shared_with: list[str]) -> bool:
    """Whether an account may see and call a version: its own, and what is shared with it."""
    return version["ncaId"] == account or account in shared_with or "*" in shared_with


def is_invocable(version: Document) -> bool:
    """Whether a version answers calls."""
    status: Any = version["status"]
    return status in INVOCABLE
