"""What can be set of the account and its gateway."""

from dataclasses import dataclass

from ..routing import Call


@dataclass(frozen=True, slots=True)
class HuaweiSettings:
    """Settings with their defaults.

    Args:
        max_skew_seconds: how far ``X-Sdk-Date`` may be from the unmoved clock; None checks nothing.
        max_body_bytes: largest body of a request that is signed with AK/SK.
    """

    max_skew_seconds: float | None = 900.0
    max_body_bytes: int = 12 * 1024 * 1024


def settings_of(call: Call) -> HuaweiSettings:
    """Those in force."""
    return call.settings.of(HuaweiSettings)


def settle_seconds(call: Call) -> float:
    """How long stopping and deleting take."""
    return min(1.0, call.settings.deploy_seconds / 3)
