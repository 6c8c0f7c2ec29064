"""What may go wrong: the columns of the table of guarantees."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pulumi_inference.core.clock import ManualClock
from pulumi_inference.emulator import clouds
from pulumi_inference.emulator.messages import Response, json_response
from tests.support.guarantee_door import Blow, Fault
from tests.support.wrong_answers import IDS, PARTS, WHOLE, Spoil

DRIP_SECONDS = 20.0
"""Between two pieces of an answer that drips."""


def _refused(status: int, headers: Mapping[str, str] | None = None) -> Fault:
    def refused(blow: Blow) -> Response:
        error = clouds.cloud_of(blow.request).error(status, None, blow.quoted)
        return json_response(error.body("a-request"), error.status, {**error.headers, **(headers or {})})

    return refused


def _reset(_blow: Blow) -> Response:
    return Response(503, ending="reset")


def _reset_when_done(blow: Blow) -> Response:
    blow.carry_out()
    return Response(503, ending="reset")


def _cut(blow: Blow) -> Response:
    whole = blow.carry_out()
    body = whole.body + b"".join(whole.chunks)
    if not body:
        return Response(503, ending="reset")
    headers = {**whole.headers, "Content-Length": str(len(body))}
    return Response(whole.status, headers, body[: len(body) // 2], ending="truncated")


@dataclass(frozen=True)
class _Dripping:
    """Pieces of a body, with time between them."""

    body: bytes
    clock: ManualClock

    def __iter__(self) -> Iterator[bytes]:
        size = math.ceil(len(self.body) / 10)
        for start in range(0, len(self.body), size):
            self.clock.advance(DRIP_SECONDS)
            yield self.body[start : start + size]

    def __bool__(self) -> bool:
        return bool(self.body)


def _drip(blow: Blow) -> Response:
    whole = blow.carry_out()
    body = whole.body + b"".join(whole.chunks)
    return Response(whole.status, whole.headers, chunks=_Dripping(body, blow.clock))  # type: ignore[arg-type]  # told in pieces


def _wrong(spoil: Spoil) -> Fault:
    def wrong(blow: Blow) -> Response:
        whole = blow.carry_out()
        if not 200 <= whole.status < 300:
            return whole
        answer = spoil(whole.body, blow.names)
        return Response(answer.status, {"Content-Type": answer.content_type}, answer.body)

    return wrong


PAGE, REJECTED = _wrong(WHOLE["a page"]), _refused(401)
"""What says who asks is not hit by the second one: there the credentials themselves would be wrong."""

ONCE: dict[str, Fault] = {
    "429": _refused(429),
    "429 with Retry-After": _refused(429, {"Retry-After": "7"}),
    "500": _refused(500),
    "503": _refused(503),
    "reset before": _reset,
    "reset after": _reset_when_done,
    "cut": _cut,
    "dripping": _drip,
    "page": PAGE,
    "other id": _wrong(IDS["id of another"]),
    "empty": _wrong(WHOLE["nothing"]),
    "wrong shape": _wrong(PARTS["content of nulls"]),
    "expired": REJECTED,
}
"""What happens to each request when it is asked for the first time."""

FOR_EVER: dict[str, Fault] = {
    "503": ONCE["503"],
    "reset after": _reset_when_done,
    "page": PAGE,
    "rejected": REJECTED,
}
"""What happens to all requests from the first write on, until the process ends."""
