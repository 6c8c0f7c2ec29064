"""The queues: one per version, first in first out; a request waits as long as all that its instances may do is done.

How long a request takes is known when it comes, so that its start and its end are, too: nothing runs in between.
"""

from dataclasses import asdict, dataclass, field
from math import inf
from typing import Final

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import access, machine, records
from .callerrors import CallError
from .callsettings import settings_of
from .errors import ProblemError

LONGEST_COUNT: Final = 1000
WORK: Final = "nvcf.work"
VISIT: Final = "nvcf.visit"
_LISTED: Final = ("ACTIVE", "DEPLOYING")


@dataclass(slots=True)
class Work:
    """A request that an instance works on, or that waits for one; all times in milliseconds of the emulator's time.

    Args:
        id: of the request.
        function_id: what was called.
        version_id: which version of it.
        deployment_id: which deployment of that; without it nobody works on it any more.
        arrived: when it came.
        lasts: how long the container takes.
        expires: when the caller is taken for gone, unless it asks again.
        turn: which of the version's requests it is.
        started: when an instance took it; None while it waits.
        ended: when the instance was through with it.
        instance: which one took it.
        reports: how many reports of its progress the caller has got.
        answered: the caller has got the result.
        gone: nobody will get it any more: the caller went, or the deployment.
        over: no instance and no caller has to do with it any more.
    """

    id: str
    function_id: str
    version_id: str
    deployment_id: str
    arrived: int
    lasts: int
    expires: int
    turn: int = 0
    started: int | None = None
    ended: int | None = None
    instance: int = 0
    reports: int = 0
    answered: bool = False
    gone: bool = False
    over: bool = False

    @property
    def waits(self) -> bool:
        """Whether no instance has taken it so far."""
        return self.started is None and not self.gone


@dataclass(slots=True)
class Queue:
    """What a version has to do, as of now.

    Args:
        works: in the order of their coming.
        instances: how many requests each instance takes at a time.
        ready: when the instances can be used.
        planned: start and end of those that wait, by id.
    """

    works: list[Work]
    instances: list[int]
    ready: int
    planned: dict[str, tuple[float, float]] = field(default_factory=dict)

    def times(self, work: Work) -> tuple[float, float]:
        """When the request is taken and when it is done; infinite when nobody is there to take it."""
        if work.started is not None and work.ended is not None:
            return work.started, work.ended
        return self.planned.get(work.id, (inf, inf))

    def settle(self, now: int) -> None:
        """Let everything happen that is due by now."""
        ends: list[list[int]] = [[] for _ in self.instances]
        for work in self.works:
            if work.started is not None and work.ended is not None:
                self._give_up(work, now)
                if work.instance < len(ends):
                    ends[work.instance].append(work.ended)
        self.planned.clear()
        for work in self.works:
            if work.waits:
                self._take(work, ends, now)
        for work in self.works:
            work.over = work.gone or (work.answered and (work.ended or 0) <= now)

    def _take(self, work: Work, ends: list[list[int]], now: int) -> None:
        start, instance = self._first_free(work, ends)
        if work.expires < min(start, now):
            work.gone = True
            return
        if start == inf:
            return
        end = int(start) + work.lasts
        self.planned[work.id], work.instance = (start, end), instance
        if start <= now:
            work.started, work.ended = int(start), end
            self._give_up(work, now)
        ends[instance].append(end if work.ended is None else work.ended)

    def _first_free(self, work: Work, ends: list[list[int]]) -> tuple[float, int]:
        """When the request can be taken at the earliest, and by which instance: of several that are free, the next."""
        found: tuple[float, int] = (inf, 0)
        count = len(self.instances)
        for step in range(count):
            instance = (work.turn + step) % count
            room = self.instances[instance]
            busy = sorted(ends[instance], reverse=True)
            free = busy[room - 1] if len(busy) >= room else 0
            found = min(found, (float(max(work.arrived, self.ready, free)), instance), key=lambda one: one[0])
        return found

    @staticmethod
    def _give_up(work: Work, now: int) -> None:
        if work.expires < now and not work.answered and not work.gone:
            work.gone, work.ended = True, min(work.ended or now, work.expires)


def open_queue(call: Call, version: Document) -> Queue:
    """The queue of a version, settled; kept again only by :func:`save`."""
    deployment = records.find_deployment(call.tx, version["id"], version["versionId"])
    key = records.key_of(version["id"], version["versionId"])
    works = [Work(**document) for document in call.tx.find_all(WORK, scope=key)]
    here = deployment["deploymentId"] if deployment else ""
    for work in works:
        if work.deployment_id != here and not work.over:
            work.gone, work.ended = True, min(work.ended or call.now_ms, call.now_ms)
    instances, ready = _instances(deployment) if deployment else ([], 0)
    queue = Queue(works, instances, ready)
    queue.settle(call.now_ms)
    return queue


def admit(call: Call, version: Document, queue: Queue, work: Work) -> None:
    """Put a request at the end of the queue.

    Raises:
        CallError: 429, the queue is full.
    """
    most = settings_of(call).max_queue_depth
    if most is not None and len([one for one in queue.works if one.waits]) >= most:
        raise CallError(429, "maximum messages exceeded")
    machine.wake(call, version["id"], version["versionId"])
    deployment = records.find_deployment(call.tx, version["id"], version["versionId"])
    if deployment:
        work.deployment_id = deployment["deploymentId"]
        queue.instances, queue.ready = _instances(deployment)
    queue.works.append(work)
    queue.settle(call.now_ms)


def save(call: Call, work: Work) -> None:
    """Keep a request as long as an instance or a caller has to do with it."""
    if work.answered and (work.ended or 0) <= call.now_ms:
        drop(call, work)
        return
    if work.gone:
        call.tx.delete(VISIT, work.id)
    call.tx.put(WORK, work.id, asdict(work), scope=records.key_of(work.function_id, work.version_id))
    _count(call, work.function_id, work.version_id)


def drop(call: Call, work: Work) -> None:
    """Forget a request."""
    call.tx.delete(VISIT, work.id)
    if call.tx.delete(WORK, work.id):
        _count(call, work.function_id, work.version_id)


def advance(call: Call) -> None:
    """Let everything happen that is due by now, in all queues."""
    keys = {(one["function_id"], one["version_id"]) for one in call.tx.find_all(WORK) if not one["over"]}
    for function_id, version_id in keys:
        version = records.find_version(call.tx, function_id, version_id)
        for work in open_queue(call, version or {"id": function_id, "versionId": version_id}).works:
            save(call, work)


def find_work(call: Call, request_id: str) -> Work | None:
    """A request whose result has not been fetched so far."""
    document = call.tx.get(WORK, request_id)
    return Work(**document) if document and not document["answered"] else None


def read(call: Call) -> Response:
    """``GET /queues/functions/{function_id}`` and ``…/versions/{version_id}``."""
    ids = {
        name: _checked(call, name, call.params[name]) for name in ("function_id", "version_id") if name in call.params
    }
    function_id = ids["function_id"]
    versions = access.visible(call, function_id, ids.get("version_id"))
    queues = [
        {
            "functionVersionId": version["versionId"],
            "functionName": version["name"],
            "functionStatus": version["status"],
            "queueDepth": len([work for work in open_queue(call, version).works if work.waits]),
        }
        for version in versions
        if version["status"] in _LISTED
    ]
    if not queues:
        detail = f"Function id '{function_id}': Queue not found - Function is likely not deployed"
        raise ProblemError(404, detail, instance=call.request.path)
    return json_response({"functionId": function_id, "queues": queues})


def read_position(call: Call) -> Response:
    """``GET /queues/{request_id}/position``: 1 is the next."""
    request_id = _checked(call, "request_id", call.params["request_id"])
    detail = (
        f"Function invocation request id '{request_id}': "
        "Invocation request message is not in pending or in progress state"
    )
    work = find_work(call, request_id)
    if work is None:
        raise ProblemError(404, detail, instance=call.request.path)
    version = access.visible(call, work.function_id, work.version_id)[0]
    waiting = [one.id for one in open_queue(call, version).works if one.waits]
    if work.id not in waiting:
        raise ProblemError(400, detail, instance=call.request.path)
    position = min(waiting.index(work.id) + 1, LONGEST_COUNT)
    return json_response(
        {"functionId": work.function_id, "functionVersionId": work.version_id, "positionInQueue": position}
    )


def _count(call: Call, function_id: str, version_id: str) -> None:
    """Say how many requests are waiting, being worked on, or done and not fetched yet."""
    works = call.tx.find_all(WORK, scope=records.key_of(function_id, version_id))
    count = len([work for work in works if not work["over"]])
    records.set_running_requests(call.tx, function_id, version_id, count)


def _instances(deployment: Document) -> tuple[list[int], int]:
    """How many requests each instance takes at a time, and when they can do so; without one that runs, the next one."""
    specs = {spec["gpuSpecificationId"]: spec for spec in deployment["deploymentSpecifications"]}
    running = [
        spec["maxRequestConcurrency"] for key, spec in specs.items() for _ in range(deployment["fleet"][key]["running"])
    ]
    if running:
        return running, 0
    coming = [step for step in deployment["timeline"] if step["step"] == "up"]
    first = min(coming, key=lambda step: int(step["at"]), default=None)
    return ([specs[first["spec"]]["maxRequestConcurrency"]], first["at"]) if first else ([], 0)


def _checked(call: Call, name: str, value: str) -> str:
    """An id of the path, in lower case; the control plane calls it `functionId` and so on."""
    if not access.is_uuid(value):
        first, _, second = name.partition("_")
        detail = f"Failed to convert '{first}{second.title()}' with value: '{value}'"
        raise ProblemError(400, detail, instance=call.request.path)
    return value.lower()
