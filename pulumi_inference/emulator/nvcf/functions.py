"""Functions and their versions (nvcf.md section 5)."""

from typing import Final
from uuid import uuid4

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, artifacts, functionviews, lookups, records, secretbody, telemetries
from .accounts import Caller
from .errors import ProblemError, invalid
from .fields import object_body
from .functionbody import CREATE, read_function
from .settings import settings_of
from .times import iso

VISIBILITIES: Final = ("public", "private", "authorized")


def create(call: Call) -> Response:
    """``POST /functions``."""
    body, caller = read_function(object_body(call, CREATE)), accounts.caller_of(call)
    if not caller.may_make():
        raise ProblemError(403, "Forbidden to create function")
    _check_quota(call, caller)
    return _make(call, caller, body, str(uuid4()), [])


def create_version(call: Call) -> Response:
    """``POST /functions/{functionId}/versions``."""
    body, caller = read_function(object_body(call, CREATE)), accounts.caller_of(call)
    function_id = call.params["functionId"]
    siblings = records.find_versions(call.tx, function_id)
    if any(records.is_public(version) for version in siblings):
        raise invalid(f"Function id '{function_id}': Cannot create version of a public function")
    if not siblings or siblings[0]["ncaId"] != caller.account:
        raise lookups.no_function(function_id, caller)
    if not caller.may_make(function_id):
        raise ProblemError(403, f"Function id '{function_id}': Forbidden to create function version")
    return _make(call, caller, body, function_id, siblings)


def read_all(call: Call) -> Response:
    """``GET /functions``: one entry for each version."""
    caller = accounts.caller_of(call)
    return json_response(
        {"functions": [functionviews.answer(call, version, caller) for version in _visible(call, caller)]}
    )


def read_ids(call: Call) -> Response:
    """``GET /functions/ids``."""
    caller = accounts.caller_of(call)
    return json_response({"functionIds": list(dict.fromkeys(version["id"] for version in _visible(call, caller)))})


def read_versions(call: Call) -> Response:
    """``GET /functions/{functionId}/versions``."""
    caller, function_id = accounts.caller_of(call), call.params["functionId"]
    versions = [
        version
        for version in records.find_versions(call.tx, function_id, call.stale)
        if records.may_call(version, caller.account, records.shared_with(version))
    ]
    if not versions:
        raise lookups.no_function(function_id, caller)
    covered = [version for version in versions if records.is_public(version) or caller.covers(version)]
    if not covered:
        raise ProblemError(403, f"Function id '{function_id}': Forbidden to retrieve versions")
    return json_response({"functions": [functionviews.answer(call, version, caller) for version in covered]})


def read(call: Call) -> Response:
    """``GET /functions/{functionId}/versions/{versionId}``."""
    caller = accounts.caller_of(call)
    function_id, version_id = call.params["functionId"], call.params["versionId"]
    version = records.find_version(call.tx, function_id, version_id, call.stale)
    if version is None or not records.may_call(version, caller.account, records.shared_with(version)):
        raise lookups.no_version(function_id, version_id, caller)
    if not (records.is_public(version) or caller.covers(version)):
        raise lookups.forbidden(version, "retrieve function details")
    details = caller.has("list_functions_details")
    secrets = details and (call.request.query_value("includeSecrets") or "true").lower() == "true"
    answer = functionviews.answer(call, version, caller, secrets=secrets, details=details)
    return json_response({"function": answer})


def delete(call: Call) -> Response:
    """``DELETE /functions/{functionId}/versions/{versionId}``: at once, with all that hangs on it."""
    caller = accounts.caller_of(call)
    version = lookups.own_version(call, caller, "delete", public="Cannot delete a public function")
    records.delete_version(call.tx, version)
    return Response(204)


def new(call: Call, account: str, function_id: str, body: Document, siblings: list[Document]) -> Document:
    """A version that is not kept yet; without its secrets."""
    return {
        **body,
        "id": function_id,
        "versionId": str(uuid4()),
        "ncaId": account,
        "status": "INACTIVE",
        "createdAt": iso(call.now_ms),
        "functionParties": siblings[0]["functionParties"] if siblings else None,
        "versionParties": None,
        "secrets": {},
    }


def _make(call: Call, caller: Caller, body: Document, function_id: str, siblings: list[Document]) -> Response:
    secrets = body.pop("secrets", [])
    telemetries.check_used(call, caller, body.get("telemetries"))
    if "llmInvocationConfig" in body and body["functionType"] != "LLM":
        raise invalid("Only LLM functions support llmInvocationConfig")
    version = new(call, caller.account, function_id, body, siblings)
    artifacts.complete(call, version)
    artifacts.check(call, version, "create")
    lookups.join_family(version, siblings)
    if secretbody.has_duplicates(secrets):
        raise invalid(f"{lookups.where(version)}: Duplicate secrets keys in the payload")
    version["secrets"] = {secret["name"]: secret["value"] for secret in secrets}
    for one in (version, *siblings):
        if one is version or version["functionType"] == "LLM":
            records.save_version(call.tx, one)
    answer = functionviews.answer(call, version, caller, secrets=True, as_sent=True)
    return json_response({"function": answer})


def _visible(call: Call, caller: Caller) -> list[Document]:
    """What a list shows: public ones, then the own ones, then those that others share."""
    wanted = _visibilities(call)
    versions = records.find_versions(call.tx, stale=call.stale)
    of_kind: dict[str, list[Document]] = {kind: [] for kind in VISIBILITIES}
    for version in versions:
        if records.is_public(version):
            of_kind["public"].append(version)
        if version["ncaId"] == caller.account:
            of_kind["private"].append(version)
        if caller.account in records.shared_with(version):
            of_kind["authorized"].append(version)
    shown = [
        version
        for kind in VISIBILITIES
        if kind in wanted
        for version in of_kind[kind]
        if kind == "public" or caller.covers(version)
    ]
    return list({version["versionId"]: version for version in shown}.values())


def _visibilities(call: Call) -> set[str]:
    given = [value for name, value in call.request.query if name == "visibility"]
    wanted = {word.strip().lower() for value in given for word in value.split(",") if word.strip()}
    unknown = wanted - set(VISIBILITIES)
    if unknown:
        raise ProblemError(400, f"Failed to convert 'visibility' with value: '{','.join(sorted(unknown))}'")
    return wanted or set(VISIBILITIES)


def _check_quota(call: Call, caller: Caller) -> None:
    most = accounts.limit(call.tx, caller.account, "maxFunctionsAllowed", settings_of(call).max_functions)
    if most is not None and len(call.tx.find_all(records.VERSION, caller.account)) >= most:
        raise invalid(
            f"Account '{caller.account}': Reached or exceeded the max limit for the number of functions allowed: "
            f"{most}. Please contact your account team for more details"
        )
