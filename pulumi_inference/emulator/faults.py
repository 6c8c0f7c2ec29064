"""Faults on order: what goes wrong, on which requests, how often."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal
from uuid import uuid4

from .messages import Request, Response, json_response
from .store import Transaction
from .typed import fits

_KIND = "fault"
_HEADER_NAME = re.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile("[ -~]*")

Outcome = Literal["fail", "hang", "concerning", "partial", "waiting"]
Phase = Literal["any", "create", "update", "start"]


Failure = Literal["failed", "building_failed", "hang"]


class FaultError(ValueError):
    """A fault is not described rightly; the message names the field."""


@dataclass(frozen=True, slots=True)
class DeployFault:
    """How the next deployments go wrong.

    Args:
        outcome: ``fail``; ``hang`` (deploys for ever); ``concerning`` (an alarm once deployed); ``partial`` (only
            ``instances`` of the instances come up, which is an alarm too); ``waiting`` (queued for resources first).
        service_name: regular expression, searched for in the service's name.
        phase: which deployments: the first, one by a new configuration, one by a start.
        after_seconds: when it fails; how long it waits. None is the usual duration of a deployment.
        heal_seconds: after how many seconds an alarm ends by itself; None is never.
        instances: how many instances come up with ``partial``.
        error_code: of the failure.
        error_msg: of the failure.
        rollback_fails: the roll-back of a failed update fails as well.
    """

    outcome: Outcome
    service_name: str = ""
    phase: Phase = "any"
    after_seconds: float | None = None
    heal_seconds: float | None = None
    instances: int = 0
    error_code: str = "ModelArts.3976"
    error_msg: str = "NO_CAPACITY: no resources are available for the selected flavor"
    rollback_fails: bool = False


@dataclass(frozen=True, slots=True)
class PublishFault:
    """How the next models fail to be published.

    Args:
        outcome: the state that they end in; ``hang`` publishes for ever.
        model_name: regular expression, searched for in the model's name.
        after_seconds: when it fails; None is the usual duration.
    """

    outcome: Failure
    model_name: str = ""
    after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; with ``deploy`` or ``publish`` it waits for deployments or new models, else for requests.

    Args:
        id: made by the emulator.
        method: of the requests it is for; None is any.
        path: regular expression, searched for in the raw path.
        skip: how many fitting requests pass first.
        count: how many requests it then hits; None is all.
        status: answer this status instead.
        error_code: with ``status``.
        error_msg: with ``status``.
        headers: with ``status``, such as ``Retry-After``.
        commit: the request is carried out all the same, before the error or the reset.
        delay_seconds: real time to let pass before the answer.
        reset: the connection is reset instead of an answer.
        truncate_bytes: the answer breaks off after so many bytes of its body.
        stale: a read of a service answers what it was before its last change, or that there is none.
        deploy: see :class:`DeployFault`.
        publish: see :class:`PublishFault`.
    """

    id: str = field(default_factory=lambda: uuid4().hex)
    method: str | None = None
    path: str = ""
    skip: int = 0
    count: int | None = 1
    status: int | None = None
    error_code: str | None = None
    error_msg: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    commit: bool = False
    delay_seconds: float = 0.0
    reset: bool = False
    truncate_bytes: int | None = None
    stale: Literal["former", "missing"] | None = None
    deploy: DeployFault | None = None
    publish: PublishFault | None = None

    @property
    def is_for_requests(self) -> bool:
        """Whether it hits requests."""
        return self.deploy is None and self.publish is None

    def does_something(self) -> bool:
        """Whether anybody would notice it."""
        cuts = self.truncate_bytes is not None
        waits = not self.is_for_requests
        return bool(self.replaces_answer() or cuts or self.delay_seconds or self.stale or waits)

    def replaces_answer(self) -> bool:
        """Whether the client sees no answer of the service itself."""
        return self.reset or self.status is not None

    def answer(self) -> Response:
        """The answer that the fault puts in place of the true one."""
        default = "ModelArts.4206" if self.status == 429 else "ModelArts.0010"
        message = self.error_msg or f"injected fault {self.id}"
        body = {"error_code": self.error_code or default, "error_msg": message}
        return json_response(body, self.status or 500, self.headers)

    def shape(self, response: Response) -> Response:
        """The answer with the delay and the ending that the fault asks for."""
        delay = response.delay_seconds + self.delay_seconds
        if self.reset:
            return replace(response, ending="reset", delay_seconds=delay)
        if self.truncate_bytes is not None:
            whole = response.body + b"".join(response.chunks)
            headers = {**response.headers, "Content-Length": str(len(whole))}
            body = whole[: self.truncate_bytes]
            return Response(response.status, headers, body, delay_seconds=delay, ending="truncated")
        return replace(response, delay_seconds=delay)


_Part = DeployFault | PublishFault
_PARTS: dict[str, tuple[type[_Part], str]] = {
    "deploy": (DeployFault, "service_name"),
    "publish": (PublishFault, "model_name"),
}
"""The parts of a fault that are objects, and which field of theirs is a regular expression."""


def add(tx: Transaction, document: Any) -> Fault:
    """Keep a fault described by the admin door.

    Raises:
        FaultError: unknown field or wrong value.
    """
    fault = _fault(document)
    _save(tx, fault)
    return fault


def find_all(tx: Transaction) -> list[dict[str, Any]]:
    """The faults still waiting, as documents."""
    return tx.find_all(_KIND)


def clear(tx: Transaction) -> None:
    """Forget all faults."""
    tx.clear(_KIND)


def take_for_request(tx: Transaction, request: Request) -> Fault | None:
    """The fault that hits this request, counted down."""
    return _take(
        tx,
        lambda fault: (
            fault.is_for_requests
            and fault.method in (None, request.method)
            and re.search(fault.path, request.path) is not None
        ),
    )


def take_for_deployment(tx: Transaction, service_name: str, phase: Phase) -> DeployFault | None:
    """The fault that hits this deployment, counted down."""
    fault = _take(
        tx,
        lambda fault: (
            fault.deploy is not None
            and fault.deploy.phase in ("any", phase)
            and re.search(fault.deploy.service_name, service_name) is not None
        ),
    )
    return fault.deploy if fault else None


def take_for_publishing(tx: Transaction, model_name: str) -> PublishFault | None:
    """The fault that hits this new model, counted down."""
    fault = _take(
        tx,
        lambda fault: fault.publish is not None and re.search(fault.publish.model_name, model_name) is not None,
    )
    return fault.publish if fault else None


def _take(tx: Transaction, fits: Callable[[Fault], bool]) -> Fault | None:
    for document in tx.find_all(_KIND):
        fault = _fault(document)
        if not fits(fault):
            continue
        if fault.skip:
            _save(tx, replace(fault, skip=fault.skip - 1))
            continue
        if fault.count == 1:
            tx.delete(_KIND, fault.id)
        elif fault.count is not None:
            _save(tx, replace(fault, count=fault.count - 1))
        return fault
    return None


def _save(tx: Transaction, fault: Fault) -> None:
    tx.put(_KIND, fault.id, asdict(fault))


def _fault(document: Any) -> Fault:
    values = _known(Fault, document)
    for name, (kind, pattern) in _PARTS.items():
        if values.get(name) is not None:
            values[name] = _part(name, kind, pattern, values[name])
    try:
        fault = Fault(**values)
        re.compile(fault.path)
    except (TypeError, re.error) as error:
        raise FaultError(f"not a fault: {error}") from error
    if not fault.does_something():
        raise FaultError("a fault needs status, reset, delay_seconds, truncate_bytes, stale, deploy or publish")
    if fault.count is not None and fault.count < 1:
        raise FaultError("count is at least 1, or null for all requests")
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise FaultError("status is from 200 to 599")
    for name, value in fault.headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise FaultError(f"headers cannot have {name!r}: {value!r}; HTTP takes printable ASCII only")
    return fault


def _part(name: str, kind: type[_Part], pattern: str, document: Any) -> _Part:
    try:
        part = kind(**_known(kind, document))
        re.compile(getattr(part, pattern))
    except (TypeError, re.error) as error:
        raise FaultError(f"not a {name} fault: {error}") from error
    return part


def _known(kind: type[Fault] | type[_Part], document: Any) -> dict[str, Any]:
    if not isinstance(document, dict):
        raise FaultError("a fault is a JSON object")
    types = {item.name: item.type for item in fields(kind)}
    unknown = sorted(set(document) - set(types))
    if unknown:
        raise FaultError(f"no such field: {', '.join(unknown)}; there are {', '.join(types)}")
    for name, value in document.items():
        if name not in _PARTS and not fits(types[name], value):
            raise FaultError(f"{name} cannot be {value!r}")
    return dict(document)
