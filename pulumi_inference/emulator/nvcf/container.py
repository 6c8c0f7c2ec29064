"""The container behind each function: an echo, which also answers like OpenAI's API on the paths of that."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .. import openaimodel
from ..messages import Response, json_response, parse_json
from ..store import Document
from .orders import Orders

EVENT_STREAM: Final = "text/event-stream"
READY_PATH: Final = "/v2/health/ready"
_PRIVATE: Final = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key", "api-key"})
_FINGERPRINT: Final = 12


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as the container gets it.

    Args:
        method: in upper case.
        path: with nothing before it that belongs to the cloud.
        query: raw, without the question mark.
        headers: those of the caller and of the cloud, names in lower case.
        body: the bytes.
        assets: what was handed over beside the body.
        instance: which instance of the version it came to.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    assets: Sequence[Document] = ()
    instance: int = 0


def answer(version: Document, visit: Visit, orders: Orders) -> Response:
    """What the container says."""
    if orders.status >= 400:
        return _failure(orders)
    if visit.method in ("GET", "HEAD") and visit.path in (READY_PATH, (version.get("health") or {}).get("uri")):
        return Response(orders.status)
    body = _parsed(visit.body)
    answered = openaimodel.answer(visit.method, visit.path, body)
    if answered is None:
        answered = _echo(version, visit, body)
    if isinstance(answered, tuple):
        return Response(orders.status, {"Content-Type": EVENT_STREAM}, chunks=answered)
    return _sized(json_response(answered, orders.status, {"Content-Type": "application/json"}), orders.bytes)


def _failure(orders: Orders) -> Response:
    text = f"the container failed with status {orders.status}, as asked" if orders.error is None else orders.error
    document = {"error": text} if text else {"reason": "none given"}
    return json_response(document, orders.status, {"Content-Type": "application/json"})


def _echo(version: Document, visit: Visit, body: Any) -> dict[str, Any] | tuple[bytes, ...]:
    document = {
        "function": version["name"],
        "function_id": version["id"],
        "version_id": version["versionId"],
        "instance": visit.instance,
        "method": visit.method,
        "path": visit.path,
        "query": visit.query,
        "headers": {name: value for name, value in visit.headers.items() if name not in _PRIVATE},
        "secrets": {name: _fingerprint(value) for name, value in (version.get("secrets") or {}).items()},
        "assets": list(visit.assets),
        "echo": body,
    }
    wants_events = visit.headers.get("accept", "").partition(";")[0].strip() == EVENT_STREAM
    if wants_events or (isinstance(body, dict) and body.get("stream") is True):
        parts = [{**document, "index": 0}, {"delta": "…", "index": 1}, {"delta": "done", "index": 2}]
        return openaimodel.events(parts)
    return document


def _fingerprint(value: Any) -> str:
    """What tells one value of a secret from another without showing either."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_FINGERPRINT]


def _sized(response: Response, size: int) -> Response:
    """The answer with blanks after it, which JSON allows, up to a size."""
    missing = size - len(response.body)
    if missing <= 0:
        return response
    return Response(response.status, response.headers, response.body + b" " * missing)


def _parsed(body: bytes) -> Any:
    try:
        return parse_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")
