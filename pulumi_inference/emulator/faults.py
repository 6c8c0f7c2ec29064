"""Faults on order: what goes wrong, on which requests, how often."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, TypeVar
from uuid import uuid4

from . import clouds
from .admincalls import RefusedError, refuse_unknown
from .cloud import Cloud
from .messages import Request, Response, json_response
from .store import Document, Transaction
from .typed import choices, fits

_KIND = "fault"
_HEADER_NAME = re.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile("[ -~]*")

P = TypeVar("P")


class FaultError(RefusedError):
    """A fault is not described rightly; the message names the field."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; one that has parts of clouds waits for what they are about, else it is for requests.

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
        body: with ``status``, this text instead of the cloud's error.
        commit: the request is carried out all the same, before the error or the reset.
        delay_seconds: real time to let pass before the answer.
        reset: the connection is reset instead of an answer.
        truncate_bytes: the answer breaks off after so many bytes of its body.
        stale: a read answers what the thing was before its last change, or that there is none.
        parts: what clouds know to go wrong beside requests, as they declare it in :attr:`.Cloud.faults`; each has a
            field of its own in the description.
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
    body: str | None = None
    commit: bool = False
    delay_seconds: float = 0.0
    reset: bool = False
    truncate_bytes: int | None = None
    stale: Literal["former", "missing"] | None = None
    parts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_for_requests(self) -> bool:
        """Whether it hits requests."""
        return not self.parts

    def does_something(self) -> bool:
        """Whether anybody would notice it."""
        cuts = self.truncate_bytes is not None
        waits = not self.is_for_requests
        return bool(self.replaces_answer() or cuts or self.delay_seconds or self.stale or waits)

    def replaces_answer(self) -> bool:
        """Whether the client sees no answer of the cloud itself."""
        return self.reset or self.status is not None

    def answer(self, cloud: Cloud, request_id: str) -> Response:
        """The answer that the fault puts in place of the true one."""
        if self.body is not None:
            return Response(self.status or 500, self.headers, self.body.encode())
        message = self.error_msg or f"injected fault {self.id}"
        error = cloud.error(self.status or 500, self.error_code, message)
        return json_response(error.body(request_id), error.status, {**error.headers, **self.headers})

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


_TYPES = {item.name: item.type for item in fields(Fault) if item.name != "parts"}


def add(tx: Transaction, document: Any) -> Fault:
    """Keep a fault described by the admin door.

    Raises:
        FaultError: unknown field or wrong value.
    """
    fault = _fault(document)
    _save(tx, fault)
    return fault


def find_all(tx: Transaction) -> list[Document]:
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


def take(tx: Transaction, kind: type[P], fits: Callable[[P], bool]) -> P | None:
    """The fault of a cloud's own kind that fits, counted down.

    Args:
        tx: the store.
        kind: one of the cloud's ``faults``.
        fits: whether this one hits what is just happening.
    """

    def own(fault: Fault) -> P | None:
        return next((part for part in fault.parts.values() if isinstance(part, kind) and fits(part)), None)

    fault = _take(tx, lambda fault: own(fault) is not None)
    return own(fault) if fault else None


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
    document = {name: getattr(fault, name) for name in _TYPES}
    parts = {name: asdict(fault.parts[name]) if name in fault.parts else None for name in _part_types()}
    tx.put(_KIND, fault.id, {**document, **parts})


def _part_types() -> dict[str, type[Any]]:
    return {f"{cloud.prefix}{name}": kind for cloud in clouds.find() for name, kind in cloud.faults.items()}


def _fault(document: Any) -> Fault:
    part_types = _part_types()
    values = _known({**_TYPES, **dict.fromkeys(part_types)}, document)
    described = {name: values.pop(name) for name in part_types if name in values}
    parts = {name: _part(name, part_types[name], part) for name, part in described.items() if part is not None}
    try:
        fault = Fault(**values, parts=parts)
        re.compile(fault.path)
    except (TypeError, re.error) as error:
        raise FaultError(f"not a fault: {error}") from error
    if not fault.does_something():
        *names, last = ("status", "reset", "delay_seconds", "truncate_bytes", "stale", *part_types)
        raise FaultError(f"a fault needs {', '.join(names)} or {last}")
    if fault.count is not None and fault.count < 1:
        raise FaultError("count is at least 1, or null for all requests")
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise FaultError("status is from 200 to 599")
    for name, value in fault.headers.items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise FaultError(f"headers cannot have {name!r}: {value!r}; HTTP takes printable ASCII only")
    return fault


def _part(name: str, kind: type[Any], document: Any) -> Any:
    values = _known({item.name: item.type for item in fields(kind)}, document)
    try:
        return kind(**values)
    except (TypeError, re.error) as error:
        raise FaultError(f"not a {name} fault: {error}") from error


def _known(types: Mapping[str, Any], document: Any) -> Document:
    """The described values; those of no type are looked at later."""
    if not isinstance(document, dict):
        raise FaultError("a fault is a JSON object")
    refuse_unknown(document, types, error=FaultError)
    for name, value in document.items():
        if types[name] is not None and not fits(types[name], value):
            raise FaultError(f"{name} cannot be {value!r}{choices(types[name])}")
    return dict(document)
