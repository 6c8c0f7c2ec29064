"""Functions that serve language models, whose settings belong to all versions together (nvcf.md section 5.6)."""

import re
from collections.abc import Iterable
from typing import Final

from ..store import Document
from .errors import ProblemError, invalid, unreadable
from .fields import Fields, without_nulls

_ROUTING: Final = (
    *("power-of-two", "wait-and-widen", "round-robin", "random", "pulsar", "pulsar-wait-and-widen"),
    *("groq-multiregion", "pulsar-multiregion"),
)
_TOKEN_RATE: Final = "^(?!.*-([SMHDW]).*-\\1)[1-9]\\d*-[SMHDW](,\\s*[1-9]\\d*-[SMHDW])*$"  # noqa: S105 - no secret
_LARGEST_PRIORITY: Final = 2**32 - 1
_MOST_PRIORITIES: Final = 64
_SHARED: Final = ("tokenRateLimit", "routingMethod")


def read_config(model: Fields) -> Document | None:
    """The ``llmConfig`` of a model; an empty one counts as none."""
    config = model.section("llmConfig")
    if config is None:
        return None
    uris = config.array("uris")
    if uris is not None and not all(isinstance(uri, str) for uri in uris):
        raise unreadable()
    names = ("tokenRateLimit", "tokenizer", "routingMethod")
    return without_nulls({"uris": uris, **{name: config.text(name) for name in names}})


def read_invocation(body: Fields) -> Document | None:
    """The field ``llmInvocationConfig``."""
    config = body.section("llmInvocationConfig")
    if config is None:
        return None
    priority = config.section("priority")
    if priority is None:
        return {}
    default = priority.integer(
        "defaultPriority",
        least=0,
        most=_LARGEST_PRIORITY,
        messages=("defaultPriority must be >= 0", f"defaultPriority must be <= {_LARGEST_PRIORITY}"),
        largest=2**63 - 1,
    )
    per_account = priority.mapping("perAccountPriority")
    if per_account is not None:
        _check_priorities(priority, per_account)
    if per_account and default is None:
        text = "Invalid priority: 'defaultPriority' is required when 'perAccountPriority' has entries"
        config.violate("priority", text)
    return {"priority": without_nulls({"defaultPriority": default, "perAccountPriority": per_account})}


def check_model(model: Document) -> None:
    """The rules of a model of such a function.

    Raises:
        ProblemError: 400.
    """
    config = model.get("llmConfig")
    if config is None:
        raise invalid("Invalid request: LLM function models must specify 'llmConfig'")
    if not config.get("uris"):
        raise invalid("Invalid request: LLM function models must specify non-empty 'llmConfig.uris'")
    check_settings(str(model.get("name")), config)


def check_settings(model: str, config: Document) -> None:
    """The rules of what can be changed of a model.

    Raises:
        ProblemError: 400.
    """
    routing, rate = config.get("routingMethod") or "", config.get("tokenRateLimit") or ""
    if routing.strip() and routing.strip().lower().replace("_", "-") not in _ROUTING:
        supported = f"supported values are [{', '.join(_ROUTING)}]"
        raise invalid(f"Invalid request: 'llmConfig.routingMethod' for model '{model}' is invalid; {supported}")
    if rate.strip() and not re.fullmatch(_TOKEN_RATE, rate):
        expected = (
            "expected comma-separated '<positiveInteger>-<unit>' entries with unit in [S, M, H, D, W] "
            "(for example '100000-S' or '10-M,5-S')"
        )
        raise invalid(f"Invalid request: 'llmConfig.tokenRateLimit' for model '{model}' is invalid; {expected}")


def join(new: Document, siblings: list[Document]) -> None:
    """Let a new version agree with the others of its function, and those with it, in place.

    Raises:
        ProblemError: 400 for other ``uris`` or another ``tokenizer`` of a model that a sibling has.
    """
    for sibling in siblings:
        for model, other in _same_models(new["models"], sibling):
            for name in ("uris", "tokenizer"):
                if model.get(name) != other.get(name):
                    where = f"Function id '{sibling['id']}', version '{sibling['versionId']}'"
                    subject = f"'llmConfig.{name}' for model '{_name_of(new['models'], model)}'"
                    raise invalid(f"{where}: {subject} must match existing versions")
    for sibling in siblings:
        for model, other in _same_models(new["models"], sibling):
            other |= {name: model[name] for name in _SHARED if name in model}
    if "llmInvocationConfig" in new:
        _share_invocation(new["llmInvocationConfig"], siblings)
    elif siblings and "llmInvocationConfig" in siblings[0]:
        new["llmInvocationConfig"] = siblings[0]["llmInvocationConfig"]


def change(version: Document, updates: list[Document], invocation: Document | None, family: list[Document]) -> None:
    """Change the settings through one version, for all versions of the function, in place.

    Args:
        version: through which.
        updates: ``modelName`` and ``llmConfig`` of each model.
        invocation: the new ``llmInvocationConfig``, if any.
        family: all versions of the function, this one included.

    Raises:
        ProblemError: 404 for a model that there is not, 400 for a wrong value.
    """
    where = f"Function id '{version['id']}', version '{version['versionId']}'"
    for update in updates:
        name, wanted = update["modelName"], update["llmConfig"]
        config = next((model.get("llmConfig", {}) for model in version["models"] if model["name"] == name), None)
        if config is None:
            raise ProblemError(404, f"{where}: Model '{name}' not found")
        if not config:
            raise invalid(f"{where}: Model '{name}' does not have existing llmConfig")
        check_settings(name, wanted)
        for one in family:
            for model in one["models"]:
                if model["name"] == name and "llmConfig" in model:
                    model["llmConfig"] |= wanted
    if invocation is not None:
        _share_invocation(invocation, family)


def _check_priorities(priority: Fields, per_account: Document) -> None:
    if len(per_account) > _MOST_PRIORITIES:
        text = f"Maximum number of perAccountPriority entries of {_MOST_PRIORITIES} is exceeded."
        priority.violate("perAccountPriority", text)
    for value in per_account.values():
        if isinstance(value, bool) or not isinstance(value, int):
            raise unreadable()
        if not 0 <= value <= _LARGEST_PRIORITY:
            bound = ">= 0" if value < 0 else f"<= {_LARGEST_PRIORITY}"
            priority.violate("perAccountPriority", f"priority must be {bound}")


def _same_models(models: list[Document], sibling: Document) -> Iterable[tuple[Document, Document]]:
    """The settings of the models that both have."""
    of_sibling = {model["name"]: model["llmConfig"] for model in sibling.get("models", ()) if "llmConfig" in model}
    for model in models:
        if "llmConfig" in model and model["name"] in of_sibling:
            yield model["llmConfig"], of_sibling[model["name"]]


def _name_of(models: list[Document], config: Document) -> str:
    return next(str(model["name"]) for model in models if model.get("llmConfig") is config)


def _share_invocation(config: Document, versions: list[Document]) -> None:
    for version in versions:
        version["llmInvocationConfig"] = config
