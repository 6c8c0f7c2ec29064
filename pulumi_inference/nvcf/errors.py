"""The errors of NVCF: whose they are and what to do (NVIDIA's API page; RFC 9457 problems and NGC's own envelope).

A refusal can be about the key, about what the key may do, about one function, or a registry's about an artifact; the
last one comes with any status. Validation errors quote what was sent, secrets too, and are cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pulumi_inference.core.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ResponseError,
    api_error_class,
)
from pulumi_inference.core.http.exchange import Response

_KEY = "Check the key (`pulumi-inference doctor` says where it comes from). A new or revoked key acts a minute late."
_ADDRESS = "Check endpoint (https, no further path), org and team."
_LATER = "Try again later; if it stays, ask NVIDIA's support."

REGISTRY = "registry"
"""The code of an error that is a registry's verdict on an artifact."""

_OF_REGISTRY = re.compile(r"Account '[^']*', Function id '")
_GONE = re.compile(r"not found|does not exist for account|does not contain an object", re.IGNORECASE)
_OF_PLACE = re.compile(r"(organi[sz]ation|org|team)\b", re.IGNORECASE)
"""How a refusal begins that is about whose things are asked for: it says nothing of the thing."""
_STANDS_IN_THE_WAY = re.compile(
    r"use PATCH endpoint|already has a deployment|Wait for current deployment|already exists in the account"
)
_IN_USE = re.compile(r"in use by Function id", re.IGNORECASE)
_USED = "Delete these versions, or let newer ones use another one, and run the command again."
_BLOCK = re.compile(r"\[object=")
_FIELD = re.compile(r"field=([A-Za-z0-9_.\[\]]+)")

_SCOPES: tuple[tuple[str, str, str], ...] = (
    ("POST", r"/functions(/[^/]+/versions)?$", "register_function"),
    ("GET", r"/functions(/.*)?$", "list_functions"),
    ("PUT", r"/secrets/", "update_secrets"),
    ("PUT", r"/(metadata/|ratelimit/)?functions/", "update_function"),
    ("DELETE", r"/ratelimit/", "update_function"),
    ("DELETE", r"/functions/[^/]+/versions/[^/]+$", "delete_function"),
    ("*", r"/deployments(/.*)?$", "deploy_function"),
    ("*", r"/authorizations/", "authorize_clients"),
    ("*", r"/telemetries(/.*)?$", "manage_telemetries"),
    ("*", r"/(registry-credentials(/.*)?|recognized-registries)$", "manage_registry_credentials"),
    ("GET", r"/clusterGroups$", "list_cluster_groups"),
    ("GET", r"/queues/", "queue_details"),
    ("*", r"/(assets|pexec|exec|tokens)(/.*)?$", "invoke_function"),
)
"""The scope that a call needs, by its method and the end of its path; the first row that fits counts."""

_MORE_SPECIFIC = re.compile(r"/(deployments|authorizations|secrets|ratelimit|metadata|queues|pexec|exec|tokens)/")


_BY_STATUS: dict[int, tuple[str, str | None]] = {
    **dict.fromkeys((301, 302, 303, 307, 308), ("the server redirects", _ADDRESS)),
    401: ("no key was sent, or the token has expired", _KEY),
    404: ("not found", _ADDRESS),
    429: ("too many requests", "Try again later, or with a smaller --parallel."),
}
_OF_REGISTRIES = {
    **dict.fromkeys((401, 403), "does not accept the stored credential"),
    404: "has no such artifact",
    429: "is asked too often",
}
"""What a registry's verdict means."""

_SERVER = ("the server failed", _LATER)
_OTHER = ("the server gave no reason", None)
"""What a status means that comes without words, and the next step."""


@dataclass(frozen=True)
class _Envelope:
    """What an error body says: the problem's type, its text, and the request id that NGC puts into its own."""

    type: str = ""
    text: str = ""
    request_id: str | None = None


def parse_error(answer: Response, method: str, path: str) -> ApiError:
    """The error in an answer of the control plane, of NGC's proxy or of the invocation plane."""
    found = _envelope(answer)
    text, is_registrys = without_values(found.text), _OF_REGISTRY.match(found.text) is not None
    message, next_step = _explained(answer.status, text, method, path, is_registrys=is_registrys)
    is_gone = answer.status == 404 and not is_registrys and _is_of_thing(text)
    return _class_of(answer.status, text, is_registrys=is_registrys)(
        status=answer.status,
        code=REGISTRY if is_registrys else found.type.rpartition(":")[2] or None,
        message=message,
        request_id=answer.request_id or found.request_id,
        method=method,
        path=path,
        next_step=next_step,
        is_gone=is_gone,
    )


def without_values(detail: str) -> str:
    """A text without the values that it quotes as rejected: they may be secrets.

    Validation errors read `[object=…, field=…, rejected=…, message=…]`, several in a row. A value may hold any text,
    also one that looks like the next part, so where a secret may be among them only what surrounds all values stays.
    """
    if "rejected=" not in detail:
        return detail
    start, _, rest = detail.partition("[object=")
    blocks = [rest] if "secret" in detail.lower() else _BLOCK.split(rest)
    told = []
    for block in blocks:
        fields = _FIELD.findall(block.partition("rejected=")[0])
        message = block.rpartition("message=")[2].rstrip("], ") if "message=" in block else "not valid"
        told.append(f"{fields[0]}: {message}" if fields else message)
    return f"{start}{'; '.join(told)}"


def scope_of(method: str, path: str) -> str | None:
    """The scope that a key needs for a call."""
    is_special = _MORE_SPECIFIC.search(path) is not None
    for row, end, scope in _SCOPES:
        is_plain = end.startswith("/functions")
        if row in ("*", method) and re.search(end, path) and not (is_plain and is_special):
            return scope
    return None


def _explained(status: int, text: str, method: str, path: str, *, is_registrys: bool) -> tuple[str, str | None]:
    """The message and the next step."""
    if is_registrys:
        credential = "Check the image, chart or model in the program, and the account's registry credential for it."
        return f"the registry {_OF_REGISTRIES.get(status, 'refuses the artifact')}: {text}", credential
    if status == 403:
        return _forbidden(text, method, path)
    if status == 404 and _is_of_thing(text):
        return text, None
    if status == 400 and _IN_USE.search(text):
        return text, _USED
    otherwise, next_step = _BY_STATUS.get(status, _SERVER if status >= 500 else _OTHER)
    return text or otherwise, next_step


def _forbidden(text: str, method: str, path: str) -> tuple[str, str | None]:
    if _is_of_key(text):
        return f"the key is unknown, has expired or was revoked: {text}", _KEY
    if "Forbidden to" in text:
        return text, "The key may do this, but not with this function: add the function to the key's resources."
    scope = scope_of(method, path)
    needs = f" needs the scope {scope}" if scope else " needs a scope that the key lacks"
    return f"{text or 'not allowed'}: {method} {path.rpartition('/nvcf')[2]}{needs}", (
        "Give the key that scope (in NGC: edit the key; it may take up to 15 minutes to act), or use another key."
    )


def _is_of_thing(text: str) -> bool:
    return _GONE.search(text) is not None and not _OF_PLACE.match(text)


def _is_of_key(text: str) -> bool:
    return text.strip().rstrip(".").lower() == "authorization failed"


def _class_of(status: int, text: str, *, is_registrys: bool) -> type[ApiError]:
    if is_registrys and status in (401, 403, 404):
        return BadRequestError
    if status == 403 and _is_of_key(text):
        return AuthenticationError
    if status == 400 and _STANDS_IN_THE_WAY.search(text):
        return ConflictError
    return api_error_class(status)


def _envelope(answer: Response) -> _Envelope:
    try:
        body = answer.json()
    except ResponseError:
        is_text = answer.headers.get("content-type", "").startswith("text/plain")
        return _Envelope(text=answer.body[:300].decode("utf-8", "replace").strip() if is_text else "")
    if not isinstance(body, dict):
        return _Envelope()
    status = body.get("requestStatus")
    if isinstance(status, dict):
        text = status.get("statusDescription") or status.get("statusCode")
        return _Envelope(text=_text(text), request_id=_text(status.get("requestId")) or None)
    text = body.get("detail") or body.get("message") or body.get("title")
    return _Envelope(_text(body.get("type")), _text(text), _text(body.get("requestId")) or None)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
