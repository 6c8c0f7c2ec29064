"""The paths of the control plane (nvcf.md section 4)."""

from typing import Final

from ..routing import Handler, Route
from . import deployments, functions, functionupdates, telemetries
from .paths import on_both_families

_FUNCTION: Final = "functions/{functionId}"
_VERSION: Final = f"{_FUNCTION}/versions/{{versionId}}"
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
    ("GET", "deployments", deployments.read_all, ("deploy_function",)),
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
)


ROUTES: Final[tuple[Route, ...]] = tuple(
    row for method, tail, handler, scopes in _TABLE for row in on_both_families(method, f"/{tail}", handler, *scopes)
)
