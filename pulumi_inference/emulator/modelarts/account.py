"""What the account may do: the authorisation of ModelArts and the balance (modelarts.md sections 8.10 and 11)."""

from typing import Final

from ..huaweicloud.accounts import USER, USER_ID
from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import listing
from .settings import settings_of

_KIND: Final = "modelarts.authorization"
_EVERYBODY: Final = ("all", "all-users")
_LONGEST_SUFFIX: Final = 50


def check(call: Call) -> None:
    """Refuse a deployment that the account has no authorisation or no money for.

    Raises:
        HuaweiError: 403 ModelArts.2785, 401 ModelArts.0428, 403 ModelArts.4116 or 4118.
    """
    if not settings_of(call).authorised:
        _check_authorisation(call)
    if settings_of(call).balance == "arrears":
        raise HuaweiError(403, "ModelArts.4116", "User has been owed, please check the account status and balance.")
    if settings_of(call).balance == "suspended":
        raise HuaweiError(403, "ModelArts.4118", "User has been suspended, please check the account balance.")


def create_agency(call: Call) -> Response:
    """``POST /v2/{project_id}/agency``."""
    body = object_body(call) if call.request.body else Fields({}, "")
    suffix = body.text("agency_name_suffix", longest=_LONGEST_SUFFIX)
    return json_response({"agency_name": f"ma_agency_{suffix}" if suffix else "modelarts_agency"})


def authorise(call: Call) -> Response:
    """``POST /v2/{project_id}/authorizations``."""
    body = object_body(call)
    kind = (body.text("type") or "agency").lower()
    if kind not in ("agency", "credential"):
        raise body.invalid("type", "must be one of agency, credential")
    user_id = body.required_text("user_id") if kind == "agency" else USER_ID
    if kind == "credential":
        body.required_text("secret_key")
    document = {
        "user_id": user_id,
        "user_name": body.text("user_name") or (USER if user_id == USER_ID else user_id),
        "type": kind,
        "content": body.required_text("content"),
        "create_time": call.now_ms,
    }
    call.tx.put(_KIND, _key(call, user_id), document, scope=call.params["project_id"])
    return _done()


def authorisations(call: Call) -> Response:
    """``GET /v2/{project_id}/authorizations``; secrets are not answered."""
    key = call.request.query_value("sort_by") or "user_name"
    listing.check_choice("sort_by", key, ("user_name", "create_time"))
    order = call.request.query_value("order") or "asc"
    listing.check_choice("order", order, ("asc", "desc"))
    found = sorted(_all(call), key=lambda item: item[key], reverse=order == "desc")
    return json_response({"total_count": len(found), "auth": listing.page(call, found, by_page=True)})


def withdraw(call: Call) -> Response:
    """``DELETE /v2/{project_id}/authorizations``: of one user, the caller unless named, or of all."""
    user_id = call.request.query_value("user_id") or USER_ID
    for item in _all(call):
        if user_id in (item["user_id"], *_EVERYBODY):
            call.tx.delete(_KIND, _key(call, item["user_id"]))
    return _done()


def _check_authorisation(call: Call) -> None:
    users = [item["user_id"] for item in _all(call)]
    if not users:
        raise HuaweiError(403, "ModelArts.2785", "AuthorizationNotFound")
    if not {USER_ID, *_EVERYBODY} & set(users):
        raise HuaweiError(401, "ModelArts.0428", "The user authorization does not exist.")


def _all(call: Call) -> list[Document]:
    return call.tx.find_all(_KIND, call.params["project_id"])


def _key(call: Call, user_id: str) -> str:
    return f"{call.params['project_id']}/{user_id}"


def _done() -> Response:
    return json_response({"result": "true"})
