"""How a caller is let in where functions are called."""

from typing import Final

from ..messages import ApiError, Response
from ..routing import Call, Handler
from . import accounts
from .callerrors import CallError

CALL: Final = "invoke_function"
"""The scope that calls need."""
_BEARER: Final = "Bearer "


def guarded(handler: Handler) -> Handler:
    """A handler behind the invocation plane's own check of who calls, which has errors of its own."""

    def answer(call: Call) -> Response:
        refusal = _refusal(call)
        if refusal:
            return refusal
        try:
            accounts.authenticate(CALL)(call)
        except ApiError as error:
            raise CallError(error.status, error.message) from error
        return handler(call)

    return answer


def _refusal(call: Call) -> Response | None:
    """What is said about a header with which nobody can be looked for."""
    value = call.request.headers.get("authorization")
    if value is None:
        return _text(401, "Header of type `authorization` was missing")
    if not (value.isascii() and value.isprintable()):
        return _text(401, "Unauthorized access")
    return None if value.startswith(_BEARER) else _text(500, "Missing request extension: no bearer")


def _text(status: int, text: str) -> Response:
    return Response(status, {"Content-Type": "text/plain; charset=utf-8"}, text.encode())
