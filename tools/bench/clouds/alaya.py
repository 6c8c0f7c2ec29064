"""Alaya NeW: Expert deployments of a head and a worker, as `programs/alaya.py` declares them."""

from collections.abc import Mapping
from typing import Any

from pulumi_inference.alaya import Deployment
from pulumi_inference.emulator.alaya import accounts
from tools.bench.cloud import Cloud


class Alaya(Cloud):
    """A key pair in a header that is always the same."""

    name = "alaya"
    resource = Deployment
    details = "/api/serverless-infer/v1/deployment"
    finish_seconds = 7.0

    @property
    def settings(self) -> Mapping[str, str]:
        return {"inference:alayaEndpoint": self.endpoint}

    @property
    def variables(self) -> Mapping[str, str]:
        return {"ALAYA_ACCESS_KEY": accounts.ACCESS_KEY, "ALAYA_SECRET_KEY": accounts.SECRET_KEY}

    def running_since(self, detail: Mapping[str, Any]) -> float:
        # No answer of Alaya NeW has a time in it.
        known = self._ask("GET", f"/_emulator/alaya/services/{detail['data']['serviceId']}")
        return float(known["made_at"]) / 1000 + self.deploy_seconds

    def log_in(self) -> Mapping[str, str]:
        return {"Authorization": f"plain Credential={accounts.ACCESS_KEY},Signature={accounts.SECRET_KEY}"}


CLOUD = Alaya
