"""The questions that programs and people ask ModelArts, with what they answer (reference 6 to 8 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from pulumi_inference.core.errors import ConfigurationError, NotFoundError
from pulumi_inference.core.fields.facts import field
from pulumi_inference.core.fields.lookup import Column, Lookup, Option
from pulumi_inference.huaweicloud.cells import moment, nodes
from pulumi_inference.huaweicloud.pools import Pool, new_pool, old_pool
from pulumi_inference.modelarts.specs import cells
from pulumi_inference.modelarts.specs.detail import ServiceDetail
from pulumi_inference.modelarts.specs.monitor import ServiceEvent, ServiceMonitor, UpdateRecord
from pulumi_inference.modelarts.specs.records import Flavour, ModelDetail, ModelSummary, Runtime, ServiceSummary
from pulumi_inference.modelarts.specs.runtimes import runtimes_of

if TYPE_CHECKING:
    from pulumi_inference.modelarts.client import ModelArtsClient

InferType: TypeAlias = Literal["real-time", "batch", "edge"]
Order: TypeAlias = Literal["asc", "desc"]

_RUNTIMES = "ShowModelEngineAndRuntime"
_FLAVOURS = "ShowServiceSpecifications"
_SERVICES = "ListServices"
_MODELS = "ListModels"


class GetRuntimes(Lookup[list[Runtime]]):
    """The AI-engine runtimes that models can be built from.

    One record each; engine and runtime together tell one from another.
    """

    source = _RUNTIMES
    command = "runtimes"
    columns: ClassVar[Mapping[str, Column]] = {
        "engine": "engine",
        "runtime": "runtime",
        "mode": "request_mode",
        "architecture": "architecture",
        "accelerator": cells.accelerator,
        "status": "status",
        "image": "image_source",
    }
    options: ClassVar[Mapping[str, Option]] = {
        "architecture": Option(metavar="ARCH"),
        "accelerator": Option(choices=("npu", "gpu", "none")),
        "status": Option(off="all", off_help="In any state, deleted ones too."),
    }

    engine: str | None = field(
        None, description="Only of this AI engine, such as PyTorch.", source=_RUNTIMES, local=True
    )
    architecture: str | None = field(None, description="Only for x86_64 or aarch64.", source=_RUNTIMES, local=True)
    accelerator: str | None = field(
        None,
        description="Only with this type of accelerator. There are npu, gpu and none.",
        source=_RUNTIMES,
        local=True,
    )
    status: str | None = field(
        "normal",
        description="Only in this state. None for any state, deleted ones too.",
        source=_RUNTIMES,
        local=True,
    )

    def ask(self, client: ModelArtsClient) -> list[Runtime]:
        """All runtimes of all engines, deleted ones too."""
        return [runtime for entry in client.list_runtimes() for runtime in runtimes_of(entry)]

    def select(self, found: list[Runtime]) -> list[Runtime]:
        """Those of the engine, for the architecture, with the type of accelerator, in the state."""
        return [
            one
            for one in found
            if self.engine in (None, one.engine)
            and self.architecture in (None, one.architecture)
            and self.accelerator in (None, one.accelerator.type)
            and self.status in (None, one.status)
        ]


class GetFlavours(Lookup[list[Flavour]]):
    """The flavours that instances may have."""

    source = _FLAVOURS
    command = "flavours"
    columns: ClassVar[Mapping[str, Column]] = {
        "specification": "specification",
        "category": "category",
        "cpu": cells.cores,
        "memory": cells.memory,
        "accelerator": cells.chips,
        "status": "spec_status",
        "open": "is_open",
        "free": "is_free",
        "over quota": "over_quota",
    }
    options: ClassVar[Mapping[str, Option]] = {"category": Option(choices=("CPU", "GPU", "NPU"))}

    infer_type: InferType = field("real-time", description="For this kind of service.", source=_FLAVOURS)
    dedicated_pool: bool = field(
        False, description="Those of dedicated pools, not those of the shared one.", source=_FLAVOURS
    )
    category: str | None = field(
        None, description="Only of this kind. There are CPU, GPU and NPU.", source=_FLAVOURS, local=True
    )

    def ask(self, client: ModelArtsClient) -> list[Flavour]:
        """Those for services of the kind, in a dedicated pool or in the shared one."""
        found = client.list_specifications(infer_type=self.infer_type, dedicated_pool=self.dedicated_pool)
        return [Flavour.read(item, f"the flavour {item.get('specification')}") for item in found]

    def select(self, found: list[Flavour]) -> list[Flavour]:
        """Those of the category."""
        return [one for one in found if self.category in (None, one.category)]


class GetServices(Lookup[list[ServiceSummary]]):
    """The services of the project.

    Those that match, without their models and addresses, which `get_service` answers.
    """

    source = _SERVICES
    command = "services"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "service id": "service_id",
        "type": "infer_type",
        "status": "status",
        "calls": "invocation_times",
        "failed": "failed_times",
        "published": moment("publish_at"),
        "stops": moment("due_time"),
    }

    name: str | None = field(
        None,
        description="Exact name. The cloud does not say how it compares names, so they are compared here once more.",
        source=_SERVICES,
        wire="service_name",
    )
    service_id: str | None = field(None, description="Id of a service.", source=_SERVICES)
    model_id: str | None = field(None, description="Only those that use this model version.", source=_SERVICES)
    cluster_id: str | None = field(None, description="Only those in this old dedicated pool.", source=_SERVICES)
    workspace_id: str | None = field(
        None, description="Those of this workspace, not of the default one.", source=_SERVICES
    )
    infer_type: InferType | None = field(None, description="Only of this kind.", source=_SERVICES)
    status: str | None = field(None, description="Only in this state, such as running.", source=_SERVICES)
    tags: str | None = field(None, description="Only with this tag, as the API writes it.", source=_SERVICES)
    sort_by: Literal["publish_at", "service_name", "transition_at"] | None = field(
        None, description="What to sort by. Without it, by publish_at.", source=_SERVICES
    )
    order: Order | None = field(None, description="Ascending or descending. Without it, desc.", source=_SERVICES)

    def ask(self, client: ModelArtsClient) -> list[ServiceSummary]:
        """Those that match; of the given name only, whatever the cloud takes for the same."""
        found = [
            ServiceSummary.read(item, f"the service {item.get('service_id')}")
            for item in client.list_services(**self.filters())
        ]
        return [one for one in found if self.name in (None, one.name)]


class GetService(Lookup[ServiceDetail]):
    """The whole detail of a service, counters included."""

    source = "ShowService"
    subject = "service_id"

    service_id: str = field(description="Id of the service, a UUID.", source="ShowService")

    def ask(self, client: ModelArtsClient) -> ServiceDetail:
        """The detail."""
        answer = client.get_service(self.service_id)
        return ServiceDetail.read(answer, f"the service {self.service_id}", service_id=self.service_id)


class GetPools(Lookup[list[Pool]]):
    """The dedicated pools, new and old ones."""

    source = "ListPools, ListClusters"
    command = "pools"
    noun = "dedicated pools"
    columns: ClassVar[Mapping[str, Column]] = {
        "pool": lambda pool: pool.pool_name or pool.cluster_id,
        "kind": "kind",
        "name": "name",
        "status": "status",
        "for": "scope",
        "nodes": nodes,
    }

    def ask(self, client: ModelArtsClient) -> list[Pool]:
        """New ones, then old ones."""
        new = [new_pool(item) for item in client.list_pools()]
        try:
            return [*new, *map(old_pool, client.list_clusters())]
        except NotFoundError:  # the cloud no longer knows the call
            return new


class GetModels(Lookup[list[ModelSummary]]):
    """The model versions of the project."""

    source = _MODELS
    exclusive = (("name", "name_contains"), ("model_type", "not_model_type"))
    command = "models"
    columns: ClassVar[Mapping[str, Column]] = {
        "name": "name",
        "version": "version",
        "model id": "model_id",
        "type": "type",
        "status": "status",
        "deployed as": "install_type",
        "created": moment("create_at"),
    }
    options: ClassVar[Mapping[str, Option]] = {
        "model_type": Option(name="type"),
        "not_model_type": Option(name="not-type", metavar="TYPE"),
    }

    name: str | None = field(None, description="Exact name.", source=_MODELS, wire="model_name")
    name_contains: str | None = field(
        None, description="Part of the name. Not with name.", source=_MODELS, wire="model_name"
    )
    version: str | None = field(None, description="Version, such as 0.0.1.", source=_MODELS, wire="model_version")
    status: str | None = field(
        None, description="Only in this state, such as published.", source=_MODELS, wire="model_status"
    )
    description: str | None = field(None, description="Part of the description.", source=_MODELS)
    model_type: str | None = field(None, description="Only of this type, such as Image.", source=_MODELS)
    not_model_type: str | None = field(
        None, description="Of all types but this one. Not with model_type.", source=_MODELS
    )
    workspace_id: str | None = field(
        None, description="Those of this workspace, not of the default one.", source=_MODELS
    )
    sort_by: Literal["create_at", "model_version", "model_size"] | None = field(
        None, description="What to sort by. Without it, by create_at.", source=_MODELS
    )
    order: Order | None = field(None, description="Ascending or descending. Without it, desc.", source=_MODELS)

    def ask(self, client: ModelArtsClient) -> list[ModelSummary]:
        """Those that match; of the given name only."""
        # Without exact_match an underscore in a name stands for any character.
        exact = {} if self.name is None else {"exact_match": "true"}
        found = [
            ModelSummary.read(item, f"the model {item.get('model_id')}")
            for item in client.list_models(**self.filters(), **exact)
        ]
        return [one for one in found if self.name in (None, one.name)]


class GetModel(Lookup[ModelDetail]):
    """The whole detail of one model version, by its id or by name and version."""

    source = "ShowModel"
    subject = "model_id"

    model_id: str | None = field(None, description="Id of the model version, a UUID.", source="ShowModel")
    name: str | None = field(None, description="Exact name. With version, instead of the id.", source=_MODELS)
    version: str | None = field(None, description="Version of the model, such as 0.0.1.", source=_MODELS)

    def find_problem(self) -> str | None:
        """The id, or both of the others."""
        if (self.name is None) is not (self.version is None) or (self.model_id is None) is (self.name is None):
            return "give the model's id, or its name and version"
        return None

    def ask(self, client: ModelArtsClient) -> ModelDetail:
        """The detail, found by name and version where no id is given."""
        wanted = self._find(client) if self.model_id is None else self.model_id
        return ModelDetail.read(client.get_model(wanted), f"the model {wanted}", model_id=wanted)

    def _find(self, client: ModelArtsClient) -> str:
        found = GetModels(name=self.name).ask(client)
        for one in found:
            if one.version == self.version:
                return one.model_id
        there_are = ", ".join(sorted(one.version for one in found)) or "none"
        raise ConfigurationError(f"there is no version {self.version} of the model {self.name}; there are: {there_are}")


# What follows moves by itself. A run keeps each answer for as long as it lasts, so that a program sees one picture, and
# no longer. They are to look at; as inputs of resources they would be changes in each run.


class GetServiceEvents(Lookup[list[ServiceEvent]]):
    """What happened to a service in the last month, newest last."""

    source = "ShowServiceEvents"
    subject = "service_id"

    service_id: str = field(description="Id of the service, a UUID.", source="ShowServiceEvents")

    def ask(self, client: ModelArtsClient) -> list[ServiceEvent]:
        """The events."""
        what = f"the events of the service {self.service_id}"
        return [ServiceEvent.read(one, what) for one in client.list_events(self.service_id)]


class GetServiceMonitor(Lookup[ServiceMonitor]):
    """Instances, calls and load of a service."""

    source = "ShowServiceMonitorInfo"
    subject = "service_id"

    service_id: str = field(description="Id of the service, a UUID.", source="ShowServiceMonitorInfo")

    def ask(self, client: ModelArtsClient) -> ServiceMonitor:
        """The load.

        One array of the answer holds the models of a real-time service or the nodes of an edge service; the record has
        one list for each.
        """
        answer = client.get_monitor(self.service_id)
        items = answer.get("monitors") or []
        parts = {
            "models": [one for one in items if "node_id" not in one],
            "nodes": [one for one in items if "node_id" in one],
        }
        return ServiceMonitor.read({**answer, **parts}, f"the load of the service {self.service_id}")


class GetServiceUpdateRecords(Lookup[list[UpdateRecord]]):
    """The roll-outs of a real-time or edge service, newest last.

    A record has the environment variables of its models, secret ones too.
    """

    source = "ShowServiceUpdateLogs"
    subject = "service_id"

    service_id: str = field(description="Id of the service, a UUID.", source="ShowServiceUpdateLogs")

    def ask(self, client: ModelArtsClient) -> list[UpdateRecord]:
        """The records."""
        what = f"the update records of the service {self.service_id}"
        records = [UpdateRecord.read(one, what) for one in client.list_update_records(self.service_id)]
        return sorted(records, key=lambda one: one.update_time)
