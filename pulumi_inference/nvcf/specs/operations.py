"""The operations of NVIDIA's cloud functions and of what belongs to them (nvcf.md, sections 4, 8 and 10 to 14)."""

from __future__ import annotations

from collections.abc import Iterator

from pulumi_inference.core.operations import ANY, RPC, Api, LeftOut, Operation

_FAMILIES = ("/v2/nvcf", "/v2/orgs/{org}/nvcf", "/v2/orgs/{org}/teams/{team}/nvcf")
"""What paths begin with: those of the key's account, of an organisation and of a team."""

_FUNCTION = "functions/{functionId}"
_VERSION = f"{_FUNCTION}/versions/{{versionId}}"
_CREATION, _DEPLOYMENT, _SHARING = "function-creation", "function-deployment", "function-permissions"

_CALLING = "pulumi_inference.nvcf.invocation:CALLING"
_LLM = "llm.invocation.localhost"

_OLD_SPELLING = "deprecated: the update of a version has the same field"
_FOR_ADMINS = "for NVIDIA's own administrators, or whoever runs the control plane: no API key may call it"
_TASKS = "tasks run to completion and serve nothing"
_CLUSTERS = "the cluster service of a control plane of one's own; it takes JSON web tokens only"
_OWN_CLUSTERS = "a cluster is registered by installing its agent with Helm, of which this is the paper half"
_TOKENS = "a token for an end user is made when that one calls, and is gone soon after"
_CAPACITY_FOR_OTHERS = "the instance types with their capacity are asked instead"


def _direct(method: str, tail: str, name: str, source: str, *, missing: str = "", sent_by: str = "") -> Operation:
    """An operation with a path of the key's account alone."""
    return Operation(method, f"{_FAMILIES[0]}/{tail}", name, source, missing=missing, sent_by=sent_by)


def _op(method: str, tail: str, name: str, source: str, *, missing: str = "") -> Operation:
    """An operation that all families have."""
    path, *also = (f"{family}/{tail}" for family in _FAMILIES)
    return Operation(method, path, name, source, also=tuple(also), missing=missing)


def _ngc(version: int, tail: str, name: str, *, missing: str = "") -> Operation:
    """An operation of NGC's, of an organisation or of a team."""
    path, also = (f"/v{version}/orgs/{{org}}{team}/{tail}" for team in ("", "/teams/{team}"))
    return Operation("GET", path, name, _DEPLOYMENT, also=(also,), missing=missing)


def _sharing() -> Iterator[Operation]:
    for place, what in ((_FUNCTION, "a function"), (_VERSION, "a version")):
        yield _op("POST", f"authorizations/{place}", f"Share {what} with these accounts", _SHARING)
        yield _op("GET", f"authorizations/{place}", f"Read who may call {what}", _SHARING)
        yield _op("PATCH", f"authorizations/{place}/add", f"Share {what} with one account more", _SHARING)
        yield _op("PATCH", f"authorizations/{place}/remove", f"Share {what} with one account less", _SHARING)
        yield _op("DELETE", f"authorizations/{place}", f"Share {what} with nobody", _SHARING)


def _calls() -> Iterator[Operation]:
    for way, what in (("pexec", "Call"), ("exec", "Call in the old envelope")):
        yield _direct("POST", f"{way}/{_FUNCTION}", f"{what} a function", "api", sent_by=_CALLING)
        yield _direct("POST", f"{way}/{_VERSION}", f"{what} a version", "api", sent_by=_CALLING)
        yield _direct("GET", f"{way}/status/{{requestId}}", f"{what}: poll the answer", "api", sent_by=_CALLING)
    host = "{functionId}.invocation.localhost"
    yield Operation(ANY, "/{path...}", "Call a function at its own host", "api", host=host, sent_by=_CALLING)
    yield Operation("POST", "/v1/chat/completions", "Chat with an LLM function", "api", host=_LLM, sent_by=_CALLING)
    yield Operation("POST", "/v1/responses", "Respond, by an LLM function", "api", host=_LLM, sent_by=_CALLING)
    yield Operation("POST", "/v1/embeddings", "Embed, by an LLM function", "api", host=_LLM, sent_by=_CALLING)
    yield Operation(RPC, "/{service}/{method}", "Call a function by gRPC", _CREATION, sent_by=_CALLING)


def _health() -> Iterator[Operation]:
    why = "whether a plane is up, its own errors tell"
    yield Operation("GET", "/health", "Whether the invocation plane is up", "api", missing=why)
    for path in ("/healthz", "/readyz"):
        yield Operation("GET", path, "Whether the LLM gateway is up", "api", host=_LLM, missing=why)
    yield Operation(
        "GET", "/v3/openapi", "The API's description", "api", missing="it describes the API and does nothing"
    )


def _of_administrators() -> Iterator[Operation]:
    for method, tail, name in (
        ("GET", "accounts", "List accounts"),
        ("POST", "accounts/{ncaId}", "Make an account"),
        ("GET", "accounts/{ncaId}", "Read an account"),
        ("PATCH", "accounts/{ncaId}", "Change an account"),
        ("DELETE", "accounts/{ncaId}", "Delete an account"),
        ("PATCH", "accounts/{ncaId}/clients/associate", "Add a client to an account"),
        ("PATCH", "accounts/{ncaId}/clients/disassociate", "Take a client from an account"),
        ("DELETE", "instances/{instanceId}", "End an instance"),
        ("PUT", f"accounts/{{ncaId}}/rolloverWorkers/{_VERSION}", "Renew the workers of a version"),
        ("GET", "sidecars/goldenimages", "List the images of sidecars"),
    ):
        yield _direct(method, tail, name, "api", missing=_FOR_ADMINS)
    yield _op("GET", "accounts/{ncaId}/deployments", "List the deployments of an account", "api", missing=_FOR_ADMINS)
    yield _op("GET", "accounts/{ncaId}/usage/gpus", "Read the GPU usage of an account", "api", missing=_FOR_ADMINS)


def _of_tasks() -> Iterator[Operation]:
    families = ("/v1/nvct", "/v2/orgs/{org}/nvct", "/v2/orgs/{org}/teams/{team}/nvct")
    for method, tail, name in (
        ("POST", "tasks", "Make a task"),
        ("GET", "tasks", "List tasks"),
        ("POST", "tasks/bulk", "Read several tasks"),
        ("GET", "tasks/{taskId}", "Read a task"),
        ("DELETE", "tasks/{taskId}", "Delete a task"),
        ("POST", "tasks/{taskId}/cancel", "Cancel a task"),
        ("GET", "tasks/{taskId}/events", "List the events of a task"),
        ("GET", "tasks/{taskId}/results", "List the results of a task"),
        ("PUT", "secrets/tasks/{taskId}", "Set the secrets of a task"),
    ):
        path, *also = (f"{family}/{tail}" for family in families)
        yield Operation(method, path, name, "api", also=tuple(also), missing=_TASKS)


def _of_clusters() -> Iterator[Operation]:
    root = "/v1/si/accounts/{ncaId}"
    for tail, name in (
        ("gpus", "List GPUs"),
        ("regions", "List regions"),
        ("clusterNames", "List the names of clusters"),
        ("attributes", "List the attributes of clusters"),
        ("instanceTypes", "List instance types"),
        ("instanceTypes/availability", "List what is free of them"),
        ("gpu/usage", "Read the use of GPUs"),
        ("deployments/{deploymentId}/gpu/usage", "Read the use of GPUs by a deployment"),
        ("clusterGroups", "List groups of clusters"),
    ):
        yield Operation("GET", f"{root}/{tail}", name, _DEPLOYMENT, missing=_CLUSTERS)
    own = "/v1/accounts/{ncaId}"
    for method, tail, name in (
        ("POST", "clusters", "Register a cluster of one's own"),
        ("GET", "clusters", "List clusters of one's own"),
        ("GET", "clusters/{clusterId}", "Read a cluster of one's own"),
        ("PUT", "clusters/{clusterId}", "Change a cluster of one's own"),
        ("DELETE", "clusters/{clusterId}", "Forget a cluster of one's own"),
        ("GET", "clusterVersions", "List versions of the cluster agent"),
    ):
        also = (f"/v1/si{own.removeprefix('/v1')}/{tail}",)
        yield Operation(method, f"{own}/{tail}", name, _DEPLOYMENT, also=also, missing=_OWN_CLUSTERS)


_OPERATIONS = (
    _op("POST", "functions", "Make a function with its first version", _CREATION),
    _op("GET", "functions", "List functions with all their versions", "api"),
    _op("GET", "functions/ids", "List the ids of functions", "api"),
    _op("POST", f"{_FUNCTION}/versions", "Make a version", _CREATION),
    _op("GET", f"{_FUNCTION}/versions", "List the versions of a function", "api"),
    _op("GET", _VERSION, "Read a version", "api"),
    _op("PUT", _VERSION, "Change a version", "function-lifecycle"),
    _op("DELETE", _VERSION, "Delete a version", "function-lifecycle"),
    _op("PUT", f"metadata/{_VERSION}", "Change the metadata of a version", "api", missing=_OLD_SPELLING),
    _op("PUT", f"ratelimit/{_VERSION}", "Set the rate limit of a version", "api", missing=_OLD_SPELLING),
    _op("DELETE", f"ratelimit/{_VERSION}", "Take the rate limit away", "api"),
    _op("PUT", f"secrets/{_VERSION}", "Set the secrets of a version", _CREATION),
    _op("POST", f"deployments/{_VERSION}", "Deploy a version", _DEPLOYMENT),
    _op("GET", f"deployments/{_VERSION}", "Read the deployment of a version", _DEPLOYMENT),
    _op("PUT", f"deployments/{_VERSION}", "Change a deployment, deprecated", _DEPLOYMENT),
    _op("DELETE", f"deployments/{_VERSION}", "Undeploy a version", _DEPLOYMENT),
    _op(
        "GET",
        "deployments/{deploymentId}",
        "Read a deployment by its own id",
        _DEPLOYMENT,
        missing="a deployment is known by its version, which is what a program has",
    ),
    _op("PATCH", "deployments/{deploymentId}/gpu-specifications/{gpuSpecId}", "Change a specification", _DEPLOYMENT),
    Operation(
        "GET", f"{_FAMILIES[1]}/deployments", "List deployments", _DEPLOYMENT, also=(f"{_FAMILIES[2]}/deployments",)
    ),
    *_sharing(),
    _op("POST", "telemetries", "Make a telemetry endpoint", "api"),
    _op("GET", "telemetries", "List telemetry endpoints", "api"),
    _op("GET", "telemetries/{telemetryId}", "Read a telemetry endpoint", "api"),
    _op("PUT", "secrets/telemetries/{telemetryId}", "Set the secret of a telemetry endpoint", "api"),
    _op("DELETE", "telemetries/{telemetryId}", "Delete a telemetry endpoint", "api"),
    _op("POST", "registry-credentials", "Make a registry credential", "api"),
    _op("GET", "registry-credentials", "List registry credentials", "api"),
    _op("GET", "registry-credentials/{registryCredentialId}", "Read a registry credential", "api"),
    _op("PATCH", "registry-credentials/{registryCredentialId}", "Change a registry credential", "api"),
    _op("DELETE", "registry-credentials/{registryCredentialId}", "Delete a registry credential", "api"),
    _op("GET", "recognized-registries", "List the registries that are known", "api"),
    _op("GET", "clusterGroups", "List groups of clusters, with their GPUs", _DEPLOYMENT),
    _op(
        "GET", "supportedGpus", "List GPUs, deprecated", "api", missing="a list that never changes, and is not complete"
    ),
    _ngc(3, "ngc/nvcf/deployments/instanceTypes", "List instance types with their capacity"),
    _ngc(3, "ngc/nvcf/deployments/available/instanceTypes", "List instance types", missing=_CAPACITY_FOR_OTHERS),
    _ngc(2, "ngc/nvcf/gpu/quota/rules", "Read the GPU quota"),
    _ngc(2, "sis/clusters", "List the clusters of an organisation", missing=_OWN_CLUSTERS),
    _ngc(2, "sis/clusterVersions", "List versions of the cluster agent", missing=_OWN_CLUSTERS),
    Operation(
        "POST",
        "/v3/keys/get-caller-info",
        "Read whose a key is",
        "api",
        missing="NGC's own tools ask it before each call; a key that is refused is told by the call itself",
    ),
    Operation(
        "GET", "/v2/orgs", "List organisations", "api", missing="the organisation is a setting, which a key belongs to"
    ),
    Operation(
        "GET",
        "/v2/org/{org}/{rest...}",
        "Look for an image of the registry",
        "api",
        missing="the registry is not NVCF: whether there is an image, the create call finds out",
    ),
    _op("GET", f"queues/{_FUNCTION}", "Read the queues of a function", "api"),
    _op("GET", f"queues/{_VERSION}", "Read the queue of a version", "api"),
    _op("GET", "queues/{requestId}/position", "Read the place of a request", "api"),
    _op("POST", "assets", "Make an asset", "assets"),
    _op("GET", "assets", "List assets", "assets"),
    _op("GET", "assets/{assetId}", "Read an asset", "assets"),
    _op("DELETE", "assets/{assetId}", "Delete an asset", "assets"),
    _op(
        "GET",
        "assets/{assetId}/content-redirect",
        "Find the content of an asset",
        "assets",
        missing="an asset is an input: who has made it has its content",
    ),
    Operation(
        "PUT",
        "/nvcf-storage/assets/{assetId}",
        "Upload an asset to the address that is answered",
        "assets",
        sent_by="pulumi_inference.nvcf.storage:upload",
    ),
    Operation(
        "GET",
        "/nvcf-storage/assets/{assetId}",
        "Download an asset from the address that is answered",
        "assets",
        missing="an asset is an input: who has made it has its content",
    ),
    Operation(
        "GET",
        "/nvcf-storage/results/{token}",
        "Fetch a large result from the address that is answered",
        "api",
        sent_by=_CALLING,
    ),
    *_calls(),
    _op("POST", "tokens/functions", "Make a token for several functions", "api", missing=_TOKENS),
    _op("POST", f"tokens/{_FUNCTION}", "Make a token for a function", "api", missing=_TOKENS),
    _op("POST", f"tokens/{_VERSION}", "Make a token for a version", "api", missing=_TOKENS),
    *_health(),
    *_of_administrators(),
    *_of_tasks(),
    *_of_clusters(),
)

_LEFT_OUT = (
    LeftOut("CreateFunctionRequest", "utilsContainerImage", "hidden in the API's description; of the platform's own"),
    LeftOut(
        "activeInstances[]",
        "icmsRequestId, sisRequestId",
        "the id of a request inside of the platform; it changes its name from version to version",
    ),
    LeftOut("Deployment", "requestQueueUrl", "of the API of 2024, and answered no more"),
    LeftOut("authorizedParties[]", "clientId", "obsolete, says the API"),
)

API = Api(_OPERATIONS, _LEFT_OUT)
