"""Cron text from minutes on: when it is due next."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_FIELDS: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAYS: Final = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
_NAMES: Final[tuple[dict[str, int], ...]] = (
    *({}, {}, {}),
    {name: place + 1 for place, name in enumerate(_MONTHS)},
    {name: place for place, name in enumerate(_DAYS)},
)
_LONGEST_WAIT_DAYS: Final = 4 * 366 + 1

ZONES: Final = {"UTC": UTC, "Asia/Shanghai": timezone(timedelta(hours=8))}


class CronError(ValueError):
    """It is no cron text."""


class Cron:
    """A rule of five fields: minute, hour, day of the month, month, day of the week; ``?`` is as good as ``*``.

    Raises:
        CronError: it is none.
    """

    def __init__(self, text: str) -> None:
        parts = text.lower().split()
        if len(parts) != len(_FIELDS):
            raise CronError("must have five fields: minute, hour, day of month, month, day of week")
        sets = [_values(part, place) for place, part in enumerate(parts)]
        self._minutes, self._hours, self._days, self._months, week = sets
        self._week = {day % 7 for day in week}
        self._any_day, self._any_weekday = parts[2] in "*?", parts[4] in "*?"

    def next_ms(self, after_ms: int, zone: str) -> int | None:
        """The first time after that one, both in milliseconds since the epoch; None when there is none for years."""
        moment = datetime.fromtimestamp(after_ms / 1000, ZONES[zone])
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        last = moment + timedelta(days=_LONGEST_WAIT_DAYS)
        while moment < last:
            if moment.month not in self._months or not self._fits_day(moment):
                moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
            elif moment.hour not in self._hours:
                moment = moment.replace(minute=0) + timedelta(hours=1)
            elif moment.minute not in self._minutes:
                moment += timedelta(minutes=1)
            else:
                return round(moment.timestamp() * 1000)
        return None

    def _fits_day(self, moment: datetime) -> bool:
        day, weekday = moment.day in self._days, moment.isoweekday() % 7 in self._week
        # where both are restricted, one of them is enough
        return day and weekday if self._any_day or self._any_weekday else day or weekday


def _values(part: str, place: int) -> set[int]:
    least, most = _FIELDS[place]
    found: set[int] = set()
    for item in part.split(","):
        match = re.fullmatch(r"(\*|\?|\w+)(?:-(\w+))?(?:/(\d{1,2}))?", item)
        if match is None:
            raise CronError(f"{item!r} cannot be read")
        first, last, step = match.groups()
        low = least if first in "*?" else _number(first, place)
        high = _number(last, place) if last else most if first in "*?" or step else low
        pace = int(step or 1)
        if not least <= low <= high <= most or not pace:
            raise CronError(f"{item!r} is not within {least} to {most}")
        found |= set(range(low, high + 1, pace))
    return found


def _number(text: str, place: int) -> int:
    named = _NAMES[place].get(text)
    if named is not None:
        return named
    if not text.isascii() or not text.isdigit():
        raise CronError(f"{text!r} is no number")
    return int(text)
