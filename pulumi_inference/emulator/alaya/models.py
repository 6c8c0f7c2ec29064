"""The model registry (alaya.md section 10.1)."""

from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from ..messages import Response
from ..routing import Call
from ..store import Document
from . import clusters, paging
from .accounts import Caller, caller_of
from .envelope import EnvelopeError, NotFoundError, RefusalError, answer
from .fields import Fields, object_body
from .settings import settings_of

MODEL: Final = "alaya.model"
TYPES: Final = ("base", "lora")
BASE_MODEL: Final = "00000000-0000-4000-8000-0000000000aa"
LORA_MODEL: Final = "00000000-0000-4000-8000-0000000000bb"
_EVERYBODY: Final = ""


def create(call: Call) -> Response:
    """``POST /api/model/v1/create``."""
    caller, model = caller_of(call), read_model(object_body(call))
    clusters.check_aidc(call, model["aidcId"])
    model = new(call, caller, model)
    keep(call, model)
    return answer(call, {"id": model["id"]})


def read_all(call: Call) -> Response:
    """``GET /api/model/v1/list``."""
    caller, given = caller_of(call), paging.query(call)
    if "aidcId" not in given:
        raise EnvelopeError(400, "aidcId is required")
    found = [model for model in _visible(call, caller.account) if _fits(model, given)]
    if settings_of(call).newest_first:
        found.reverse()
    return paging.rows(call, found, paging.page(call, found))


def delete(call: Call) -> Response:
    """``DELETE /api/model/v1/{modelId}``: the answer is ``code`` alone."""
    caller, model_id = caller_of(call), call.params["modelId"]
    model = find(call, caller.account, model_id)
    if model is None:
        raise NotFoundError("model", model_id)
    remove(call, model)
    return answer(call, alone=True)


def read_model(body: Fields) -> Document:
    """The body of a create call."""
    meta, extensions = body.required_section("modelMeta"), body.section("modelExtensions")
    kind = body.required_text("modelType").lower()  # "base or LoRA" in the table, lower case in the samples
    if kind not in TYPES:
        raise body.wrong("modelType", f"must be one of {', '.join(TYPES)}")
    aidc = body.value.get("aidcId")
    # the table says text, the sample has a number
    is_number = isinstance(aidc, int) and not isinstance(aidc, bool)
    return {
        "aidcId": str(aidc) if is_number else body.required_text("aidcId"),
        "modelSourcePath": body.required_text("modelSourcePath"),
        "modelMeta": {
            "name": meta.required_text("name"),
            "description": meta.text("description") or "",
        },
        "modelType": kind,
        "modelExtensions": {} if extensions is None else extensions.value,
    }


def new(call: Call, caller: Caller, model: Document) -> Document:
    """A model that is not kept yet."""
    model_id, now = str(uuid4()), _iso(call.now_ms)
    who = {"tenantId": caller.account, "createUser": caller.access_key, "updateUser": caller.access_key}
    path = f"/models/{model_id}"
    return {"id": model_id, "modelPath": path, **model, **who, "createAt": now, "updateAt": now}


def keep(call: Call, model: Document) -> None:
    """Keep a model."""
    call.tx.put(MODEL, model["id"], model, scope=model["tenantId"])


def remove(call: Call, model: Document) -> None:
    """Forget a model, also one that is there from the beginning."""
    keep(call, {**model, "gone": True})


def find(call: Call, account: str, model_id: str) -> Document | None:
    """A model that the account sees."""
    return next((model for model in _visible(call, account) if model["id"] == model_id), None)


def find_of_any(call: Call, model_id: str) -> Document | None:
    """A model, whoever owns it."""
    return next((model for model in _every(call) if model["id"] == model_id), None)


def check(call: Call, account: str, model_id: str, kind: str) -> None:
    """Refuse a model that a service cannot have.

    Raises:
        RefusalError: it is of the other type; or there is none, where that is looked at.
    """
    model = find(call, account, model_id)
    if model is None:
        if settings_of(call).check_models:
            raise RefusalError(f"model {model_id} does not exist")
    elif model["modelType"] != kind:
        raise RefusalError(f"model {model_id} is of type {model['modelType']}, not {kind}")


def _visible(call: Call, account: str) -> list[Document]:
    return [model for model in _every(call) if model["tenantId"] in (_EVERYBODY, account)]


def _every(call: Call) -> list[Document]:
    own = {BASE_MODEL: _own(BASE_MODEL, "base"), LORA_MODEL: _own(LORA_MODEL, "lora")}
    every = own | {model["id"]: model for model in call.tx.find_all(MODEL)}
    return [model for model in every.values() if not model.get("gone")]


def _own(model_id: str, kind: str) -> Document:
    """A model that is there from the beginning."""
    return {
        "id": model_id,
        "aidcId": clusters.AIDC,
        "modelSourcePath": f"/{clusters.VKS}/{kind}-model",
        "modelPath": f"/models/{model_id}",
        "modelMeta": {"name": f"{kind}-model", "description": ""},
        "modelType": kind,
        "modelExtensions": {},
        "tenantId": _EVERYBODY,
        "createUser": "",
        "createAt": _iso(0),
        "updateUser": "",
        "updateAt": _iso(0),
    }


def _iso(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _fits(model: Document, given: dict[str, str]) -> bool:
    return (
        model["aidcId"] == given["aidcId"]
        and given.get("modelType", "").lower() in ("", model["modelType"])
        and given.get("modelName", "").lower() in str(model["modelMeta"]["name"]).lower()
        and paging.has(model["modelExtensions"], given, "modelExtensions.")
    )
