"""Create, list, read and delete models (modelarts.md sections 12.1 to 12.3)."""

import json
import re
from typing import Final

from ..huaweicloud.errors import HuaweiError
from ..huaweicloud.fields import json_body
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import errors, faults, listing
from .model import KIND, STATUSES, Model, find, find_all, save, size_of
from .modelrules import MODEL_TYPES, ModelFields, read_model
from .service import find_all as find_services
from .settings import seconds_to_publish, settings_of

_MOST_IN_CASCADE: Final = 20
_LISTED: Final = (
    *("model_id", "model_name", "model_version", "model_type", "model_status", "model_size", "model_source"),
    *("tenant", "project", "owner", "create_at", "description", "workspace_id", "source_type", "source_copy"),
    *("install_type", "tunable", "market_flag", "publishable_flag", "specification"),
)
_DETAILED: Final = (
    *_LISTED,
    *("source_location", "source_job_id", "source_job_version", "execution_code", "runtime", "template"),
    *("model_metrics", "model_algorithm", "dependencies", "apis", "input_params", "output_params", "model_docs"),
    *("image_address", "schema_doc", "model_labels", "health", "cmd"),
)


def create(call: Call) -> Response:
    """``POST /models``: register; publishing goes on by itself."""
    values = read_model(call, ModelFields(json_body(call), ""))
    name, version = values["model_name"], values["model_version"]
    if any((model.model_name, model.model_version) == (name, version) for model in find_all(call)):
        raise HuaweiError(409, "ModelArts.3002", f"Model ({name}, {version}) already exists.")
    model = Model(project=call.params["project_id"], create_at=call.now_ms, **values)
    model.model_size = size_of(model.source_location)
    _publish(call, model)
    save(call.tx, model)
    return json_response({"model_id": model.model_id})


def read(call: Call) -> Response:
    """``GET /models/{model_id}``; ``initial_config`` is answered under the name ``config``."""
    model = None if call.stale == "missing" else find(call, call.params["model_id"])
    if model is None:
        raise _no_model(call.params["model_id"])
    document = _view(call, model, _DETAILED) | {"labels_map": {"labels": model.model_labels}}
    if model.initial_config is not None:
        document["config"] = model.initial_config
    return json_response(document)


def read_all(call: Call) -> Response:
    """``GET /models``; ``offset`` is the index of a page."""
    found = _select(call, [] if call.stale == "missing" else find_all(call))
    page = listing.page(call, found, by_page=True)
    items = [_view(call, model, _LISTED) for model in page]
    return json_response({"total_count": len(found), "count": len(items), "models": items})


def delete(call: Call) -> Response:
    """``DELETE /models/{model_id}``: always 200; what could not be deleted stands in a list of its own."""
    cascade = call.request.query_value("cascade") or "false"
    listing.check_choice("cascade", cascade, ("true", "false"))
    used = _used_models(call)
    deleted, failed = [], []
    for model_id in _targets(call, call.params["model_id"], cascade=cascade == "true"):
        if find(call, model_id) is None:
            failed.append(_failure(model_id, _no_model(model_id)))
        elif model_id in used:
            failed.append(_failure(model_id, _in_use(model_id)))
        else:
            call.tx.delete(KIND, model_id)
            deleted.append(model_id)
    return json_response({"delete_success_list": deleted, "delete_failed_list": failed})


def advance(call: Call) -> None:
    """Let every model enter the states that are due by now."""
    for document in call.tx.due(KIND, call.now_ms):
        model = Model(**document)
        while model.steps and model.steps[0]["at"] <= call.now_ms:
            model.enter(model.steps.pop(0)["status"])
        save(call.tx, model)


def _publish(call: Call, model: Model) -> None:
    """Plan what happens to a new model: its image is built if that takes time, then it is published."""
    fault = faults.take_for_publishing(call, model.model_name)
    outcome = fault.outcome if fault else "published"
    build, publish = settings_of(call).build_seconds, seconds_to_publish(call)
    stages = [("building", build)] if build else []
    if outcome == "building_failed":
        stages = stages or [("building", publish)]
    else:
        stages.append(("publishing", publish))
    if fault and fault.after_seconds is not None:
        stages[-1] = (stages[-1][0], fault.after_seconds)
    model.enter(stages[0][0])
    at = call.now_ms
    for (_, seconds), status in zip(stages, [*(name for name, _ in stages[1:]), outcome], strict=True):
        at += round(seconds * 1000)
        if status != "hang":
            model.steps.append({"at": at, "status": status})


def _select(call: Call, models: list[Model]) -> list[Model]:
    query = {name: value for name, value in reversed(call.request.query) if value}
    listing.check_choice("model_status", query.get("model_status"), STATUSES)
    listing.check_choice("exact_match", query.get("exact_match"), ("true", "false"))
    for name in ("model_type", "not_model_type"):
        listing.check_choice(name, query.get(name), MODEL_TYPES)
    if "model_type" in query and "not_model_type" in query:
        raise errors.invalid("not_model_type", "cannot be combined with model_type")
    key = query.get("sort_by", "create_at")
    listing.check_choice("sort_by", key, ("create_at", "model_version", "model_size"))
    found = [model for model in models if _fits(model, query)]
    return sorted(found, key=lambda model: _sort_key(model, key), reverse=listing.is_descending(call))


def _fits(model: Model, query: dict[str, str]) -> bool:
    exact = ("model_version", "model_status", "model_type")
    return (
        all(query[name] == getattr(model, name) for name in exact if name in query)
        and query.get("not_model_type") != model.model_type
        and query.get("workspace_id", "0") == model.workspace_id
        and query.get("description", "") in (model.description or "")
        and _has_name(model, query)
    )


def _has_name(model: Model, query: dict[str, str]) -> bool:
    """Fuzzy, with an underscore that stands for any character unless an exact match is asked for."""
    wanted = query.get("model_name", "")
    if query.get("exact_match") == "true":
        return wanted in ("", model.model_name)
    return re.search(re.escape(wanted).replace("_", "."), model.model_name) is not None


def _sort_key(model: Model, key: str) -> int | tuple[int, ...]:
    if key == "model_version":
        return tuple(int(part) for part in re.findall("[0-9]+", model.model_version))
    return int(getattr(model, key))


def _targets(call: Call, model_id: str, *, cascade: bool) -> list[str]:
    """The model itself and, with ``cascade``, the other versions of its name."""
    model = find(call, model_id)
    if model is None or not cascade:
        return [model_id]
    versions = [item.model_id for item in find_all(call) if item.model_name == model.model_name]
    return [model_id, *[item for item in versions if item != model_id][:_MOST_IN_CASCADE]]


def _used_models(call: Call) -> set[str]:
    """What services of the project use, stopped ones included."""
    return {
        item["model_id"]
        for service in find_services(call)
        for item in (*service.config, *(service.former_config or ()))
    }


def _view(call: Call, model: Model, names: tuple[str, ...]) -> Document:
    document = {name: value for name in names if (value := getattr(model, name)) is not None}
    document["project"] = model.project or call.params["project_id"]
    if isinstance(document.get("input_params"), bool):
        del document["input_params"]
    if settings_of(call).models_as_in_samples:
        document["install_type"] = [kind.replace("real-time", "realtime") for kind in model.install_type]
        if "apis" in document:
            document["apis"] = json.dumps(document["apis"])
    return document


def _no_model(model_id: str) -> HuaweiError:
    return HuaweiError(404, "ModelArts.3001", f"Model ({model_id}) does not exist.")


def _in_use(model_id: str) -> HuaweiError:
    message = f"Failed to delete model because the model ({model_id}) has been used to deploy a service."
    return HuaweiError(500, "ModelArts.3009", message)


def _failure(model_id: str, error: HuaweiError) -> Document:
    return {"model_id": model_id, "error_code": error.code, "error_msg": error.message}
