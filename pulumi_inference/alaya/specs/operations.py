"""The operations of Alaya NeW's inference API and of its neighbours (alaya.md, sections 1, 10 and 11)."""

from pulumi_inference.alaya.specs.detail import DETAIL_PAGE, QUICK_START_DETAIL_PAGE
from pulumi_inference.core.operations import Api, Operation

_DEPLOYMENT = "/api/serverless-infer/v1/deployment"
_THING = f"{_DEPLOYMENT}/{{serviceId}}"
_MODEL = "/api/model/v1"
_SERVED = "/svc/{serviceId}"
_PAGES = "serverless/modelservice"

_BY_ENDPOINT = "pulumi_inference.alaya.invocation:CALLING"
_REGISTRY = "models are put into the registry with their files, which lie on the cluster's storage"

_OPERATIONS = (
    Operation("POST", _DEPLOYMENT, "Create, quick start", f"{_PAGES}/servicedeploy"),
    Operation("POST", f"{_DEPLOYMENT}/expert", "Create, expert", f"{_PAGES}/servicedeployexpert"),
    Operation("POST", f"{_DEPLOYMENT}/lora", "Create, LoRA", f"{_PAGES}/servicelora"),
    Operation("GET", _THING, "Read a deployment", DETAIL_PAGE),
    Operation("GET", f"{_DEPLOYMENT}/list", "List deployments", f"{_PAGES}/servicesearch"),
    Operation("PUT", f"{_THING}/scale", "Change the autoscaling", f"{_PAGES}/servicescale"),
    Operation("PUT", _THING, "Update offline, quick start", f"{_PAGES}/servicedeployoffline/quickstart"),
    Operation(
        "PUT",
        f"{_DEPLOYMENT}/expert/{{serviceId}}",
        "Update offline, expert",
        f"{_PAGES}/servicedeployexpertoffline/expert",
    ),
    Operation(
        "PUT", f"{_DEPLOYMENT}/lora/{{serviceId}}", "Update offline, LoRA", f"{_PAGES}/servicedeployloraoffline/lora"
    ),
    Operation("POST", f"{_THING}/cancel", "Stop a deployment", f"{_PAGES}/servicecancel"),
    Operation("DELETE", _THING, "Delete a deployment", f"{_PAGES}/servicedeploydelete/delete"),
    Operation("GET", f"{_MODEL}/list", "List models", "serverless/modelmanage/modelsearch"),
    Operation(
        "POST",
        f"{_MODEL}/create",
        "Register a model",
        "serverless/modelmanage/modelservice/modelman",
        missing=_REGISTRY,
    ),
    Operation(
        "DELETE", f"{_MODEL}/{{modelId}}", "Delete a model", "serverless/modelmanage/modeldelete", missing=_REGISTRY
    ),
    Operation("GET", "/api/aidc/v1/list", "List data centres", "serverless/aidc/aidclist/aidc/"),
    Operation("GET", "/api/vks/v1/{vksId}", "Read a cluster", "serverless/vks/vksdetail"),
    Operation("POST", f"{_SERVED}/v1/chat/completions", "Chat at its address", DETAIL_PAGE, sent_by=_BY_ENDPOINT),
    Operation("POST", f"{_SERVED}/v1/completions", "Complete at its address", DETAIL_PAGE, sent_by=_BY_ENDPOINT),
    Operation(
        "GET",
        f"{_SERVED}/v1/models",
        "List the models that it serves",
        DETAIL_PAGE,
        sent_by="pulumi_inference.alaya.client:AlayaClient.list_served_models",
    ),
)

API = Api(_OPERATIONS, pages=(QUICK_START_DETAIL_PAGE,))
