"""Calling a service at its access address: a model that answers what it was asked."""

import json
from typing import Any, Final

from ..huaweicloud import gateway
from ..huaweicloud.errors import GatewayError, HuaweiError
from ..messages import Response, json_response, parse_json
from ..routing import Call
from . import appauth
from .service import KIND, MINUTE_MS, Config, Service, save

STATUS_HEADER: Final = "x-emulator-status"
APP_CODE_HEADER: Final = "x-apig-appcode"
_SPREAD: Final = 37
"""Has no divisor in common with 100: multiples of it visit each of 0 to 99 once, mixed."""


def infer(call: Call) -> Response:
    """Any method on ``/v1/infers/{service_id}/…``, with the old pool's id in front when there is one."""
    service, path = _target(call)
    if call.scope not in (None, service.project):
        raise HuaweiError(403, "ModelArts.0210", "The service belongs to a project other than the token's.")
    config = service.serving_config()
    if config is None:
        message = f"The service {service.service_id} is not running, its status is {service.status}."
        raise GatewayError(503, "ModelArts.4503", message)
    turn = sum(times for times, _ in service.invocations.values())
    item = _choose(config, turn)
    status = _status(call)
    _count(call, service, item, failed=status >= 400)
    save(call.tx, service)
    answer = _answer(call, item, turn, path)
    if status >= 400:
        return json_response({"error": f"the model failed with status {status}, as asked", **answer}, status)
    if isinstance(answer["echo"], dict) and answer["echo"].get("stream") is True:
        return Response(status, {"Content-Type": "text/event-stream"}, chunks=_chunks(answer))
    return json_response(answer, status)


def authenticate(call: Call) -> None:
    """By the code of an application when there is one, otherwise as everywhere.

    Raises:
        HuaweiError: 401 APIG.0303 for a code that is not known to the service; or that of the gateway.
    """
    code = call.request.headers.get(APP_CODE_HEADER)
    if code is None:
        gateway.authenticate(call)
    elif not appauth.accepts(call, _target(call)[0], code):
        message = "Incorrect app authentication information: app not found with specified appCode"
        raise GatewayError(401, "APIG.0303", message)


def _target(call: Call) -> tuple[Service, str]:
    first, _, rest = call.params["target"].partition("/")
    for service_id, cluster_id, path in (
        (first, None, rest),
        (*rest.partition("/")[:1], first, rest.partition("/")[2]),
    ):
        document = call.tx.get(KIND, service_id)
        if document and document["infer_type"] == "real-time" and document["cluster_id"] == cluster_id:
            return Service(**document), f"/{path}"
    raise gateway.not_found()


def _choose(config: list[Config], turn: int) -> Config:
    """The item whose share of the weights holds this turn; exact over every hundred turns."""
    point = turn * _SPREAD % 100
    for item in config:
        point -= item["weight"]
        if point < 0:
            return item
    return config[-1]


def _count(call: Call, service: Service, item: Config, *, failed: bool) -> None:
    service.recent_calls = [at for at in service.recent_calls if at > call.now_ms - MINUTE_MS] + [call.now_ms]
    times, failures = service.invocations.get(item["model_id"], (0, 0))
    service.invocations[item["model_id"]] = (times + 1, failures + failed)


def _status(call: Call) -> int:
    text = call.request.headers.get(STATUS_HEADER, "200")
    if not (text.isascii() and text.isdigit() and 200 <= int(text) <= 599):
        raise HuaweiError(400, "ModelArts.0104", f"Invalid parameter {STATUS_HEADER}: must be an HTTP status.")
    return int(text)


def _answer(call: Call, item: Config, turn: int, path: str) -> dict[str, Any]:
    return {
        "model": item["model_name"],
        "model_version": item["model_version"],
        "instance": turn % item["instance_count"] + 1,
        "path": path,
        "method": call.request.method,
        "echo": _echo(call.request.body),
    }


def _echo(body: bytes) -> Any:
    try:
        return parse_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _chunks(answer: dict[str, Any]) -> tuple[bytes, ...]:
    parts = [{**answer, "index": 0}, {"delta": "…", "index": 1}, {"delta": "done", "index": 2}]
    events = [f"data: {json.dumps(part, ensure_ascii=False)}\n\n" for part in parts]
    return tuple(event.encode() for event in (*events, "data: [DONE]\n\n"))
