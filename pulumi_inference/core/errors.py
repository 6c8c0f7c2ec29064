"""Everything that can go wrong where a user sees it. ``str()`` of each is the whole message, ready to print."""

from collections.abc import Callable, Sequence
from typing import ParamSpec, Self, TypeVar

from pulumi_inference.core.texts import neutral

T = TypeVar("T")
P = ParamSpec("P")


class InferenceError(Exception):
    """Base of all errors that are shown to users without a traceback.

    The first line says what failed (after the contexts added on the way up, outermost first), the following ones,
    indented by two spaces, give details and end with what to do next. Clouds' texts in it are neutral.
    """

    def __init__(self, message: str, *, details: Sequence[str] = (), next_step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)
        self.next_step = next_step
        self.context: tuple[str, ...] = ()

    def add_context(self, text: str) -> Self:
        """Say on what it happened (``classifier-4f2a9c1 could not be created``); answers itself, to be raised."""
        self.context = (text, *self.context)
        return self

    def add_detail(self, text: str) -> Self:
        """Add one line under the first."""
        self.details = (*self.details, text)
        return self

    def redact(self, clean: Callable[[str], str]) -> Self:
        """Pass every text through ``clean``; answers itself."""
        self.message = clean(self.message)
        self.details = tuple(map(clean, self.details))
        self.context = tuple(map(clean, self.context))
        self.next_step = clean(self.next_step) if self.next_step else None
        self.args = (self.message,)
        return self

    def headline(self) -> str:
        """The first line, without contexts."""
        return self.message

    def lines(self) -> list[str]:
        """The lines under the first, not indented yet."""
        return [*self.details, *([self.next_step] if self.next_step else [])]

    def __str__(self) -> str:
        first = ": ".join([*self.context, self.headline()])
        return neutral("\n  ".join([first, *self.lines()]))

    def __copy__(self) -> Self:
        """A copy which can get its own context: one remembered error may be raised in several threads."""
        other = type(self).__new__(type(self), *self.args)
        other.__dict__.update(self.__dict__)
        return other


class ConfigurationError(InferenceError):
    """A setting is missing, unknown or wrong."""


class CancelledError(InferenceError):
    """The user stopped the operation."""

    def __init__(self, message: str = "stopped, as asked") -> None:
        super().__init__(message)


class TransportError(InferenceError):
    """No answer came back.

    ``sent`` is false only when not one byte of the request left this machine; otherwise the server may have done
    what it was asked to.
    """

    def __init__(self, message: str, *, sent: bool, details: Sequence[str] = (), next_step: str | None = None) -> None:
        super().__init__(message, details=details, next_step=next_step)
        self.sent = sent


class ResponseError(InferenceError):
    """An answer came back that cannot be understood: not JSON, cut off, or of another shape.

    The server did what it was asked to, as far as its status says.
    """


class WaitTimeoutError(InferenceError):
    """The wanted state was not reached in time. ``state`` is the last one that was seen."""

    def __init__(self, message: str, *, state: str | None = None, details: Sequence[str] = ()) -> None:
        super().__init__(message, details=details)
        self.state = state


class FailedStateError(InferenceError):
    """The wanted state cannot be reached any more.

    ``state`` describes the state reached instead, ``reason`` is the cloud's own, ``events`` its last events, oldest
    first; they may be set after the error was made.
    """

    def __init__(
        self,
        message: str,
        *,
        state: str,
        reason: str | None = None,
        events: Sequence[str] = (),
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(message, details=details)
        self.state = state
        self.reason = reason
        self.events = tuple(events)

    def redact(self, clean: Callable[[str], str]) -> Self:
        """Pass every text through ``clean``; answers itself."""
        self.reason = clean(self.reason) if self.reason else self.reason
        self.events = tuple(map(clean, self.events))
        return super().redact(clean)

    def headline(self) -> str:
        """The message with the cloud's reason."""
        return f"{self.message}: {self.reason}" if self.reason else self.message

    def lines(self) -> list[str]:
        """Details, then the events, then what to do."""
        events = [f"event: {event}" for event in self.events]
        return [*self.details, *events, *([self.next_step] if self.next_step else [])]


class ApiError(InferenceError):
    """The server refused. ``is_gone`` is true when it said that the very thing asked for does not exist.

    ``is_final`` is true when it said that the same request would fail again, whatever the status promises.
    ``attempts`` counts how often the request was sent; after more than one, an earlier one may have been carried out.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str | None,
        message: str,
        request_id: str | None,
        method: str,
        path: str,
        next_step: str | None = None,
        is_gone: bool = False,
        is_final: bool = False,
    ) -> None:
        super().__init__(message, next_step=next_step)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.method = method
        self.path = path
        self.is_gone = is_gone
        self.is_final = is_final
        self.attempts = 1

    def redact(self, clean: Callable[[str], str]) -> Self:
        """Pass every text through ``clean``; answers itself."""
        self.path = clean(self.path)
        return super().redact(clean)

    def headline(self) -> str:
        """What was tried, and how the server answered."""
        answer = f"HTTP {self.status}" + (f", {self.code}" if self.code else "")
        return f"{self.method} {self.path} failed ({answer}): {self.message}"

    def lines(self) -> list[str]:
        """Details, the request id, and what to do."""
        request_id = [f"request id {self.request_id}"] if self.request_id else []
        return [*self.details, *request_id, *([self.next_step] if self.next_step else [])]


class BadRequestError(ApiError):
    """400, 413 or 422: the request itself is wrong."""


class AuthenticationError(ApiError):
    """401: the server does not know who asks."""


class PermissionDeniedError(ApiError):
    """403: who asks may not."""


class NotFoundError(ApiError):
    """404. Only with ``is_gone`` does it say that the thing is gone: a gateway answers 404 for a wrong address too."""

    @classmethod
    def of(cls, error: ApiError) -> Self:
        """The error as one that says that the very thing is gone, as other answers of the cloud prove."""
        found = cls(
            status=error.status,
            code=error.code,
            message=error.message,
            request_id=error.request_id,
            method=error.method,
            path=error.path,
            is_gone=True,
        )
        found.attempts = error.attempts
        return found


class ConflictError(ApiError):
    """409: something stands in the way, a name that is taken for example."""


class RateLimitError(ApiError):
    """429: too many requests, also after all retries."""


class ServerError(ApiError):
    """5xx: the server failed, also after all retries."""


class UnableError(ApiError):
    """501 or 507: the server does not know how, or has no room; it will not at the next try either."""


_BY_STATUS: dict[int, type[ApiError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: BadRequestError,
    422: BadRequestError,
    429: RateLimitError,
    501: UnableError,
    507: UnableError,
}


PASSING_ERRORS = (TransportError, ResponseError, ServerError, RateLimitError)
"""What says nothing of the thing that was asked about, and may be over at the next try."""


def api_error_class(status: int) -> type[ApiError]:
    """The class of the error with this HTTP status."""
    return _BY_STATUS.get(status, ServerError if status >= 500 else ApiError)


def unless_gone(ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What ``ask`` answers; None when the server says that the very thing asked for does not exist."""
    try:
        return ask(*args, **kwargs)
    except NotFoundError as error:
        if error.is_gone:
            return None
        raise
