"""What the admin door puts there, changes and takes away beside services."""

from collections.abc import Callable
from dataclasses import fields
from functools import partial
from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..routing import Call
from ..store import Document
from ..typed import fits
from . import catalog, flavours, model, runtimes
from .model import Model

_MODEL_FIELDS: Final = {item.name: item.type for item in fields(Model) if item.name != "steps"}


class SeedError(RefusedError):
    """An item makes no sense; the message says why."""


def seed(call: Call, collection: str, item: Any) -> None:
    """Put an item of one of the collections of :data:`COLLECTIONS` there.

    Raises:
        SeedError: it has a field that there is not, or a wrong value.
        KeyError: it lacks the field that identifies it.
    """
    if not isinstance(item, dict):
        raise SeedError(f"the items of {collection} are objects")
    COLLECTIONS[collection](call, item)


def overview(call: Call) -> list[Document]:
    """All models of all projects, in short."""
    names = ("project", "model_id", "model_name", "model_version", "model_status")
    return [{name: document[name] for name in names} for document in call.tx.find_all(model.KIND)]


def change_model(call: Call, model_id: str, changes: Document) -> None:
    """Change a model behind the program's back, at once; a new ``model_status`` stays.

    Raises:
        SeedError: there is no such model or field.
    """
    found = _model(call, model_id)
    _check_model(changes)
    for name, value in changes.items():
        setattr(found, name, value)
    if "model_status" in changes:
        found.steps = []
        found.enter(changes["model_status"])
    model.save(call.tx, found)


def delete_model(call: Call, model_id: str) -> None:
    """Let a model vanish, in use or not.

    Raises:
        SeedError: there is no such model.
    """
    call.tx.delete(model.KIND, _model(call, model_id).model_id)


def _seed_model(call: Call, item: Document) -> None:
    values = dict(item)
    if "project_id" in values:
        values["project"] = values.pop("project_id")
    _check_model(values)
    model.save(call.tx, model.seeded({"create_at": call.now_ms, **values}))


def _seed_flavour(call: Call, item: Document) -> None:
    flavours.seed(call.tx, item)


def _seed_runtime(call: Call, item: Document) -> None:
    runtimes.seed(call.tx, item)


def _seed_plainly(collection: str, call: Call, item: Document) -> None:
    catalog.seed(call.tx, collection, item)


COLLECTIONS: Final[dict[str, Callable[[Call, Document], None]]] = {
    "models": _seed_model,
    "runtimes": _seed_runtime,
    "flavours": _seed_flavour,
    **{name: partial(_seed_plainly, name) for name in catalog.SEEDABLE},
}
"""What can be seeded, and who does it."""


def _model(call: Call, model_id: str) -> Model:
    found = model.load(call.tx, model_id)
    if found is None:
        raise SeedError(f"there is no model {model_id}")
    return found


def _check_model(values: Document) -> None:
    refuse_unknown(values, _MODEL_FIELDS, "field of a model", SeedError)
    for name, value in values.items():
        if not fits(_MODEL_FIELDS[name], value):
            raise SeedError(f"{name} of a model cannot be {value!r}")
    if values.get("model_status", "published") not in model.STATUSES:
        raise SeedError(f"model_status is one of {', '.join(model.STATUSES)}")
