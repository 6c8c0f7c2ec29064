"""What has happened to a service (modelarts-v2.md section 9.2)."""

from typing import Final

from ..huaweicloud import refusals
from ..messages import Response
from ..routing import Call
from . import listing
from .service import find

_TYPES: Final = ("NORMAL", "ABNORMAL", "WARNING")
_FORBIDDEN: Final = "'\";%_*!@#$&\\"


def read_all(call: Call) -> Response:
    """``GET /services/{service_id}/events``."""
    service = find(call)
    kind = call.request.query_value("event_type") or None
    listing.check_choice("event_type", kind, _TYPES)
    text = call.request.query_value("event_info_key") or ""
    if set(text) & set(_FORBIDDEN):
        raise refusals.invalid("event_info_key", f"must not contain any of {_FORBIDDEN}")
    start, end = listing.number(call, "start_time", 0), listing.number(call, "end_time", call.now_ms)
    key = call.request.query_value("sort_key") or "create_at"
    listing.check_choice("sort_key", key, ("create_at", "update_at"))
    numbered = [
        (event[key], place, event)
        for place, event in enumerate(service.events)
        if kind in (None, event["event_type"])
        and text in event["event_info"]
        and event["update_at"] >= start
        and event["create_at"] <= end
    ]
    numbered.sort(key=lambda item: item[:2], reverse=listing.is_descending(call))
    return listing.answer(call, [event for _, _, event in numbered])
