"""A deployment's values between our names and the API's, whether it has a life of its own or stands in a service."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_inference.core.errors import ConfigurationError
from pulumi_inference.core.fields.facts import Spec
from pulumi_inference.core.fields.wire import from_wire, to_wire
from pulumi_inference.core.lifecycle import Inputs
from pulumi_inference.core.lifecycle.memory import Answer
from pulumi_inference.core.lifecycle.ownership import in_text, out_of_text
from pulumi_inference.huaweicloud.variables import SecretVariables
from pulumi_inference.modelartsv2.specs.parts import DESCRIPTION_LIMIT, ServiceSecret
from pulumi_inference.modelartsv2.specs.states import STOPPED

VARIABLES = SecretVariables("unit_configs", "name")
"""Each unit has secret variables of its own."""

SERVICE_SECRET = "service_secret"  # noqa: S105 - a name of the API

MAIN = "main"
"""The name of a unit to which the program gives none."""

_ACCELERATORS = ("gpu", "ascend")
_ROLLING: Mapping[str, Any] = {"type": "ROLLING"}


def complete(group: Mapping[str, Any], secrets: Any) -> dict[str, Any]:
    """The values as ModelArts means them; wrong and unknown ones pass through.

    No accelerators are as many as not set, and the variables of a unit with secret ones are managed as a whole.
    """
    units = group.get("unit_configs")
    if not isinstance(units, list):
        return dict(group)
    return {**group, "unit_configs": [_completed(unit, secrets) for unit in units]}


def values_of(spec: type[Spec], answer: Answer) -> dict[str, Any]:
    """The values in an answer, with secret variables among the others still."""
    values = from_wire(spec, answer)
    if "description" in values:
        values["description"] = out_of_text(values["description"])
    if not values.get("pool_id", True):
        del values["pool_id"]
    return values


def create_body(spec: type[Spec], values: Inputs, mark: str = "", secret: Any = None) -> dict[str, Any]:
    """A deployment as it is added, with secret variables merged; `mark` ("" for none) goes behind the description."""
    body = to_wire(spec, values)
    description = in_text(values.get("description") or "", mark, DESCRIPTION_LIMIT)
    if description:
        body["description"] = description
    body["advanced_config"] = advanced_body(body["advanced_config"], secret)
    body.pop("deployment_task_limit", None)  # which only a change takes
    if "mirror_traffic_weight" in body:
        body["mirror_traffic_weight"] = str(body["mirror_traffic_weight"])  # a text here, a number in changes
    return body


def advanced_body(advanced: Mapping[str, Any], secret: Any) -> dict[str, Any]:
    """The part that says how it is reached, with what it cannot do without."""
    body = {**advanced, "upgrade_config": {**_ROLLING, **(advanced.get("upgrade_config") or {})}}
    if secret is not None:
        body[SERVICE_SECRET] = secret_body(secret)
    return body


def secret_body(secret: Inputs) -> dict[str, Any]:
    """The mounted secrets as the API has them."""
    return to_wire(ServiceSecret, secret)


def mounted_texts(inputs: Inputs) -> Iterator[str]:
    """What the mounted secrets hold, decoded: nobody may see that either."""
    secret = inputs.get(SERVICE_SECRET)
    volumes = secret.get("secret_volumes") if isinstance(secret, Mapping) else None
    for one in volumes if isinstance(volumes, list) else ():
        value = one.get("secret_value") if isinstance(one, Mapping) else None
        try:
            yield base64.b64decode(value, validate=True).decode() if isinstance(value, str) else ""
        except ValueError:
            continue  # no text


def with_unit_ids(units: list[dict[str, Any]], answer: Answer) -> list[dict[str, Any]]:
    """The units with the ids that they have already: without, they would be made anew."""
    ids = {one.get("name"): one.get("id") for one in answer.get("unit_configs") or () if isinstance(one, Mapping)}
    return [{**unit, "id": ids[unit["name"]]} if ids.get(unit["name"]) else unit for unit in units]


def refuse_priority(path: str, status: Any, wanted: Any) -> None:
    """Says that the priority cannot change now, unless the program stops the deployment, which is what it takes.

    Raises:
        ConfigurationError: it does not.
    """
    if status != STOPPED and wanted != "stopped":
        raise ConfigurationError(
            f"{path}: cannot change while the deployment runs",
            next_step='Set desired_status="stopped" for one `pulumi up`, which takes it offline, and change it then; '
            "or leave it as it is.",
        )


def _completed(unit: Any, secrets: Any) -> Any:
    if not isinstance(unit, Mapping):
        return unit
    # No default of the field's: an identity has to stand in the values, and what is a default need not.
    result = {"name": MAIN, **unit}
    custom_spec = result.get("custom_spec")
    if isinstance(custom_spec, Mapping):
        result["custom_spec"] = {
            name: value for name, value in custom_spec.items() if name not in _ACCELERATORS or value != 0
        }
        result.setdefault("flavor", "custom")
    if isinstance(secrets, Mapping) and isinstance(result["name"], str) and result["name"] in secrets:
        result.setdefault("envs", {})
    return result
