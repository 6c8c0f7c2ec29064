"""A deployment as the emulator keeps it, inside of its service."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from ..store import Document
from .bodies.common import next_version

SERVING: Final = frozenset({"RUNNING", "CONCERNING", "UPGRADING", "RESTARTING", "INTERRUPTING"})
BUSY: Final = frozenset({"DEPLOYING", "UPGRADING", "RESTARTING"})
CAN_STOP: Final = frozenset({"RUNNING", "DEPLOYING", "FAILED", "CONCERNING"})
CAN_START: Final = frozenset({"STOPPED", "FAILED"})
CAN_INTERRUPT: Final = frozenset({"DEPLOYING", "UPGRADING"})
CAN_CHANGE: Final = frozenset({"RUNNING", "CONCERNING", "ERROR", "STOPPED"})
STATUSES: Final = (
    *("DEPLOYING", "RUNNING", "CONCERNING", "UPGRADING", "RESTARTING", "INTERRUPTING", "STOPPING", "STOPPED"),
    *("FAILED", "ERROR", "DELETING", "DELETED"),
)


@dataclass(slots=True)
class Deployment:
    """One deployment; all times are milliseconds since the epoch.

    Args:
        versions: ``version``, ``version_id``, ``status``, ``content``, ``create_at``, ``update_at`` of each.
        version: number of the one that is active.
        pending: what a roll-out brings: ``version``, ``count`` and ``weight``, None for what stays.
        instances: ``name``, ``status``, ``update_at`` and ``pods`` of each.
        instances_made: how many there have been.
        hpa: rules of replicas by clock, see :mod:`.hpa`.
        hra: advice on the ratio of units.
        calls: how many it has answered.
        mirrored: how many copies it has got.
        credit: what its weight has not got of the calls yet, see :mod:`.serving`.
        mirror_credit: the same of copies.
    """

    name: str
    pool_id: str
    framework: str
    deploy_type: str
    workload_type: str
    count: int
    weight: int
    version: str
    versions: list[Document]
    create_at: int
    update_at: int
    id: str = field(default_factory=lambda: f"d-{uuid4().hex[:16]}")
    status: str = "DEPLOYING"
    pending: Document | None = None
    instances: list[Document] = field(default_factory=list)
    instances_made: int = 0
    has_run: bool = False
    hpa: Document | None = None
    hpa_events: list[Document] = field(default_factory=list)
    hra: Document | None = None
    frozen_infos: list[Document] = field(default_factory=list)
    last_used_time: int | None = None
    deleted_at: int | None = None
    calls: int = 0
    mirrored: int = 0
    credit: float = 0
    mirror_credit: float = 0

    @property
    def active(self) -> Document:
        """The version that is active."""
        return self.get_version(self.version) or self.versions[-1]

    @property
    def content(self) -> Document:
        """What the active version says."""
        return dict(self.active["content"])

    @property
    def is_public(self) -> bool:
        """Whether it is in the public pool."""
        return not self.pool_id

    @property
    def running(self) -> list[Document]:
        """The instances that run."""
        return [one for one in self.instances if one["status"] == "RUNNING"]

    @property
    def serves(self) -> bool:
        """Whether it can answer calls."""
        return self.status in SERVING and bool(self.running)

    def get_version(self, number: str) -> Document | None:
        """A version by its number."""
        return next((version for version in self.versions if version["version"] == number), None)

    def add_version(self, content: Document, at: int, *, status: str = "INACTIVE") -> str:
        """Keep a new version and answer its number, the next one that is free."""
        used = [version["version"] for version in self.versions]
        number = next_version(used, used[-1])
        self.versions.append(new_version(number, content, at, status=status))
        return number

    def activate(self, number: str, at: int) -> None:
        """Let a version be the active one."""
        for version in self.versions:
            if version["version"] == number:
                version |= {"status": "ACTIVE", "update_at": at}
            elif version["status"] == "ACTIVE":
                version |= {"status": "INACTIVE", "update_at": at}
        self.version = number


def new_version(number: str, content: Document, at: int, *, status: str) -> Document:
    """A version of a deployment."""
    return {
        "version": number,
        "version_id": f"v-{uuid4().hex[:12]}",
        "status": status,
        "content": content,
        "create_at": at,
        "update_at": at,
    }


def new(made: Document, at: int) -> Deployment:
    """A deployment from what :func:`.bodies.groups.read_new` has read."""
    first: dict[str, Any] = new_version(made["version"], made["content"], at, status="ACTIVE")
    return Deployment(
        **made["fixed"],
        count=made["count"],
        weight=made["weight"],
        version=made["version"],
        versions=[first],
        create_at=at,
        update_at=at,
    )
