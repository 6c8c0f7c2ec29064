"""Cron texts of five fields, from minutes on: what is wrong with one, and the moments that it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

FIELDS = 5
LONGEST = 128
HORIZON = 366 * 4
"""Days in which two cron texts are looked at for a common moment: with all dates that there are."""

_EXAMPLE = 'write for example "0 8 * * 1-5" for 8:00 from Monday to Friday'
_START = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def find_mistake(text: str) -> str | None:
    """What is wrong with a cron text, and what is allowed; None when it is one that names a moment."""
    if len(text.split()) != FIELDS or len(text) > LONGEST:
        return f"must have five fields: minute, hour, day of month, month and day of week; {_EXAMPLE}"
    try:
        first = next(CronSim(text, _START), None)
    except CronSimError as error:
        field = str(error).removeprefix("Bad ").replace("-", " ")
        return f"has a wrong {field}; {_EXAMPLE}"
    return None if first else "names a moment that never comes"


def next_moments(text: str, after: float, zone: dt.tzinfo, count: int) -> list[dt.datetime]:
    """The next moments after one (in seconds since the epoch), by the clocks of a time zone; none of what is wrong."""
    if find_mistake(text):
        return []
    return list(islice(CronSim(text, dt.datetime.fromtimestamp(after, zone)), count))


def common_time(one: str, other: str) -> tuple[int, int] | None:
    """Hour and minute at which both name the same moment, on some day; None when they never do."""
    sims = CronSim(one, _START), CronSim(other, _START)
    hours, minutes = (set.intersection(*(getattr(sim, name) for sim in sims)) for name in ("hours", "minutes"))
    if not (hours and minutes and any(all(_is_on(sim, day) for sim in sims) for day in _days())):
        return None
    return min(hours), min(minutes)


def is_time_zone(name: str) -> bool:
    """Whether there is a time zone of this name, such as Asia/Shanghai."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _days() -> Iterator[dt.date]:
    return (_START.date() + dt.timedelta(days=number) for number in range(HORIZON))


def _is_on(sim: CronSim, day: dt.date) -> bool:
    return day.month in sim.months and sim.match_day(day)
