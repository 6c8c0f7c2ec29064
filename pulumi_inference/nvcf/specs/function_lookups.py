"""What is asked about functions and their deployments (reference 4, 5.4, 6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup, Option
from pulumi_inference.nvcf.specs.records import (
    CREATION,
    DEPLOYMENT,
    LIFECYCLE,
    DeploymentSummary,
    FunctionSummary,
    FunctionVersion,
)
from pulumi_inference.nvcf.specs.states import CALLABLE, STATES

if TYPE_CHECKING:
    from pulumi_inference.nvcf.client import NvcfClient


class GetFunctions(Lookup[list[FunctionSummary]]):
    """The functions that the key may see, one record for each version.

    The newest version of a function comes first. Lists have no instances and no names of secrets:
    `get_function` has them.
    """

    source = CREATION
    command = "functions"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "function id": "function_id",
        "version id": "version_id",
        "status": "status",
        "type": "function_type",
        "image or chart": lambda one: one.container_image or one.helm_chart,
        "created": "created_at",
    }
    options: ClassVar[Mapping[str, Option]] = {
        "visibility": Option(off="all", off_help="Of all kinds, those that are public too."),
        "status": Option(choices=STATES),
    }

    visibility: str | None = field(
        "private",
        description="Whose. private: the account's own; authorized: shared with it; public. Several have "
        "commas between them. None for all.",
        source=CREATION,
    )
    function_id: str | None = field(None, description="Only versions of this function.", source=CREATION, local=True)
    name: str | None = field(None, description="Only those with exactly this name.", source=CREATION, local=True)
    tag: str | None = field(None, description="Only those with this tag.", source=CREATION, local=True)
    status: str | None = field(None, description="Only those in this state.", source=LIFECYCLE, local=True)
    function_type: str | None = field(
        None, description="Only of this type. There are DEFAULT, STREAMING and LLM.", source=CREATION, local=True
    )

    def ask(self, client: NvcfClient) -> list[FunctionSummary]:
        """All versions of that visibility."""
        found = [
            FunctionSummary.read(one, f"the function {one.get('id')}")
            for one in client.list_functions(self.visibility or "")
        ]
        return sorted(found, key=lambda one: one.created_at or "", reverse=True)

    def select(self, found: list[FunctionSummary]) -> list[FunctionSummary]:
        """Those that match."""
        return [
            one
            for one in found
            if self.function_id in (None, one.function_id)
            and self.name in (None, one.name)
            and (self.tag is None or self.tag in one.tags)
            and self.status in (None, one.status)
            and self.function_type in (None, one.function_type)
        ]


class GetFunction(Lookup[FunctionVersion]):
    """One version of a function, with its instances and secrets as far as the key may see them.

    Of secrets there are the names alone.

    By default the newest version that can be called; where there is none, the newest one.
    """

    source = CREATION
    subject = "function_id"

    function_id: str = field(description="Id of the function.", source=CREATION)
    version_id: str | None = field(None, description="Id of the version.", source=CREATION)

    def ask(self, client: NvcfClient) -> FunctionVersion:
        """The version, chosen from the list where it is not given."""
        version_id = self.version_id or self._newest(client)
        answer = client.get_version(f"{self.function_id},{version_id}")
        identity = {"function_id": self.function_id, "version_id": version_id}
        return FunctionVersion.read(answer, f"the version {version_id}", **identity)

    def _newest(self, client: NvcfClient) -> str:
        listed = client.list_versions(self.function_id)
        found = [FunctionSummary.read(one, f"a version of {self.function_id}") for one in listed]
        if not found:
            raise ConfigurationError(f"the function {self.function_id} has no version")
        return max(found, key=lambda one: (one.status in CALLABLE, one.created_at or "")).version_id


class GetDeployments(Lookup[list[DeploymentSummary]]):
    """The deployments of the organisation.

    The API lists them on the paths of an organisation only.
    """

    source = DEPLOYMENT
    command = "deployments"
    columns: ClassVar[Mapping[str, Column]] = {
        "function": "function_name",
        "function id": "function_id",
        "version id": "version_id",
        "status": "status",
        "runs on": lambda one: [f"{each.instance_type} {_range(each)}" for each in one.specifications],
        "problem": lambda one: next((each.error for each in one.health_info if each.error), None),
    }
    options: ClassVar[Mapping[str, Option]] = {"status": Option(choices=STATES)}

    function_id: str | None = field(None, description="Only of this function.", source=DEPLOYMENT, local=True)
    status: str | None = field(None, description="Only those in this state.", source=LIFECYCLE, local=True)

    def ask(self, client: NvcfClient) -> list[DeploymentSummary]:
        """All of them."""
        return [
            DeploymentSummary.read(one, f"the deployment {one.get('deploymentId')}")
            for one in client.list_deployments()
        ]

    def select(self, found: list[DeploymentSummary]) -> list[DeploymentSummary]:
        """Those that match."""
        return [
            one for one in found if self.function_id in (None, one.function_id) and self.status in (None, one.status)
        ]


class GetDeployment(Lookup[DeploymentSummary]):
    """The deployment of a version."""

    source = DEPLOYMENT
    subject = "function_id"

    function_id: str = field(description="Id of the function.", source=DEPLOYMENT)
    version_id: str = field(description="Id of the version.", source=DEPLOYMENT)

    def ask(self, client: NvcfClient) -> DeploymentSummary:
        """The deployment."""
        answer = client.get_deployment(f"{self.function_id},{self.version_id}")
        identity = {"function_id": self.function_id, "version_id": self.version_id}
        return DeploymentSummary.read(answer, f"the deployment of {self.version_id}", **identity)


def _range(specification: Any) -> str:
    most = specification.max_instances
    return f"{specification.min_instances}-{'?' if most is None else most}"
