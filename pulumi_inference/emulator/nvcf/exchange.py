"""From a call to the container and back: the queue, and how long the call is held."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from typing import Any, Final, Literal
from uuid import uuid4

from ..messages import Response
from ..routing import Call
from ..store import Document
from . import accounts, container, queues, ratelimit, records
from .access import next_turn
from .callerrors import CallError
from .callsettings import longest_hold_ms
from .container import Visit
from .orders import OrderError, Orders, parse

POLL_HEADER: Final = "nvcf-poll-seconds"
DEFAULT_POLL_SECONDS: Final = 60
MAX_INLINE_BYTES: Final = 5 * 1024 * 1024
_LONGEST_POLL: Final = 3600
_SHORTEST_PATIENCE_MS: Final = 10_000
_REGION: Final = "emulator-1"
_HOP_HEADERS: Final = frozenset(
    (
        "connection",
        "proxy-connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
_NOT_FORWARDED: Final = frozenset(("authorization", POLL_HEADER))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a caller asks of a function.

    Args:
        method: of the request to the container.
        path: of the request to the container.
        query: raw.
        headers: of the caller, names in lower case.
        body: for the container.
        poll_seconds: how long the caller wants to be held.
        assets: what is known of the assets that it hands over, each with its ``assetId``.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    poll_seconds: int
    assets: Sequence[Document] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of holding a call.

    Args:
        kind: the container is done, has reported progress, is not done; or nobody has taken the request.
        delay_ms: real time until then.
        percent: of the progress.
    """

    kind: Literal["done", "progress", "pending", "nobody"]
    delay_ms: int
    percent: int = 0


@dataclass(slots=True)
class Exchange:
    """One request on its way: the HTTP call that is being answered, what is called, what the container gets."""

    call: Call
    version: Document
    visit: Visit
    orders: Orders
    work: queues.Work
    queue: queues.Queue
    poll_ms: int

    def hold(self, *, polls: bool) -> Outcome:
        """Hold the call until something happens.

        Args:
            polls: whether the caller comes again when nothing has happened; otherwise this is its only chance, and a
                container that is done in time is waited for, be it in less real time than it takes.
        """
        now, longest = self.call.now_ms, longest_hold_ms(self.call)
        held = min(self.poll_ms, longest)
        start, end = self.queue.times(self.work)
        if start == inf or (self.orders.silent == "request" and not self.work.reports):
            return Outcome("nobody", held)
        reach = now + (held if polls else self.poll_ms)
        reported = self._next_report(start, end) if polls else inf
        if end > now and reported <= min(reach, end):
            percent = round(100 * (self.work.reports + 1) / (self.orders.progress + 1))
            return Outcome("progress", max(0, round(reported) - now), percent)
        if end <= reach:
            return Outcome("done", min(max(0, round(end) - now), longest))
        return Outcome("pending", held)

    def _next_report(self, start: float, end: float) -> float:
        if self.work.reports >= self.orders.progress:
            return inf
        return start + (end - start) * (self.work.reports + 1) / (self.orders.progress + 1)

    def keep(self, outcome: Outcome) -> None:
        """Go on after an answer that is not the last."""
        self.work.reports += outcome.kind == "progress"
        self.work.expires = self.call.now_ms + outcome.delay_ms + max(2 * self.poll_ms, _SHORTEST_PATIENCE_MS)
        queues.save(self.call, self.work)
        visit = {**asdict(self.visit), "body": b64encode(self.visit.body).decode()}
        self.call.tx.put(queues.VISIT, self.work.id, {"visit": visit, "orders": asdict(self.orders)})

    def drop(self) -> None:
        """Nobody waits for it any more."""
        queues.drop(self.call, self.work)

    def finish(self, outcome: Outcome) -> Response:
        """The container's answer, which is the last of this request."""
        self.work.answered = True
        if self.work.ended is None or self.work.ended > self.call.now_ms:
            self.work.started = self.call.now_ms if self.work.started is None else self.work.started
            self.work.ended = self.call.now_ms + outcome.delay_ms
        queues.save(self.call, self.work)
        self.call.tx.delete(queues.VISIT, self.work.id)
        return container.answer(self.version, replace(self.visit, instance=self.work.instance), self.orders)


def poll_seconds(headers: Mapping[str, str], default: int = DEFAULT_POLL_SECONDS) -> int:
    """How long a caller wants to be held.

    Raises:
        CallError: 400, it is no number, or too large a one.
    """
    text = headers.get(POLL_HEADER)
    if text is None:
        return default
    if not (text.isascii() and text.removeprefix("+").isdigit()) or int(text) > _LONGEST_POLL:
        raise CallError(400, "failed to parse poll duration")
    return max(1, int(text))


def begin(call: Call, version: Document, asked: Asked, *, session: str = "") -> Exchange:
    """Put a request into the queue of a version.

    Args:
        call: the HTTP call that is being answered.
        version: what is called.
        asked: what is asked of it.
        session: requests that have this in common go to the same instance, where that is free.

    Raises:
        CallError: 429, one of its rate limits is reached or its queue is full; 400, an order makes no sense.
    """
    try:
        orders = parse(asked.headers, asked.body)
    except OrderError as error:
        raise CallError(400, f"X-Emulator: {error}") from error
    ratelimit.check(call, version)
    request_id, key = str(uuid4()), records.key_of(version["id"], version["versionId"])
    work = queues.Work(
        id=request_id,
        function_id=version["id"],
        version_id=version["versionId"],
        deployment_id="",
        arrived=call.now_ms,
        lasts=round(orders.seconds * 1000),
        expires=call.now_ms + max(2000 * asked.poll_seconds, _SHORTEST_PATIENCE_MS),
        turn=_turn_of(session) if session else next_turn(call, key),
    )
    visit = Visit(
        method=asked.method,
        path=asked.path,
        query=asked.query,
        headers={**_forwarded(asked.headers), **_own_headers(call, version, request_id, asked)},
        body=asked.body,
        assets=tuple(asked.assets),
    )
    queue = queues.open_queue(call, version)
    queues.admit(call, version, queue, work)
    return Exchange(call, version, visit, orders, work, queue, asked.poll_seconds * 1000)


def resume(call: Call, version: Document, work: queues.Work, seconds: int) -> Exchange | None:
    """A request that has been answered without its result before; None when nobody works on it any more."""
    queue = queues.open_queue(call, version)
    mine = next((one for one in queue.works if one.id == work.id and not one.gone), None)
    document = call.tx.get(queues.VISIT, work.id)
    if mine is None or document is None:
        return None
    visit: dict[str, Any] = {**document["visit"], "body": b64decode(document["visit"]["body"])}
    mine.expires = max(mine.expires, call.now_ms)
    return Exchange(call, version, Visit(**visit), Orders(**document["orders"]), mine, queue, seconds * 1000)


def _turn_of(session: str) -> int:
    return int.from_bytes(hashlib.sha256(session.encode()).digest()[:4])


def _forwarded(headers: Mapping[str, str]) -> dict[str, str]:
    named = {name.strip().lower() for name in headers.get("connection", "").split(",")}
    dropped = _HOP_HEADERS | _NOT_FORWARDED | named
    kept = {name: value for name, value in headers.items() if name not in dropped}
    return {"content-type": "application/json", **kept}


def _own_headers(call: Call, version: Document, request_id: str, asked: Asked) -> dict[str, str]:
    caller = accounts.caller_of(call)
    deployment = records.find_deployment(call.tx, version["id"], version["versionId"]) or {}
    spec: Document = next(iter(deployment.get("deploymentSpecifications", ())), {})
    return {
        "nvcf-reqid": request_id,
        "nvcf-sub": caller.subject,
        "nvcf-ncaid": caller.account,
        "nvcf-function-name": version["name"],
        "nvcf-function-id": version["id"],
        "nvcf-function-version-id": version["versionId"],
        "nvcf-asset-dir": f"/var/inf/inputAssets/{request_id}",
        "nvcf-large-output-dir": f"/var/inf/response/{request_id}",
        "nvcf-max-response-size-bytes": str(MAX_INLINE_BYTES),
        "nvcf-nspectid": "",
        "nvcf-backend": spec.get("backend") or "",
        "nvcf-instancetype": spec.get("instanceType", ""),
        "nvcf-region": _REGION,
        "nvcf-invocation-region": _REGION,
        "nvcf-env": "emulator",
        "nvcf-function-asset-ids": ",".join(asset["assetId"] for asset in asked.assets),
        POLL_HEADER: str(asked.poll_seconds),
    }
