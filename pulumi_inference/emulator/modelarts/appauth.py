"""Calls of a service by applications of the API gateway (modelarts.md section 8.10)."""

from typing import Final

from ..huaweicloud.accounts import USER_ID, stable_id
from ..huaweicloud.fields import object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document, Transaction
from . import catalog, errors, views
from .service import Service, find, find_for_change
from .settings import settings_of

_KIND: Final = "modelarts.appauth"


def register(call: Call) -> Response:
    """``POST /services/{service_id}/app-auth-api``: register an API for the service and let applications call it."""
    app_ids = _app_ids(call)
    service = find_for_change(call, call.params["service_id"])
    if service.infer_type != "real-time":
        raise errors.refused("3518", f"The {service.infer_type} service has not been enabled or authorized.")
    document = _read(call.tx, service) or {"api_id": stable_id("api", service.service_id), "apps": {}}
    results = _authorise(call, service, document, app_ids)
    return json_response({"api": _api(call, service, document), "auth_result": results})


def authorise(call: Call) -> Response:
    """``POST /services/{service_id}/app-auth-apis/{api_id}/app-auth-api``: let more applications call it."""
    app_ids = _app_ids(call)
    service = find_for_change(call, call.params["service_id"])
    document = _read(call.tx, service)
    if document is None or document["api_id"] != call.params["api_id"]:
        raise errors.invalid("api_id", f"the service has no API {call.params['api_id']}")
    return json_response({"auth_result": _authorise(call, service, document, app_ids)})


def apis(call: Call) -> Response:
    """``GET /services/{service_id}/app-auth-apis``."""
    service = find(call, call.params["service_id"])
    document = _read(call.tx, service)
    found = [_api(call, service, document)] if document else []
    return json_response({"apis": found, "count": len(found), "total_count": len(found)})


def apps(call: Call) -> Response:
    """``GET /services/{service_id}/api-auths``: who may call the service."""
    service = find(call, call.params["service_id"])
    document = _read(call.tx, service)
    answer: Document = {"enable_app_auth": document is not None}
    if document:
        authorised = [_app(call, app_id) for app_id in document["apps"]]
        answer["app_auth_api"] = {"api_id": document["api_id"], "authed_apps": authorised}
    return json_response(answer)


def accepts(call: Call, service: Service, app_code: str) -> bool:
    """Whether that is the code of an application that may call the service."""
    document = _read(call.tx, service)
    return document is not None and any(app_code in _app(call, app_id)["app_codes"] for app_id in document["apps"])


def _app_ids(call: Call) -> list[str]:
    return [item.required_text("app_id") for item in object_body(call).objects("apps", required=True) or ()]


def _authorise(call: Call, service: Service, document: Document, app_ids: list[str]) -> list[Document]:
    results = []
    for app_id in app_ids:
        reason = ""
        if settings_of(call).strict_pools and catalog.find(call.tx, "apps", app_id) is None:
            reason = f"The app {app_id} does not exist."
        else:
            document["apps"][app_id] = stable_id("auth", document["api_id"], app_id)
        results.append(
            {
                "api_id": document["api_id"],
                "app_id": app_id,
                "auth_id": document["apps"].get(app_id, ""),
                "success": not reason,
                "reason": reason,
            }
        )
    call.tx.put(_KIND, service.service_id, document, scope=service.project)
    return results


def _read(tx: Transaction, service: Service) -> Document | None:
    return tx.get(_KIND, service.service_id)


def _api(call: Call, service: Service, document: Document) -> Document:
    return {
        "api_id": document["api_id"],
        "api_method": "ANY",
        "api_name": f"{service.service_name}-{document['api_id'][:8]}",
        "api_remark": "",
        "auth_type": "APP",
        "predict_url": views.access_address(call, service),
        "service_id": service.service_id,
        "service_name": service.service_name,
        "support_app_code": True,
    }


def _app(call: Call, app_id: str) -> Document:
    return {
        "app_id": app_id,
        "app_name": f"app-{app_id[:8]}",
        "app_key": stable_id("app-key", app_id),
        "app_secret": stable_id("app-secret", app_id),
        "app_codes": [stable_id("app-code", app_id)],
        "app_remark": "",
        "app_type": "APIG",
        "bounded_api_count": sum(app_id in document["apps"] for document in call.tx.find_all(_KIND)),
        "created_at": 0,
        "updated_at": 0,
        "user_id": USER_ID,
        **(catalog.find(call.tx, "apps", app_id) or {}),
    }
