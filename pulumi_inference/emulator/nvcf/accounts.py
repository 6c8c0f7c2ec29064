"""Who may come in: one organisation, whose account is named after it, and bearer keys."""

from typing import Final

API_KEY: Final = "nvapi-emulator"
ORG: Final = "emulator"


def account_of(org: str) -> str:
    """The account (`ncaId`) of an organisation."""
    return f"nca-{org}"


ACCOUNT: Final = account_of(ORG)
"""The account of the keys, on paths without an organisation."""
