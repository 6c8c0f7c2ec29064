"""A service as the emulator keeps it, and where it is kept."""

from bisect import insort
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal
from uuid import uuid4

from ..routing import Call
from ..store import Document, Transaction
from .envelope import NotFoundError

KIND: Final = "alaya.service"
FORMER: Final = "alaya.former"

STATUSES: Final = ("starting", "running", "stopping", "stopped", "failed")
Mode = Literal["expert", "quickStart", "lora"]


@dataclass(slots=True)
class Service:
    """One service; all times are milliseconds since the epoch.

    Args:
        account: whose it is.
        spec: ``headConfig`` and ``workerConfig``, or what a Quick Start service has; empty for LoRA.
        scale: None as long as nobody has said one.
        has_run: it has been running, so that it has an address and a key.
        instances: ``instanceId``, ``ready`` and ``old`` (about to be replaced) of each.
        instances_made: how many there have been.
        timeline: what will happen by itself, ordered by ``at``; see :mod:`.machine`.
        deleting: it is about to go.
    """

    account: str
    mode: Mode
    name: str
    servedName: list[str]  # noqa: N815 - the names of the wire
    modelId: str  # noqa: N815
    vksId: str  # noqa: N815
    namespace: str
    spec: Document = field(default_factory=dict)
    scale: Document | None = None
    extensions: Document = field(default_factory=dict)
    baseServiceId: str = ""  # noqa: N815
    serviceId: str = field(default_factory=lambda: str(uuid4()))  # noqa: N815
    apikey: str = field(default_factory=lambda: f"ak-{uuid4().hex}")
    status: str = "starting"
    has_run: bool = False
    instances: list[Document] = field(default_factory=list)
    instances_made: int = 0
    made_at: int = 0
    timeline: list[Document] = field(default_factory=list)
    deleting: bool = False

    @property
    def is_lora(self) -> bool:
        """Whether it hangs on another one."""
        return self.mode == "lora"

    @property
    def kind(self) -> Literal["base", "lora"]:
        """The type of its model."""
        return "lora" if self.is_lora else "base"

    @property
    def wanted(self) -> int:
        """How many instances there are when nobody calls; one at least, since nothing starts by itself."""
        return max(1, self.scale["min"]) if self.scale else 1

    def plan(self, at: int, step: str, **arguments: Any) -> None:
        """Let something happen by itself later."""
        insort(self.timeline, {"at": at, "step": step, **arguments}, key=lambda item: int(item["at"]))


def save(tx: Transaction, service: Service) -> None:
    """Keep a service; what it was becomes its past."""
    _remember(tx, service.serviceId)
    due = service.timeline[0]["at"] if service.timeline else None
    tx.put(KIND, service.serviceId, asdict(service), scope=service.account, due_ms=due)


def remove(tx: Transaction, service: Service) -> None:
    """Forget a service."""
    _remember(tx, service.serviceId)
    tx.delete(KIND, service.serviceId)


def get(tx: Transaction, service_id: str) -> Service | None:
    """A service of whatever account."""
    document = tx.get(KIND, service_id)
    return Service(**document) if document else None


def find(call: Call, account: str) -> Service:
    """The service of the path, for reading; its past when a fault asks for that.

    Raises:
        NotFoundError: there is none in the account.
    """
    service_id = call.params["serviceId"]
    kind = {None: KIND, "former": FORMER}.get(call.stale)
    document = call.tx.get(kind, service_id) if kind else None
    if document is None or document["account"] != account:
        raise NotFoundError("service", service_id)
    return Service(**document)


def find_all(call: Call, account: str | None = None) -> list[Service]:
    """The services of an account, or all, oldest first."""
    kind = {None: KIND, "former": FORMER}.get(call.stale)
    return [Service(**document) for document in call.tx.find_all(kind, account)] if kind else []


def children(tx: Transaction, service: Service) -> list[Service]:
    """The LoRA services on a service."""
    return [Service(**document) for document in tx.find_all(KIND, baseServiceId=service.serviceId)]


def _remember(tx: Transaction, service_id: str) -> None:
    former = tx.get(KIND, service_id)
    if former is not None:
        tx.put(FORMER, service_id, former, scope=former["account"])
