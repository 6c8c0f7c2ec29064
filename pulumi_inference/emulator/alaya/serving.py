"""Calling a deployed service (alaya.md section 11): OpenAI's API behind a gateway that wants the service's own key."""

import hmac
from collections.abc import Callable
from typing import Any, Final

from .. import openaimodel
from ..messages import ApiError, Response, json_response, parse_json
from ..routing import Call, Route
from .envelope import EnvelopeError
from .service import Service, children, get
from .views import PREFIX

KEY_HEADER: Final = "apikey"
STATUS_HEADER: Final = "x-emulator-status"
_OWNER: Final = "alaya"


class ModelError(ApiError):
    """An error of the model's server, in OpenAI's shape."""

    def __init__(self, status: int, message: str, *, param: str | None = None, code: str | None = None) -> None:
        super().__init__(status, message)
        self._rest = {"type": "invalid_request_error" if status < 500 else "server_error", "param": param, "code": code}

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002 - OpenAI's shape has no id
        """OpenAI's shape."""
        return {"error": {"message": self.message, **self._rest}}


def chat(call: Call) -> Response:
    """``POST /v1/chat/completions``."""
    return _answer(call, "messages", openaimodel.chat)


def completion(call: Call) -> Response:
    """``POST /v1/completions``."""
    return _answer(call, "prompt", openaimodel.completion)


def read_models(call: Call) -> Response:
    """``GET /v1/models``."""
    return json_response(openaimodel.models(_names(call, _service(call)), _OWNER))


def _service(call: Call) -> Service:
    """The service of the path, once the key has been looked at.

    Raises:
        EnvelopeError: 404 unknown, 401 another key, 503 it does not run.
    """
    service_id = call.params["serviceId"]
    service = get(call.tx, service_id)
    if service is None:
        raise EnvelopeError(404, f"service {service_id} does not exist")
    key = call.request.headers.get(KEY_HEADER, "")
    if service.has_run and not hmac.compare_digest(key.encode(), service.apikey.encode()):
        raise EnvelopeError(401, "the header apiKey is missing or wrong")
    base = get(call.tx, service.baseServiceId) if service.is_lora else service
    for one in (service, base):
        if one is None or one.status != "running" or one.deleting:
            raise EnvelopeError(503, f"service {service_id} or its base is not running")
    return service


def _names(call: Call, service: Service) -> list[str]:
    """The models that a service answers for: its own, and those that it has loaded."""
    loaded = [child for child in children(call.tx, service) if child.status == "running"]
    return list(dict.fromkeys(name for one in (service, *loaded) for name in one.servedName))


def _answer(call: Call, what: str, model: Callable[[dict[str, Any]], openaimodel.Answer]) -> Response:
    names = _names(call, _service(call))
    body = _body(call, what)
    if body["model"] not in names:
        message = f"The model `{body['model']}` does not exist."
        raise ModelError(404, message, param="model", code="model_not_found")
    status = _status(call)
    if status >= 400:
        raise ModelError(status, f"the model failed with status {status}, as asked")
    answered = model(body)
    if isinstance(answered, tuple):
        return Response(status, {"Content-Type": "text/event-stream"}, chunks=answered)
    return json_response(answered, status)


def _body(call: Call, what: str) -> dict[str, Any]:
    try:
        body = parse_json(call.request.body)
    except ValueError as error:
        raise ModelError(400, "the body is not JSON") from error
    if not isinstance(body, dict):
        raise ModelError(400, "the body is not a JSON object")
    if not isinstance(body.get("model"), str):
        raise ModelError(400, "model is required and has to be a string", param="model")
    if not body.get(what):
        raise ModelError(400, f"{what} is required", param=what)
    if what == "messages" and not _is_chat(body[what]):
        raise ModelError(400, "messages has to be a list of objects with role and content", param=what)
    return body


def _is_chat(messages: Any) -> bool:
    return isinstance(messages, list) and all(
        isinstance(one, dict) and isinstance(one.get("role"), str) and "content" in one for one in messages
    )


def _status(call: Call) -> int:
    text = call.request.headers.get(STATUS_HEADER, "200")
    if not (text.isascii() and text.isdigit() and 200 <= int(text) <= 599):
        raise ModelError(400, f"{STATUS_HEADER} must be an HTTP status")
    return int(text)


_SERVICE: Final = f"{PREFIX}/{{serviceId}}"

ROUTES: Final = (
    Route("POST", f"{_SERVICE}{openaimodel.CHAT}", chat),
    Route("POST", f"{_SERVICE}{openaimodel.COMPLETIONS}", completion),
    Route("GET", f"{_SERVICE}{openaimodel.MODELS}", read_models),
)
