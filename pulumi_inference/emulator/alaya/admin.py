"""What the admin door has for Alaya NeW."""

from ..admincalls import explained, json_object, refuse_unknown
from ..messages import Response, json_response
from ..routing import Call, Route
from . import behind, models


def read_services(call: Call) -> Response:
    """``GET /services``: all of all accounts, with everything about them."""
    return json_response({"services": [behind.shown(call, service) for service in behind.find_services(call)]})


def read_service(call: Call) -> Response:
    """``GET /services/{serviceId}``."""
    with explained():
        return json_response(behind.shown(call, behind.find_service(call)))


def change_service(call: Call) -> Response:
    """``PATCH /services/{serviceId}``: change any field."""
    with explained():
        behind.change_service(call, behind.find_service(call), json_object(call.request))
    return Response(204)


def crash_service(call: Call) -> Response:
    """``POST /services/{serviceId}/crash``: let it fail."""
    with explained():
        if call.request.body:
            refuse_unknown(json_object(call.request), ())
        behind.crash(call, behind.find_service(call))
    return Response(204)


def delete_service(call: Call) -> Response:
    """``DELETE /services/{serviceId}``: let it vanish, with the LoRA services on it."""
    with explained():
        behind.delete_service(call, behind.find_service(call))
    return Response(204)


def change_model(call: Call) -> Response:
    """``PATCH /models/{modelId}``."""
    with explained():
        behind.change_model(call, behind.find_model(call), json_object(call.request))
    return Response(204)


def delete_model(call: Call) -> Response:
    """``DELETE /models/{modelId}``: let it vanish."""
    with explained():
        models.remove(call, behind.find_model(call))
    return Response(204)


ROUTES = (
    Route("GET", "/services", read_services),
    Route("GET", "/services/{serviceId}", read_service),
    Route("PATCH", "/services/{serviceId}", change_service),
    Route("DELETE", "/services/{serviceId}", delete_service),
    Route("POST", "/services/{serviceId}/crash", crash_service),
    Route("PATCH", "/models/{modelId}", change_model),
    Route("DELETE", "/models/{modelId}", delete_model),
)
