"""Tokens: issued by IAM, read by the gateway. The store knows their digests only."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from ..routing import Call

LIFE_SECONDS = 24 * 3600

_KIND = "iam.token"


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says.

    Args:
        project_id: None for a token that is not scoped to a project.
        expires_at: seconds since the epoch.
    """

    project_id: str | None
    expires_at: float


def issue(call: Call, project_id: str | None) -> tuple[str, Token]:
    """A new token and what it says; older ones stay valid. It is as long as true ones are."""
    value = secrets.token_urlsafe(1024)
    token = Token(project_id, call.now + LIFE_SECONDS)
    call.tx.put(_KIND, _digest(value), asdict(token))
    return value, token


def find(call: Call, value: str) -> Token | None:
    """What the token says, expired or not; None for one that was not issued here."""
    document = call.tx.get(_KIND, _digest(value))
    return Token(**document) if document else None


def iso_time(seconds: float) -> str:
    """UTC, as IAM writes times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
