"""NVIDIA Cloud Functions: deployments of two specifications each, as `programs/nvcf.py` declares them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pulumi_inference.emulator.nvcf import accounts
from pulumi_inference.nvcf import Deployment
from tools.bench.cloud import Cloud

VERSIONS = 400
"""How many function versions there are to be deployed."""


class Nvcf(Cloud):
    """The functions are there already; a bearer key opens everything."""

    name = "nvcf"
    resource = Deployment
    details = f"/v2/orgs/{accounts.ORG}/nvcf/deployments"

    @property
    def settings(self) -> Mapping[str, str]:
        return {"inference:nvcfEndpoint": self.endpoint}

    @property
    def variables(self) -> Mapping[str, str]:
        return {"NGC_API_KEY": accounts.API_KEY, "NGC_ORG": accounts.ORG}

    def furnish(self) -> None:
        body = {"name": "echo", "inferenceUrl": "/echo", "containerImage": "nvcr.io/acme/echo:1"}
        ids = [str(UUID(int=number + 1)) for number in range(VERSIONS)]
        self.send("POST", "/_emulator/seed", {"nvcf.functions": [{**body, "id": one, "versionId": one} for one in ids]})

    def path_of(self, thing: str) -> str:
        function_id, version_id = thing.split(",")
        return f"{self.details}/functions/{function_id}/versions/{version_id}"

    def running_since(self, detail: Mapping[str, Any]) -> float:
        made = datetime.fromisoformat(detail["deployment"]["createdAt"])
        return made.timestamp() + self.deploy_seconds

    def log_in(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {accounts.API_KEY}"}


CLOUD = Nvcf
