"""Durations as the service reads and writes them: ISO-8601 in, the canonical form of Java out."""

import re
from decimal import Decimal
from typing import Any, Final

_NUMBER: Final = r"[-+]?\d+"
_DURATION: Final = re.compile(
    rf"([-+])?P(?:({_NUMBER})D)?(T(?=[-+\d])(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER}(?:[.,]\d{{0,9}})?)S)?)?",
    re.IGNORECASE,
)
_LONGEST_SECONDS: Final = 2**62


def seconds_of(value: Any) -> Decimal | None:
    """The seconds of a duration, also of a plain number; None when it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(repr(value))
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not any(found.group(2, 4, 5, 6)):
        return None
    sign, days, _, hours, minutes, seconds = found.groups()
    total = sum(Decimal(text or 0) * size for text, size in ((days, 86400), (hours, 3600), (minutes, 60)))
    total += Decimal((seconds or "0").replace(",", "."))
    return None if abs(total) > _LONGEST_SECONDS else -total if sign == "-" else total


def canonical(value: Any) -> str | None:
    """The duration as it comes back, such as ``PT1M`` for ``PT60S``; None when it is none."""
    total = seconds_of(value)
    if total is None:
        return None
    sign, rest = ("-" if total < 0 else ""), abs(total)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{sign}{int(hours)}H" if hours else "", f"{sign}{int(minutes)}M" if minutes else ""]
    if seconds:
        text = format(seconds, "f")
        parts.append(f"{sign}{text.rstrip('0').rstrip('.') if '.' in text else text}S")
    return f"PT{''.join(parts)}" if any(parts) else "PT0S"
