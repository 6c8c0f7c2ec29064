"""The runtimes of the AI engines (modelarts.md section 12.4)."""

from typing import Any, Final

from ..admincalls import RefusedError, refuse_unknown
from ..huaweicloud.fields import Fields
from ..messages import Response, json_response
from ..routing import Call
from ..store import Document, Transaction
from . import listing
from .runtimefixture import ENGINES

KIND: Final = "modelarts.runtimes"
STATUSES: Final = ("normal", "deleted", "deleting")
ARRAYS: Final = ("runtimes", "request_mode", "accelerators", "arch", "status_list", "image_source")
"""The parallel arrays of an engine: what stands at one index of each describes the same runtime."""

_NORMAL: Final = {
    "request_mode": "sync",
    "accelerators": {"type": "none"},
    "arch": "x86_64",
    "status_list": "normal",
    "image_source": "uniform_image",
}


class RuntimeChangeError(RefusedError):
    """A change of the runtimes makes no sense; the message says why."""


def read_all(call: Call) -> Response:
    """``GET /models/ai-engine-runtimes``: here ``count`` is the total and ``total_count`` what the page has."""
    engines = _engines(call.tx)
    page = listing.page(call, engines)
    return json_response({"count": len(engines), "total_count": len(page), "engine_runtimes": page})


def check(call: Call, body: Fields, model_type: str, runtime: str | None) -> None:
    """Refuse a runtime that the engine of this type of model does not have, or has no longer.

    Raises:
        HuaweiError: 400 ModelArts.3037.
    """
    engine = _find(call.tx, model_type)
    if runtime is None or engine is None or not engine["runtimes"]:
        return
    if runtime not in engine["runtimes"]:
        raise body.invalid("runtime", f"{model_type} does not have this runtime")
    status = _at(engine["status_list"], engine["runtimes"].index(runtime))
    if status in ("deleted", "deleting"):
        raise body.invalid("runtime", f"this runtime of {model_type} is {status}")


def is_asynchronous(tx: Transaction, model_type: str, runtime: str | None) -> bool:
    """Whether services of a model with this runtime answer asynchronously."""
    engine = _find(tx, model_type)
    if engine is None or runtime not in engine["runtimes"]:
        return False
    return bool(_at(engine["request_mode"], engine["runtimes"].index(runtime)) == "async")


def seed(tx: Transaction, item: Document) -> None:
    """Put an engine there as it is given, or add one runtime (``ai_engine``, ``runtime``) to an engine.

    Raises:
        RuntimeChangeError: neither of the two.
    """
    name = item["ai_engine"]
    if "runtime" not in item:
        refuse_unknown(item, ("ai_engine", "runtime", *ARRAYS), error=RuntimeChangeError)
        if not all(isinstance(item.get(key, []), list) for key in ARRAYS):
            raise RuntimeChangeError(f"an engine has ai_engine and the arrays {', '.join(ARRAYS)}")
        _save(tx, {"ai_engine": name, **{key: item.get(key, []) for key in ARRAYS}})
        return
    engine = _copy(_find(tx, name) or {"ai_engine": name, **{key: [] for key in ARRAYS}})
    if item["runtime"] in engine["runtimes"]:
        raise RuntimeChangeError(f"{name} has the runtime {item['runtime']} already; PATCH it")
    engine["runtimes"].append(item["runtime"])
    for key, value in {**_NORMAL, **_changes(item)}.items():
        engine[key].append(value)
    _save(tx, engine)


def change(tx: Transaction, engine_name: str, runtime: str, changes: Document) -> None:
    """Change what one runtime is, such as its ``status``.

    Raises:
        RuntimeChangeError: there is no such runtime or field.
    """
    engine, place = _place(tx, engine_name, runtime)
    for key, value in _changes(changes).items():
        if place >= len(engine[key]):
            raise RuntimeChangeError(f"{key} of {engine_name} has nothing for {runtime}")
        engine[key][place] = value
    _save(tx, engine)


def delete(tx: Transaction, engine_name: str, runtime: str) -> None:
    """Take a runtime off the list.

    Raises:
        RuntimeChangeError: there is no such runtime.
    """
    engine, place = _place(tx, engine_name, runtime)
    for key in ARRAYS:
        del engine[key][place : place + 1]
    _save(tx, engine)


def _engines(tx: Transaction) -> list[Document]:
    """Those of the fixture first, changed or not, then the seeded ones."""
    changed = {engine["ai_engine"]: engine for engine in tx.find_all(KIND)}
    own = [changed.pop(engine["ai_engine"], engine) for engine in ENGINES]
    return [*own, *changed.values()]


def _find(tx: Transaction, name: str) -> Document | None:
    return next((engine for engine in _engines(tx) if engine["ai_engine"] == name), None)


def _place(tx: Transaction, engine_name: str, runtime: str) -> tuple[Document, int]:
    engine = _find(tx, engine_name)
    if engine is None or runtime not in engine["runtimes"]:
        raise RuntimeChangeError(f"there is no runtime {runtime} of {engine_name}")
    return _copy(engine), engine["runtimes"].index(runtime)


def _copy(engine: Document) -> Document:
    """One that can be changed; the fixture must stay as it is."""
    return {"ai_engine": engine["ai_engine"], **{key: list(engine[key]) for key in ARRAYS}}


def _changes(item: Document) -> Document:
    """The fields of one runtime under the names of the arrays that they stand in."""
    names = {"accelerator": "accelerators", "status": "status_list", "request_mode": "request_mode"}
    names |= {"arch": "arch", "image_source": "image_source"}
    refuse_unknown(item, ("ai_engine", "runtime", *names), error=RuntimeChangeError)
    if item.get("status", "normal") not in STATUSES:
        raise RuntimeChangeError(f"status is one of {', '.join(STATUSES)}")
    return {key: item[name] for name, key in names.items() if name in item}


def _at(values: list[Any], place: int) -> Any:
    """What stands there; None beyond the end, since the arrays of a seeded engine need not be equally long."""
    return values[place] if place < len(values) else None


def _save(tx: Transaction, engine: Document) -> None:
    tx.put(KIND, engine["ai_engine"], engine)
