"""Input assets of one call: those that have an id, and files that are uploaded for it (reference 10)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pulumi_inference.core.errors import ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Due, FileBody, quote_segment
from pulumi_inference.core.http.members import object_of
from pulumi_inference.core.invocation.address import check_way
from pulumi_inference.core.invocation.bodies import file_type
from pulumi_inference.nvcf.client import DIRECT, is_uuid

if TYPE_CHECKING:
    from pulumi_inference.nvcf.connection import NvcfConnection

ASSETS: Final = f"{DIRECT}/assets"
LARGEST_ASSET: Final = 5 * 2**30
UPLOAD_SECONDS: Final = 60.0
"""Seconds that the storage may say nothing while it is sent a file."""
_SMALL = 2**16


@contextmanager
def input_assets(account: NvcfConnection, assets: Sequence[str]) -> Iterator[list[str]]:
    """The ids of input assets in their order: what is no id is a file, uploaded now and deleted when it has served.

    Raises:
        ConfigurationError: a file cannot be read, or is too large.
        InferenceError: it cannot be uploaded.
    """
    bodies = {one: FileBody.of(one) for one in assets if not is_uuid(one)}
    for one, body in bodies.items():
        if body.size > LARGEST_ASSET:
            raise ConfigurationError(f"{one} has {body.size / 2**30:.1f} GB; an asset has at most 5 GB")
    http, made = account.client().invocation, dict[str, str]()
    try:
        for one, body in bodies.items():
            made[one] = _upload(http, account.invocation_url, body)
        yield [made.get(one, one) for one in assets]
    finally:
        for asset_id in made.values():
            with suppress(InferenceError):  # it is gone after a day anyway
                http.request("DELETE", f"{ASSETS}/{quote_segment(asset_id)}", due=Due.NOTHING, retry_seconds=0)


def _upload(http: HttpClient, home: str, body: FileBody) -> str:
    """Uploads a file; answers the asset's id. The storage wants to hear again what the API was told, and no key."""
    kind, description = file_type(body.path.name), _in_header(body.path.name)
    answer = http.request("POST", ASSETS, json={"contentType": kind, "description": description})
    asset = object_of(answer)
    asset_id, url = asset.get("assetId"), asset.get("uploadUrl")
    if not isinstance(asset_id, str) or not is_uuid(asset_id) or not isinstance(url, str):
        raise ResponseError(f"{answer.request}: the answer has no id of an asset, or no address to upload it to")
    parts = urlsplit(url)
    http.redactor.add(parts.query)
    base_url, target = f"{parts.scheme}://{parts.netloc}", parts._replace(scheme="", netloc="", fragment="").geturl()
    check_way(base_url, home)
    with closing(http.elsewhere(base_url).within(UPLOAD_SECONDS).taking(Due.ANYTHING, _SMALL)) as storage:
        headers = {"content-type": kind, "x-amz-meta-nvcf-asset-description": description}
        storage.request("PUT", target, content=body, headers=headers)
    return asset_id


def _in_header(name: str) -> str:
    """A file's name as it can stand in a header."""
    return "".join(one if one.isascii() and one.isprintable() else "_" for one in name).strip() or "file"
