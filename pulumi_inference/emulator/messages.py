"""The shell's own request, response and error: plain values that belong to no HTTP library."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

_DEEPEST = 64

Ending = Literal["complete", "truncated", "reset"]
"""How a door ends an answer: in full, cut short after the body given, or with a reset connection and no answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request.

    Args:
        method: in upper case.
        path: raw and still percent-encoded, without the query; signatures are checked against it.
        query: decoded pairs in the order sent.
        query_text: the same, raw and still percent-encoded.
        headers: names in lower case.
        body: the bytes sent, ``b""`` when there were none.
        host: host and port, as the client wrote them.
        scheme: ``http`` or ``https``.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    host: str = "emulator"
    scheme: str = "https"
    query_text: str = ""

    def query_value(self, name: str) -> str | None:
        """The first value of a query parameter, or None."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response.

    Args:
        status: HTTP status.
        headers: as they go out; the doors add only what belongs to the connection.
        body: whole body; empty when ``chunks`` is used.
        chunks: body of a streamed answer, piece by piece.
        delay_seconds: real time that a door lets pass before it answers.
        ending: what a door does with the connection.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    chunks: tuple[bytes, ...] = ()
    delay_seconds: float = 0.0
    ending: Ending = "complete"


class ApiError(Exception):
    """An answer that is an error, in the emulator's own envelope; each cloud has an error with another one.

    Args:
        status: HTTP status.
        message: what is wrong.
        headers: extra headers of the answer.
    """

    def __init__(self, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002  some clouds' envelopes need it
        """The JSON body of the answer."""
        return {"error": self.message}

    def answer(self, request_id: str) -> "Response":
        """The answer."""
        return json_response(self.body(request_id), self.status, self.headers)


def json_response(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response whose body is the document as JSON."""
    body = json.dumps(document, ensure_ascii=False).encode()
    return Response(status, {"Content-Type": "application/json;charset=UTF-8", **(headers or {})}, body)


def parse_json(body: bytes) -> Any:
    """Read a JSON body strictly: UTF-8, only numbers that are numbers, not nested too deeply.

    Raises:
        ValueError: it is nothing of that kind.
    """
    try:
        document = json.loads(body, parse_constant=_refuse, parse_float=_finite)
        json.dumps(document, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    _check_depth(document)
    return document


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large")
    return number


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(_DEEPEST):
        level = [
            child
            for item in level
            if isinstance(item, dict | list)
            for child in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return
    raise ValueError("nested too deeply")
