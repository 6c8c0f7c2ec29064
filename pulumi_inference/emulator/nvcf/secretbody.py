"""Secrets as they come in: names with values that no call ever answers (nvcf.md sections 5.1 and 5.5)."""

import json
from typing import Any, Final

from ..store import Document
from .fields import Fields

_NAME: Final = "^[a-z0-9A-Z][a-z0-9A-Z\\_\\.\\-]*$"
_LONGEST_NAME: Final = 48
_LONGEST_VALUE: Final = 32768


def read_secrets(body: Fields) -> list[Document] | None:
    """The field ``secrets``: pairs of ``name`` and ``value``, each pair once."""
    secrets = body.sections("secrets")
    if secrets is None:
        return None
    found: list[Document] = []
    for secret in secrets:
        pair = read_secret(secret)
        if pair not in found:
            found.append(pair)
    return found


def read_secret(secret: Fields) -> Document:
    """One of them; the value is a text or an object."""
    name = secret.text(
        "name",
        required=True,
        pattern=_NAME,
        least=1,
        longest=_LONGEST_NAME,
        wrong_pattern=f"Invalid secret name: Must conform to regex {_NAME}",
        wrong_length=f"Invalid secret name: must be 1 - {_LONGEST_NAME} chars long",
    )
    value: Any = secret.value.get("value")
    if value is None:
        secret.violate("value", "must not be null")
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        if not 1 <= len(text.strip()) <= _LONGEST_VALUE:
            secret.violate("value", "Invalid secret value specified")
    return {"name": name, "value": value}


def has_duplicates(secrets: list[Document]) -> bool:
    """Whether two of them have the same name."""
    names = [secret["name"] for secret in secrets]
    return len(set(names)) != len(names)
