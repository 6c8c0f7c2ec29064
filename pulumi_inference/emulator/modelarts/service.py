"""A service as the emulator keeps it, and where it is kept."""

from bisect import insort
from dataclasses import asdict, dataclass, field
from typing import Any, Literal
from uuid import uuid4

from ..huaweicloud.accounts import DOMAIN_ID, USER_ID
from ..routing import Call
from ..store import Document, Transaction
from . import errors

KIND = "modelarts.service"
FORMER_KIND = "modelarts.former"

MINUTE_MS = 60_000
EVENTS_KEPT_MS = 30 * 24 * 3600 * 1000

Config = dict[str, Any]


@dataclass(slots=True)
class Service:
    """One service; all times are milliseconds since the epoch.

    Args:
        config: what the detail answers, with the model's name and version in each item.
        former_config: what still serves while a new configuration rolls out, and what a roll-back returns to.
        access_ready: a deployment has succeeded, so there is an address.
        running_since: when it last began to run.
        deployment: of the deployment under way: ``started_at``, ``nominal_ms``, ``update_time`` and the
            ``ceiling`` of its progress.
        running_instances: how many instances run while there is an alarm; None is all.
        timeline: what will happen by itself, ordered by ``at``; see :mod:`.machine`.
        records: the update records.
        invocations: model id to its number of calls and of failed calls.
        recent_calls: when it was called in the last minute.
        node_status: edge node id to ``running``, ``stopped`` or ``failed``.
    """

    service_name: str
    infer_type: str
    project: str
    config: list[Config]
    service_id: str = field(default_factory=lambda: str(uuid4()))
    tenant: str = DOMAIN_ID
    owner: str = USER_ID
    description: str | None = None
    workspace_id: str = "0"
    schedule: list[Document] | None = None
    cluster_id: str | None = None
    pool_name: str | None = None
    vpc_id: str | None = None
    subnet_network_id: str | None = None
    security_group_id: str | None = None
    additional_properties: Document = field(default_factory=dict)
    load_balancer_policy: str | None = None
    priority: int | None = None
    service_secrets: list[Document] | None = None
    status: str = "deploying"
    error_msg: str | None = None
    publish_at: int = 0
    update_time: int = 0
    transition_at: int = 0
    due_time: int | None = None
    start_time: int | None = None
    finished_time: int | None = None
    bind_access_address: str | None = None
    is_shared: bool = False
    shared_count: int = 0
    bound_to_ai_service: bool = False
    former_config: list[Config] | None = None
    access_ready: bool = False
    running_since: int | None = None
    deployment: Document | None = None
    running_instances: int | None = None
    timeline: list[Document] = field(default_factory=list)
    events: list[Document] = field(default_factory=list)
    records: list[Document] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    invocations: dict[str, tuple[int, int]] = field(default_factory=dict)
    recent_calls: list[int] = field(default_factory=list)
    node_status: dict[str, str] = field(default_factory=dict)

    def enter(self, status: str, at: int) -> None:
        """Change the state."""
        self.status = status
        self.transition_at = at

    def plan(self, at: int, step: str, **arguments: Any) -> None:
        """Let something happen by itself later."""
        insort(self.timeline, {"at": at, "step": step, **arguments}, key=lambda item: item["at"])

    def unplan(self, step: str) -> None:
        """Let it not happen after all."""
        self.timeline = [item for item in self.timeline if item["step"] != step]

    def tell(self, at: int, kind: Literal["normal", "abnormal"], info: str) -> None:
        """Add an event; those older than a month go."""
        self.events = [event for event in self.events if event["occur_time"] > at - EVENTS_KEPT_MS]
        self.events.append({"event_type": kind, "event_info": info, "occur_time": at})

    def serving_config(self) -> list[Config] | None:
        """The configuration that answers calls, None when nothing does."""
        if self.status in ("running", "concerning"):
            return self.config
        return self.former_config if self.status in ("deploying", "waiting") else None


def save(tx: Transaction, service: Service) -> None:
    """Keep the service."""
    due = service.timeline[0]["at"] if service.timeline else None
    tx.put(KIND, service.service_id, asdict(service), scope=service.project, due_ms=due)


def remove(tx: Transaction, service: Service) -> None:
    """Forget the service."""
    tx.delete(KIND, service.service_id)


def find(call: Call, service_id: str) -> Service:
    """The service for reading; its past when a fault asks for that.

    Raises:
        HuaweiError: 404 ModelArts.3502.
    """
    kind = {None: KIND, "former": FORMER_KIND}.get(call.stale)
    document = call.tx.get(kind, service_id) if kind else None
    if document is None or document["project"] != call.params["project_id"]:
        raise errors.no_service(service_id)
    return Service(**document)


def find_for_change(call: Call, service_id: str) -> Service:
    """The service for writing; what it was so far becomes its past.

    Raises:
        HuaweiError: 404 ModelArts.3502; 400 ModelArts.3540 when it belongs to somebody else.
    """
    document = call.tx.get(KIND, service_id)
    if document is None or document["project"] != call.params["project_id"]:
        raise errors.no_service(service_id)
    if document["owner"] != USER_ID:
        raise errors.not_owner(document["service_name"])
    call.tx.put(FORMER_KIND, service_id, document, scope=document["project"])
    return Service(**document)


def find_all(call: Call) -> list[Service]:
    """All services of the project, oldest first."""
    kind = {None: KIND, "former": FORMER_KIND}.get(call.stale)
    documents = call.tx.find_all(kind, call.params["project_id"]) if kind else []
    return [Service(**document) for document in documents]
