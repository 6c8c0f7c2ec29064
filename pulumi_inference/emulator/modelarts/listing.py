"""Filters, order and pages of lists (modelarts.md sections 7 and 14 numbers 1 and 2)."""

import re
from collections.abc import Collection, Sequence
from typing import TypeVar

from ..routing import Call
from . import errors
from .service import Service
from .servicerules import INFER_TYPES
from .settings import settings_of

T = TypeVar("T")

STATUSES = (
    "deploying",
    "running",
    "concerning",
    "failed",
    "stopping",
    "stopped",
    "finished",
    "deleting",
    "pending",
    "waiting",
)
DEFAULT_LIMIT = 1000


def select(call: Call, services: list[Service]) -> list[Service]:
    """The services that pass all filters of the query, in the order that it asks for."""
    query = {name: value for name, value in reversed(call.request.query) if value}
    check_choice("status", query.get("status"), STATUSES)
    check_choice("infer_type", query.get("infer_type"), INFER_TYPES)
    found = [service for service in services if _fits(service, query)]
    key = query.get("sort_by", "publish_at")
    check_choice("sort_by", key, ("publish_at", "service_name", "transition_at"))
    return sorted(found, key=lambda service: getattr(service, key), reverse=is_descending(call))


def page(call: Call, items: Sequence[T], *, by_page: bool = False) -> Sequence[T]:
    """The part that ``offset`` (items to skip, or the index of a page) and ``limit`` ask for."""
    offset = number(call, "offset", 0, least=0)
    limit = min(number(call, "limit", DEFAULT_LIMIT, least=1), settings_of(call).max_page_size)
    start = offset * limit if by_page else offset
    return items[start : start + limit]


def is_descending(call: Call) -> bool:
    """Whether the newest or greatest comes first, which is the default."""
    order = call.request.query_value("order") or "desc"
    check_choice("order", order, ("desc", "asc"))
    return order == "desc"


def number(call: Call, name: str, default: int, *, least: int) -> int:
    """A whole number of the query."""
    text = call.request.query_value(name)
    if not text:
        return default
    if not re.fullmatch("[0-9]{1,18}", text) or int(text) < least:
        raise errors.invalid(name, f"must be an integer of at least {least}")
    return int(text)


def check_choice(name: str, value: str | None, choices: Collection[str]) -> None:
    """Refuse a value of the query that is none of the documented ones."""
    if value is not None and value not in choices:
        raise errors.invalid(name, f"must be one of {', '.join(choices)}")


def _fits(service: Service, query: dict[str, str]) -> bool:
    exact = ("service_id", "cluster_id", "infer_type", "status")
    return (
        all(query[name] == getattr(service, name) for name in exact if name in query)
        and query.get("service_name", "") in service.service_name
        and query.get("workspace_id", "0") == service.workspace_id
        and ("model_id" not in query or query["model_id"] in [item["model_id"] for item in service.config])
        and all(_has_tag(service, tag) for tag in filter(None, query.get("tags", "").split(",")))
    )


def _has_tag(service: Service, tag: str) -> bool:
    key, separator, value = tag.partition("=")
    return key in service.tags and (not separator or service.tags[key] == value)
