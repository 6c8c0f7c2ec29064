"""Which path is answered by what."""

from ..huaweicloud.gateway import authenticate
from ..routing import ANY_METHOD, Handler, Route
from . import (
    account,
    appauth,
    flavours,
    history,
    inference,
    models,
    monitor,
    nodes,
    pools,
    runtimes,
    scaling,
    services,
    tags,
)

_PROJECT = "/v1/{project_id}"
_PROJECT_V2 = "/v2/{project_id}"
_SERVICES = f"{_PROJECT}/services"
_MODELS = f"{_PROJECT}/models"
_MODEL = f"{_MODELS}/{{model_id}}"
_SERVICE = f"{_SERVICES}/{{service_id}}"


def _route(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, pattern, handler, authenticate)


ROUTES = (
    Route(ANY_METHOD, "/v1/infers/{target...}", inference.infer, inference.authenticate),
    _route("POST", _SERVICES, services.create),
    _route("GET", _SERVICES, services.read_all),
    _route("GET", f"{_SERVICES}/specifications", flavours.read_all),
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
    _route("PUT", f"{_SERVICE}/nodes/{{node_id}}/status", nodes.set_node_status),
    _route("POST", _MODELS, models.create),
    _route("GET", _MODELS, models.read_all),
    _route("GET", f"{_MODELS}/ai-engine-runtimes", runtimes.read_all),
    _route("GET", _MODEL, models.read),
    _route("DELETE", _MODEL, models.delete),
    _route("POST", f"{_SERVICE}/app-auth-api", appauth.register),
    _route("GET", f"{_SERVICE}/app-auth-apis", appauth.apis),
    _route("POST", f"{_SERVICE}/app-auth-apis/{{api_id}}/app-auth-api", appauth.authorise),
    _route("GET", f"{_SERVICE}/api-auths", appauth.apps),
    _route("GET", f"{_PROJECT}/clusters", pools.read_clusters),
    _route("GET", f"{_PROJECT_V2}/pools", pools.read_all),
    _route("POST", f"{_PROJECT_V2}/agency", account.create_agency),
    _route("POST", f"{_PROJECT_V2}/authorizations", account.authorise),
    _route("GET", f"{_PROJECT_V2}/authorizations", account.authorisations),
    _route("DELETE", f"{_PROJECT_V2}/authorizations", account.withdraw),
)
