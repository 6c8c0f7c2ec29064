"""The errors of ModelArts v2; the numbers are those of v1, since no source has any (modelarts-v2.md section 12.5)."""

from ..huaweicloud import refusals
from ..huaweicloud.errors import HuaweiError
from ..routing import Call
from .settings import settings_of


def not_found(call: Call, what: str, name: str) -> HuaweiError:
    """There is no such thing, or none any more."""
    status = 400 if settings_of(call).not_found_as_400 else 404
    return HuaweiError(status, "ModelArts.3502", f"{what} {name} does not exist.")


def taken(what: str, name: str) -> HuaweiError:
    """Another one has that name."""
    return HuaweiError(409, "ModelArts.3503", f"A {what} with the name {name} already exists.")


def forbids(what: str, name: str, verb: str, status: str) -> HuaweiError:
    """The state does not allow the call."""
    return refusals.refused("3519", f"{what} {name} cannot {verb} while it is {status}.")


def refused(message: str) -> HuaweiError:
    """400 for any other reason."""
    return refusals.refused("3500", message)
