"""Tags of real-time services (modelarts.md section 8.8)."""

from ..messages import Response, json_response
from ..routing import Call
from . import errors
from .fields import Fields, object_body
from .service import Service, find_all, find_for_change, save

_VALUE_EXTRA = "_.:=+-@/ "
_KEY_EXTRA = _VALUE_EXTRA.replace("/", "")
_LONGEST_KEY, _LONGEST_VALUE = 128, 255


def create(call: Call) -> Response:
    """``POST /services/{service_id}/tags/create``."""
    service, items = _open(call)
    service.tags |= {_key(item): _value(item, required=True) or "" for item in items}
    save(call.tx, service)
    return Response(204)


def delete(call: Call) -> Response:
    """``DELETE /services/{service_id}/tags/delete``, which has a body; a value, if given, must be the present one."""
    service, items = _open(call)
    for item in items:
        key, value = _key(item), _value(item, required=False)
        if value is None or service.tags.get(key) == value:
            service.tags.pop(key, None)
    save(call.tx, service)
    return Response(204)


def read_all(call: Call) -> Response:
    """``GET /services/tms/tags``: those of the whole project."""
    values: dict[str, dict[str, None]] = {}
    for service in find_all(call):
        for key, value in service.tags.items():
            values.setdefault(key, {})[value] = None
    return json_response({"tags": [{"key": key, "values": list(found)} for key, found in values.items()]})


def _open(call: Call) -> tuple[Service, list[Fields]]:
    items = object_body(call).objects("tags", required=True) or []
    service = find_for_change(call, call.params["service_id"])
    if service.infer_type != "real-time":
        raise errors.invalid("service_id", "only real-time services have tags")
    return service, items


def _key(item: Fields) -> str:
    key = item.required_text("key")
    allowed = all(character.isalnum() or character in _KEY_EXTRA for character in key)
    if not allowed or len(key) > _LONGEST_KEY or key != key.strip() or key.startswith("_sys_"):
        raise errors.invalid(item.path("key"), f"{key!r} is not a tag key")
    return key


def _value(item: Fields, *, required: bool) -> str | None:
    value = item.text("value", longest=_LONGEST_VALUE)
    if value is None and required:
        raise errors.missing(item.path("value"))
    if value and not all(character.isalnum() or character in _VALUE_EXTRA for character in value):
        raise errors.invalid(item.path("value"), f"{value!r} is not a tag value")
    return value
