"""From an answer to an error with a meaning and a next step (reference/modelarts.md, sections 1 and 11)."""

from typing import Any

from pulumi_inference.core.errors import ApiError, ResponseError, api_error_class
from pulumi_inference.core.exchange import Response
from pulumi_inference.modelarts.error_codes import BY_CODE, BY_STATUS, GATEWAY, Explanation

SERVICE_NOT_FOUND = "ModelArts.3502"
SERVICE_NAME_EXISTS = "ModelArts.3503"
STATE_FORBIDS_UPDATE = "ModelArts.3519"
MODEL_NOT_FOUND = "ModelArts.3001"

_GONE = frozenset({SERVICE_NOT_FOUND, MODEL_NOT_FOUND})


def parse_error(response: Response, method: str, path: str) -> ApiError:
    """The error of an answer with status 400 or above: ModelArts' envelope, the gateway's, or IAM's."""
    body = _json_object(response)
    code, message, request_id = _envelope(body)
    explanation = explain(response.status, code, message or "")
    text = message or explanation.meaning or f"the server gave no reason ({len(response.body)} bytes)"
    if message and explanation.meaning and explanation.meaning.lower() not in message.lower():
        text = f"{explanation.meaning}: {message}"
    return api_error_class(response.status)(
        status=response.status,
        code=code,
        message=text,
        request_id=response.request_id or request_id,
        method=method,
        path=path,
        next_step=explanation.next_step,
        is_gone=response.status == 404 and code in _GONE,
    )


def explain(status: int, code: str | None, message: str = "") -> Explanation:
    """What a status and code mean and what to do. The HTTP status counts first: one code stands under several."""
    prefix, _, number = (code or "").partition(".")
    if prefix in {"APIG", "APIGW"}:
        return next((one for tail, one in GATEWAY if tail in message.lower()), BY_STATUS.get(status, Explanation("")))
    return BY_CODE.get((status, number)) or BY_STATUS.get(status, Explanation(""))


def _envelope(body: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Code, message and request id of any of the three error bodies."""
    iam = body.get("error")
    if isinstance(iam, dict):
        return _text(iam.get("title")), _text(iam.get("message")), None
    return _text(body.get("error_code")), _text(body.get("error_msg")), _text(body.get("request_id"))


def _json_object(response: Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ResponseError:
        return {}
    return body if isinstance(body, dict) else {}


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None
