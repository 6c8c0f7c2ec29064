"""Rate limits of calls: so many per second, minute, hour, day or week, counted in windows of that length."""

import math
from typing import Any, Final

from ..routing import Call
from ..store import Document
from . import accounts, records
from .callerrors import CallError

UNITS: Final = {"S": 1, "M": 60, "H": 3600, "D": 86_400, "W": 604_800}
_KIND: Final = "nvcf.rate"


def check(call: Call, version: Document) -> None:
    """Count a call of a version.

    Raises:
        CallError: 429 without a detail, one of the version's limits is reached.
    """
    limits: dict[str, Any] = version.get("rateLimit") or {}
    caller = accounts.caller_of(call)
    account = caller.account
    key = records.key_of(version["id"], version["versionId"])
    of_account = (limits.get("perNcaIdRate") or {}).get(account)
    rates = {f"{key}/user/{caller.subject}": limits.get("perUserRate"), f"{key}/account/{account}": of_account}
    if of_account is None and account not in (limits.get("exemptedNcaIds") or ()):
        rates[key] = limits.get("rateLimit")
    for counted, rate in rates.items():
        if rate and not all(take(call, counted, rate, 1)):
            raise CallError(429)


class Window:
    """One limit of a rate, after something was counted.

    Args:
        limit: how much there may be in a window.
        used: how much there has been in this one; beyond the limit when it was too much.
        reset_seconds: when the next window begins.
    """

    def __init__(self, limit: int, used: int, reset_seconds: float) -> None:
        self.limit = limit
        self.used = used
        self.reset_seconds = reset_seconds

    def __bool__(self) -> bool:
        return self.used <= self.limit

    @property
    def remaining(self) -> int:
        """How much is left of it."""
        return max(0, self.limit - self.used)


def take(call: Call, key: str, rate: str, amount: int) -> list[Window]:
    """Count so much, in each of the windows of a rate such as ``10-S,500-H``; nothing counts when one is full."""
    windows = []
    for part in rate.split(","):
        number, _, unit = part.strip().partition("-")
        length = UNITS[unit]
        current = math.floor(call.now / length)
        kept = call.tx.get(_KIND, f"{key}/{unit}") or {}
        used = kept["used"] if kept.get("window") == current else 0
        windows.append((unit, current, Window(int(number), used + amount, (current + 1) * length - call.now)))
    if all(window for _, _, window in windows):
        for unit, current, window in windows:
            call.tx.put(_KIND, f"{key}/{unit}", {"window": current, "used": window.used})
    return [window for _, _, window in windows]
