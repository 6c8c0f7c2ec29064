"""From an answer to an error with a meaning and a next step (reference/modelarts.md, sections 1 and 11).

The gateway's and IAM's own errors stand here; each service adds the meanings of its codes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_inference.core.errors import ApiError, ResponseError, api_error_class
from pulumi_inference.core.http.exchange import Response


@dataclass(frozen=True)
class Explanation:
    """A meaning in a few words (may be empty) and the next step, if one is known."""

    meaning: str
    next_step: str | None = None


CREDENTIALS = "Check the credentials (`pulumi-inference doctor` says where they come from)."
ADDRESS = "Check endpoint (https, no further path), region and project id."
VALUE = "Correct the value in the program."
LATER = "Try again later; if it stays, give the request id to the cloud's support."
SMALLER = "Make it smaller; the limit is 12 MB."
SLOWER = "Try again later, or with a smaller --parallel."

_BY_STATUS: dict[int, Explanation] = {
    **{status: Explanation("the server redirects", ADDRESS) for status in (301, 302, 303, 307, 308)},
    400: Explanation("", VALUE),
    401: Explanation("not authenticated", CREDENTIALS),
    403: Explanation("not allowed", "Ask the account's administrator for the permission in this project."),
    404: Explanation("not found", ADDRESS),
    409: Explanation("", "Look in the console what stands in the way, then run the command again."),
    413: Explanation("the request is too large", SMALLER),
    422: Explanation("", VALUE),
    429: Explanation("too many requests", SLOWER),
    **{status: Explanation("the server failed", LATER) for status in (500, 502, 503, 504)},
}

_CLOCK = "Check the secret key, and this machine's clock: it may be at most 15 minutes off."

# Told apart by the tail of the gateway's message, in lower case.
_GATEWAY: tuple[tuple[str, Explanation], ...] = (
    ("x-auth-token not found", Explanation("no credentials in the request", CREDENTIALS)),
    ("decrypt token fail", Explanation("invalid token", CREDENTIALS)),
    ("token expires", Explanation("the token has expired", "Run the command again; check this machine's clock.")),
    ("ak not exist", Explanation("unknown access key", "Check the access key, and that it is of this cloud and site.")),
    ("failed to reach the limit", Explanation("locked after five wrong signatures", f"Wait five minutes. {_CLOCK}")),
    ("aksk signature fail", Explanation("wrong signature", _CLOCK)),
)


@dataclass(frozen=True)
class ErrorCodes:
    """The error codes of one service.

    Args:
        prefix: what they begin with, such as `ModelArts.`; all other tables have the numbers alone.
        meanings: by HTTP status and number; the status counts first, since one code stands under several.
        by_status: what a status means here when its code is unknown.
        classes: those that programs tell apart.
        gone: whether a whole code says, with a 404, that the very thing asked for does not exist.
        passing: the whole codes under 500 that may be over at the next try; the others known there are final.
    """

    prefix: str
    meanings: Mapping[tuple[int, str], Explanation]
    by_status: Mapping[int, Explanation] = field(default_factory=dict)
    classes: Mapping[tuple[int, str], type[ApiError]] = field(default_factory=dict)
    gone: Callable[[str], bool] = frozenset[str]().__contains__
    passing: frozenset[str] = frozenset()

    def parse_error(self, response: Response, method: str, path: str) -> ApiError:
        """The error of an answer that is no success: the service's envelope, the gateway's, or IAM's."""
        code, message, request_id = _envelope(_json_object(response))
        explanation = self.explain(response.status, code, message or "")
        text = message or explanation.meaning or f"the server gave no reason ({len(response.body)} bytes)"
        if message and explanation.meaning and explanation.meaning.lower() not in message.lower():
            text = f"{explanation.meaning}: {message}"
        return self.error_class(response.status, code)(
            status=response.status,
            code=code,
            message=text,
            request_id=response.request_id or request_id,
            method=method,
            path=path,
            next_step=explanation.next_step,
            is_gone=response.status == 404 and code is not None and self.gone(code),
            is_final=self._is_final(response.status, code),
        )

    def error_class(self, status: int, code: str | None) -> type[ApiError]:
        """The class of the error with this status and code."""
        return self.classes.get((status, self._number(code))) or api_error_class(status)

    def explain(self, status: int, code: str | None, message: str = "") -> Explanation:
        """What a status and code mean and what to do."""
        by_status = self.by_status.get(status) or _BY_STATUS.get(status, Explanation(""))
        if (code or "").startswith(("APIG.", "APIGW.")):
            return next((one for tail, one in _GATEWAY if tail in message.lower()), by_status)
        return self.meanings.get((status, self._number(code)), by_status)

    def _is_final(self, status: int, code: str | None) -> bool:
        return status == 500 and code not in self.passing and (status, self._number(code)) in self.meanings

    def _number(self, code: str | None) -> str:
        return (code or "").removeprefix(self.prefix)


def refuse_error(answer: Response, body: Mapping[str, Any]) -> None:
    """An error that stands in a success makes that none; it may be over at the next try.

    Raises:
        ResponseError: the body is an error's.
    """
    code, message, _ = _envelope(dict(body))
    if code:
        raise ResponseError(
            f"{answer.request}: the answer (HTTP {answer.status}) tells of an error: {code}: {message or 'no reason'}",
            details=[f"request id {answer.request_id}"] if answer.request_id else [],
        )


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
