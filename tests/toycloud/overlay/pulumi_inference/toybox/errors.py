"""The errors of Toybox: `{"code": -404, "msg": "…"}` in answers that HTTP calls a success."""

from typing import Any

from pulumi_inference.core.errors import ApiError, ResponseError, api_error_class
from pulumi_inference.core.http.exchange import Response


def is_error(answer: Response) -> bool:
    """Whether an answer is an error: by its code, whatever the status."""
    return answer.status >= 300 or _envelope(answer).get("code", 0) != 0


def parse_error(answer: Response, method: str, path: str) -> ApiError:
    """The error in an answer; -404 and so on are what HTTP means by them, -1 is anything else."""
    body = _envelope(answer)
    said = body.get("code")
    code = said if isinstance(said, int) else -answer.status
    return api_error_class(-code)(
        status=answer.status,
        code=str(code),
        message=str(body.get("msg", "Toybox gave no reason")),
        request_id=answer.request_id,
        method=method,
        path=path,
        is_gone=code == -404,
    )


def _envelope(answer: Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ResponseError:
        return {}
    return body if isinstance(body, dict) else {}
