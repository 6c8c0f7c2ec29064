"""ModelArts: services of two models each, as `programs/modelarts.py` declares them."""

from collections.abc import Mapping
from typing import Any

from pulumi_inference.emulator.huaweicloud import accounts
from pulumi_inference.modelarts import Service
from tools.bench.cloud import Cloud

REGION = "cn-north-4"


class ModelArts(Cloud):
    """Requests are signed; the bench itself logs in."""

    name = "modelarts"
    resource = Service
    details = f"/v1/{accounts.project_id_of(REGION)}/services"

    @property
    def settings(self) -> Mapping[str, str]:
        return {"inference:modelartsEndpoint": self.endpoint}

    @property
    def variables(self) -> Mapping[str, str]:
        return {
            "HW_ACCESS_KEY": accounts.ACCESS_KEY,
            "HW_SECRET_KEY": accounts.SECRET_KEY,
            "HW_REGION_NAME": REGION,
            "HW_PROJECT_ID": accounts.project_id_of(REGION),
        }

    def running_since(self, detail: Mapping[str, Any]) -> float:
        return float(detail["transition_at"]) / 1000

    def log_in(self) -> Mapping[str, str]:
        user = {"name": accounts.USER, "password": accounts.PASSWORD, "domain": {"name": accounts.DOMAIN}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": {"project": {"name": REGION}}}}
        return {"X-Auth-Token": self.send("POST", "/v3/auth/tokens", body)[0]["X-Subject-Token"]}


CLOUD = ModelArts
