"""Assets: uploaded to an address of the emulator, handed over with calls."""

import hashlib
from typing import Any
from uuid import uuid4

import httpx
import pytest

from .nvcfcalls import Calls, problem

API = "/v2/nvcf/assets"
BODY = {"contentType": "image/png", "description": "a picture"}
CONTENT = b"\x89PNG"


def stranger(calls: Calls) -> httpx.Client:
    """Somebody without a key."""
    return httpx.Client(transport=calls.http._transport)


def create(calls: Calls, **changes: Any) -> dict[str, Any]:
    answer = calls.http.post(API, json={**BODY, **changes})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def upload(calls: Calls, asset: dict[str, Any], **headers: str) -> httpx.Response:
    given = {"Content-Type": asset["contentType"], "x-amz-meta-nvcf-asset-description": asset["description"]}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return stranger(calls).put(asset["uploadUrl"], content=CONTENT, headers=given)


def uploaded(calls: Calls) -> str:
    asset = create(calls)
    assert upload(calls, asset).status_code == 200
    return str(asset["assetId"])


def test_life(calls: Calls) -> None:
    asset = create(calls)
    assert set(asset) == {"assetId", "uploadUrl", "contentType", "description"}
    assert calls.http.get(API).json() == {"assets": []}
    assert upload(calls, asset).status_code == 200
    assert calls.http.get(API).json() == {"assets": [{"assetId": asset["assetId"]}]}
    shown = calls.http.get(f"{API}/{asset['assetId']}").json()["asset"]
    assert shown == {"assetId": asset["assetId"], **BODY, "createdAt": "2024-03-21T00:00:00.000Z"}
    url = calls.http.get(f"{API}/{asset['assetId']}/content-redirect").json()["presignedUrl"]
    content = stranger(calls).get(url)
    assert (content.content, content.headers["Content-Type"]) == (CONTENT, "image/png")
    assert calls.http.delete(f"{API}/{asset['assetId']}").status_code == 204
    gone = calls.http.delete(f"{API}/{asset['assetId']}")
    told = (404, f"Asset '{asset['assetId']}' does not exist for account 'nca-emulator'")
    assert (gone.status_code, gone.json()["detail"]) == told
    assert stranger(calls).get(url).status_code == 403


@pytest.mark.parametrize("header", ["Content_Type", "x_amz_meta_nvcf_asset_description"])
def test_headers_of_the_upload_are_checked(calls: Calls, header: str) -> None:
    asset = create(calls)
    answer = upload(calls, asset, **{header: "other"})
    assert (answer.status_code, "SignatureDoesNotMatch" in answer.text) == (403, True)
    assert calls.http.get(API).json() == {"assets": []}


def test_addresses_expire_and_cannot_be_guessed(calls: Calls) -> None:
    asset = create(calls)
    guessed = {**asset, "uploadUrl": f"{asset['uploadUrl']}0"}
    assert "Access Denied" in upload(calls, guessed).text
    calls.clock.advance(35 * 60)
    late = upload(calls, asset)
    assert (late.status_code, "Request has expired" in late.text) == (403, True)


@pytest.mark.parametrize("changes", [{"contentType": None}, {"description": None}, {"description": 7}])
def test_both_are_required(calls: Calls, changes: Any) -> None:
    answer = calls.http.post(API, json={**BODY, **changes})
    assert (answer.status_code, answer.json()["detail"].startswith("Validation failed: ")) == (400, True)


def test_type_with_a_parameter(calls: Calls) -> None:
    assert calls.http.post(API, json={**BODY, "contentType": "text/plain; charset=utf-8"}).status_code == 500


def test_needs_a_key(calls: Calls) -> None:
    assert stranger(calls).get(f"https://api.nvcf.nvidia.com{API}").status_code == 401
    assert calls.http.get(f"{API}/x").status_code == 400


def test_gone_after_a_day(calls: Calls) -> None:
    asset_id = uploaded(calls)
    calls.clock.advance(24 * 3600 - 1)
    assert calls.http.get(f"{API}/{asset_id}").status_code == 200
    calls.clock.advance(1)
    assert calls.http.get(f"{API}/{asset_id}").status_code == 404
    assert calls.http.get(API).json() == {"assets": []}


def test_handed_over_with_a_call(calls: Calls) -> None:
    ids = [uploaded(calls), uploaded(calls)]
    seen = calls.pexec(calls.put(), NVCF_Input_Asset_References=f"{ids[0]}, {ids[1]}").json()
    assert seen["headers"]["nvcf-function-asset-ids"] == ",".join(ids)
    assert seen["headers"]["nvcf-asset-dir"].endswith(seen["headers"]["nvcf-reqid"])
    facts = {"contentType": "image/png", "bytes": 4, "sha256": hashlib.sha256(CONTENT).hexdigest()}
    assert seen["assets"] == [{"assetId": asset_id, **facts} for asset_id in ids]


def test_handed_over_in_the_older_envelope(calls: Calls) -> None:
    asset_id = uploaded(calls)
    envelope = {"requestHeader": {"inputAssetReferences": [asset_id]}, "requestBody": {}}
    answer = calls.http.post(f"/v2/nvcf/exec/functions/{calls.put()['id']}", json=envelope)
    assert answer.json()["response"]["assets"][0]["assetId"] == asset_id


def test_wrong_references(calls: Calls) -> None:
    version, unknown = calls.put(), str(uuid4())
    assert problem(calls.pexec(version, NVCF_Input_Asset_References="x"))[0] == 400
    told = (404, f"Asset '{unknown}' does not exist for account 'nca-emulator'")
    assert problem(calls.pexec(version, NVCF_Input_Asset_References=unknown)) == told
    assert problem(calls.pexec(version, NVCF_Input_Asset_References=create(calls)["assetId"]))[0] == 404
