"""What means the same to NVCF in another spelling: durations, addresses of artifacts, names in any case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

ARTIFACTS = "https://api.ngc.nvidia.com"
"""The host that NVCF adds to the address of a model or resource that has none."""

_DURATION = re.compile(
    r"P(?:(\d{1,12})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:\.\d{1,9})?)S)?)?", re.ASCII
)


def seconds_of(duration: str) -> Decimal | None:
    """The seconds of an ISO 8601 duration; None for what is none."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def canonical_duration(duration: str) -> str:
    """An ISO 8601 duration as NVCF answers it: `PT60S` is `PT1M`. What is none stays as it is."""
    whole = seconds_of(duration)
    if whole is None:
        return duration
    seconds = whole % 60
    hours, minutes = divmod(int(whole // 60), 60)
    text = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or not text:
        text += f"{seconds.normalize():f}S"
    return f"PT{text}"


def with_ids(inputs: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The inputs with these ids as NVCF answers them, in lower case."""
    given = {name: inputs[name] for name in names if isinstance(inputs.get(name), str)}
    return {**inputs, **{name: one.lower() for name, one in given.items()}}


def same_artifact(one: Any, other: Any) -> bool:
    """Whether two addresses of a model or resource are the same, one of them without its host."""
    return isinstance(one, str) and isinstance(other, str) and _whole(one) == _whole(other)


def same_word(one: Any, other: Any) -> bool:
    """Whether two names are the same but for their case."""
    return isinstance(one, str) and isinstance(other, str) and one.casefold() == other.casefold()


def as_known(live: Mapping[str, Any], known: Any, name: str, is_same: Any) -> dict[str, Any]:
    """The live values with `name` as the program spells it, where that means the same."""
    said = known.get(name) if isinstance(known, Mapping) else None
    return {**live, name: said} if said is not None and is_same(live.get(name), said) else dict(live)


def _whole(address: str) -> str:
    return f"{ARTIFACTS}{address}" if address.startswith("/") else address
