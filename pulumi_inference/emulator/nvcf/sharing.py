"""Which accounts else may see and call a function (nvcf.md section 11)."""

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts, lookups, records
from .accounts import Caller
from .errors import ProblemError, invalid
from .fields import Fields, as_set, object_body
from .settings import settings_of


def share(call: Call) -> Response:
    """``POST``: the accounts replace those of the level, the function's or the version's."""
    body = object_body(call, "authorizedPartiesRequest")
    parties = [_read(party) for party in body.sections("authorizedParties", required=True) or ()]
    _check_parties(body, parties)
    body.check()
    caller = accounts.caller_of(call)
    versions = _for_change(call, caller, "create")
    for party in parties:
        _check_account(call, caller, party)
    return _keep(call, versions, as_set(parties))


def read_all(call: Call) -> Response:
    """``GET`` of a function: one entry for each version."""
    caller = accounts.caller_of(call)
    versions = [version for version in _own(call, caller) if caller.covers(version)]
    return json_response({"functions": [_with_inherited(version) for version in versions]})


def read(call: Call) -> Response:
    """``GET`` of a version: what its function and it are shared with."""
    caller = accounts.caller_of(call)
    version = _own(call, caller)[0]
    _check_resource(caller, version, "get")
    return json_response({"function": _with_inherited(version)})


def add(call: Call) -> Response:
    """``PATCH …/add``: one more account, when there is one already."""
    party, versions = _read_patch(call, "add")
    parties = _level(call, versions[0])
    if not parties:
        raise _nothing_to_patch(call)
    if party in parties:
        raise ProblemError(409, f"{_place(call)}: Account '{party}' is already authorized to access the {_what(call)}")
    return _keep(call, versions, as_set([*parties, party]))


def remove(call: Call) -> Response:
    """``PATCH …/remove``: one account less."""
    party, versions = _read_patch(call, "remove")
    parties = _level(call, versions[0])
    if not parties:
        raise _nothing_to_patch(call)
    if party not in parties:
        text = f"Specified account '{party}' is not an authorized party for the {_what(call)}"
        raise ProblemError(404, f"{_place(call)}: {text}")
    return _keep(call, versions, [one for one in parties if one != party])


def delete(call: Call) -> Response:
    """``DELETE``: shared with nobody at that level; the answer names no accounts."""
    versions = _for_change(call, accounts.caller_of(call), "delete")
    return _keep(call, versions, None)


def _read(party: Fields) -> str:
    party.text("clientId")
    return party.text("ncaId", required=True, least=1) or ""


def _check_parties(body: Fields, parties: list[str]) -> None:
    name = "authorizedParties"
    if not parties:
        body.violate(name, "must not be empty")
    if len(set(parties)) != len(parties):
        body.violate(name, "Invalid request: Duplicate authorized accounts specified")
    if records.EVERYBODY in parties and len(parties) > 1:
        text = "Invalid request: Multiple authz parties or clientId specified with wildcard account"
        body.violate(name, text)


def _read_patch(call: Call, what: str) -> tuple[str, list[Document]]:
    body = object_body(call, "patchAuthorizedPartyRequest")
    section = body.section("authorizedParty", required=True)
    party = _read(section) if section else ""
    body.check()
    caller = accounts.caller_of(call)
    versions = _for_change(call, caller, what)
    if party == records.EVERYBODY:
        raise invalid(f"{_place(call)}: Invalid authz account '{party}' specified for {what} operation")
    _check_account(call, caller, party)
    return party, versions


def _check_account(call: Call, caller: Caller, party: str) -> None:
    """Refuse the owner's own account, everybody, and one that there is not."""
    if party == records.EVERYBODY:
        text = "Only NVIDIA Super Admin can make a function public"
        raise invalid(f"Function id '{call.params['functionId']}': {text}")
    is_unknown = settings_of(call).strict_accounts and not accounts.is_known(call.tx, party)
    if party == caller.account or is_unknown:
        raise invalid(f"Invalid request: Authorized party mapped to account '{party}' is invalid")


def _own(call: Call, caller: Caller) -> list[Document]:
    """The versions that the path is about, oldest first."""
    function_id, version_id = call.params["functionId"], call.params.get("versionId")
    found = [
        version
        for version in records.find_versions(call.tx, function_id, call.stale)
        if version["ncaId"] == caller.account and version_id in (None, version["versionId"])
    ]
    if not found:
        missing = lookups.no_function(function_id, caller)
        raise missing if version_id is None else lookups.no_version(function_id, version_id, caller)
    return found


def _check_resource(caller: Caller, version: Document, what: str) -> None:
    if not caller.covers(version):
        raise lookups.forbidden(version, f"{what} authorized party")


def _for_change(call: Call, caller: Caller, what: str) -> list[Document]:
    function_id = call.params["functionId"]
    versions = records.find_versions(call.tx, function_id)
    if any(version["ncaId"] == caller.account and records.is_public(version) for version in versions):
        raise invalid(f"Function id '{function_id}': Cannot {what} authorized parties for public function")
    own = _own(call, caller)
    _check_resource(caller, own[0], what)
    return own


def _level(call: Call, version: Document) -> list[str]:
    return version[_member(call)] or []


def _member(call: Call) -> str:
    return "versionParties" if "versionId" in call.params else "functionParties"


def _with_inherited(version: Document) -> Document:
    return _view(version, records.shared_with(version), of_version=True)


def _keep(call: Call, versions: list[Document], parties: list[str] | None) -> Response:
    for version in versions:
        version[_member(call)] = parties
        records.save_version(call.tx, version)
    return json_response({"function": _view(versions[0], parties, of_version="versionId" in call.params)})


def _view(version: Document, parties: list[str] | None, *, of_version: bool) -> Document:
    found = {"id": version["id"], "ncaId": version["ncaId"]}
    if of_version:
        found["versionId"] = version["versionId"]
    if parties is not None:
        found["authorizedParties"] = [{"ncaId": party} for party in parties]
    return found


def _place(call: Call) -> str:
    version_id = call.params.get("versionId")
    place = f"Function id '{call.params['functionId']}'"
    return place if version_id is None else f"{place}, version '{version_id}'"


def _what(call: Call) -> str:
    return "function version" if "versionId" in call.params else "function"


def _nothing_to_patch(call: Call) -> ProblemError:
    return ProblemError(404, f"{_place(call)}: Does not have any authorized parties to be patched")
