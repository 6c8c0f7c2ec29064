"""Intranet connections (modelarts-v2.md section 8.5)."""

from typing import Final
from uuid import uuid4

from ..admincalls import RefusedError, refuse_unknown
from ..huaweicloud import refusals
from ..huaweicloud.accounts import DOMAIN, DOMAIN_ID, USER
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors, faults, listing, views
from .bodies.common import given, limit
from .service import Service, get
from .settings import connect_ms, delete_ms, settings_of

KIND: Final = "modelartsv2.intranet"
STATUSES: Final = ("APPROVING", "REJECTED", "CONNECTING", "CONNECTED", "CANCELED", "FAILED", "DELETING")

_SCENES: Final = ("VPC", "POOL")
_TYPES: Final = ("SERVICE", "GLOBAL")
_FROM: Final = {"APPROVE": "APPROVING", "REJECT": "APPROVING", "CANCEL": "CONNECTED", "RETRY": "FAILED"}
_FILTERS: Final = ("id", "scene", "status", "service_id", "service_name", "vpc_id", "vpc_name", "pool_id")
_OF_REQUESTS: Final = ("workspace_id",)
_OF_REVIEWS: Final = ("type", "applicant_domain_id", "applicant_user_name")
_HIDDEN: Final = ("project", "next", "workspace_id", "applicant_domain_id", "vpc_name")


def create(call: Call) -> Response:
    """``POST /intranet-connection``."""
    body = object_body(call)
    scene = str(body.choice("scene", _SCENES, required=True))
    kind = body.choice("type", _TYPES) or "SERVICE"
    place = _place(body, scene)
    service = _service(call, body, kind)
    now = call.now_ms
    connection: Document = {
        "id": str(uuid4()),
        "project": call.params["project_id"],
        "status": "",
        "scene": scene,
        "type": kind,
        **place,
        "url_list": [],
        "custom_url_list": _custom_urls(body),
        "service_id": service.id if service else "",
        "service_name": service.name if service else "",
        "service_type": service.type if service else "",
        "maos_network_name": f"network-{uuid4().hex[:8]}",
        "dispatcher_group_id": body.text("dispatcher_group_id") or (service.dispatcher_group_id if service else ""),
        "applicant_user_name": USER,
        "applicant_domain_id": DOMAIN_ID,
        "owner_domain_name": DOMAIN,
        "workspace_id": service.workspace_id if service else "0",
        "message": "",
        "create_at": now,
        "update_at": now,
    }
    if _needs_approval(call, service):
        connection["status"] = "APPROVING"
    else:
        _connect(call, connection)
    _save(call, connection)
    return json_response(_view(connection))


def act(call: Call) -> Response:
    """``PUT /intranet-connection/{connection_id}``."""
    body = object_body(call)
    action = str(body.choice("action", tuple(_FROM), required=True))
    reason = body.text("reason") or ""
    connection = _find(call, call.params["connection_id"])
    carry_out(call, connection, action, reason)
    return json_response(_view(connection))


def carry_out(call: Call, connection: Document, action: str, reason: str) -> None:
    """Approve, reject, cancel or try again.

    Raises:
        HuaweiError: 400, the state does not allow it.
    """
    if connection["status"] != _FROM[action]:
        raise errors.forbids("Intranet connection", connection["id"], f"take {action}", connection["status"])
    connection |= {"message": reason, "update_at": call.now_ms}
    if action in ("APPROVE", "RETRY"):
        _connect(call, connection)
    else:
        connection |= {"status": "REJECTED" if action == "REJECT" else "CANCELED", "url_list": []}
    _save(call, connection)


def modify(call: Call) -> Response:
    """``POST /intranet-connection/{connection_id}/modify``."""
    body = object_body(call)
    if not body.has("custom_urls"):
        raise body.missing("custom_urls")
    urls = _custom_urls(body)
    connection = _find(call, call.params["connection_id"])
    connection |= {"custom_url_list": urls, "update_at": call.now_ms}
    _save(call, connection)
    return json_response(_view(connection))


def delete(call: Call) -> Response:
    """``POST /intranet-connection/delete``: all of them or none."""
    identities = object_body(call).texts("intranet_connection_ids", required=True) or []
    found = []
    for identity in dict.fromkeys(identities):
        connection = call.tx.get(KIND, identity)
        if connection is None or connection["project"] != call.params["project_id"]:
            raise refusals.invalid("intranet_connection_ids", f"connection {identity} does not exist")
        found.append(connection)
    for connection in found:
        connection |= {"status": "DELETING", "update_at": call.now_ms}
        connection["next"] = {"at": call.now_ms + delete_ms(call), "status": "DELETED", "message": ""}
        _save(call, connection)
    return json_response({"intranet_connections": [_view(connection) for connection in found]})


def read_requests(call: Call) -> Response:
    """``GET /intranet-connection/requests``: one's own."""
    return _read(call, (*_FILTERS, *_OF_REQUESTS))


def read_reviews(call: Call) -> Response:
    """``GET /intranet-connection/reviews``: those that one decides on, which in the emulator's one account are all."""
    return _read(call, (*_FILTERS, *_OF_REVIEWS))


def advance(call: Call) -> None:
    """Let everything happen that is due by now."""
    for connection in call.tx.due(KIND, call.now_ms):
        step = connection.pop("next")
        if step["status"] == "DELETED":
            call.tx.delete(KIND, connection["id"])
            continue
        connection |= {"status": step["status"], "message": step["message"], "update_at": step["at"]}
        if step["status"] == "CONNECTED":
            target = connection["service_id"] or connection["dispatcher_group_id"]
            connection["url_list"] = [f"https://{connection['id']}.intranet.example{views.PREFIX}/{target}"]
        _save(call, connection)


def _connect(call: Call, connection: Document) -> None:
    connection["status"] = "CONNECTING"
    fault = faults.take_for_connection(call)
    step = {"at": call.now_ms + connect_ms(call), "status": "CONNECTED", "message": ""}
    if fault is not None and fault.outcome == "fail":
        step |= {"status": "FAILED", "message": fault.message}
    connection["next"] = None if fault is not None and fault.outcome == "hang" else step


def _needs_approval(call: Call, service: Service | None) -> bool:
    rule = settings_of(call).intranet_approval
    if rule != "service":
        return rule == "always"
    return bool(service and service.current["runtime_config"]["service_invoke"].get("intranet_approval_enable"))


def _place(body: Fields, scene: str) -> Document:
    if scene == "VPC":
        return {name: body.required_text(name) for name in ("vpc_id", "subnet_id")} | {"pool_id": "", "vpc_name": ""}
    return {"vpc_id": "", "subnet_id": "", "vpc_name": "", "pool_id": body.required_text("pool_id")}


def _service(call: Call, body: Fields, kind: str) -> Service | None:
    if kind == "GLOBAL":
        return None
    identity = body.required_text("service_id")
    service = get(call.tx, identity)
    if service is None or service.project != call.params["project_id"]:
        raise body.invalid("service_id", f"service {identity} does not exist")
    return service


def _custom_urls(body: Fields) -> list[str]:
    limit(body, "custom_urls", 10)
    urls = body.texts("custom_urls") or []
    for url in urls:
        if len(url) > 1024 or not url.startswith(("http://", "https://", "ws://", "wss://")):
            raise body.invalid(
                "custom_urls", "must be addresses of http, https, ws or wss with at most 1024 characters"
            )
    return urls


def _find(call: Call, identity: str) -> Document:
    connection = call.tx.get(KIND, identity)
    if connection is None or connection["project"] != call.params["project_id"]:
        raise errors.not_found(call, "Intranet connection", identity)
    return connection


def _save(call: Call, connection: Document) -> None:
    due = (connection.get("next") or {}).get("at")
    call.tx.put(KIND, connection["id"], connection, scope=connection["project"], due_ms=due)


def _view(connection: Document) -> Document:
    return given({name: value for name, value in connection.items() if name not in _HIDDEN})


def _read(call: Call, filters: tuple[str, ...]) -> Response:
    query = listing.query(call)
    for name, known in (("scene", _SCENES), ("status", STATUSES), ("type", _TYPES)):
        listing.check_choice(name, query.get(name), known)
    found = [
        one
        for one in call.tx.find_all(KIND, call.params["project_id"])
        if all(query[name] == one[name] for name in filters if name in query)
    ]
    if listing.is_descending(call):
        found.reverse()
    return listing.answer(call, [_view(one) for one in found])


def change(call: Call, connection: Document, changes: Document) -> None:
    """Change ``status`` or ``message`` behind the program's back; what was under way ends.

    Raises:
        RefusedError: there is no such field or state.
    """
    refuse_unknown(changes, ("status", "message"))
    if changes.get("status", "FAILED") not in STATUSES:
        raise RefusedError(f"status cannot be {changes['status']!r}; there are {', '.join(STATUSES)}")
    connection |= {**changes, "update_at": call.now_ms, "next": None}
    _save(call, connection)
