"""The one account that the emulator has, and the projects that belong to it."""

import hashlib

from ..routing import Call
from ..store import Document

USER = "emulator"
PASSWORD = "emulator"  # noqa: S105  published in the docs, opens nothing
DOMAIN = "emulator"
ACCESS_KEY = "emulator"
SECRET_KEY = "emulator-secret"  # noqa: S105  as above

REGIONS = (
    *(f"cn-north-{number}" for number in (1, 2, 4, 9, 11, 12)),
    *("cn-east-3", "cn-east-4", "cn-south-1", "cn-southwest-2", "cn-southwest-3"),
    *(f"ap-southeast-{number}" for number in (1, 2, 3, 4)),
    *("la-south-2", "la-north-2", "af-south-1", "af-north-1", "tr-west-1", "me-east-1", "sa-brazil-1"),
)


def stable_id(*parts: str) -> str:
    """32 hex characters that are always the same for the same parts."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:32]


USER_ID = stable_id("user", USER)
DOMAIN_ID = stable_id("domain", DOMAIN)


HOME_REGION = "cn-north-4"
HOME_PROJECT = "e0000000000000000000000000000001"
"""The region that clients are told to use, and its project: that of programs which have the emulator in process."""


def project_id_of(name: str) -> str:
    """The id of the project of that name; there is one for every name."""
    return HOME_PROJECT if name == HOME_REGION else stable_id("project", name)


def overview(_call: Call) -> Document:
    """For the admin door: by what one may come in."""
    credentials = {
        "access_key": ACCESS_KEY,
        "secret_key": SECRET_KEY,
        "user": USER,
        "password": PASSWORD,
        "domain": DOMAIN,
    }
    return {"credentials": credentials}
