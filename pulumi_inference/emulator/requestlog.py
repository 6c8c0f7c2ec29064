"""The request log: what clients sent and which status they got, without their credentials."""

import re
from typing import Any
from urllib.parse import parse_qsl

from . import clouds
from .messages import Request, parse_json
from .routing import Call

_SECRET_HEADERS = ("authorization", "cookie")
_SECRET_FIELDS = re.compile(r"password|passcode|secret$|secret_key|token$|token_", re.IGNORECASE)
_LONGEST_BODY = 256 * 1024
_REDACTED = "[redacted]"
_FORM = "application/x-www-form-urlencoded"


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
        document = parse_json(request.body)
    except ValueError:
        text = request.body.decode("utf-8", "replace")
        if not request.headers.get("content-type", "").startswith(_FORM):
            return text
        document = dict(parse_qsl(text, keep_blank_values=True))
    return _redacted(document, clouds.cloud_of(request).secret_fields)


def _redacted(value: Any, secret: tuple[str, ...], path: str = "") -> Any:
    """The value without what is secret in it; ``path`` is where it stands, with a dot before each name."""
    if isinstance(value, list):
        return [_redacted(item, secret, path) for item in value]
    if isinstance(value, dict):
        return {
            key: _REDACTED
            if _is_secret(key, item, f"{path}.{key}", secret)
            else _redacted(item, secret, f"{path}.{key}")
            for key, item in value.items()
        }
    return value


def _is_secret(name: str, value: Any, path: str, secret: tuple[str, ...]) -> bool:
    if any(path.endswith(f".{end}") for end in secret):
        return True
    return isinstance(value, str) and _SECRET_FIELDS.search(name) is not None
