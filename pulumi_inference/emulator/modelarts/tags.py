"""Tags of real-time services (modelarts.md section 8.8)."""

from ..huaweicloud import tags
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from . import errors
from .service import Service, find_all, find_for_change, save


def create(call: Call) -> Response:
    """``POST /services/{service_id}/tags/create``."""
    service, items = _open(call)
    service.tags |= {tags.key_of(item): tags.value_of(item, required=True) or "" for item in items}
    save(call.tx, service)
    return Response(204)


def delete(call: Call) -> Response:
    """``DELETE /services/{service_id}/tags/delete``, which has a body; a value, if given, must be the present one."""
    service, items = _open(call)
    tags.remove(service.tags, items)
    save(call.tx, service)
    return Response(204)


def read_all(call: Call) -> Response:
    """``GET /services/tms/tags``: those of the whole project."""
    return json_response({"tags": tags.by_key(service.tags for service in find_all(call))})


def _open(call: Call) -> tuple[Service, list[Fields]]:
    items = object_body(call).objects("tags", required=True) or []
    service = find_for_change(call, call.params["service_id"])
    if service.infer_type != "real-time":
        raise errors.invalid("service_id", "only real-time services have tags")
    return service, items
