"""The request log: what clients sent and which status they got, without their credentials."""

import re
from typing import Any

from . import clouds
from .messages import Request, parse_json
from .routing import Call

_SECRET_HEADERS = ("authorization", "cookie")
_SECRET_FIELDS = re.compile(r"password|passcode|secret$|secret_key|token", re.IGNORECASE)
_LONGEST_BODY = 256 * 1024
_REDACTED = "[redacted]"


def write(call: Call, status: int | None) -> None:
    """Log a request.

    Args:
        call: the request and its circumstances.
        status: of the answer; None when the connection was reset.
    """
    request = call.request
    secret = {*_SECRET_HEADERS, *(name for cloud in clouds.find() for name in cloud.secret_headers)}
    entry = {
        "time": call.now_ms,
        "request_id": call.request_id,
        "method": request.method,
        "host": request.host,
        "path": request.path,
        "query": [list(pair) for pair in request.query],
        "headers": {name: _REDACTED if name in secret else value for name, value in request.headers.items()},
        "body": _body(request),
        "status": status,
    }
    call.tx.append_request(entry, keep=call.settings.request_log_size)


def _body(request: Request) -> Any:
    if not request.body:
        return None
    if len(request.body) > _LONGEST_BODY:
        return f"[{len(request.body)} bytes]"
    try:
        return _redacted(parse_json(request.body))
    except ValueError:
        return request.body.decode("utf-8", "replace")


def _redacted(value: Any) -> Any:
    if isinstance(value, list):
        return [_redacted(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _REDACTED if isinstance(item, str) and _SECRET_FIELDS.search(key) else _redacted(item)
            for key, item in value.items()
        }
    return value
