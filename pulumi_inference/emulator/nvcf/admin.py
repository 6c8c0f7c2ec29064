"""What the admin door has for NVCF."""

from ..admincalls import explained, json_object
from ..messages import Response
from ..routing import Call, Route
from . import behind, records


def change_version(call: Call) -> Response:
    """``PATCH /functions/{functionId}/versions/{versionId}``: change any member."""
    with explained():
        behind.change_version(call, behind.find_version(call), json_object(call.request))
    return Response(204)


def delete_version(call: Call) -> Response:
    """``DELETE /functions/{functionId}/versions/{versionId}``: let it vanish with its deployment."""
    with explained():
        records.delete_version(call.tx, behind.find_version(call))
    return Response(204)


def change_deployment(call: Call) -> Response:
    """``PATCH /deployments/{deploymentId}``: its ``status``, ``healthInfo``, ``runningRequests``."""
    with explained():
        behind.change_deployment(call, behind.find_deployment(call), json_object(call.request))
    return Response(204)


def delete_deployment(call: Call) -> Response:
    """``DELETE /deployments/{deploymentId}``: let it vanish."""
    with explained():
        behind.delete_deployment(call, behind.find_deployment(call))
    return Response(204)


def change_spec(call: Call) -> Response:
    """``PATCH /deployments/{deploymentId}/gpu-specifications/{gpuSpecId}``: its numbers and its instances."""
    with explained():
        behind.change_spec(call, behind.find_deployment(call), json_object(call.request))
    return Response(204)


def share(call: Call) -> Response:
    """``PUT /authorizations/functions/{functionId}``, with ``/versions/{versionId}`` or without."""
    with explained():
        behind.share(call, json_object(call.request))
    return Response(204)


_VERSION = "functions/{functionId}/versions/{versionId}"

ROUTES = (
    Route("PATCH", f"/{_VERSION}", change_version),
    Route("DELETE", f"/{_VERSION}", delete_version),
    Route("PATCH", "/deployments/{deploymentId}", change_deployment),
    Route("DELETE", "/deployments/{deploymentId}", delete_deployment),
    Route("PATCH", "/deployments/{deploymentId}/gpu-specifications/{gpuSpecId}", change_spec),
    Route("PUT", "/authorizations/functions/{functionId}", share),
    Route("PUT", f"/authorizations/{_VERSION}", share),
)
