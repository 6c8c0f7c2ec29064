"""What is asked about queues, sharing, telemetries, credentials and assets (reference 9 to 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import NotFoundError, ResponseError
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup, Option
from pulumi_inference.nvcf.specs.records import (
    API,
    AssetSummary,
    AuthorizedAccounts,
    FunctionQueue,
    QueuePosition,
    RegistryCredentialSummary,
    TelemetrySummary,
)

if TYPE_CHECKING:
    from pulumi_inference.nvcf.client import NvcfClient


class GetQueues(Lookup[list[FunctionQueue]]):
    """How many requests wait, for each version of a function or for one.

    A version that is not deployed has no queue, and one that is DEGRADING has none that is shown.
    """

    source = API
    subject = "function_id"
    command = "queues"
    columns: ClassVar[Mapping[str, Column]] = {
        "function": "function_name",
        "version id": "version_id",
        "status": "status",
        "waiting": "depth",
    }

    function_id: str = field(description="Id of the function.", source=API)
    version_id: str | None = field(None, description="Id of a version.", source=API)

    def ask(self, client: NvcfClient) -> list[FunctionQueue]:
        """The queues; none where nothing is deployed."""
        try:
            found = client.get_queues(f"{self.function_id},{self.version_id or ''}")
        except NotFoundError as error:
            if "Queue not found" in error.message:
                return []
            raise
        return [FunctionQueue.read(one, f"a queue of {self.function_id}") for one in found]


class GetQueuePosition(Lookup[QueuePosition]):
    """Where a request stands in its queue."""

    source = API
    subject = "request_id"

    request_id: str = field(description="Id of the request: NVCF-REQID of an answer.", source=API)

    def ask(self, client: NvcfClient) -> QueuePosition:
        """Its place."""
        return QueuePosition.read(client.get_queue_position(self.request_id), f"the request {self.request_id}")


class GetAuthorizations(Lookup[list[AuthorizedAccounts]]):
    """Which accounts may call a function, by version; or one version."""

    source = "function-permissions"
    subject = "function_id"
    command = "authorizations"
    noun = "versions"
    columns: ClassVar[Mapping[str, Column]] = {
        "function id": "function_id",
        "version id": "version_id",
        "owner": "owner",
        "shared with": "accounts",
    }

    function_id: str = field(description="Id of the function.", source="function-permissions")
    version_id: str | None = field(None, description="Id of a version.", source="function-permissions")

    def ask(self, client: NvcfClient) -> list[AuthorizedAccounts]:
        """Each version with all that may call it, because it or the whole function is shared."""
        if self.version_id:
            found = [client.get_authorization(f"{self.function_id},{self.version_id}")]
        else:
            found = client.list_authorizations(self.function_id)
        return [_authorized(one, self.function_id) for one in found]


class GetTelemetries(Lookup[list[TelemetrySummary]]):
    """The telemetry endpoints of the account."""

    source = API
    command = "telemetries"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "telemetry id": "telemetry_id",
        "provider": "provider",
        "protocol": "protocol",
        "types": "types",
        "endpoint": "telemetry_endpoint",
    }

    name: str | None = field(None, description="Only the one with this name.", source=API, local=True)

    def ask(self, client: NvcfClient) -> list[TelemetrySummary]:
        """All of them."""
        return [TelemetrySummary.read(one, "a telemetry endpoint") for one in client.list_telemetries()]

    def select(self, found: list[TelemetrySummary]) -> list[TelemetrySummary]:
        """Those that match."""
        return [one for one in found if self.name in (None, one.name)]


class GetRegistryCredentials(Lookup[list[RegistryCredentialSummary]]):
    """The registry credentials of the account, without their passwords."""

    source = API
    command = "registry-credentials"
    noun = "registry credentials"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "registry credential id": "registry_credential_id",
        "registry": "registry_hostname",
        "for": "artifact_types",
        "made by": "provisioned_by",
    }
    options: ClassVar[Mapping[str, Option]] = {
        "artifact_type": Option(choices=("CONTAINER", "HELM", "MODEL", "RESOURCE")),
        "provisioned_by": Option(choices=("SYSTEM", "USER")),
    }

    artifact_type: str | None = field(
        None,
        description="Only for these artifacts. There are CONTAINER, HELM, MODEL and RESOURCE.",
        source=API,
        wire="artifactType",
    )
    provisioned_by: str | None = field(
        None, description="Only those made by this. There are SYSTEM and USER.", source=API, wire="provisionedBy"
    )

    def ask(self, client: NvcfClient) -> list[RegistryCredentialSummary]:
        """Those that match."""
        found = client.list_registry_credentials(**self.filters())
        return [RegistryCredentialSummary.read(one, "a registry credential") for one in found]


class GetAssets(Lookup[list[AssetSummary]]):
    """The input assets of the account: their ids, of a thousand at most."""

    source = "assets"
    command = "assets"
    columns: ClassVar[Mapping[str, Column]] = {"asset id": "asset_id"}

    def ask(self, client: NvcfClient) -> list[AssetSummary]:
        """All that the list has."""
        return [AssetSummary.read(one, "an asset") for one in client.list_assets()]


class GetAsset(Lookup[AssetSummary]):
    """An input asset."""

    source = "assets"
    subject = "asset_id"

    asset_id: str = field(description="Its id.", source="assets")

    def ask(self, client: NvcfClient) -> AssetSummary:
        """The asset."""
        return AssetSummary.read(client.get_asset(self.asset_id), f"the asset {self.asset_id}", asset_id=self.asset_id)


def _authorized(answer: Mapping[str, Any], function_id: str) -> AuthorizedAccounts:
    parties = answer.get("authorizedParties") or []
    if not isinstance(parties, list) or not all(isinstance(one, dict) for one in parties):
        raise ResponseError(f"what NVCF answered about the sharing of {function_id} cannot be understood")
    found = {
        "function_id": answer.get("id"),
        "version_id": answer.get("versionId"),
        "owner": answer.get("ncaId"),
        "accounts": [one.get("ncaId") for one in parties],
    }
    return AuthorizedAccounts.read(found, f"the sharing of {function_id}", function_id=function_id)
