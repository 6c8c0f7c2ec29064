"""The operations of ModelArts' API, version 2, for inference services (modelarts-v2.md, section 3)."""

from pulumi_inference.core.operations import ANY, Api, LeftOut, Operation
from pulumi_inference.huaweicloud.operations import IAM

_ROOT = "/v2/{project_id}"
_SERVICES = f"{_ROOT}/services"
_SERVICE = f"{_SERVICES}/{{service_id}}"
_DEPLOYMENTS = f"{_SERVICE}/deployments"
_DEPLOYMENT = f"{_DEPLOYMENTS}/{{deployment_id}}"
_VERSIONS = f"{_DEPLOYMENT}/versions"
_VERSION = f"{_VERSIONS}/{{version}}"
_INSTANCES = f"{_DEPLOYMENTS}/{{deployment_name}}/instances"
_INSTANCE = f"{_INSTANCES}/{{instance_name}}"
_POD = f"{_INSTANCE}/pods/{{pod_name}}"
_KEYS = f"{_SERVICES}/api-keys"
_TAGS = f"{_ROOT}/modelarts-service-v2"
_INTRANET = f"{_ROOT}/intranet-connection"

_BY_HAND = "it is done by hand, to heal what runs: a program says what is to run, and not what has to begin anew"
_ONE_BY_ONE = "a binding is a resource of its own, made and taken away one by one"
_ADVICE = "it advises on the ratio of units and changes nothing; the emulator has it for other clients"
_TAGS_IN_DETAIL = "the detail of a service has its tags"
_FIRST_LAYER = (
    "of the first layer of the API, where versions belonged to the service; deployments have their own since then"
)

_OPERATIONS = (
    *IAM,
    Operation("POST", _SERVICES, "Create a service", "CreateInferService"),
    Operation("GET", _SERVICES, "List services", "ListInferServices"),
    Operation("GET", _SERVICE, "Read a service", "ShowInferService"),
    Operation("PUT", _SERVICE, "Update a service", "UpdateInferService"),
    Operation("POST", f"{_SERVICES}/delete", "Delete services", "BatchDeleteInferServices"),
    Operation("POST", f"{_SERVICE}/start", "Start a service", "StartInferService"),
    Operation("POST", f"{_SERVICE}/stop", "Stop a service", "StopInferService"),
    Operation("GET", f"{_SERVICE}/events", "List the events of a service", "ListInferServiceEvents"),
    Operation("POST", _DEPLOYMENTS, "Add a deployment", "CreateInferDeployment"),
    Operation("GET", _DEPLOYMENTS, "List deployments", "ListInferDeployments"),
    Operation("GET", _DEPLOYMENT, "Read a deployment", "ShowInferDeployment"),
    Operation("PUT", _DEPLOYMENT, "Update a deployment", "UpdateInferDeployment"),
    Operation("DELETE", _DEPLOYMENT, "Delete a deployment", "DeleteInferDeployment"),
    Operation("POST", f"{_DEPLOYMENT}/start", "Start a deployment", "StartInferDeployment"),
    Operation("POST", f"{_DEPLOYMENT}/stop", "Stop a deployment", "StopInferDeployment"),
    Operation("POST", f"{_DEPLOYMENT}/interrupt", "Interrupt a roll-out", "CancelInferDeployment"),
    Operation("PUT", f"{_DEPLOYMENTS}/{{deployment_name}}/scale", "Scale", "UpdateInferDeploymentScale"),
    Operation("GET", _VERSIONS, "List the versions of a deployment", "ListInferDeploymentVersions"),
    Operation("GET", _VERSION, "Read a version", "ShowInferDeploymentVersion"),
    Operation(
        "DELETE",
        _VERSION,
        "Delete a version",
        "DeleteInferDeploymentVersion",
        missing="versions are what one can go back to, and no program has them: they are deleted by hand",
    ),
    Operation("POST", f"{_VERSION}/switch", "Switch to a version", "SwitchInferDeploymentVersion"),
    Operation("GET", _INSTANCES, "List instances", "ListInferDeploymentInstances"),
    Operation("DELETE", _INSTANCE, "Remove an instance", "DeleteInferDeploymentInstance", missing=_BY_HAND),
    Operation("GET", f"{_INSTANCE}/pods", "List pods", "ListInferDeploymentPods"),
    Operation("DELETE", _POD, "Remove a pod", "DeleteInferDeploymentPod", missing=_BY_HAND),
    Operation("GET", f"{_POD}/events", "List the events of a pod", "ListInferDeploymentPodEvents"),
    Operation("POST", f"{_DEPLOYMENT}/hpa", "Make a replica schedule", "CreateInferDeploymentHpa"),
    Operation("GET", f"{_DEPLOYMENT}/hpa", "Read a replica schedule", "ShowInferDeploymentHpa"),
    Operation("PUT", f"{_DEPLOYMENT}/hpa", "Change a replica schedule", "UpdateInferDeploymentHpa"),
    Operation("DELETE", f"{_DEPLOYMENT}/hpa", "Remove a replica schedule", "DeleteInferDeploymentHpa"),
    Operation("GET", f"{_DEPLOYMENT}/hpa/events", "List what it has done", "ListInferDeploymentHpaEvents"),
    Operation("POST", f"{_DEPLOYMENT}/hra", "Ask for advice on units", "CreateInferHra", missing=_ADVICE),
    Operation("GET", f"{_DEPLOYMENT}/hra", "Read that advice", "ShowInferHra", missing=_ADVICE),
    Operation("PUT", f"{_DEPLOYMENT}/hra", "Ask for other advice", "UpdateInferHra", missing=_ADVICE),
    Operation("POST", _KEYS, "Create an API key", "CreateInferApiKey"),
    Operation("POST", f"{_KEYS}/temp", "Create a temporary API key", "CreateInferTempApiKey"),
    Operation("GET", _KEYS, "List API keys", "ListInferApiKeys"),
    Operation("DELETE", f"{_KEYS}/{{key_id}}", "Delete an API key", "DeleteInferApiKey"),
    Operation("POST", f"{_SERVICE}/api-keys/{{key_id}}/bind", "Bind a key", "BindInferApiKey"),
    Operation("POST", f"{_SERVICE}/api-keys/{{key_id}}/unbind", "Unbind a key", "UnbindInferApiKey"),
    Operation(
        "POST",
        f"{_SERVICE}/api-keys/batch-bind",
        "Bind up to ten keys",
        "BatchBindInferApiKeys",
        missing=_ONE_BY_ONE,
    ),
    Operation(
        "POST",
        f"{_SERVICE}/api-keys/batch-unbind",
        "Unbind up to ten keys",
        "BatchUnbindInferApiKeys",
        missing=_ONE_BY_ONE,
    ),
    Operation("POST", f"{_TAGS}/{{service_id}}/tags/create", "Add tags", "CreateInferServiceTag"),
    Operation("DELETE", f"{_TAGS}/{{service_id}}/tags/delete", "Remove tags", "DeleteInferServiceTag"),
    Operation(
        "GET",
        f"{_TAGS}/{{service_id}}/tags",
        "List the tags of a service",
        "ShowInferServiceTags",
        missing=_TAGS_IN_DETAIL,
    ),
    Operation(
        "GET",
        f"{_TAGS}/tags",
        "List the tags of a project",
        "ListInferServiceTags",
        missing=_TAGS_IN_DETAIL,
    ),
    Operation(
        "POST",
        f"{_TAGS}/resource-instances/filter",
        "Find services by tag",
        "ListInferServicesByTags",
        missing="the list of services has a filter by tag",
    ),
    Operation(
        "POST",
        f"{_TAGS}/resource-instances/count",
        "Count services by tag",
        "CountInferServicesByTags",
        missing="the list of services has a filter by tag",
    ),
    Operation("GET", f"{_SERVICES}/flavors", "List flavours", "ListInferClusterFlavors"),
    Operation("GET", f"{_SERVICES}/clusters/{{pool_id}}", "Read a pool", "ShowInferServiceCluster"),
    Operation("GET", f"{_ROOT}/pools", "List dedicated pools", "ListPools"),
    Operation("POST", _INTRANET, "Ask for access from a network", "CreateInferIntranetConnection"),
    Operation("GET", f"{_INTRANET}/requests", "List own requests", "ListInferIntranetConnectionApplications"),
    Operation(
        "GET",
        f"{_INTRANET}/reviews",
        "List requests to decide on",
        "ListInferIntranetConnectionReviews",
        missing="they are other accounts' requests: whether they get access is a person's decision",
    ),
    Operation("PUT", f"{_INTRANET}/{{id}}", "Cancel or retry a request", "UpdateInferIntranetConnection"),
    Operation("POST", f"{_INTRANET}/{{id}}/modify", "Set addresses", "ModifyInferIntranetConnections"),
    Operation("POST", f"{_INTRANET}/delete", "Delete requests", "BatchDeleteInferIntranetConnections"),
    Operation("GET", f"{_SERVICE}/versions", "List versions", "modelarts_03_0174", missing=_FIRST_LAYER),
    Operation("POST", f"{_SERVICE}/versions/switch", "Switch", "modelarts_03_0174", missing=_FIRST_LAYER),
    Operation("POST", f"{_SERVICE}/interrupt", "Interrupt", "modelarts_03_0174", missing=_FIRST_LAYER),
    Operation(
        ANY,
        "/v2/infer/{target...}",
        "Call a service at its address",
        "ShowInferService",
        sent_by="pulumi_inference.modelartsv2.invocation:CALLING",
    ),
)

_LEFT_OUT = (
    LeftOut("unit_configs[]", "codes", "deprecated: `files` has the same"),
    LeftOut(
        "unit_configs[].models[]", "source_id", "answered of models that the platform has trained, by the old field"
    ),
    LeftOut("unit_configs[]", "flavor_display_name", "answered of sliced flavours; a name for the console"),
    LeftOut(
        "elb_connection",
        "action",
        "begins something anew by hand (RETRY, SYNC_ADDR): a program says what is to be, and not what is to be done",
    ),
    LeftOut(
        "elb_connection",
        "listener_id, residual_resources",
        "what the platform has made in the load balancer; nothing can be done with it here",
    ),
    LeftOut(
        "ShowInferService.version",
        "lts_status, lts_event_status, lts_file_status",
        "sums of what each of `log_configs` says of itself",
    ),
    LeftOut("ShowInferDeployment", "agency_name, last_used_time", "of the platform's own housekeeping"),
    LeftOut(
        "hpa_rules[]",
        "min_replicas, max_replicas, downscale_window, upscale_window",
        "for METRIC_HPA alone, which no request can express: no field names a metric or a threshold",
    ),
    LeftOut("CreateInferHra", "hra_rules, scaler_type, slo_info, role_replica", "of advice that changes nothing"),
    LeftOut("ListInferServices", "node_ip, sort_dir", "filters and orders for the console"),
    LeftOut("ListInferDeployments", "delete_after", "shows deployments that are deleted"),
    LeftOut(
        "ListInferServiceEvents",
        "end_time, event_info_key",
        "filters; events are asked for from a time on",
    ),
    LeftOut(
        "ListInferServiceEvents",
        "service_version_id, event_count, event_info_cn",
        "what is shown of an event is its text in English and when it was last seen",
    ),
    LeftOut(
        "ListInferDeploymentInstances",
        "pod_count, running_pod_count",
        "the pods themselves are asked for",
    ),
    LeftOut(
        "ListInferDeploymentPods",
        "pod_node_ip, pod_node_name, pod_role, pod_role_name",
        "where a pod runs is the platform's choice",
    ),
    LeftOut(
        "ListInferDeploymentPodEvents",
        "first_timestamp, reporting_component",
        "what is shown of an event is its text and when it was last seen",
    ),
    LeftOut(
        "ListInferIntranetConnectionReviews",
        "applicant_domain_id",
        "a filter of a list that is not asked for",
    ),
)

# The list of pools answers those of both kinds in one shape.
API = Api(_OPERATIONS, _LEFT_OUT, pages=("ListClusters",))
