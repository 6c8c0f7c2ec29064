"""API keys: make, list, bind, delete; temporary ones (modelarts-v2.md sections 3.5, 8.3 and 8.4)."""

import hashlib
import re
import secrets
from typing import Any, Final
from uuid import uuid4

from ..huaweicloud.accounts import DOMAIN_ID
from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors, listing
from .bodies.common import NAME, limit
from .service import Service, find, find_all
from .settings import settings_of

KIND: Final = "modelartsv2.key"
TEMPORARY: Final = "modelartsv2.temporary"
SCOPES: Final = ("USER", "SERVICE")

_HOUR_MS: Final = 3_600_000
_MOST_AT_ONCE: Final = 10
_DESCRIPTION: Final = "[^!><=&'\"]*"


def create(call: Call) -> Response:
    """``POST /services/api-keys``: the only answer that has the key itself."""
    body = object_body(call)
    key, value = make(call, body, call.params["project_id"])
    form = settings_of(call).key_answer
    if form == "json":
        return json_response({**view(call, key), "api_key": value})
    mark = "\ufeff" if form == "csv_bom" else ""
    text = f"{mark}name,api_key\r\n{key['name']},{value}\r\n"
    headers = {
        "Content-Type": "text/csv;charset=UTF-8",
        "Content-Disposition": "attachment; filename=api_key.csv",
    }
    return Response(200, headers, text.encode())


def make(call: Call, body: Fields, project: str, value: str | None = None) -> tuple[Document, str]:
    """A new key, which is kept, and its value.

    Raises:
        HuaweiError: the body breaks a rule, the name is taken, or there are too many.
    """
    name = body.required_text("name", pattern=NAME, longest=64)
    scope = body.choice("scope", SCOPES, required=True)
    description = body.text("description", longest=256, pattern=_DESCRIPTION) or ""
    others, most = call.tx.find_all(KIND, project), settings_of(call).max_keys
    if any(other["name"] == name for other in others):
        raise errors.taken("API key", name)
    if most is not None and len(others) >= most:
        raise errors.refused(f"The quota of {most} API keys is used up.")
    value = value or f"ak-{secrets.token_urlsafe(32)}"
    key: Document = {
        "key_id": uuid4().hex,
        "name": name,
        "description": description,
        "scope": scope,
        "create_time": call.now_ms,
        "project_id": project,
        "workspace_id": "0",
        "services": [],
        "digest": digest(value),
    }
    _save(call, key)
    return key, value


def create_temporary(call: Call) -> Response:
    """``POST /services/api-keys/temp``: 24 hours unless it is asked otherwise."""
    body = object_body(call)
    hours = body.integer("expire_time", least=1, most=24) or 24
    body.text("workspace_id")
    value, expires = f"tmp-{secrets.token_urlsafe(32)}", call.now_ms + hours * _HOUR_MS
    project = call.params["project_id"]
    call.tx.put(TEMPORARY, digest(value), {"expires_at": expires, "project_id": project}, scope=project)
    return json_response({"api_key": value, "expire_time": str(expires), "create_time": str(call.now_ms)})


def read_all(call: Call) -> Response:
    """``GET /services/api-keys``, the newest first."""
    given = listing.query(call)
    listing.check_choice("scope", given.get("scope"), SCOPES)
    with_user = listing.is_true(call, "with_user_scope")
    names = {one.id: one.name for one in find_all(call)}
    found = [
        key
        for key in reversed(call.tx.find_all(KIND, call.params["project_id"]))
        if _fits(key, given, names, with_user)
    ]
    return listing.answer(call, [view(call, key, names) for key in found])


def delete(call: Call) -> Response:
    """``DELETE /services/api-keys/{key_id}``."""
    key = _find(call, call.params["key_id"])
    if key["services"] and not settings_of(call).delete_bound_keys:
        raise errors.refused(f"API key {key['name']} is bound to services; unbind it first.")
    call.tx.delete(KIND, key["key_id"])
    return json_response(view(call, key))


def bind(call: Call) -> Response:
    """``POST /services/{service_id}/api-keys/{key_id}/bind``."""
    service = find(call)
    return json_response(view(call, _bind(call, service, _find(call, call.params["key_id"]))))


def unbind(call: Call) -> Response:
    """``POST /services/{service_id}/api-keys/{key_id}/unbind``."""
    service = find(call)
    return json_response(view(call, _unbind(call, service, _find(call, call.params["key_id"]))))


def bind_many(call: Call) -> Response:
    """``POST /services/{service_id}/api-keys/batch-bind``."""
    return _many(call, _bind)


def unbind_many(call: Call) -> Response:
    """``POST /services/{service_id}/api-keys/batch-unbind``."""
    return _many(call, _unbind)


def forget(call: Call, service_id: str) -> None:
    """The service goes, and all that is bound to it is so no more."""
    for key in call.tx.find_all(KIND):
        if service_id in key["services"]:
            key["services"].remove(service_id)
            _save(call, key)


def accepts(call: Call, service: Service, value: str, *, temporary: bool) -> bool:
    """Whether that is a key for the service."""
    if temporary:
        found = call.tx.get(TEMPORARY, digest(value))
        return bool(found and found["project_id"] == service.project and call.now_ms < found["expires_at"])
    keys = call.tx.find_all(KIND, service.project, digest=digest(value))
    return any(key["scope"] == "USER" or service.id in key["services"] for key in keys)


def view(call: Call, key: Document, names: dict[str, str] | None = None) -> Document:
    """What is answered of a key."""
    if names is None:
        names = {one.id: one.name for one in find_all(call)}
    return {
        "key_id": _shown_id(call, key["key_id"]),
        "name": key["name"],
        "description": key["description"],
        "create_time": str(key["create_time"]),
        "scope": key["scope"],
        "domain_id": DOMAIN_ID,
        "project_id": key["project_id"],
        "services": [{"id": one, "name": names.get(one, "")} for one in key["services"]],
        "workspace_id": key["workspace_id"],
    }


def digest(value: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(value.encode()).hexdigest()


def _shown_id(call: Call, identity: str) -> str:
    if settings_of(call).key_id_form == "hex":
        return identity
    return re.sub("(.{8})(.{4})(.{4})(.{4})(.{12})", r"\1-\2-\3-\4-\5", identity)


def _plain_id(identity: str) -> str:
    return identity.replace("-", "").lower()


def _find(call: Call, identity: str) -> Document:
    key = call.tx.get(KIND, _plain_id(identity))
    if key is None or key["project_id"] != call.params["project_id"]:
        raise errors.not_found(call, "API key", identity)
    return key


def _save(call: Call, key: Document) -> None:
    call.tx.put(KIND, key["key_id"], key, scope=key["project_id"])


def _bind(call: Call, service: Service, key: Document) -> Document:
    if service.id not in key["services"]:
        key["services"].append(service.id)
        _save(call, key)
    return key


def _unbind(call: Call, service: Service, key: Document) -> Document:
    if service.id in key["services"]:
        key["services"].remove(service.id)
        _save(call, key)
    return key


def _many(call: Call, act: Any) -> Response:
    body = object_body(call)
    limit(body, "key_ids", _MOST_AT_ONCE)
    wanted = [item.required_text("key_id") for item in body.objects("key_ids", required=True) or []]
    service = find(call)
    done, failed = [], []
    for identity in wanted:
        try:
            done.append(view(call, act(call, service, _find(call, identity))))
        except HuaweiError as error:
            failed.append({"key_id": identity, "error_code": error.code, "error_msg": error.message})
    return json_response(
        {
            "total": len(wanted),
            "success_count": len(done),
            "success_items": done,
            "failure_count": len(failed),
            "failure_items": failed,
        }
    )


def _fits(key: Document, given: dict[str, str], names: dict[str, str], with_user: bool) -> bool:
    bound = {names.get(one, "") for one in key["services"]}
    everywhere = with_user and key["scope"] == "USER"
    return (
        all(key[name] == given[name] for name in ("scope", "workspace_id") if name in given)
        and given.get("name", "") in key["name"]
        and ("key_id" not in given or _plain_id(given["key_id"]) == key["key_id"])
        and ("service_id" not in given or everywhere or given["service_id"] in key["services"])
        and ("service_name" not in given or everywhere or given["service_name"] in bound)
    )
