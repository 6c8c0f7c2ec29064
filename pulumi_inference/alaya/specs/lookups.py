"""What is asked about deployments, models, clusters and data centres (alaya.md, sections 8, 10 and 11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from pulumi_inference.alaya.answers import with_texts
from pulumi_inference.alaya.specs.detail import DETAIL_PAGE
from pulumi_inference.alaya.specs.records import (
    AIDC_PAGE,
    CLUSTER_PAGE,
    LIST_PAGE,
    MODELS_PAGE,
    Cluster,
    DataCenter,
    DeploymentDetail,
    DeploymentSummary,
    GpuUse,
    Model,
    ServedModel,
)
from pulumi_inference.alaya.specs.states import STATES
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup, Option

if TYPE_CHECKING:
    from pulumi_inference.alaya.client import AlayaClient


class GetDeployments(Lookup[list[DeploymentSummary]]):
    """The deployments of the account.

    The key of each is among what is answered, as a secret.
    """

    source = LIST_PAGE
    command = "deployments"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "id": "service_id",
        "status": "status",
        "type": "type",
        "serves": "served_name",
        "cluster": "vks_id",
        "namespace": "namespace",
        "url": "service_url",
    }
    options: ClassVar[Mapping[str, Option]] = {
        "status": Option(choices=STATES),
        "mode": Option(choices=("expert", "quickstart", "lora")),
    }

    name: str | None = field(None, description="Only those with exactly this name.", source=LIST_PAGE)
    vks_id: str | None = field(None, description="Only those in this cluster.", source=LIST_PAGE, wire="vksId")
    namespace: str | None = field(None, description="Only those in this namespace.", source=LIST_PAGE)
    model_id: str | None = field(None, description="Only those of this model.", source=LIST_PAGE, wire="modelId")
    model_type: str | None = field(
        None,
        description="Only those of models of this type. There are base and lora.",
        source=LIST_PAGE,
        wire="modelType",
    )
    aidc_id: str | None = field(None, description="Only those in this data centre.", source=LIST_PAGE, wire="aidcId")
    mode: str | None = field(
        None,
        description="Only those of this form. There are expert, quickstart and lora.",
        source=LIST_PAGE,
        wire="model",
    )
    status: str | None = field(None, description="Only those in this state.", source=LIST_PAGE, local=True)
    extensions: str | None = field(
        None,
        description="Only those with these extensions. Written as key=value; several have commas between them.",
        source=LIST_PAGE,
    )

    def ask(self, client: AlayaClient) -> list[DeploymentSummary]:
        """All of them."""
        filters = _filters(self, "extensions")
        rows = [
            DeploymentSummary.read(one, f"the deployment {one.get('serviceId')}")
            for one in client.list_deployments(filters)
        ]
        return [one for one in rows if self.name in (None, one.name)]

    def find_problem(self) -> str | None:
        """Extensions are pairs."""
        return _problem_of(self.extensions)

    def select(self, found: list[DeploymentSummary]) -> list[DeploymentSummary]:
        """Those in that state: pages and answers spell the states in several ways, so it is looked for here."""
        return [one for one in found if self.status in (None, one.status)]


class GetDeployment(Lookup[DeploymentDetail]):
    """One deployment, with its form and its instances."""

    source = DETAIL_PAGE
    subject = "service_id"

    service_id: str = field(description="Id of the deployment.", source=DETAIL_PAGE)

    def ask(self, client: AlayaClient) -> DeploymentDetail:
        """Its detail."""
        answer = client.get_deployment(self.service_id)
        return DeploymentDetail.read(answer, f"the deployment {self.service_id}", service_id=self.service_id)


class GetServedModels(Lookup[list[ServedModel]]):
    """The models that a deployment serves, and its adapters.

    The deployment itself is asked, which has to run.
    """

    source = DETAIL_PAGE
    subject = "service_id"
    command = "served-models"
    noun = "served models"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "id",
        "parent": "parent",
        "root": "root",
        "owner": "owned_by",
    }

    service_id: str = field(description="Id of the deployment.", source=DETAIL_PAGE)

    def ask(self, client: AlayaClient) -> list[ServedModel]:
        """What its engine says."""
        return [
            ServedModel.read(one, f"a model of {self.service_id}") for one in client.list_served_models(self.service_id)
        ]


class GetModels(Lookup[list[Model]]):
    """The models of the registry in a data centre."""

    source = MODELS_PAGE
    subject = "aidc_id"
    command = "models"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": lambda one: one.meta and one.meta.name,
        "id": "id",
        "type": "model_type",
        "created": "create_at",
    }

    aidc_id: str = field(
        description="Id of the data centre. `pulumi-inference alaya data-centers` lists them.",
        source=MODELS_PAGE,
        wire="aidcId",
    )
    model_type: str | None = field(
        None, description="Only of this type. There are base and lora.", source=MODELS_PAGE, wire="modelType"
    )
    name: str | None = field(
        None, description="Only those with this in their name.", source=MODELS_PAGE, wire="modelName"
    )
    extensions: str | None = field(
        None,
        description="Only those with these extensions. Written as key=value; several have commas between them.",
        source=MODELS_PAGE,
    )

    def find_problem(self) -> str | None:
        """Extensions are pairs."""
        return _problem_of(self.extensions)

    def ask(self, client: AlayaClient) -> list[Model]:
        """All of them."""
        found = client.list_models(_filters(self, "modelExtensions"))
        return [Model.read(with_texts(one, "id", "aidcId"), f"the model {one.get('id')}") for one in found]


class GetDataCenters(Lookup[list[DataCenter]]):
    """The data centres (AIDC)."""

    source = AIDC_PAGE
    command = "data-centers"
    noun = "data centres"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": lambda one: one.name_en or one.name,
        "id": "id",
        "code": "code",
        "country": "country",
        "address": "address",
    }

    def ask(self, client: AlayaClient) -> list[DataCenter]:
        """All of them."""
        return [DataCenter.read(with_texts(one, "id"), "a data centre") for one in client.list_data_centers()]


class GetCluster(Lookup[Cluster]):
    """A cluster (VKS), with what of its GPUs and memory is used."""

    source = CLUSTER_PAGE
    subject = "vks_id"

    vks_id: str = field(description="Id of the cluster.", source=CLUSTER_PAGE)

    def ask(self, client: AlayaClient) -> Cluster:
        """Its detail."""
        return Cluster.read(client.get_cluster(self.vks_id), f"the cluster {self.vks_id}")


class GetGpus(Lookup[list[GpuUse]]):
    """The GPUs of a cluster by type: quota and use."""

    source = CLUSTER_PAGE
    subject = "vks_id"
    command = "gpus"
    noun = "GPUs"
    columns: ClassVar[Mapping[str, Column]] = {
        "type": "name",
        "name": "display_name",
        "quota": "hard",
        "used": "used",
        "free": lambda one: None if one.hard is None else max(0, one.hard - (one.used or 0)),
    }

    vks_id: str = field(description="Id of the cluster.", source=CLUSTER_PAGE)

    def ask(self, client: AlayaClient) -> list[GpuUse]:
        """What its detail says of them."""
        found = Cluster.read(client.get_cluster(self.vks_id), f"the cluster {self.vks_id}")
        return found.utilization_rate.gpu


def _filters(lookup: GetDeployments | GetModels, prefix: str) -> dict[str, str]:
    """The arguments as the API's query has them, each extension as one of its own."""
    filters = {name: str(one) for name, one in lookup.filters().items() if name != "extensions"}
    return filters | {f"{prefix}.{key}": value for key, _, value in _pairs(lookup.extensions)}


def _pairs(extensions: str | None) -> list[tuple[str, str, str]]:
    return [one.strip().partition("=") for one in (extensions or "").split(",") if one.strip()]


def _problem_of(extensions: str | None) -> str | None:
    if all(key and joined for key, joined, _ in _pairs(extensions)):
        return None
    return "extensions must be written as key=value, with commas between several"
