"""What NVIDIA's own SDK asks NGC beside the calls of NVCF (nvcf.md section 16.1)."""

from urllib.parse import parse_qs

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import accounts
from .errors import NgcError


def caller_info(call: Call) -> Response:
    """``POST /v3/keys/get-caller-info``: whose key it is; the key stands in the form, not in a header."""
    form = parse_qs(call.request.body.decode("utf-8", "replace"))
    key = next(iter(form.get("credentials", ())), "")
    found = accounts.find_key(call.tx, key)
    if found is None:
        raise NgcError(401, "UNAUTHORIZED", "Invalid credentials")
    org = found.get("org", accounts.ORG)
    kind = "PERSONAL_KEY" if found.get("scopes") is None else "SERVICE_KEY"
    role = {"org": _organisation(call, org), "orgRoles": ["CLOUD_FUNCTIONS_ADMIN"]}
    return json_response({"type": kind, "orgName": org, "user": {"email": f"{org}@example.com", "roles": [role]}})


def organisations(call: Call) -> Response:
    """``GET /v2/orgs``: those of the caller."""
    found = [_organisation(call, accounts.caller_of(call).org)]
    page = {"index": 0, "totalPages": 1, "totalResults": len(found)}
    return json_response({"requestStatus": {"statusCode": "SUCCESS"}, "paginationInfo": page, "organizations": found})


def image(_call: Call) -> Response:
    """``GET /v2/org/{org}/repos/…/images/{tag}``: whether an image is there; 403 is a mere warning to the SDK."""
    raise NgcError(403, "FORBIDDEN", "Access to the registry is not part of the emulator")


def _organisation(call: Call, org: str) -> Document:
    found = accounts.organisation(call.tx, org) or {"ncaId": accounts.account_of(org)}
    return {"name": org, "displayName": org, "billingAccountId": found["ncaId"]}
