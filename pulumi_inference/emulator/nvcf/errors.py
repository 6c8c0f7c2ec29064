"""The error bodies of NVCF: problem documents (RFC 9457) of the control plane, and those of the invocation plane."""

from collections.abc import Mapping
from typing import Any, Final

from ..messages import ApiError, Response

_KEBABS: Final = {
    400: "bad-request",
    401: "unauthorized",
    402: "payment-required",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    422: "unprocessable-entity",
    429: "too-many-requests",
    502: "upstream",
}
_TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    422: "Unprocessable Entity",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class ProblemError(ApiError):
    """An error of the control plane.

    Args:
        status: HTTP status.
        detail: what is wrong.
        instance: path of the request; left out when empty.
        type: URN of the kind of error; None is the control plane's for the status, "" leaves it out.
        headers: extra headers of the answer.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        instance: str = "",
        type: str | None = None,  # noqa: A002 - the member's name
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers={"Content-Type": "application/problem+json", **(headers or {})})
        self.instance = instance
        self._type = (
            f"urn:nv-boot:problem-details:{_KEBABS.get(status, 'internal-server-error')}" if type is None else type
        )

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002 - S2 sends no id
        """RFC 9457."""
        members = {
            "type": self._type,
            "title": _TITLES.get(self.status, "Error"),
            "status": self.status,
            "detail": self.message,
            "instance": self.instance,
        }
        return {name: value for name, value in members.items() if value != ""}


class NoTokenError(ApiError):
    """401 of the control plane: no body at all."""

    def __init__(self) -> None:
        super().__init__(401, "", headers={"WWW-Authenticate": "Bearer"})

    def answer(self, request_id: str) -> Response:  # noqa: ARG002 - nothing but the headers
        """No body."""
        return Response(self.status, self.headers)


class NgcError(ApiError):
    """An error of the proxy in front of the control plane, on paths with an organisation.

    Args:
        status: HTTP status.
        code: the ``statusCode``, such as ``NOT_FOUND``.
        message: what is wrong.
        headers: extra headers of the answer.
    """

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, message, headers=headers)
        self._code = code

    def body(self, request_id: str) -> dict[str, Any]:
        """The proxy's envelope."""
        status = {"statusCode": self._code, "statusDescription": self.message, "requestId": request_id}
        return {"requestStatus": status}


_NGC_CODES: Final = {400: "INVALID_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT"}


def as_ngc(error: ApiError) -> NgcError:
    """An error of the control plane as the proxy would put it."""
    headers = {name: value for name, value in error.headers.items() if name != "Content-Type"}
    code = _NGC_CODES.get(error.status, "INVALID_REQUEST" if error.status < 500 else "INTERNAL_ERROR")
    return NgcError(error.status, code, error.message or "Unauthorized", headers=headers)


def unreadable() -> ProblemError:
    """The body is no JSON, or a value in it is of another kind than the field."""
    return ProblemError(400, "Failed to read request", type="")


def invalid(message: str) -> ProblemError:
    """A rule that the body breaks, in the very words of the message."""
    return ProblemError(400, message)


_LONGEST_REJECTED: Final = 256


class Violations:
    """What the body validation finds, all of it in one answer.

    Args:
        kind: the object's name in the messages.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._found: list[str] = []

    def add(self, field: str, rejected: str, message: str) -> None:
        """A field that breaks a rule; what was sent is quoted, secrets included, as the service does."""
        if len(rejected) > _LONGEST_REJECTED:
            rest = f"... (truncated for log/response, total length {len(rejected)} chars)"
            rejected = rejected[:_LONGEST_REJECTED] + rest
        self._found.append(f"[object={self._kind}, field={field}, rejected={rejected}, message={message}]")

    def check(self) -> None:
        """Refuse the body if anything was found.

        Raises:
            ProblemError: 400 without a type.
        """
        if self._found:
            raise ProblemError(400, f"Validation failed: {' '.join(self._found)}", type="")
