"""Between the spec's values and ModelArts' bodies: the create body of a model, and its live detail."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pulumi_inference.core.fields.differences import differences
from pulumi_inference.core.fields.normalise import normalise
from pulumi_inference.core.fields.shape import observe
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.http.parsing import parse_json
from pulumi_inference.core.lifecycle import Inputs, Live
from pulumi_inference.core.lifecycle.ownership import in_text, out_of_text
from pulumi_inference.modelarts.models.rules import complete, has_effect
from pulumi_inference.modelarts.specs.model import ModelOutputs, ModelSpec
from pulumi_inference.modelarts.specs.parts import DESCRIPTION_LIMIT

Detail = Mapping[str, Any]
"""The detail answer of a model, in wire names."""

PUBLISHED = "published"
ON_THE_WAY = ("publishing", "building")
FAILED = ("failed", "building_failed")

NAMED_BY: tuple[str, ...] = ()
"""All versions of a model have one automatic name, so nothing of a version goes into it."""

_NOTHING: tuple[Any, ...] = ("", [], {})


def create_body(inputs: Inputs, mark: str) -> dict[str, Any]:
    """The body of the create call: the configuration is a JSON text there, and the copy switch a text.

    The mark ("" for none) stands behind the description.
    """
    body = to_wire(ModelSpec, inputs)
    description = in_text(inputs.get("description", ""), mark, DESCRIPTION_LIMIT)
    if description:
        body["description"] = description
    if "initial_config" in body:
        body["initial_config"] = json.dumps(body["initial_config"], ensure_ascii=False)
    if "source_copy" in body:
        body["source_copy"] = "true" if body["source_copy"] else "false"
    return body


def values_of(detail: Detail) -> dict[str, Any]:
    """What a detail answer says in the spec's names, without the mark.

    Left out is what is empty or means nothing for such a model.
    """
    answer = {**detail, "initial_config": _parsed(detail.get("config")), "apis": _parsed(detail.get("apis"))}
    if isinstance(detail.get("description"), str):
        answer["description"] = out_of_text(detail["description"])
    if isinstance(detail.get("install_type"), list):
        # Sent as real-time, it may come back as realtime.
        answer["install_type"] = ["real-time" if one == "realtime" else one for one in detail["install_type"]]
    values = complete(normalise(ModelSpec, from_wire(ModelSpec, answer)))
    kind = values.get("model_type")
    said = {name: one for name, one in values.items() if name != "wait" and one not in _NOTHING}
    return {name: one for name, one in said.items() if has_effect(name, kind)}


def live_of(detail: Detail, known: Inputs) -> Live:
    """A detail answer as values and facts, with what is wrong or still going on.

    Members that the cloud has added to the configuration of `known` are no change: nobody can change a model.
    """
    values = values_of(detail)
    if known.get("initial_config") and "initial_config" in values:
        values["initial_config"] = _narrowed(values["initial_config"], known["initial_config"])
    status, name = str(detail.get("model_status", "")), name_of(detail)
    problem = f"{name} is {status}: {reason_of(detail) or 'no reason given'}" if status in FAILED else None
    busy = f"{name} is {status}; `pulumi up` waits for it" if status in ON_THE_WAY else None
    return Live(values, from_wire(ModelOutputs, detail), problem, busy, detail)


def name_of(detail: Detail) -> str:
    """The model version, for people."""
    return f"{detail.get('model_name', detail.get('model_id'))} {detail.get('model_version', '')}".rstrip()


def reason_of(detail: Detail) -> str | None:
    """Why the cloud could not publish it, as far as it says."""
    parts = [str(detail[name]) for name in ("error_code", "error_msg") if detail.get(name)]
    return ": ".join(parts) or None


def equals(detail: Detail, wanted: Inputs) -> bool:
    """Whether a live model has all these values, as far as the cloud answers them."""
    return not differences(ModelSpec, observe(ModelSpec, values_of(detail), wanted), wanted)


def _narrowed(found: Any, known: Any) -> Any:
    """What stands in `found` of the members that `known` has, at every depth of objects."""
    if not isinstance(found, Mapping) or not isinstance(known, Mapping):
        return found
    return {name: _narrowed(found[name], known[name]) for name in found if name in known}


def _parsed(value: Any) -> Any:
    """What stands in a JSON text; None when it is empty or no JSON."""
    if isinstance(value, str):
        try:
            value = parse_json(value)
        except ValueError:
            return None
    return value or None
