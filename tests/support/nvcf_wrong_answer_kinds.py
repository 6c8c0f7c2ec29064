"""The kinds of resources of NVCF that are given wrong answers."""

from __future__ import annotations

from typing import ClassVar

from pulumi_inference.core.lifecycle import Lifecycle
from pulumi_inference.emulator.nvcf.accounts import API_KEY
from pulumi_inference.nvcf.assets import AssetLifecycle
from pulumi_inference.nvcf.authorizations import AuthorizationLifecycle
from pulumi_inference.nvcf.client import DIRECT
from pulumi_inference.nvcf.deployments.lifecycle import DeploymentLifecycle
from pulumi_inference.nvcf.functions.lifecycle import FunctionLifecycle
from pulumi_inference.nvcf.registrycredentials import RegistryCredentialLifecycle
from pulumi_inference.nvcf.telemetries import TelemetryLifecycle
from tests.support import nvcf as support
from tests.support.cloud import OUTSIDER
from tests.support.nvcf import ROOT, function
from tests.support.nvcf_parts import credential, telemetry
from tests.support.world import Values, World
from tests.support.wrong_answer_kind import Kind
from tests.support.wrong_answers import OTHER_ID, Names

_REFUSED = {"requestStatus": {"statusCode": "INTERNAL_ERROR", "statusDescription": "internal error"}}


def _gone_from_nvcf(noun: str) -> tuple[int, Values]:
    detail = f"{noun} '{OTHER_ID}': Not found in account 'nca-emulator'"
    return 404, {"type": "urn:nv-boot:problem-details:not-found", "status": 404, "detail": detail}


class _Nvcf(Kind):
    """Base: a kind of NVCF that has no state."""

    waits = False
    config: ClassVar[dict[str, str]] = {"nvcfEndpoint": "emulator:cloud.db"}

    def ask(self, world: World, tail: str, root: str = ROOT) -> Values:
        """A question of somebody else than the program."""
        headers = {"Authorization": f"Bearer {API_KEY}", "User-Agent": OUTSIDER}
        answer: Values = world.cloud.client.get(root + tail, headers=headers).json()
        return answer


class Telemetry(_Nvcf):
    """A telemetry endpoint of NVCF."""

    names = Names("telemetryId", "name", "status", "types", "telemetries", _REFUSED, _gone_from_nvcf("Telemetry"))
    detail, list = "/telemetries/[^/]+$", "/telemetries$"
    before = telemetry()
    after = telemetry(secret="newer")

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return TelemetryLifecycle()

    def live(self, world: World) -> list[Values]:
        """All telemetry endpoints."""
        return list(self.ask(world, "/telemetries")["telemetries"])


class RegistryCredential(_Nvcf):
    """A registry credential of NVCF."""

    names = Names(
        "registryCredentialId",
        "registryCredentialName",
        "status",
        "artifactTypes",
        "registryCredentials",
        _REFUSED,
        _gone_from_nvcf("Registry Credential"),
    )
    detail, list = "/registry-credentials/[^/]+$", "/registry-credentials$"
    change = "PATCH"
    before = credential()
    after = credential(artifact_types=["CONTAINER", "HELM"])

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return RegistryCredentialLifecycle()

    def live(self, world: World) -> list[Values]:
        """All that somebody has made."""
        found = self.ask(world, "/registry-credentials?provisionedBy=USER")["registryCredentials"]
        return [{name: one[name] for name in ("registryCredentialId", "artifactTypes")} for one in found]


class Asset(_Nvcf):
    """An asset of NVCF."""

    names = Names("assetId", "description", "status", "contentType", "assets", _REFUSED, _gone_from_nvcf("Asset"))
    detail, list = "/assets/[^/]+$", "/assets$"
    lists = False  # Nobody can tell an empty list from the truth; an asset too many goes by itself.
    before: ClassVar[Values] = {"content_type": "text/plain", "content": "one"}
    after = None

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return AssetLifecycle()

    def live(self, world: World) -> list[Values]:
        """All assets."""
        return list(self.ask(world, "/assets", DIRECT)["assets"])


class Authorization(_Nvcf):
    """Who may call a function of NVCF."""

    names = Names("id", "ncaId", "status", "authorizedParties", "functions", _REFUSED, _gone_from_nvcf("Function"))
    detail, list = "/authorizations/functions/", "/nvcf/functions$"
    lists, creates, change = False, "/authorizations/functions/[^/]+$", "PATCH"
    before: ClassVar[Values] = {"accounts": ["nca-a", "nca-b"]}
    after: ClassVar[Values] = {"accounts": ["nca-b", "nca-c"]}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return AuthorizationLifecycle()

    def prepare(self, world: World) -> None:
        """The function."""
        world.lifecycle = FunctionLifecycle()
        world.create(function())

    def program(self, world: World, values: Values) -> Values:
        """With the id of the function."""
        return {"function_id": self.ask(world, "/functions")["functions"][0]["id"], **values}

    def live(self, world: World) -> list[Values]:
        """Who may call it; nothing when that is nobody."""
        thing = self.program(world, {})["function_id"]
        found = self.ask(world, f"/authorizations/functions/{thing}")["functions"]
        return [
            {"id": one["id"], "authorizedParties": one["authorizedParties"]}
            for one in found
            if one["authorizedParties"]
        ]


_PROBLEM = {"type": "urn:nv-boot:problem-details:internal", "title": "Error", "status": 500, "detail": "it broke"}


def _not_found(text: str) -> tuple[int, Values]:
    return 404, {"type": "urn:nv-boot:problem-details:not-found", "title": "Not Found", "status": 404, "detail": text}


class NvcfFunction(Kind):
    """A function version of NVCF."""

    names = Names(
        "id",
        "name",
        "status",
        "health",
        "functions",
        _PROBLEM,
        _not_found("Function id 'f', version 'v': Not found in account 'a'"),
    )
    detail, list = "nvcf/functions/[^/]+/versions/[^/]+$", "nvcf/functions(/[^/]+/versions)?$"
    urn = support.FUNCTION_URN
    credible, waits = ("not there",), False
    before: ClassVar[Values] = support.function(tags=["a"])
    after: ClassVar[Values] = support.function(tags=["b"])
    config: ClassVar[dict[str, str]] = {"nvcfEndpoint": "emulator:cloud.db", "nvcfApiKey": support.JWT}

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return FunctionLifecycle()

    def live(self, world: World) -> list[Values]:
        """All versions."""
        return [
            {name: one[name] for name in ("id", "status", "health", "tags")} for one in support.Nvcf(world).versions()
        ]


class NvcfSecrets(NvcfFunction):
    """A function version of which a secret changes."""

    detail = "nvcf/(secrets/)?functions/[^/]+/versions/[^/]+$"
    before: ClassVar[Values] = support.function(secrets={"A": "first"})
    after: ClassVar[Values] = support.function(secrets={"A": "second"})

    def is_asked(self, verb: str) -> bool:
        """The others are as for any version."""
        return verb == "update"


class NvcfDeployment(Kind):
    """A deployment of NVCF."""

    names = Names(
        "functionId",
        "functionVersionId",
        "functionStatus",
        "deploymentSpecifications",
        "functions",
        _PROBLEM,
        _not_found("Function version 'v': Deployment not found"),
    )
    detail, list = "nvcf/deployments/functions/[^/]+/versions/[^/]+$", "nvcf/functions/[^/]+/versions/[^/]+$"
    creates, fact = detail, "status"
    lists = False
    urn = support.DEPLOYMENT_URN
    credible = ("not there",)
    before: ClassVar[Values] = {"specifications": [support.specification()]}
    after: ClassVar[Values] = {"specifications": [support.specification(max_request_concurrency=4)]}
    config = NvcfFunction.config

    @property
    def lifecycle(self) -> Lifecycle:
        """Its verbs."""
        return DeploymentLifecycle()

    def prepare(self, world: World) -> None:
        """The version."""
        world.lifecycle = FunctionLifecycle()
        world.create(support.function(), urn=support.FUNCTION_URN)

    def program(self, world: World, values: Values) -> Values:
        """With the ids of the version."""
        cloud = support.Nvcf(world)
        [version] = cloud.versions()
        world.lifecycle = self.lifecycle
        return {**values, "function_id": version["id"], "version_id": version["versionId"]}

    def live(self, world: World) -> list[Values]:
        """The deployment of the one version."""
        cloud = support.Nvcf(world)
        deployed = [cloud.live(cloud.version_state(one)) for one in cloud.versions() if one["status"] != "INACTIVE"]
        for one in deployed:
            for specification in one["deploymentSpecifications"]:
                specification.pop("gpuSpecificationId")
        names = ("functionId", "functionStatus", "deploymentSpecifications")
        return [{name: one[name] for name in names} for one in deployed]


NVCF_KINDS: dict[str, Kind] = {
    "telemetry": Telemetry(),
    "registry credential": RegistryCredential(),
    "asset": Asset(),
    "authorization": Authorization(),
    "NVCF function": NvcfFunction(),
    "secret of an NVCF function": NvcfSecrets(),
    "NVCF deployment": NvcfDeployment(),
}
