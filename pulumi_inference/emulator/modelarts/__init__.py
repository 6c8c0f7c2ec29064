"""ModelArts, inference services v1, as modelarts.md describes it."""

from ..gateway import authenticate
from ..routing import ANY_METHOD, Handler, Route
from . import history, inference, monitor, resources, scaling, services, tags
from .machine import advance

__all__ = ["ROUTES", "advance"]

_PROJECT = "/v1/{project_id}"
_SERVICES = f"{_PROJECT}/services"
_SERVICE = f"{_SERVICES}/{{service_id}}"


def _route(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, pattern, handler, authenticate)


ROUTES = (
    _route(ANY_METHOD, "/v1/infers/{target...}", inference.infer),
    _route("POST", _SERVICES, services.create),
    _route("GET", _SERVICES, services.read_all),
    _route("GET", f"{_SERVICES}/specifications", resources.flavours),
    _route("GET", f"{_SERVICES}/tms/tags", tags.read_all),
    _route("GET", _SERVICE, services.read),
    _route("PUT", _SERVICE, services.update),
    _route("PATCH", _SERVICE, scaling.patch),
    _route("DELETE", _SERVICE, services.delete),
    _route("PUT", f"{_SERVICE}/property", scaling.update_property),
    _route("GET", f"{_SERVICE}/events", history.events),
    _route("GET", f"{_SERVICE}/logs", history.update_records),
    _route("GET", f"{_SERVICE}/monitor", monitor.read),
    _route("POST", f"{_SERVICE}/tags/create", tags.create),
    _route("DELETE", f"{_SERVICE}/tags/delete", tags.delete),
    _route("PUT", f"{_SERVICE}/nodes/{{node_id}}/status", resources.set_node_status),
    _route("GET", f"{_PROJECT}/clusters", resources.clusters),
)
