"""Whose an answer to a call is, and what the platform's errors mean to who calls (reference 3.1, 13.8)."""

from __future__ import annotations

import re
from typing import Any

from pulumi_inference.core.errors import ApiError, AuthenticationError, ResponseError
from pulumi_inference.core.http.exchange import Response
from pulumi_inference.nvcf.errors import parse_error

_CONTAINER = "inference-service"
_UNREACHED = "urn:inference-connection"
_WORKER = "urn:nvcf-worker-service"
_FUNCTIONS = "`pulumi-inference nvcf functions` shows the status of each version."

_OF_GATEWAY = frozenset({401, 402, 403, 429, 502, 503, 504})
"""The statuses under which the gateway speaks for itself."""
_GATEWAYS_WORDS = re.compile(
    r"(model (is|prefix is|suffix is) required|routing key is required|model \"[^\"]*\" does not support"
    r"|invalid request$|not found$|X-Priority|(input|session id|x-multi-turn-session-id|Syntax error)\b)",
    re.IGNORECASE,
)

_NEXT_STEPS = {
    402: "Add credits to the account, or call a function of your own.",
    404: f"It has to be deployed, and ACTIVE or DEGRADING; a wrong id answers the same. {_FUNCTIONS}",
    405: "pexec takes POST; any method goes by the function's own host, with a path.",
    408: "A call may take an hour at most; pexec with polling takes longer ones.",
    429: "Wait a while; rate_limit of the function says how often it may be called.",
    503: "Try again later.",
    504: "Give it more capacity (max_instances, max_request_concurrency), or more time: a longer timeout lets the "
    "platform hold the call for longer.",
}
_WITHOUT_WORDS = {
    402: "the account has no credits left for public functions",
    408: "the call took longer than the platform allows",
    429: "too many calls: the function's rate limit is reached, or its queue is full",
    504: "no instance of the function has taken the call in time",
}


def is_of_container(answer: Response) -> bool:
    """Whether what is no success comes from the container behind pexec: its type says so, and nothing else does.

    A redirect that is marked as fulfilled is the container's own, too.
    """
    if answer.status < 400:
        return answer.headers.get("nvcf-status", "").lower() == "fulfilled"
    return _CONTAINER in _type(answer)


def is_platforms_at_host(answer: Response) -> bool:
    """Whether what is no success at a function's own host comes from the platform.

    Of the container's answer nothing is changed, but the platform adds the request's id and status to it; and also to
    its own words that the container cannot be reached, or has not answered in time.
    """
    if not {"nvcf-status", "nvcf-reqid"} & answer.headers.keys():
        return True
    return (answer.status == 504 and not answer.body) or _type(answer).startswith((_UNREACHED, _WORKER))


def is_of_gateway(answer: Response) -> bool:
    """Whether an error comes from the LLM gateway.

    It puts the model's own errors into an envelope like that of its own, `{"message"}`, under the model's status; so
    what may be either's is told by the words.
    """
    body = _object(answer)
    if answer.body and (body is None or body.keys() != {"message"}):
        return False
    text = str((body or {}).get("message") or "")
    return not text or answer.status in _OF_GATEWAY or _GATEWAYS_WORDS.match(text) is not None


def parse_call_error(answer: Response, method: str, path: str) -> ApiError:
    """The platform's error in the answer to a call."""
    error = parse_error(answer, "POST", "/v2/nvcf/pexec/functions")
    error.method, error.path = method, path
    kind, text = _type(answer), error.message
    if not isinstance(error, AuthenticationError):
        error.next_step = _NEXT_STEPS.get(answer.status, error.next_step)
    if not answer.body or (_object(answer) is not None and not _words(answer)):
        error.message = _WITHOUT_WORDS.get(answer.status, text)
    if answer.status == 400 and "DEGRADED" in text:
        error.next_step = f"None of its instances runs: wait until one does, or raise min_instances. {_FUNCTIONS}"
    elif answer.status == 403 and not isinstance(error, AuthenticationError):
        error.next_step = (
            "The key needs the scope invoke_function, and this function among its resources; a function of another "
            "account has to be shared with yours."
        )
    elif answer.status == 404 and "/status/" in path:
        error.next_step = "Its answer was fetched already, or it was given up because nobody asked for it in time."
    elif answer.status == 404 and text.startswith("Asset "):
        error.next_step = "An asset is gone a day after it was made: upload it again, or give the file itself."
    elif kind.startswith(_UNREACHED):
        error.next_step = "The container was not reached: see inference_port and inference_url, and its log."
    elif kind.startswith(_WORKER):
        error.next_step = "The worker beside the container failed: try again; the container's log may say more."
    return error


def _words(answer: Response) -> Any:
    body = _object(answer) or {}
    return body.get("detail") or body.get("message") or body.get("requestStatus")


def _type(answer: Response) -> str:
    kind = (_object(answer) or {}).get("type")
    return kind if isinstance(kind, str) else ""


def _object(answer: Response) -> dict[str, Any] | None:
    try:
        body = answer.json()
    except ResponseError:
        return None
    return body if isinstance(body, dict) else None
