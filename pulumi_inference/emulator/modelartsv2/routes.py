"""Which path is answered by what (modelarts-v2.md section 3); rows with fixed segments stand first."""

from typing import Final

from ..huaweicloud.gateway import authenticate
from ..routing import ANY_METHOD, Handler, Route
from . import (
    clusters,
    deployments,
    events,
    flavours,
    hpa,
    hra,
    instances,
    intranet,
    keys,
    layera,
    services,
    serving,
    tags,
    versions,
    views,
)

SERVICES: Final = "/v2/{project_id}/services"
TAGGED: Final = "/v2/{project_id}/modelarts-service-v2"
INTRANET: Final = "/v2/{project_id}/intranet-connection"

_SERVICE: Final = f"{SERVICES}/{{service_id}}"
_KEYS: Final = f"{SERVICES}/api-keys"
_KEYS_OF: Final = f"{_SERVICE}/api-keys"
_DEPLOYMENTS: Final = f"{_SERVICE}/deployments"
_DEPLOYMENT: Final = f"{_DEPLOYMENTS}/{{deployment}}"
_VERSION: Final = f"{_DEPLOYMENT}/versions/{{version}}"
_INSTANCES: Final = f"{_DEPLOYMENT}/instances"
_PODS: Final = f"{_INSTANCES}/{{instance}}/pods"


def _route(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, pattern, handler, authenticate)


def _first_release(method: str, pattern: str, handler: Handler) -> Route:
    return Route(method, pattern, handler, layera.authenticate)


ROUTES: Final = (
    Route(ANY_METHOD, f"{views.PREFIX}/{{target...}}", serving.answer),
    _route("POST", f"{SERVICES}/delete", services.delete),
    _route("GET", f"{SERVICES}/flavors", flavours.read_all),
    _route("POST", f"{_KEYS}/temp", keys.create_temporary),
    _route("POST", _KEYS, keys.create),
    _route("GET", _KEYS, keys.read_all),
    _route("DELETE", f"{_KEYS}/{{key_id}}", keys.delete),
    _route("GET", f"{SERVICES}/clusters/{{pool_id}}", clusters.read),
    _route("POST", SERVICES, services.create),
    _route("GET", SERVICES, services.read_all),
    _route("GET", _SERVICE, services.read),
    _route("PUT", _SERVICE, services.update),
    _route("POST", f"{_SERVICE}/start", services.start),
    _route("POST", f"{_SERVICE}/stop", services.stop),
    _route("GET", f"{_SERVICE}/events", events.read_all),
    _route("POST", f"{_KEYS_OF}/batch-bind", keys.bind_many),
    _route("POST", f"{_KEYS_OF}/batch-unbind", keys.unbind_many),
    _route("POST", f"{_KEYS_OF}/{{key_id}}/bind", keys.bind),
    _route("POST", f"{_KEYS_OF}/{{key_id}}/unbind", keys.unbind),
    _route("POST", _DEPLOYMENTS, deployments.add),
    _route("GET", _DEPLOYMENTS, deployments.read_all),
    _route("GET", _DEPLOYMENT, deployments.read_one),
    _route("PUT", _DEPLOYMENT, deployments.update),
    _route("DELETE", _DEPLOYMENT, deployments.delete),
    _route("POST", f"{_DEPLOYMENT}/start", deployments.start),
    _route("POST", f"{_DEPLOYMENT}/stop", deployments.stop),
    _route("POST", f"{_DEPLOYMENT}/interrupt", deployments.interrupt),
    _route("PUT", f"{_DEPLOYMENT}/scale", deployments.scale),
    _route("GET", f"{_DEPLOYMENT}/versions", versions.read_all),
    _route("GET", _VERSION, versions.read),
    _route("DELETE", _VERSION, versions.delete),
    _route("POST", f"{_VERSION}/switch", versions.switch),
    _route("GET", _INSTANCES, instances.read_all),
    _route("DELETE", f"{_INSTANCES}/{{instance}}", instances.remove),
    _route("GET", _PODS, instances.read_pods),
    _route("DELETE", f"{_PODS}/{{pod}}", instances.remove_pod),
    _route("GET", f"{_PODS}/{{pod}}/events", instances.read_pod_events),
    _route("POST", f"{_DEPLOYMENT}/hpa", hpa.create),
    _route("GET", f"{_DEPLOYMENT}/hpa", hpa.read),
    _route("PUT", f"{_DEPLOYMENT}/hpa", hpa.update),
    _route("DELETE", f"{_DEPLOYMENT}/hpa", hpa.delete),
    _route("GET", f"{_DEPLOYMENT}/hpa/events", hpa.events),
    _route("POST", f"{_DEPLOYMENT}/hra", hra.create),
    _route("GET", f"{_DEPLOYMENT}/hra", hra.read),
    _route("PUT", f"{_DEPLOYMENT}/hra", hra.update),
    _first_release("GET", f"{_SERVICE}/versions", layera.versions),
    _first_release("POST", f"{_SERVICE}/versions/switch", layera.switch),
    _first_release("POST", f"{_SERVICE}/interrupt", layera.interrupt),
    _route("GET", f"{TAGGED}/tags", tags.read_all),
    _route("POST", f"{TAGGED}/resource-instances/filter", tags.find_resources),
    _route("POST", f"{TAGGED}/resource-instances/count", tags.count_resources),
    _route("GET", f"{TAGGED}/{{service_id}}/tags", tags.read),
    _route("POST", f"{TAGGED}/{{service_id}}/tags/create", tags.create),
    _route("DELETE", f"{TAGGED}/{{service_id}}/tags/delete", tags.delete),
    _route("POST", INTRANET, intranet.create),
    _route("GET", f"{INTRANET}/requests", intranet.read_requests),
    _route("GET", f"{INTRANET}/reviews", intranet.read_reviews),
    _route("POST", f"{INTRANET}/delete", intranet.delete),
    _route("PUT", f"{INTRANET}/{{connection_id}}", intranet.act),
    _route("POST", f"{INTRANET}/{{connection_id}}/modify", intranet.modify),
)
