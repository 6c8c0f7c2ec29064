"""Calls in the cloud's own paths: ``pexec``, its polls, and the older envelope ``exec``."""

import json
from dataclasses import replace
from typing import Any, Final

from ..messages import Response, json_response, parse_json
from ..routing import Call
from ..store import Document
from . import access, assets, queues, results
from .answers import error_text, in_trouble, marked, problem
from .callerrors import CallError
from .container import EVENT_STREAM
from .exchange import MAX_INLINE_BYTES, POLL_HEADER, Asked, Exchange, Outcome, begin, poll_seconds, resume

STATUS_PATH: Final = "/v2/nvcf/pexec/status"
MAX_BODY_BYTES: Final = 5 * 1024 * 1024
ASSETS_HEADER: Final = "nvcf-input-asset-references"
_RAW_HEADER: Final = "nvcf-feature-disable-worker-compatibility"
_STREAM_POLL_SECONDS: Final = 1200


def invoke(call: Call) -> Response:
    """``POST /pexec/functions/{function_id}`` and ``…/versions/{version_id}``."""
    return _invoke(call, dict(call.request.headers), call.request.body)


def poll(call: Call) -> Response:
    """``GET /pexec/status/{request_id}``."""
    return _poll(call, poll_seconds(call.request.headers))


def exec_invoke(call: Call) -> Response:
    """``POST /exec/functions/{function_id}`` and ``…/versions/{version_id}``."""
    envelope = _json(call.request.body)
    if not isinstance(envelope, dict) or "requestBody" not in envelope:
        raise CallError(400, "missing field `requestBody`")
    headers = {"content-type": "application/json"}
    asked = envelope.get("requestHeader")
    if asked is not None:
        headers |= _headers_of_envelope(asked)
    return _enveloped(_invoke(call, headers, json.dumps(envelope["requestBody"]).encode()))


def exec_poll(call: Call) -> Response:
    """``GET /exec/status/{request_id}``: headers of the caller count for nothing."""
    return _enveloped(_poll(call, poll_seconds({})))


def preflight(call: Call) -> Response:
    """``OPTIONS``, without a key: everything is allowed."""
    asked = call.request.headers
    allowed = {
        "Access-Control-Allow-Origin": asked.get("origin", "*"),
        "Access-Control-Allow-Methods": asked.get("access-control-request-method", "*"),
        "Access-Control-Allow-Headers": asked.get("access-control-request-headers", "*"),
        "Access-Control-Max-Age": "86400",
    }
    return Response(200, allowed)


def _invoke(call: Call, headers: dict[str, str], body: bytes) -> Response:
    function_id = access.check_id(call.params["function_id"])
    version_id = call.params.get("version_id")
    asset_ids = assets.references(headers.get(ASSETS_HEADER, ""))
    version = access.choose(call, function_id, access.check_id(version_id) if version_id else None)
    streams = headers.get("accept") == EVENT_STREAM
    seconds = poll_seconds(headers, _STREAM_POLL_SECONDS) if streams else poll_seconds(headers)
    if len(body) > MAX_BODY_BYTES:
        raise CallError(413, f"The request body is larger than {MAX_BODY_BYTES} bytes")
    _json(body)
    handed_over = assets.describe(call, asset_ids)
    asked = Asked("POST", _path(version), "", headers, body, seconds, handed_over)
    exchange = begin(call, version, asked)
    if exchange.orders.region:
        exchange.keep(Outcome("pending", 0))
        location = f"{results.origin(call)}{STATUS_PATH}/{exchange.work.id}"
        return marked(Response(302, {"Location": location}), exchange.work.id)
    return _answer(exchange)


def _poll(call: Call, seconds: int) -> Response:
    request_id = access.check_id(call.params["request_id"])
    work = queues.find_work(call, request_id)
    if work is None:
        raise CallError(404)
    version = access.choose(call, work.function_id, work.version_id, at_any_rate=True)
    exchange = resume(call, version, work, seconds)
    if exchange is None or exchange.orders.silent == "status":
        raise CallError(504, "worker did not acknowledge the status request.")
    return _answer(exchange)


def _path(version: Document) -> str:
    url = str(version.get("inferenceUrl") or "/")
    return url if url.startswith("/") else f"/{url}"


def _answer(exchange: Exchange) -> Response:
    """What the caller gets now."""
    headers = exchange.visit.headers
    is_raw = headers.get(_RAW_HEADER) == "true"
    once = is_raw or headers.get("accept", "").partition(";")[0].strip() == EVENT_STREAM
    outcome = exchange.hold(polls=not once)
    response = _of_outcome(exchange, outcome, is_raw=is_raw, once=once)
    return replace(marked(response, exchange.work.id), delay_seconds=outcome.delay_ms / 1000)


def _of_outcome(exchange: Exchange, outcome: Outcome, *, is_raw: bool, once: bool) -> Response:
    if outcome.kind == "done":
        return _final(exchange, outcome, is_raw=is_raw)
    if outcome.kind == "nobody" or once:
        exchange.drop()
        return Response(504)
    exchange.keep(outcome)
    if outcome.kind == "pending":
        return Response(202)
    partial = {"report": exchange.work.reports} if exchange.orders.partial else None
    return json_response(partial, 202, {"NVCF-PERCENT-COMPLETE": str(outcome.percent)})


def _final(exchange: Exchange, outcome: Outcome, *, is_raw: bool) -> Response:
    """The container's answer, as the worker passes it on."""
    answer, orders = exchange.finish(outcome), exchange.orders
    failed = in_trouble(orders)
    if failed:
        return failed
    if is_raw or answer.headers.get("Content-Type") == EVENT_STREAM:
        return answer
    if answer.status >= 400:
        return problem("inference-service", answer.status, error_text(answer.body))
    if len(answer.body) > MAX_INLINE_BYTES or results.file_names(orders):
        location = results.keep(exchange.call, exchange.work.id, answer, orders)
        return Response(302, {"Location": location})
    return answer


def _json(body: bytes) -> Any:
    try:
        return parse_json(body)
    except ValueError as error:
        raise CallError(400, f"The request body is not valid JSON: {error}") from error


def _headers_of_envelope(asked: Any) -> dict[str, str]:
    """The headers that say the same as an envelope's ``requestHeader``."""
    if not isinstance(asked, dict):
        raise CallError(400, "invalid type: requestHeader is an object")
    headers: dict[str, str] = {}
    seconds, references = asked.get("pollDurationSeconds"), asked.get("inputAssetReferences")
    if seconds is not None:
        if not isinstance(seconds, int) or isinstance(seconds, bool):
            raise CallError(400, "invalid type: pollDurationSeconds is an integer")
        headers[POLL_HEADER] = str(seconds)
    if references is not None:
        if not isinstance(references, list) or not all(isinstance(one, str) for one in references):
            raise CallError(400, "invalid type: inputAssetReferences is a list of texts")
        headers[ASSETS_HEADER] = ",".join(references)
    return headers


def _enveloped(response: Response) -> Response:
    """An answer of ``pexec`` in the older envelope."""
    found, accepted, ok = response.status == 302, response.status == 202, response.status == 200
    document: dict[str, Any] = {"reqId": response.headers["NVCF-REQID"]}
    document["status"] = "fulfilled" if ok or found else "in-progress" if accepted else "errored"
    if found:
        document["responseReference"] = response.headers["Location"]
    if ok or found:
        document["percentComplete"] = 100
    if not (ok or found or accepted):
        document["errorCode"] = response.status
    if ok:
        document["response"] = _content(response)
    status = 200 if found else response.status
    answer = json_response(document, status, {"Content-Type": "application/json"})
    return replace(answer, delay_seconds=response.delay_seconds)


def _content(response: Response) -> Any:
    try:
        return parse_json(response.body or b"".join(response.chunks))
    except ValueError as error:
        raise CallError(
            500, f"invalid json in response body for request_id: {response.headers['NVCF-REQID']}"
        ) from error
