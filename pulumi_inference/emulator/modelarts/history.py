"""What has happened to a service: events and update records (modelarts.md sections 8.5 and 8.6)."""

from typing import Final

from ..messages import Response, json_response
from ..routing import Call
from ..store import Document
from . import catalog, errors, listing
from .service import EVENTS_KEPT_MS, Service, find

_FORBIDDEN_IN_FILTER: Final = "`(){}';,[]<>/?"


def events(call: Call) -> Response:
    """``GET /services/{service_id}/events``."""
    service = find(call, call.params["service_id"])
    kind = call.request.query_value("event_type")
    listing.check_choice("event_type", kind, ("normal", "abnormal"))
    listing.check_choice("sort_by", call.request.query_value("sort_by"), ("occur_time",))
    text = call.request.query_value("event_info") or ""
    if set(text) & set(_FORBIDDEN_IN_FILTER):
        raise errors.invalid("event_info", f"must not contain any of {_FORBIDDEN_IN_FILTER}")
    start = max(listing.number(call, "start_time", 0, least=0), call.now_ms - EVENTS_KEPT_MS)
    end = listing.number(call, "end_time", call.now_ms, least=0)
    found = [
        event
        for event in service.events
        if start <= event["occur_time"] <= end and kind in (None, event["event_type"]) and text in event["event_info"]
    ]
    if listing.is_descending(call):
        found.reverse()
    page = listing.page(call, found)
    names = {"service_id": service.service_id, "service_name": service.service_name}
    return json_response({**names, "total_count": len(found), "count": len(page), "events": page})


def update_records(call: Call) -> Response:
    """``GET /services/{service_id}/logs``: not the logs of a container but the update records."""
    service = find(call, call.params["service_id"])
    wanted = listing.number(call, "update_time", 0, least=0)
    records = [
        _record(call, service, record) for record in reversed(service.records) if wanted in (0, record["update_time"])
    ]
    return json_response({"service_id": service.service_id, "service_name": service.service_name, "logs": records})


def _record(call: Call, service: Service, record: Document) -> Document:
    result: Document = {
        "update_time": record["update_time"],
        "result": record["result"],
        "config": record["config"],
        "extend_config": [],
    }
    if service.cluster_id:
        result["cluster_id"] = service.cluster_id
    if service.infer_type == "edge":
        result |= _node_results(call, record)
    return result


def _node_results(call: Call, record: Document) -> Document:
    """How each edge node fared; nodes that the new configuration has left are deleted ones."""
    done = record["result"] == "SUCCESS"
    failed = record.get("failed_nodes", [])
    steps = [(node_id, "deploy", done and node_id not in failed) for node_id in record["nodes"]]
    steps += [(node_id, "delete", done) for node_id in record.get("left_nodes", [])]
    return {
        "success_num": sum(result for _, _, result in steps),
        "failed_num": 0 if record["result"] == "RUNNING" else sum(not result for _, _, result in steps),
        "result_detail": [
            {
                "node_id": node_id,
                "node_name": catalog.node_of(call.tx, node_id)["name"],
                "operation": operation,
                "result": result,
            }
            for node_id, operation, result in steps
        ],
    }
