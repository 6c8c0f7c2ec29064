"""Short-lived tokens with which somebody calls functions for an end user (nvcf.md section 12)."""

from base64 import urlsafe_b64encode
from json import dumps
from typing import Final

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, lookups, records
from .accounts import Caller
from .errors import ProblemError, invalid
from .fields import object_body

_SECONDS: Final = 900
_MOST_FUNCTIONS: Final = 4


def create(call: Call) -> Response:
    """``POST /tokens/functions/{functionId}``, with ``/versions/{versionId}`` or without."""
    body, caller = object_body(call, "invocationTokenRequest"), accounts.caller_of(call)
    client = body.text("clientId", required=True, least=1)
    body.check()
    wanted = {"functionId": call.params["functionId"], "functionVersionId": call.params.get("versionId")}
    return _issue(call, caller, client, [wanted])


def create_for_several(call: Call) -> Response:
    """``POST /tokens/functions``: for up to four functions."""
    body, caller = object_body(call, "multiFunctionsInvocationTokenRequest"), accounts.caller_of(call)
    client = body.text("clientId", required=True, least=1)
    wanted = [
        {"functionId": one.uuid("functionId"), "functionVersionId": one.uuid("functionVersionId")}
        for one in body.sections("functions", required=True) or ()
    ]
    if len(wanted) > _MOST_FUNCTIONS:
        body.violate("functions", f"Maximum number of functions to invoke {_MOST_FUNCTIONS} is exceeded")
    body.check()
    if any(one["functionId"] is None for one in wanted):
        raise invalid("Invalid request: 'functionId' must be specified")
    return _issue(call, caller, client, wanted)


def _issue(call: Call, caller: Caller, client: str | None, wanted: list[Document]) -> Response:
    for one in wanted:
        _check(call, caller, one["functionId"], one["functionVersionId"])
    claims = {
        "sub": client,
        "org": caller.org,
        "scopes": ["invoke_function"],
        "resources": [f"function:{one['functionId']}/{one['functionVersionId'] or '*'}" for one in wanted],
        "exp": int(call.now) + _SECONDS,
    }
    parts = ({"alg": "none"}, claims)
    token = ".".join(urlsafe_b64encode(dumps(part).encode()).decode().rstrip("=") for part in parts)
    return json_response({"access_token": f"{token}.emulator", "expires_in": _SECONDS})


def _check(call: Call, caller: Caller, function_id: str, version_id: str | None) -> None:
    """A function that the caller may call."""
    versions = [
        version
        for version in records.find_versions(call.tx, function_id)
        if version_id in (None, version["versionId"])
        and records.may_call(version, caller.account, records.shared_with(version))
    ]
    if not versions:
        missing = lookups.no_function(function_id, caller)
        raise missing if version_id is None else lookups.no_version(function_id, version_id, caller)
    if not any(records.is_public(version) or caller.covers(version) for version in versions):
        raise ProblemError(403, f"Function id '{function_id}': Forbidden to invoke")
