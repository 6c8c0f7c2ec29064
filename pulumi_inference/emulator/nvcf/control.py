"""The paths of the control plane (nvcf.md section 4)."""

from typing import Final

from ..routing import Handler, Route
from . import capacity, deployments, functions, functionupdates, ngc, registries, sharing, telemetries, tokens
from .paths import FAMILIES, on_both_families, route

_FUNCTION: Final = "functions/{functionId}"
_VERSION: Final = f"{_FUNCTION}/versions/{{versionId}}"
_CREDENTIAL: Final = "registry-credentials/{registryCredentialId}"
_LISTING: Final = ("list_functions", "list_functions_details")

_TABLE: Final[tuple[tuple[str, str, Handler, tuple[str, ...]], ...]] = (
    ("POST", "functions", functions.create, ("register_function",)),
    ("GET", "functions", functions.read_all, _LISTING),
    ("GET", "functions/ids", functions.read_ids, _LISTING),
    ("POST", f"{_FUNCTION}/versions", functions.create_version, ("register_function",)),
    ("GET", f"{_FUNCTION}/versions", functions.read_versions, _LISTING),
    ("GET", _VERSION, functions.read, _LISTING),
    ("PUT", _VERSION, functionupdates.update, ("update_function",)),
    ("PUT", f"metadata/{_VERSION}", functionupdates.update, ("update_function",)),
    ("DELETE", _VERSION, functions.delete, ("delete_function",)),
    ("PUT", f"ratelimit/{_VERSION}", functionupdates.set_rate_limit, ("update_function",)),
    ("DELETE", f"ratelimit/{_VERSION}", functionupdates.delete_rate_limit, ("update_function",)),
    ("PUT", f"secrets/{_VERSION}", functionupdates.update_secrets, ("update_secrets",)),
    ("PUT", "secrets/telemetries/{telemetryId}", telemetries.update_secret, ("update_secrets",)),
    ("POST", f"deployments/{_VERSION}", deployments.create, ("deploy_function",)),
    ("GET", f"deployments/{_VERSION}", deployments.read, ("deploy_function",)),
    ("PUT", f"deployments/{_VERSION}", deployments.replace, ("deploy_function",)),
    ("DELETE", f"deployments/{_VERSION}", deployments.delete, ("deploy_function",)),
    ("GET", "deployments/{deploymentId}", deployments.read_by_id, ("deploy_function",)),
    (
        "PATCH",
        "deployments/{deploymentId}/gpu-specifications/{gpuSpecId}",
        deployments.patch,
        ("deploy_function",),
    ),
    ("POST", "telemetries", telemetries.create, ("manage_telemetries",)),
    ("GET", "telemetries", telemetries.read_all, ("manage_telemetries",)),
    ("GET", "telemetries/{telemetryId}", telemetries.read, ("manage_telemetries",)),
    ("DELETE", "telemetries/{telemetryId}", telemetries.delete, ("manage_telemetries",)),
    ("POST", "registry-credentials", registries.create, ("manage_registry_credentials",)),
    ("GET", "registry-credentials", registries.read_all, ("manage_registry_credentials",)),
    ("GET", _CREDENTIAL, registries.read, ("manage_registry_credentials",)),
    ("PATCH", _CREDENTIAL, registries.update, ("manage_registry_credentials",)),
    ("DELETE", _CREDENTIAL, registries.delete, ("manage_registry_credentials",)),
    ("GET", "recognized-registries", registries.recognized, ("manage_registry_credentials",)),
    ("POST", "tokens/functions", tokens.create_for_several, ("invoke_function",)),
    ("POST", f"tokens/{_FUNCTION}", tokens.create, ("invoke_function",)),
    ("POST", f"tokens/{_VERSION}", tokens.create, ("invoke_function",)),
    ("GET", "clusterGroups", capacity.cluster_groups, ("list_cluster_groups",)),
    ("GET", "supportedGpus", capacity.supported_gpus, ("register_function",)),
    ("GET", "accounts/{ncaId}/deployments", deployments.read_all_of, ("admin:deploy_function",)),
    ("GET", "accounts/{ncaId}/usage/gpus", capacity.gpu_usage, ("admin:deploy_function",)),
    *(
        (method, f"authorizations/{place}{tail}", handler, ("authorize_clients",))
        for place in (_FUNCTION, _VERSION)
        for method, tail, handler in (
            ("POST", "", sharing.share),
            ("GET", "", sharing.read if place == _VERSION else sharing.read_all),
            ("PATCH", "/add", sharing.add),
            ("PATCH", "/remove", sharing.remove),
            ("DELETE", "", sharing.delete),
        )
    ),
)

_NGC: Final[tuple[tuple[str, str, Handler], ...]] = tuple(
    ("GET", f"{start}{team}{tail}", handler)
    for team in ("", "/teams/{team}")
    for start, tail, handler in (
        ("/v3/orgs/{org}", "/ngc/nvcf/deployments/available/instanceTypes", capacity.instance_types),
        ("/v3/orgs/{org}", "/ngc/nvcf/deployments/instanceTypes", capacity.instance_types),
        ("/v2/orgs/{org}", "/ngc/nvcf/gpu/quota/rules", capacity.quota_rules),
        ("/v2/orgs/{org}", "/sis/clusters", capacity.clusters),
        ("/v2/orgs/{org}", "/sis/clusterVersions", capacity.cluster_versions),
    )
)

ROUTES: Final[tuple[Route, ...]] = (
    *(
        row
        for method, tail, handler, scopes in _TABLE
        for row in on_both_families(method, f"/{tail}", handler, *scopes)
    ),
    *(route("GET", f"{family}/deployments", deployments.read_all, "deploy_function") for family in FAMILIES[1:]),
    *(route(method, pattern, handler) for method, pattern, handler in _NGC),
    route("GET", "/v2/orgs", ngc.organisations),
    Route("POST", "/v3/keys/get-caller-info", ngc.caller_info),
    Route("GET", "/v2/org/{org}/{rest...}", ngc.image),
)
