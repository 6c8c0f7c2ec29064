"""The error bodies of NVCF: problem documents (RFC 9457) of the control plane, and those of the invocation plane."""

from collections.abc import Mapping
from typing import Any, Final

from ..messages import ApiError

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
        self._instance = instance
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
            "instance": self._instance,
        }
        return {name: value for name, value in members.items() if value != ""}


class CallError(ProblemError):
    """An error of the invocation plane: a problem without a type.

    Args:
        status: HTTP status.
        detail: what is wrong; left out when empty.
    """

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(status, detail, type="")
