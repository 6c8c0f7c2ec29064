"""Between the spec's values and ModelArts' bodies: secrets merged and split, the ownership mark, the live detail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pulumi_inference.core import naming
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.wire import from_wire, to_wire
from pulumi_inference.modelarts.specs import ServiceOutputs, ServiceSpec

DESCRIPTION_LIMIT = 100
SECRETS = "secret_envs"

_MARK = re.compile(r" ?\[pulumi:[0-9a-f]{7}\]$")

SERVING = ("running", "concerning")
STOPPED = ("stopped", "stopping")
BUSY = ("deploying", "waiting", "pending", "stopping")


def mark(urn: str) -> str:
    """The ownership mark in the description of a service whose name the program gave."""
    return f"[pulumi:{naming.digest(urn, {})}]"


def marked(description: str, urn: str) -> str:
    """The description with the mark behind it, where the limit leaves room for it."""
    text = f"{description} {mark(urn)}".strip()
    return text if urn and len(text) <= DESCRIPTION_LIMIT else description


def unmarked(description: str) -> str:
    """The description as its author wrote it."""
    return _MARK.sub("", description)


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


def split_secrets(values: Inputs, known: Inputs) -> dict[str, Any]:
    """The reverse of `merge_secrets`: variables that `known` keeps as secrets go back there."""
    names: Mapping[str, Mapping[str, str]] = known.get(SECRETS) or {}
    if not names or "config" not in values:
        return dict(values)
    secrets: dict[str, dict[str, str]] = {}
    config = []
    for item in values["config"]:
        hidden = names.get(item.get("model_id"), {})
        envs = item.get("envs", {})
        found = {name: value for name, value in envs.items() if name in hidden}
        if found:
            secrets[item["model_id"]] = found
        config.append({**item, "envs": {name: value for name, value in envs.items() if name not in hidden}})
    return {**values, "config": config, SECRETS: secrets}


def create_body(inputs: Inputs, urn: str) -> dict[str, Any]:
    """The body of the create call; a name of the program's own is backed by the ownership mark."""
    values = merge_secrets(inputs)
    if not naming.is_automatic(inputs):
        description = marked(values.get("description", ""), urn)
        values.update({"description": description} if description else {})
    return to_wire(ServiceSpec, values)


def live_of(detail: Mapping[str, Any], known: Inputs) -> Live:
    """A detail answer as values and facts; `known` says which variables are secret."""
    values = split_secrets(merged_of(detail), known)
    status = str(detail.get("status", ""))
    wanted = "running" if status in SERVING else "stopped" if status in STOPPED else known.get("desired_status")
    if wanted:
        values["desired_status"] = wanted
    facts = from_wire(ServiceOutputs, detail)
    name = detail.get("service_name", detail.get("service_id"))
    problem = f"{name} has failed: {detail.get('error_msg') or 'no reason given'}" if status == "failed" else None
    busy = f"{name} is {status}; `pulumi up` waits for it" if status in BUSY else None
    return Live(values, facts, problem, busy, detail)


def merged_of(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The values in a detail answer, secrets still among the variables."""
    values = from_wire(ServiceSpec, detail)
    if "description" in values:
        values["description"] = unmarked(values["description"])
    return values
