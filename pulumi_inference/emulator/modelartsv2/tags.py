"""Tags of services (modelarts-v2.md sections 3.5 and 9.1)."""

from typing import Any

from ..huaweicloud import tags
from ..huaweicloud.fields import Fields, object_body
from ..messages import Response, json_response
from ..routing import Call
from . import listing, views
from .bodies.services import MOST_TAGS
from .service import Service, find, find_all, save


def create(call: Call) -> Response:
    """``POST /modelarts-service-v2/{service_id}/tags/create``: another value of a key that is there takes its place."""
    body = object_body(call)
    given = {tags.key_of(item): tags.value_of(item, required=False) or "" for item in _items(body)}
    service = find(call)
    merged = service.tags | given
    if len(merged) > MOST_TAGS:
        raise body.invalid("tags", f"a service has at most {MOST_TAGS} tags")
    service.tags = merged
    save(call.tx, service)
    return Response(204)


def delete(call: Call) -> Response:
    """``DELETE /modelarts-service-v2/{service_id}/tags/delete``; a tag that is not there is fine."""
    items = _items(object_body(call))
    service = find(call)
    tags.remove(service.tags, items)
    save(call.tx, service)
    return Response(204)


def read(call: Call) -> Response:
    """``GET /modelarts-service-v2/{service_id}/tags``."""
    return json_response({"tags": views.tags(find(call))})


def read_all(call: Call) -> Response:
    """``GET /modelarts-service-v2/tags``: those of the whole project."""
    return json_response({"tags": tags.by_key(one.tags for one in find_all(call))})


def find_resources(call: Call) -> Response:
    """``POST /modelarts-service-v2/resource-instances/filter``."""
    body = object_body(call)
    found = _found(call, body)
    limit = _paging(call, body, "limit", listing.DEFAULT_LIMIT)
    offset = _paging(call, body, "offset", 0)
    resources: list[dict[str, Any]] = [
        {
            "resource_id": one.id,
            "resource_name": one.name,
            "resource_detail": views.service_row(call, one),
            "tags": views.tags(one),
        }
        for one in found[offset : offset + limit]
    ]
    return json_response({"resources": resources, "total_count": len(found)})


def count_resources(call: Call) -> Response:
    """``POST /modelarts-service-v2/resource-instances/count``."""
    return json_response({"total_count": len(_found(call, object_body(call)))})


def _items(body: Fields) -> list[Fields]:
    return body.objects("tags", required=True) or []


def _paging(call: Call, body: Fields, name: str, default: int) -> int:
    sent = body.integer(name, least=0)
    return listing.number(call, name, default) if sent is None else sent


def _found(call: Call, body: Fields) -> list[Service]:
    """The services that fit: all tags, each with one of the values, if any are named."""
    wanted = [(item.required_text("key"), item.texts("values") or []) for item in body.objects("tags") or []]
    matches = [
        (item.choice("key", ("resource_name",), required=True), item.text("value") or "")
        for item in body.objects("matches") or []
    ]
    untagged = body.boolean("without_any_tag") or False
    return [
        one
        for one in find_all(call)
        if all(value in one.name for _, value in matches)
        and (not one.tags if untagged else all(_has(one, key, values) for key, values in wanted))
    ]


def _has(one: Service, key: str, values: list[str]) -> bool:
    return key in one.tags and (not values or one.tags[key] in values)
