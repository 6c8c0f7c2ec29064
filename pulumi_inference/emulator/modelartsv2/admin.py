"""What the admin door has for ModelArts v2."""

from ..admincalls import RefusedError, explained, json_object
from ..messages import ApiError, Response, json_response
from ..routing import Call, Route
from ..store import Document
from . import behind, intranet, keys
from .service import KIND, load


def read_services(call: Call) -> Response:
    """``GET /services``: everything about all services of all projects."""
    found = [load(document) for document in call.tx.find_all(KIND)]
    return json_response({"services": [behind.view(call, one) for one in found]})


def read_service(call: Call) -> Response:
    """``GET /services/{service_id}``."""
    with explained():
        return json_response(behind.view(call, behind.find(call)))


def change_service(call: Call) -> Response:
    """``PATCH /services/{service_id}``."""
    with explained():
        behind.change(call, behind.find(call), json_object(call.request))
    return Response(204)


def delete_service(call: Call) -> Response:
    """``DELETE /services/{service_id}``: let it vanish."""
    with explained():
        behind.delete(call, behind.find(call))
    return Response(204)


def auto_stop(call: Call) -> Response:
    """``POST /services/{service_id}/auto-stop``: let its time be over."""
    with explained():
        behind.auto_stop(call, behind.find(call))
    return Response(204)


def change_deployment(call: Call) -> Response:
    """``PATCH /services/{service_id}/deployments/{deployment}``."""
    with explained():
        service = behind.find(call)
        behind.change_deployment(call, service, behind.find_deployment(call, service), json_object(call.request))
    return Response(204)


def delete_deployment(call: Call) -> Response:
    """``DELETE /services/{service_id}/deployments/{deployment}``: let it vanish."""
    with explained():
        service = behind.find(call)
        behind.delete_deployment(call, service, behind.find_deployment(call, service))
    return Response(204)


def crash_deployment(call: Call) -> Response:
    """``POST /services/{service_id}/deployments/{deployment}/crash``."""
    with explained():
        service = behind.find(call)
        options = json_object(call.request) if call.request.body else {}
        behind.crash(call, service, behind.find_deployment(call, service), options)
    return Response(204)


def read_keys(call: Call) -> Response:
    """``GET /keys``: all keys of all projects, without their values."""
    return json_response({"keys": call.tx.find_all(keys.KIND)})


def delete_key(call: Call) -> Response:
    """``DELETE /keys/{key_id}``: let it vanish, bound or not."""
    with explained():
        if not call.tx.delete(keys.KIND, call.params["key_id"]):
            raise RefusedError(f"there is no key {call.params['key_id']}")
    return Response(204)


def approve(call: Call) -> Response:
    """``POST /intranet-connections/{connection_id}/approve``."""
    return _decide(call, "APPROVE")


def reject(call: Call) -> Response:
    """``POST /intranet-connections/{connection_id}/reject``."""
    return _decide(call, "REJECT")


def change_connection(call: Call) -> Response:
    """``PATCH /intranet-connections/{connection_id}``: ``status`` and ``message``, which stay."""
    with explained():
        connection, changes = _connection(call), json_object(call.request)
        intranet.change(call, connection, changes)
    return Response(204)


def delete_connection(call: Call) -> Response:
    """``DELETE /intranet-connections/{connection_id}``: let it vanish."""
    with explained():
        call.tx.delete(intranet.KIND, _connection(call)["id"])
    return Response(204)


def _decide(call: Call, action: str) -> Response:
    with explained():
        connection = _connection(call)
        reason = json_object(call.request).get("reason", "") if call.request.body else ""
        try:
            intranet.carry_out(call, connection, action, str(reason))
        except ApiError as error:
            raise RefusedError(error.message) from error
    return Response(204)


def _connection(call: Call) -> Document:
    found = call.tx.get(intranet.KIND, call.params["connection_id"])
    if found is None:
        raise RefusedError(f"there is no intranet connection {call.params['connection_id']}")
    return found


_SERVICE = "/services/{service_id}"
_DEPLOYMENT = f"{_SERVICE}/deployments/{{deployment}}"
_CONNECTION = "/intranet-connections/{connection_id}"

ROUTES = (
    Route("GET", "/services", read_services),
    Route("GET", _SERVICE, read_service),
    Route("PATCH", _SERVICE, change_service),
    Route("DELETE", _SERVICE, delete_service),
    Route("POST", f"{_SERVICE}/auto-stop", auto_stop),
    Route("PATCH", _DEPLOYMENT, change_deployment),
    Route("DELETE", _DEPLOYMENT, delete_deployment),
    Route("POST", f"{_DEPLOYMENT}/crash", crash_deployment),
    Route("GET", "/keys", read_keys),
    Route("DELETE", "/keys/{key_id}", delete_key),
    Route("POST", f"{_CONNECTION}/approve", approve),
    Route("POST", f"{_CONNECTION}/reject", reject),
    Route("PATCH", _CONNECTION, change_connection),
    Route("DELETE", _CONNECTION, delete_connection),
)
