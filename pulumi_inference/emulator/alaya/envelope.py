"""The envelope of all answers, and the errors that come in it (alaya.md section 3 and U1)."""

from collections.abc import Mapping
from typing import Any

from ..messages import ApiError, Response, json_response
from ..routing import Call
from .settings import settings_of

SUCCESS, FAILURE = 0, -1


class EnvelopeError(ApiError):
    """An error in the envelope.

    Args:
        status: HTTP status.
        message: what is wrong.
        code: any but 0.
    """

    def __init__(self, status: int, message: str, *, code: int = FAILURE) -> None:
        super().__init__(status, message)
        self.code = code
        self.is_mute = False

    def body(self, request_id: str) -> dict[str, Any]:  # noqa: ARG002 - the envelope has no id
        """The envelope."""
        return {"code": self.code} if self.is_mute else {"code": self.code, "data": {}, "msg": self.message}


class NotFoundError(EnvelopeError):
    """404: it is not there, or belongs to somebody else."""

    def __init__(self, what: str, name: str) -> None:
        super().__init__(404, f"{what} {name} does not exist")


class RefusalError(EnvelopeError):
    """What was asked for is right as such, and does not go: a state, a quota, a name that is taken."""

    def __init__(self, message: str) -> None:
        super().__init__(200, message)


def answer(call: Call, data: Any = None, *, as_text: bool = False, alone: bool = False) -> Response:
    """Success.

    Args:
        call: the request.
        data: the payload; None where there is nothing to return.
        as_text: the page's sample has ``code`` as text.
        alone: the page's sample has nothing but ``code``.
    """
    settings = settings_of(call)
    code = str(SUCCESS) if as_text and settings.code_as_text else SUCCESS
    if alone or (data is None and settings.code_alone):
        return json_response({"code": code})
    message = {} if settings.without_msg else {"msg": ""}
    return json_response({"code": code, "data": {} if data is None else data, **message})


def restated(call: Call, error: EnvelopeError) -> EnvelopeError:
    """The error as the settings want it told."""
    settings = settings_of(call)
    error.is_mute = settings.without_msg
    if settings.always_200 or (settings.not_found_as_code and isinstance(error, NotFoundError)):
        error.status = 200
    elif isinstance(error, RefusalError):
        error.status = settings.refusal_status
    return error


def unforeseen(status: int, code: str | None, message: str) -> EnvelopeError:
    """An error that no handler made; the code of one on order is a number."""
    return EnvelopeError(status, message, code=_number(code))


def without_nulls(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a document is there."""
    return {name: value for name, value in document.items() if value is not None}


def _number(code: str | None) -> int:
    try:
        return int(code or FAILURE)
    except ValueError:
        return FAILURE
