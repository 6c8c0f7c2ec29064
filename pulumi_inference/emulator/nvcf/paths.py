"""The two families of paths that lead to the same handlers: the direct one, and the proxy's with an organisation."""

from collections.abc import Callable
from typing import Final, TypeVar
from uuid import UUID

from ..messages import ApiError, Response
from ..routing import Call, Handler, Route
from . import accounts
from .errors import ProblemError, as_ngc
from .settings import settings_of

FAMILIES: Final = ("/v2/nvcf", "/v2/orgs/{org}/nvcf", "/v2/orgs/{org}/teams/{team}/nvcf")

T = TypeVar("T")

_IDS: Final = ("functionId", "versionId", "deploymentId", "gpuSpecId", "telemetryId", "registryCredentialId")


def on_both_families(method: str, tail: str, handler: Handler, *scopes: str) -> tuple[Route, ...]:
    """The rows of a path in both families.

    Args:
        method: in upper case.
        tail: what stands after the family.
        handler: who answers.
        scopes: one of them is needed.
    """
    return tuple(route(method, f"{family}{tail}", handler, *scopes) for family in FAMILIES)


def route(method: str, pattern: str, handler: Handler, *scopes: str) -> Route:
    """One row, with errors that name the path, or in the proxy's envelope where that is set."""

    def answer(call: Call) -> Response:
        return _told(call, _with_ids(handler))

    def let_in(call: Call) -> None:
        _told(call, accounts.authenticate(*scopes))

    return Route(method, pattern, answer, let_in)


def _told(call: Call, act: Callable[[Call], T]) -> T:
    try:
        return act(call)
    except ApiError as error:
        if "org" in call.params and settings_of(call).ngc_errors:
            raise as_ngc(error) from error
        if isinstance(error, ProblemError):
            error.instance = call.request.path
        raise


def _with_ids(handler: Handler) -> Handler:
    """Refuse ids that are none before anything is looked up."""

    def answer(call: Call) -> Response:
        for name in _IDS:
            value = call.params.get(name)
            if value is None:
                continue
            if not is_uuid(value):
                raise ProblemError(400, f"Failed to convert '{name}' with value: '{value}'")
            call.params = {**call.params, name: value.lower()}
        return handler(call)

    return answer


def is_uuid(text: object) -> bool:
    """Whether it is a UUID in the usual form."""
    try:
        return isinstance(text, str) and str(UUID(text)) == text.lower()
    except ValueError:
        return False
