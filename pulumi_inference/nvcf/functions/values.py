"""Between a function's spec and the API's bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.shape import observe
from pulumi_inference.core.fields.unknown import UNKNOWN
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_list, out_of_list
from pulumi_inference.nvcf.specs.function import FunctionOutputs, FunctionSpec
from pulumi_inference.nvcf.specs.function_parts import FunctionRateLimit, LlmInvocationConfig
from pulumi_inference.nvcf.spelling import as_known, canonical_duration, same_artifact, with_ids

LLM = "LLM"


def complete(inputs: dict[str, Any]) -> dict[str, Any]:
    """Ids and durations as NVCF spells them, and each tag once."""
    inputs = with_ids(inputs, "function_id")
    if isinstance(inputs.get("telemetries"), Mapping):
        inputs["telemetries"] = with_ids(inputs["telemetries"], *inputs["telemetries"])
    health = inputs.get("health")
    if isinstance(health, Mapping) and isinstance(health.get("timeout"), str):
        inputs["health"] = {**health, "timeout": canonical_duration(health["timeout"])}
    tags = inputs.get("tags")
    if isinstance(tags, list) and UNKNOWN not in tags:
        inputs["tags"] = [one for index, one in enumerate(tags) if one not in tags[:index]]
    return inputs


def create_body(inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body that makes a function or a version, with our mark among its tags."""
    body = to_wire(FunctionSpec, inputs)
    if "containerEnvironment" in body:
        variables = body["containerEnvironment"].items()
        body["containerEnvironment"] = [{"key": key, "value": value} for key, value in variables]
    if "secrets" in body:
        body["secrets"] = secret_items(inputs["secrets"])
    body["tags"] = in_list(inputs.get("tags") or [], mark)
    return {name: value for name, value in body.items() if value not in ([], {})}


def secret_items(secrets: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Secrets as calls have them."""
    return [{"name": name, "value": value} for name, value in secrets.items()]


def live_of(answer: Answer, *known: Inputs) -> Live:
    """A version as NVCF answers it, in our names and without our mark; the first of `known` says how it is spelled."""
    said = next(iter(known), {})
    variables = {one["key"]: str(one.get("value") or "") for one in answer.get("containerEnvironment") or []}
    values = from_wire(FunctionSpec, {**answer, "containerEnvironment": variables or None, "secrets": None})
    values["function_id"] = answer["id"]
    if "tags" in values:
        values["tags"] = out_of_list(values["tags"])
    for name in ("models", "resources"):
        if name in values:
            values[name] = _as_spelled(values[name], said.get(name) or [])
    if answer.get("healthUri") is not None and values.get("health_uri") is None:
        values["health_uri"] = answer["healthUri"]
    return Live(values, from_wire(FunctionOutputs, answer), raw=answer)


def secret_names(answer: Answer) -> set[str] | None:
    """The names of the secrets; None where the key may not see them."""
    names = answer.get("secrets")
    return set(names) if isinstance(names, list) else None


def changed_fields(inputs: Inputs, recorded: Inputs, live: Inputs) -> list[str]:
    """The fields whose live values are not what the program says, or says no more."""
    drifted = differences(FunctionSpec, observe(FunctionSpec, live, inputs), inputs)
    moved = differences(FunctionSpec, recorded, inputs) if recorded else []
    return list(dict.fromkeys(str(path[0]) for path in [*drifted, *moved]))


def update_body(changed: Sequence[str], inputs: Inputs, recorded: Inputs, live: Inputs, mark: str) -> dict[str, Any]:
    """The body of the one call that changes what it can: of `changed` fields, tags, rate limit and LLM settings."""
    body: dict[str, Any] = {}
    if "tags" in changed and sorted(inputs.get("tags") or []) != sorted(live.get("tags") or []):
        body["tags"] = in_list(inputs.get("tags") or [], mark)
    if "rate_limit" in changed and inputs.get("rate_limit"):
        body["rateLimit"] = to_wire(FunctionRateLimit, inputs["rate_limit"])
    if "models" in changed:
        known = [_by_name(side.get("models")) for side in (recorded, live)]
        updates = [_model_update(one, *(side.get(one["name"]) or {} for side in known)) for one in inputs["models"]]
        body["modelUpdates"] = [one for one in updates if one["llmConfig"]]
    if "llm_invocation_config" in changed and inputs.get("llm_invocation_config"):
        body["llmInvocationConfig"] = to_wire(LlmInvocationConfig, inputs["llm_invocation_config"])
    return {name: value for name, value in body.items() if value != [] or name == "tags"}


def new_function_reason(older: Inputs, inputs: Inputs) -> str | None:
    """Why no further version of the older one's function can be what is wanted; None when one can."""
    before, after = older.get("function_type") or "DEFAULT", inputs.get("function_type") or "DEFAULT"
    if UNKNOWN in (before, after, inputs.get("models")):
        return None
    if (before == LLM) != (after == LLM):
        return f"all versions of a function are LLM or none is ({before} before, {after} now)"
    known = {one.get("name"): one.get("llm_config") or {} for one in older.get("models") or []}
    for model in inputs.get("models") or []:
        was, now = known.get(model.get("name")), model.get("llm_config") or {}
        for name in ("uris", "tokenizer"):
            if was is not None and after == LLM and _set(was.get(name)) != _set(now.get(name)):
                return f"all versions of a function have the same {name} of the model {model['name']}"
    return None


def _model_update(model: Inputs, recorded: Inputs, live: Inputs) -> dict[str, Any]:
    """The settings of a model that differ; a blank one is none. What the program never said stays."""
    now, before, was = (one.get("llm_config") or {} for one in (model, recorded, live))
    wires = {"token_rate_limit": "tokenRateLimit", "routing_method": "routingMethod"}
    said = {name: wire for name, wire in wires.items() if now.get(name) or before.get(name)}
    changed = {wire: now.get(name) or "" for name, wire in said.items() if now.get(name) != was.get(name)}
    return {"modelName": model["name"], "llmConfig": changed}


def _by_name(models: Any) -> dict[Any, Any]:
    return {one.get("name"): one for one in models or [] if isinstance(one, Mapping)}


def _as_spelled(items: Sequence[dict[str, Any]], said: Sequence[Any]) -> list[dict[str, Any]]:
    known = _by_name(said)
    return [as_known(one, known.get(one.get("name")), "uri", same_artifact) for one in items]


def _set(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
