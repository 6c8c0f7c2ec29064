"""The errors of Alaya NeW: its envelope says of an answer of any status whether it is one (alaya.md, section 3)."""

from __future__ import annotations

from typing import Any

from pulumi_inference.core.errors import ApiError, BadRequestError, ResponseError, api_error_class
from pulumi_inference.core.fields.normalise import whole_number
from pulumi_inference.core.http.exchange import Response

SUCCESS, FAILURE = 0, -1

_KEY = "Check access key and secret key (`pulumi-inference doctor` says where they come from)."
_LATER = "Try again later; if it stays, ask Alaya NeW's support."
_BY_STATUS: dict[int, tuple[str, str | None]] = {
    **dict.fromkeys((301, 302, 303, 307, 308), ("the server redirects", "Check endpoint (https, no further path).")),
    401: ("the keys are not accepted", _KEY),
    403: ("the account may not do this", "Ask the owner of the account, or use the keys of another one."),
    404: ("not found", "Check endpoint (https, no further path)."),
    429: ("too many requests", "Try again later, or with a smaller --parallel."),
}
_SERVER, _OTHER = ("the server failed", _LATER), ("the server gave no reason", None)


def code_of(body: Any) -> int | str | None:
    """The code in the envelope that an answer is; None where there is no envelope."""
    if not isinstance(body, dict) or "code" not in body:
        return None
    code = whole_number(body["code"])
    return code if isinstance(code, int) and not isinstance(code, bool) else str(code)


def is_error(answer: Response) -> bool:
    """Whether an answer is an error, whatever its HTTP status says."""
    return answer.status >= 300 or code_of(_body(answer)) not in (None, SUCCESS)


def is_refusal(error: ApiError) -> bool:
    """Whether it is one with a status of success: the API says no to what it has understood."""
    return error.status < 300


def parse_error(answer: Response, method: str, path: str) -> ApiError:
    """The error in an answer; one with a status of success is a refusal."""
    body = _body(answer)
    code, message = code_of(body), body.get("msg") if isinstance(body, dict) else None
    otherwise, next_step = _BY_STATUS.get(answer.status, _SERVER if answer.status >= 500 else _OTHER)
    is_gone = answer.status == 404 and code == FAILURE  # what else has a code may be a gateway's
    return (BadRequestError if answer.status < 300 else api_error_class(answer.status))(
        status=answer.status,
        code=None if code is None else str(code),
        message=message if isinstance(message, str) and message.strip() else otherwise,
        request_id=answer.request_id,
        method=method,
        path=path,
        next_step=None if is_gone else next_step,
        is_gone=is_gone,
    )


def parse_call_error(answer: Response, method: str, path: str) -> ApiError:
    """The error in what the platform answers to a call of a deployment."""
    error = parse_error(answer, method, path)
    error.is_gone = False
    if answer.status == 401:
        error.next_step = "The deployment does not take the key that its detail has; look whether it still runs."
    return error


def _body(answer: Response) -> Any:
    try:
        return answer.json()
    except ResponseError:
        return None
