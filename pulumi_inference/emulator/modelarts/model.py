"""A model as the emulator keeps it, and where it is kept (modelarts.md section 12)."""

from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

from ..huaweicloud.accounts import DOMAIN_ID, USER_ID, stable_id
from ..routing import Call
from ..store import Document, Transaction

KIND = "modelarts.models"

INSTALL_TYPES = ("real-time", "batch", "edge")
STATUSES = ("publishing", "published", "failed", "building", "building_failed")


@dataclass(slots=True)
class Model:
    """One model; times are milliseconds since the epoch.

    Args:
        project: None for a seeded model that every project sees.
        initial_config: the model's configuration as it was sent, JSON in a string.
        input_params: what a batch service needs; of seeded models, true for some that nobody wants to see and false
            for none.
        support_debug: whether a service of this model has a ``debug_url``.
        steps: the states that it enters by itself, each with its time ``at``.
    """

    model_id: str = field(default_factory=lambda: str(uuid4()))
    model_name: str = ""
    model_version: str = "0.0.1"
    model_type: str = "Image"
    model_status: str = "published"
    project: str | None = None
    tenant: str = DOMAIN_ID
    owner: str = USER_ID
    workspace_id: str = "0"
    description: str | None = None
    source_location: str = ""
    source_copy: str | None = None
    source_type: str | None = None
    source_job_id: str | None = None
    source_job_version: str | None = None
    execution_code: str | None = None
    runtime: str | None = None
    template: Document | None = None
    initial_config: str | None = None
    model_metrics: str | None = None
    model_algorithm: str | None = None
    model_source: str = "custom"
    dependencies: list[Document] | None = None
    apis: list[Document] | None = None
    input_params: list[Document] | bool | None = None
    output_params: list[Document] | None = None
    install_type: list[str] = field(default_factory=lambda: list(INSTALL_TYPES))
    model_docs: list[Document] | None = None
    model_size: int = 0
    create_at: int = 0
    tunable: bool = False
    market_flag: bool = False
    publishable_flag: bool = True
    image_address: str | None = None
    schema_doc: str | None = None
    model_labels: list[str] = field(default_factory=list)
    specification: Document = field(default_factory=dict)
    health: Document | None = None
    cmd: str | None = None
    support_debug: bool = False
    steps: list[Document] = field(default_factory=list)

    def suits(self, infer_type: str) -> bool:
        """Whether it may be deployed as that type of service."""
        return infer_type in [kind.replace("realtime", "real-time") for kind in self.install_type]

    def enter(self, status: str) -> None:
        """Change the state; a model has an image as soon as it is published."""
        self.model_status = status
        if status == "published":
            self.image_address = self.image_address or f"swr.emulator/models/{self.model_id}:{self.model_version}"
            self.schema_doc = self.schema_doc or f"https://models.obs.emulator/{self.model_id}/schema.json"


def save(tx: Transaction, model: Model) -> None:
    """Keep the model."""
    due = model.steps[0]["at"] if model.steps else None
    tx.put(KIND, model.model_id, asdict(model), scope=model.project or "", due_ms=due)


def load(tx: Transaction, model_id: str) -> Model | None:
    """The model of any project, None when there is none."""
    document = tx.get(KIND, model_id)
    return Model(**document) if document else None


def find(call: Call, model_id: str) -> Model | None:
    """The model as the project of the call sees it."""
    model = load(call.tx, model_id)
    return model if model and model.project in (None, call.params["project_id"]) else None


def find_all(call: Call) -> list[Model]:
    """All models that the project sees, oldest first; those that every project sees go first."""
    return [
        Model(**document) for scope in ("", call.params["project_id"]) for document in call.tx.find_all(KIND, scope)
    ]


def exist(tx: Transaction) -> bool:
    """Whether there is any model, of any project."""
    return bool(tx.find_all(KIND))


def placeholder(model_id: str) -> Model:
    """What an id stands for that nobody has created or seeded."""
    return seeded({"model_id": model_id})


def seeded(item: dict[str, Any]) -> Model:
    """A model with what the item says, and what it does not say filled in."""
    model_id = str(item["model_id"])
    guessed = {"model_name": f"model-{model_id[:8]}", "input_params": True}
    guessed["source_location"] = f"swr.emulator/models/{model_id}:0.0.1"
    guessed["model_source"] = "auto" if item.get("source_type") == "auto" else "custom"
    model = Model(**{**guessed, **item, "model_id": model_id})
    model.model_size = model.model_size or size_of(model.source_location)
    model.enter(model.model_status)
    return model


def size_of(source_location: str) -> int:
    """Bytes that a model takes; the same for the same source."""
    return 1_000_000 + int(stable_id(source_location)[:6], 16)
