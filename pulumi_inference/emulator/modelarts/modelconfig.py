"""What a model's configuration, ``initial_config``, says about the model (modelarts.md section 12.1)."""

import json
from typing import Any, Final

from ..messages import parse_json
from ..store import Document
from . import errors

_TAKEN_OVER: Final = {
    "apis": list,
    "dependencies": list,
    "input_params": list,
    "output_params": list,
    "health": dict,
    "runtime": str,
    "model_algorithm": str,
    "cmd": str,
}
_OF_CONFIGURATIONS: Final = {"input_params": "request", "output_params": "response"}


def read(text: str | None) -> Document:
    """The fields of a model that its configuration holds.

    Raises:
        HuaweiError: 400 ModelArts.3016 when it is not JSON, 3015 when it is not a configuration.
    """
    if text is None:
        return {}
    try:
        config = parse_json(text.encode())
    except ValueError as error:
        message = "Failed to parse config json file because of unsupported fields, types, or formats"
        raise errors.refused("3016", f"{message}(initial_config, {error}).") from error
    if not isinstance(config, dict):
        raise _nonconforming("it is not an object")
    for name, kind in _TAKEN_OVER.items():
        if name in config and not isinstance(config[name], kind):
            raise _nonconforming(f"{name} is of another type")
    found = {name: config[name] for name in _TAKEN_OVER if name in config}
    if not all(isinstance(item, dict) for name in ("apis", "dependencies") for item in found.get(name, ())):
        raise _nonconforming("apis and dependencies hold objects")
    if "health" in found:
        found["health"] = {name: str(value) for name, value in found["health"].items()}
    return found


def params_of(apis: list[Document]) -> Document:
    """``input_params`` and ``output_params`` of a model, one entry for each property of each call."""
    return {
        direction: [param for api in apis for param in _params(api, direction)]
        for direction in _OF_CONFIGURATIONS
        if any(_schema(api, direction) for api in apis)
    }


def _params(api: Document, direction: str) -> list[Document]:
    properties = _schema(api, direction).get("properties")
    call = {
        "url": api.get("url", "/"),
        "method": str(api.get("method", "post")).lower(),
        "protocol": api.get("protocol", "http"),
    }
    return [
        {**call, "param_name": name, "param_type": _type_of(shape), "param_desc": json.dumps(shape)}
        for name, shape in (properties.items() if isinstance(properties, dict) else ())
    ]


def _schema(api: Document, direction: str) -> Document:
    """The JSON Schema of what goes in or comes out; configurations have it in another place than requests."""
    other = api.get(_OF_CONFIGURATIONS[direction])
    schema = api.get(direction) or (other.get("data") if isinstance(other, dict) else None)
    return schema if isinstance(schema, dict) else {}


def _type_of(shape: Any) -> str:
    kind = shape.get("type", "object") if isinstance(shape, dict) else "object"
    return str(kind)


def _nonconforming(reason: str) -> Exception:
    return errors.refused("3015", f"Config json file does not conform to the specification: {reason}.")
