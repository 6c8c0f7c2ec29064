"""The connections of ModelArts v2: the same account, place and settings as those of ModelArts v1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.http.exchange import Authenticator, IsError
from pulumi_inference.core.lifecycle.connections import Connections
from pulumi_inference.huaweicloud.connection import EMULATED, HuaweiConnection
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.huaweicloud.settings import SETTINGS
from pulumi_inference.modelartsv2.client import ModelArtsV2Client
from pulumi_inference.modelartsv2.errors import ERRORS


class ModelArtsV2Connection(HuaweiConnection[ModelArtsV2Client]):
    """One account of Huawei Cloud in one place, for ModelArts v2."""

    access_check = "listed services"
    errors = ERRORS

    def make_client(self, http: HttpClient, patience: float) -> ModelArtsV2Client:
        """The client of this connection's project."""
        return ModelArtsV2Client(http, self.project_id, retry_seconds=patience)

    def calls_to(
        self,
        base_url: str,
        authenticator: Authenticator | None,
        headers: Mapping[str, str],
        *,
        is_error: IsError,
        timeout: float,
    ) -> HttpClient:
        """A client for the address of a service whose caller is not the account."""
        return self._http(base_url, authenticator, headers, is_error, timeout)

    @classmethod
    def records(cls) -> Iterable[type[Spec]]:
        """Services and deployments, whose mounted secrets and variables no trace may show, and keys."""
        # Slow to load, and needed for the trace only.
        from pulumi_inference.modelartsv2.specs.apikey import TemporaryApiKey
        from pulumi_inference.modelartsv2.specs.records import DeploymentDetail, ServiceDetail

        return ServiceDetail, DeploymentDetail, TemporaryApiKey

    def check_access(self) -> None:
        """Asks for one service."""
        self.client().check_access()


CONNECTIONS = Connections("ModelArts v2", SETTINGS, ModelArtsV2Connection, Placed, EMULATED)
