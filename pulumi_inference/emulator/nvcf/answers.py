"""What the workers and the platform add to a container's answer."""

from dataclasses import replace
from http import HTTPStatus
from typing import Final

from ..messages import Response, json_response, parse_json
from .orders import Orders

_PROBLEM: Final = "application/problem+json"


def error_text(body: bytes) -> str:
    """What a container says about its failure."""
    try:
        document = parse_json(body)
    except ValueError:
        document = None
    text = document.get("error") if isinstance(document, dict) else None
    return text if isinstance(text, str) and text else "Inference error"


def problem(source: str, status: int, detail: str) -> Response:
    """An error of the worker or of the container."""
    title = HTTPStatus(status).phrase if status in {known.value for known in HTTPStatus} else ""
    kind = f"urn:{source}:problem-details:{title.lower().replace(' ', '-')}"
    document = {"type": kind, "title": title, "status": status, "detail": detail}
    return json_response(document, status, {"Content-Type": _PROBLEM})


def marked(response: Response, request_id: str) -> Response:
    """The answer with the headers of the platform; their names are in lower case on the wire."""
    status = "errored" if response.status >= 400 else "in-progress" if response.status == 202 else "fulfilled"
    own = {
        "NVCF-REQID": request_id,
        "NVCF-STATUS": status,
        "Access-Control-Expose-Headers": "nvcf-reqid",
    }
    return replace(response, headers={**response.headers, **own})


def in_trouble(orders: Orders) -> Response | None:
    """What the worker says when it cannot get at the container's answer, as ordered."""
    if orders.trouble == "connection":
        return problem("inference-connection", 500, "Inference connection error while making inference request")
    if orders.trouble == "worker":
        return problem("nvcf-worker-service", 500, "Internal error while making inference request")
    return None
