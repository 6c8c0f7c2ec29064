"""Who may come in: organisations, whose accounts are named after them, and bearer keys (nvcf.md section 2)."""

import binascii
import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from ..routing import Call
from ..store import Document, Transaction
from .errors import NgcError, NoTokenError, ProblemError

API_KEY: Final = "nvapi-emulator"
ORG: Final = "emulator"

KEY: Final = "nvcf.key"
ORGANISATION: Final = "nvcf.organisation"

EVERYTHING: Final = ("account-functions:*", "authorized-functions:*")
"""The resources of a key for which nobody chose any."""

JWT_ONLY: Final = frozenset({"list_cluster_groups"})
"""Scopes that no API key can have."""
_ADMIN: Final = "admin:"
"""How scopes begin that only who names them has."""

_PREFIX: Final = "nvapi-"


def account_of(org: str) -> str:
    """The account (`ncaId`) of an organisation."""
    return f"nca-{org}"


ACCOUNT: Final = account_of(ORG)
"""The account of the keys, on paths without an organisation."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is and what it opens.

    Args:
        account: the `ncaId` that the call is about.
        org: the organisation of that account.
        scopes: what the key may do; None is everything but what is for administrators of the service.
        resources: on what; None is everything, as with a JWT that names none.
        is_key: whether it is an API key and no JWT.
        subject: who it is, for the `NVCF-SUB` header.
    """

    account: str
    org: str
    scopes: frozenset[str] | None
    resources: tuple[str, ...] | None
    is_key: bool
    subject: str

    def has(self, scope: str) -> bool:
        """Whether the key has the scope."""
        if self.is_key and scope in JWT_ONLY:
            return False
        return not scope.startswith(_ADMIN) if self.scopes is None else scope in self.scopes

    def may_make(self, function_id: str | None = None) -> bool:
        """Whether the key may make a function, or a version of that one."""
        wanted = {EVERYTHING[0], f"function:{function_id}/*"}
        return self.resources is None or not wanted.isdisjoint(self.resources)

    def covers(self, version: Document) -> bool:
        """Whether the key's resources have that version, whatever the scope."""
        if self.resources is None:
            return True
        kind = EVERYTHING[0] if version["ncaId"] == self.account else EVERYTHING[1]
        function = f"function:{version['id']}"
        return not {kind, f"{function}/*", f"{function}/{version['versionId']}"}.isdisjoint(self.resources)


def caller_of(call: Call) -> Caller:
    """Who calls.

    Raises:
        NoTokenError: 401 with an empty body, for no token and for a JWT that is malformed or has expired.
        ProblemError: 403 for an API key that there is not; 404 for a JWT whose organisation has no account.
        NgcError: 403 or 404 for an organisation in the path that there is not, or that is not the key's.
    """
    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NoTokenError
    token = token.strip()
    wanted = call.params.get("org")
    if token.startswith(_PREFIX):
        return _of_key(call, token, wanted)
    return _of_jwt(call, token, wanted)


def authenticate(*scopes: str) -> Callable[[Call], None]:
    """A check that lets in who has one of the scopes; without any, everybody with a key.

    Raises:
        ApiError: as :func:`caller_of`; the check itself a 403 for want of the scope.
    """

    def check(call: Call) -> None:
        caller = caller_of(call)
        if scopes and not any(caller.has(scope) for scope in scopes):
            raise ProblemError(403, "Access Denied")

    return check


def find_key(tx: Transaction, key: str) -> Document | None:
    """An API key, as seeded."""
    own = {"key": API_KEY, "org": ORG} if key == API_KEY else None
    return tx.get(KEY, key) or own


def is_known(tx: Transaction, account: str) -> bool:
    """Whether there is such an account."""
    return account == ACCOUNT or bool(tx.find_all(ORGANISATION, ncaId=account))


def organisation(tx: Transaction, org: str) -> Document | None:
    """An organisation with its account and its limits."""
    own = {"org": ORG, "ncaId": ACCOUNT} if org == ORG else None
    return tx.get(ORGANISATION, org) or own


def limit(tx: Transaction, account: str, name: str, default: int | None) -> int | None:
    """How many of something an account may have: its own limit, else the default."""
    own: Document = next(iter(tx.find_all(ORGANISATION, ncaId=account)), {})
    found: int | None = own.get(name, default)
    return found


def _of_key(call: Call, token: str, wanted: str | None) -> Caller:
    found = find_key(call.tx, token)
    if found is None:
        raise ProblemError(403, "Authorization failed")
    account = _account(call, wanted, found.get("org", ORG))
    scopes, resources = found.get("scopes"), found.get("resources")
    return Caller(
        account=account,
        org=found.get("org", ORG),
        scopes=None if scopes is None else frozenset(scopes),
        resources=EVERYTHING if resources is None else tuple(resources),
        is_key=True,
        subject=found.get("subject", "key"),
    )


def _of_jwt(call: Call, token: str, wanted: str | None) -> Caller:
    claims = _claims(token)
    expires = claims.get("exp")
    if expires is not None and (not isinstance(expires, int | float) or expires <= call.now):
        raise NoTokenError
    org = str(claims.get("org") or wanted or ORG)
    if wanted is None and organisation(call.tx, org) is None:
        raise ProblemError(404, f"Unknown client_id '{claims.get('sub', org)}' when finding account id")
    scopes, resources = _words(claims.get("scopes", claims.get("scope"))), _words(claims.get("resources"))
    return Caller(
        account=_account(call, wanted, org),
        org=org,
        scopes=None if scopes is None else frozenset(scopes),
        resources=None if resources is None else tuple(resources),
        is_key=False,
        subject=str(claims.get("sub", "jwt")),
    )


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        raise NoTokenError
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError) as error:
        raise NoTokenError from error
    if not isinstance(claims, dict):
        raise NoTokenError
    return claims


def _words(claim: Any) -> list[str] | None:
    """A claim that is a list of words, or words with blanks between."""
    words = claim.split() if isinstance(claim, str) else claim
    if words is not None and not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
        raise NoTokenError
    return words


def _account(call: Call, wanted: str | None, org: str) -> str:
    """The account of the path's organisation, which has to be the key's; without one that of the key."""
    found = organisation(call.tx, wanted or org)
    if found is None:
        raise NgcError(404, "NOT_FOUND", f"Organization '{wanted or org}' not found")
    if wanted not in (None, org):
        raise NgcError(403, "FORBIDDEN", f"User is not authorized for organization '{wanted}'")
    return str(found["ncaId"])
