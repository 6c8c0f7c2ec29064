"""A file that functions are called with (reference 10)."""

from __future__ import annotations

from pulumi_inference.core.fields.facts import Spec, field
from pulumi_inference.core.fields.record import Record
from pulumi_inference.core.lifecycle.options import connection_name
from pulumi_inference.nvcf.specs.placed import Placed

LONGEST_DESCRIPTION = 1024
"""Characters of a description: it is kept as a header, and storages take 2 KB of them."""


class AssetSpec(Placed):
    """A file that functions of NVIDIA Cloud Functions are called with; NVCF deletes it after 24 hours."""

    content_type: str = field(
        description="Media type, without parameters.",
        source="assets",
        wire="contentType",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$",
        hint='must be a plain type and subtype, such as "image/png": NVCF fails at parameters',
        immutable=True,
        examples=("image/png",),
    )
    description: str | None = field(
        None,
        description="What it is.",
        source="assets",
        max_length=LONGEST_DESCRIPTION,
        pattern=r"^[!-~]+( [!-~]+)*$",
        hint="must be letters, digits and signs of ASCII with single blanks between, because it is sent as a header",
        immutable=True,
        examples=("A picture of a bridge.",),
    )
    source: str | None = field(
        None,
        description="Path of the file. One of source and content is required.",
        source="pulumi-inference",
        local=True,
        min_length=1,
        examples=("bridge.png",),
    )
    content: str | None = field(
        None, description="The content itself, as text that is sent in UTF-8.", source="pulumi-inference", local=True
    )
    fingerprint: str | None = field(
        None,
        description="SHA-256 of the content, by which a change is seen.",
        source="pulumi-inference",
        local=True,
        resolved=True,
        immutable=True,
    )
    connection: str | None = connection_name()


class AssetOutputs(Spec):
    """What is known of it besides."""

    asset_id: str = field(
        description="Id, by which a call names it.", source="assets", wire="assetId", stable_unless=()
    )
    created_at: str | None = field(
        None, description="When it was uploaded, ISO 8601 in UTC.", source="assets", wire="createdAt", stable_unless=()
    )
    expires_at: str | None = field(
        None,
        description="When NVCF deletes it, ISO 8601 in UTC; the next `pulumi up` makes it anew.",
        source="assets",
        stable_unless=(),
    )


class AssetUpload(Record):
    """Where the content of a new asset goes. The address is as good as a key."""

    asset_id: str = field(description="Its id.", source="assets", wire="assetId", always_answered=True)
    upload_url: str = field(
        description="Address that it is uploaded to.",
        source="assets",
        wire="uploadUrl",
        always_answered=True,
        secret=True,
    )


class AssetSummary(Record):
    """An asset in the list."""

    asset_id: str = field(description="Its id.", source="assets", wire="assetId", always_answered=True)


class AssetDetail(AssetSummary):
    """An asset as the cloud answers it."""

    content_type: str = field(description="Its media type.", source="assets", wire="contentType", always_answered=True)
    description: str | None = field(None, description="What it is.", source="assets")
    created_at: str | None = field(None, description="When it was uploaded.", source="assets", wire="createdAt")
