"""Calling a service at its address: an echo that says which deployment, version and image it is (section 8)."""

import json
from typing import Any, Final

from .. import openaimodel
from ..huaweicloud import gateway
from ..huaweicloud.errors import GatewayError, HuaweiError
from ..messages import Response, json_response, parse_json
from ..routing import Call
from . import access, states
from .deployment import Deployment
from .service import Service, get, keep

STATUS_HEADER: Final = "x-emulator-status"
SECONDS_HEADER: Final = "x-emulator-seconds"


def answer(call: Call) -> Response:
    """Any method on ``/v2/infer/{service_id}/…``."""
    identity, _, rest = call.params["target"].partition("/")
    service = get(call.tx, identity)
    if service is None or service.type != "REAL_TIME":
        raise gateway.not_found()
    access.check(call, service)
    deployment = None if service.deleting else choose(service)
    if deployment is None:
        keep(call.tx, service)
        raise GatewayError(503, "ModelArts.4503", f"The service {service.id} has no deployment that runs.")
    _mirror(service)
    deployment.calls, deployment.last_used_time = deployment.calls + 1, call.now_ms
    keep(call.tx, service)
    timeout = service.current["runtime_config"]["service_limit"]["request_timeout"]
    if _number(call, SECONDS_HEADER, "0", 0, 10**6) > timeout:
        raise GatewayError(504, "APIG.0203", f"The service did not answer within {timeout} seconds")
    return _said(call, deployment, f"/{rest}")


def choose(service: Service) -> Deployment | None:
    """The deployment whose turn it is: in the long run exactly its share, evenly mixed; None if none can."""
    able = [(one, weight) for one in service.deployments if (weight := states.weight_of(one))]
    if not able:
        return None
    shares: list[list[Any]] = [[one.id, weight] for one, weight in able]
    if shares != service.shares:
        service.shares = shares
        for one, _ in able:
            one.credit = 0
    for one, weight in able:
        one.credit += weight
    chosen = max((one for one, _ in able), key=lambda one: one.credit)
    chosen.credit -= sum(weight for _, weight in able)
    return chosen


def _mirror(service: Service) -> None:
    """Send copies to those that want some."""
    for one in service.deployments:
        content = one.content
        if one.serves and content["mirror_traffic_enable"]:
            one.mirror_credit += content["mirror_traffic_weight"]
            if one.mirror_credit >= 100:
                one.mirror_credit -= 100
                one.mirrored += 1


def _said(call: Call, deployment: Deployment, path: str) -> Response:
    status = _number(call, STATUS_HEADER, "200", 200, 599)
    who = _who(deployment)
    headers = {f"X-Emulator-{name.title().replace('_', '-')}": _ascii(value) for name, value in who.items()}
    body = _body(call.request.body)
    if status >= 400:
        return json_response({"error": f"the model failed with status {status}, as asked", **who}, status, headers)
    found = _openai(call, path, body, deployment)
    if isinstance(found, tuple):
        return Response(status, {"Content-Type": "text/event-stream", **headers}, chunks=found)
    if found is not None:
        return json_response(found, status, headers)
    echoed = {**who, "path": path, "method": call.request.method, "echo": body}
    if isinstance(body, dict) and body.get("stream") is True:
        parts = [{**echoed, "index": 0}, {"delta": "…", "index": 1}, {"delta": "done", "index": 2}]
        events = [*(json.dumps(part, ensure_ascii=False) for part in parts), "[DONE]"]
        chunks = tuple(f"data: {event}\n\n".encode() for event in events)
        return Response(status, {"Content-Type": "text/event-stream", **headers}, chunks=chunks)
    return json_response(echoed, status, headers)


def _who(deployment: Deployment) -> dict[str, str]:
    running = deployment.running
    return {
        "deployment": deployment.name,
        "deployment_id": deployment.id,
        "version": deployment.version,
        "image": deployment.content["unit_configs"][0]["image"]["swr_path"],
        "instance": running[deployment.calls % len(running)]["name"],
    }


def _openai(call: Call, path: str, body: Any, deployment: Deployment) -> openaimodel.Answer | None:
    """The answer on a path of OpenAI's API; None on any other."""
    if call.request.method == "GET" and path.endswith(openaimodel.MODELS):
        return openaimodel.models([deployment.name], "modelarts")
    if call.request.method == "POST" and isinstance(body, dict) and path.endswith(openaimodel.COMPLETIONS):
        found = openaimodel.answer(call.request.method, path, body)
        return found if found is not None else openaimodel.completion(body)
    return openaimodel.answer(call.request.method, path, body)


def _body(body: bytes) -> Any:
    try:
        return parse_json(body)
    except ValueError:
        return body.decode("utf-8", "replace")


def _ascii(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _number(call: Call, header: str, default: str, least: int, most: int) -> int:
    text = call.request.headers.get(header, default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise HuaweiError(400, "ModelArts.0104", f"Invalid parameter {header}: must be from {least} to {most}.")
    return int(text)
