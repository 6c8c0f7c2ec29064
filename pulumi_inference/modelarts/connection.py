"""The connections of ModelArts."""

from __future__ import annotations

from collections.abc import Iterable

from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.http.client import HttpClient
from pulumi_inference.core.lifecycle.connections import Connections
from pulumi_inference.huaweicloud.connection import EMULATED, HuaweiConnection
from pulumi_inference.huaweicloud.placed import Placed
from pulumi_inference.huaweicloud.settings import SETTINGS
from pulumi_inference.modelarts.client import ModelArtsClient
from pulumi_inference.modelarts.errors import ERRORS


class ModelArtsConnection(HuaweiConnection[ModelArtsClient]):
    """One account of Huawei Cloud in one place, for ModelArts."""

    access_check = "listed services"
    errors = ERRORS

    def make_client(self, http: HttpClient, patience: float) -> ModelArtsClient:
        """The client of this connection's project."""
        return ModelArtsClient(http, self.project_id, retry_seconds=patience)

    @classmethod
    def records(cls) -> Iterable[type[Spec]]:
        """Services and their update records: models, pools and runtimes have nothing secret."""
        # Slow to load, and needed for the trace only.
        from pulumi_inference.modelarts.specs.detail import ServiceDetail
        from pulumi_inference.modelarts.specs.monitor import UpdateRecord

        return ServiceDetail, UpdateRecord

    def check_access(self) -> None:
        """Asks for one service."""
        self.client().check_access()


CONNECTIONS = Connections("ModelArts", SETTINGS, ModelArtsConnection, Placed, EMULATED)
