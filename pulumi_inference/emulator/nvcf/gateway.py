"""The gateway for LLM functions: the paths of OpenAI's API, where the model's name says which function is meant."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from .. import openaimodel
from ..messages import ApiError, Response, json_response, parse_json
from ..routing import ANY_METHOD, Call, Route
from ..store import Document
from . import access, accounts, ratelimit
from .callerrors import CallError
from .container import EVENT_STREAM
from .exchange import Asked, begin
from .guarded import CALL
from .orders import Orders

SESSION_HEADER: Final = "x-multi-turn-session-id"
_KEY: Final = "prompt_cache_key"
_LONGEST_SESSION: Final = 256
_MOST_INPUTS: Final = 2048
_LONGEST_RETRY: Final = 60
_TIMEOUT_SECONDS: Final = 1200


class GatewayError(ApiError):
    """An error of the gateway."""

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002 - it has none in the body
        """A message and nothing else."""
        return {"message": self.message}


def answer(call: Call) -> Response:
    """``POST`` on one of the three paths."""
    if "x-priority" in call.request.headers:
        raise GatewayError(400, "X-Priority is a reserved header and cannot be set by the client")
    path, body = call.request.path.rstrip("/"), _body(call)
    function_id, model = _split(body.get("model"))
    _authenticate(call)
    version = _version(call, function_id)
    config = _config(version, model)
    if path not in {f"/{uri.strip('/')}".lower() for uri in config.get("uris") or ()}:
        raise GatewayError(400, f'model "{model}" does not support {path}')
    if path == openaimodel.EMBEDDINGS:
        _check_inputs(body.get("input"))
    session = "" if path == openaimodel.EMBEDDINGS else _session(call, path, body)
    limits = _limits(call, version, model, config, body)
    given = _forward(call, version, path, {**body, "model": model}, session)
    answered = _under_its_full_name(given, model, str(body["model"]))
    own = {SESSION_HEADER: session} if session else {}
    asked_id = call.request.headers.get("x-request-id")
    if asked_id:
        own["X-Request-Id"] = asked_id
    return replace(answered, headers={**answered.headers, **limits, **own})


def miss(_call: Call) -> Response:
    """Any other path or method."""
    return json_response({"message": "Not Found"}, 404)


def ready(_call: Call) -> Response:
    """``GET /healthz`` and ``/readyz``, without a key."""
    return Response(200)


def _body(call: Call) -> dict[str, Any]:
    try:
        body = parse_json(call.request.body)
    except ValueError as error:
        raise GatewayError(400, f"Syntax error: {error}") from error
    if not isinstance(body, dict):
        raise GatewayError(400, "the body is not a JSON object")
    return body


def _split(model: Any) -> tuple[str, str]:
    """The function and the model of a name."""
    if not isinstance(model, str) or not model:
        raise GatewayError(400, "model is required")
    function_id, slash, name = model.partition("/")
    if not slash:
        raise GatewayError(400, "model prefix is required")
    if not function_id:
        raise GatewayError(400, "routing key is required before model")
    if not name:
        raise GatewayError(400, "model suffix is required after routing key")
    return function_id.lower(), name


def _authenticate(call: Call) -> None:
    if not call.request.headers.get("authorization", "").startswith("Bearer "):
        raise GatewayError(401, "bearer authorization is required")
    try:
        accounts.authenticate(CALL)(call)
    except ApiError as error:
        raise _translated(error) from error


def _version(call: Call, function_id: str) -> Document:
    if not access.is_uuid(function_id):
        raise GatewayError(400, "invalid request")
    try:
        version = access.choose(call, function_id, None)
    except CallError as error:
        raise _translated(error) from error
    if version.get("functionType") != "LLM":
        raise GatewayError(404, "not found")
    return version


def _translated(error: ApiError) -> GatewayError:
    texts = {400: "invalid request", 401: "authentication failed", 403: "permission denied", 404: "not found"}
    text = texts.get(error.status)
    return GatewayError(error.status, text) if text else GatewayError(502, "authentication failed")


def _config(version: Document, model: str) -> dict[str, Any]:
    found = next((one for one in version.get("models") or () if one["name"] == model), None)
    if found is None:
        raise GatewayError(404, "not found")
    return dict(found.get("llmConfig") or {})


def _check_inputs(inputs: Any) -> None:
    texts = inputs if isinstance(inputs, list) else [inputs]
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise GatewayError(400, "input must be a non-empty string or a list of non-empty strings")
    if len(texts) > _MOST_INPUTS:
        raise GatewayError(400, f"input must not have more than {_MOST_INPUTS} entries")


def _session(call: Call, path: str, body: Mapping[str, Any]) -> str:
    """What calls that belong together have in common, so that they come to the same instance."""
    header = call.request.headers.get(SESSION_HEADER, "").strip()
    if header:
        _check_session(header, f"{SESSION_HEADER} is invalid")
    conversation = body.get("conversation") if path == openaimodel.RESPONSES else None
    of_conversation = conversation.get("id") if isinstance(conversation, dict) else conversation
    for source, value in ((_KEY, body.get(_KEY)), ("conversation_id", of_conversation)):
        if isinstance(value, str) and value:
            _check_session(value, f"session id from {source} is invalid")
            return value
    said = body.get("input" if path == openaimodel.RESPONSES else "messages")
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
    return header or f"mt:v1:payload:{digest}"


def _check_session(value: str, what: str) -> None:
    if len(value.encode()) > _LONGEST_SESSION:
        raise GatewayError(400, f"{what}: must be at most {_LONGEST_SESSION} bytes")
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in value):
        raise GatewayError(400, f"{what}: must not contain control characters")


def _limits(
    call: Call, version: Document, model: str, config: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, str]:
    """Count the call and its tokens; what the answer's headers say of that."""
    account, key = accounts.caller_of(call).account, f"{version['id']}/{model}"
    rates = (version.get("rateLimit") or {}).get("rateLimit")
    headers: dict[str, str] = {}
    for kind, rate, amount in (
        ("Requests", rates, 1),
        ("Tokens", config.get("tokenRateLimit"), openaimodel.tokens_of_request(body)),
    ):
        if not rate:
            continue
        windows = ratelimit.take(call, f"{key}/{account}/{kind}", rate, amount)
        tightest = min(windows, key=lambda window: window.remaining)
        headers |= {
            f"X-Ratelimit-Limit-{kind}": str(tightest.limit),
            f"X-Ratelimit-Remaining-{kind}": str(tightest.remaining),
            f"X-Ratelimit-Reset-{kind}": f"{tightest.reset_seconds:g}s",
        }
        full = [window.reset_seconds for window in windows if not window]
        if full:
            retry = math.ceil(max(full))
            more = {"X-Should-Retry": "false"} if retry > _LONGEST_RETRY else {}
            raise GatewayError(429, "rate limit exceeded", headers={**headers, "Retry-After": str(retry), **more})
    return headers


def _forward(call: Call, version: Document, path: str, body: Mapping[str, Any], session: str) -> Response:
    base = str(version.get("inferenceUrl") or "/").strip("/")
    target = f"/{base}{path}" if base else path
    asked = Asked("POST", target, "", call.request.headers, json.dumps(body).encode(), _TIMEOUT_SECONDS)
    try:
        exchange = begin(call, version, asked, session=session)
    except CallError as error:
        raise GatewayError(error.status, error.message or "rate limit exceeded") from error
    outcome = exchange.hold(polls=False)
    if outcome.kind != "done":
        exchange.drop()
        raise GatewayError(504, "upstream timed out")
    given = exchange.finish(outcome)
    if exchange.orders.trouble:
        raise GatewayError(502, "upstream failed")
    if given.status >= 400:
        raise _of_container(given, exchange.orders)
    return replace(given, delay_seconds=outcome.delay_ms / 1000)


def _of_container(given: Response, orders: Orders) -> GatewayError:
    text = parse_json(given.body).get("error")
    return GatewayError(orders.status, text if isinstance(text, str) else "upstream request failed")


def _under_its_full_name(given: Response, model: str, name: str) -> Response:
    """The answer in which the model is called as the caller calls it; as a stream it is not touched."""
    if given.headers.get("Content-Type") == EVENT_STREAM:
        return given
    document = parse_json(given.body)
    if not isinstance(document, dict) or document.get("model") != model:
        return given
    body = json.dumps({**document, "model": name}, ensure_ascii=False).encode()
    return replace(given, body=body)


ROUTES: Final = (
    Route("POST", openaimodel.CHAT, answer),
    Route("POST", openaimodel.RESPONSES, answer),
    Route("POST", openaimodel.EMBEDDINGS, answer),
    Route("GET", "/healthz", ready),
    Route("GET", "/readyz", ready),
    Route(ANY_METHOD, "/{path...}", miss),
)
