"""Who may come in: one organisation, whose account is named after it, and bearer keys."""

from collections.abc import Callable
from typing import Final

from ..routing import Call
from .errors import ProblemError

API_KEY: Final = "nvapi-emulator"
ORG: Final = "emulator"


def account_of(org: str) -> str:
    """The account (`ncaId`) of an organisation."""
    return f"nca-{org}"


ACCOUNT: Final = account_of(ORG)
"""The account of the keys, on paths without an organisation."""


def authenticate(scope: str) -> Callable[[Call], None]:  # noqa: ARG001  every key has every scope so far
    """What lets a call in whose key has the scope, and says in ``call.scope`` for which account.

    Raises:
        ProblemError: 401 for no bearer, 403 for a key that is not known.
    """

    def check(call: Call) -> None:
        kind, _, key = call.request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not key:
            raise ProblemError(401, "", headers={"WWW-Authenticate": "Bearer"})
        if key != API_KEY and key.count(".") != 2:
            raise ProblemError(403, "Authorization failed")
        call.scope = ACCOUNT

    return check


def account(call: Call) -> str:
    """The account of who calls."""
    return call.scope or ACCOUNT
