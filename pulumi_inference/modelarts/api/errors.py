"""From an answer to an error with a meaning and a next step (reference/modelarts.md, sections 1 and 11)."""

from typing import Any

from pulumi_inference.core.errors import (
    ApiError,
    BadRequestError,
    PermissionDeniedError,
    ResponseError,
    api_error_class,
)
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.modelarts.api.error_codes import BY_CODE, BY_STATUS, GATEWAY, Explanation

SERVICE_NOT_FOUND = "ModelArts.3502"
SERVICE_NAME_EXISTS = "ModelArts.3503"
STATE_FORBIDS_UPDATE = "ModelArts.3519"
MODEL_NOT_FOUND = "ModelArts.3001"

_GONE = frozenset({SERVICE_NOT_FOUND, MODEL_NOT_FOUND})
_INTERNAL_ERROR = "ModelArts.0010"


class NotAuthorisedError(PermissionDeniedError):
    """The account has not let ModelArts act for it, which it has to once before the first deployment."""


class BalanceError(PermissionDeniedError):
    """The account is in arrears or suspended."""


class QuotaExceededError(BadRequestError):
    """The account has as many of something as it may have."""


class NoResourcesError(BadRequestError):
    """The cloud has no machine left for what was asked."""


_CLASSES: dict[tuple[int, str], type[ApiError]] = {
    **dict.fromkeys([(401, "0428"), (401, "3801"), (403, "2785")], NotAuthorisedError),
    **dict.fromkeys([(403, "4116"), (403, "4118")], BalanceError),
    **dict.fromkeys(
        [(400, number) for number in ("0118", "3520", "3521", "3522", "3561", "3856", "3857")], QuotaExceededError
    ),
    **dict.fromkeys([(400, "3952"), (400, "3976")], NoResourcesError),
}


def parse_error(response: Response, method: str, path: str) -> ApiError:
    """The error of an answer with status 400 or above: ModelArts' envelope, the gateway's, or IAM's."""
    body = _json_object(response)
    code, message, request_id = _envelope(body)
    explanation = explain(response.status, code, message or "")
    text = message or explanation.meaning or f"the server gave no reason ({len(response.body)} bytes)"
    if message and explanation.meaning and explanation.meaning.lower() not in message.lower():
        text = f"{explanation.meaning}: {message}"
    return error_class(response.status, code)(
        status=response.status,
        code=code,
        message=text,
        request_id=response.request_id or request_id,
        method=method,
        path=path,
        next_step=explanation.next_step,
        is_gone=response.status == 404 and code in _GONE,
        is_final=_is_final(response.status, code),
    )


def error_class(status: int, code: str | None) -> type[ApiError]:
    """The class of the error with this status and code."""
    return _CLASSES.get((status, _number(code))) or api_error_class(status)


def _is_final(status: int, code: str | None) -> bool:
    """Of the codes under 500, only that of an internal error may be over at the next try (section 11)."""
    return status == 500 and code != _INTERNAL_ERROR and (status, _number(code)) in BY_CODE


def explain(status: int, code: str | None, message: str = "") -> Explanation:
    """What a status and code mean and what to do. The HTTP status counts first: one code stands under several."""
    by_status = BY_STATUS.get(status, Explanation(""))
    if (code or "").startswith(("APIG.", "APIGW.")):
        return next((one for tail, one in GATEWAY if tail in message.lower()), by_status)
    return BY_CODE.get((status, _number(code)), by_status)


def _number(code: str | None) -> str:
    return (code or "").removeprefix("ModelArts.")


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
