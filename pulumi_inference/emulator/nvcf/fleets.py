"""The instances of one specification: how many run, start and have failed, and what is to become of the next ones."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from ..store import Document
from .faults import DeployFault

COUNTS: Final = ("running", "starting", "errored")
_STATUSES: Final = {"running": "RUNNING", "starting": "STARTING", "errored": "ERRORED"}


def empty(now_ms: int) -> Document:
    """No instance yet.

    Returns:
        ``running``, ``starting`` and ``errored`` as numbers; ``error``, what the failed ones said; ``held``, that no
        further ones can be had; ``fate``, what is to become of the next ones; ``later``, what is to happen to them once
        they are in service; ``since``, the time of the last start.
    """
    return {**dict.fromkeys(COUNTS, 0), "error": None, "held": False, "fate": None, "later": None, "since": now_ms}


def fate(fault: DeployFault) -> Document | None:
    """What a fault does to the next instances."""
    if fault.outcome in ("check_error", "refused", "chart"):
        return None
    after, heal = fault.after_seconds, fault.heal_seconds
    return {
        "outcome": fault.outcome,
        "instances": fault.instances,
        "error": fault.error,
        "after_ms": None if after is None else round(after * 1000),
        "heal_ms": None if heal is None else round(heal * 1000),
    }


def move(fleet: Document, source: str, target: str, count: int) -> None:
    """Let some instances go from one state to another; no more than there are."""
    moved = min(count, fleet[source])
    fleet[source] -= moved
    fleet[target] += moved


def is_dead(deployment: Document) -> bool:
    """Whether nothing starts or runs."""
    return not any(fleet["running"] + fleet["starting"] for fleet in deployment["fleet"].values())


def copy(deployment: Document) -> Document:
    """The fleets as they are now."""
    return deepcopy(deployment["fleet"])


def members(deployment: Document, spec: Document, fleet: Document) -> Iterator[tuple[str, str]]:
    """Id and status of each instance."""
    number = 0
    for name in COUNTS:
        for _ in range(fleet[name]):
            yield f"i-{uuid5(NAMESPACE_URL, f'{request_id(deployment, spec)}/{number}').hex[:17]}", _STATUSES[name]
            number += 1


def request_id(deployment: Document, spec: Document) -> str:
    """The id under which the cluster service knows the instances of a specification."""
    return str(uuid5(NAMESPACE_URL, f"{deployment['deploymentId']}/{spec['gpuSpecificationId']}"))
