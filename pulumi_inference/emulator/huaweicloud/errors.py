"""The envelopes of Huawei Cloud's errors (modelarts.md section 1)."""

from collections.abc import Mapping
from typing import Any

from ..messages import ApiError


class HuaweiError(ApiError):
    """An error of a service behind the gateway.

    Args:
        status: HTTP status.
        code: full error code, such as ``ModelArts.3502``.
        message: text for ``error_msg``.
        headers: extra headers of the answer.
    """

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, message, headers=headers)
        self.code = code

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002  the gateway's envelope needs it
        """The JSON body of the answer."""
        return {"error_code": self.code, "error_msg": self.message}


class GatewayError(HuaweiError):
    """An error of the API gateway: the same envelope with ``request_id`` in it."""

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON body of the answer."""
        return {"error_msg": self.message, "error_code": self.code, "request_id": request_id}


def unforeseen(status: int, code: str | None, message: str) -> HuaweiError:
    """An error that no handler made: an injected one, or a mistake of the emulator."""
    default = "ModelArts.4206" if status == 429 else "ModelArts.0010"
    return HuaweiError(status, code or default, message)
