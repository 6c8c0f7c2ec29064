"""What the cloud says at this moment about the resources of a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi_inference.core.errors import InferenceError, NotFoundError

if TYPE_CHECKING:
    from pulumi_inference.cli.stack import Stack, StackResource
    from pulumi_inference.core.lifecycle.context import Context
    from pulumi_inference.modelarts.client import ModelArtsClient
    from pulumi_inference.modelarts.specs.monitor import ServiceEvent, ServiceMonitor, UpdateRecord

T = TypeVar("T")

AT_ONCE = 16
# Somebody is looking: an answer that does not come soon is said to be missing.
RETRY_SECONDS = 5.0

GONE = "gone"
UNKNOWN = "unknown"
CREATING = "creating"
_SERVING = ("running", "concerning", "deploying")
_WHERE = ("connection", "endpoint", "region", "project_id")


@dataclass(frozen=True)
class Wanted:
    """What is asked besides the state: how many of the last events, and whether the update records."""

    events: int = 0
    records: bool = False


@dataclass(frozen=True)
class Observation:
    """One resource as it is now. None is what the cloud does not say of it, or could not be asked.

    `state` is the cloud's own word, or `gone`, `creating` (it has no id yet), or `unknown` (it could not be asked).
    `problems` says what could not be asked and why. Times are in ms.
    """

    resource: StackResource
    state: str
    id: str | None
    progress: int | None = None
    running: int | None = None
    wanted: int | None = None
    due_time: int | None = None
    invocation_times: int | None = None
    failed_times: int | None = None
    error_msg: str | None = None
    monitor: ServiceMonitor | None = None
    events: Sequence[ServiceEvent] = ()
    update_records: Sequence[UpdateRecord] = ()
    problems: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """All that was observed of a stack, at `time` (seconds since the epoch).

    `problem` says why the stack could not be read again; its resources are those of the last time then.
    """

    stack: Stack
    time: float
    observations: Sequence[Observation]
    problem: str | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything could be asked."""
        return not any(one.problems for one in self.observations)


def observe(context: Context, resources: Sequence[StackResource], wanted: Wanted) -> list[Observation]:
    """Looks at all resources at the same time; what fails for one shows in its observation only."""
    if not resources:
        return []
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(resources))) as pool:
        try:
            return list(pool.map(lambda one: _observe(context, one, wanted), resources))
        except BaseException:
            # On Ctrl-C only the tries that are under way are waited for.
            context.environment.cancelled.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _observe(context: Context, resource: StackResource, wanted: Wanted) -> Observation:
    from pulumi_inference.modelarts.connection import CONNECTIONS

    where = {name: resource.values[name] for name in _WHERE if resource.values.get(name)}
    try:
        return OBSERVERS[resource.kind](CONNECTIONS.of(context, where).client(), resource, wanted)
    except InferenceError as error:
        if isinstance(error, NotFoundError) and error.is_gone:
            return Observation(resource, GONE, resource.id)
        return Observation(resource, UNKNOWN, resource.id, problems=[str(error)])


def _service(client: ModelArtsClient, resource: StackResource, wanted: Wanted) -> Observation:
    from pulumi_inference.modelarts.specs.lookups import GetServiceEvents, GetServiceMonitor, GetServiceUpdateRecords

    thing = resource.id or _made_so_far(client, resource)
    if thing is None:
        return Observation(resource, CREATING, None)
    detail = _detail(client, thing)
    problems: list[str] = []
    # Of a service without instances the cloud need not know a load.
    ignored: list[str] = []
    monitor = _tried(
        lambda: GetServiceMonitor(service_id=thing).ask(client), problems if detail["status"] in _SERVING else ignored
    )
    events = _tried(lambda: GetServiceEvents(service_id=thing).ask(client), problems) if wanted.events else None
    records = (
        _tried(lambda: GetServiceUpdateRecords(service_id=thing).ask(client), problems) if wanted.records else None
    )
    counts = [one["instance_count"] for one in detail["config"] if "instance_count" in one]
    seen = Observation(
        resource,
        detail["status"],
        thing,
        progress=detail.get("progress"),
        wanted=sum(counts) if counts else None,
        due_time=detail.get("due_time"),
        invocation_times=detail.get("invocation_times"),
        failed_times=detail.get("failed_times"),
        error_msg=detail.get("error_msg") or resource.values.get("smoke_test_error"),
        monitor=monitor,
        events=(events or [])[-wanted.events :] if wanted.events else (),
        update_records=records or (),
        problems=problems,
    )
    if monitor is None:
        return seen
    return replace(
        seen, running=monitor.service_running_instance_count, wanted=monitor.service_instance_count or seen.wanted
    )


def _model(client: ModelArtsClient, resource: StackResource, _wanted: Wanted) -> Observation:
    from pulumi_inference.modelarts.models.values import reason_of

    if resource.id is None:
        return Observation(resource, CREATING, None)
    detail = client.get_model(resource.id, retry_seconds=RETRY_SECONDS)
    return Observation(resource, str(detail.get("model_status")), resource.id, error_msg=reason_of(detail))


def _schedule(client: ModelArtsClient, resource: StackResource, _wanted: Wanted) -> Observation:
    """A schedule is a field of its service; its state is that of the service."""
    service_id = resource.id or resource.values.get("service_id")
    if not isinstance(service_id, str):
        return Observation(resource, CREATING, None)
    detail = _detail(client, service_id)
    state = detail["status"] if detail.get("schedule") else GONE if resource.id else CREATING
    return Observation(resource, state, resource.id, due_time=detail.get("due_time"))


OBSERVERS: Mapping[str, Callable[[ModelArtsClient, StackResource, Wanted], Observation]] = {
    "modelarts.Service": _service,
    "modelarts.Model": _model,
    "modelarts.Schedule": _schedule,
}
"""How each kind of resource is looked at."""


def _made_so_far(client: ModelArtsClient, resource: StackResource) -> str | None:
    """The id of a service that is being created: the state does not have it before the service is ready."""
    from pulumi_inference.modelarts.specs.lookups import GetServices
    from pulumi_inference.modelarts.specs.parts import workspace_of

    name = resource.values.get("name")
    if not isinstance(name, str):
        return None
    found = GetServices(name=name, workspace_id=workspace_of(resource.values)).ask(client)
    return found[0].service_id if found else None


def _detail(client: ModelArtsClient, service_id: str) -> dict[str, Any]:
    """The detail of a service under our names. A subscribed service answers less than a whole record."""
    from pulumi_inference.core.fields.wire import from_wire
    from pulumi_inference.modelarts.specs.detail import ServiceDetail

    answer = client.get_service(service_id, retry_seconds=RETRY_SECONDS)
    return {"status": UNKNOWN, "config": [], **from_wire(ServiceDetail, answer)}


def _tried(ask: Callable[[], T], problems: list[str]) -> T | None:
    """The answer, or None and one more problem."""
    try:
        return ask()
    except InferenceError as error:
        problems.append(str(error))
        return None
