"""Who may come in: access keys and the accounts that they belong to (alaya.md section 2)."""

import hmac
import re
from dataclasses import dataclass
from typing import Final

from ..routing import Call
from .envelope import EnvelopeError, restated

ACCESS_KEY: Final = "emulator"
SECRET_KEY: Final = "emulator-secret"  # noqa: S105 - opens nothing but an emulator
ACCOUNT: Final = "emulator"

KEY: Final = "alaya.key"
_HEADER: Final = re.compile("plain Credential=([^,\\s]+),Signature=(\\S+)")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is.

    Args:
        account: what it makes belongs to that one.
        access_key: the key.
        clusters: the only clusters that the account may use; None is all.
    """

    account: str
    access_key: str
    clusters: tuple[str, ...] | None = None

    def check_cluster(self, vks_id: str) -> None:
        """Refuse a cluster that the account may not use.

        Raises:
            EnvelopeError: 403.
        """
        if self.clusters is not None and vks_id not in self.clusters:
            raise EnvelopeError(403, f"no permission on cluster {vks_id}")


def caller_of(call: Call) -> Caller:
    """Who calls.

    Raises:
        EnvelopeError: 401 for a header of another form, a key that there is not, or another secret than its own.
    """
    found = header_of(call.request.headers.get("authorization", ""))
    if found is None:
        raise EnvelopeError(401, "Authorization has to be: plain Credential=<access key>,Signature=<secret key>")
    access_key, secret_key = found
    own = {"secretKey": SECRET_KEY, "account": ACCOUNT} if access_key == ACCESS_KEY else None
    document = call.tx.get(KEY, access_key) or own
    if document is None or not hmac.compare_digest(document["secretKey"].encode(), secret_key.encode()):
        raise EnvelopeError(401, "the access key or the secret key is wrong")
    clusters = document.get("clusters")
    return Caller(document["account"], access_key, None if clusters is None else tuple(clusters))


def header_of(value: str) -> tuple[str, str] | None:
    """The access key and the secret key of the header; None when it is of another form."""
    found = _HEADER.fullmatch(value)
    return (found[1], found[2]) if found else None


def authenticate(call: Call) -> None:
    """Let in who has a key.

    Raises:
        EnvelopeError: 401.
    """
    try:
        caller_of(call)
    except EnvelopeError as error:
        raise restated(call, error) from error
