"""Input assets of one call: those that have an id, and files that are uploaded for it (reference 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from pulumi_inference.core.errors import ConfigurationError, InferenceError, ResponseError
from pulumi_inference.core.http.exchange import FileBody
from pulumi_inference.core.invocation.bodies import file_type
from pulumi_inference.nvcf.client import NvcfClient, is_uuid
from pulumi_inference.nvcf.specs.asset import AssetUpload
from pulumi_inference.nvcf.storage import LARGEST, upload

if TYPE_CHECKING:
    from pulumi_inference.nvcf.connection import NvcfConnection


@contextmanager
def input_assets(account: NvcfConnection, assets: Sequence[str]) -> Iterator[list[str]]:
    """The ids of input assets in their order: what is no id is a file, uploaded now and deleted when it has served.

    Raises:
        ConfigurationError: a file cannot be read, or is too large.
        InferenceError: it cannot be uploaded.
    """
    bodies = {one: FileBody.of(one) for one in assets if not is_uuid(one)}
    for one, body in bodies.items():
        if body.size > LARGEST:
            raise ConfigurationError(f"{one} has {body.size / 2**30:.1f} GB; an asset has at most 5 GB")
    client, made = account.client(), dict[str, str]()
    try:
        for one, body in bodies.items():
            asset = _asset(client, body)
            made[one] = asset["assetId"]  # before it has its content: what fails now is taken away, too
            _upload(client, body, asset)
        yield [made.get(one, one) for one in assets]
    finally:
        for asset_id in made.values():
            with suppress(InferenceError):  # it is gone after a day anyway
                client.delete_asset(asset_id, retry_seconds=0)


def _asset(client: NvcfClient, body: FileBody) -> Mapping[str, Any]:
    """A new asset for a file."""
    kind, description = file_type(body.path.name), _in_header(body.path.name)
    asset = AssetUpload.recognise(client.create_asset(kind, description).json(), "a new asset")
    if not is_uuid(asset["assetId"]):
        raise ResponseError("the answer to an upload has no id of an asset")
    return asset


def _upload(client: NvcfClient, body: FileBody, asset: Mapping[str, Any]) -> None:
    kind, description = file_type(body.path.name), _in_header(body.path.name)
    upload(client.invocation, asset["uploadUrl"], body, content_type=kind, description=description)


def _in_header(name: str) -> str:
    """A file's name as it can stand in a header."""
    return "".join(one if one.isascii() and one.isprintable() else "_" for one in name).strip() or "file"
