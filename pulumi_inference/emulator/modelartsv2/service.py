"""A service as the emulator keeps it, and where it is kept."""

from bisect import insort
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal
from uuid import uuid4

from ..huaweicloud.accounts import USER
from ..routing import Call
from ..store import Document, Transaction
from . import errors
from .bodies.common import next_version
from .deployment import Deployment
from .settings import settings_of

KIND: Final = "modelartsv2.service"
FORMER: Final = "modelartsv2.former"

EventType = Literal["NORMAL", "ABNORMAL", "WARNING"]


@dataclass(slots=True)
class Service:
    """One service; all times are milliseconds since the epoch.

    Args:
        versions: ``id``, ``version``, ``create_at``, ``update_at`` and the settings of each.
        version: number of the current one.
        pending: number of the version that an update brings; the current one serves meanwhile.
        schedule: rules of the auto-stop, with ``due_time`` while it is armed, and ``processed``.
        deployments: those that there are, in the order of their making.
        deleted: those that there were.
        status: one that was set behind the program's back; empty as long as it follows from the deployments.
        timeline: what will happen by itself, ordered by ``at``; see :mod:`.machine`.
        shares: ids and weights of those that were called last, see :mod:`.serving`.
        window: of the rate limit: its number, and the calls in it.
    """

    project: str
    name: str
    type: str
    deploy_type: str
    workload_type: str | None
    workspace_id: str
    task_type: str | None
    tags: dict[str, str]
    schedule: list[Document]
    versions: list[Document]
    version: str
    create_at: int
    update_at: int
    id: str = field(default_factory=lambda: str(uuid4()))
    dispatcher_group_id: str = field(default_factory=lambda: uuid4().hex)
    user_name: str = USER
    provider: str = ""
    pending: str | None = None
    status: str = ""
    deleting: bool = False
    failure_reason: str = ""
    frozen_infos: list[Document] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    deleted: list[Deployment] = field(default_factory=list)
    events: list[Document] = field(default_factory=list)
    timeline: list[Document] = field(default_factory=list)
    shares: list[list[Any]] = field(default_factory=list)
    window: tuple[int, int] = (0, 0)

    @property
    def current(self) -> Document:
        """The version that is current."""
        return next(version for version in self.versions if version["version"] == self.version)

    @property
    def is_public(self) -> bool:
        """Whether it is in the public pool."""
        return any(one.is_public for one in self.deployments)

    def add_version(self, content: Document, at: int, number: str | None = None) -> str:
        """Keep a new version and answer its number, the next one that is free unless given."""
        used = [version["version"] for version in self.versions]
        number = number or next_version(used, self.version)
        times = {"create_at": at, "update_at": at}
        self.versions.append({"id": str(uuid4()), "version": number, **content, **times})
        return number

    def plan(self, at: int, step: str, **arguments: Any) -> None:
        """Let something happen by itself later."""
        insort(self.timeline, {"at": at, "step": step, **arguments}, key=lambda item: int(item["at"]))

    def unplan(self, deployment: Deployment | None, *, keep: tuple[str, ...] = ()) -> None:
        """Let what is planned for a deployment, or for the service itself, not happen after all."""
        wanted = deployment.id if deployment else None
        self.timeline = [step for step in self.timeline if step.get("deployment") != wanted or step["step"] in keep]

    def tell(self, at: int, kind: EventType, info: str) -> None:
        """Add an event; one that is there already is counted."""
        for event in self.events:
            if (event["event_type"], event["event_info"]) == (kind, info):
                event |= {"event_count": event["event_count"] + 1, "update_at": at}
                return
        self.events.append(
            {
                "id": str(uuid4()),
                "service_id": self.id,
                "service_version_id": self.current["id"],
                "event_count": 1,
                "event_type": kind,
                "event_info": info,
                "event_info_cn": info,
                "create_at": at,
                "update_at": at,
            }
        )


def load(document: Document) -> Service:
    """A service from what is kept of it."""
    service = Service(**document)
    service.deployments = [Deployment(**one) for one in document["deployments"]]
    service.deleted = [Deployment(**one) for one in document["deleted"]]
    return service


def save(tx: Transaction, service: Service) -> None:
    """Keep a service; what it was becomes its past."""
    _remember(tx, service.id)
    keep(tx, service)


def keep(tx: Transaction, service: Service) -> None:
    """Keep a service, and its past as it is."""
    due = service.timeline[0]["at"] if service.timeline else None
    tx.put(KIND, service.id, asdict(service), scope=service.project, due_ms=due)


def remove(tx: Transaction, service: Service) -> None:
    """Forget a service."""
    _remember(tx, service.id)
    tx.delete(KIND, service.id)


def get(tx: Transaction, service_id: str) -> Service | None:
    """A service of whatever project."""
    document = tx.get(KIND, service_id)
    return load(document) if document else None


def find(call: Call) -> Service:
    """The service of the path; its past when a fault asks for that.

    Raises:
        HuaweiError: there is none in the project.
    """
    service_id = call.params["service_id"]
    kind = {None: KIND, "former": FORMER}.get(call.stale)
    document = call.tx.get(kind, service_id) if kind else None
    if document is None or document["project"] != call.params["project_id"]:
        raise errors.not_found(call, "Service", service_id)
    return load(document)


def find_all(call: Call) -> list[Service]:
    """All services of the project, oldest first."""
    kind = {None: KIND, "former": FORMER}.get(call.stale)
    return [load(document) for document in call.tx.find_all(kind, call.params["project_id"])] if kind else []


def find_deployment(call: Call, service: Service, *, by: Literal["id", "name"] = "id") -> Deployment:
    """The deployment of the path.

    Raises:
        HuaweiError: the service has none of that id or name.
    """
    wanted, strict = call.params["deployment"], settings_of(call).strict_names
    for one in service.deployments:
        if wanted == getattr(one, by) or (not strict and wanted in (one.id, one.name)):
            return one
    raise errors.not_found(call, "Deployment", wanted)


def deployment_of(service: Service, deployment_id: str) -> Deployment | None:
    """A deployment by its id."""
    return next((one for one in service.deployments if one.id == deployment_id), None)


def _remember(tx: Transaction, service_id: str) -> None:
    former = tx.get(KIND, service_id)
    if former is not None:
        tx.put(FORMER, service_id, former, scope=former["project"])
