"""Rate limits (nvcf.md section 5.3)."""

import re
from typing import Final

from ..store import Document
from .errors import unreadable
from .fields import Fields, without_nulls

_RATE: Final = "^(?!.*-([SMHD]).*-\\1)[1-9]\\d*-[SMHD](,\\s*[1-9]\\d*-[SMHD])*$"
_MOST_ACCOUNTS: Final = 32
_WHOLE: Final = (
    "Either global rateLimit, perNcaIdRate, or perUserRate must be non-null, per-ncaid rates ncaids cannot be in "
    "exemptedNcaIds, and exemptedNcaIds can only exist when global rateLimit is provided"
)


def read_limit(body: Fields) -> Document | None:
    """The field ``rateLimit``."""
    limit = body.section("rateLimit")
    if limit is None:
        return None
    found: Document = {
        "rateLimit": limit.text(
            "rateLimit", pattern=_RATE, wrong_pattern=f"Invalid rate: Must conform to regex {_RATE}"
        ),
        "exemptedNcaIds": limit.texts("exemptedNcaIds"),
        "perNcaIdRate": _rates(limit),
        "syncCheck": limit.boolean("syncCheck"),
        "perUserRate": limit.text(
            "perUserRate", pattern=_RATE, wrong_pattern=f"Invalid per-user rate: Must conform to regex {_RATE}"
        ),
    }
    exempted, per_account = found["exemptedNcaIds"] or [], found["perNcaIdRate"]
    if len(exempted) > _MOST_ACCOUNTS:
        limit.violate("exemptedNcaIds", "Maximum number of exempted nca id of 32 is exceeded")
    nothing = found["rateLimit"] is None and per_account is None and found["perUserRate"] is None
    stray = bool(exempted) and found["rateLimit"] is None
    if nothing or stray or not set(exempted).isdisjoint(per_account or {}):
        body.violate("rateLimit", _WHOLE)
    return without_nulls(found)


def _rates(limit: Fields) -> Document | None:
    rates = limit.mapping("perNcaIdRate")
    if rates is None:
        return None
    if not all(isinstance(rate, str) for rate in rates.values()):
        raise unreadable()
    if len(rates) > _MOST_ACCOUNTS:
        limit.violate("perNcaIdRate", "Maximum number of per nca id config of 32 is exceeded")
    if not all(re.fullmatch(_RATE, rate) for rate in rates.values()):
        limit.violate("perNcaIdRate", f"Invalid rate limit: Must conform to regex {_RATE}")
    return dict(sorted(rates.items()))
