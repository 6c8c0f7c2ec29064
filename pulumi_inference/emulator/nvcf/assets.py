"""Assets: files that are uploaded to an address of the emulator's storage, and handed over with calls for a day."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from ..messages import Response, json_response, parse_json
from ..routing import Call
from ..store import Document
from . import accounts, results
from .access import is_uuid
from .callerrors import CallError
from .errors import ProblemError

LIFETIME_SECONDS: Final = 24 * 3600
URL_SECONDS: Final = 35 * 60
DESCRIPTION_HEADER: Final = "x-amz-meta-nvcf-asset-description"
_KIND: Final = "nvcf.asset"
_LONGEST_LIST: Final = 1000
_CONTENT_TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+")


def create(call: Call) -> Response:
    """``POST /assets``: an id, and where to upload to."""
    body = _body(call)
    content_type, description = body["contentType"], body["description"]
    if not _CONTENT_TYPE.fullmatch(content_type):
        raise ProblemError(500, f'Invalid mime type "{content_type}"', instance=call.request.path)
    asset_id = str(uuid4())
    document = {
        "assetId": asset_id,
        "ncaId": accounts.caller_of(call).account,
        "contentType": content_type,
        "description": description,
        "token": uuid4().hex,
        "uploadUntil": call.now + URL_SECONDS,
    }
    call.tx.put(_KIND, asset_id, document, scope=document["ncaId"])
    url = f"{results.origin(call)}{results.PREFIX}/assets/{asset_id}?signature={document['token']}"
    answer = {key: document[key] for key in ("assetId", "contentType", "description")}
    return json_response({**answer, "uploadUrl": url})


def upload(call: Call) -> Response:
    """``PUT`` to such an address, without a key; type and description have to be those of the asset."""
    document = _signed(call, "uploadUntil")
    if isinstance(document, Response):
        return document
    headers = call.request.headers
    given = (headers.get("content-type"), headers.get(DESCRIPTION_HEADER))
    if given != (document["contentType"], document["description"]):
        message = "The request signature we calculated does not match the signature you provided."
        return results.refusal(403, "SignatureDoesNotMatch", message)
    document |= {"content": b64encode(call.request.body).decode(), "createdAt": call.now}
    call.tx.put(_KIND, document["assetId"], document, scope=document["ncaId"])
    return Response(200, {"ETag": f'"{hashlib.sha256(call.request.body).hexdigest()[:32]}"'})


def download(call: Call) -> Response:
    """``GET`` such an address, without a key."""
    document = _signed(call, "downloadUntil")
    if isinstance(document, Response):
        return document
    if not _is_there(call, document):
        return results.refusal(404, "NoSuchKey", "The specified key does not exist.")
    return Response(200, {"Content-Type": document["contentType"]}, b64decode(document["content"]))


def read_all(call: Call) -> Response:
    """``GET /assets``: the first thousand that have been uploaded."""
    found = [one for one in call.tx.find_all(_KIND, scope=accounts.caller_of(call).account) if _is_there(call, one)]
    return json_response({"assets": [{"assetId": one["assetId"]} for one in found[:_LONGEST_LIST]]})


def read(call: Call) -> Response:
    """``GET /assets/{asset_id}``."""
    document = _own(call)
    created = datetime.fromtimestamp(document["createdAt"], UTC).isoformat(timespec="milliseconds")
    asset = {key: document[key] for key in ("assetId", "description", "contentType")}
    return json_response({"asset": {**asset, "createdAt": created.replace("+00:00", "Z")}})


def redirect(call: Call) -> Response:
    """``GET /assets/{asset_id}/content-redirect``: where to download from."""
    document = _own(call)
    document["downloadUntil"] = call.now + URL_SECONDS
    call.tx.put(_KIND, document["assetId"], document, scope=document["ncaId"])
    url = f"{results.origin(call)}{results.PREFIX}/assets/{document['assetId']}?signature={document['token']}"
    return json_response({"presignedUrl": url})


def delete(call: Call) -> Response:
    """``DELETE /assets/{asset_id}``."""
    call.tx.delete(_KIND, _own(call)["assetId"])
    return Response(204)


def references(header: str) -> list[str]:
    """The ids of ``NVCF-INPUT-ASSET-REFERENCES``.

    Raises:
        CallError: 400, one of them is none.
    """
    ids = [part.strip() for part in header.split(",") if part.strip()]
    if not all(is_uuid(one) for one in ids):
        raise CallError(400, "invalid HTTP header (nvcf-input-asset-references)")
    return [one.lower() for one in ids]


def describe(call: Call, asset_ids: Sequence[str]) -> list[Document]:
    """What a container finds in its directory of assets.

    Raises:
        CallError: 404, one of them is not there.
    """
    found, account = [], accounts.caller_of(call).account
    for asset_id in asset_ids:
        document = call.tx.get(_KIND, asset_id)
        if document is None or document["ncaId"] != account or not _is_there(call, document):
            raise CallError(404, f"Asset '{asset_id}' does not exist for account '{account}'")
        content = b64decode(document["content"])
        facts = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        found.append({"assetId": asset_id, "contentType": document["contentType"], **facts})
    return found


def advance(call: Call) -> None:
    """Remove what is older than a day."""
    for document in call.tx.find_all(_KIND):
        since = document["createdAt"] if "createdAt" in document else document["uploadUntil"]
        if call.now >= since + LIFETIME_SECONDS:
            call.tx.delete(_KIND, document["assetId"])


def _body(call: Call) -> dict[str, Any]:
    try:
        body = parse_json(call.request.body)
    except ValueError as error:
        raise ProblemError(400, "Failed to read request", instance=call.request.path) from error
    for name in ("contentType", "description"):
        value = body.get(name) if isinstance(body, dict) else None
        if not isinstance(value, str) or not value:
            wrong = f"object=createAssetRequest, field={name}, rejected={value}, message=must not be null"
            detail = f"Validation failed: [{wrong}]"
            raise ProblemError(400, detail, instance=call.request.path, type="")
    return dict(body)


def _own(call: Call) -> Document:
    asset_id = call.params["asset_id"]
    if not is_uuid(asset_id):
        raise ProblemError(400, f"Failed to convert 'assetId' with value: '{asset_id}'", instance=call.request.path)
    document = call.tx.get(_KIND, asset_id.lower())
    account = accounts.caller_of(call).account
    if document is None or document["ncaId"] != account or not _is_there(call, document):
        detail = f"Asset '{asset_id}' does not exist for account '{account}'"
        raise ProblemError(404, detail, instance=call.request.path)
    return document


def _is_there(call: Call, document: Document) -> bool:
    return "createdAt" in document and call.now < document["createdAt"] + LIFETIME_SECONDS


def _signed(call: Call, until: str) -> Document | Response:
    """The asset of an address that is still good, or why it is not."""
    document = call.tx.get(_KIND, call.params["asset_id"])
    if document is None or call.request.query_value("signature") != document["token"] or until not in document:
        return results.refusal(403, "AccessDenied", "Access Denied")
    if call.now >= document[until]:
        return results.refusal(403, "AccessDenied", "Request has expired")
    return document
