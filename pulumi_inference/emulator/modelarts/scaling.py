"""Changes of single configuration values: by property and by patch (modelarts.md sections 8.2 and 8.3)."""

import json
from copy import deepcopy
from typing import Any, Final

from ..huaweicloud.fields import Fields, json_body, object_body
from ..messages import Response, json_response
from ..routing import Call
from . import errors, machine
from .configrules import read_config
from .service import Config, Service, find_for_change, save
from .services import resource_ids, surroundings_of

CAN_SCALE: Final = frozenset({"running", "concerning", "failed"})
_ANSWER_ONLY: Final = frozenset({"model_name", "model_version", "support_debug", "scaling", "source_type"})


def update_property(call: Call) -> Response:
    """``PUT /services/{service_id}/property``: another number of instances."""
    body = object_body(call)
    body.choice("changed_property", ("instance_count",), required=True)
    changes = body.objects("configs", required=True) or []
    service = _find(call, CAN_SCALE)
    if service.infer_type != "real-time":
        raise errors.invalid("changed_property", "only real-time services can be scaled")
    config = deepcopy(service.config)
    items = {item["model_id"]: item for item in config}
    for change in changes:
        model_id = change.required_text("model_id")
        if model_id not in items:
            raise errors.refused("3529", f"Model {model_id} under service {service.service_id} does not exist.")
        count = int(change.required_text("changed_value", pattern="[0-9]{1,9}"))
        if count == items[model_id]["instance_count"]:
            raise errors.invalid(change.path("changed_value"), "must differ from the current value")
        items[model_id]["instance_count"] = count
    return _roll_out(call, service, config)


def patch(call: Call) -> Response:
    """``PATCH /services/{service_id}``: replace values below ``/config``."""
    operations = json_body(call)
    if not isinstance(operations, list) or not operations:
        raise errors.invalid("body", "must be an array of operations")
    service = _find(call, machine.CAN_CHANGE)
    config = deepcopy(service.config)
    for position, operation in enumerate(operations):
        _replace(config, Fields(operation, f"[{position}]"))
    return _roll_out(call, service, config)


def _find(call: Call, states: frozenset[str]) -> Service:
    service = find_for_change(call, call.params["service_id"])
    if service.is_shared:
        raise errors.shared(service.service_name)
    if service.status not in states:
        raise errors.state_forbids("be updated", service.status)
    return service


def _roll_out(call: Call, service: Service, config: list[Config]) -> Response:
    checked = read_config(call, Fields({"config": config}, ""), surroundings_of(service))
    update_time = machine.deploy(call, service, "update", checked)
    save(call.tx, service)
    return json_response({"update_time": update_time, "resource_ids": resource_ids(call, service)})


def _replace(config: list[Config], operation: Fields) -> None:
    operation.choice("op", ("replace",), required=True)
    path = operation.required_text("path", pattern="/config/.+")
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[2:]]
    if len(steps) < 2 or steps[1] in _ANSWER_ONLY:
        raise errors.invalid(operation.path("path"), f"{path} cannot be replaced")
    target: Any = config
    for step in steps[:-1]:
        target = _child(target, step, operation)
    current = _child(target, steps[-1], operation)
    key = int(steps[-1]) if isinstance(target, list) else steps[-1]
    target[key] = _converted(operation, current)


def _child(parent: Any, step: str, operation: Fields) -> Any:
    if isinstance(parent, list) and step.isascii() and step.isdigit() and int(step) < len(parent):
        return parent[int(step)]
    if isinstance(parent, dict) and step in parent:
        return parent[step]
    raise errors.invalid(operation.path("path"), f"the service has no {operation.value['path']}")


def _converted(operation: Fields, current: Any) -> Any:
    """The value in the type of what it replaces; numbers, flags and structures arrive as strings (section 14, 29)."""
    value = operation.value.get("value")
    if value is None:
        raise errors.missing(operation.path("value"))
    if not isinstance(value, str) or isinstance(current, str):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise errors.invalid(operation.path("value"), "does not have the type of what it replaces") from error
