"""The operations of ModelArts' API, version 1, for services and models (modelarts.md, sections 4, 8 and 12)."""

from pulumi_inference.core.operations import ANY, Api, LeftOut, Operation
from pulumi_inference.huaweicloud.operations import IAM

_ROOT = "/v1/{project_id}"
_SERVICES = f"{_ROOT}/services"
_SERVICE = f"{_SERVICES}/{{service_id}}"
_MODELS = f"{_ROOT}/models"
_MODEL = f"{_MODELS}/{{model_id}}"
_AUTHORIZATIONS = "/v2/{project_id}/authorizations"

_PER_APPLICATION = "who may call a service is decided per application of API Gateway, which is no part of ModelArts"
_ONCE_PER_ACCOUNT = "it is done once for an account, in the console; what is missing is told by the error of a create"

_OPERATIONS = (
    *IAM,
    Operation("POST", _SERVICES, "Create and deploy a service", "CreateService"),
    Operation("GET", _SERVICES, "List services", "ListServices"),
    Operation("GET", _SERVICE, "Read a service", "ShowService"),
    Operation("PUT", _SERVICE, "Update, start or stop a service", "UpdateService"),
    Operation(
        "PATCH",
        _SERVICE,
        "Change single values of the configuration",
        "PatchServiceV2",
        missing="an update does the same, and is answered the same way for all fields",
    ),
    Operation(
        "PUT",
        f"{_SERVICE}/property",
        "Scale a service",
        "modelarts_03_b365c2c5-17ff-4f1b-87ea-540eead28225",
    ),
    Operation("DELETE", _SERVICE, "Delete services", "DeleteService"),
    Operation("GET", f"{_SERVICE}/events", "List the events of a service", "ShowServiceEvents"),
    Operation("GET", f"{_SERVICE}/logs", "List the update records of a service", "ShowServiceUpdateLogs"),
    Operation("GET", f"{_SERVICE}/monitor", "Read the load of a service", "ShowServiceMonitorInfo"),
    Operation("GET", f"{_SERVICES}/specifications", "List flavours", "ShowServiceSpecifications"),
    Operation("POST", f"{_SERVICE}/tags/create", "Add tags", "BatchCreateServiceTags"),
    Operation("DELETE", f"{_SERVICE}/tags/delete", "Remove tags", "BatchDeleteServiceTags"),
    Operation(
        "GET",
        f"{_SERVICES}/tms/tags",
        "List the tags of a project",
        "ListServiceTags",
        missing="it says of no service which tags it has",
    ),
    Operation("PUT", f"{_SERVICE}/nodes/{{node_id}}/status", "Start or stop on an edge node", "UpdateEdgeNodeStatus"),
    Operation(
        "POST",
        f"{_SERVICE}/app-auth-api",
        "Register a service for applications",
        "CreateAndAuthAppAuthApi",
        missing=_PER_APPLICATION,
    ),
    Operation(
        "POST",
        f"{_SERVICE}/app-auth-apis/{{api_id}}/app-auth-api",
        "Let applications call a service",
        "AuthorizeApiToApigApps",
        missing=_PER_APPLICATION,
    ),
    Operation(
        "GET",
        f"{_SERVICE}/app-auth-apis",
        "List the registrations of a service",
        "GetAppAuthApisInfo",
        missing=_PER_APPLICATION,
    ),
    Operation(
        "GET",
        f"{_SERVICE}/api-auths",
        "List the applications of a service",
        "GetServiceAppAuthApiAuthInfo",
        missing=_PER_APPLICATION,
    ),
    Operation(
        "*",
        f"{_SERVICE}/tasks",
        "Tasks of an edge service on single nodes",
        "service_management",
        missing="they belong to the nodes; the API's documentation has no body of theirs",
    ),
    Operation("POST", _MODELS, "Create a model", "CreateModel"),
    Operation("GET", _MODELS, "List models", "ListModels"),
    Operation("GET", _MODEL, "Read a model", "ShowModel"),
    Operation("DELETE", _MODEL, "Delete a model", "DeleteModel"),
    Operation("GET", f"{_MODELS}/ai-engine-runtimes", "List the runtimes of engines", "ShowModelEngineAndRuntime"),
    Operation("GET", f"{_ROOT}/clusters", "List old dedicated pools", "ListClusters"),
    Operation("GET", "/v2/{project_id}/pools", "List dedicated pools", "ListPools"),
    Operation(
        "POST",
        "/v2/{project_id}/agency",
        "Make an agency for ModelArts",
        "CreateModelArtsAgency",
        missing=_ONCE_PER_ACCOUNT,
    ),
    Operation("POST", _AUTHORIZATIONS, "Let ModelArts act", "CreateAuthorization", missing=_ONCE_PER_ACCOUNT),
    Operation("GET", _AUTHORIZATIONS, "List such authorisations", "GetAuthorizations", missing=_ONCE_PER_ACCOUNT),
    Operation("DELETE", _AUTHORIZATIONS, "Withdraw them", "DeleteAuthorizations", missing=_ONCE_PER_ACCOUNT),
    Operation(
        ANY,
        "/v1/infers/{target...}",
        "Call a service at its address",
        "ShowService",
        sent_by="pulumi_inference.modelarts.invocation:CALLING",
    ),
)

_LEFT_OUT = (LeftOut("ShowServiceEvents", "end_time", "a filter; events are asked for from a time on"),)

API = Api(_OPERATIONS, _LEFT_OUT)
