"""Between the spec's values and ModelArts' bodies: secrets merged and split, the ownership mark, the live detail."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pulumi_inference.core import naming
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.wire import from_wire, to_wire
from pulumi_inference.modelarts.specs import ServiceOutputs, ServiceSpec

Detail = Mapping[str, Any]
"""The detail answer of a service, in wire names."""

DESCRIPTION_LIMIT = 100
SECRETS = "secret_envs"

_MARK = re.compile(r" ?\[pulumi:[0-9a-f]{7}\]$")

SERVING = ("running", "concerning")
STOPPED = ("stopped", "stopping")
ON_THE_WAY = ("deploying", "waiting", "pending")
BUSY = (*ON_THE_WAY, "stopping", "deleting")


def mark(urn: str) -> str:
    """The ownership mark in the description of a service whose name the program gave."""
    return f"[pulumi:{naming.digest(urn, {})}]"


def marked(description: str, inputs: Inputs, urn: str) -> str:
    """The description with the mark behind it, where the name alone is no proof and the limit leaves room."""
    if not urn or naming.proves_ownership(ServiceSpec, inputs, urn):
        return description
    text = f"{description} {mark(urn)}".strip()
    return text if len(text) <= DESCRIPTION_LIMIT else description


def unmarked(description: str) -> str:
    """The description as its author wrote it."""
    return _MARK.sub("", description)


def secret_values(inputs: Inputs) -> list[str]:
    """The values of the secret variables."""
    return [value for secrets in (inputs.get(SECRETS) or {}).values() for value in secrets.values()]


def merge_secrets(values: Inputs) -> dict[str, Any]:
    """The values with the secret variables among the others of their model, as the cloud knows them."""
    merged = {name: value for name, value in values.items() if name != SECRETS}
    secrets: Mapping[str, Mapping[str, str]] = values.get(SECRETS) or {}
    if secrets and "config" in merged:
        merged["config"] = [
            {**item, "envs": {**item.get("envs", {}), **secrets[item["model_id"]]}}
            if item.get("model_id") in secrets
            else item
            for item in merged["config"]
        ]
    return merged


def split_secrets(values: Inputs, *known: Inputs) -> dict[str, Any]:
    """The reverse of `merge_secrets`: variables that `known` keeps as secrets go back there.

    The first of `known` that names a variable of a model decides; a name that is secret at any other model stays so.
    """
    names = {name for one in known for secrets in (one.get(SECRETS) or {}).values() for name in secrets}
    if not names or "config" not in values:
        return dict(values)
    secrets: dict[str, dict[str, str]] = {}
    config = []
    for item in values["config"]:
        model = item.get("model_id")
        hidden = {name for name in names if _is_secret(name, model, known)}
        found = {name: value for name, value in item.get("envs", {}).items() if name in hidden}
        if found:
            secrets[model] = found
        config.append({**item, "envs": {name: one for name, one in item.get("envs", {}).items() if name not in hidden}})
    return {**values, "config": config, SECRETS: secrets}


def _is_secret(name: str, model: str, known: Sequence[Inputs]) -> bool:
    for one in known:
        if name in (one.get(SECRETS) or {}).get(model, {}):
            return True
        items = [item for item in one.get("config") or () if item.get("model_id") == model]
        if any(name in (item.get("envs") or {}) for item in items):
            return False
    return True


def create_body(inputs: Inputs, urn: str) -> dict[str, Any]:
    """The body of the create call; a name that is no proof of ownership is backed by the mark."""
    values = merge_secrets(inputs)
    description = marked(values.get("description", ""), inputs, urn)
    if description:
        values["description"] = description
    return to_wire(ServiceSpec, values)


def live_of(detail: Detail, *known: Inputs) -> Live:
    """A detail answer as values and facts; `known` says which variables are secret, the first one also the rest."""
    values = split_secrets(merged_of(detail), *known)
    status = str(detail.get("status", ""))
    wanted = "running" if status in SERVING else "stopped" if status in STOPPED else known[0].get("desired_status")
    if wanted:
        values["desired_status"] = wanted
    facts = from_wire(ServiceOutputs, detail)
    name = detail.get("service_name", detail.get("service_id"))
    problem = f"{name} has failed: {detail.get('error_msg') or 'no reason given'}" if status == "failed" else None
    busy = f"{name} is {status}; `pulumi up` waits for it" if status in BUSY else None
    return Live(values, facts, problem, busy, detail)


def merged_of(detail: Detail) -> dict[str, Any]:
    """The values in a detail answer, secrets still among the variables."""
    values = from_wire(ServiceSpec, detail)
    if "description" in values:
        values["description"] = unmarked(values["description"])
    return values
