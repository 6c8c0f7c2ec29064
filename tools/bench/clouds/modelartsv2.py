"""ModelArts v2: services with their deployment inside, as `programs/modelartsv2.py` declares them."""

from collections.abc import Mapping
from typing import Any

from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.modelartsv2 import Service
from tools.bench.clouds.modelarts import REGION, ModelArts


class ModelArtsV2(ModelArts):
    """The account, and how one logs in, are those of v1."""

    name = "modelartsv2"
    resource = Service
    details = f"/v2/{accounts.project_id_of(REGION)}/services"
    finish_seconds = 3.0

    def furnish(self) -> None:
        # Twenty services are all that a user may have.
        self._ask("PATCH", "/_emulator/settings", {"modelartsv2.max_services": None})

    def running_since(self, detail: Mapping[str, Any]) -> float:
        return float(detail["create_at"]) / 1000 + self.deploy_seconds


CLOUD = ModelArtsV2
