"""What the admin door has for ModelArts."""

from collections.abc import Mapping
from typing import Any

from ..admincalls import explained, json_object
from ..messages import Response
from ..routing import Call, Route
from ..store import Document
from . import behind, runtimes, seeds


def seed(call: Call, items: Mapping[str, Any]) -> Document:
    """Put things there; the services last, since they may need the others."""
    for collection in seeds.COLLECTIONS:
        for item in items[collection]:
            seeds.seed(call, collection, item)
    return {"services": [behind.seed_service(call, item).service_id for item in items["services"]]}


def overview(call: Call) -> Document:
    """What there is, in short."""
    return {"services": behind.overview(call), "models": seeds.overview(call)}


def change_service(call: Call) -> Response:
    """``PATCH /services/{service_id}``: change any field behind the program's back."""
    with explained():
        behind.change(call, behind.find(call, call.params["service_id"]), json_object(call.request))
    return Response(204)


def delete_service(call: Call) -> Response:
    """``DELETE /services/{service_id}``: let it vanish at once."""
    with explained():
        behind.delete(call, behind.find(call, call.params["service_id"]))
    return Response(204)


def change_model(call: Call) -> Response:
    """``PATCH /models/{model_id}``: change any field behind the program's back."""
    with explained():
        seeds.change_model(call, call.params["model_id"], json_object(call.request))
    return Response(204)


def delete_model(call: Call) -> Response:
    """``DELETE /models/{model_id}``: let it vanish at once, in use or not."""
    with explained():
        seeds.delete_model(call, call.params["model_id"])
    return Response(204)


def change_runtime(call: Call) -> Response:
    """``PATCH /runtimes/{engine}/{runtime}``: change what a runtime is, such as its ``status``."""
    with explained():
        runtimes.change(call.tx, call.params["engine"], call.params["runtime"], json_object(call.request))
    return Response(204)


def delete_runtime(call: Call) -> Response:
    """``DELETE /runtimes/{engine}/{runtime}``: take it off the list."""
    with explained():
        runtimes.delete(call.tx, call.params["engine"], call.params["runtime"])
    return Response(204)


ROUTES = (
    Route("PATCH", "/services/{service_id}", change_service),
    Route("DELETE", "/services/{service_id}", delete_service),
    Route("PATCH", "/models/{model_id}", change_model),
    Route("DELETE", "/models/{model_id}", delete_model),
    Route("PATCH", "/runtimes/{engine}/{runtime}", change_runtime),
    Route("DELETE", "/runtimes/{engine}/{runtime}", delete_runtime),
)
